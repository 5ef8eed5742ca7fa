//! `cargo xtask`: everything a person does with this repository, one word each. Table of contents
//! and command line only; each command is a module.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod bench;
mod cluster;
mod data_folder;
mod database;
mod dev;
mod film;
mod fuzz;
mod packages;
mod prepare;
mod process;
mod service_user;
mod site;
mod sources;
mod steps;
mod stylesheet;
mod test;
mod toolchain;
mod up;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::database::Wanted;

const HELP: &str = "cargo xtask COMMAND

  up [--data DIR] [--port N] [--no-demo]   installs, builds and runs everything, with the demonstration; Ctrl-C stops it
  test [FILTER]                            installs what tests need and runs all of them (or those named like FILTER)
  dev [--data DIR] [--port N] [--no-demo]  a debug build that starts anew when a source changes or Enter is pressed
  prepare [--check]                        writes .sqlx, the descriptions of all queries (or only compares it)
  database [--reset|--stop]                a PostgreSQL for developers; prints its address for DATABASE_URL
  fuzz [TARGET] [SECONDS]                  tries what strangers may send with libFuzzer: every target, or one, for a minute each
  site                                     builds the browser part only, into target/site
  film [--long SECONDS]                    makes the demonstration film only, into target/demo (or a long one to measure with)
  bench [size|page|signin|upload|film|     shows figures of the release build; all without a word
        memory|player|serving|devices|courses]
        [--seconds N]                      with a film of N seconds instead of ten minutes
        [--ladder-seconds N]               film: with sources of N seconds for the encoders instead of a minute
        [--all-sources]                    film: with slides at 720p and a camera at 1080p too, minutes more each
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match process::listen_for_signals().and_then(|()| obey(&words)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            let interrupted = error.downcast_ref::<process::Interrupted>().is_some();
            ExitCode::from(if interrupted { 130 } else { 1 })
        }
    }
}

fn obey(words: &[&str]) -> Result<()> {
    let root = root()?;
    match words {
        [] | ["help" | "--help" | "-h"] => print!("{HELP}"),
        ["up", rest @ ..] => up::up(&root, &wishes(rest)?)?,
        ["dev", rest @ ..] => dev::dev(&root, &wishes(rest)?)?,
        ["test"] => test::test(&root, None)?,
        ["test", filter] if !filter.starts_with('-') => test::test(&root, Some(filter))?,
        ["prepare"] => prepare::write(&root)?,
        ["prepare", "--check"] => prepare::compare(&root)?,
        ["database"] => println!("{}", database::database(&root, Wanted::Running)?),
        ["database", "--reset"] => println!("{}", database::database(&root, Wanted::Anew)?),
        ["database", "--stop"] => println!("{}", database::database(&root, Wanted::Stopped)?),
        ["fuzz", rest @ ..] => fuzz::fuzz(&root, rest)?,
        ["site"] => site::build(&root)?,
        ["film"] => film::make(&root, &up::film_folder(&root))?,
        ["film", "--long", seconds] => long_film(&root, seconds)?,
        ["bench", rest @ ..] => bench::bench(&root, rest)?,
        _ => bail!("`{}` is not understood\n\n{HELP}", words.join(" ")),
    }
    Ok(())
}

/// A film of any length that moves all the time, to measure uploads and encoding with.
fn long_film(root: &Path, seconds: &str) -> Result<()> {
    let length =
        seconds.parse().with_context(|| format!("--long {seconds}: expected a number of seconds"))?;
    let film = up::film_folder(root).join(format!("long-{length}.mp4"));
    film::make_long(root, &film, length)?;
    println!("{}", film.display());
    Ok(())
}

/// The options of `up` and `dev`.
fn wishes(words: &[&str]) -> Result<up::Wishes> {
    let mut wishes = up::Wishes::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--no-demo" => wishes.no_demo = true,
            "--data" => wishes.data = Some(PathBuf::from(words.next().context("--data needs a folder")?)),
            "--port" => {
                let number = words.next().context("--port needs a number")?;
                let port = number.parse().with_context(|| format!("--port {number}: expected 1 to 65535"))?;
                wishes.port = Some(port);
            }
            other => bail!("`{other}` is not understood; there are --data DIR, --port N and --no-demo"),
        }
    }
    Ok(wishes)
}

/// The root of the repository: the folder above ours.
fn root() -> Result<PathBuf> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).parent().map(Path::to_path_buf).context("xtask has no folder above it")
}
