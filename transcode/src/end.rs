//! One end of a version of a film that is cut: of the segment that lies across the cut the pictures that are shown, encoded anew. A decoder
//! could begin with a picture in the middle only if it were a key frame, so both ends are made alike.

use std::sync::Arc;

use ffmpeg_next::format::context::Input;
use ffmpeg_next::{Error, Packet, Rational, Rescale};
use video::wire::{End, FromChild, Order, Reason, Rendition, RenditionKind};

use crate::av1::Aim;
use crate::failure::Failure;
use crate::film;
use crate::grid::Grid;
use crate::ladder::{self, Rate, Rung};
use crate::packager::{Segment, Track};
use crate::parent::Parent;
use crate::picture::{Made, Picture};
use crate::probe;
use crate::process;
use crate::scaler::Plan;
use crate::source::Source;

/// Makes the end on a machine with so many cores; the last message (`Done`) is given, not sent.
pub fn make(
    parent: &Arc<Parent>,
    order: &Order,
    end: &End,
    source: Source,
    cores: usize,
) -> Result<FromChild, Failure> {
    let (mut input, mut film, reading) = probe::opened(source, order, parent)?;
    let nominal = f64::from(end.frame_rate_milli) / 1000.0;
    film.rate = ladder::rate(nominal, nominal);
    let size = &end.size;
    let rung = match end.codec {
        Some(_) => ladder::second(&size.name, size.width, size.height, film.rate),
        None => ladder::again(&size.name, size.width, size.height, film.rate),
    };
    // The segment says when it is shown; what is wanted of it is told in the film's own time.
    let first = read(&mut input, parent, film.picture)?.ok_or_else(none)?;
    let unit = input.stream(film.picture).map_or(Rational::new(1, 1000), |stream| stream.time_base());
    let begins_ms = first.pts().map_or(0, |time| time.rescale(unit, Rational::new(1, 1000)));
    let ahead = begins_ms - i64::try_from(end.start_ms).unwrap_or(0);
    let own = |ms: u64| first_at(film.rate, ms.saturating_add_signed(ahead));
    let wanted = own(end.from_ms)..own(end.to_ms);
    let plan = Plan {
        rungs: vec![rung.clone()],
        copied: false,
        later: Vec::new(),
        begins: 0,
        second: end.codec.map(|codec| (codec, vec![Aim::of(&rung)])),
        rate: film.rate,
        shown: film.shown,
        upright: film.upright,
        interlaced: film.interlaced,
        threads: cores.clamp(1, film::MOST_THREADS),
    };
    let grid = Grid::at(film.rate, order.segment_ms, &[film.rate.ms(wanted.start)]);
    let picture = Picture::new(&input, &film, plan, grid.clone(), order, 0)?;
    let mut picture = picture.of_pictures(wanted.clone());
    let (rate, first_picture) = (film.rate, wanted.start);
    let mut made = Pieces { parent, order, rung, grid, rate, first: first_picture, tracks: None };
    let mut next = Some(first);
    while let Some(packet) = next {
        picture.push(&packet, &mut |one| made.take(one))?;
        next = read(&mut input, parent, film.picture)?;
    }
    parent.check()?;
    reading.check()?;
    picture.finish(&mut |one| made.take(one))?;
    if picture.damaged > 0 || picture.pictures() <= wanted.start {
        let detail = format!("{} pictures could not be decoded", picture.damaged);
        return Err(Failure::new(Reason::Broken, detail));
    }
    let (beginning, segment) = made.finish()?;
    let rendition = size.name.clone();
    parent.hand_over(&FromChild::Init { rendition: rendition.clone() }, &beginning)?;
    let length_ms = u64::from(segment.length_ms);
    let message = FromChild::Segment {
        rendition,
        number: 0,
        start_ms: segment.start_ms.saturating_add_signed(-ahead),
        length_ms: segment.length_ms,
        key_bytes: segment.key_bytes,
    };
    parent.hand_over(&message, &segment.bytes)?;
    parent.wait_for_all()?;
    Ok(FromChild::Done { renditions: Vec::new(), length_ms, warnings: Vec::new(), cpu_ms: process::cpu_ms() })
}

