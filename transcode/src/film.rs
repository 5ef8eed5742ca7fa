//! One film from beginning to end: opens the source, runs picture and sound, hands over what they make
//! as soon as it is made, and says how it ended. The order of work is here; the work is elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ffmpeg_next::format::context::Input;
use ffmpeg_next::{Error, Packet, Rational};
use video::wire::{FromChild, Order, Reason};

use crate::clock::Clock;
use crate::copied::Copied;
use crate::delivery::Delivery;
use crate::failure::Failure;
use crate::grid::Grid;
use crate::ladder::{self, Rung};
use crate::look::{self, Seen};
use crate::parent::Parent;
use crate::picture::{Made, Picture};
use crate::probe::{self, Film};
use crate::scaler::Plan;
use crate::sound::Sound;
use crate::source::{Shared, Source};

/// Threads of the decoder and of each encoder: more of them take memory for pictures rather than time.
pub const MOST_THREADS: usize = 4;
/// A film that ends this much before its stated length (and 2 %) was cut.
const CUT_MS: u64 = 1500;

/// Makes the film on a machine with so many cores; the last message (`Done`) is given, not sent.
pub fn make(
    parent: &Arc<Parent>,
    order: &Order,
    mut source: Source,
    cores: usize,
) -> Result<FromChild, Failure> {
    if order.source_bytes == 0 {
        return Err(Failure::new(Reason::Empty, "the source has no bytes"));
    }
    let demuxers = probe::demuxers(&mut source)?;
    let reading = source.reading();
    reading.ends.store(order.head_bytes, Ordering::Relaxed);
    let source = Shared::new(source);
    let open = || {
        let opened = probe::open(source.clone(), demuxers, parent, order.max_pixels);
        parent.check()?;
        reading.check()?;
        opened
    };
    let mut input = open()?;
    let film = probe::look(&input, order)?;
    parent.say(&FromChild::Probed(film.probed.clone()))?;
    let seen = look::around(&mut input, &film, order, parent)?;
    drop(input);
    reading.ends.store(0, Ordering::Relaxed);
    let (seen, order) = &going_on(seen, order, parent)?;
    let mut input = open()?;
    let mut rungs = ladder::rungs(film.shown.0, film.shown.1, film.rate);
    rungs.iter_mut().for_each(|rung| rung.content = seen.content);
    let origin = origin_us(&input, &film);
    let copied = if demuxers.starts_with("mov") {
        Copied::of(&input, &film, &rungs, order, seen, origin)?
    } else {
        None
    };
    let (later, begins) = published(order, &rungs, copied.is_some());
    let plan = Plan {
        rungs: rungs.clone(),
        copied: copied.is_some(),
        later: later.clone(),
        begins,
        second: None,
        rate: film.rate,
        shown: film.shown,
        upright: film.upright,
        interlaced: film.interlaced,
        threads: cores.clamp(1, MOST_THREADS),
    };
    let grid =
        Grid::even(film.rate, order.segment_ms).or_own(copied.as_ref().map(|copied| copied.grid.clone()));
    let mut picture = Picture::new(&input, &film, plan, grid.clone(), order, origin)?;
    let mut sound = Sound::new(&input, &film, seen.heard, order, origin)?;
    let mut delivery = Delivery::new(parent, order, &film, rungs, grid, Arc::clone(&reading));
    delivery.go_on(later, begins);
    if let Some(copied) = &copied {
        delivery.expect_copy(copied)?;
    }
    if let Some(sound) = &sound {
        delivery.expect_sound(sound.encoder())?;
    }
    let mut clock = Clock::of(&input);
    let mut unreadable = 0;
    let ended_early = loop {
        parent.check()?;
        let mut packet = Packet::empty();
        match packet.read(&mut input) {
            Ok(()) => {}
            Err(Error::Eof) => break None,
            Err(Error::Exit) => return Err(Failure::new(Reason::Cancelled, "stopped while reading")),
            Err(Error::InvalidData) if unreadable < 1000 => {
                unreadable += 1;
                continue;
            }
            Err(error) => break Some(error),
        }
        clock.follow(&mut packet, &input, &film);
        if packet.stream() == film.picture {
            if let Some(packet) = copied.as_ref().and_then(|copied| copied.packet(&packet)) {
                delivery.picture(Made::Packet(0, packet), sound.as_ref())?;
            }
            picture.push(&packet, &mut |made| delivery.picture(made, sound.as_ref()))?;
            delivery.progress(picture.pictures())?;
        } else if film.sound == Some(packet.stream())
            && let Some(sound) = &mut sound
        {
            sound.push(&packet, &mut |packet| delivery.sound(packet))?;
        }
    };
    parent.check()?;
    reading.check()?;
    picture.finish(&mut |made| delivery.picture(made, sound.as_ref()))?;
    if picture.pictures() == 0 {
        return Err(Failure::new(Reason::Broken, "no picture could be decoded"));
    }
    if let Some(sound) = &mut sound {
        sound.finish(&mut |packet| delivery.sound(packet))?;
    }
    let sound_ms = sound.as_ref().map_or(0, Sound::length_ms);
    let length_ms = film.rate.ms(picture.pictures()).max(sound_ms);
    let mut warnings = Vec::new();
    if let Some(error) = ended_early {
        warnings.push(format!("reading the source ended with an error: {error}"));
    }
    if film.length_ms > length_ms + CUT_MS + length_ms / 50 {
        warnings
            .push(format!("the source states {} ms and holds {length_ms} ms: it was cut", film.length_ms));
    }
    if unreadable > 0 {
        warnings.push(format!("{unreadable} places of the source could not be read"));
    }
    if picture.damaged > 0 {
        warnings.push(format!("{} pictures could not be decoded", picture.damaged));
    }
    if let Some(damaged) = sound.as_ref().map(|sound| sound.damaged).filter(|damaged| *damaged > 0) {
        warnings.push(format!("{damaged} pieces of sound could not be decoded"));
    }
    if picture.changes > 0 {
        warnings.push(format!("the picture changes its size or form {} times", picture.changes));
    }
    if picture.washed_out {
        warnings.push("HDR colours are not converted: this libav has no zscale".to_owned());
    }
    delivery.finish(length_ms, warnings)
}

