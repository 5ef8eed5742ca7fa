//! `cargo xtask dev`: serves a debug build and starts it anew when a source changes or Enter is pressed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use crate::database::{self, Wanted};
use crate::{film, process, site, sources, toolchain, up};

/// Builds, serves, watches, until Ctrl-C.
///
/// # Errors
/// When the database cannot be started. A build that fails is printed, and the next change waited for.
pub fn dev(root: &Path, wishes: &up::Wishes) -> Result<()> {
    let database = database::database(root, Wanted::Running)?;
    if !wishes.no_demo {
        film::make(root, &up::film_folder(root))?;
    }
    let enter = enter_key();
    let outcome = build_and_serve_again_and_again(root, wishes, &database, &enter);
    // The developer's database stays on, as `cargo xtask database` leaves it.
    if process::is_stopping() { Ok(()) } else { outcome }
}

fn build_and_serve_again_and_again(
    root: &Path,
    wishes: &up::Wishes,
    database: &str,
    enter: &Receiver<()>,
) -> Result<()> {
    let mut server: Option<Child> = None;
    loop {
        let seen = newest(root)?;
        match build(root, database) {
            Ok(()) => {
                if let Some(old) = server.take() {
                    process::stop(old)?;
                }
                server = Some(start(root, wishes)?);
            }
            Err(error) if process::is_stopping() => {
                end(server)?;
                return Err(error);
            }
            Err(error) => println!("{error:#}\nwaiting for a change"),
        }
        while newest(root)? == seen && enter.try_recv().is_err() {
            if process::is_stopping() {
                return end(server);
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    }
}

fn build(root: &Path, database: &str) -> Result<()> {
    site::build(root)?;
    let mut cargo = toolchain::cargo(root);
    cargo.env_remove("SQLX_OFFLINE").env("DATABASE_URL", database);
    process::run(cargo.args(["build", "-p", "server", "-p", "transcode", "-p", "typeset"]))
}

fn start(root: &Path, wishes: &up::Wishes) -> Result<Child> {
    let data = match &wishes.data {
        Some(data) => data.clone(),
        None => toolchain::target_folder(root).join("dev-data"),
    };
    let mut server: Command =
        up::server(root, "debug", wishes, &crate::data_folder::choose(root, Some(&data))?);
    process::start(&mut server)
}

fn end(server: Option<Child>) -> Result<()> {
    match server {
        Some(server) => process::wait(server).map(drop).context("waiting for the server"),
        None => Ok(()),
    }
}

/// The newest source and its time: another one means that something changed.
fn newest(root: &Path) -> Result<Option<(SystemTime, PathBuf, usize)>> {
    let files = sources::all(root)?;
    let count = files.len();
    let times = files.into_iter().filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file)));
    Ok(times.max().map(|(time, file)| (time, file, count)))
}

/// Hears a line on standard input.
fn enter_key() -> Receiver<()> {
    let (heard, enter) = channel();
    std::thread::spawn(move || {
        for _line in std::io::stdin().lines() {
            if heard.send(()).is_err() {
                break;
            }
        }
    });
    enter
}
