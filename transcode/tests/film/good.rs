//! Films that must come out right.

use std::path::PathBuf;

use serde_json::json;
use video::wire::RenditionKind;

use crate::measure::{
    Desk, beep, ffmpeg, key_times, likeness, number, picture_times, probe, said_by, stream, transcode,
    transcode_with,
};
use crate::parent::{End, Habits, Run};

fn done(run: &Run) -> (u64, &[String]) {
    match &run.end {
        End::Done { length_ms, warnings, .. } => (*length_ms, warnings),
        end => panic!("{end:?}"),
    }
}

/// Names of the pictures, largest first, with their sizes.
fn sizes(run: &Run) -> Vec<(&str, u32, u32)> {
    let size = |made: &&crate::parent::Made| made.rendition.clone();
    run.pictures()
        .iter()
        .map(|made| (made.rendition.name.as_str(), size(made).width, size(made).height))
        .collect()
}

#[test]
fn a_lecture_becomes_versions_that_are_cut_alike() {
    let desk = Desk::new();
    let run = transcode(&desk.film("lecture.mp4", "1280x720", 25, 9, &format!("{} -ac 2", beep(9))));
    let (length_ms, warnings) = done(&run);
    assert!((9000..9030).contains(&length_ms), "{length_ms}");
    assert_eq!(warnings, [""; 0]);
    assert_eq!(run.exit_code, Some(0));
    let probed = run.probed.as_ref().unwrap();
    assert_eq!((probed.width, probed.height, probed.frame_rate_milli), (1280, 720, 25_000));
    assert_eq!((probed.video_codec.as_str(), probed.audio_codec.as_deref()), ("h264", Some("aac")));
    assert_eq!(
        sizes(&run),
        [("720p", 1280, 720), ("480p", 854, 480), ("360p", 640, 360), ("240p", 426, 240)]
    );
    for made in run.pictures() {
        let cuts: Vec<(u32, u64, u32)> =
            made.segments.iter().map(|cut| (cut.number, cut.start_ms, cut.length_ms)).collect();
        assert_eq!(cuts, [(0, 0, 6000), (1, 6000, 3000)], "{}", made.rendition.name);
        let path = desk.keep(made);
        let picture = stream(&probe(&path), "video");
        assert_eq!(number(&picture["start_time"]), 0.0);
        assert_eq!(number(&picture["nb_read_frames"]), 225.0);
        assert_eq!(key_times(&path), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert!(made.rendition.codecs.starts_with("avc1.6400"), "{}", made.rendition.codecs);
        // A player that shows stills while seeking fetches the first picture alone.
        let segment = &made.segments[1];
        let still = &segment.bytes[..segment.key_bytes as usize];
        let still = desk.write("still.mp4", &[&made.init[..], still].concat());
        let said = ffmpeg(&format!("-v error -i {} -frames:v 1 -f null -", still.to_str().unwrap()), None);
        assert!(still.metadata().unwrap().len() > 500 && !said.contains("corrupt"), "{said}");
        // A player that begins in the middle has only the beginning and that segment.
        let alone = desk.write("alone.mp4", &[&made.init[..], &made.segments[1].bytes].concat());
        assert_eq!(number(&stream(&probe(&alone), "video")["nb_read_frames"]), 75.0);
    }
    let sound = &run.made["audio"];
    assert_eq!((sound.rendition.kind, sound.rendition.codecs.as_str()), (RenditionKind::Sound, "mp4a.40.2"));
    for (cut, start_ms) in sound.segments.iter().zip([0, 6000]) {
        assert!(cut.start_ms.abs_diff(start_ms) <= 22, "{} instead of {start_ms}", cut.start_ms);
    }
    let heard = stream(&probe(&desk.keep(sound)), "audio");
    assert_eq!((heard["sample_rate"].clone(), heard["channels"].clone()), (json!("48000"), json!(1)));
    assert_eq!(number(&heard["start_time"]), 0.0);
    let plain = probe(&desk.write("plain.mp4", &run.plain));
    assert_eq!(stream(&plain, "video")["height"], 480);
    assert_eq!(number(&stream(&plain, "video")["nb_read_frames"]), 225.0);
    for kind in ["video", "audio"] {
        assert_eq!(number(&stream(&plain, kind)["start_time"]), 0.0, "{kind} of the plain file");
    }
    let poster = stream(&probe(&desk.write("poster.jpg", &run.poster)), "video");
    assert_eq!((poster["codec_name"].clone(), poster["width"].clone()), (json!("mjpeg"), json!(640)));
    // One still a fifth of the film, for whoever chooses another poster.
    let moments: Vec<u64> = run.stills.iter().map(|(at_ms, _)| *at_ms).collect();
    assert_eq!(moments.len(), 5, "{moments:?}");
    for (moment, wanted) in moments.iter().zip([900, 2700, 4500, 6300, 8100]) {
        assert!((wanted..wanted + 1000).contains(moment), "{moments:?}");
    }
    for (_, jpeg) in &run.stills {
        let still = stream(&probe(&desk.write("still.jpg", jpeg)), "video");
        assert_eq!(still["codec_name"], "mjpeg");
    }
    let End::Done { renditions, .. } = &run.end else { panic!() };
    for summary in renditions {
        assert_eq!(summary.segments as usize, run.made[&summary.name].segments.len());
        assert!(summary.average_bandwidth <= summary.bandwidth);
        let estimate = run.made[&summary.name].rendition.bandwidth_estimate;
        assert!(summary.bandwidth <= estimate, "{}: {} over {estimate}", summary.name, summary.bandwidth);
    }
    assert!(run.progress.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    assert!(run.status.contains("NoNewPrivs:\t1") && run.status.contains("Seccomp:\t2"), "{}", run.status);
}

#[test]
fn a_calm_film_takes_what_it_needs_and_a_busy_one_no_more_than_its_cap() {
    let desk = Desk::new();
    let made = |name: &str, picture: &str| {
        let coded = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
        let source = desk.make(name, &format!("-f lavfi -i {picture} {coded}"));
        let bits = source.metadata().unwrap().len() * 8 / 12;
        let run = transcode(&source);
        assert_eq!(done(&run).0, 12_000);
        assert_eq!(sizes(&run), [("360p", 640, 360), ("240p", 426, 240)]);
        (run, bits)
    };
    let (calm, _) = made("calm.mp4", "testsrc=s=640x360:r=25:d=12");
    // Every point of every picture is another one.
    let (busy, source_bits) = made("busy.mp4", "testsrc2=s=640x360:r=25:d=12,noise=alls=100:allf=t");
    assert!(source_bits > 3_000_000, "{source_bits} bits a second are too few to need a cap");
    let weights = |run: &Run| match &run.end {
        End::Done { renditions, .. } => renditions.clone(),
        end => panic!("{end:?}"),
    };
    let calm = weights(&calm);
    for most in weights(&busy) {
        let name = &most.name;
        let cap = busy.made[name].rendition.bandwidth_estimate;
        assert!(most.bandwidth <= cap, "{name}: {} over {cap}", most.bandwidth);
        assert!(most.average_bandwidth * 2 > cap, "{name}: {} need no cap of {cap}", most.average_bandwidth);
        // Of one size and one rate, and yet not of one bit rate.
        let least = calm.iter().find(|one| one.name == *name).unwrap();
        assert!(least.average_bandwidth * 3 < most.average_bandwidth, "{name}: {least:?}, {most:?}");
    }
    // What a line of a megabit a second carries, however much moves.
    assert!(busy.made["360p"].rendition.bandwidth_estimate < 1_000_000);
}

#[test]
fn a_slide_that_stands_still_costs_few_pictures_and_a_change_comes_on_time() {
    let desk = Desk::new();
    // A pointer moves all the time; after five seconds comes another slide.
    let source = desk.make(
        "slides.mp4",
        "-f lavfi -i color=white:s=1280x720:r=25:d=14,drawbox=x=100:y=100:w=700:h=60:t=fill,\
         drawbox=x=100:y=300:w=900:h=200:color=blue:t=fill:enable='gte(t,5)'[s];\
         color=red:s=16x24:r=25:d=14[p];[s][p]overlay=x='600+300*sin(t)':y=600 \
         -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
    );
    let run = transcode(&source);
    assert_eq!(done(&run).0, 14_000);
    let kept: Vec<PathBuf> = run.pictures().iter().map(|made| desk.keep(made)).collect();
    for path in &kept {
        let times = picture_times(path);
        // Two seconds at the full rate for the two slides, then five pictures a second.
        assert!((90..150).contains(&times.len()), "{} pictures", times.len());
        assert!(times.contains(&5.0), "the change of slide is late: {times:?}");
        assert!(times.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] < 0.3), "{times:?}");
        assert!(times.last().is_some_and(|last| (last - 13.96).abs() < 0.001), "{times:?}");
        assert_eq!(times, picture_times(&kept[0]), "the versions differ");
        assert_eq!(key_times(path), [0.0, 6.0, 12.0]);
    }
    let [first, ..] = &run.pictures()[..] else { panic!() };
    let lengths: Vec<u32> = first.segments.iter().map(|segment| segment.length_ms).collect();
    assert_eq!(lengths, [6000, 6000, 2000]);
}

