//! One film from beginning to end: opens the source, runs picture and sound, hands over what they make
//! as soon as it is made, and says how it ended. The order of work is here; the work is elsewhere.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ffmpeg_next::format::context::Input;
use ffmpeg_next::{Error, Packet, Rational};
use video::wire::{FromChild, Order, Reason, Rendition, RenditionKind};

use crate::encode::Encoder;
use crate::failure::Failure;
use crate::ladder::{self, Rung};
use crate::packager::{Segment, Track};
use crate::parent::Parent;
use crate::picture::{Made, Picture};
use crate::plain::Plain;
use crate::poster::Poster;
use crate::probe::{self, Film};
use crate::process;
use crate::scaler::Plan;
use crate::sound::{self, Sound};
use crate::source::{Reading, Source};

/// Name of the sound rendition.
const SOUND: &str = "audio";
/// Time between two words of progress.
const PROGRESS: Duration = Duration::from_millis(500);
/// Threads of the decoder and of each encoder: more of them take memory for pictures rather than time.
const MOST_THREADS: usize = 4;
/// Packets of sound that wait for the first picture: ten minutes.
const MOST_EARLY: usize = 28_000;
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
    let head = source.head()?;
    let demuxers = probe::container(head)
        .ok_or_else(|| Failure::new(Reason::NotAFilm, "the first bytes are of no film container"))?;
    let reading = source.reading();
    let opened = probe::open(source, demuxers, parent, order.max_pixels);
    parent.check()?;
    reading.check()?;
    let mut input = opened?;
    let film = probe::look(&input, order)?;
    parent.say(&FromChild::Probed(film.probed.clone()))?;
    let rungs = ladder::rungs(film.shown.0, film.shown.1, film.rate);
    let plan = Plan {
        rungs: rungs.clone(),
        rate: film.rate,
        upright: film.upright,
        interlaced: film.interlaced,
        threads: cores.clamp(1, MOST_THREADS),
    };
    let origin = origin_us(&input, &film);
    let mut picture = Picture::new(&input, &film, plan, order, origin)?;
    let mut sound = Sound::new(&input, &film, order, origin)?;
    let mut delivery = Delivery::new(parent, order, &film, rungs, Arc::clone(&reading));
    if let Some(sound) = &sound {
        delivery.expect_sound(sound.encoder())?;
    }
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
        if packet.stream() == film.picture {
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

/// The film's zero in source time, in microseconds: where the earlier of picture and sound begins.
fn origin_us(input: &Input, film: &Film) -> i64 {
    let start = |index: usize| {
        let stream = input.stream(index)?;
        let start = Some(stream.start_time()).filter(|start| *start != ffmpeg_next::ffi::AV_NOPTS_VALUE)?;
        Some(ffmpeg_next::Rescale::rescale(&start, stream.time_base(), Rational::new(1, 1_000_000)))
    };
    let sound = film.sound.and_then(start);
    [start(film.picture), sound].into_iter().flatten().min().unwrap_or(0)
}

/// What is handed over, and to where it is cut.
struct Delivery<'a> {
    parent: &'a Parent,
    order: &'a Order,
    film: &'a Film,
    rungs: Vec<Rung>,
    plain_rung: usize,
    tracks: Vec<Track>,
    sound: Option<Track>,
    /// The sound rendition until its first packet.
    unannounced: Option<Rendition>,
    plain: Option<Plain>,
    /// Sound that came before the first picture, for the plain file.
    early: Vec<Packet>,
    poster: Poster,
    reading: Arc<Reading>,
    told: Instant,
}

impl<'a> Delivery<'a> {
    fn new(
        parent: &'a Parent,
        order: &'a Order,
        film: &'a Film,
        rungs: Vec<Rung>,
        reading: Arc<Reading>,
    ) -> Self {
        Self {
            parent,
            order,
            film,
            plain_rung: ladder::plain(&rungs),
            poster: Poster::new(&rungs, film.rate, film.length_ms),
            rungs,
            tracks: Vec::new(),
            sound: None,
            unannounced: None,
            plain: None,
            early: Vec::new(),
            reading,
            told: Instant::now(),
        }
    }

    fn picture_unit(&self) -> Rational {
        Rational::new(self.film.rate.per as i32, self.film.rate.pictures as i32)
    }

    /// Makes ready for the sound. It is announced when it has begun: some films state a stream that
    /// holds nothing.
    fn expect_sound(&mut self, encoder: &Encoder) -> Result<(), Failure> {
        let unit = sound::TIME_BASE.into();
        self.sound = Some(Track::new(SOUND, encoder.context(), unit, self.order.segment_ms)?);
        self.unannounced = Some(Rendition {
            name: SOUND.to_owned(),
            kind: RenditionKind::Sound,
            width: 0,
            height: 0,
            frame_rate_milli: 0,
            codecs: encoder.codecs(),
            bandwidth_estimate: encoder.bitrate() * 6 / 5,
        });
        Ok(())
    }

