//! The page of the demonstration course, signed in: its bytes, its requests, what it costs the server and PostgreSQL,
//! and how it answers fifty at once; then the same of Kolibri's page of a lesson.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::chromium::{self, Look};
use super::kolibri::{self, Kolibri};
use super::load::{self, CONNECTIONS, Load};
use super::program::{COURSE, LEARNER, Program};
use super::table::{busy, figure, heading};
use super::{meter, queries};

/// How long each page is asked for, in seconds.
const SECONDS: u32 = 20;
/// How long each of Kolibri's answers is asked for alone, to know what it costs, in seconds.
const EACH_SECONDS: u32 = 3;

/// The figures of the page.
///
/// # Errors
/// When a page is refused, or an answer under load was an error.
pub fn page(root: &Path) -> Result<()> {
    heading("course page, signed in");
    let ours = ours(root)?;
    heading(&format!("Kolibri {}, page of a lesson, signed in", kolibri::VERSION));
    let theirs = match Kolibri::start(root) {
        Ok(kolibri) => theirs(root, &kolibri)?,
        Err(error) if crate::process::is_stopping() => return Err(error),
        Err(error) => {
            println!("Kolibri could not be installed or started, so ours stand alone: {error:#}");
            return Ok(());
        }
    };
    heading("ours to Kolibri's");
    ratio("CPU of a whole page (HTML and answers of its API)", ours.cpu_ms, theirs.cpu_ms);
    ratio("CPU of the HTML alone", ours.cpu_ms, theirs.html_cpu_ms);
    ratio("requests of the page in a fresh browser", ours.requests, theirs.requests);
    ratio("bytes of the page in a fresh browser", ours.bytes, theirs.bytes);
    ratio("pages a second", ours.per_second, theirs.per_second);
    Ok(())
}

/// What is compared.
struct Figures {
    /// CPU time of all that the server does for one page, in milliseconds.
    cpu_ms: f64,
    html_cpu_ms: f64,
    requests: f64,
    bytes: f64,
    per_second: f64,
}

fn ours(root: &Path) -> Result<Figures> {
    let mut program = Program::start(root, "page", 0)?;
    // Anew, so that what loading the demonstration took is not counted as idle.
    program.again(root, "page", 0)?;
    let learner = program.signed_in(LEARNER)?;
    let path = format!("/courses/{COURSE}");
    let html = learner.get(&path)?.good()?;
    let idle = meter::resident_kib(program.pid())?;
    let idle_database = meter::shared_once_kib(program.database_pid()?);
    let look = chromium::look(root, &learner, &path, "WCAG").context("the page in Chromium")?;
    figure("HTML, uncompressed, bytes", &html.body.len().to_string(), "30,000");
    figure("requests before it can be read", &look.before_readable.to_string(), "5");
    print_look(&look);
    let queries = queries::of_a_page(&program, &learner, &path)?;
    figure("statements to the database", &queries.statements.to_string(), "6");
    figure("and BEGIN, COMMIT, ROLLBACK", &queries.bounds.to_string(), "");
    for (text, times) in &queries.each {
        println!("    {times} × {text}…");
    }
    let watched = [program.pid(), program.database_pid()?];
    let _warm = load::run(&learner, &path, CONNECTIONS, 2, &watched)?;
    let load = load::run(&learner, &path, CONNECTIONS, SECONDS, &watched)?;
    let [server, database] = load.cpu_ms[..] else {
        return Err(anyhow::anyhow!("two processes are watched"));
    };
    figure("CPU, server, ms a request", &format!("{server:.2}"), "");
    figure("CPU, PostgreSQL, ms a request", &format!("{database:.2}"), "");
    figure("CPU together, ms a request", &format!("{:.2}", server + database), "3");
    print_load(&load);
    figure("server's memory, idle, MiB", &mebibytes(idle), "60");
    figure("server's memory after that, MiB", &mebibytes(meter::resident_kib(program.pid())?), "120");
    figure("PostgreSQL's memory (shared once), idle, MiB", &mebibytes(idle_database), "");
    let database = meter::shared_once_kib(program.database_pid()?);
    figure("PostgreSQL's memory after that, MiB", &mebibytes(database), "");
    let cpu_ms = load.cpu_ms.iter().sum();
    Ok(Figures {
        cpu_ms,
        html_cpu_ms: cpu_ms,
        requests: look.requests.len() as f64,
        bytes: look.wire_bytes(&[""]) as f64,
        per_second: load.per_second,
    })
}

