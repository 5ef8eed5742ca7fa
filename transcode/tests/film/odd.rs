//! Films that nobody would make on purpose: they come out, or are refused with their reason; never a hang, never a crash.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::Duration;

use video::wire::Reason;

use crate::measure::{Desk, beep, number, probe, stream, transcode, transcode_with};
use crate::parent::{End, Habits, Run};

fn length(run: &Run) -> u64 {
    match &run.end {
        End::Done { length_ms, .. } => *length_ms,
        end => panic!("{end:?}"),
    }
}

/// Whatever was made is in order: numbers without a gap, times that only grow, versions that are cut alike.
fn is_in_order(run: &Run) {
    for made in run.made.values() {
        for (at, cut) in made.segments.iter().enumerate() {
            assert_eq!(cut.number as usize, at, "{}", made.rendition.name);
            assert!(cut.length_ms > 0, "{}: segment {at} lasts no time", made.rendition.name);
        }
        let starts: Vec<u64> = made.segments.iter().map(|cut| cut.start_ms).collect();
        assert!(starts.windows(2).all(|pair| pair[0] < pair[1]), "{}: {starts:?}", made.rendition.name);
    }
    let cuts =
        |made: &&crate::parent::Made| -> Vec<u64> { made.segments.iter().map(|cut| cut.start_ms).collect() };
    let all: Vec<_> = run.pictures().iter().map(cuts).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
}

/// It ended by itself, in one of the two ways that a film can end.
fn ended(run: &Run) {
    match &run.end {
        End::Done { .. } => is_in_order(run),
        End::Failed { reason, .. } => {
            assert!(matches!(reason, Reason::Broken | Reason::Unsupported), "{:?}", run.end);
        }
        End::Silence => panic!("it broke: exit {:?}", run.exit_code),
    }
}

#[test]
fn a_film_of_six_hours_takes_no_more_memory_than_a_short_one() {
    let desk = Desk::new();
    let coded = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50";
    let short = desk.make("short.mp4", &format!("-f lavfi -i smptebars=s=64x64:r=5:d=60 {coded}"));
    let looped = |name: &str, seconds: u32| {
        let arguments = format!("-stream_loop 400 -i {} -c copy -t {seconds}", short.to_str().unwrap());
        desk.make(name, &arguments)
    };
    let little = transcode(&short);
    let run = transcode(&looped("long.mp4", 21_590));
    let length = length(&run);
    assert!((21_580_000..=21_600_000).contains(&length), "{length}");
    is_in_order(&run);
    assert!((3590..=3600).contains(&run.pictures()[0].segments.len()));
    assert!(
        run.peak_rss_kb < little.peak_rss_kb + 40_000,
        "{} kB for six hours, {} kB for a minute",
        run.peak_rss_kb,
        little.peak_rss_kb
    );
    let run = transcode(&looped("too-long.mp4", 21_700));
    assert_eq!(run.reason(), Some(Reason::TooLong), "{:?}", run.end);
    assert!(run.made.is_empty());
}

#[test]
fn a_picture_of_8k_is_refused_in_little_memory() {
    let desk = Desk::new();
    let coded = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    let run = transcode(&desk.make("8k.mp4", &format!("-f lavfi -i color=gray:s=7680x4320:r=1:d=2 {coded}")));
    assert_eq!(run.reason(), Some(Reason::TooLarge), "{:?}", run.end);
    assert!(run.made.is_empty() && run.peak_rss_kb < 400_000, "{} kB", run.peak_rss_kb);
}

#[test]
fn another_codec_or_sample_rate_in_the_middle_ends_in_order() {
    let desk = Desk::new();
    let part = |name: &str, rate: u32, codec: &str, begins: u32| {
        let picture = "-f lavfi -i testsrc2=s=320x240:r=25:d=3";
        let sound = format!("-f lavfi -i sine=440:r={rate}:d=3");
        let muxed = format!("-c:a aac -ar {rate} -output_ts_offset {begins} -f mpegts");
        std::fs::read(desk.make(name, &format!("{picture} {sound} -c:v {codec} -pix_fmt yuv420p {muxed}")))
            .unwrap()
    };
    let first = part("first.ts", 44_100, "mpeg2video", 0);
    let slower = part("slower.ts", 48_000, "mpeg2video", 3);
    let run = transcode(&desk.write("rates.ts", &[&first[..], &slower].concat()));
    assert!((5800..6300).contains(&length(&run)), "{:?}", run.end);
    is_in_order(&run);
    let heard = stream(&probe(&desk.keep(&run.made["audio"])), "audio");
    assert_eq!(heard["sample_rate"], "48000");
    assert!((number(&heard["duration"]) - 6.0).abs() < 0.3, "{}", heard["duration"]);
    let other = part("other.ts", 44_100, "libx264", 3);
    let run = transcode(&desk.write("codecs.ts", &[&first[..], &other].concat()));
    ended(&run);
}

