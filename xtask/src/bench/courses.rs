//! Courses with 5,000 people and 500,000 units opened, and with ten times that, in departments of two thousand: what each page
//! costs, how many statements it sends and how long it takes; and what a first visit brings.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::http::Client;
use super::program::{AUTHOR, HEAD, LEARNER, Program};
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

/// So many people hand in one test.
const CROWD: usize = 500;
/// Within so many seconds.
const CROWD_SECONDS: u64 = 10;

/// A page that is measured.
struct Page {
    /// What it is.
    name: &'static str,
    /// Its address.
    path: &'static str,
    /// Who asks.
    login: &'static str,
}

/// Whose address ends so is asked in a test that has begun.
const QUESTION: &str = "/questions/1";

const MEASURED: [Page; 10] = [
    Page { name: "home", path: "/", login: LEARNER },
    Page { name: "course page", path: "/courses/miara-0-3", login: LEARNER },
    Page { name: "unit page", path: "/courses/miara-0-3/lekcja-5", login: LEARNER },
    Page { name: "before a test", path: "/courses/miara-0-19/lekcja-1/test", login: LEARNER },
    Page {
        name: "question of a test",
        path: "/courses/miara-0-19/lekcja-1/test/questions/1",
        login: LEARNER,
    },
    Page { name: "catalogue, searched", path: "/catalogue?q=miary+0", login: LEARNER },
    Page { name: "search over everything", path: "/search?q=lekcja", login: LEARNER },
    Page { name: "learners of a course (2,000)", path: "/teaching/miara-0-3/progress", login: AUTHOR },
    Page { name: "report of a department (2,000)", path: "/reports/training", login: HEAD },
    Page {
        name: "the same, searched, by progress",
        path: "/teaching/miara-0-3/progress?q=osoba+19&order=progress",
        login: AUTHOR,
    },
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
    crowd(&program)?;
    first_visit(root, &program)
}

/// Five hundred people hand in the same test within ten seconds, each of them twice, as impatient people do.
fn crowd(program: &Program) -> Result<()> {
    heading(&format!("{CROWD} people hand in one test within {CROWD_SECONDS} s, each twice"));
    // Signing in is another figure: the sessions are put in.
    program.sql(&include_str!("../../bench/crowd.sql").replace("@CROWD@", &CROWD.to_string()))?;
    let test = "/courses/miara-0-19/lekcja-1/test";
    let people: Vec<Client> = (1..=CROWD)
        .map(|number| {
            let mut client = program.client();
            client.headers.push(("cookie".to_owned(), format!("session=sesja-miary-miara{number}")));
            client
        })
        .collect();
    let begin = |client: &Client| -> Result<String> {
        client.get("/courses/miara-0-19/lekcja-1")?.good()?;
        let answer = client.form(test, &[])?;
        let first = answer.header("location").context("the test did not begin")?.to_owned();
        let attempt = first.strip_suffix("/questions/1").context("not the first question")?.to_owned();
        let page = client.get(&first)?.good()?;
        let page = String::from_utf8_lossy(&page.body).into_owned();
        let value = page.split("type=\"radio\"").nth(1).and_then(|rest| rest.split("value=\"").nth(1));
        let value = value.and_then(|rest| rest.split('"').next()).context("no radio button")?;
        let name = page.split("type=\"radio\"").nth(1).and_then(|rest| rest.split("name=\"").nth(1));
        let name = name.and_then(|rest| rest.split('"').next()).context("no name")?;
        let saved = client.form(&first, &[(name, value)])?;
        ensure!(saved.status == 303, "the answer was refused: {}", saved.status);
        Ok(attempt)
    };
    let attempts = people.iter().map(begin).collect::<Result<Vec<_>>>()?;
    let start = Instant::now();
    let mut times = std::thread::scope(|scope| {
        let each = people.iter().zip(&attempts).enumerate().map(|(number, (client, attempt))| {
            scope.spawn(move || -> Result<Vec<f64>> {
                let at = Duration::from_secs(CROWD_SECONDS) * u32::try_from(number)? / u32::try_from(CROWD)?;
                std::thread::sleep(at.saturating_sub(start.elapsed()));
                (0..2)
                    .map(|_| {
                        let begun = Instant::now();
                        let answer = client.form(&format!("{attempt}/submit"), &[])?;
                        ensure!(answer.status == 303, "handing in was answered {}", answer.status);
                        Ok(begun.elapsed().as_secs_f64() * 1000.0)
                    })
                    .collect()
            })
        });
        let running: Vec<_> = each.collect();
        running
            .into_iter()
            .map(|one| one.join().map_err(|_| anyhow::anyhow!("a thread ended")).and_then(|times| times))
            .collect::<Result<Vec<_>>>()
    })?
    .concat();
    let (median, p99) = median_and_p99(&mut times).context("nothing measured")?;
    figure("handing in, median, ms", &format!("{median:.1}"), "");
    figure("handing in, 99 in 100 within, ms", &format!("{p99:.1}"), "");
    let kept = program.sql(include_str!("../../bench/handed_in.sql"))?;
    let expected = format!("{CROWD} {CROWD} {CROWD} {CROWD}");
    ensure!(
        kept.trim() == expected,
        "attempts, ended, submitted, answered: {}, expected {expected}",
        kept.trim()
    );
    figure("attempts lost or doubled", "0", "0");
    Ok(())
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
            let path = match page.path.strip_suffix(QUESTION) {
                Some(test) => begun(&client, test)?,
                None => page.path.to_owned(),
            };
            cost(program, &client, &path).with_context(|| format!("{}, {}", page.name, page.path))
        })
        .collect()
}

/// The first question of a test, which begins now or goes on.
fn begun(client: &Client, test: &str) -> Result<String> {
    client.get(test.trim_end_matches("/test"))?.good()?;
    let answer = client.form(test, &[])?;
    Ok(answer.header("location").context("the test did not begin")?.to_owned())
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
    let test = "/courses/miara-0-19/lekcja-1/test";
    let question = begun(&client, test)?;
    let pages = [
        ("home", "/", "Szkolenie miary"),
        ("before a test", test, "Lekcja 1"),
        ("question of a test", question.as_str(), "to liczba"),
    ];
    for (name, path, text) in pages {
        let look =
            chromium::look(root, &client, path, text).with_context(|| format!("{path} in Chromium"))?;
        ensure!(!look.requests.is_empty(), "{path} sent no request");
        figure(&format!("{name}: requests"), &look.requests.len().to_string(), "6");
        figure(&format!("{name}: bytes"), &look.wire_bytes(&[""]).to_string(), "100,000");
    }
    Ok(())
}