/// What was seen, or what the run saw that this one goes on behind, when both would make the same of it; else everything is made anew.
fn going_on(seen: Seen, order: &Order, parent: &Parent) -> Result<(Seen, Order), Failure> {
    let (seen, order) = match order.found.as_ref().map(Seen::of) {
        Some(before) if before.goes_with(&seen) => (before, order.clone()),
        Some(_) => {
            parent.say(&FromChild::Anew)?;
            (seen, Order { published: BTreeMap::new(), ..order.clone() })
        }
        None => (seen, order.clone()),
    };
    parent.say(&FromChild::Found(seen.said()))?;
    Ok((seen, order))
}

/// The sizes that need not be encoded from the beginning, since an earlier run published them up to a segment, and that segment. The
/// size that the plain file is made of is encoded from the beginning, and one that is copied costs nothing.
fn published(order: &Order, rungs: &[Rung], is_copied: bool) -> (Vec<usize>, u32) {
    let plain = ladder::plain(rungs);
    let later: Vec<usize> = (usize::from(is_copied)..rungs.len()).filter(|rung| *rung != plain).collect();
    let known = |rung: &usize| {
        rungs.get(*rung).and_then(|rung| order.published.get(&rung.name)).copied().unwrap_or(0)
    };
    match later.iter().map(known).min() {
        Some(begins @ 1..) => (later, begins),
        _ => (Vec::new(), 0),
    }
}

/// The film's zero in source time, in microseconds: where the earlier of picture and sound begins.
pub fn origin_us(input: &Input, film: &Film) -> i64 {
    let start = |index: usize| {
        let stream = input.stream(index)?;
        let start = Some(stream.start_time()).filter(|start| *start != ffmpeg_next::ffi::AV_NOPTS_VALUE)?;
        Some(ffmpeg_next::Rescale::rescale(&start, stream.time_base(), Rational::new(1, 1_000_000)))
    };
    let sound = film.sound.and_then(start);
    [start(film.picture), sound].into_iter().flatten().min().unwrap_or(0)
}
