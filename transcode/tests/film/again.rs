//! Runs that go on behind what an earlier one has published, and the processors that a run may use.

use std::collections::BTreeMap;
use std::path::Path;

use crate::measure::{
    Desk, beep, ffmpeg, key_times, number, picture_times, probe, stream, transcode, transcode_with,
};
use crate::parent::{End, Habits, Run};

/// The run, and the processor time that it took in milliseconds.
fn cost(run: &Run) -> u64 {
    match &run.end {
        End::Done { cpu_ms, .. } => *cpu_ms,
        end => panic!("{end:?}"),
    }
}

/// A run behind what the run `whole` has made of the source up to `published`.
fn rest_of(source: &Path, whole: &Run, published: u32) -> Run {
    let order: BTreeMap<String, u32> = whole.made.keys().map(|name| (name.clone(), published)).collect();
    transcode_with(source, &Habits::default(), |order_to| order_to.published.clone_from(&order))
}

/// What the second run makes fits behind what the first one has made up to `published`, picture by picture. Answers what it cost.
fn goes_on(desk: &Desk, source: &Path, whole: &Run, published: u32) -> u64 {
    let rest = rest_of(source, whole, published);
    let costs = cost(&rest);
    assert_eq!(whole.made.keys().collect::<Vec<_>>(), rest.made.keys().collect::<Vec<_>>());
    for (name, made) in &whole.made {
        let later = &rest.made[name];
        assert!(later.init.is_empty(), "{name}: another beginning");
        let cuts = |run: &crate::parent::Made| -> Vec<_> {
            run.segments.iter().map(|cut| (cut.number, cut.start_ms, cut.length_ms)).collect()
        };
        assert_eq!(cuts(made)[published as usize..], cuts(later), "{name}");
        let before = made.segments.iter().take(published as usize);
        let mut bytes = made.init.clone();
        before.chain(&later.segments).for_each(|segment| bytes.extend_from_slice(&segment.bytes));
        let (one, both) = (desk.keep(made), desk.write(&format!("both-{name}.mp4"), &bytes));
        let complaints = ffmpeg(&format!("-v error -xerror -i {} -f null -", both.to_str().unwrap()), None);
        assert_eq!(complaints, "", "{name}");
        let kind = if name == "audio" { "audio" } else { "video" };
        let frames = |path: &Path| number(&stream(&probe(path), kind)["nb_read_frames"]);
        assert_eq!(frames(&both), frames(&one), "{name}");
        if kind == "video" {
            assert_eq!(picture_times(&both), picture_times(&one), "{name}");
            assert_eq!(key_times(&both), key_times(&one), "{name}");
        }
    }
    // What was not published in segments is made anew and whole.
    assert!(!rest.poster.is_empty());
    let frames = |run: &Run, name: &str| {
        number(&stream(&probe(&desk.write(name, &run.plain)), "video")["nb_read_frames"])
    };
    assert_eq!(frames(whole, "plain-1.mp4"), frames(&rest, "plain-2.mp4"));
    costs
}

#[test]
fn a_run_goes_on_where_a_killed_one_stopped() {
    let desk = Desk::new();
    // Ten pictures a second: what is compared is where it goes on, and what both runs cost.
    let source = desk.film("lecture.mp4", "1280x720", 10, 20, &beep(20));
    let whole = transcode(&source);
    let mut rest = goes_on(&desk, &source, &whole, 3);
    // Processor time is longer on a processor that is shared: the least of three is held against the one whole run.
    for _ in 0..2 {
        if rest >= cost(&whole) * 9 / 10 {
            rest = rest.min(cost(&rest_of(&source, &whole, 3)));
        }
    }
    assert!(rest < cost(&whole) * 9 / 10, "{rest} of {} ms: what was there was encoded again", cost(&whole));
    // After the last segment, before the last word.
    goes_on(&desk, &source, &whole, 4);
}

#[test]
fn a_run_goes_on_in_slides_whose_pictures_come_seldom() {
    let desk = Desk::new();
    let source = desk.make(
        "slides.mp4",
        "-f lavfi -i color=white:s=1280x720:r=25:d=20,drawbox=x=100:y=100:w=700:h=60:t=fill,\
         drawbox=x=100:y=300:w=900:h=200:color=blue:t=fill:enable='gte(t,8)'[s];\
         color=red:s=16x24:r=25:d=20[p];[s][p]overlay=x='600+300*sin(t)':y=600 \
         -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
    );
    goes_on(&desk, &source, &transcode(&source), 2);
}

#[test]
fn a_run_goes_on_behind_a_copy() {
    let desk = Desk::new();
    let moving = "-f lavfi -i testsrc2=s=1280x720:r=25:d=14 -c:v libx264 -preset veryfast -b:v 900k -maxrate 1200k \
                  -bufsize 1200k -pix_fmt yuv420p -sc_threshold 0 -g 50 -keyint_min 50 -c:a aac";
    let source = desk.make("fit.mp4", &format!("{} {moving}", beep(14)));
    goes_on(&desk, &source, &transcode(&source), 2);
}

