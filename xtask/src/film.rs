//! The demonstration lecture: makes `wyklad.mp4` and `wyklad.pl.vtt` from `demo/film/lecture.toml`.
//!
//! Needs `espeak-ng`, `rsvg-convert` and `ffmpeg` on the machine; nothing is downloaded. A slide stands still,
//! so one second of it is encoded once and repeated byte for byte; only the sound is encoded over its whole
//! length. It is a maker of a test film, not a part of the product: the product's encoder is `transcode`.

mod captions;
mod picture;
mod script;
mod sound;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use captions::Cue;
use script::Script;
use sound::Sound;

/// Pictures in a second; also the length, in frames, of the piece that is repeated.
const FRAMES_PER_SECOND: u32 = 25;
/// Silence after a sentence, in milliseconds.
const PAUSE_MS: u32 = 420;
/// Least silence at the end of a slide, in milliseconds; it is stretched to a whole second of film.
const SLIDE_PAUSE_MS: u32 = 700;
/// Shortest lecture, in milliseconds: with less than five minutes nothing is shown of watching in parts and of coming back.
const SHORTEST_MS: u32 = 300_000;
/// Everything that decides what the film looks like, for the stamp of finished work.
const MAKERS: [&str; 5] = [
    include_str!("film.rs"),
    include_str!("film/captions.rs"),
    include_str!("film/picture.rs"),
    include_str!("film/script.rs"),
    include_str!("film/sound.rs"),
];

/// Makes the lecture film and its captions in `out_dir`, unless they are there and made of the same script.
///
/// `root` is the folder of the repository. Errors name the program or the file that was at fault; a film that is too short or has no
/// captions is not made.
pub fn make(root: &Path, out_dir: &Path) -> Result<()> {
    let script_file = root.join("demo/film/lecture.toml");
    let text =
        fs::read_to_string(&script_file).with_context(|| format!("cannot read {}", script_file.display()))?;
    let script = Script::parse(&text).with_context(|| format!("in {}", script_file.display()))?;
    let film = out_dir.join("wyklad.mp4");
    let captions_file = out_dir.join("wyklad.pl.vtt");
    let stamp_file = out_dir.join("wyklad.stamp");
    let stamp = stamp_of(&text);
    if film.is_file() && captions_file.is_file() && fs::read_to_string(&stamp_file).is_ok_and(|s| s == stamp)
    {
        report("lecture film: up to date");
        return Ok(());
    }
    let begun = Instant::now();
    fs::create_dir_all(out_dir)?;
    let parts = Parts::create(out_dir)?;

    let mut sound = Sound::new();
    let mut cues: Vec<Cue> = Vec::new();
    let mut pictures = Vec::new();
    let count = script.slides.len();
    for (index, slide) in script.slides.iter().enumerate() {
        report(&format!("lecture film: slide {} of {count}: {}", index + 1, slide.title));
        let slide_begins = sound.length_ms();
        for sentence in slide.sentences() {
            let spoken = sound::speak(&script.spoken(&sentence), &script.language)?;
            let from_ms = sound.length_ms();
            sound.append(&spoken)?;
            captions::add(&mut cues, &sentence, from_ms, sound.length_ms());
            sound.silence(PAUSE_MS);
        }
        sound.silence(SLIDE_PAUSE_MS);
        sound.fill_to_whole_second();
        let seconds = (sound.length_ms() - slide_begins) / 1000;
        let png = parts.path(&format!("{index:02}.png"));
        picture::render(&script, index, &png)?;
        let h264 = picture::one_second(&png, FRAMES_PER_SECOND)?;
        pictures.push((h264, seconds));
    }

    is_a_lecture(sound.length_ms(), cues.len())
        .with_context(|| format!("of {} no lecture can be made", script_file.display()))?;

    report("lecture film: joining picture and sound");
    let wav = parts.path("speech.wav");
    fs::write(&wav, sound.to_wav())?;
    let stream = parts.path("picture.h264");
    write_repeated(&stream, &pictures)?;
    let unfinished = parts.path("film.mp4");
    join(&stream, &wav, &unfinished, None)?;
    fs::write(&captions_file, captions::to_webvtt(&cues, &script.language))?;
    fs::rename(&unfinished, &film)?;
    fs::write(&stamp_file, &stamp)?;
    let minutes = sound.length_ms() / 60_000;
    let rest = sound.length_ms() / 1000 % 60;
    report(&format!(
        "lecture film: {minutes} min {rest} s, {} captions, made in {} s",
        cues.len(),
        begun.elapsed().as_secs()
    ));
    Ok(())
}

