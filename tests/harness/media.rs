//! Films for tests, made by the `ffmpeg` of the distribution.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A film of `seconds` with picture (320×180, 25 fps) and a tone.
pub fn film(folder: &Path, seconds: u32) -> PathBuf {
    film_of(folder, "320x180", seconds)
}

/// A film of `seconds` with a picture of this size (`640x360`, 25 fps) and a tone.
pub fn film_of(folder: &Path, size: &str, seconds: u32) -> PathBuf {
    let picture = format!("testsrc2=size={size}:rate=25:duration={seconds}");
    let tone = format!("sine=frequency=440:duration={seconds}");
    let mut arguments = vec!["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &tone];
    arguments.extend([
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-shortest",
    ]);
    film_with(folder, "film.mp4", &arguments)
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
