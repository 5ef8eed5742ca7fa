//! What the whole ladder of a film costs: our transcoding program beside one process of the distribution's `ffmpeg`
//! with the same parameters (one decode, each size scaled from the one above it, three B-frames).

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::meter;
use super::table::{busy, figure, heading};
use crate::{process, toolchain};

/// Both are run so often, in turn: CPU time varies by some per cent from run to run.
const ROUNDS: u32 = 2;

/// A step of the ladder: width, height, and bits a pixel of the cap (`transcode/src/ladder.rs`).
const STEPS: [(u32, u32, f64); 5] =
    [(1920, 1080, 0.085), (1280, 720, 0.095), (854, 480, 0.115), (640, 360, 0.135), (426, 240, 0.155)];
/// Pictures a second of the source.
const RATE: f64 = 25.0;

/// What one run took.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    cpu_ms: u64,
    /// Of the largest process, in KiB.
    peak_kib: u64,
    wall: Duration,
}

/// The figures of encoding `source`, a 1080p film of 25 pictures a second.
///
/// # Errors
/// When one of the two fails.
pub fn ladder(root: &Path, source: &Path, seconds: u32) -> Result<()> {
    heading(&format!("the whole ladder of {seconds} s of 1080p, {ROUNDS} times in turn"));
    let mut build = toolchain::cargo(root);
    build.args(["build", "--release", "--locked", "-p", "transcode", "--example", "parent"]);
    process::run(&mut build)?;
    let programs = toolchain::target_folder(root).join("release");
    let out = root.join("target/bench/ladder");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(cost(&mut ffmpeg(source, &out.join("ffmpeg"))?, "ffmpeg")?);
        let mut parent = Command::new(programs.join("examples/parent"));
        parent
            .arg(programs.join("tablica-transcode"))
            .arg(source)
            .arg(out.join("ours"))
            .stdout(Stdio::null());
        ours.push(cost(&mut parent, "tablica-transcod")?);
    }
    let renditions = |folder: &str, end: &str| -> usize {
        let files = fs::read_dir(out.join(folder)).into_iter().flatten().flatten();
        files.filter(|file| file.file_name().to_string_lossy().ends_with(end)).count()
    };
    // Five pictures, the sound, and the list of them.
    let lists = [renditions("ours", ".m3u8"), renditions("ffmpeg", ".m3u8")];
    ensure!(lists == [7, 7], "the ladders differ: {lists:?} playlists");
    let _left_behind = fs::remove_dir_all(&out);
    let sum = |costs: &[Cost]| costs.iter().map(|cost| cost.cpu_ms).sum::<u64>() as f64 / 1000.0;
    for (who, costs) in [("tablica-transcode and its parent", &ours), ("ffmpeg", &theirs)] {
        for cost in costs {
            let (cpu, wall) = (cost.cpu_ms as f64 / 1000.0, cost.wall.as_secs_f64());
            println!("    {who}: {cpu:.1} CPU-s, {wall:.1} s, peak {:.0} MiB", cost.peak_kib as f64 / 1024.0);
        }
    }
    let name = format!("CPU of ours to that of ffmpeg (load of the machine {})", busy());
    figure(&name, &format!("{:.3}", sum(&ours) / sum(&theirs)), "1.05");
    let peak = |costs: &[Cost]| costs.iter().map(|cost| cost.peak_kib).max().unwrap_or(0) as f64 * 1.024e-3;
    figure("memory of ours at its peak, MB", &format!("{:.0}", peak(&ours)), "600");
    figure("memory of ffmpeg at its peak, MB", &format!("{:.0}", peak(&theirs)), "");
    Ok(())
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

fn ffmpeg(source: &Path, out: &Path) -> Result<Command> {
    let _nothing_there = fs::remove_dir_all(out);
    fs::create_dir_all(out)?;
    let threads = thread::available_parallelism().map_or(2, std::num::NonZero::get).min(4).to_string();
    let mut graph = String::from("[0:v]fps=25,format=yuv420p,setsar=1");
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-threads", &threads, "-i"])
        .arg(source);
    for (index, (width, height, _)) in STEPS.iter().enumerate().skip(1) {
        let above = index - 1;
        graph.push_str(&format!(
            ",split=2[o{above}][c{above}];[c{above}]scale=w={width}:h={height}:flags=bicubic,setsar=1"
        ));
    }
    graph.push_str(&format!("[o{}]", STEPS.len() - 1));
    ffmpeg.args(["-filter_complex", &graph]);
    let mut streams = String::new();
    for (index, (width, height, bits)) in STEPS.iter().enumerate() {
        let most = (f64::from(*width) * f64::from(*height) * RATE * bits) as u32;
        ffmpeg.args(["-map", &format!("[o{index}]")]);
        ffmpeg.args([format!("-maxrate:v:{index}"), most.to_string()]);
        ffmpeg.args([format!("-bufsize:v:{index}"), (most + most / 2).to_string()]);
        streams.push_str(&format!("v:{index},agroup:a "));
    }
    ffmpeg.args([
        "-map",
        "0:a",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-profile:v",
        "high",
        "-crf",
        "23",
    ]);
    ffmpeg.args(["-bf", "3", "-b_strategy", "1", "-sc_threshold", "0", "-g", "1500", "-forced-idr", "1"]);
    ffmpeg.args(["-force_key_frames", "expr:gte(t,n_forced*2)", "-flags:v", "+cgop", "-threads", &threads]);
    ffmpeg.args(["-c:a", "aac", "-b:a", "64k", "-ar", "48000", "-f", "hls", "-hls_time", "4"]);
    ffmpeg.args([
        "-hls_playlist_type",
        "event",
        "-hls_segment_type",
        "fmp4",
        "-hls_flags",
        "independent_segments",
    ]);
    ffmpeg.args(["-master_pl_name", "master.m3u8", "-var_stream_map", &format!("{streams}a:0,agroup:a")]);
    ffmpeg.args(["-hls_segment_filename", "%v-%d.m4s", "-hls_fmp4_init_filename", "init.mp4", "%v.m3u8"]);
    ffmpeg.current_dir(out);
    Ok(ffmpeg)
}
