//! Further sets of pictures in AV1: cut where the first set is, shown at the same moments, and compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use video::wire::{Second, SecondCodec, Size};

use crate::measure::{Desk, beep, ffmpeg, number, picture_times, probe, stream, transcode, transcode_with};
use crate::parent::{End, Habits, Made, Run};

/// What is asked for beside a first set.
fn beside(first: &Run, of_version: bool) -> Second {
    let pictures = first.pictures();
    Second {
        codec: SecondCodec::Av1,
        frame_rate_milli: pictures[0].rendition.frame_rate_milli,
        starts_ms: pictures[0].segments.iter().map(|segment| segment.start_ms).collect(),
        sizes: pictures
            .iter()
            .map(|made| Size {
                name: format!("{}av1", made.rendition.name),
                width: made.rendition.width,
                height: made.rendition.height,
            })
            .collect(),
        of_version,
    }
}

fn further(source: &Path, second: &Second, published: &BTreeMap<String, u32>) -> Run {
    let run = transcode_with(source, &Habits::default(), |order| {
        order.memory_bytes = 2 << 30;
        order.second = Some(second.clone());
        order.published.clone_from(published);
    });
    assert!(matches!(run.end, End::Done { .. }), "{:?}", run.end);
    run
}

fn cuts(made: &Made) -> Vec<(u32, u64, u32)> {
    made.segments.iter().map(|cut| (cut.number, cut.start_ms, cut.length_ms)).collect()
}

fn bytes(made: &Made) -> usize {
    made.segments.iter().map(|segment| segment.bytes.len()).sum()
}

/// Every version of the set is cut as the first is, and shows its pictures at the same moments.
fn fits(desk: &Desk, first: &Run, second: &Run) {
    assert!(second.plain.is_empty() && second.poster.is_empty() && second.stills.is_empty());
    assert_eq!(first.pictures().len(), second.made.len());
    for made in first.pictures() {
        let further = &second.made[&format!("{}av1", made.rendition.name)];
        assert!(further.rendition.codecs.starts_with("av01.0."), "{}", further.rendition.codecs);
        assert_eq!(cuts(further), cuts(made));
        let (one, other) = (desk.keep(made), desk.keep(further));
        assert_eq!(picture_times(&other), picture_times(&one));
        let picture = stream(&probe(&other), "video");
        assert_eq!(picture["codec_name"], "av1");
        assert_eq!(number(&picture["nb_read_frames"]), picture_times(&one).len() as f64);
        for segment in &further.segments {
            // Each decodes by itself behind the beginning, and its first picture is where it is said to end.
            assert!(segment.key_bytes > 0 && (segment.key_bytes as usize) < segment.bytes.len());
            let alone = desk.write("alone.mp4", &[&further.init[..], &segment.bytes].concat());
            let said = ffmpeg(&format!("-v error -xerror -i {} -f null -", alone.to_str().unwrap()), None);
            assert_eq!(said, "", "{} {}", further.rendition.name, segment.number);
        }
    }
}

fn camera(desk: &Desk) -> PathBuf {
    let picture = "-f lavfi -i testsrc2=s=426x240:r=25:d=9,boxblur=4,noise=alls=8:allf=t";
    desk.make("camera.mp4", &format!("{picture} {} -c:v libx264 -preset ultrafast -pix_fmt yuv420p", beep(9)))
}

#[test]
fn a_further_set_of_a_camera_s_film_is_smaller_and_as_good() {
    let desk = Desk::new();
    let source = camera(&desk);
    let first = transcode(&source);
    let second = further(&source, &beside(&first, false), &BTreeMap::new());
    fits(&desk, &first, &second);
    for made in first.pictures() {
        let name = format!("{}av1", made.rendition.name);
        let (before, after) = (bytes(made), bytes(&second.made[&name]));
        assert!(after * 10 <= before * 7, "{name}: {after} of {before} bytes");
        let judged: Vec<_> = second.judged.iter().filter(|judged| judged.0 == name).collect();
        assert_eq!(judged.len(), made.segments.len());
        for (_, pictures, further, h264) in judged {
            let each = f64::from(*pictures);
            assert!(*pictures > 0 && further / each <= 1.0 && h264 / each <= 1.0);
            assert!(further / each > h264 / each - 0.02, "{name}: {further} and {h264} of {pictures}");
        }
    }
}

#[test]
fn a_further_set_can_be_made_of_the_largest_version_and_goes_on_behind_a_killed_one() {
    let desk = Desk::new();
    let source = camera(&desk);
    let first = transcode(&source);
    let version = desk.keep(first.pictures()[0]);
    let second = further(&version, &beside(&first, true), &BTreeMap::new());
    fits(&desk, &first, &second);

    let published = second.made.keys().map(|name| (name.clone(), 1)).collect();
    let rest = further(&source, &beside(&first, false), &published);
    for (name, made) in &second.made {
        let later = &rest.made[name];
        assert!(later.init.is_empty() && made.segments.len() == 2);
        assert_eq!(cuts(later), cuts(made)[1..]);
        let both = [&made.init[..], &made.segments[0].bytes, &later.segments[0].bytes].concat();
        let both = desk.write("both.mp4", &both);
        assert_eq!(picture_times(&both), picture_times(&desk.keep(made)));
    }
}

#[test]
fn slides_in_a_further_set_change_when_they_do_in_the_first() {
    let desk = Desk::new();
    let source = desk.slides(14);
    let first = transcode(&source);
    let second = further(&source, &beside(&first, false), &BTreeMap::new());
    fits(&desk, &first, &second);
    assert!(first.pictures()[0].segments.len() == 3, "no further segment");
}
