//! Making sources with the `ffmpeg` program and measuring films with `ffprobe`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use video::wire::Order;

use crate::parent::{self, Habits, Made, Run};

/// A folder for one test.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Makes a file with ffmpeg; `arguments` are split at spaces.
    pub fn make(&self, name: &str, arguments: &str) -> PathBuf {
        let path = self.path(name);
        ffmpeg(&format!("-y {arguments}"), Some(&path));
        path
    }

    /// A film of this size and rate with test pictures, and with sound if `sound` says how.
    pub fn film(&self, name: &str, size: &str, rate: u32, seconds: u32, sound: &str) -> PathBuf {
        let picture = format!("-f lavfi -i testsrc2=s={size}:r={rate}:d={seconds}");
        let coded = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -movflags +faststart";
        self.make(name, &format!("{picture} {sound} {coded}"))
    }

    /// A film of slides that stand still, of 29.97 pictures a second; after eight seconds comes another slide.
    pub fn slides(&self, seconds: u32) -> PathBuf {
        let picture = format!(
            "-f lavfi -i color=white:s=320x180:r=30000/1001:d={seconds},drawbox=x=20:y=20:w=140:h=12:t=fill,\
             drawbox=x=20:y=60:w=180:h=40:color=blue:t=fill:enable='gte(t,8)'"
        );
        self.make("slides.mp4", &format!("{picture} -c:v libx264 -preset ultrafast -pix_fmt yuv420p"))
    }

    /// Writes what a rendition is and gives its path.
    pub fn keep(&self, made: &Made) -> PathBuf {
        self.write(&format!("made-{}.mp4", made.rendition.name), &made.whole())
    }
}

/// Sound of one channel for [`Desk::film`].
pub fn beep(seconds: u32) -> String {
    format!("-f lavfi -i sine=440:r=44100:d={seconds}")
}

/// Runs the program on a file.
pub fn transcode(source: &Path) -> Run {
    transcode_with(source, &Habits::default(), |_| {})
}

/// Runs the program on a file, with another order or another parent.
pub fn transcode_with(source: &Path, habits: &Habits, adjust: impl FnOnce(&mut Order)) -> Run {
    let program = Path::new(env!("CARGO_BIN_EXE_tablica-transcode"));
    parent::run(program, source, habits, adjust).unwrap()
}

/// Runs ffmpeg and gives what it says; it must succeed.
pub fn ffmpeg(arguments: &str, last: Option<&Path>) -> String {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin"])
        .args(arguments.split_whitespace())
        .args(last)
        .stdout(Stdio::null())
        .output()
        .expect("the ffmpeg program is needed to make test films");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "ffmpeg {arguments}: {said}");
    said
}

/// Everything ffprobe finds, with decoded frames counted.
pub fn probe(path: &Path) -> Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json"])
        .arg(path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "ffprobe complains about {}", path.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The first stream of a kind (`video`, `audio`).
pub fn stream(probed: &Value, kind: &str) -> Value {
    let streams = probed["streams"].as_array().unwrap();
    streams.iter().find(|stream| stream["codec_type"] == kind).cloned().unwrap_or(Value::Null)
}

/// A number that ffprobe prints as text.
pub fn number(value: &Value) -> f64 {
    value.as_str().and_then(|text| text.parse().ok()).or_else(|| value.as_f64()).unwrap_or(f64::NAN)
}

/// When the key pictures are shown, in seconds.
pub fn key_times(path: &Path) -> Vec<f64> {
    times(path, |flags| flags.contains('K'))
}

/// When pictures are shown, in seconds, in order.
pub fn picture_times(path: &Path) -> Vec<f64> {
    times(path, |_| true)
}

fn times(path: &Path, wanted: impl Fn(&str) -> bool) -> Vec<f64> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time,flags"])
        .args(["-of", "csv=p=0"])
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once(','));
    let mut times: Vec<f64> =
        lines.filter(|(_, flags)| wanted(flags)).map(|(time, _)| time.parse().unwrap()).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// How alike the pictures of two films are: 1 is equal (SSIM). The second is turned upright by ffmpeg
/// and scaled to the size of the first.
pub fn likeness(made: &Path, source: &Path) -> f64 {
    let graph = "[1:v][0:v]scale2ref=flags=bicubic[s][m];[m][s]ssim";
    let arguments =
        format!("-i {} -i {} -lavfi {graph} -f null -", made.to_str().unwrap(), source.to_str().unwrap());
    let said = ffmpeg(&arguments, None);
    let all = said.rsplit("All:").next().and_then(|rest| rest.split(' ').next());
    all.and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

/// The first number after `label` in what a filter of ffmpeg says about a film.
pub fn said_by(filter: &str, path: &Path, label: &str) -> f64 {
    let said = ffmpeg(&format!("-i {} {filter} -f null -", path.to_str().unwrap()), None);
    let rest = said.split(label).nth(1).unwrap_or_else(|| panic!("no {label} in {said}"));
    rest.trim_start().split(|c: char| c.is_whitespace()).next().unwrap().parse().unwrap()
}
