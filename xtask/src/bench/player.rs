//! What stands between a learner and the first picture of a film: bytes of script, and time, on a line of a telephone and on one that
//! is as fast as the machine. The page is opened by a browser that has nothing in its cache, and play is pressed as soon as it is there.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::chromium;
use super::program::{COURSE, LEARNER, Program};
use super::table::{busy, figure, heading};

/// So often on each line; the run in the middle is shown.
const TIMES: usize = 3;
/// Lines: their name, kilobits a second each way (0: not slowed down), and latency of a request in milliseconds.
const LINES: [(&str, u32, u32); 2] =
    [("1 Mbit/s, 200 ms", 1000, 200), ("a line that is not slowed down", 0, 0)];

/// What a browser saw.
#[derive(Debug, Deserialize)]
struct Seen {
    /// From the request for the page to controls that can be pressed, in milliseconds.
    ready_ms: u64,
    /// From the press to the first picture, in milliseconds.
    picture_ms: u64,
    /// From the request for the page to the first picture, in milliseconds.
    whole_ms: u64,
    /// Width of the picture, in pixels.
    width: u32,
    /// All that was asked for until then.
    requests: Vec<Request>,
}

/// One request that was sent before the first picture.
#[derive(Debug, Deserialize)]
struct Request {
    /// Path and query.
    path: String,
    /// Bytes that had come by then, headers included, compressed as they were.
    bytes: u64,
    /// Whether it is JavaScript or WASM.
    script: bool,
}

impl Seen {
    /// How many requests, and their bytes: of scripts alone or of everything.
    fn weight(&self, scripts_only: bool) -> (usize, u64) {
        let wanted = self.requests.iter().filter(|one| one.script || !scripts_only);
        wanted.fold((0, 0), |(count, bytes), one| (count + 1, bytes + one.bytes))
    }
}

/// The figures, of the demonstration's film once it is made.
///
/// # Errors
/// When the film is not made, or no picture comes within three minutes.
pub fn player(root: &Path) -> Result<()> {
    let mut program = Program::start(root, "player", 1)?;
    let lecture = program.lecture_when_ready()?;
    // Without workers, so that nothing else uses the processor.
    program.again(root, "player", 0)?;
    let path = format!("/courses/{COURSE}/{}", lecture.unit);
    for line in LINES {
        one(root, &program, &path, line)?;
    }
    println!(
        "    the line is slowed down as Chromium's developer tools do it: each request waits, nothing else has its latency"
    );
    Ok(())
}

fn one(root: &Path, program: &Program, path: &str, line: (&str, u32, u32)) -> Result<()> {
    let (name, kilobits, latency) = line;
    heading(&format!("the player of a learner, {name} (middle of {TIMES}, load {})", busy()));
    let learner = program.signed_in(LEARNER)?;
    let address = learner.address();
    let (kilobits, latency) = (kilobits.to_string(), latency.to_string());
    let mut runs: Vec<Seen> = Vec::new();
    for _ in 0..TIMES {
        let words: [&str; 5] = [&address, path, learner.cookies(), &kilobits, &latency];
        runs.push(chromium::script(root, "player.mjs", &words)?);
    }
    runs.sort_by_key(|seen| seen.whole_ms);
    let seen = runs.into_iter().nth(TIMES / 2).context("nothing was seen")?;
    let ((scripts, script_bytes), (all, bytes)) = (seen.weight(true), seen.weight(false));
    ensure!(seen.width > 0 && scripts > 0, "the browser played a film without a picture or a script");
    figure("bytes of script and WASM before the first picture", &script_bytes.to_string(), "");
    figure("    in so many requests", &scripts.to_string(), "");
    for request in seen.requests.iter().filter(|one| one.script) {
        println!("    {:>9}  {}", request.bytes, request.path);
    }
    figure("bytes of everything until then, the film's included", &bytes.to_string(), "");
    figure("    in so many requests", &all.to_string(), "");
    let seconds = |ms: u64| format!("{:.2}", ms as f64 / 1000.0);
    figure("page to controls that can be pressed, s", &seconds(seen.ready_ms), "");
    figure("play to the first picture, s", &seconds(seen.picture_ms), "");
    figure("page to the first picture, s", &seconds(seen.whole_ms), "");
    println!("the first picture was {} wide", seen.width);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn scripts_are_weighed_apart_from_the_rest() {
        let said = r#"{ "ready_ms": 900, "picture_ms": 300, "whole_ms": 1300, "width": 426, "requests": [
            { "path": "/", "bytes": 5000, "script": false }, { "path": "/assets/hls.js", "bytes": 700, "script": true },
            { "path": "/assets/learn.wasm", "bytes": 300, "script": true } ] }"#;
        let seen: Seen = serde_json::from_str(said).unwrap();
        assert_eq!((seen.weight(true), seen.weight(false)), ((2, 1000), (3, 6000)));
    }
}
