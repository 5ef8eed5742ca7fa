//! The picture of the lecture: slides drawn as SVG, turned into PNG by rsvg-convert, into H.264 by ffmpeg.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::script::{Script, Slide};
use super::{ffmpeg, run};

/// Left edge of everything on a slide, in pixels.
const LEFT: u32 = 140;
/// Most characters in a line of a slide at its size of letters.
const WIDTH: usize = 52;
/// Size of the letters of a line, in pixels.
const LETTERS: u32 = 56;
/// Colours: background, letters, the mark beside a line, soft line.
const PAPER: &str = "#ffffff";
const INK: &str = "#10243e";
const MARK: &str = "#0b5cad";
const SOFT: &str = "#d5dde8";

/// Draws slide `index` as a PNG of 1920×1080.
pub fn render(script: &Script, index: usize, png: &Path) -> Result<()> {
    let svg = svg(script, index);
    let mut command = Command::new("rsvg-convert");
    command.args(["--width", "1920", "--height", "1080", "--format", "png"]);
    fs::write(png, run(command, svg.as_bytes())?)?;
    Ok(())
}

/// One second of a still picture as a closed group of H.264 pictures that can be repeated.
pub fn one_second(png: &Path, frames: u32) -> Result<Vec<u8>> {
    let mut command = ffmpeg();
    command.arg("-i").arg(png);
    // The picture is read and converted once, then repeated.
    let still = format!("scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,loop={}:1:0", frames - 1);
    command.args(["-r", &frames.to_string(), "-frames:v", &frames.to_string(), "-vf", &still]);
    command.args(["-preset", "superfast", "-tune", "stillimage", "-crf", "22"]);
    encoded(command, frames)
}

/// `seconds` of a picture that moves all the time, as a closed group that can be repeated.
pub fn moving(seconds: u32, frames: u32) -> Result<Vec<u8>> {
    let mut command = ffmpeg();
    let source = format!("testsrc2=size=1920x1080:rate={frames}:duration={seconds}");
    command.args([
        "-f",
        "lavfi",
        "-i",
        &source,
        "-vf",
        "format=yuv420p",
        "-preset",
        "veryfast",
        "-crf",
        "26",
    ]);
    command.args(["-maxrate", "6M", "-bufsize", "6M"]);
    encoded(command, frames * 2)
}

fn encoded(mut command: Command, group: u32) -> Result<Vec<u8>> {
    let group = group.to_string();
    command.args([
        "-c:v",
        "libx264",
        "-threads",
        "2",
        "-bf",
        "0",
        "-g",
        &group,
        "-keyint_min",
        &group,
        "-sc_threshold",
        "0",
    ]);
    command.args(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]);
    command.args(["-f", "h264", "-"]);
    run(command, &[])
}

/// The slide as SVG.
fn svg(script: &Script, index: usize) -> String {
    let slide = &script.slides[index];
    let count = script.slides.len();
    let opening = index == 0;
    let mut page = Page { svg: String::new(), y: if opening { 400 } else { 168 } };
    page.frame(&script.footer, index + 1, count);
    page.title(&slide.title, if opening { 84 } else { 68 });
    page.y += if opening { 56 } else { 44 };
    body(&mut page, slide, opening);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1920\" height=\"1080\" viewBox=\"0 0 1920 1080\" \
         font-family=\"DejaVu Sans\" fill=\"{INK}\">{}</svg>",
        page.svg
    )
}

fn body(page: &mut Page, slide: &Slide, opening: bool) {
    // Few lines stand wide apart; many, or lines above an example, close, so that all fit above the foot.
    let room = match slide.lines.len() {
        6.. => 26,
        _ if slide.code.is_empty() && slide.pairs.is_empty() => 52,
        _ => 26,
    };
    for line in &slide.lines {
        page.line(line, room, !opening && !line.starts_with(|first: char| first.is_ascii_digit()));
    }
    for pair in &slide.pairs {
        page.sample(&pair.text, &pair.front, &pair.back);
    }
    if !slide.code.is_empty() {
        page.code(&slide.code);
    }
}

/// A slide being drawn; `y` is the base line of what was drawn last, in pixels.
struct Page {
    svg: String,
    y: u32,
}

impl Page {
    fn frame(&mut self, footer: &str, number: usize, count: usize) {
        let done = 1920 * number / count;
        self.draw(&format!(
            "<rect width=\"1920\" height=\"1080\" fill=\"{PAPER}\"/>\
             <rect width=\"28\" height=\"1080\" fill=\"{MARK}\"/>\
             <rect y=\"1062\" width=\"1920\" height=\"18\" fill=\"{SOFT}\"/>\
             <rect y=\"1062\" width=\"{done}\" height=\"18\" fill=\"{MARK}\"/>\
             <text x=\"{LEFT}\" y=\"1022\" font-size=\"32\">{}</text>\
             <text x=\"1800\" y=\"1022\" font-size=\"32\" text-anchor=\"end\">{number} / {count}</text>",
            escaped(footer)
        ));
    }

    fn title(&mut self, title: &str, size: u32) {
        for (index, line) in wrapped(title, if size > 70 { 28 } else { 38 }).iter().enumerate() {
            self.y += if index == 0 { 0 } else { size + 16 };
            self.text(LEFT, size, "font-weight=\"bold\"", line);
        }
    }

    fn line(&mut self, line: &str, room: u32, marked: bool) {
        for (index, part) in wrapped(line, WIDTH).iter().enumerate() {
            self.y += if index == 0 { LETTERS + room } else { LETTERS + 14 };
            if marked && index == 0 {
                let top = self.y - 33;
                self.draw(&format!(
                    "<rect x=\"{LEFT}\" y=\"{top}\" width=\"18\" height=\"18\" fill=\"{MARK}\"/>"
                ));
            }
            self.text(if marked { LEFT + 48 } else { LEFT }, LETTERS, "", part);
        }
    }

    fn sample(&mut self, text: &str, front: &str, back: &str) {
        self.y += 40;
        let top = self.y;
        self.draw(&format!(
            "<rect x=\"{LEFT}\" y=\"{top}\" width=\"1400\" height=\"108\" rx=\"8\" fill=\"{back}\" \
             stroke=\"{SOFT}\" stroke-width=\"3\"/>"
        ));
        self.y += 72;
        self.text(LEFT + 44, 50, &format!("fill=\"{front}\""), text);
        self.y += 36;
    }

    fn code(&mut self, lines: &[String]) {
        self.y += 48;
        let (top, height) = (self.y, 60 + 64 * lines.len());
        self.draw(&format!(
            "<rect x=\"{LEFT}\" y=\"{top}\" width=\"1640\" height=\"{height}\" rx=\"8\" fill=\"#eef2f7\"/>"
        ));
        self.y += 14;
        for line in lines {
            self.y += 64;
            self.text(LEFT + 40, 44, "font-family=\"DejaVu Sans Mono\" xml:space=\"preserve\"", line);
        }
    }

    fn text(&mut self, x: u32, size: u32, look: &str, text: &str) {
        let y = self.y;
        self.draw(&format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" {look}>{}</text>", escaped(text)));
    }

    fn draw(&mut self, svg: &str) {
        // Writing into a String cannot fail.
        let _ = self.svg.write_str(svg);
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
