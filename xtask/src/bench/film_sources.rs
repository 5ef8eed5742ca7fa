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

/// Each costs minutes more, and stands behind a word: what the aims name beside these.
pub const FURTHER: [Source; 2] = [
    Source { name: "slides, 720p", size: (1280, 720), rate: 25, group: 250, aim: "0.35" },
    Source { name: "camera, 1080p", size: (1920, 1080), rate: 30, group: 250, aim: "0.80" },
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
        if self.name.starts_with("camera") {
            return format!("{}[out]", camera(width, height, 8 * height / 720));
        }
        let letters = letters(height);
        let slides = format!("color=white:s={width}x{height}:r={}:d={seconds}{letters}[slides]", self.rate);
        if self.name.starts_with("slides") {
            let part = |full: u32| full * height / 1080;
            let pointer =
                format!("color=red:s={}x{}:r={}:d={seconds}[pointer]", part(24), part(36), self.rate);
            let (x, y) = ((part(900), part(700)), (part(500), part(400)));
            format!(
                "{slides};{pointer};[slides][pointer]overlay=x='{}+{}*sin(t*0.9)':y='{}+{}*cos(t*0.7)'[out]",
                x.0, x.1, y.0, y.1
            )
        } else {
            format!("{slides};{}[camera];[slides][camera]overlay=x=1400:y=770[out]", camera(480, 270, 3))
        }
    }
}

/// Six slides of nine lines, ten seconds each, again and again, on a picture of this height.
fn letters(height: u32) -> String {
    let part = |full: u32| full * height / 1080;
    let mut filters = String::new();
    for slide in 0..6 {
        for line in 0..9 {
            let (size, x, y) = (part(if line == 0 { 84 } else { 54 }), part(140), part(140 + line * 95));
            let (from, to) = (slide * 10, slide * 10 + 10);
            filters.push_str(&format!(
                ",drawtext=font='DejaVu Sans':fontsize={size}:fontcolor=0x10243e:x={x}:y={y}:\
                 text='{}.{line} Dostępność cyfrowa w urzędzie – punkt {} ustawy':\
                 enable='between(mod(t,60),{from},{to}-0.001)'",
                slide + 1,
                slide * 9 + line
            ));
        }
    }
    filters
}

#[cfg(test)]
mod tests {
    use super::{FURTHER, SOURCES};

    #[test]
    fn further_sources_are_drawn_in_their_own_size_and_kept_under_their_own_names() {
        let [slides, camera] = FURTHER;
        let graph = slides.graph(60);
        assert!(
            graph.contains("s=1280x720") && graph.contains("fontsize=56") && graph.contains("600+466*sin")
        );
        assert!(camera.graph(60).starts_with("testsrc2=s=1920x1080:r=30:d=60,boxblur=12"));
        assert!(SOURCES[0].graph(60).contains("overlay=x='900+700*sin(t*0.9)':y='500+400*cos(t*0.7)'"));
        assert!(SOURCES[1].graph(60).contains("boxblur=8"));
        let names: std::collections::BTreeSet<_> =
            SOURCES.iter().chain(&FURTHER).map(|one| one.name).collect();
        assert_eq!(names.len(), SOURCES.len() + FURTHER.len());
    }
}