#[test]
fn phone_films_stand_upright() {
    let desk = Desk::new();
    let flat = desk.film("flat.mp4", "640x360", 25, 2, "");
    for (turn, expected) in [(90, (360, 640)), (180, (640, 360)), (270, (360, 640))] {
        let name = format!("turned{turn}.mp4");
        let copied = format!("-i {} -c copy -metadata:s:v rotate={turn}", flat.to_str().unwrap());
        let source = desk.make(&name, &copied);
        let run = transcode(&source);
        done(&run);
        let top = run.pictures()[0];
        assert_eq!((top.rendition.name.as_str(), top.rendition.width, top.rendition.height), {
            ("360p", expected.0, expected.1)
        });
        // ffmpeg is told by ffprobe's own matrix, so a wrong direction shows.
        assert_eq!(run.probed.as_ref().unwrap().rotation % 180, turn as u16 % 180);
        let alike = likeness(&desk.keep(top), &source);
        assert!(alike > 0.9, "turned by {turn}: {alike}");
    }
}

#[test]
fn odd_sizes_and_oblong_pixels_come_out_even_and_square() {
    let desk = Desk::new();
    let odd = desk.make(
        "odd.mp4",
        "-f lavfi -i testsrc2=s=853x479:r=25:d=2 -c:v libx264 -preset ultrafast -pix_fmt yuv444p",
    );
    let run = transcode(&odd);
    assert_eq!(sizes(&run), [("480p", 852, 478), ("360p", 642, 360), ("240p", 428, 240)]);
    assert!(likeness(&desk.keep(run.pictures()[0]), &odd) > 0.9);
    let wide = desk.make(
        "wide.mp4",
        "-f lavfi -i testsrc2=s=720x576:r=25:d=2,setsar=64/45 -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
    );
    let run = transcode(&wide);
    assert_eq!(sizes(&run)[0], ("480p", 854, 480));
    let small = transcode(&desk.film("small.mp4", "160x120", 25, 2, ""));
    assert_eq!(sizes(&small), [("120p", 160, 120)]);
    done(&small);
}

