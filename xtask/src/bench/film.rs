//! A film from the end of its upload to its first picture in the page, and what its ladder costs.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::program::{AUTHOR, PASSWORD, Program};
use super::table::{busy, figure, heading};
use super::{chromium, ladder, meter, upload};
use crate::{film as maker, process, up};

/// The demonstration's film is at work by then, on a busy machine too.
const WORK_TIME: Duration = Duration::from_secs(60);
/// A line of ten megabits a second carries so many bytes in a tenth of one.
const SLOW_BYTES: usize = 125_000;
/// What was asked to stop has stopped by then.
const END_TIME: Duration = Duration::from_secs(60);

/// What the browser saw.
#[derive(Debug, Deserialize)]
struct Seen {
    upload_s: f64,
    /// From the server's answer to the last byte, in seconds: the player stands in the page.
    player_s: f64,
    /// The same: the first picture is on the screen.
    picture_s: f64,
    /// Width of the picture.
    width: u32,
    /// Whether the film was still being made then.
    still_made: bool,
}

/// The figures of a film: `seconds` for the first picture, `ladder_seconds` for what the ladder costs, of `all_sources` or the usual ones.
///
/// # Errors
/// When the film cannot be made or is not played within five minutes.
pub fn film(root: &Path, seconds: u32, ladder_seconds: u32, all_sources: bool) -> Result<()> {
    first_picture(root, seconds)?;
    ladder::ladder(root, ladder_seconds, all_sources)
}

/// A moving 1080p film of this length; made once.
fn source(root: &Path, seconds: u32) -> Result<PathBuf> {
    let film = up::film_folder(root).join(format!("long-{seconds}.mp4"));
    if !film.is_file() {
        maker::make_long(root, &film, seconds)?;
    }
    Ok(film)
}

fn first_picture(root: &Path, seconds: u32) -> Result<()> {
    let source = source(root, seconds)?;
    let bytes = source.metadata()?.len();
    heading(&format!("a film of {seconds} s, 1080p, {bytes} bytes, sent by its author's browser"));
    let program = Program::start(root, "film", 1)?;
    stop_the_demonstration(&program)?;
    beginning(&program, &source)?;
    let file = source.to_string_lossy().into_owned();
    let seen: Seen =
        chromium::script(root, "film.mjs", &[&program.client().address(), AUTHOR, PASSWORD, &file])?;
    ensure!(seen.width > 0, "the browser played a film without a picture");
    figure("upload, s", &format!("{:.1}", seen.upload_s), "");
    let name = format!("end of the upload to the player in the page, s (load {})", busy());
    figure(&name, &format!("{:.1}", seen.player_s), "");
    figure("end of the upload to the first picture, s", &format!("{:.1}", seen.picture_s), "5");
    let still = if seen.still_made { "still being made" } else { "ready" };
    println!("the film was {still} then, and the picture {} wide", seen.width);
    let server = meter::peak_kib(program.pid())? as f64 * 1.024e-3;
    figure("server's memory at its peak, MB", &format!("{server:.0}"), "");
    Ok(())
}

/// Sends a film over a slow line until its beginning can be watched, and gives the upload up.
fn beginning(program: &Program, source: &Path) -> Result<()> {
    let author = program.with_ticket(AUTHOR)?;
    let film = upload::film(&author)?;
    let whole = fs::read(source)?;
    let place = upload::begin(&author, &film, whole.len())?;
    let mut line = upload::patch(&author, &place, 0, whole.len())?;
    let (begun, tenth) = (Instant::now(), Duration::from_millis(100));
    let (mut due, mut seen) = (Duration::ZERO, None);
    for piece in whole.chunks(SLOW_BYTES) {
        process::stop_if_asked()?;
        line.write_all(piece)?;
        due += tenth;
        thread::sleep(due.saturating_sub(begun.elapsed()));
        let state = author.json("GET", &format!("/api/v1/films/{film}"), &Value::Null)?;
        if state["playable"] == true {
            seen = Some(begun.elapsed());
            break;
        }
    }
    drop(line);
    author.send("DELETE", &place, &[upload::TUS], b"")?.good()?;
    let what = "first byte, over a line of 10 Mbit/s, to a first picture that can be watched, s";
    let said =
        seen.map_or("not before the last byte".to_owned(), |seen| format!("{:.1}", seen.as_secs_f64()));
    figure(what, &said, "");
    Ok(())
}

/// Stops the making of the demonstration's own film, which would take its turn first, and shows how long after the person's wish its
/// transcoding program was still there.
fn stop_the_demonstration(program: &Program) -> Result<()> {
    let author = program.with_ticket(AUTHOR)?;
    let film = program.lecture(&author)?.film;
    let child = transcoder_at_work(program)?;
    let asked = Instant::now();
    author.json("POST", &format!("/api/v1/films/{film}/cancel"), &Value::Null)?;
    let what = "\"cancel\" to the end of the transcoding program, s";
    match child {
        Some(pid) => {
            while is_transcoder(pid) {
                process::stop_if_asked()?;
                ensure!(asked.elapsed() < END_TIME, "the transcoding program did not stop");
                thread::sleep(Duration::from_millis(5));
            }
            figure(what, &format!("{:.2}", asked.elapsed().as_secs_f64()), "1");
        }
        None => figure(what, "not measured: none was at work", "1"),
    }
    while asked.elapsed() < END_TIME {
        process::stop_if_asked()?;
        let state = author.json("GET", &format!("/api/v1/films/{film}"), &Value::Null)?;
        if state["state"] == "cancelled" {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    anyhow::bail!("the making of the demonstration's film did not stop")
}

/// The server's transcoding program once it has used a second of a processor: it is in the middle of its work then. `None` when that
/// is not to be seen.
fn transcoder_at_work(program: &Program) -> Result<Option<u32>> {
    let begun = Instant::now();
    while begun.elapsed() < WORK_TIME {
        process::stop_if_asked()?;
        let mut children = meter::children(program.pid()).into_iter();
        let found = children.find(|pid| is_transcoder(*pid) && meter::cpu_ms(*pid).is_ok_and(|ms| ms > 1000));
        if found.is_some() {
            return Ok(found);
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(None)
}

/// The kernel keeps fifteen letters of a name.
fn is_transcoder(pid: u32) -> bool {
    ladder::TRANSCODER.get(..15) == Some(meter::name(pid).as_str())
}
