//! From packets of the source's picture stream to packets of every picture version: decode once,
//! filter, encode each size. It keeps the film's clock: picture number `n` is shown at `n` / rate.

use ffmpeg_next::format::context::Input;
use ffmpeg_next::threading::{self, Type};
use ffmpeg_next::{Error, Packet, Rational, Rescale, codec, decoder, frame};
use video::wire::{Order, Reason};

use crate::av;
use crate::encode::{Encoder, ask_for_key};
use crate::failure::{During, Failure};
use crate::probe::Film;
use crate::scaler::{Plan, Scaler, Shape};

/// Wanted time between key frames, in milliseconds.
const KEY_MS: u32 = 2000;
/// Damaged frames in a row after which a film is given up.
const PATIENCE: u32 = 2000;

/// What comes out.
pub enum Made<'a> {
    /// The encoders have been opened, one for each version; comes first.
    Ready(&'a [Encoder]),
    /// A packet of a version, counted in pictures.
    Packet(usize, Packet),
    /// A picture of a version, before it is encoded, and its number.
    Seen(usize, &'a frame::Video, u64),
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
    encoders: Vec<Encoder>,
    /// Number of the next picture of the largest version.
    next: u64,
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
        order: &Order,
        origin_us: i64,
    ) -> Result<Self, Failure> {
        let stream =
            input.stream(film.picture).ok_or_else(|| Failure::new(Reason::Internal, "the stream is gone"))?;
        let mut context = codec::Context::from_parameters(stream.parameters())
            .during(Reason::Broken, "parameters of the picture")?;
        av::cap_pixels(&mut context, order.max_pixels);
        let threads = plan.threads;
        context.set_threading(threading::Config { count: threads, ..threading::Config::kind(Type::Frame) });
        let mut decoder = context.decoder();
        decoder.set_packet_time_base(stream.time_base());
        let decoder = decoder.video().during(Reason::Unsupported, "decoder for the picture")?;
        let time_base = stream.time_base();
        Ok(Self {
            decoder,
            time_base,
            plan,
            order: order.clone(),
            origin: origin_us.rescale(Rational::new(1, 1_000_000), time_base),
            scaler: None,
            encoders: Vec::new(),
            next: 0,
            end: 0,
            damaged: 0,
            damaged_in_a_row: 0,
            changes: 0,
            washed_out: false,
        })
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
        self.close(made)?;
        for (rung, encoder) in self.encoders.iter_mut().enumerate() {
            encoder.encode(None, |packet| made(Made::Packet(rung, timed(packet))))?;
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
                    for rung in &self.plan.rungs {
                        self.encoders.push(Encoder::picture(
                            rung,
                            self.plan.rate,
                            scaler.colours,
                            self.plan.threads,
                        )?);
                    }
                    made(Made::Ready(&self.encoders))?;
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
        let Some(scaler) = self.scaler.as_mut() else { return Ok(()) };
        let (rate, segment_ms) = (self.plan.rate, self.order.segment_ms.max(1));
        let parts = (segment_ms / KEY_MS).max(1);
        let (encoders, next) = (&mut self.encoders, &mut self.next);
        scaler.pull(|rung, mut frame| {
            let number = frame.pts().and_then(|pts| u64::try_from(pts).ok()).unwrap_or(*next);
            if rung == 0 {
                *next = number + 1;
            }
            let step = |number| rate.step(number, segment_ms, parts);
            ask_for_key(&mut frame, number == 0 || step(number) > step(number - 1));
            made(Made::Seen(rung, &frame, number))?;
            match encoders.get_mut(rung) {
                Some(encoder) => {
                    encoder.encode(Some(&frame), |packet| made(Made::Packet(rung, timed(packet))))
                }
                None => Ok(()),
            }
        })
    }
}

/// Every picture lasts one unit; x264 does not say so, and a muxer would have to guess at the ends of
/// segments.
fn timed(mut packet: Packet) -> Packet {
    packet.set_duration(1);
    packet
}