fn theirs(root: &Path, kolibri: &Kolibri) -> Result<Figures> {
    let path = kolibri.lesson_path.split('#').next().unwrap_or_default();
    let html = kolibri.learner.get(path)?.good()?;
    figure("HTML, uncompressed, bytes", &html.body.len().to_string(), "");
    let idle = meter::resident_kib(kolibri.pid())?;
    let look = chromium::look(root, &kolibri.learner, &kolibri.lesson_path, kolibri::LESSON)
        .context("Kolibri's page in Chromium")?;
    figure("requests before it can be read", &look.before_readable.to_string(), "");
    print_look(&look);
    // What its server works out anew each time: the HTML, and every answer of the API that the page asks for.
    let asked = look.requests.iter().filter(|one| one.method == "GET" && one.status == Some(200));
    let api: Vec<&str> =
        asked.filter(|one| one.path.starts_with("/api/")).map(|one| one.path.as_str()).collect();
    let pid = [kolibri.pid()];
    // It works in the background as well; that is not the page's.
    let before = meter::cpu_ms(kolibri.pid())?;
    std::thread::sleep(Duration::from_secs(u64::from(EACH_SECONDS)));
    let background = meter::cpu_ms(kolibri.pid())?.saturating_sub(before) as f64;
    figure("CPU while nobody asks, ms a second", &format!("{:.1}", background / f64::from(EACH_SECONDS)), "");
    let cost = |path: &str| -> Result<f64> {
        let load = load::run(&kolibri.learner, path, 1, EACH_SECONDS, &pid)?;
        let each = (load.cpu_ms.iter().sum::<f64>() - background / load.requests as f64).max(0.0);
        let shown: String = path.chars().take(70).collect();
        println!("    {each:>7.2} CPU-ms a request, {} requests: {shown}", load.requests);
        Ok(each)
    };
    let html_cpu_ms = cost(path)?;
    let mut cpu_ms = html_cpu_ms;
    for one in &api {
        cpu_ms += cost(one)?;
    }
    figure("CPU of the HTML, ms a request", &format!("{html_cpu_ms:.2}"), "");
    figure(&format!("CPU of a whole page (HTML and {} answers), ms", api.len()), &format!("{cpu_ms:.2}"), "");
    let load = load::run(&kolibri.learner, path, CONNECTIONS, SECONDS, &pid)?;
    println!("its HTML alone, {CONNECTIONS} at once:");
    print_load(&load);
    figure("its memory, idle, MiB", &mebibytes(idle), "");
    figure("its memory after that, MiB", &mebibytes(meter::resident_kib(kolibri.pid())?), "");
    Ok(Figures {
        cpu_ms,
        html_cpu_ms,
        requests: look.requests.len() as f64,
        bytes: look.wire_bytes(&[""]) as f64,
        per_second: load.per_second,
    })
}

fn print_look(look: &Look) {
    figure("requests in all, fresh browser", &look.requests.len().to_string(), "");
    let kinds: [(&str, &[&str]); 5] = [
        ("bytes in all", &[""]),
        ("bytes of HTML", &["html"]),
        ("bytes of CSS", &["css"]),
        ("bytes of JavaScript", &["javascript"]),
        ("bytes of WASM", &["wasm"]),
    ];
    for (what, words) in kinds {
        figure(&format!("{what}, as they came"), &look.wire_bytes(words).to_string(), "");
    }
    let plain: u64 = look.requests.iter().map(|one| one.bytes).sum();
    figure("bytes in all, decompressed", &plain.to_string(), "");
    figure("until it can be read in Chromium, ms", &look.readable_ms.to_string(), "");
}

fn print_load(load: &Load) {
    let name = format!("requests a second, {CONNECTIONS} at once (load of the machine {})", busy());
    figure(&name, &format!("{:.0}", load.per_second), "");
    figure("median, ms", &format!("{:.1}", load.median_ms), "");
    figure("99 in 100 within, ms", &format!("{:.1}", load.p99_ms), "");
}

fn ratio(what: &str, ours: f64, theirs: f64) {
    let shown = if theirs > 0.0 { format!("{:.3}", ours / theirs) } else { "nothing to compare".to_owned() };
    figure(what, &shown, "");
}

fn mebibytes(kib: u64) -> String {
    format!("{:.1}", kib as f64 / 1024.0)
}