#[test]
fn uneven_picture_times_become_even_and_nothing_is_lost() {
    let desk = Desk::new();
    let source = desk.make(
        "uneven.mp4",
        "-f lavfi -i testsrc2=s=640x360:r=60:d=6,select='not(mod(n,3))+gt(mod(n*7,11),6)' \
         -f lavfi -i sine=440:r=48000:d=6 -vsync vfr -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac",
    );
    let run = transcode_with(&source, &Habits::default(), |order| order.segment_ms = 4000);
    done(&run);
    let rate = f64::from(run.probed.as_ref().unwrap().frame_rate_milli) / 1000.0;
    assert!([24.0, 25.0, 30.0].contains(&rate), "{rate}");
    for made in run.pictures() {
        let frames = number(&stream(&probe(&desk.keep(made)), "video")["nb_read_frames"]);
        assert!((frames / rate - 6.0).abs() <= 1.0 / rate + 1e-6, "{frames} at {rate}");
        assert_eq!(made.segments[1].start_ms, 4000);
    }
    // Twice as many pictures as we make, in NTSC's uneven rate.
    let source = desk.make(
        "sixty.mp4",
        "-f lavfi -i testsrc2=s=320x240:r=60000/1001:d=5 -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
    );
    let run = transcode_with(&source, &Habits::default(), |order| order.segment_ms = 4000);
    assert_eq!(run.probed.as_ref().unwrap().frame_rate_milli, 29_970);
    let made = run.pictures()[0];
    assert_eq!((made.segments[0].length_ms, made.segments[1].start_ms), (4004, 4004));
    assert_eq!(number(&stream(&probe(&desk.keep(made)), "video")["nb_read_frames"]), 150.0);
}

