//! A further set of pictures, in another codec, of a film that is made: the same pictures at the same moments, cut where the first set is,
//! and nothing else. Some segments are compared ([`crate::judge`]), so that the parent can tell whether they are worth being kept.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ffmpeg_next::{Error, Packet, Rational};
use video::wire::{FromChild, Order, Reason, Rendition, RenditionKind, Second};

use crate::av1::Aim;
use crate::clock::Clock;
use crate::delivery::hand_segment;
use crate::encode::Encoder;
use crate::failure::Failure;
use crate::film;
use crate::grid::Grid;
use crate::judge::{self, Judge};
use crate::ladder::{self, Content, Rate, Rung};
use crate::look::Seen;
use crate::packager::Track;
use crate::parent::Parent;
use crate::picture::{Made, Picture};
use crate::probe;
use crate::process;
use crate::scaler::Plan;
use crate::source::{Reading, Source};

/// Time between two words of progress.
const PROGRESS: Duration = Duration::from_millis(500);

/// Makes the set on a machine with so many cores; the last message (`Done`) is given, not sent.
pub fn make(
    parent: &Arc<Parent>,
    order: &Order,
    second: &Second,
    source: Source,
    cores: usize,
) -> Result<FromChild, Failure> {
    let (mut input, mut film, reading) = probe::opened(source, order, parent)?;
    parent.say(&FromChild::Probed(film.probed.clone()))?;
    let nominal = f64::from(second.frame_rate_milli) / 1000.0;
    film.rate = ladder::rate(nominal, nominal);
    let origin = if second.of_version { 0 } else { film::origin_us(&input, &film) };
    let size = |size: &video::wire::Size| ladder::second(&size.name, size.width, size.height, film.rate);
    let mut rungs: Vec<Rung> = second.sizes.iter().map(size).collect();
    // So that each is compared with what was made in H.264.
    let content = order.found.as_ref().map_or(Content::Mixed, |found| Seen::of(found).content);
    rungs.iter_mut().for_each(|rung| rung.content = content);
    if rungs.is_empty() || second.starts_ms.is_empty() {
        return Err(Failure::new(Reason::Internal, "a further set of nothing"));
    }
    let published = rungs.iter().map(|rung| order.published.get(&rung.name).copied().unwrap_or(0)).min();
    let begins = published.unwrap_or(0);
    let aims: Vec<Aim> = rungs.iter().map(Aim::of).collect();
    let plan = Plan {
        later: if begins > 0 { (0..rungs.len()).collect() } else { Vec::new() },
        begins,
        rungs: rungs.clone(),
        copied: false,
        rate: film.rate,
        shown: film.shown,
        upright: film.upright,
        interlaced: film.interlaced,
        threads: cores.clamp(1, film::MOST_THREADS),
        second: Some((second.codec, aims.clone())),
    };
    let grid = Grid::at(film.rate, order.segment_ms, &second.starts_ms);
    let mut picture = Picture::new(&input, &film, plan, grid.clone(), order, origin)?;
    let mut made = Set {
        parent,
        order,
        grid,
        rate: film.rate,
        rungs,
        begins,
        tracks: Vec::new(),
        aims,
        judges: BTreeMap::new(),
        segment: 0,
        length_ms: film.length_ms,
        reading: Arc::clone(&reading),
        told: Instant::now(),
    };
    let mut clock = Clock::of(&input);
    let mut unreadable = 0;
    loop {
        parent.check()?;
        let mut packet = Packet::empty();
        match packet.read(&mut input) {
            Ok(()) => {}
            Err(Error::Exit) => return Err(Failure::new(Reason::Cancelled, "stopped while reading")),
            Err(Error::InvalidData) if unreadable < 1000 => {
                unreadable += 1;
                continue;
            }
            // What came of a source that was cut is known by the first set, and is compared with it.
            Err(_) => break,
        }
        clock.follow(&mut packet, &input, &film);
        if packet.stream() == film.picture {
            picture.push(&packet, &mut |one| made.take(one))?;
            made.progress(picture.pictures())?;
        }
    }
    parent.check()?;
    reading.check()?;
    picture.finish(&mut |one| made.take(one))?;
    made.finish(film.rate.ms(picture.pictures()))
}

/// What is handed over.
struct Set<'a> {
    parent: &'a Parent,
    order: &'a Order,
    grid: Grid,
    rate: Rate,
    rungs: Vec<Rung>,
    /// The segment that the tracks begin with.
    begins: u32,
    tracks: Vec<Track>,
    aims: Vec<Aim>,
    /// Of segments that are compared, by number of the version and of the segment.
    judges: BTreeMap<(usize, u32), Judge>,
    /// The segment of the picture that was seen last.
    segment: u32,
    length_ms: u64,
    reading: Arc<Reading>,
    told: Instant,
}