/// The next packet of the picture; nothing at the end.
fn read(input: &mut Input, parent: &Parent, picture: usize) -> Result<Option<Packet>, Failure> {
    loop {
        parent.check()?;
        let mut packet = Packet::empty();
        match packet.read(input) {
            Ok(()) if packet.stream() == picture => return Ok(Some(packet)),
            Ok(()) => {}
            Err(Error::Eof) => return Ok(None),
            Err(Error::Exit) => return Err(Failure::new(Reason::Cancelled, "stopped while reading")),
            // It is what we made ourselves: an end with less in it is none.
            Err(error) => return Err(Failure::new(Reason::Broken, format!("reading a segment: {error}"))),
        }
    }
}

fn none() -> Failure {
    Failure::new(Reason::Broken, "an end without a picture")
}

/// The first picture that does not begin before a moment, in milliseconds.
fn first_at(rate: Rate, ms: u64) -> u64 {
    let near = rate.picture(ms);
    if rate.ms(near) < ms { near + 1 } else { near }
}

/// What is cut off the encoder.
struct Pieces<'a> {
    parent: &'a Parent,
    order: &'a Order,
    rung: Rung,
    grid: Grid,
    rate: Rate,
    /// The number of its first picture.
    first: u64,
    /// The segment, and the same counted from zero: how long a decoder holds pictures back stands rightly only in the beginning of a
    /// film that begins at zero.
    tracks: Option<(Track, Track)>,
}

impl Pieces<'_> {
    fn take(&mut self, made: Made) -> Result<(), Failure> {
        match made {
            Made::Ready(encoders) => {
                let unit = Rational::new(self.rate.per as i32, self.rate.pictures as i32);
                let Some((_, encoder)) = encoders.first() else { return Ok(()) };
                let (name, context) = (&self.rung.name, encoder.context());
                let segment = Track::going_on(name, context, unit, self.grid.clone(), 1)?;
                let zero = Grid::at(self.rate, self.grid.segment_ms(), &[0]);
                let from_zero = Track::new(name, context, unit, zero)?;
                self.tracks = Some((segment.of_pictures(), from_zero.of_pictures()));
                self.parent.say(&FromChild::Rendition(Rendition {
                    name: name.clone(),
                    kind: RenditionKind::Picture,
                    width: self.rung.width,
                    height: self.rung.height,
                    frame_rate_milli: self.rate.milli(),
                    codecs: encoder.codecs(),
                    bandwidth_estimate: self.rung.bandwidth_estimate(self.order.segment_ms),
                }))
            }
            Made::Packet(_, packet) => {
                let Some((segment, from_zero)) = &mut self.tracks else { return Ok(()) };
                let first = i64::try_from(self.first).unwrap_or(0);
                let mut earlier = packet.clone();
                earlier.set_pts(packet.pts().map(|time| time - first));
                earlier.set_dts(packet.dts().map(|time| time - first));
                // One key frame, at the beginning: nothing closes before the end.
                from_zero.push(earlier)?;
                segment.push(packet)?;
                Ok(())
            }
            Made::Seen(..) | Made::Ended(_) => Ok(()),
        }
    }

    /// The beginning, and the segment.
    fn finish(self) -> Result<(Vec<u8>, Segment), Failure> {
        let (mut segment, mut from_zero) = self.tracks.ok_or_else(none)?;
        let beginning = from_zero.finish()?.and_then(|first| first.beginning).ok_or_else(none)?;
        Ok((beginning, segment.finish()?.ok_or_else(none)?))
    }
}

#[cfg(test)]
mod tests {
    use super::{Rate, first_at};

    #[test]
    fn a_picture_that_began_before_the_moment_is_not_the_first() {
        let pal = Rate { pictures: 25, per: 1 };
        assert_eq!([0, 1, 39, 40, 41, 7000].map(|ms| first_at(pal, ms)), [0, 1, 1, 1, 2, 175]);
        let ntsc = Rate { pictures: 30_000, per: 1001 };
        assert_eq!([6005, 6006, 6007].map(|ms| first_at(ntsc, ms)), [180, 180, 181]);
    }
}