#[test]
fn ten_bits_and_hdr_come_out_as_screens_show_them() {
    let desk = Desk::new();
    let coded = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p10le";
    let ten = desk.make("ten.mp4", &format!("-f lavfi -i testsrc2=s=426x240:r=25:d=2 {coded}"));
    let run = transcode(&ten);
    let path = desk.keep(run.pictures()[0]);
    assert_eq!(stream(&probe(&path), "video")["pix_fmt"], "yuv420p");
    assert!(likeness(&path, &ten) > 0.9);
    let hdr = desk.make(
        "hdr.mp4",
        &format!(
            "-f lavfi -i testsrc2=s=426x240:r=25:d=2 {coded} -color_primaries bt2020 \
             -color_trc smpte2084 -colorspace bt2020nc"
        ),
    );
    let run = transcode(&hdr);
    let picture = stream(&probe(&desk.keep(run.pictures()[0])), "video");
    assert_eq!((&picture["color_transfer"], &picture["color_space"]), (&json!("bt709"), &json!("bt709")));
}

#[test]
fn every_kind_of_sound_becomes_mono_or_stereo_that_begins_at_zero() {
    let desk = Desk::new();
    let six = "-f lavfi -i aevalsrc=sin(440*2*PI*t)|0|0.1*sin(660*2*PI*t)|0|0|0:c=5.1:d=5";
    // The last begins late: silence must stand in for what is missing.
    let late = "-itsoffset 2.5 -f lavfi -i sine=440:r=32000:d=2.5 -map 0:v -map 1:a";
    for (name, sound, channels) in [("mono", beep(5).as_str(), 1), ("six", six, 2), ("late", late, 1)] {
        let run = transcode(&desk.film(&format!("{name}.mp4"), "320x240", 25, 5, sound));
        done(&run);
        let path = desk.keep(&run.made["audio"]);
        let heard = stream(&probe(&path), "audio");
        assert_eq!(heard["channels"], channels, "{name}");
        assert_eq!(number(&heard["start_time"]), 0.0, "{name}");
        assert!((number(&heard["duration"]) - 5.0).abs() < 0.05, "{name}: {}", heard["duration"]);
        if name == "late" {
            let begins = said_by("-af silencedetect=n=-40dB:d=0.5", &path, "silence_end: ");
            assert!((begins - 2.5).abs() < 0.05, "{begins}");
        }
    }
    let run = transcode(&desk.film("silent.mp4", "320x240", 25, 5, ""));
    done(&run);
    assert!(!run.probed.as_ref().unwrap().has_audio && !run.made.contains_key("audio"));
    assert_eq!(probe(&desk.write("plain.mp4", &run.plain))["streams"].as_array().unwrap().len(), 1);
}

