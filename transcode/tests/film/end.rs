//! The ends of a film that is cut: of the segment that lies across the cut exactly the pictures that are asked for, at their moments, beside
//! segments that stay as they are.

use std::path::PathBuf;

use video::wire::{self, Reason, SecondCodec, Size};

use crate::measure::{Desk, beep, ffmpeg, key_times, likeness, picture_times, transcode, transcode_with};
use crate::parent::{End, Habits, Made, Run};

/// The pictures of segment `number` of a version that begin from one moment on and before another, in milliseconds.
fn end_of(desk: &Desk, made: &Made, number: usize, (from_ms, to_ms): (u64, u64)) -> Run {
    let segment = &made.segments[number];
    let source = desk.write("piece.mp4", &[&made.init[..], &segment.bytes].concat());
    let rendition = &made.rendition;
    let last = segment.start_ms + u64::from(segment.length_ms);
    let end = wire::End {
        size: Size { name: rendition.name.clone(), width: rendition.width, height: rendition.height },
        codec: rendition.codecs.starts_with("av01").then_some(SecondCodec::Av1),
        frame_rate_milli: rendition.frame_rate_milli,
        start_ms: segment.start_ms,
        from_ms: from_ms.max(segment.start_ms),
        to_ms: to_ms.min(last),
    };
    transcode_with(&source, &Habits::default(), |order| {
        order.memory_bytes = 2 << 30;
        order.end = Some(end.clone());
    })
}

fn one<'a>(run: &'a Run, made: &Made) -> &'a Made {
    assert!(matches!(run.end, End::Done { .. }), "{:?}", run.end);
    assert!(run.plain.is_empty() && run.poster.is_empty() && run.stills.is_empty() && run.made.len() == 1);
    let end = &run.made[&made.rendition.name];
    assert_eq!((end.segments.len(), end.segments[0].number), (1, 0));
    assert!(end.segments[0].key_bytes > 0);
    end
}

/// What a decoder is told by a beginning.
fn setup(init: &[u8]) -> &[u8] {
    let at = init.windows(4).position(|name| name == b"avcC").unwrap();
    let length = u32::from_be_bytes(init[at - 4..at].try_into().unwrap()) as usize;
    &init[at..at - 4 + length]
}

/// Both ends and what lies between them as one file behind one beginning; what `ffmpeg` has to say against it.
fn joined(desk: &Desk, made: &Made, ends: &[&Made; 2], between: std::ops::Range<usize>) -> (PathBuf, String) {
    let mut bytes = [&made.init[..], &ends[0].segments[0].bytes].concat();
    made.segments[between].iter().for_each(|segment| bytes.extend_from_slice(&segment.bytes));
    bytes.extend_from_slice(&ends[1].segments[0].bytes);
    let path = desk.write(&format!("joined-{}.mp4", made.rendition.name), &bytes);
    let said = ffmpeg(&format!("-v error -xerror -i {} -f null -", path.to_str().unwrap()), None);
    (path, said)
}

#[test]
fn ends_hold_the_pictures_that_were_asked_for_and_fit_to_what_lies_between() {
    let desk = Desk::new();
    let run = transcode(&desk.film("film.mp4", "640x360", 25, 20, &beep(20)));
    for made in run.pictures() {
        let (begins, ends) =
            (end_of(&desk, made, 1, (7_030, 19_000)), end_of(&desk, made, 3, (7_030, 19_000)));
        let ends = [one(&begins, made), one(&ends, made)];
        let cuts = ends.map(|end| (end.segments[0].start_ms, end.segments[0].length_ms));
        assert_eq!(cuts, [(7_040, 4_960), (18_000, 1_000)], "{}", made.rendition.name);
        // The same encoder with the same settings: players need no other beginning.
        assert_eq!(setup(&ends[0].init), setup(&made.init));
        let all = picture_times(&desk.keep(made));
        let wanted = |from: f64, to: f64| -> Vec<f64> {
            all.iter().copied().filter(|time| *time > from && *time < to).collect()
        };
        let (path, said) = joined(&desk, made, &ends, 2..3);
        assert_eq!(said, "");
        assert_eq!(picture_times(&path), wanted(7.03, 18.99));
        assert_eq!(picture_times(&path).len(), 299);
        assert!(key_times(&path).contains(&7.04));
        // Each plays behind its own beginning as well, at the same moments.
        let alone = desk.write("alone.mp4", &ends[0].whole());
        assert_eq!(picture_times(&alone), wanted(7.03, 11.99));
        // The first picture is the one that was shown then: every picture of this film has a clock of its own.
        let (one, other) = (desk.path("end.png"), desk.path("film.png"));
        ffmpeg(&format!("-y -v error -i {} -frames:v 1", alone.to_str().unwrap()), Some(&one));
        let film = desk.keep(made);
        let then = format!("-y -v error -i {} -vf select=gte(t\\,7.035) -frames:v 1", film.to_str().unwrap());
        ffmpeg(&then, Some(&other));
        let alike = likeness(&one, &other);
        // Its neighbours are 0.87 alike at most.
        assert!(alike > 0.91, "{}: {alike}", made.rendition.name);
    }
}

