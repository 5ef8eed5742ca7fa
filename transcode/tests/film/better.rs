//! What makes a film cost less and sound right: copies, loudness, the choice of the sound.

use serde_json::json;
use video::wire::Sounds;

use crate::measure::{
    Desk, beep, ffmpeg, key_times, likeness, number, picture_times, probe, stream, transcode,
};
use crate::parent::{End, Run};

fn done(run: &Run) {
    assert!(matches!(run.end, End::Done { .. }), "{:?}", run.end);
}

/// Integrated loudness in LUFS and true peak in dBTP (ITU-R BS.1770), as ffmpeg measures them.
fn loudness(path: &std::path::Path) -> (f64, f64) {
    let said = ffmpeg(&format!("-i {} -af ebur128=peak=true -f null -", path.to_str().unwrap()), None);
    let summary = said.rsplit("Summary:").next().unwrap();
    let after = |label: &str| {
        let rest = summary.split(label).nth(1).unwrap();
        rest.split_whitespace().next().unwrap().parse().unwrap()
    };
    (after("I:"), after("Peak:"))
}

const MOVING: &str = "-f lavfi -i testsrc2=s=1280x720:r=25:d=14 -c:v libx264 -preset veryfast -b:v 900k -maxrate 1200k \
                      -bufsize 1200k -pix_fmt yuv420p -sc_threshold 0";

#[test]
fn a_source_that_players_take_is_cut_and_not_encoded_again() {
    let desk = Desk::new();
    let source = desk.make("fit.mp4", &format!("{} {MOVING} -g 50 -keyint_min 50 -c:a aac", beep(14)));
    let run = transcode(&source);
    done(&run);
    let top = desk.keep(run.pictures()[0]);
    assert!(likeness(&top, &source) > 0.99999, "{}", likeness(&top, &source));
    assert_eq!(picture_times(&top), picture_times(&source));
    assert_eq!(number(&stream(&probe(&top), "video")["start_time"]), 0.0);
    for made in run.pictures() {
        let cuts: Vec<_> = made.segments.iter().map(|cut| (cut.start_ms, cut.length_ms)).collect();
        assert_eq!(cuts, [(0, 6000), (6000, 6000), (12_000, 2000)], "{}", made.rendition.name);
        let path = desk.keep(made);
        assert_eq!(key_times(&path), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0], "{}", made.rendition.name);
        assert_eq!(number(&stream(&probe(&path), "video")["nb_read_frames"]), 350.0);
        let alone = desk.write("alone.mp4", &[&made.init[..], &made.segments[1].bytes].concat());
        assert_eq!(number(&stream(&probe(&alone), "video")["nb_read_frames"]), 150.0);
    }
    assert!(run.pictures()[0].rendition.codecs.starts_with("avc1.6400"));
    // Key frames where no segment can begin: encoded again, with our own.
    let source = desk.make("unfit.mp4", &format!("{MOVING} -g 70 -keyint_min 70"));
    let run = transcode(&source);
    done(&run);
    let top = desk.keep(run.pictures()[0]);
    assert!(likeness(&top, &source) < 0.9999);
    assert_eq!(key_times(&top), key_times(&desk.keep(run.pictures()[3])));
    assert!(run.pictures()[0].segments.iter().take(2).all(|cut| cut.length_ms == 6000));
}

#[test]
fn quiet_and_loud_films_are_equally_loud_and_never_clip() {
    let desk = Desk::new();
    // A quiet voice with clicks that would clip, and one that is far too loud; the channels differ.
    let quiet =
        "0.04*sin(440*2*PI*t)+if(lt(mod(t\\,3)\\,0.004)\\,0.3*sin(1000*2*PI*t)\\,0)|0.02*sin(300*2*PI*t)";
    let loud = "0.9*sin(440*2*PI*t)|0.5*sin(300*2*PI*t)";
    for (name, sound) in [("quiet", quiet), ("loud", loud)] {
        let sound = format!("-f lavfi -i aevalsrc={sound}:s=48000:d=12");
        let run = transcode(&desk.film(&format!("{name}.mp4"), "320x240", 25, 12, &sound));
        done(&run);
        let path = desk.keep(&run.made["audio"]);
        let (loud, peak) = loudness(&path);
        assert!((loud + 16.0).abs() < 1.0, "{name}: {loud} LUFS");
        assert!(peak <= -1.5, "{name}: {peak} dBTP");
        let heard = stream(&probe(&path), "audio");
        assert_eq!(heard["channels"], 2, "{name}");
        assert!((number(&heard["duration"]) - 12.0).abs() < 0.05, "{name}: {}", heard["duration"]);
    }
}

