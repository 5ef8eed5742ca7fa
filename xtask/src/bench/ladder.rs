//! What the whole ladder of a film costs and weighs: our transcoding program beside PeerTube's way and beside one process of
//! `ffmpeg` with a cascade, all in one run on the same machine; CPU times of different runs are not compared.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

use super::cost::{self, Cost};
use super::film_sources::{FURTHER, SOURCES, Source};
use super::rivals::Job;
use super::table::{busy, figure, heading};
use super::{quality, storyboard};
use crate::{process, toolchain};

/// Our transcoding program, as the kernel names it or longer (it keeps fifteen letters).
pub const TRANSCODER: &str = "tablica-transcode";

/// The figures of every source, each `seconds` long; of the further ones too when they are asked for.
///
/// # Errors
/// When one of the encoders fails.
pub fn ladder(root: &Path, seconds: u32, all_sources: bool) -> Result<()> {
    let programs = build(root)?;
    let vmaf = quality::program();
    let further: &[Source] = if all_sources { &FURTHER } else { &[] };
    for source in SOURCES.iter().chain(further) {
        one(root, source, seconds, (vmaf.as_deref(), &programs))?;
    }
    if !all_sources {
        println!("\nslides at 720p and the camera at 1080p are measured with --all-sources");
    }
    Ok(())
}

/// Builds our transcoding program and its small parent; answers the folder of programs.
///
/// # Errors
/// When they cannot be built.
pub fn build(root: &Path) -> Result<PathBuf> {
    let mut build = toolchain::cargo(root);
    build.args(["build", "--release", "--locked", "-p", "transcode", "--example", "parent", "--bins"]);
    process::run(&mut build)?;
    Ok(toolchain::target_folder(root).join("release"))
}

/// Our program at work on a film; what it makes goes to the folder `out`.
pub fn ours(programs: &Path, film: &Path, out: &Path) -> Command {
    let mut parent = Command::new(programs.join("examples/parent"));
    parent.arg(programs.join(TRANSCODER)).arg(film).arg(out).stdout(Stdio::null());
    parent
}

/// The figures of one source; `tools`: a program that measures VMAF, if there is one, and the folder of ours.
fn one(root: &Path, source: &Source, seconds: u32, tools: (Option<&Path>, &Path)) -> Result<()> {
    let (vmaf, programs) = tools;
    let film = source.make(root, seconds)?;
    let bytes = film.metadata()?.len();
    let (_, height) = source.size;
    heading(&format!(
        "the ladder of {seconds} s: {}, {height}p{}, {bytes} bytes (load {})",
        source.name,
        source.rate,
        busy()
    ));
    let out = root.join("target/bench/ladder");
    let job = |name: &str| -> Result<PathBuf> {
        let folder = out.join(name);
        let _nothing_there = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    };
    let bitrate = bytes as f64 * 8.0 / f64::from(seconds);
    let (peertube, cascade, made) = (job("peertube")?, job("cascade")?, job("ours")?);
    let task = |out| Job { source: &film, out, height, rate: source.rate, bitrate };
    let mut theirs = Cost::default();
    for mut command in task(peertube.as_path()).peertube() {
        theirs = theirs.and(cost::of(&mut command, "ffmpeg")?);
    }
    let single = cost::of(&mut task(cascade.as_path()).cascade(), "ffmpeg")?;
    let own = cost::of(&mut ours(programs, &film, &made), TRANSCODER)?;
    theirs.print("PeerTube's way");
    single.print("one process of ffmpeg");
    own.print("tablica-transcode and its parent");
    figure("CPU of ours to PeerTube's way", &format!("{:.3}", own.to(theirs)), source.aim);
    figure("CPU of ours to one process of ffmpeg", &format!("{:.3}", own.to(single)), "1.000");
    figure("memory of ours at its peak, MB", &format!("{:.0}", own.megabytes()), "500");
    storyboard::storyboard(&peertube.join("web.mp4"), &made, source, seconds)?;
    let likeness = match vmaf {
        Some(program) => compare(program, &film, source, (&made, &peertube))?,
        None => {
            quality::missing("VMAF of each size beside PeerTube's");
            None
        }
    };
    weigh(source, seconds, (&made, &peertube), likeness)?;
    further(&film, source, (&made, own), tools)?;
    fs::remove_dir_all(&out)?;
    Ok(())
}

