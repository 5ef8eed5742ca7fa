//! How like its source a made film looks (VMAF v0.6.1), by an `ffmpeg` that has libvmaf: Debian's has not, the one in the
//! PyPI package `imageio-ffmpeg` has. `VMAF_FFMPEG` names it, or Python knows where it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::film_sources::Source;
use super::table::figure;
use crate::process;

/// The program, if this machine has it.
pub fn program() -> Option<PathBuf> {
    let named = std::env::var_os("VMAF_FFMPEG").map(PathBuf::from);
    let known = || {
        let ask = "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())";
        process::answer(Command::new("python3").args(["-c", ask])).ok().map(|path| PathBuf::from(path.trim()))
    };
    named.or_else(known).filter(|program| program.is_file())
}

/// Says, where figures of VMAF would stand, that they were not measured and how they are.
pub fn missing(what: &str) {
    figure(what, "not measured", "");
    println!(
        "    VMAF needs an ffmpeg with libvmaf: pip install imageio-ffmpeg, or VMAF_FFMPEG=/path/to/ffmpeg"
    );
}

/// The mean over every tenth picture of the source, each against what is shown at its moment, in the size of the source.
///
/// # Errors
/// When the program fails or gives no figure.
pub fn vmaf(program: &Path, made: &Path, film: &Path, source: &Source) -> Result<f64> {
    let ((width, height), rate) = (source.size, source.rate);
    let graph = format!(
        "[0:v]setpts=PTS-STARTPTS,fps={rate},scale={width}:{height}:flags=bicubic[made];\
         [1:v]setpts=PTS-STARTPTS,fps={rate}[source];[made][source]libvmaf=n_subsample=10:n_threads=2"
    );
    let mut command = Command::new(program);
    command.args(["-hide_banner", "-nostdin", "-loglevel", "info", "-i"]).arg(made).arg("-i").arg(film);
    let output = command.args(["-lavfi", &graph, "-f", "null", "-"]).output()?;
    process::stop_if_asked()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let score =
        said.rsplit("VMAF score: ").next().and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    score.with_context(|| format!("no VMAF of {}: {said}", made.display()))
}
