//! Courses with 5,000 people and 500,000 units opened, and with ten times that, in departments of two thousand: what each page
//! costs, how many statements it sends and how long it takes; and what a first visit brings.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::http::Client;
use super::program::{AUTHOR, LEARNER, Program};
use super::table::{busy, figure, heading, median_and_p99};
use super::{chromium, load, queries};

/// People at the smaller and at the larger size; both are whole departments.
const SMALL: usize = 4_000;
const LARGE: usize = 50_000;
/// So many people are put in with one statement.
const BATCH: usize = 10_000;
/// So often each page is asked for, one request after another.
const PAGES: usize = 200;
/// So long each page is asked for by ten at once, to know what it costs, in seconds.
const SECONDS: u32 = 5;

/// A page that is measured.
struct Page {
    /// What it is.
    name: &'static str,
    /// Its address.
    path: &'static str,
    /// Who asks.
    login: &'static str,
}

const MEASURED: [Page; 4] = [
    Page { name: "home", path: "/", login: LEARNER },
    Page { name: "course page", path: "/courses/miara-0-3", login: LEARNER },
    Page { name: "unit page", path: "/courses/miara-0-3/lekcja-5", login: LEARNER },
    Page { name: "learners of a course (2,000)", path: "/teaching/miara-0-3/progress", login: AUTHOR },
];

/// What one page cost at one size.
struct Cost {
    median_ms: f64,
    p99_ms: f64,
    cpu_ms: f64,
    statements: usize,
}

/// The figures of courses.
///
/// # Errors
/// When a page is refused.
pub fn courses(root: &Path) -> Result<()> {
    let mut program = Program::start(root, "courses", 0)?;
    heading(&format!("courses, {SMALL} and {LARGE} people"));
    fill(&program, 0, SMALL)?;
    program.again(root, "courses", 0)?;
    let small = measure(&program)?;
    let begun = Instant::now();
    let mut from = SMALL;
    while from < LARGE {
        let to = (from + BATCH).min(LARGE);
        fill(&program, from, to)?;
        from = to;
    }
    let rows = program.sql("select count(*) from progress")?;
    println!("filled in {:.0} s; {} units opened", begun.elapsed().as_secs_f64(), rows.trim());
    program.again(root, "courses", 0)?;
    let large = measure(&program)?;
    for ((page, few), many) in MEASURED.iter().zip(small).zip(large) {
        let shown = |few: f64, many: f64| format!("{few:.1} → {many:.1} ({:.2}×)", many / few);
        figure(&format!("{}, median, ms", page.name), &shown(few.median_ms, many.median_ms), "1.5×");
        figure(&format!("{}, 99 in 100 within, ms", page.name), &shown(few.p99_ms, many.p99_ms), "1.5×");
        figure(&format!("{}, CPU together, ms", page.name), &shown(few.cpu_ms, many.cpu_ms), "3");
        figure(&format!("{}, statements", page.name), &many.statements.to_string(), "6");
    }
    println!("load {}", busy());
    first_visit(root, &program)
}

fn fill(program: &Program, from: usize, to: usize) -> Result<()> {
    let statements = include_str!("../../bench/courses.sql");
    program.sql(
        &statements.replace("@PEOPLE_FROM@", &from.to_string()).replace("@PEOPLE_TO@", &to.to_string()),
    )?;
    Ok(())
}

fn measure(program: &Program) -> Result<Vec<Cost>> {
    MEASURED
        .iter()
        .map(|page| {
            let client = program.signed_in(page.login)?;
            cost(program, &client, page.path).with_context(|| format!("{}, {}", page.name, page.path))
        })
        .collect()
}

fn cost(program: &Program, client: &Client, path: &str) -> Result<Cost> {
    for _ in 0..10 {
        client.get(path)?.good()?;
    }
    let mut times = Vec::with_capacity(PAGES);
    for _ in 0..PAGES {
        let begun = Instant::now();
        client.get(path)?.good()?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    let (median_ms, p99_ms) = median_and_p99(&mut times).context("nothing measured")?;
    let statements = queries::of_a_page(program, client, path)?.statements;
    let load = load::run(client, path, 10, SECONDS, &[program.pid(), program.database_pid()?])?;
    Ok(Cost { median_ms, p99_ms, cpu_ms: load.cpu_ms.iter().sum(), statements })
}

/// What a browser that was never here fetches.
fn first_visit(root: &Path, program: &Program) -> Result<()> {
    heading("first visit");
    let client = program.signed_in(LEARNER)?;
    for (name, path, text) in [("home", "/", "Szkolenie miary")] {
        let look =
            chromium::look(root, &client, path, text).with_context(|| format!("{path} in Chromium"))?;
        ensure!(!look.requests.is_empty(), "{path} sent no request");
        figure(&format!("{name}: requests"), &look.requests.len().to_string(), "6");
        figure(&format!("{name}: bytes"), &look.wire_bytes(&[""]).to_string(), "100,000");
    }
    Ok(())
}
