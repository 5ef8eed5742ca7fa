//! `cargo xtask fuzz`: libFuzzer tries, for a stated time, everything here that reads what strangers write (`fuzz/`).
//!
//! Built with the compiler of the project: what libFuzzer needs is a pass of LLVM that stable compilers have. There is no address
//! sanitizer (that one would ask for a nightly compiler): no crate of ours that is tried here may say `unsafe`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::packages::{self, Purpose};
use crate::{process, toolchain};

/// How long each is tried when nothing is said, in seconds.
const SECONDS: u32 = 60;
/// More memory than this is a fault, in MiB.
const MOST_MIB: u32 = 1024;
/// One input may take this long, in seconds.
const PATIENCE: u32 = 10;
/// Lines of a log that are shown when something was found.
const SHOWN_LINES: usize = 20;

/// Counts how often each edge is taken, and tells what is compared with what (LLVM, SanitizerCoverage).
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";

/// One program of `fuzz/`.
struct Target {
    name: &'static str,
    /// Longest input, in bytes.
    most_bytes: u32,
    /// Folders of the repository with good examples, and how their names end; beside those in `fuzz/seeds`.
    examples: &'static [(&'static str, &'static str)],
}

static TARGETS: [Target; 8] = [
    Target { name: "caption_edits", most_bytes: 8 << 10, examples: &[] },
    Target { name: "captions", most_bytes: 8 << 10, examples: &[("demo/courses", ".vtt")] },
    Target { name: "frames", most_bytes: 8 << 10, examples: &[] },
    Target { name: "gift", most_bytes: 16 << 10, examples: &[("courses/src/quiz/exchange", ".gift")] },
    Target { name: "headers", most_bytes: 1 << 10, examples: &[] },
    Target { name: "moodle", most_bytes: 16 << 10, examples: &[("courses/src/quiz/exchange", ".xml")] },
    Target { name: "playlists", most_bytes: 4 << 10, examples: &[] },
    Target {
        name: "quiz_files",
        most_bytes: 20 << 10,
        examples: &[("courses/src/quiz/file", ".quiz.md"), ("demo/courses", ".quiz.md")],
    },
];

/// Tries every target, or one, for so many seconds each: `[TARGET] [SECONDS]`.
///
/// # Errors
/// When a target is not known, cannot be built, or something was found; the input then lies in `target/fuzz/found`.
pub fn fuzz(root: &Path, words: &[&str]) -> Result<()> {
    let (targets, seconds) = wanted(words)?;
    packages::ensure(Purpose::Run)?;
    let folder = toolchain::target_folder(root).join("fuzz");
    let programs = build(root, &folder, &targets)?;
    println!("\n{:<14} {:>8} {:>12} {:>9} {:>7}", "target", "seconds", "executions", "a second", "edges");
    let mut broken = Vec::new();
    for target in targets {
        if !run(root, &folder, &programs.join(target.name), target, seconds)? {
            broken.push(target.name);
        }
    }
    if !broken.is_empty() {
        bail!("found something in {}: {}", broken.join(", "), folder.join("found").display());
    }
    Ok(())
}

fn wanted(words: &[&str]) -> Result<(Vec<&'static Target>, u32)> {
    let (name, seconds) = match words {
        [] => (None, None),
        [one] if one.bytes().all(|byte| byte.is_ascii_digit()) => (None, Some(*one)),
        [name] => (Some(*name), None),
        [name, seconds] => (Some(*name), Some(*seconds)),
        _ => bail!("`{}` is not understood; expected [TARGET] [SECONDS]", words.join(" ")),
    };
    let seconds = seconds.map_or(Ok(SECONDS), |seconds| {
        seconds.parse().with_context(|| format!("{seconds}: expected a number of seconds"))
    })?;
    let targets: Vec<&Target> =
        TARGETS.iter().filter(|target| name.is_none_or(|name| name == target.name)).collect();
    if targets.is_empty() {
        let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        bail!("there is no such target; there are {}", known.join(", "));
    }
    Ok((targets, seconds))
}

/// Builds the programs; answers the folder that they are in.
fn build(root: &Path, folder: &Path, targets: &[&Target]) -> Result<PathBuf> {
    let version = process::answer(Command::new("rustc").arg("-vV").current_dir(root))?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not say for which machine it builds")?;
    let output = folder.join("build");
    let mut cargo = toolchain::cargo(root);
    cargo.args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml"]);
    // With the target named, the flags go to what is tried, and not to what only helps to build it.
    cargo.args(["--target", host]).arg("--target-dir").arg(&output);
    cargo.args(targets.iter().flat_map(|target| ["--bin", target.name]));
    cargo.env("RUSTFLAGS", FLAGS).env_remove("CARGO_ENCODED_RUSTFLAGS");
    // libFuzzer itself is C++.
    if !process::is_on_path("c++") {
        cargo.env("CXX", "clang++");
    }
    process::run(&mut cargo)?;
    Ok(output.join(host).join("release"))
}

