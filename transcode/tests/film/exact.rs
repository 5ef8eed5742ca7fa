//! What must be right to the millisecond, the shade and the channel: measured in source and film alike, from the samples.

use std::path::{Path, PathBuf};

use crate::measure::{Desk, ffmpeg, likeness, said_by, transcode};
use crate::parent::{End, Run};

fn done(run: &Run) {
    assert!(matches!(run.end, End::Done { .. }), "{:?}", run.end);
}

/// What a filter says of a film, moment by moment: seconds since the film's zero, and the value that stands behind `label`.
fn moments(filter: &str, label: &str, path: &Path) -> Vec<(f64, f64)> {
    // With its own times: else ffmpeg would take away what a file begins late by, which is what is measured.
    let said = ffmpeg(&format!("-nostats -copyts -i {} {filter} -f null -", path.to_str().unwrap()), None);
    let mut at = None;
    let mut found = Vec::new();
    for line in said.lines() {
        if let Some((_, time)) = line.split_once("pts_time:") {
            at = time.trim().parse().ok();
        } else if let (Some((_, value)), Some(at)) = (line.split_once(label), at) {
            found.push((at, value.trim().parse().unwrap_or(f64::NEG_INFINITY)));
        }
    }
    assert!(found.len() > 10, "{}: {said}", path.display());
    found
}

/// When a film turns white, in seconds: the first picture that is as bright as that on average.
fn flash(path: &Path) -> f64 {
    let filter = "-an -vf signalstats,metadata=print:key=lavfi.signalstats.YAVG";
    let all = moments(filter, "lavfi.signalstats.YAVG=", path);
    all.iter().find(|(_, luma)| *luma > 210.0).unwrap_or_else(|| panic!("no flash in {}", path.display())).0
}

/// When its sound begins, in seconds: the first millisecond that reaches a quarter of the loudest. What an AAC coder smears ahead
/// of a beginning is softer than that.
fn clap(path: &Path) -> f64 {
    let filter = "-vn -af asetnsamples=n=48:p=0,astats=metadata=1:reset=1,ametadata=print:key=lavfi.astats.Overall.Peak_level";
    let all = moments(filter, "lavfi.astats.Overall.Peak_level=", path);
    let loudest = all.iter().map(|(_, level)| *level).fold(f64::NEG_INFINITY, f64::max);
    assert!(loudest > -30.0, "no sound in {}", path.display());
    all.iter().find(|(_, level)| *level > loudest - 12.0).unwrap().0
}

/// White for half a second from the third on.
const FLASH: &str = "drawbox=t=fill:color=white:enable='between(t,3,3.5)'";

/// By how much sound follows picture in the source, and in each way that the film can be watched, is the same within ten milliseconds.
fn stays_together(desk: &Desk, source: &Path, run: &Run) {
    done(run);
    let wanted = clap(source) - flash(source);
    // Not nothing: an offset that the source has must come out, too.
    assert!((0.005..0.02).contains(&wanted), "the source is off by {wanted} s");
    let sound = clap(&desk.keep(&run.made["audio"]));
    for made in run.pictures() {
        let offset = sound - flash(&desk.keep(made));
        assert!((offset - wanted).abs() < 0.01, "{}: {offset} s instead of {wanted}", made.rendition.name);
    }
    let plain = desk.write("plain.mp4", &run.plain);
    let offset = clap(&plain) - flash(&plain);
    assert!((offset - wanted).abs() < 0.01, "plain: {offset} s instead of {wanted}");
}

/// Half a second of a tone in sound that lasts `seconds`, `from` these seconds on.
fn tone(from: f64, seconds: u32) -> String {
    let until = from + 0.5;
    let heard = format!("0.5*sin(880*2*PI*t)*between(t\\,{from}\\,{until})");
    format!("-f lavfi -i aevalsrc={heard}:s=48000:d={seconds}")
}

#[test]
fn sound_and_picture_stay_together_within_ten_milliseconds() {
    let desk = Desk::new();
    let source = desk.make(
        "clap.mp4",
        &format!(
            "-f lavfi -i testsrc2=s=640x360:r=25:d=6,{FLASH} {} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac",
            tone(3.013, 6)
        ),
    );
    stays_together(&desk, &source, &transcode(&source));
}

#[test]
fn sound_stays_with_a_picture_that_is_copied() {
    let desk = Desk::new();
    let source = desk.make(
        "fit.mp4",
        &format!(
            "-f lavfi -i testsrc2=s=1280x720:r=25:d=8,{FLASH} {} -c:v libx264 -preset veryfast -b:v 900k -maxrate 1200k \
             -bufsize 1200k -pix_fmt yuv420p -sc_threshold 0 -g 50 -keyint_min 50 -c:a aac",
            tone(3.013, 8)
        ),
    );
    let run = transcode(&source);
    let top = desk.keep(run.pictures()[0]);
    assert!(likeness(&top, &source) > 0.99999, "it was not copied: {}", likeness(&top, &source));
    stays_together(&desk, &source, &run);
}

#[test]
fn sound_that_begins_late_stays_with_its_picture() {
    let desk = Desk::new();
    let source = desk.make(
        "late.mp4",
        &format!(
            "-f lavfi -i testsrc2=s=640x360:r=25:d=6,{FLASH} -itsoffset 1.513 {} -map 0 -map 1 -c:v libx264 \
             -preset ultrafast -pix_fmt yuv420p -c:a aac",
            tone(1.5, 4)
        ),
    );
    stays_together(&desk, &source, &transcode(&source));
}

