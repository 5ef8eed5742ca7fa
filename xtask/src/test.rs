//! `cargo xtask test`: everything that has to be right before a change is taken in.

use std::path::Path;

use anyhow::{Result, bail};

use crate::cluster::Temporary;
use crate::packages::{self, Purpose};
use crate::steps::{Steps, both};
use crate::{prepare, process, site, toolchain};

/// Installs what tests need and runs everything; with a filter only the tests whose names hold it.
///
/// # Errors
/// When a step failed or a test did not pass. The counts are on the last line of standard output either way.
pub fn test(root: &Path, filter: Option<&str>) -> Result<()> {
    let mut steps = Steps::default();
    let mut counts = Counts::default();
    let outcome = all(root, filter, &mut steps, &mut counts);
    steps.print();
    println!("\n{} passed, {} failed", counts.passed, counts.failed);
    outcome?;
    steps.all_good()
}

fn all(root: &Path, filter: Option<&str>, steps: &mut Steps, counts: &mut Counts) -> Result<()> {
    steps.need("system packages", || packages::ensure(Purpose::Test))?;
    steps.need("Rust for the browser", || toolchain::ensure_wasm(root))?;
    if filter.is_none() {
        steps.check("formatting", || {
            process::run(toolchain::cargo(root).args(["fmt", "--all", "--", "--check", "-l"]))?;
            // A workspace of its own.
            let fuzz = ["fmt", "--manifest-path", "fuzz/Cargo.toml", "--", "--check", "-l"];
            process::run(toolchain::cargo(root).args(fuzz))
        })?;
    }
    let cluster = steps.need("private PostgreSQL", Temporary::start)?;
    if filter.is_none() {
        steps.check("clippy, and .sqlx against the migrations", || {
            prepare::clippy_and_compare(root, &cluster)
        })?;
    }
    steps.need("browser part, programs and tests", || both(|| build(root), || site::build(root)))?;
    steps.check("tests", || run_tests(root, filter, &cluster, counts))
}

/// In one go: asked for apart, the programs have other features than the tests, and the pages are compiled once more.
fn build(root: &Path) -> Result<()> {
    process::run(toolchain::cargo(root).args(["build", "--locked", "--workspace", "--bins", "--tests"]))
}

fn run_tests(root: &Path, filter: Option<&str>, cluster: &Temporary, counts: &mut Counts) -> Result<()> {
    let programs = toolchain::target_folder(root).join("debug");
    let mut cargo = toolchain::cargo(root);
    cargo
        // What was built above, and no more: without that name every library is read once again for examples in its documentation, of
        // which there are none; asked for by name, libraries and programs are compiled for tests also where their manifest says that
        // they have none, and of these are the pages.
        .args(["test", "--locked", "--workspace", "--tests", "--no-fail-fast"])
        .args(filter)
        .env("TABLICA_TEST_DATABASE", cluster.address("postgres"))
        .env("TABLICA_PROGRAM", programs.join("tablica"))
        .env("TABLICA_TRANSCODE", programs.join("tablica-transcode"))
        .env("TABLICA_DOCUMENTS", programs.join("tablica-documents"))
        .env("TABLICA_SITE", root.join("target/site"));
    if let Some(browser) = packages::browser() {
        cargo.env("TABLICA_BROWSER", browser);
    }
    if std::env::var_os(SIDE_BY_SIDE).is_none() {
        cargo.env(SIDE_BY_SIDE, side_by_side().to_string());
    }
    let status = process::run_by_line(&mut cargo, |line| {
        println!("{line}");
        counts.take(line);
    })?;
    if !status.success() {
        bail!("cargo test ended with {status}");
    }
    if filter.is_none() && counts.passed == 0 {
        bail!("not one test was run");
    }
    Ok(())
}

/// The setting of Rust's tests that says how many of them run side by side.
const SIDE_BY_SIDE: &str = "RUST_TEST_THREADS";

/// Half as many again as there are processors: a test waits about as long as it computes, for a job to be taken, for a film to play, for
/// the database.
fn side_by_side() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    processors + processors.div_ceil(2)
}

/// Sums over the result lines of all test programs.
#[derive(Default, Debug, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
}

impl Counts {
    fn take(&mut self, line: &str) {
        let Some((_, figures)) = line.split_once("test result: ") else { return };
        for part in figures.split([';', '.']) {
            let mut words = part.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<u64>().ok());
            match (number, words.next()) {
                (Some(number), Some("passed")) => self.passed += number,
                (Some(number), Some("failed")) => self.failed += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn result_lines_are_summed_and_other_lines_are_not() {
        let mut counts = Counts::default();
        counts.take(
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        );
        counts.take(
            "test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 9s",
        );
        counts.take("the text says 9 passed; 9 failed");
        assert_eq!(counts, Counts { passed: 12, failed: 2 });
    }
}