#[test]
fn television_and_browser_recordings_work() {
    let desk = Desk::new();
    let television = desk.make(
        "television.ts",
        "-f lavfi -i testsrc2=s=720x576:r=50:d=4,interlace,setsar=64/45 -f lavfi -i sine=440:r=48000:d=4 \
         -c:v mpeg2video -flags +ilme+ildct -b:v 4M -c:a mp2",
    );
    let run = transcode(&television);
    done(&run);
    assert_eq!(run.probed.as_ref().unwrap().frame_rate_milli, 25_000);
    let picture = stream(&probe(&desk.keep(run.pictures()[0])), "video");
    assert_eq!((number(&picture["start_time"]), number(&picture["nb_read_frames"])), (0.0, 100.0));
    assert_eq!(picture["field_order"], "progressive");
    // What a browser's recorder writes: no length anywhere.
    let recorded = desk.make(
        "recorded.webm",
        "-f lavfi -i testsrc2=s=320x240:r=30:d=4 -f lavfi -i sine=440:r=48000:d=4 \
         -c:v libvpx -deadline realtime -b:v 500k -c:a libopus -f webm -live 1",
    );
    let run = transcode(&recorded);
    assert_eq!((run.probed.as_ref().unwrap().length_ms, done(&run).0 / 100), (0, 40));
}

#[test]
fn a_film_whose_end_is_missing_is_finished_with_a_warning() {
    let desk = Desk::new();
    let whole = std::fs::read(desk.film("whole.mp4", "320x240", 25, 6, &beep(6))).unwrap();
    let run = transcode(&desk.write("cut.mp4", &whole[..whole.len() * 6 / 10]));
    let (length_ms, warnings) = done(&run);
    assert!((2000..5000).contains(&length_ms), "{length_ms}");
    assert!(warnings.iter().any(|warning| warning.contains("cut")), "{warnings:?}");
    assert!(number(&stream(&probe(&desk.keep(run.pictures()[0])), "video")["nb_read_frames"]) > 50.0);
}

#[test]
fn a_change_of_size_in_the_middle_goes_on_in_the_first_size() {
    let desk = Desk::new();
    let coded = "-c:v mpeg2video -b:v 1M -f mpegts";
    let one = desk.make("one.ts", &format!("-f lavfi -i testsrc2=s=640x360:r=25:d=3 {coded}"));
    let two =
        desk.make("two.ts", &format!("-f lavfi -i testsrc2=s=320x240:r=25:d=3 -output_ts_offset 3 {coded}"));
    let both = [std::fs::read(one).unwrap(), std::fs::read(two).unwrap()].concat();
    let run = transcode(&desk.write("both.ts", &both));
    done(&run);
    let picture = stream(&probe(&desk.keep(run.pictures()[0])), "video");
    assert_eq!((picture["width"].clone(), picture["height"].clone()), (json!(640), json!(360)));
    assert!((number(&picture["nb_read_frames"]) - 150.0).abs() <= 2.0, "{}", picture["nb_read_frames"]);
}

#[test]
fn a_parent_that_stores_slowly_is_not_flooded() {
    let desk = Desk::new();
    let source = desk.film("film.mp4", "640x360", 25, 6, &beep(6));
    let run = transcode_with(&source, &Habits { answers_late: true, ..Habits::default() }, |order| {
        order.segment_ms = 2000;
    });
    done(&run);
    assert!((2..=8).contains(&run.most_unanswered), "{}", run.most_unanswered);
    assert_eq!(run.pictures()[0].segments.len(), 3);
    ffmpeg(
        &format!("-v error -xerror -i {} -f null -", desk.keep(run.pictures()[0]).to_str().unwrap()),
        None,
    );
}
