//! From packets of the source's picture stream to packets of every picture version: decode once,
//! filter, choose what is worth coding ([`crate::pace`]), encode each size. It keeps the film's clock:
//! picture number `n` is shown at `n` / rate.

use ffmpeg_next::format::context::Input;
use ffmpeg_next::threading::{self, Type};
use ffmpeg_next::{Error, Packet, Rational, Rescale, codec, decoder, frame};
use video::wire::{Order, Reason, SecondCodec};

use crate::av;
use crate::av1::{self, Aim};
use crate::coded::Coded;
use crate::encode::{Colours, Encoder, ask_for_key};
use crate::failure::{During, Failure};
use crate::grid::Grid;
use crate::ladder;
use crate::lane::Lane;
use crate::pace::{Pace, Step};
use crate::probe::Film;
use crate::scaler::{Cascade, Plan, Scaler, Shape};

/// Damaged frames in a row after which a film is given up.
const PATIENCE: u32 = 2000;

/// What comes out.
pub enum Made<'a> {
    /// The encoders have been opened, one for each version that is encoded, with its number; comes first.
    Ready(&'a [(usize, Encoder)]),
    /// A packet of a version, counted in pictures.
    Packet(usize, Packet),
    /// All packets of a version are there that belong to pictures before the last one seen.
    Ended(usize),
    /// A picture of a version, before it is encoded, and its number.
    Seen(usize, &'a frame::Video, u64),
}

/// An encoder of one size.
enum Work {
    /// At work beside the decoder.
    Beside(Lane),
    /// One that begins anew with every key frame, and has threads of its own.
    Here(Encoder),
}

/// Decoder, filters and encoders.
pub struct Picture {
    decoder: decoder::Video,
    time_base: Rational,
    plan: Plan,
    order: Order,
    /// Time of the source that is zero in the film, in `time_base`.
    origin: i64,
    scaler: Option<Scaler>,
    cascade: Option<Cascade>,
    encoders: Vec<(usize, Work)>,
    pace: Pace,
    grid: Grid,
    coded: Coded,
    /// The same for the versions that are published up to a segment: their encoders begin with it.
    coded_later: Coded,
    /// The number of the segment that the next picture lies in, and one more.
    segments_begun: u32,
    /// The last picture, when it was left out: a film ends with its own last picture.
    left_out: Option<frame::Video>,
    /// Number of the next picture.
    next: u64,
    /// The first picture that is not wanted any more.
    behind: u64,
    /// End of what went into the filters, in `time_base` from the origin.
    end: i64,
    /// Frames that could not be decoded.
    pub damaged: u32,
    damaged_in_a_row: u32,
    /// Whether the last changes of shape needed other filters.
    pub changes: u32,
    /// HDR that could not be mapped.
    pub washed_out: bool,
}

impl Picture {
    /// For the chosen stream of an open input; `origin_us` is the film's zero in source time.
    pub fn new(
        input: &Input,
        film: &Film,
        plan: Plan,
        grid: Grid,
        order: &Order,
        origin_us: i64,
    ) -> Result<Self, Failure> {
        let stream =
            input.stream(film.picture).ok_or_else(|| Failure::new(Reason::Internal, "the stream is gone"))?;
        let mut context = codec::Context::from_parameters(stream.parameters())
            .during(Reason::Broken, "parameters of the picture")?;
        av::cap_pixels(&mut context, order.max_pixels);
        let threads = plan.threads_beside();
        context.set_threading(threading::Config { count: threads, ..threading::Config::kind(Type::Frame) });
        let mut decoder = context.decoder();
        decoder.set_packet_time_base(stream.time_base());
        let decoder = decoder.video().during(Reason::Unsupported, "decoder for the picture")?;
        let time_base = stream.time_base();
        Ok(Self {
            decoder,
            time_base,
            pace: Pace::new(plan.rate, grid.clone()),
            grid,
            plan,
            order: order.clone(),
            origin: origin_us.rescale(Rational::new(1, 1_000_000), time_base),
            scaler: None,
            cascade: None,
            encoders: Vec::new(),
            coded: Coded::default(),
            coded_later: Coded::default(),
            segments_begun: 0,
            left_out: None,
            next: 0,
            behind: u64::MAX,
            end: 0,
            damaged: 0,
            damaged_in_a_row: 0,
            changes: 0,
            washed_out: false,
        })
    }

    /// The same with these pictures alone, the last one not included; what is shown when the first one begins is the first.
    pub fn of_pictures(self, pictures: std::ops::Range<u64>) -> Self {
        Self { next: pictures.start, behind: pictures.end, ..self }
    }

    /// How many pictures the largest version has so far.
    pub const fn pictures(&self) -> u64 {
        self.next
    }

    /// Decodes one packet and gives what comes of it.
    pub fn push(
        &mut self,
        packet: &Packet,
        made: &mut impl FnMut(Made) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match self.decoder.send_packet(packet) {
            Ok(()) => {}
            Err(error) => self.forgive(error)?,
        }
        self.receive(made)
    }

    /// Ends the stream.
    pub fn finish(&mut self, made: &mut impl FnMut(Made) -> Result<(), Failure>) -> Result<(), Failure> {
        // A cut film may refuse even the end; what was decoded still counts.
        if self.decoder.send_eof().is_ok() {
            self.receive(made)?;
        }
        if self.behind < u64::MAX {
            // Packets of pictures that come seldom do not say how long the last one is shown.
            let rate = self.plan.rate;
            let unit = Rational::new(rate.per as i32, rate.pictures as i32);
            let end = i64::try_from(self.behind).unwrap_or(0).rescale(unit, self.time_base);
            self.end = self.end.max(end);
        }
        self.close(made)?;
        if let Some(last) = self.left_out.take() {
            self.code(last, self.next.saturating_sub(1), false, made)?;
        }
        let mut beside = self.encoders.iter().filter_map(|(_, work)| match work {
            Work::Beside(lane) => Some(lane),
            Work::Here(_) => None,
        });
        beside.try_for_each(Lane::end)?;
        for (rung, work) in self.encoders.iter_mut().rev() {
            let coded = if self.plan.later.contains(rung) { &self.coded_later } else { &self.coded };
            let take = |packet| made(Made::Packet(*rung, coded.timed(packet)));
            match work {
                Work::Beside(lane) => lane.rest(take)?,
                Work::Here(encoder) => encoder.encode(None, take)?,
            }
        }
        Ok(())
    }

    fn receive(&mut self, made: &mut impl FnMut(Made) -> Result<(), Failure>) -> Result<(), Failure> {
        loop {
            let mut frame = frame::Video::empty();
            match self.decoder.receive_frame(&mut frame) {
                Ok(()) => self.filter(frame, made)?,
                Err(Error::Eof) => return Ok(()),
                Err(Error::Other { errno }) if errno == libc::EAGAIN => return Ok(()),
                Err(error) => {
                    self.forgive(error)?;
                    return Ok(());
                }
            }
        }
    }

    fn forgive(&mut self, error: Error) -> Result<(), Failure> {
        self.damaged += 1;
        self.damaged_in_a_row += 1;
        let hopeless = self.damaged_in_a_row > PATIENCE;
        match error {
            Error::InvalidData | Error::Eof | Error::PatchWelcome if !hopeless => Ok(()),
            Error::Other { errno } if !hopeless && (errno == libc::EAGAIN || errno == libc::EINVAL) => Ok(()),
            error => Err(error).during(Reason::Broken, "decoding the picture"),
        }
    }

    fn filter(
        &mut self,
        mut frame: frame::Video,
        made: &mut impl FnMut(Made) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.damaged_in_a_row = 0;
        let time = frame.timestamp().map_or(self.end, |time| time.saturating_sub(self.origin));
        // Times that run backwards come from damaged films; the filters want them in order.
        let time = if self.scaler.is_some() { time.max(self.end.saturating_sub(1)) } else { time };
        let ms = time.rescale(self.time_base, Rational::new(1, 1000));
        if u64::try_from(ms).unwrap_or(0) > self.order.max_length_ms {
            return Err(Failure::new(Reason::TooLong, format!("a picture at {ms} ms")));
        }
        let lasts = match frame.packet().duration {
            stated if stated > 0 => stated,
            _ => i64::from(self.plan.rate.per).rescale((1, self.plan.rate.pictures as i32), self.time_base),
        };
        frame.set_pts(Some(time));
        let pixels = u64::from(frame.width()) * u64::from(frame.height());
        if pixels > self.order.max_pixels {
            return Err(Failure::new(Reason::TooLarge, format!("a picture of {pixels} pixels")));
        }
        let shape = Shape::of(&frame);
        if self.scaler.as_ref().is_some_and(|scaler| scaler.shape != shape) {
            self.changes += 1;
            self.close(made)?;
        }
        let scaler = match self.scaler.as_mut() {
            Some(scaler) => scaler,
            None => {
                let scaler = Scaler::new(&self.plan, &frame, self.time_base, self.next)?;
                self.washed_out |= scaler.washed_out;
                if self.encoders.is_empty() {
                    let encoders = open(&self.plan, scaler.colours)?;
                    made(Made::Ready(&encoders))?;
                    for (number, encoder) in encoders {
                        let work = match self.plan.second {
                            Some(_) => Work::Here(encoder),
                            None => Work::Beside(Lane::of(encoder)?),
                        };
                        self.encoders.push((number, work));
                    }
                }
                self.scaler.insert(scaler)
            }
        };
        scaler.push(&frame)?;
        self.end = time.saturating_add(lasts);
        self.pull(made)
    }

    /// Ends the filters, so that the last frame keeps its length.
    fn close(&mut self, made: &mut impl FnMut(Made) -> Result<(), Failure>) -> Result<(), Failure> {
        if let Some(scaler) = self.scaler.as_mut() {
            scaler.close(self.end)?;
            self.pull(made)?;
            self.scaler = None;
        }
        Ok(())
    }

    fn pull(&mut self, made: &mut impl FnMut(Made) -> Result<(), Failure>) -> Result<(), Failure> {
        while let Some(picture) = self.scaler.as_mut().map(Scaler::pull).transpose()?.flatten() {
            let number = picture.pts().and_then(|pts| u64::try_from(pts).ok()).unwrap_or(self.next);
            if number >= self.behind {
                continue;
            }
            self.next = number + 1;
            self.segments_begun += u32::from(self.grid.starts(number));
            match self.pace.step(&picture, number) {
                Step::Leave => self.left_out = Some(picture),
                Step::Code { key } => {
                    self.left_out = None;
                    self.code(picture, number, key, made)?;
                }
            }
        }
        Ok(())
    }

    /// Makes all sizes of a picture and encodes them, the smallest first.
    fn code(
        &mut self,
        mut picture: frame::Video,
        number: u64,
        key: bool,
        made: &mut impl FnMut(Made) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        // The encoders count what they get: their choices of quality are made for even times.
        let place = self.coded.add(number);
        let is_late = self.segments_begun > self.plan.begins;
        let later = if is_late { self.coded_later.add(number) } else { 0 };
        if !is_late && self.plan.later.len() == self.plan.rungs.len() {
            return Ok(());
        }
        picture.set_pts(Some(place));
        if self.cascade.is_none() {
            self.cascade = Cascade::new(&self.plan, &picture)?;
        }
        let (encoders, plan) = (&mut self.encoders, &self.plan);
        let (coded, coded_later) = (&self.coded, &self.coded_later);
        let mut encode = |rung: usize, mut picture: frame::Video| {
            ask_for_key(&mut picture, key);
            made(Made::Seen(rung, &picture, number))?;
            let is_later = plan.later.contains(&rung);
            if is_later && !is_late {
                return Ok(());
            }
            let (coded, place) = if is_later { (coded_later, later) } else { (coded, place) };
            picture.set_pts(Some(place));
            match encoders.iter_mut().find(|(at, _)| *at == rung) {
                Some((_, Work::Beside(lane))) => {
                    lane.encode(picture, |packet| made(Made::Packet(rung, coded.timed(packet))))
                }
                Some((_, Work::Here(encoder))) => {
                    if key && encoder.end_part(|packet| made(Made::Packet(rung, coded.timed(packet))))? {
                        made(Made::Ended(rung))?;
                        encoder.begin_anew()?;
                    }
                    encoder.encode(Some(&picture), |packet| made(Made::Packet(rung, coded.timed(packet))))
                }
                None => Ok(()),
            }
        };
        if let Some(cascade) = &mut self.cascade {
            let shared = av::shared(&picture).during(Reason::Internal, "sharing a picture")?;
            cascade.make(shared, &mut encode)?;
        }
        encode(0, picture)
    }
}

/// The encoders of the versions that are not copied.
fn open(plan: &Plan, colours: Colours) -> Result<Vec<(usize, Encoder)>, Failure> {
    let Plan { rungs, rate, threads, copied, second, .. } = plan;
    let made = rungs.get(usize::from(*copied)..).unwrap_or_default();
    let shares = ladder::shares(made, *threads);
    let opened = (usize::from(*copied)..).zip(made).zip(shares).map(|((number, rung), threads)| {
        let encoder = match second {
            Some((SecondCodec::Av1, aims)) => {
                let aim = aims.get(number).cloned().unwrap_or_else(|| Aim::of(rung));
                Encoder::second(av1::Recipe::new(rung, *rate, colours, aim))?
            }
            None => Encoder::picture(rung, *rate, colours, threads)?,
        };
        Ok((number, encoder))
    });
    opened.collect()
}