#[test]
fn times_that_jump_or_lie_before_zero_end_in_order() {
    let desk = Desk::new();
    let coded =
        "-f lavfi -i testsrc2=s=320x240:r=25:d=3 -f lavfi -i sine=440:r=48000:d=3 -c:v mpeg2video -c:a mp2";
    let part = |name: &str, begins: i32| {
        let muxed = format!("{coded} -output_ts_offset {begins} -f mpegts");
        std::fs::read(desk.make(name, &muxed)).unwrap()
    };
    let (early, late, far) = (part("early.ts", 0), part("late.ts", 40_000), part("far.ts", 90));
    // Begins at eleven hours of its own clock: that is its zero.
    let run = transcode(&desk.write("begins-late.ts", &late));
    assert!((2900..3300).contains(&length(&run)), "{:?}", run.end);
    is_in_order(&run);
    // Jumps back, which libav takes for a clock that has run over after 26 hours: what follows goes on.
    let run = transcode(&desk.write("back.ts", &[&far[..], &early].concat()));
    assert!((5800..6300).contains(&length(&run)), "{:?}", run.end);
    is_in_order(&run);
    let heard = stream(&probe(&desk.keep(&run.made["audio"])), "audio");
    assert!((number(&heard["duration"]) - 6.0).abs() < 0.3, "{}", heard["duration"]);
    // Jumps ahead by a minute and a half, and beyond every limit.
    let run = transcode(&desk.write("ahead.ts", &[&early[..], &far].concat()));
    ended(&run);
    assert!(length(&run) < 100_000, "{:?}", run.end);
    let run = transcode(&desk.write("beyond.ts", &[&early[..], &late].concat()));
    assert!(matches!(run.reason(), None | Some(Reason::TooLong)), "{:?}", run.end);
    assert!(run.wall < Duration::from_secs(900), "{:?}", run.wall);
    // Times before zero, which Matroska can say.
    let negative = desk.make(
        "negative.mkv",
        "-f lavfi -i testsrc2=s=320x240:r=25:d=3 -f lavfi -i sine=440:r=48000:d=3 -c:v libx264 -preset ultrafast \
         -pix_fmt yuv420p -c:a aac -output_ts_offset -1.5 -avoid_negative_ts disabled",
    );
    let run = transcode(&negative);
    ended(&run);
    let length = length(&run);
    assert!((1400..3300).contains(&length), "{length}");
}

#[test]
fn a_thousand_streams_are_refused() {
    let desk = Desk::new();
    let one = desk.film("one.mp4", "64x64", 5, 1, "");
    let maps = "-map 0:v ".repeat(1000);
    let many = desk.make("many.mkv", &format!("-i {} {maps} -c copy", one.to_str().unwrap()));
    let run = transcode(&many);
    assert_eq!(run.reason(), Some(Reason::TooLarge), "{:?}", run.end);
    assert!(run.made.is_empty() && run.peak_rss_kb < 200_000, "{} kB", run.peak_rss_kb);
}

#[test]
fn attachments_of_a_film_go_no_further() {
    let desk = Desk::new();
    let canary = b"canary-5e1d".repeat(20_000);
    let attached = desk.write("font.ttf", &canary);
    let source = desk.make(
        "attached.mkv",
        &format!(
            "-f lavfi -i testsrc2=s=320x240:r=25:d=3 {} -attach {} -metadata:s:t mimetype=application/x-truetype-font \
             -metadata title=canary-5e1d -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac",
            beep(3),
            attached.to_str().unwrap()
        ),
    );
    assert!(std::fs::metadata(&source).unwrap().len() > 200_000);
    let run = transcode(&source);
    length(&run);
    let mut all: Vec<Vec<u8>> = run.made.values().map(crate::parent::Made::whole).collect();
    all.extend([run.plain, run.poster]);
    for bytes in all {
        assert!(!bytes.windows(11).any(|window| window == b"canary-5e1d"), "the attachment, or the title");
    }
}

#[test]
fn no_protocol_of_libav_is_followed() {
    let desk = Desk::new();
    let secret = desk.make("secret.ts", "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v mpeg2video");
    let canary = TcpListener::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let (path, net) = (secret.to_str().unwrap(), canary.local_addr().unwrap());
    let places = [
        format!("subfile,,start,0,end,100000,,:{path}"),
        format!("concat:{path}|{path}"),
        format!("crypto:{path}"),
        format!("cache:{path}"),
        format!("async:http://{net}/x.ts"),
        format!("tcp://{net}"),
        format!("udp://{net}"),
        format!("rtmp://{net}/a/b"),
        format!("gopher://{net}/1"),
        format!("ftp://{net}/x.ts"),
        "data:video/mp2t;base64,R0AREABC8CUAAcEAAP8B/wAB".to_owned(),
        "fd:0".to_owned(),
        "pipe:0".to_owned(),
    ];
    for place in places {
        let list = format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{place}\n#EXT-X-ENDLIST\n");
        let map = format!("#EXTM3U\n#EXT-X-MAP:URI=\"{place}\"\n#EXTINF:2,\nx.m4s\n#EXT-X-ENDLIST\n");
        let key =
            format!("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"{place}\"\n#EXTINF:2,\nx.ts\n#EXT-X-ENDLIST\n");
        let session = format!(
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 {}\r\nm=video {} RTP/AVP 96\r\n",
            net.ip(),
            net.port()
        );
        for (at, text) in [place.clone(), list, map, key, session].into_iter().enumerate() {
            let run = transcode(&desk.write(&format!("list{at}.mp4"), text.as_bytes()));
            assert_eq!(run.reason(), Some(Reason::NotAFilm), "{text}: {:?}", run.end);
            assert!(run.made.is_empty());
        }
    }
    assert_eq!(canary.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "somebody connected");
}

/// A QuickTime file may say that its media lies in another file (ISO/IEC 14496-12 §8.7.2): it is not looked for.
#[test]
fn media_in_another_file_is_not_looked_for() {
    let desk = Desk::new();
    let whole = std::fs::read(desk.film("whole.mp4", "320x240", 25, 2, "")).unwrap();
    // `url ` with the flag "in this file" becomes one that names a place.
    let at = whole.windows(8).position(|bytes| bytes == b"url \0\0\0\x01").unwrap();
    let mut elsewhere = whole.clone();
    elsewhere[at + 7] = 0;
    let run = transcode_with(&desk.write("elsewhere.mp4", &elsewhere), &Habits::default(), |_| {});
    ended(&run);
}
