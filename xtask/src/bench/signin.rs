//! Sixty people sign in, and one person works in two tabs.

use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::http::{self, Client};
use super::meter;
use super::program::{AUTHOR, COURSE, LEARNER, PASSWORD, Program};
use super::table::{figure, heading, median_and_p99};

/// So many people.
const PEOPLE: usize = 60;
/// In this time.
const WITHIN: Duration = Duration::from_secs(10);
/// So long is one tab slow.
const SLOW: Duration = Duration::from_secs(4);

/// The figures of signing in and of two tabs.
///
/// # Errors
/// When somebody may not sign in, or a page is refused.
pub fn signin(root: &Path) -> Result<()> {
    let mut program = Program::start(root, "signin", 0)?;
    let logins = people(&program)?;
    // Anew, so that the peak is that of signing in.
    program.again(root, "signin", 0)?;
    heading("60 different people sign in");
    let idle = meter::peak_kib(program.pid())?;
    figure("server's memory before, at its peak, MiB", &format!("{:.1}", idle as f64 / 1024.0), "");
    sign_all_in(&program, &logins, WITHIN, "spread over 10 s")?;
    sign_all_in(&program, &logins, Duration::ZERO, "all at one moment")?;
    heading("two tabs of one person");
    two_tabs(&program)
}

/// Sixty logins: everybody of the demonstration, and, so that there are enough, people with their passwords beside them.
fn people(program: &Program) -> Result<Vec<String>> {
    let known = program.sql("select count(*) from person where password_hash is not null")?;
    let known: usize = known.trim().parse().context("counting the people")?;
    let more = PEOPLE.saturating_sub(known);
    program.sql(include_str!("../../bench/people.sql"))?;
    let list = program.sql(
        "select p.login || '@' || o.slug from person p join organisation o on o.id = p.organisation_id
         where p.password_hash is not null order by 1",
    )?;
    let logins: Vec<String> = list.lines().take(PEOPLE).map(str::to_owned).collect();
    ensure!(logins.len() == PEOPLE, "there are only {} people", logins.len());
    println!("{known} people of the demonstration and {more} with their passwords");
    Ok(logins)
}

fn sign_all_in(program: &Program, logins: &[String], over: Duration, how: &str) -> Result<()> {
    let begun = Instant::now();
    let client = program.client();
    let one = |(number, login): (usize, &String)| -> Result<f64> {
        thread::sleep(over * u32::try_from(number)? / u32::try_from(logins.len())?);
        let asked = Instant::now();
        let answer = client.form("/sign-in", &[("name", login), ("password", PASSWORD)])?;
        let took = asked.elapsed();
        let cookie = answer.cookie("session").filter(|_| answer.status == 303);
        let cookie = cookie.with_context(|| format!("{login} may not sign in: {}", answer.status))?;
        let mut person = client.clone();
        person.headers.push(("cookie".to_owned(), format!("session={cookie}")));
        let home = person.get("/")?;
        ensure!(home.status == 200, "{login} is signed in and the home page answers {}", home.status);
        Ok(took.as_secs_f64() * 1000.0)
    };
    let cpu = meter::cpu_ms(program.pid())?;
    let mut times = thread::scope(|scope| -> Result<Vec<f64>> {
        let all: Vec<_> = logins.iter().enumerate().map(|person| scope.spawn(move || one(person))).collect();
        all.into_iter().map(|one| one.join().map_err(|_| anyhow::anyhow!("a thread broke"))?).collect()
    })?;
    let took = begun.elapsed().as_secs_f64();
    let cpu = meter::cpu_ms(program.pid())?.saturating_sub(cpu);
    let (median, p99) = median_and_p99(&mut times).context("nobody signed in")?;
    println!("{how}: {} of {PEOPLE} signed in", times.len());
    figure("until the last has their home page, s", &format!("{took:.1}"), "10");
    figure("sign-in, median, ms", &format!("{median:.0}"), "");
    figure("sign-in, 99 in 100 within, ms", &format!("{p99:.0}"), "");
    figure("server's CPU, ms a person", &format!("{:.0}", cpu as f64 / PEOPLE as f64), "");
    let peak = meter::peak_kib(program.pid())? as f64 / 1024.0;
    figure("server's memory at its peak, MiB", &format!("{peak:.1}"), "");
    let now = meter::resident_kib(program.pid())? as f64 / 1024.0;
    figure("server's memory afterwards, MiB", &format!("{now:.1}"), "");
    Ok(())
}

