//! A film from the end of its upload to its first picture in the page, and what its ladder costs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::program::{AUTHOR, COURSE, PASSWORD, Program};
use super::table::{busy, figure, heading};
use super::{chromium, ladder, meter};
use crate::{film as maker, process, up};

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

/// The figures of a film: `seconds` for the first picture, `ladder_seconds` for what the ladder costs.
///
/// # Errors
/// When the film cannot be made or is not played within five minutes.
pub fn film(root: &Path, seconds: u32, ladder_seconds: u32) -> Result<()> {
    first_picture(root, seconds)?;
    ladder::ladder(root, ladder_seconds)
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

/// Stops the making of the demonstration's own film, which would take its turn first.
fn stop_the_demonstration(program: &Program) -> Result<()> {
    let author = program.with_ticket(AUTHOR)?;
    let outline = author.json("GET", &format!("/api/v1/courses/{COURSE}/outline"), &Value::Null)?;
    let units = outline["sections"].as_array().into_iter().flatten();
    let units = units.flat_map(|section| section["units"].as_array().into_iter().flatten());
    let film = units.filter_map(|unit| unit["film"].as_str()).next();
    let film = film.context("the course of the demonstration has no film")?;
    author.json("POST", &format!("/api/v1/films/{film}/cancel"), &Value::Null)?;
    for _ in 0..300 {
        process::stop_if_asked()?;
        let state = author.json("GET", &format!("/api/v1/films/{film}"), &Value::Null)?;
        if state["state"] == "cancelled" {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    anyhow::bail!("the making of the demonstration's film did not stop")
}
