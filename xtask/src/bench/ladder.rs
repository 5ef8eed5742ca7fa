//! What the whole ladder of a film costs and weighs: our transcoding program beside PeerTube's way and beside one process of
//! `ffmpeg` with a cascade, all in one run on the same machine; CPU times of different runs are not compared.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::film_sources::{SOURCES, Source};
use super::rivals::Job;
use super::table::{busy, figure, heading};
use super::{meter, quality};
use crate::{process, toolchain};

/// What making a film took.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    cpu_ms: u64,
    /// Of the largest process, in KiB.
    peak_kib: u64,
    wall: Duration,
}

impl Cost {
    fn and(self, other: Self) -> Self {
        Self {
            cpu_ms: self.cpu_ms + other.cpu_ms,
            peak_kib: self.peak_kib.max(other.peak_kib),
            wall: self.wall + other.wall,
        }
    }

    fn to(self, other: Self) -> f64 {
        self.cpu_ms as f64 / other.cpu_ms.max(1) as f64
    }

    fn print(self, who: &str) {
        let (cpu, wall) = (self.cpu_ms as f64 / 1000.0, self.wall.as_secs_f64());
        println!("    {who}: {cpu:.1} CPU-s, {wall:.1} s, peak {:.0} MB", self.peak_kib as f64 * 1.024e-3);
    }
}

/// The figures of every source, each `seconds` long.
///
/// # Errors
/// When one of the encoders fails.
pub fn ladder(root: &Path, seconds: u32) -> Result<()> {
    let mut build = toolchain::cargo(root);
    build.args(["build", "--release", "--locked", "-p", "transcode", "--example", "parent", "--bins"]);
    process::run(&mut build)?;
    let vmaf = quality::program();
    if vmaf.is_none() {
        println!(
            "VMAF is not measured: it needs an ffmpeg with libvmaf (pip install imageio-ffmpeg, or VMAF_FFMPEG)"
        );
    }
    for source in &SOURCES {
        one(root, source, seconds, vmaf.as_deref())?;
    }
    Ok(())
}

fn one(root: &Path, source: &Source, seconds: u32, vmaf: Option<&Path>) -> Result<()> {
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
    let (peertube, cascade, ours) = (job("peertube")?, job("cascade")?, job("ours")?);
    let task = |out| Job { source: &film, out, height, rate: source.rate, bitrate };
    let mut theirs = Cost::default();
    for mut command in task(peertube.as_path()).peertube() {
        theirs = theirs.and(cost(&mut command, "ffmpeg")?);
    }
    let single = cost(&mut task(cascade.as_path()).cascade(), "ffmpeg")?;
    let programs = toolchain::target_folder(root).join("release");
    let mut parent = Command::new(programs.join("examples/parent"));
    parent.arg(programs.join("tablica-transcode")).arg(&film).arg(&ours).stdout(Stdio::null());
    let own = cost(&mut parent, "tablica-transcod")?;
    theirs.print("PeerTube's way");
    single.print("one process of ffmpeg");
    own.print("tablica-transcode and its parent");
    figure("CPU of ours to PeerTube's way", &format!("{:.3}", own.to(theirs)), source.aim);
    figure("CPU of ours to one process of ffmpeg", &format!("{:.3}", own.to(single)), "1.000");
    figure("memory of ours at its peak, MB", &format!("{:.0}", own.peak_kib as f64 * 1.024e-3), "500");
    let weight = |folder: &Path, start: &str| -> u64 {
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        let media = files.filter(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            name.starts_with(start) && !name.ends_with(".m3u8")
        });
        media.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
    };
    let hour = |bytes: u64| bytes as f64 * 3600.0 / f64::from(seconds) / 1e6;
    let top = format!("{height}p-");
    let (made, sound) = (weight(&ours, &top), weight(&ours, "audio-"));
    let (rival, rival_sound) = (weight(&peertube, &format!("{height}.mp4")), weight(&peertube, "audio.mp4"));
    ensure!(made > 0 && sound > 0 && rival > 0 && rival_sound > 0, "a version or the sound is missing");
    figure("an hour at the largest size with sound, MB", &format!("{:.1}", hour(made + sound)), "");
    figure("the same made PeerTube's way, MB", &format!("{:.1}", hour(rival + rival_sound)), "");
    let aim = if source.name == "slides" { "0.35" } else { "" };
    let ratio = (made + sound) as f64 / (rival + rival_sound) as f64;
    figure("bytes of ours to PeerTube's", &format!("{ratio:.3}"), aim);
    figure("an hour of sound alone, MB", &format!("{:.1}", hour(sound)), "22");
    further(&film, source, (&ours, own), vmaf, &programs)?;
    if let Some(program) = vmaf {
        compare(program, &film, source, &ours, &peertube)?;
    }
    fs::remove_dir_all(&out)?;
    Ok(())
}

