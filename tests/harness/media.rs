//! Films for tests, made by the `ffmpeg` of the distribution.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};

use bytes::Bytes;

/// Films of before, by the arguments that they were made with: dozens of tests ask for the same few.
static MADE: LazyLock<Mutex<HashMap<Vec<String>, Bytes>>> = LazyLock::new(Mutex::default);
/// Larger films are made anew each time instead of being held in memory.
const MOST_KEPT_BYTES: usize = 4 << 20;

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
    // The name as well: by its ending `ffmpeg` chooses the container.
    let key: Vec<String> = arguments.iter().copied().chain([name]).map(str::to_owned).collect();
    let kept = MADE.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some(bytes) = kept {
        std::fs::write(&path, bytes).unwrap();
        return path;
    }
    let made = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-y"])
        .args(arguments)
        .arg(&path)
        .output()
        .expect("ffmpeg is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let bytes = std::fs::read(&path).unwrap();
    // What was made of a file in the folder of a test is that test's own.
    let of_files = arguments.windows(2).any(|pair| pair[0] == "-i" && Path::new(pair[1]).is_absolute());
    if !of_files && bytes.len() <= MOST_KEPT_BYTES {
        MADE.lock().unwrap_or_else(PoisonError::into_inner).insert(key, bytes.into());
    }
    path
}
