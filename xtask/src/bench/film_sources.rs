//! The films that encoders are measured with, drawn by ffmpeg itself: slides with a pointer, a camera's picture, and slides
//! with a small camera window; speech of the demonstration lecture under each. Made once for each length.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::{film as maker, process, up};

/// One kind of film.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name in the table.
    pub name: &'static str,
    /// Width and height, in pixels.
    pub size: (u32, u32),
    /// Pictures a second.
    pub rate: u32,
    /// Pictures from one key frame to the next.
    pub group: u32,
    /// Most of the CPU time of PeerTube's way that ours may take.
    pub aim: &'static str,
}

/// All of them. The last is the third with key frames where segments can begin, so that its largest version is copied.
pub const SOURCES: [Source; 4] = [
    Source { name: "slides", size: (1920, 1080), rate: 25, group: 250, aim: "0.35" },
    Source { name: "camera", size: (1280, 720), rate: 30, group: 250, aim: "0.80" },
    Source { name: "mixed", size: (1920, 1080), rate: 30, group: 250, aim: "0.50" },
    Source { name: "mixed, fitting", size: (1920, 1080), rate: 30, group: 60, aim: "0.32" },
];

impl Source {
    /// The film of so many seconds.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn make(self, root: &Path, seconds: u32) -> Result<PathBuf> {
        let folder = up::film_folder(root);
        let film = folder.join(format!("bench-{}-{seconds}.mp4", self.name.replace(", ", "-")));
        if film.is_file() {
            return Ok(film);
        }
        maker::make(root, &folder)?;
        let unfinished = film.with_extension("part");
        let group = self.group.to_string();
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args([
            "-hide_banner",
            "-loglevel",
            "error",
            "-nostdin",
            "-y",
            "-filter_complex",
            &self.graph(seconds),
        ]);
        ffmpeg.args(["-stream_loop", "-1", "-i"]).arg(folder.join("wyklad.mp4"));
        ffmpeg.args(["-map", "[out]", "-map", "0:a", "-t", &seconds.to_string()]);
        ffmpeg.args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p"]);
        ffmpeg.args(["-g", &group, "-keyint_min", &group, "-sc_threshold", "0"]);
        ffmpeg.args([
            "-c:a",
            "aac",
            "-ac",
            "2",
            "-ar",
            "48000",
            "-b:a",
            "160k",
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
        ]);
        process::run(ffmpeg.arg(&unfinished))?;
        fs::rename(&unfinished, &film)?;
        Ok(film)
    }

    fn graph(self, seconds: u32) -> String {
        let (width, height) = self.size;
        let camera = |width, height, blur| {
            format!(
                "testsrc2=s={width}x{height}:r={}:d={seconds},boxblur={blur},noise=alls=6:allf=t",
                self.rate
            )
        };
        if self.name == "camera" {
            return format!("{}[out]", camera(width, height, 8));
        }
        let slides =
            format!("color=white:s={width}x{height}:r={}:d={seconds}{}[slides]", self.rate, letters());
        if self.name == "slides" {
            let pointer = format!("color=red:s=24x36:r={}:d={seconds}[pointer]", self.rate);
            format!(
                "{slides};{pointer};[slides][pointer]overlay=x='900+700*sin(t*0.9)':y='500+400*cos(t*0.7)'[out]"
            )
        } else {
            format!("{slides};{}[camera];[slides][camera]overlay=x=1400:y=770[out]", camera(480, 270, 3))
        }
    }
}

/// Six slides of nine lines, ten seconds each, again and again.
fn letters() -> String {
    let mut filters = String::new();
    for slide in 0..6 {
        for line in 0..9 {
            let (size, y) = (if line == 0 { 84 } else { 54 }, 140 + line * 95);
            let (from, to) = (slide * 10, slide * 10 + 10);
            filters.push_str(&format!(
                ",drawtext=font='DejaVu Sans':fontsize={size}:fontcolor=0x10243e:x=140:y={y}:\
                 text='{}.{line} Dostępność cyfrowa w urzędzie – punkt {} ustawy':\
                 enable='between(mod(t,60),{from},{to}-0.001)'",
                slide + 1,
                slide * 9 + line
            ));
        }
    }
    filters
}
