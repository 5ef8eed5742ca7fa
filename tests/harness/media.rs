//! Films for tests, made by the `ffmpeg` of the distribution.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A film of `seconds` with picture (320×180, 25 fps) and a tone.
pub fn film(folder: &Path, seconds: u32) -> PathBuf {
    film_with(
        folder,
        "film.mp4",
        &[
            "-f",
            "lavfi",
            "-i",
            &format!("testsrc2=size=320x180:rate=25:duration={seconds}"),
            "-f",
            "lavfi",
            "-i",
            &format!("sine=frequency=440:duration={seconds}"),
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-shortest",
        ],
    )
}

/// A film by these arguments of `ffmpeg`.
pub fn film_with(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let path = folder.join(name);
    let made = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-y"])
        .args(arguments)
        .arg(&path)
        .output()
        .expect("ffmpeg is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    path
}