    fn announce_pictures(&mut self, encoders: &[Encoder], sound: Option<&Sound>) -> Result<(), Failure> {
        let unit = self.picture_unit();
        for (rung, encoder) in self.rungs.clone().iter().zip(encoders) {
            let rendition = Rendition {
                name: rung.name.clone(),
                kind: RenditionKind::Picture,
                width: rung.width,
                height: rung.height,
                frame_rate_milli: self.film.rate.milli(),
                codecs: encoder.codecs(),
                bandwidth_estimate: rung.bandwidth_estimate(self.order.segment_ms),
            };
            self.tracks.push(Track::new(&rung.name, encoder.context(), unit, self.order.segment_ms)?);
            self.parent.say(&FromChild::Rendition(rendition))?;
        }
        let picture = encoders.get(self.plain_rung).map(|encoder| (encoder, unit));
        let sound = sound.map(|sound| (sound.encoder(), sound::TIME_BASE.into()));
        let streams: Vec<_> = picture.into_iter().chain(sound).collect();
        self.plain = Some(Plain::new(&streams)?);
        std::mem::take(&mut self.early).iter().try_for_each(|packet| self.plain(1, packet))
    }

    fn picture(&mut self, made: Made, sound: Option<&Sound>) -> Result<(), Failure> {
        match made {
            Made::Ready(encoders) => self.announce_pictures(encoders, sound),
            Made::Seen(rung, frame, number) => {
                self.parent.check()?;
                let poster = self.poster.see(rung, frame, number)?;
                self.hand_poster(poster)
            }
            Made::Packet(rung, packet) => {
                if rung == self.plain_rung {
                    self.plain(0, &packet)?;
                }
                let Some(track) = self.tracks.get_mut(rung) else { return Ok(()) };
                let segment = track.push(packet)?;
                let name = self.rungs.get(rung).map(|rung| rung.name.as_str()).unwrap_or_default();
                segment.map_or(Ok(()), |segment| hand_segment(self.parent, name, &segment))
            }
        }
    }

    fn sound(&mut self, packet: Packet) -> Result<(), Failure> {
        if let Some(rendition) = self.unannounced.take() {
            self.parent.say(&FromChild::Rendition(rendition))?;
        }
        self.plain(1, &packet)?;
        let segment = self.sound.as_mut().map(|track| track.push(packet)).transpose()?.flatten();
        segment.map_or(Ok(()), |segment| hand_segment(self.parent, SOUND, &segment))
    }

    fn plain(&mut self, stream: usize, packet: &Packet) -> Result<(), Failure> {
        let Some(plain) = self.plain.as_mut() else {
            if self.early.len() < MOST_EARLY {
                self.early.push(packet.clone());
            }
            return Ok(());
        };
        plain.push(stream, packet)?;
        match plain.piece() {
            Some((offset, bytes)) => self.parent.hand_over(&FromChild::Plain { offset }, &bytes),
            None => Ok(()),
        }
    }

    fn hand_poster(&self, poster: Option<Vec<u8>>) -> Result<(), Failure> {
        poster.map_or(Ok(()), |jpeg| self.parent.hand_over(&FromChild::Poster, &jpeg))
    }

    /// Says how far it is, not too often.
    fn progress(&mut self, pictures: u64) -> Result<(), Failure> {
        if self.told.elapsed() < PROGRESS {
            return Ok(());
        }
        self.told = Instant::now();
        let done_ms = self.film.rate.ms(pictures);
        let read = self.reading.reached.load(Ordering::Relaxed).max(1);
        let total_ms = match self.film.length_ms {
            // Not stated: as the bytes read are to all bytes.
            0 => (u128::from(done_ms) * u128::from(self.order.source_bytes) / u128::from(read)) as u64,
            stated => stated,
        };
        self.parent.say(&FromChild::Progress { done_ms, total_ms: total_ms.max(done_ms) })
    }

    fn finish(mut self, length_ms: u64, warnings: Vec<String>) -> Result<FromChild, Failure> {
        let poster = self.poster.finish()?;
        self.hand_poster(poster)?;
        let mut renditions = Vec::new();
        for track in self.tracks.iter_mut().chain(self.sound.as_mut()) {
            let last = track.finish()?;
            let summary = track.summary();
            if let Some(segment) = last {
                hand_segment(self.parent, &summary.name, &segment)?;
            }
            if summary.segments > 0 {
                renditions.push(summary);
            }
        }
        if let Some(mut plain) = self.plain
            && let Some((offset, bytes)) = plain.finish()?
        {
            self.parent.hand_over(&FromChild::Plain { offset }, &bytes)?;
        }
        self.parent.wait_for_all()?;
        Ok(FromChild::Done { renditions, length_ms, warnings, cpu_ms: process::cpu_ms() })
    }
}

fn hand_segment(parent: &Parent, rendition: &str, segment: &Segment) -> Result<(), Failure> {
    if let Some(beginning) = &segment.beginning {
        parent.hand_over(&FromChild::Init { rendition: rendition.to_owned() }, beginning)?;
    }
    let message = FromChild::Segment {
        rendition: rendition.to_owned(),
        number: segment.number,
        start_ms: segment.start_ms,
        length_ms: segment.length_ms,
    };
    parent.hand_over(&message, &segment.bytes)
}