/// What an hour weighs, ours and PeerTube's; `likeness`: VMAF of the largest sizes of both, when it was measured.
fn weigh(source: &Source, seconds: u32, made: (&Path, &Path), likeness: Option<(f64, f64)>) -> Result<()> {
    let (ours, peertube) = made;
    let height = source.size.1;
    let hour = |bytes: u64| bytes as f64 * 3600.0 / f64::from(seconds) / 1e6;
    let (own, sound) = (weight(ours, &format!("{height}p-")), weight(ours, "audio-"));
    let (rival, rival_sound) = (weight(peertube, &format!("{height}.mp4")), weight(peertube, "audio.mp4"));
    ensure!(own > 0 && sound > 0 && rival > 0 && rival_sound > 0, "a version or the sound is missing");
    figure("an hour at the largest size with sound, MB", &format!("{:.1}", hour(own + sound)), "");
    figure("the same made PeerTube's way, MB", &format!("{:.1}", hour(rival + rival_sound)), "");
    let ratio = (own + sound) as f64 / (rival + rival_sound) as f64;
    let is_aimed = source.name == "slides";
    match likeness {
        Some((ours, theirs)) => {
            let what = format!("bytes of ours (VMAF {ours:.2}) to PeerTube's (VMAF {theirs:.2})");
            let aim = if is_aimed { "0.35 at VMAF 95 or better" } else { "" };
            figure(&what, &format!("{ratio:.3}"), aim);
        }
        // Fewer bytes alone say nothing: an aim stands only beside the VMAF that it holds for.
        None => {
            figure("bytes of ours to PeerTube's", &format!("{ratio:.3}"), "");
            if is_aimed {
                quality::missing("VMAF of the largest size, for which alone there is an aim of bytes");
            }
        }
    }
    figure("an hour of sound alone, MB", &format!("{:.1}", hour(sound)), "22");
    Ok(())
}

/// Bytes of the files of a folder whose names begin so, playlists apart.
fn weight(folder: &Path, start: &str) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let media = files.filter(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        name.starts_with(start) && !name.ends_with(".m3u8")
    });
    media.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}

/// The further set in AV1: what it costs beside the first, what it saves, and what it looks like.
fn further(film: &Path, source: &Source, first: (&Path, Cost), tools: (Option<&Path>, &Path)) -> Result<()> {
    let ((made, own), (vmaf, programs)) = (first, tools);
    let folder = made.join("further");
    let spent = cost::of(ours(programs, film, &folder).arg(made.join("second.json")), TRANSCODER)?;
    spent.print("its further set in AV1");
    figure("CPU of the further set to that of all of the first", &format!("{:.2}", spent.to(own)), "");
    let (mut before, mut after) = (0, 0);
    for height in [720, 480, 360, 240] {
        let (one, other) = (joined(made, &format!("{height}p"))?, joined(&folder, &format!("{height}pav1"))?);
        before += one.metadata()?.len();
        after += other.metadata()?.len();
        if let Some(program) = vmaf.filter(|_| height == 720 || height == 480) {
            let (own, theirs) =
                (quality::vmaf(program, &other, film, source)?, quality::vmaf(program, &one, film, source)?);
            figure(
                &format!("VMAF of {height}p in AV1, and at least that in H.264"),
                &format!("{own:.2}"),
                &format!("{theirs:.2}"),
            );
        }
    }
    if vmaf.is_none() {
        quality::missing("VMAF of 720p and 480p in AV1");
    }
    let saved = 100.0 - after as f64 * 100.0 / before.max(1) as f64;
    // Below this it is not kept.
    figure("bytes that the further set saves, %", &format!("{saved:.0}"), "30");
    Ok(())
}

/// The likeness of every version, ours and PeerTube's; answers that of the largest.
fn compare(program: &Path, film: &Path, source: &Source, made: (&Path, &Path)) -> Result<Option<(f64, f64)>> {
    let (ours, peertube) = made;
    let mut largest = None;
    for height in [1080, 720, 480, 360, 240].into_iter().filter(|height| *height <= source.size.1) {
        let made = joined(ours, &format!("{height}p"))?;
        let own = quality::vmaf(program, &made, film, source)?;
        let theirs = quality::vmaf(program, &peertube.join(format!("{height}.mp4")), film, source)?;
        figure(
            &format!("VMAF of {height}p, and at least PeerTube's"),
            &format!("{own:.2}"),
            &format!("{theirs:.2}"),
        );
        largest = largest.or(Some((own, theirs)));
    }
    Ok(largest)
}

/// Beginning and segments of one of our versions in one file.
///
/// # Errors
/// When there is no such version.
pub fn joined(folder: &Path, name: &str) -> Result<PathBuf> {
    let mut bytes = fs::read(folder.join(format!("{name}-init.mp4")))?;
    for number in 0.. {
        let segment = folder.join(format!("{name}-{number}.m4s"));
        if !segment.is_file() {
            break;
        }
        bytes.extend(fs::read(segment)?);
    }
    let path = folder.join(format!("{name}.mp4"));
    fs::write(&path, bytes)?;
    Ok(path)
}