/// Luminance in nits of a ten-bit code of studio range (SMPTE ST 2084, the EOTF).
fn nits(code: u32) -> f64 {
    let signal = (f64::from(code) - 64.0) / 876.0;
    let root = signal.powf(1.0 / 78.84375);
    10_000.0
        * ((root - 0.835_937_5).max(0.0) / (18.851_562_5 - 18.6875 * root)).powf(1.0 / 0.159_301_757_812_5)
}

/// John Hable's curve for 0 to 1000 nits, and what a screen is sent for it (ITU-R BT.1886: a power of 2.4), in eight bits.
fn on_a_screen(nits: f64) -> f64 {
    let curve = |x: f64| (x * (0.15 * x + 0.05) + 0.004) / (x * (0.15 * x + 0.5) + 0.06) - 0.02 / 0.3;
    let light = (curve(nits / 100.0) / curve(10.0)).clamp(0.0, 1.0);
    16.0 + 219.0 * light.powf(1.0 / 2.4)
}

#[test]
fn hdr_comes_out_in_the_shades_that_a_screen_shows() {
    let desk = Desk::new();
    // Black, a dark grey, a hundred nits and a thousand.
    let codes = [64, 299, 509, 723];
    let [black, dark, paper, light] = codes;
    let stripes =
        format!("if(lt(X\\,160)\\,{black}\\,if(lt(X\\,320)\\,{dark}\\,if(lt(X\\,480)\\,{paper}\\,{light})))");
    let source = desk.make(
        "hdr.mp4",
        &format!(
            "-f lavfi -i color=black:s=640x360:r=25:d=1,format=yuv420p10le,geq=lum='{stripes}':cb=512:cr=512 -c:v libx264 \
             -preset ultrafast -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc"
        ),
    );
    let run = transcode(&source);
    done(&run);
    for made in run.pictures() {
        let path = desk.keep(made);
        for (stripe, code) in codes.into_iter().enumerate() {
            let shade = |channel: &str| {
                let middle = format!("crop=iw/8:ih/2:iw*{stripe}/4+iw/16:ih/4");
                let filter =
                    format!("-vf {middle},signalstats,metadata=print:key=lavfi.signalstats.{channel}");
                let all = moments(&filter, &format!("lavfi.signalstats.{channel}="), &path);
                all.iter().map(|(_, value)| value).sum::<f64>() / all.len() as f64
            };
            let wanted = on_a_screen(nits(code));
            // What only got other labels would be far off.
            assert!(code == black || (wanted - f64::from(code) / 4.0).abs() > 8.0, "{code} tells nothing");
            let luma = shade("YAVG");
            assert!(
                (luma - wanted).abs() < 4.0,
                "{}, {code}: {luma} instead of {wanted}",
                made.rendition.name
            );
            for channel in ["UAVG", "VAVG"] {
                let grey = shade(channel);
                assert!((grey - 128.0).abs() < 3.0, "{}, {code}: {channel} is {grey}", made.rendition.name);
            }
        }
    }
}

/// How many pictures of a film look like two fields, and how many like one picture, to a filter that compares neighbouring lines.
fn fields_and_wholes(path: &Path) -> (u32, u32) {
    let said = ffmpeg(&format!("-i {} -an -vf idet -f null -", path.to_str().unwrap()), None);
    let line = said.rsplit("Multi frame detection:").next().unwrap();
    let count = |label: &str| -> u32 {
        let rest = line.split(label).nth(1).unwrap_or_else(|| panic!("no {label} in {said}"));
        rest.split_whitespace().next().unwrap().parse().unwrap()
    };
    (count("TFF:") + count("BFF:"), count("Progressive:"))
}

#[test]
fn fields_become_whole_pictures() {
    let desk = Desk::new();
    for (first, woven) in [(1, "interleave_top"), (0, "interleave_bottom")] {
        // As many lines as the largest version has: nothing is scaled down, which would hide combs.
        let source: PathBuf = desk.make(
            &format!("{woven}.ts"),
            &format!(
                "-f lavfi -i testsrc2=s=720x480:r=50:d=3,tinterlace={woven},setsar=32/27 -c:v mpeg2video \
                 -flags +ilme+ildct -top {first} -b:v 6M"
            ),
        );
        let (fields, wholes) = fields_and_wholes(&source);
        assert!(fields > 70 && wholes < 5, "the source has {fields} pictures of fields, {wholes} whole");
        let run = transcode(&source);
        done(&run);
        assert_eq!(run.pictures()[0].rendition.height, 480);
        for made in run.pictures() {
            let (fields, wholes) = fields_and_wholes(&desk.keep(made));
            // The very first have no picture before them to be compared with.
            assert!(wholes >= 68 && fields <= 7, "{}: {fields} combed, {wholes} whole", made.rendition.name);
        }
    }
}

#[test]
fn a_voice_in_the_centre_of_six_channels_is_heard() {
    let desk = Desk::new();
    let centre = "-f lavfi -i aevalsrc=0|0|0.5*sin(660*2*PI*t)|0|0|0:c=5.1:d=4";
    let run = transcode(&desk.film("centre.mp4", "320x240", 25, 4, centre));
    done(&run);
    for path in [desk.keep(&run.made["audio"]), desk.write("plain.mp4", &run.plain)] {
        let level = |band: &str| said_by(&format!("-vn -af {band}astats"), &path, "RMS level dB:");
        let (all, tone) = (level(""), level("bandpass=f=660:width_type=h:w=60,"));
        assert!(tone > -25.0, "{}: the voice has {tone} dB", path.display());
        assert!((all - tone).abs() < 1.5, "{}: {tone} of {all} dB are the voice", path.display());
    }
}
