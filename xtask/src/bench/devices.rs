//! The register at 1,000 and at 100,000 devices with ten lines of custody each: searching, opening, scanning out and in, the
//! list of what is overdue; and an import of 10,000 rows. No peer runs beside it: none of those that we compare with
//! (Snipe-IT, Leihs) can be installed from packages of Cargo, npm, PyPI or Debian.

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::http::Client;
use super::meter;
use super::program::Program;
use super::table::{busy, figure, heading, median_and_p99};

/// The person of the demonstration who keeps the school's devices.
const CLERK: &str = "wanda.kalinowa";
const SMALL: usize = 1_000;
const LARGE: usize = 100_000;
/// So many devices are put in with one statement.
const BATCH: usize = 11_000;
/// So often each page is asked for, and so many devices are scanned out and in.
const PAGES: usize = 300;
const SCANS: usize = 150;
const IMPORTED: usize = 10_000;

/// What was measured at one size: a name, and times in milliseconds.
type Times = Vec<(&'static str, Vec<f64>)>;

/// The figures of the register.
///
/// # Errors
/// When a page or a scan is refused.
pub fn devices(root: &Path) -> Result<()> {
    let mut program = Program::start(root, "devices", 0)?;
    heading(&format!("register, {SMALL} and {LARGE} devices"));
    fill(&program, 1, SMALL)?;
    let small = measure(&program, SMALL)?;
    let begun = Instant::now();
    let mut from = SMALL + 1;
    while from <= LARGE {
        let to = (from + BATCH - 1).min(LARGE);
        fill(&program, from, to)?;
        from = to + 1;
    }
    let events = program.sql("select count(*) from custody_event")?;
    println!("filled in {:.0} s; {} lines of custody", begun.elapsed().as_secs_f64(), events.trim());
    let large = measure(&program, LARGE)?;
    for ((what, mut few), (_, mut many)) in small.into_iter().zip(large) {
        let (few_median, few_p99) = median_and_p99(&mut few).context("nothing measured")?;
        let (many_median, many_p99) = median_and_p99(&mut many).context("nothing measured")?;
        let shown = |few: f64, many: f64| format!("{few:.1} → {many:.1} ({:.2}×)", many / few);
        figure(&format!("{what}, median, ms"), &shown(few_median, many_median), "1.5×");
        figure(&format!("{what}, 99 in 100 within, ms"), &shown(few_p99, many_p99), "1.5×");
    }
    println!("load {}", busy());
    heading(&format!("import of {IMPORTED} rows beside {LARGE} devices"));
    program.again(root, "devices", 0)?;
    import(&program)
}

fn fill(program: &Program, from: usize, to: usize) -> Result<()> {
    let statements = include_str!("../../bench/register.sql");
    program.sql(&statements.replace("@FROM@", &from.to_string()).replace("@TO@", &to.to_string()))?;
    Ok(())
}

/// Every way of using the register, over HTTP as a browser does, one request after another.
fn measure(program: &Program, size: usize) -> Result<Times> {
    let clerk = program.signed_in(CLERK)?;
    // Other devices each time, spread over the register.
    let spread = |number: usize| 1 + number * 7919 % size;
    let serials = program.sql(&format!(
        "select substr(serial, 3, 6) from asset where inventory_no like 'BN/%' order by md5(inventory_no) limit {PAGES}"
    ))?;
    let serials: Vec<&str> = serials.lines().collect();
    let ids = program.sql(&format!(
        "select id from asset where inventory_no like 'BN/%' order by md5(inventory_no) limit {PAGES}"
    ))?;
    let ids: Vec<&str> = ids.lines().collect();
    let of = |list: &[&str], number: usize| list[number % list.len()].to_owned();
    let overdue = "/devices/loans?show=overdue";
    let first = clerk.get(overdue)?.good()?;
    ensure!(String::from_utf8_lossy(&first.body).contains("BN/"), "the list of what is overdue is empty");
    let mut times = vec![
        ("the register's first page", asked(&clerk, |_| "/devices".to_owned())?),
        ("search by part of a number", asked(&clerk, |number| format!("/devices?q=n{}", spread(number)))?),
        (
            "search by part of a serial",
            asked(&clerk, |number| format!("/devices?q={}", of(&serials, number)))?,
        ),
        ("search by part of a name that all have", asked(&clerk, |_| "/devices?q=iara".to_owned())?),
        ("open a device", asked(&clerk, |number| format!("/devices/assets/{}", of(&ids, number)))?),
        ("list of what is overdue", asked(&clerk, |_| overdue.to_owned())?),
    ];
    let (out, back) = scans(program, &clerk, size)?;
    times.extend([("scan out", out), ("scan in", back)]);
    Ok(times)
}

fn asked(clerk: &Client, path: impl Fn(usize) -> String) -> Result<Vec<f64>> {
    // The first few fill caches and make the plans of prepared statements.
    for number in 0..10 {
        clerk.get(&path(PAGES + number))?.good()?;
    }
    (0..PAGES)
        .map(|number| {
            let begun = Instant::now();
            clerk.get(&path(number))?.good()?;
            Ok(begun.elapsed().as_secs_f64() * 1000.0)
        })
        .collect()
}

/// Devices that lie in stock go out to one person and come back, one after another.
fn scans(program: &Program, clerk: &Client, size: usize) -> Result<(Vec<f64>, Vec<f64>)> {
    let person = program.sql(
        "select p.id from person p where p.organisation_id = (select organisation_id from person where login = 'wanda.kalinowa')
           and p.login <> 'wanda.kalinowa' and not exists (select from loan l where l.beneficiary_id = p.id and l.kind = 'primary'
             and l.returned_at is null) order by p.id limit 1",
    )?;
    let person = person.trim();
    ensure!(!person.is_empty(), "nobody of the demonstration is without a device");
    let stock = program.sql(&format!(
        "select a.inventory_no from asset a where a.inventory_no like 'BN/%' and a.state = 'in_stock'
           and not exists (select from loan l where l.asset_id = a.id) order by md5(a.inventory_no || '{size}') limit {SCANS}"
    ))?;
    let scan = |mode: &str, code: &str, key: &str| -> Result<f64> {
        let fields = [
            ("mode", mode),
            ("code", code),
            ("key", key),
            ("person", person),
            ("purpose", "nauka"),
            ("due_on", "2030-06-30"),
            ("confirmed", "on"),
        ];
        let begun = Instant::now();
        let answer = clerk.form("/devices/desk/queue", &fields)?.good()?;
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        ensure!(said.contains("\"done\""), "{mode} {code}: {said}");
        Ok(took)
    };
    let (mut out, mut back) = (Vec::new(), Vec::new());
    for code in stock.lines() {
        out.push(scan("out", code, &format!("{size}-out-{code}"))?);
        back.push(scan("in", code, &format!("{size}-in-{code}"))?);
    }
    ensure!(out.len() == SCANS, "only {} devices lie in stock", out.len());
    Ok((out, back))
}

fn import(program: &Program) -> Result<()> {
    let clerk = program.signed_in(CLERK)?;
    let mut file = String::from("nr_inwentarzowy;nr_seryjny;rodzaj;producent;model;miejsce;uwagi\n");
    for number in 0..IMPORTED {
        writeln!(
            file,
            "IMP/{number};XZ{number:06};laptop;Żółw;Łódź 15;Pracownia {};zażółć gęślą jaźń",
            number % 40
        )?;
    }
    let (line, kind) = ("miara-granica", "multipart/form-data; boundary=miara-granica");
    let body = format!(
        "--{line}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"spis.csv\"\r\ncontent-type: text/csv\r\n\r\n{file}\r\n--{line}--\r\n"
    );
    let idle = meter::peak_kib(program.pid())?;
    let begun = Instant::now();
    let plan = clerk.send("POST", "/devices/import", &[("content-type", kind)], body.as_bytes())?.good()?;
    figure("dry run, s", &format!("{:.1}", begun.elapsed().as_secs_f64()), "");
    let plan = String::from_utf8_lossy(&plan.body).into_owned();
    let name = plan.split("name=\"file\"").nth(1).and_then(|rest| rest.split("value=\"").nth(1));
    let name = name.and_then(|rest| rest.split('"').next()).context("the plan has no field \"file\"")?;
    let begun = Instant::now();
    let done = clerk.form("/devices/import/confirm", &[("file", name)])?;
    ensure!(done.status == 303, "the import answered {}", done.status);
    figure("import, s", &format!("{:.1}", begun.elapsed().as_secs_f64()), "");
    let count = program.sql("select count(*) from asset where inventory_no like 'IMP/%'")?;
    ensure!(count.trim() == IMPORTED.to_string(), "{} rows were imported", count.trim());
    let mib = |kib: u64| format!("{:.1}", kib as f64 / 1024.0);
    figure("server's memory before, at its peak, MiB", &mib(idle), "");
    figure("server's memory at its peak, MiB", &mib(meter::peak_kib(program.pid())?), "");
    Ok(())
}