#[test]
fn both_ends_may_lie_in_one_segment_and_a_single_picture_may_be_left() {
    let desk = Desk::new();
    let run = transcode(&desk.film("film.mp4", "320x240", 25, 9, ""));
    let made = run.pictures()[0];
    for ((from, to), expected) in
        [((2_000, 3_000), (2_000, 1_000)), ((5_960, 9_000), (5_960, 40)), ((0, 1), (0, 40))]
    {
        let run = end_of(&desk, made, 0, (from, to));
        let segment = &one(&run, made).segments[0];
        assert_eq!((segment.start_ms, segment.length_ms), expected);
    }
    // A segment that is none is said to be none.
    let source = desk.write("half.mp4", &made.whole()[..made.init.len() + 200]);
    let broken = transcode_with(&source, &Habits::default(), |order| {
        order.end = Some(wire::End {
            size: Size { name: "240p".to_owned(), width: 320, height: 240 },
            codec: None,
            frame_rate_milli: 25_000,
            start_ms: 0,
            from_ms: 1_000,
            to_ms: 2_000,
        });
    });
    assert!(matches!(broken.reason(), Some(Reason::Broken | Reason::Internal)), "{:?}", broken.end);
}

#[test]
fn an_end_of_slides_lasts_to_the_border_although_pictures_come_seldom() {
    let desk = Desk::new();
    let source = desk.slides(20);
    let run = transcode(&source);
    let made = run.pictures()[0];
    let (begins, ends) = (end_of(&desk, made, 1, (7_300, 14_200)), end_of(&desk, made, 2, (7_300, 14_200)));
    let [begins, ends] = [one(&begins, made), one(&ends, made)].map(|end| &end.segments[0]);
    // Pictures 219 and 426, and the borders between which they lie.
    let border = |number: usize| made.segments[number].start_ms;
    assert_eq!((begins.start_ms, begins.start_ms + u64::from(begins.length_ms)), (7_307, border(2)));
    assert_eq!((ends.start_ms, ends.start_ms + u64::from(ends.length_ms)), (border(2), 14_214));
}

#[test]
fn an_end_of_a_copied_version_has_a_beginning_of_its_own() {
    let desk = Desk::new();
    let moving = "-f lavfi -i testsrc2=s=1280x720:r=25:d=14 -c:v libx264 -preset veryfast -b:v 900k -maxrate 1200k \
                  -bufsize 1200k -pix_fmt yuv420p -sc_threshold 0 -g 50 -keyint_min 50";
    let run = transcode(&desk.make("fit.mp4", moving));
    let made = run.pictures()[0];
    let end = end_of(&desk, made, 0, (1_000, 99_000));
    let end = one(&end, made);
    assert_eq!((end.segments[0].start_ms, end.segments[0].length_ms), (1_000, 5_000));
    assert_ne!(setup(&end.init), setup(&made.init));
    let times = picture_times(&desk.write("alone.mp4", &end.whole()));
    assert_eq!((times.len(), times[0]), (125, 1.0));
}

#[test]
fn moments_of_a_film_that_came_cut_are_not_those_of_its_segments() {
    let desk = Desk::new();
    let run = transcode(&desk.film("film.mp4", "320x240", 25, 14, ""));
    let mut made = run.pictures()[0].clone();
    // Its first segment lies elsewhere: the second one is shown from the beginning.
    made.segments.remove(0);
    made.segments[0].start_ms = 0;
    let run = end_of(&desk, &made, 0, (2_000, 5_000));
    let end = one(&run, &made);
    assert_eq!((end.segments[0].start_ms, end.segments[0].length_ms), (2_000, 3_000));
    let times = picture_times(&desk.write("alone.mp4", &end.whole()));
    assert_eq!((times.len(), times[0]), (75, 8.0), "it goes on where its neighbours count from");
}
