//! What is handed to the parent: renditions as they are announced, segments as they close, the plain
//! file, the poster, and how far the film is. It cuts and counts; it does not encode.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ffmpeg_next::{Packet, Rational};
use video::wire::{FromChild, Order, Rendition, RenditionKind};

use crate::copied::Copied;
use crate::encode::Encoder;
use crate::failure::Failure;
use crate::grid::Grid;
use crate::ladder::{self, Rung};
use crate::packager::{Segment, Track};
use crate::parent::Parent;
use crate::picture::Made;
use crate::plain::Plain;
use crate::poster::Poster;
use crate::probe::Film;
use crate::process;
use crate::sound::{self, Sound};
use crate::source::Reading;
use crate::still::Stills;

/// Name of the sound rendition.
const SOUND: &str = "audio";
/// Time between two words of progress.
const PROGRESS: Duration = Duration::from_millis(500);
/// Packets of sound that wait for the first picture: ten minutes.
const MOST_EARLY: usize = 28_000;

/// What is handed over, and to where it is cut.
pub struct Delivery<'a> {
    parent: &'a Parent,
    order: &'a Order,
    film: &'a Film,
    grid: Grid,
    rungs: Vec<Rung>,
    plain_rung: usize,
    /// Sizes that begin with a segment in the middle, and that segment.
    later: (Vec<usize>, u32),
    tracks: Vec<Track>,
    sound: Option<Track>,
    /// Codec string and highest bits a second of the version that is copied.
    copied: Option<(String, u64)>,
    /// The sound rendition until its first packet.
    unannounced: Option<Rendition>,
    plain: Option<Plain>,
    /// Sound that came before the first picture, for the plain file.
    early: Vec<Packet>,
    poster: Poster,
    stills: Stills,
    reading: Arc<Reading>,
    told: Instant,
}

impl<'a> Delivery<'a> {
    /// For a film made in these versions on this grid.
    pub fn new(
        parent: &'a Parent,
        order: &'a Order,
        film: &'a Film,
        rungs: Vec<Rung>,
        grid: Grid,
        reading: Arc<Reading>,
    ) -> Self {
        let poster = Poster::new(&rungs, film.rate, film.length_ms);
        Self {
            parent,
            order,
            film,
            grid,
            plain_rung: ladder::plain(&rungs),
            later: (Vec::new(), 0),
            stills: Stills::new(poster.rung(), film.rate, film.length_ms),
            poster,
            rungs,
            tracks: Vec::new(),
            sound: None,
            copied: None,
            unannounced: None,
            plain: None,
            early: Vec::new(),
            reading,
            told: Instant::now(),
        }
    }

    /// These sizes begin with this segment; what lies before it is published.
    pub fn go_on(&mut self, later: Vec<usize>, begins: u32) {
        self.later = (later, begins);
    }

    fn picture_unit(&self) -> Rational {
        Rational::new(self.film.rate.per as i32, self.film.rate.pictures as i32)
    }