#[test]
fn a_look_at_a_head_reads_nothing_behind_it() {
    const HEAD: u64 = 2 << 20;
    let desk = Desk::new();
    let moving = "-f lavfi -i testsrc2=s=640x360:r=25:d=30 -c:v libx264 -preset ultrafast -b:v 3M -minrate 3M -maxrate 3M -bufsize 3M \
                  -nal-hrd cbr -pix_fmt yuv420p -g 50 -c:a aac -movflags +faststart";
    let source = desk.make("long.mp4", &format!("{} {moving}", beep(30)));
    assert!(std::fs::metadata(&source).unwrap().len() > 4 * HEAD);
    let head = transcode_with(&source, &Habits::default(), |order| order.head_bytes = HEAD);
    cost(&head);
    assert!(head.reach_at_found <= HEAD, "{} bytes were asked for", head.reach_at_found);
    let whole = transcode(&source);
    assert!(whole.reach_at_found > HEAD);
    // Nothing of this film is other behind its head, so the whole goes on with what was made of that.
    let found = head.found.clone();
    let rest = transcode_with(&source, &Habits::default(), |order| {
        order.found.clone_from(&found);
        order.published = whole.made.keys().map(|name| (name.clone(), 2)).collect();
    });
    cost(&rest);
    assert!(!rest.is_anew && rest.found == found, "{:?} and {found:?}", rest.found);
    assert_eq!(whole.made.keys().collect::<Vec<_>>(), head.made.keys().collect::<Vec<_>>());
    for (name, made) in &whole.made {
        let (early, later) = (&head.made[name], &rest.made[name]);
        let cuts = |made: &crate::parent::Made| -> Vec<_> {
            made.segments.iter().map(|cut| (cut.number, cut.start_ms, cut.length_ms)).collect()
        };
        assert_eq!(cuts(early), cuts(made), "{name}");
        assert_eq!(cuts(later), cuts(made)[2..], "{name}");
        assert!(early.init == made.init, "{name}: made in another way");
        // Both in one are what is made in one go, picture by picture.
        let mut bytes = early.init.clone();
        let both = early.segments.iter().take(2).chain(&later.segments);
        both.for_each(|segment| bytes.extend_from_slice(&segment.bytes));
        let (one, both) = (desk.keep(made), desk.write(&format!("both-{name}.mp4"), &bytes));
        let complaints = ffmpeg(&format!("-v error -xerror -i {} -f null -", both.to_str().unwrap()), None);
        assert_eq!(complaints, "", "{name}");
        if name != "audio" {
            assert_eq!(picture_times(&both), picture_times(&one), "{name}");
            assert_eq!(key_times(&both), key_times(&one), "{name}");
        }
    }
}

#[test]
fn what_was_made_of_another_look_is_made_anew() {
    let desk = Desk::new();
    let source = desk.film("film.mp4", "640x360", 25, 14, &beep(14));
    let whole = transcode(&source);
    let mut found = whole.found.clone().expect("something was found");
    found.still = !found.still;
    let anew = transcode_with(&source, &Habits::default(), |order| {
        order.found = Some(found);
        order.published = whole.made.keys().map(|name| (name.clone(), 2)).collect();
    });
    cost(&anew);
    assert!(anew.is_anew && anew.found == whole.found, "{:?}", anew.found);
    for (name, made) in &anew.made {
        assert!(!made.init.is_empty(), "{name}: no beginning");
        assert_eq!(made.segments.len(), whole.made[name].segments.len(), "{name}");
        assert_eq!(made.segments[0].number, 0, "{name}");
    }
}

#[test]
fn what_is_published_under_other_names_changes_nothing() {
    let desk = Desk::new();
    let source = desk.film("small.mp4", "640x360", 25, 14, &beep(14));
    let run = transcode_with(&source, &Habits::default(), |order| {
        order.published = BTreeMap::from([("2160p".to_owned(), 7)]);
    });
    cost(&run);
    for made in run.made.values() {
        assert!(!made.init.is_empty() && made.segments[0].number == 0, "{}", made.rendition.name);
    }
}

#[test]
fn a_run_stays_on_its_processors_and_is_nice() {
    let desk = Desk::new();
    let own = std::fs::read_to_string("/proc/self/status").unwrap();
    let list =
        own.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap().trim().to_owned();
    let first: u32 = list.split([',', '-']).next().unwrap().parse().unwrap();
    let film = desk.film("film.mp4", "320x240", 25, 4, "");
    let run = transcode_with(&film, &Habits::default(), |order| {
        order.cpus = vec![first];
        order.nice = 11;
    });
    cost(&run);
    assert!(run.status.contains(&format!("Cpus_allowed_list:\t{first}\n")), "{}", run.status);
    assert_eq!(run.nice, Some(11));
    // One that does not exist is no reason not to make a film.
    let run = transcode_with(&film, &Habits::default(), |order| order.cpus = vec![1023]);
    cost(&run);
}