/// Makes `out`: a 1920×1080 film of `seconds` that moves all the time, with the lecture's speech under it.
///
/// It is a source for measuring uploads and encoders: twenty seconds of a moving test picture, repeated.
pub fn make_long(root: &Path, out: &Path, seconds: u32) -> Result<()> {
    let out_dir = out.parent().context("the long film needs a folder")?;
    make(root, out_dir)?;
    let parts = Parts::create(out_dir)?;
    report(&format!("long film: {seconds} s"));
    let piece_seconds = 20;
    let piece = picture::moving(piece_seconds, FRAMES_PER_SECOND)?;
    let stream = parts.path("moving.h264");
    write_repeated(&stream, &[(piece, seconds.div_ceil(piece_seconds))])?;
    let unfinished = parts.path("long.mp4");
    join(&stream, &out_dir.join("wyklad.mp4"), &unfinished, Some(seconds))?;
    fs::rename(&unfinished, out)?;
    Ok(())
}

/// Refuses what would be no demonstration of a lecture: it is shorter than five minutes, or nobody who does not hear can follow it.
fn is_a_lecture(length_ms: u32, captions: usize) -> Result<()> {
    if length_ms < SHORTEST_MS {
        bail!("the film is {} s long; a lecture has at least {} s", length_ms / 1000, SHORTEST_MS / 1000);
    }
    if captions == 0 {
        bail!("the film has no captions");
    }
    Ok(())
}

/// Joins a raw H.264 stream and the sound of another file; with `seconds`, repeats the sound and cuts at it.
fn join(stream: &Path, sound: &Path, out: &Path, seconds: Option<u32>) -> Result<()> {
    let mut command = ffmpeg();
    command
        .args(["-fflags", "+genpts", "-r", &FRAMES_PER_SECOND.to_string(), "-f", "h264", "-i"])
        .arg(stream);
    if seconds.is_some() {
        command.args(["-stream_loop", "-1"]);
    }
    command.arg("-i").arg(sound).args(["-map", "0:v", "-map", "1:a", "-c:v", "copy"]);
    command.args(["-c:a", "aac", "-b:a", "96k", "-ar", "44100"]);
    if let Some(seconds) = seconds {
        command.args(["-t", &seconds.to_string()]);
    }
    command.args(["-movflags", "+faststart", "-metadata:s:a:0", "language=pol", "-f", "mp4"]).arg(out);
    run(command, &[]).map(drop)
}

/// Writes every piece as many times as it says: a stream of whole seconds needs no second encoding.
fn write_repeated(to: &Path, pieces: &[(Vec<u8>, u32)]) -> Result<()> {
    let mut file = std::io::BufWriter::new(fs::File::create(to)?);
    for (bytes, times) in pieces {
        for _ in 0..*times {
            file.write_all(bytes)?;
        }
    }
    file.flush()?;
    Ok(())
}

/// An `ffmpeg` that writes errors only and asks nothing.
fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"]);
    command
}

/// Runs a program with `input` on its standard input; answers its standard output.
fn run(mut command: Command, input: &[u8]) -> Result<Vec<u8>> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() });
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}; is it installed?"))?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(input).with_context(|| format!("{name} does not read its input"))?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{name} failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

/// A folder for unfinished pieces, removed when the work ends, well or not.
struct Parts(PathBuf);

impl Parts {
    fn create(out_dir: &Path) -> Result<Self> {
        let folder = out_dir.join(format!("film-parts-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        // What is left behind is only disk space; the next run has a folder of its own.
        drop(fs::remove_dir_all(&self.0));
    }
}

fn stamp_of(script: &str) -> String {
    let mut hash = Sha256::new();
    for part in MAKERS.iter().chain([&script]) {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn report(line: &str) {
    eprintln!("{line}");
}

#[cfg(test)]
mod tests {
    use super::is_a_lecture;

    #[test]
    fn what_is_too_short_or_has_no_captions_is_no_lecture() {
        assert!(is_a_lecture(300_000, 1).is_ok());
        let short = is_a_lecture(299_999, 80).unwrap_err().to_string();
        assert!(short.contains("299 s") && short.contains("300 s"), "{short}");
        let silent = is_a_lecture(600_000, 0).unwrap_err().to_string();
        assert!(silent.contains("no captions"), "{silent}");
    }
}