    /// Makes ready for the sound. It is announced when it has begun: some films state a stream that
    /// holds nothing.
    pub fn expect_sound(&mut self, encoder: &Encoder) -> Result<(), Failure> {
        let unit = sound::TIME_BASE.into();
        self.sound = Some(Track::new(SOUND, encoder.context(), unit, self.grid.clone())?);
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

    /// Makes ready for the largest version, which is the source's own.
    pub fn expect_copy(&mut self, copied: &Copied) -> Result<(), Failure> {
        let Some(top) = self.rungs.first() else { return Ok(()) };
        self.tracks.push(Track::new(&top.name, &copied.context, copied.time_base, self.grid.clone())?);
        // Nobody keeps a copy to a cap; half as much again is what its busiest segment may need.
        let peak = top.bandwidth_estimate(self.order.segment_ms).max(copied.average_bitrate * 3 / 2);
        self.copied = Some((copied.codecs.clone(), peak));
        Ok(())
    }

    fn announce_pictures(
        &mut self,
        encoders: &[(usize, Encoder)],
        sound: Option<&Sound>,
    ) -> Result<(), Failure> {
        let unit = self.picture_unit();
        for (number, encoder) in encoders {
            let name = self.rungs.get(*number).map(|rung| rung.name.as_str()).unwrap_or_default();
            let begins = if self.later.0.contains(number) { self.later.1 } else { 0 };
            let track = Track::going_on(name, encoder.context(), unit, self.grid.clone(), begins)?;
            self.tracks.push(track.of_pictures());
        }
        // The smallest first, as their segments will be.
        for (number, rung) in self.rungs.iter().enumerate().rev() {
            let encoder = encoders.iter().find(|(at, _)| *at == number).map(|(_, encoder)| encoder);
            let (codecs, bandwidth_estimate) = match (encoder, &self.copied) {
                (Some(encoder), _) => (encoder.codecs(), rung.bandwidth_estimate(self.order.segment_ms)),
                (None, Some(copied)) => copied.clone(),
                (None, None) => continue,
            };
            let rendition = Rendition {
                name: rung.name.clone(),
                kind: RenditionKind::Picture,
                width: rung.width,
                height: rung.height,
                frame_rate_milli: self.film.rate.milli(),
                codecs,
                bandwidth_estimate,
            };
            self.parent.say(&FromChild::Rendition(rendition))?;
        }
        let picture = encoders.iter().find(|(number, _)| *number == self.plain_rung);
        let picture = picture.map(|(_, encoder)| (encoder, unit));
        let sound = sound.map(|sound| (sound.encoder(), sound::TIME_BASE.into()));
        let streams: Vec<_> = picture.into_iter().chain(sound).collect();
        self.plain = Some(Plain::new(&streams)?);
        std::mem::take(&mut self.early).iter().try_for_each(|packet| self.plain(1, packet))
    }

    /// Takes what comes of the picture.
    pub fn picture(&mut self, made: Made, sound: Option<&Sound>) -> Result<(), Failure> {
        match made {
            Made::Ready(encoders) => self.announce_pictures(encoders, sound),
            Made::Ended(_) => Ok(()),
            Made::Seen(rung, frame, number) => {
                self.parent.check()?;
                let poster = self.poster.see(rung, frame, number)?;
                self.hand_poster(poster)?;
                let still = self.stills.see(rung, frame, number)?;
                still
                    .map_or(Ok(()), |(at_ms, jpeg)| self.parent.hand_over(&FromChild::Still { at_ms }, &jpeg))
            }
            Made::Packet(rung, packet) => {
                if rung == self.plain_rung {
                    self.plain(0, &packet)?;
                }
                let Some(track) = self.tracks.get_mut(rung) else { return Ok(()) };
                let segment = track.push(packet)?;
                let name = self.rungs.get(rung).map(|rung| rung.name.as_str()).unwrap_or_default();
                segment.map_or(Ok(()), |segment| hand_segment(self.parent, self.order, name, &segment))
            }
        }
    }

    /// Takes a packet of the sound.
    pub fn sound(&mut self, packet: Packet) -> Result<(), Failure> {
        if let Some(rendition) = self.unannounced.take() {
            self.parent.say(&FromChild::Rendition(rendition))?;
        }
        self.plain(1, &packet)?;
        let segment = self.sound.as_mut().map(|track| track.push(packet)).transpose()?.flatten();
        segment.map_or(Ok(()), |segment| hand_segment(self.parent, self.order, SOUND, &segment))
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
    pub fn progress(&mut self, pictures: u64) -> Result<(), Failure> {
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

    /// Ends every stream; the last message is given, not sent.
    pub fn finish(mut self, length_ms: u64, warnings: Vec<String>) -> Result<FromChild, Failure> {
        let poster = self.poster.finish()?;
        self.hand_poster(poster)?;
        let mut renditions = Vec::new();
        for track in self.tracks.iter_mut().chain(self.sound.as_mut()) {
            let last = track.finish()?;
            let summary = track.summary();
            if let Some(segment) = last {
                hand_segment(self.parent, self.order, &summary.name, &segment)?;
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

/// Hands over a segment, unless an earlier run has.
pub fn hand_segment(
    parent: &Parent,
    order: &Order,
    rendition: &str,
    segment: &Segment,
) -> Result<(), Failure> {
    let published = order.published.get(rendition).copied().unwrap_or(0);
    if segment.number < published {
        return Ok(());
    }
    if published == 0
        && let Some(beginning) = &segment.beginning
    {
        parent.hand_over(&FromChild::Init { rendition: rendition.to_owned() }, beginning)?;
    }
    let message = FromChild::Segment {
        rendition: rendition.to_owned(),
        number: segment.number,
        start_ms: segment.start_ms,
        length_ms: segment.length_ms,
        key_bytes: segment.key_bytes,
    };
    parent.hand_over(&message, &segment.bytes)
}