impl Set<'_> {
    fn unit(&self) -> Rational {
        Rational::new(self.rate.per as i32, self.rate.pictures as i32)
    }

    fn segment_of(&self, picture: u64) -> u32 {
        let ms = i64::try_from(self.rate.ms(picture)).unwrap_or(i64::MAX);
        u32::try_from(self.grid.segment_at(ms)).unwrap_or(u32::MAX)
    }

    fn take(&mut self, made: Made) -> Result<(), Failure> {
        match made {
            Made::Ready(encoders) => self.announce(encoders),
            Made::Seen(rung, picture, number) => {
                self.parent.check()?;
                self.segment = self.segment_of(number);
                if judge::looks_at(self.segment, self.begins)
                    && let Some(size) = self.rungs.get(rung)
                {
                    let at = (rung, self.segment);
                    self.judges.entry(at).or_insert_with(|| Judge::new(size, self.rate)).see(picture)?;
                }
                Ok(())
            }
            Made::Ended(rung) => {
                let ended: Vec<u32> =
                    self.judges.range((rung, 0)..(rung, self.segment)).map(|(at, _)| at.1).collect();
                ended.into_iter().try_for_each(|segment| self.judge(rung, segment))
            }
            Made::Packet(rung, packet) => {
                let Some(track) = self.tracks.get_mut(rung) else { return Ok(()) };
                let kept = packet.clone();
                if let Some(segment) = track.push(packet)? {
                    hand_segment(self.parent, self.order, &self.name(rung), &segment)?;
                }
                let number = kept.pts().and_then(|pts| u64::try_from(pts).ok()).unwrap_or(0);
                let at = (rung, self.segment_of(number));
                if let Some(judge) = self.judges.get_mut(&at) {
                    judge.take(&kept);
                }
                Ok(())
            }
        }
    }

    fn announce(&mut self, encoders: &[(usize, Encoder)]) -> Result<(), Failure> {
        for (number, encoder) in encoders {
            let Some(rung) = self.rungs.get(*number) else { continue };
            let (name, unit) = (rung.name.clone(), self.unit());
            let track = Track::going_on(&name, encoder.context(), unit, self.grid.clone(), self.begins)?;
            self.tracks.push(track.of_pictures());
            let rendition = Rendition {
                name,
                kind: RenditionKind::Picture,
                width: rung.width,
                height: rung.height,
                frame_rate_milli: self.rate.milli(),
                codecs: encoder.codecs(),
                bandwidth_estimate: rung.bandwidth_estimate(self.order.segment_ms),
            };
            self.parent.say(&FromChild::Rendition(rendition))?;
        }
        Ok(())
    }

    /// Compares what there is of a segment, tells it, and learns from it.
    fn judge(&mut self, rung: usize, segment: u32) -> Result<(), Failure> {
        let Some(judge) = self.judges.remove(&(rung, segment)) else { return Ok(()) };
        let Some(alike) = judge.finish()? else { return Ok(()) };
        if let Some(aim) = self.aims.get(rung) {
            aim.learn(&alike);
        }
        let rendition = self.name(rung);
        let (pictures, second, first) = (alike.pictures, alike.second, alike.first);
        self.parent.say(&FromChild::Judged { rendition, pictures, second, first })
    }

    fn name(&self, rung: usize) -> String {
        self.rungs.get(rung).map(|rung| rung.name.clone()).unwrap_or_default()
    }

    /// Says how far it is, not too often.
    fn progress(&mut self, pictures: u64) -> Result<(), Failure> {
        if self.told.elapsed() < PROGRESS {
            return Ok(());
        }
        self.told = Instant::now();
        let done_ms = self.rate.ms(pictures);
        let read = u128::from(self.reading.reached.load(Ordering::Relaxed).max(1));
        let total_ms = match self.length_ms {
            0 => u64::try_from(u128::from(done_ms) * u128::from(self.order.source_bytes) / read),
            stated => Ok(stated),
        };
        let total_ms = total_ms.unwrap_or(done_ms).max(done_ms);
        self.parent.say(&FromChild::Progress { done_ms, total_ms })
    }

    /// Ends every version; the last message is given, not sent.
    fn finish(mut self, length_ms: u64) -> Result<FromChild, Failure> {
        let mut renditions = Vec::new();
        for rung in 0..self.tracks.len() {
            let Some(track) = self.tracks.get_mut(rung) else { continue };
            let last = track.finish()?;
            let summary = track.summary();
            if let Some(segment) = last {
                hand_segment(self.parent, self.order, &summary.name, &segment)?;
            }
            self.judge(rung, self.segment)?;
            renditions.push(summary);
        }
        self.parent.wait_for_all()?;
        Ok(FromChild::Done { renditions, length_ms, warnings: Vec::new(), cpu_ms: process::cpu_ms() })
    }
}