#[test]
fn two_channels_that_say_the_same_become_one() {
    let desk = Desk::new();
    let run = transcode(&desk.film("same.mp4", "320x240", 25, 8, &format!("{} -ac 2", beep(8))));
    done(&run);
    let path = desk.keep(&run.made["audio"]);
    assert_eq!(stream(&probe(&path), "audio")["channels"], json!(1));
    assert!((loudness(&path).0 + 16.0).abs() < 1.0, "{:?}", loudness(&path));
    // 48 kbit/s and the boxes around it: 22 MB an hour.
    let bits = path.metadata().unwrap().len() * 8 / 8;
    assert!(bits < 53_000, "{bits} bits a second");
}

#[test]
fn of_several_sounds_the_one_for_everybody_is_taken() {
    let desk = Desk::new();
    let picture = "-f lavfi -i testsrc2=s=320x240:r=25:d=4";
    let source = desk.make(
        "several.mkv",
        &format!(
            "{picture} -f lavfi -i anullsrc=r=48000:cl=stereo -f lavfi -i sine=440:r=48000:d=4 -map 0 -map 1 -map 2 \
             -t 4 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -disposition:a:0 visual_impaired \
             -disposition:a:1 default"
        ),
    );
    let run = transcode(&source);
    done(&run);
    assert!(loudness(&desk.keep(&run.made["audio"])).0 > -20.0);
}

#[test]
fn no_sound_for_some_is_taken_before_one_for_everybody_and_what_is_left_out_is_told() {
    let desk = Desk::new();
    let silence = "-f lavfi -i anullsrc=r=48000:cl=mono";
    // What is for some stands first, is marked as the default, and has more channels: the last one, which is for everybody, is taken.
    let source = desk.make(
        "for-some.mkv",
        &format!(
            "-f lavfi -i testsrc2=s=320x240:r=25:d=4 -f lavfi -i anullsrc=r=48000:cl=stereo {silence} {silence} \
             -f lavfi -i sine=440:r=48000:d=4 -map 0 -map 1 -map 2 -map 3 -map 4 -t 4 -c:v libx264 -preset ultrafast \
             -pix_fmt yuv420p -c:a aac -disposition:a:0 default+visual_impaired -disposition:a:1 comment \
             -disposition:a:2 hearing_impaired -disposition:a:3 0 -metadata:s:a:0 language=eng -metadata:s:a:3 language=pol"
        ),
    );
    let run = transcode(&source);
    done(&run);
    assert!(loudness(&desk.keep(&run.made["audio"])).0 > -20.0, "silence was taken");
    let told = run.probed.as_ref().unwrap().sounds.clone();
    assert_eq!(told, Some(Sounds { of: 4, taken: 4, language: "pol".to_owned(), described: 1 }));
    // The only one is taken, whatever it is, and there is nothing to tell.
    let alone = desk.make(
        "alone.mkv",
        &format!(
            "-f lavfi -i testsrc2=s=320x240:r=25:d=2 {} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac \
             -disposition:a:0 visual_impaired",
            beep(2)
        ),
    );
    let run = transcode(&alone);
    done(&run);
    assert!(run.made.contains_key("audio"));
    assert_eq!(run.probed.as_ref().unwrap().sounds, None);
}

#[test]
fn very_fast_and_very_short_films_work() {
    let desk = Desk::new();
    let coded = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    let run = transcode(&desk.make("fast.mp4", &format!("-f lavfi -i testsrc2=s=320x240:r=120:d=3 {coded}")));
    done(&run);
    assert_eq!(run.probed.as_ref().unwrap().frame_rate_milli, 30_000);
    let frames = number(&stream(&probe(&desk.keep(run.pictures()[0])), "video")["nb_read_frames"]);
    assert_eq!(frames, 90.0);
    let one = desk.make("one.mp4", &format!("-f lavfi -i testsrc2=s=320x240:r=25:d=0.04 {coded}"));
    let run = transcode(&one);
    done(&run);
    assert_eq!(number(&stream(&probe(&desk.keep(run.pictures()[0])), "video")["nb_read_frames"]), 1.0);
    assert!(!run.poster.is_empty());
}