/// The further set in AV1: what it costs beside the first, what it saves, and what it looks like.
fn further(
    film: &Path,
    source: &Source,
    first: (&Path, Cost),
    vmaf: Option<&Path>,
    programs: &Path,
) -> Result<()> {
    let (ours, own) = first;
    let folder = ours.join("further");
    let mut parent = Command::new(programs.join("examples/parent"));
    parent.arg(programs.join("tablica-transcode")).arg(film).arg(&folder).arg(ours.join("second.json"));
    let spent = cost(parent.stdout(Stdio::null()), "tablica-transcod")?;
    spent.print("its further set in AV1");
    figure("CPU of the further set to that of all of the first", &format!("{:.2}", spent.to(own)), "");
    let (mut before, mut after) = (0, 0);
    for height in [720, 480, 360, 240] {
        let (one, other) = (joined(ours, &format!("{height}p"))?, joined(&folder, &format!("{height}pav1"))?);
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
    let saved = 100.0 - after as f64 * 100.0 / before.max(1) as f64;
    // Below this it is not kept.
    figure("bytes that the further set saves, %", &format!("{saved:.0}"), "30");
    Ok(())
}

/// The likeness of every version, ours and PeerTube's.
fn compare(program: &Path, film: &Path, source: &Source, ours: &Path, peertube: &Path) -> Result<()> {
    for height in [1080, 720, 480, 360, 240].into_iter().filter(|height| *height <= source.size.1) {
        let made = joined(ours, &format!("{height}p"))?;
        let own = quality::vmaf(program, &made, film, source)?;
        let theirs = quality::vmaf(program, &peertube.join(format!("{height}.mp4")), film, source)?;
        figure(
            &format!("VMAF of {height}p, and at least PeerTube's"),
            &format!("{own:.2}"),
            &format!("{theirs:.2}"),
        );
    }
    Ok(())
}

/// Beginning and segments of one of our versions in one file.
fn joined(folder: &Path, name: &str) -> Result<PathBuf> {
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

/// Runs a program to its end; watches the memory of those below it (or of itself) that have this name.
fn cost(command: &mut Command, name: &str) -> Result<Cost> {
    let own = std::process::id();
    let before = meter::cpu_with_ended_ms(own)?;
    let begun = Instant::now();
    let mut child = process::start(command)?;
    let mut peak_kib = 0;
    while child.try_wait()?.is_none() {
        let all = [child.id()].into_iter().chain(meter::children(child.id()));
        for pid in all.filter(|pid| name.starts_with(&meter::name(*pid))) {
            peak_kib = peak_kib.max(meter::peak_kib(pid).unwrap_or(0));
        }
        thread::sleep(Duration::from_millis(100));
    }
    let wall = begun.elapsed();
    let status = process::wait(child)?;
    process::stop_if_asked()?;
    ensure!(status.success(), "{} ended with {status}", process::shown(command));
    // What has ended is counted as ours now; we ourselves only waited.
    let cpu_ms = meter::cpu_with_ended_ms(own)?.saturating_sub(before);
    Ok(Cost { cpu_ms, peak_kib, wall })
}
