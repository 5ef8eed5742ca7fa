//! Makes a film from the command line, for benchmarks and for looking at the result:
//! `parent <tablica-transcode> <source> <folder>` writes every rendition as files with HLS playlists,
//! the plain file and the poster, and prints one line of JSON. It is not the worker. With a fourth argument, the file `second.json` that
//! it has written beside a film, it makes the further set of that film, as `found.json` beside it says that the film was made.

#![expect(clippy::print_stdout, reason = "its result is a line of JSON on stdout")]

#[expect(dead_code, reason = "the tests look at more of a run than this does")]
#[path = "../tests/film/parent.rs"]
mod parent;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use parent::{End, Habits, Made, Run};
use video::wire::{Found, RenditionKind, Second, SecondCodec, Size};

fn main() -> io::Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [program, source, folder, beside @ ..] = &arguments[..] else {
        return Err(io::Error::other("usage: parent <tablica-transcode> <source> <folder> [<second.json>]"));
    };
    let second = beside.first().map(|file| -> io::Result<Second> {
        serde_json::from_slice(&fs::read(file)?).map_err(io::Error::other)
    });
    let second = second.transpose()?;
    let found = beside.first().map(|file| -> io::Result<Option<Found>> {
        serde_json::from_slice(&fs::read(file.with_file_name("found.json"))?).map_err(io::Error::other)
    });
    let found = found.transpose()?.flatten();
    let run = parent::run(program, source, &Habits::default(), |order| {
        order.nice = 0;
        if second.is_some() {
            order.memory_bytes = 2 << 30;
        }
        order.second.clone_from(&second);
        order.found.clone_from(&found);
    })?;
    fs::create_dir_all(folder)?;
    for made in run.made.values() {
        write(made, folder)?;
    }
    fs::write(folder.join("master.m3u8"), master(&run))?;
    if let Some(second) = beside_of(&run) {
        fs::write(folder.join("found.json"), serde_json::to_vec(&run.found).map_err(io::Error::other)?)?;
        fs::write(folder.join("second.json"), serde_json::to_vec(&second).map_err(io::Error::other)?)?;
    }
    fs::write(folder.join("plain.mp4"), &run.plain)?;
    fs::write(folder.join("poster.jpg"), &run.poster)?;
    println!("{}", report(&run));
    match run.end {
        End::Done { .. } => Ok(()),
        end => Err(io::Error::other(format!("{end:?}"))),
    }
}

/// The further set of a film: what is not larger than 720 lines.
fn beside_of(run: &Run) -> Option<Second> {
    let pictures = run.pictures();
    let top = pictures.first()?;
    let small = pictures.iter().filter(|made| made.rendition.width.min(made.rendition.height) <= 720);
    let size = |made: &&Made| Size {
        name: format!("{}av1", made.rendition.name),
        width: made.rendition.width,
        height: made.rendition.height,
    };
    Some(Second {
        codec: SecondCodec::Av1,
        frame_rate_milli: top.rendition.frame_rate_milli,
        starts_ms: top.segments.iter().map(|segment| segment.start_ms).collect(),
        sizes: small.map(size).collect(),
        of_version: false,
    })
}

fn report(run: &Run) -> serde_json::Value {
    let cpu_ms = if let End::Done { cpu_ms, .. } = run.end { cpu_ms } else { 0 };
    let bytes: usize = run.made.values().map(|made| made.whole().len()).sum();
    serde_json::json!({
        "wall_s": run.wall.as_secs_f64(),
        "cpu_s": cpu_ms as f64 / 1000.0,
        "peak_rss_kb": run.peak_rss_kb,
        "peak_address_kb": run.peak_address_kb,
        "first_segment_s": run.first_segments.map(|time| time.as_secs_f64()),
        "reads": run.reads,
        "bytes": bytes,
        "end": format!("{:?}", run.end),
    })
}

fn write(made: &Made, folder: &Path) -> io::Result<()> {
    let name = &made.rendition.name;
    fs::write(folder.join(format!("{name}-init.mp4")), &made.init)?;
    let longest = made.segments.iter().map(|segment| segment.length_ms).max().unwrap_or(0);
    let mut list = format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-PLAYLIST-TYPE:VOD\n\
         #EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"{name}-init.mp4\"\n",
        longest.div_ceil(1000)
    );
    for segment in &made.segments {
        let file = format!("{name}-{}.m4s", segment.number);
        fs::write(folder.join(&file), &segment.bytes)?;
        let _ = write!(list, "#EXTINF:{:.3},\n{file}\n", f64::from(segment.length_ms) / 1000.0);
    }
    fs::write(folder.join(format!("{name}.m3u8")), list + "#EXT-X-ENDLIST\n")
}

fn master(run: &Run) -> String {
    let sound = run.made.values().find(|made| made.rendition.kind == RenditionKind::Sound);
    let mut text = String::from("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    if let Some(sound) = sound {
        let _ = writeln!(
            text,
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"sound\",DEFAULT=YES,AUTOSELECT=YES,URI=\"{}.m3u8\"",
            sound.rendition.name
        );
    }
    let (with, bits, group) = sound.map_or_else(Default::default, |sound| {
        let codecs = format!(",{}", sound.rendition.codecs);
        (codecs, sound.rendition.bandwidth_estimate, ",AUDIO=\"sound\"".to_owned())
    });
    for made in run.pictures() {
        let rendition = &made.rendition;
        let _ = writeln!(
            text,
            "#EXT-X-STREAM-INF:BANDWIDTH={},RESOLUTION={}x{},FRAME-RATE={:.3},CODECS=\"{}{with}\"{group}\n{}.m3u8",
            rendition.bandwidth_estimate + bits,
            rendition.width,
            rendition.height,
            f64::from(rendition.frame_rate_milli) / 1000.0,
            rendition.codecs,
            rendition.name
        );
    }
    text
}
