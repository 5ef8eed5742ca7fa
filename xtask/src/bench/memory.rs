//! Memory of our transcoding program at its peak, for a short film and for one ten times as long: it should not grow with length.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::film_sources::{SOURCES, Source};
use super::table::{busy, figure, heading};
use super::{cost, ladder};

/// Lengths of both films, in seconds.
const LENGTHS: [u32; 2] = [60, 600];

/// The figures, of slides with a camera at 1080p, which need every size and every picture.
///
/// # Errors
/// When a film cannot be made.
pub fn memory(root: &Path) -> Result<()> {
    let programs = ladder::build(root)?;
    let source = SOURCES.into_iter().find(|source| source.name == "mixed");
    let source = source.context("there are no mixed films")?;
    let [short_seconds, long_seconds] = LENGTHS;
    let short = peak(root, source, &programs, short_seconds)?;
    let long = peak(root, source, &programs, long_seconds)?;
    let what = format!("growth of the peak from {short_seconds} s to {long_seconds} s, times");
    figure(&what, &format!("{:.2}", long / short.max(1.0)), "1.00");
    Ok(())
}

/// The peak for a film of so many seconds, in MB.
fn peak(root: &Path, source: Source, programs: &Path, seconds: u32) -> Result<f64> {
    let film = source.make(root, seconds)?;
    heading(&format!("memory of tablica-transcode: {}, 1080p, {seconds} s (load {})", source.name, busy()));
    let out = root.join("target/bench/memory");
    let _nothing_there = fs::remove_dir_all(&out);
    fs::create_dir_all(&out)?;
    let spent = cost::of(&mut ladder::ours(programs, &film, &out), ladder::TRANSCODER)?;
    fs::remove_dir_all(&out)?;
    ensure!(spent.peak_kib > 0, "the memory of the program was not seen");
    spent.print("tablica-transcode and its parent");
    figure("memory at its peak, MB", &format!("{:.0}", spent.megabytes()), "500");
    Ok(spent.megabytes())
}