/// Runs one target and prints its line; whether it went well.
fn run(root: &Path, folder: &Path, program: &Path, target: &Target, seconds: u32) -> Result<bool> {
    let place = |kind: &str| -> Result<PathBuf> {
        let place = folder.join(kind).join(target.name);
        fs::create_dir_all(&place).with_context(|| place.display().to_string())?;
        Ok(place)
    };
    let (corpus, seeds, found) = (place("corpus")?, place("seeds")?, place("found")?);
    plant(root, target, &seeds)?;
    let path = folder.join(format!("{}.log", target.name));
    let mut command = Command::new(program);
    command
        .current_dir(root)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={}", target.most_bytes))
        .arg(format!("-rss_limit_mb={MOST_MIB}"))
        .arg(format!("-timeout={PATIENCE}"))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg("-print_final_stats=1");
    let dictionary = root.join(format!("fuzz/words/{}.dict", target.name));
    if dictionary.is_file() {
        command.arg(format!("-dict={}", dictionary.display()));
    }
    let log = File::create(&path).with_context(|| path.display().to_string())?;
    command.arg(&corpus).arg(&seeds).env("RUST_BACKTRACE", "1").stderr(log);
    let status = process::wait(process::start(&mut command)?)?;
    process::stop_if_asked()?;
    let log = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
    println!(
        "{:<14} {seconds:>8} {:>12} {:>9} {:>7}  {}",
        target.name,
        figure(&log, "stat::number_of_executed_units:"),
        figure(&log, "stat::average_exec_per_sec:"),
        figure(&log, " cov:"),
        if status.success() { "nothing found".to_owned() } else { format!("{status}: {}", path.display()) },
    );
    if !status.success() {
        println!("{}", telling(&log).join("\n"));
    }
    Ok(status.success())
}

/// What a log says of the fault: from the panic on, or else its end; and where the input was put.
fn telling(log: &str) -> Vec<&str> {
    let lines: Vec<&str> = log.lines().collect();
    let end = lines.len().saturating_sub(SHOWN_LINES);
    let from = lines.iter().position(|line| line.contains(" panicked at ")).unwrap_or(end);
    let kept = lines.iter().filter(|line| line.contains("Test unit written to"));
    lines.iter().skip(from).take(SHOWN_LINES).chain(kept).copied().collect()
}

/// The last figure behind a word in a log.
fn figure<'a>(log: &'a str, word: &str) -> &'a str {
    log.rsplit_once(word).and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or("?")
}

/// Puts the examples into a folder: those of `fuzz/seeds` and those that the repository has anyway.
fn plant(root: &Path, target: &Target, to: &Path) -> Result<()> {
    let mut files = Vec::new();
    let own = root.join("fuzz/seeds").join(target.name);
    if own.is_dir() {
        collect(&own, "", &mut files)?;
    }
    for (folder, ending) in target.examples {
        collect(&root.join(folder), ending, &mut files)?;
    }
    for (number, file) in files.iter().enumerate() {
        let copy = to.join(format!("{number:03}"));
        fs::copy(file, &copy).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

/// The files below a folder whose names end so.
fn collect(folder: &Path, ending: &str, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, ending, files)?;
        } else if path.to_string_lossy().ends_with(ending) {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{SECONDS, TARGETS, figure, wanted};

    #[test]
    fn a_target_and_a_time_are_understood() {
        let asked = |words: &[&str]| {
            wanted(words)
                .map(|(targets, seconds)| (targets.len(), seconds))
                .map_err(|error| error.to_string())
        };
        assert_eq!(asked(&[]), Ok((TARGETS.len(), SECONDS)));
        assert_eq!(asked(&["5"]), Ok((TARGETS.len(), 5)));
        assert_eq!(asked(&["gift"]), Ok((1, SECONDS)));
        assert_eq!(asked(&["gift", "7"]), Ok((1, 7)));
        for bad in [&["films"][..], &["gift", "x"], &["gift", "1", "2"]] {
            assert!(asked(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_last_figure_counts() {
        let log =
            "#2\tINITED cov: 5 ft: 5\n#9\tDONE   cov: 61 ft: 80\nstat::number_of_executed_units: 1682530\n";
        assert_eq!(figure(log, " cov:"), "61");
        assert_eq!(figure(log, "stat::number_of_executed_units:"), "1682530");
        assert_eq!(figure(log, "stat::average_exec_per_sec:"), "?");
    }

    /// Each program of `fuzz/` is tried, and each that is tried is there.
    #[test]
    fn every_program_is_a_target() {
        let manifest =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/Cargo.toml")).unwrap();
        let mut programs: Vec<&str> = manifest
            .split("[[bin]]\nname = \"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        programs.sort_unstable();
        let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        assert_eq!(programs, known);
    }
}