fn two_tabs(program: &Program) -> Result<()> {
    let learner = program.signed_in(LEARNER)?;
    let page = format!("/courses/{COURSE}");
    let unit = first_unit(program)?;
    let alone = beside(&learner, &page, || Ok(()))?;
    figure("the other tab alone, longest of its pages, ms", &format!("{alone:.1}"), "");
    // A lock that the page of a unit needs (it writes where the person is) and the page of the course does not.
    let locked = thread::scope(|scope| -> Result<f64> {
        let holder = scope.spawn(|| {
            program.sql(&format!(
                "begin; lock table bookmark in share row exclusive mode; select pg_sleep({}); commit",
                SLOW.as_secs()
            ))
        });
        thread::sleep(Duration::from_millis(500));
        let longest = beside(&learner, &page, || {
            let begun = Instant::now();
            learner.get(&format!("{page}/{unit}"))?.good()?;
            figure("tab 1 waits for a lock in the database, ms", &milliseconds(begun.elapsed()), "");
            Ok(())
        })?;
        holder.join().map_err(|_| anyhow::anyhow!("a thread broke"))??;
        Ok(longest)
    })?;
    figure("tab 2 meanwhile, longest of its pages, ms", &format!("{locked:.1}"), "");
    let author = program.signed_in(AUTHOR)?;
    let slow = beside(&author, &page, || {
        let begun = Instant::now();
        preview_over_a_slow_line(&author)?;
        figure("tab 1 sends a form over a slow line, ms", &milliseconds(begun.elapsed()), "");
        Ok(())
    })?;
    figure("tab 2 meanwhile, longest of its pages, ms", &format!("{slow:.1}"), "");
    Ok(())
}

/// Does `slow`, and loads `path` for the same person again and again until it is done; answers the longest time in
/// milliseconds.
fn beside(client: &Client, path: &str, slow: impl FnOnce() -> Result<()> + Send) -> Result<f64> {
    thread::scope(|scope| {
        let working = scope.spawn(slow);
        let mut longest: f64 = 0.0;
        let mut times = 0;
        while times < 50 || !working.is_finished() {
            let begun = Instant::now();
            client.get(path)?.good()?;
            longest = longest.max(begun.elapsed().as_secs_f64() * 1000.0);
            times += 1;
            thread::sleep(Duration::from_millis(20));
        }
        working.join().map_err(|_| anyhow::anyhow!("a thread broke"))??;
        Ok(longest)
    })
}

fn preview_over_a_slow_line(author: &Client) -> Result<()> {
    let body = format!("text={}", "tekst+".repeat(2000));
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let mut socket = author.begin("POST", &format!("/teaching/{COURSE}/preview"), &kind, body.len())?;
    for piece in body.as_bytes().chunks(body.len().div_ceil(20)) {
        socket.write_all(piece)?;
        thread::sleep(SLOW / 20);
    }
    http::read_answer(&mut socket, false)?.good()?;
    Ok(())
}

/// The name of the first unit in addresses.
fn first_unit(program: &Program) -> Result<String> {
    let author = program.with_ticket(AUTHOR)?;
    let outline = author.json("GET", &format!("/api/v1/courses/{COURSE}/outline"), &Value::Null)?;
    let found = outline["sections"][0]["units"][0]["slug"].as_str().map(str::to_owned);
    found.with_context(|| format!("the course has no unit: {}", json!(outline)))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}
