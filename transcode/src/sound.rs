//! From packets of the source's sound stream to AAC packets: decode, mix to mono or stereo at
//! 48 kHz, begin at zero film time (silence is put in where sound is missing), bring it to the loudness
//! of speech, encode. It does not cut segments.
//!
//! One gain for the whole film, found by [`crate::look`], and a limiter: a teacher's pauses and
//! whispers stay as they are, which a normaliser that follows the sound (libav's `loudnorm` in one
//! pass) would raise.

use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::{Sample, sample};
use ffmpeg_next::{ChannelLayout, Error, Packet, Rational, Rescale, codec, decoder, frame};
use video::wire::{Order, Reason};

use crate::encode::{Encoder, SAMPLE_RATE};
use crate::failure::{During, Failure};
use crate::ladder;
use crate::look::Heard;
use crate::probe::Film;

/// Unit of the packets that come out.
pub const TIME_BASE: (i32, i32) = (1, SAMPLE_RATE as i32);
/// Samples in one AAC-LC frame.
const FRAME_SAMPLES: u32 = 1024;
/// Gaps longer than this are filled here, second by second; libav's resampler would take memory for
/// the whole gap at once.
const GAP_SECONDS: i64 = 1;
/// Highest sample, as a part of full scale: −2.5 dB leaves room for what lies between samples and for
/// what the coder adds, so that the true peak stays below −1.5 dBTP.
const HIGHEST: f64 = 0.75;
/// Samples a second that a stream may have.
const RATES: std::ops::RangeInclusive<u32> = 4000..=384_000;

/// What of a frame the filters are built for.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shape {
    rate: u32,
    format: Sample,
    layout: ChannelLayout,
}

impl Shape {
    fn of(frame: &frame::Audio) -> Self {
        let stated = frame.channel_layout();
        let layout =
            if stated.is_empty() { ChannelLayout::default(i32::from(frame.channels())) } else { stated };
        Self { rate: frame.rate(), format: frame.format(), layout }
    }
}

/// Decoder, filters and encoder.
pub struct Sound {
    decoder: decoder::Audio,
    time_base: Rational,
    /// Time of the source that is zero in the film, in `time_base`.
    origin: i64,
    max_length_ms: u64,
    heard: Heard,
    graph: Option<(Shape, Graph)>,
    /// End of what went into the filters, in `time_base` from the origin.
    end: Option<i64>,
    encoder: Encoder,
    /// Samples that went into the encoder.
    samples: i64,
    /// Whether what comes now is the end: only the last frame may be short.
    ending: bool,
    /// Frames that could not be decoded.
    pub damaged: u32,
}

impl Sound {
    /// For the chosen stream, if the film has one; `heard` is what is known of it.
    pub fn new(
        input: &Input,
        film: &Film,
        heard: Option<Heard>,
        order: &Order,
        origin_us: i64,
    ) -> Result<Option<Self>, Failure> {
        let Some(stream) = film.sound.and_then(|index| input.stream(index)) else { return Ok(None) };
        let context = codec::Context::from_parameters(stream.parameters())
            .during(Reason::Broken, "parameters of the sound")?;
        let mut decoder = context.decoder();
        decoder.set_packet_time_base(stream.time_base());
        let decoder = decoder.audio().during(Reason::Unsupported, "decoder for the sound")?;
        let heard = heard.unwrap_or(Heard { mono: decoder.channels() == 1, gain_db: 0.0 });
        let layout = if heard.mono { ChannelLayout::MONO } else { ChannelLayout::STEREO };
        let time_base = stream.time_base();
        Ok(Some(Self {
            origin: origin_us.rescale(Rational::new(1, 1_000_000), time_base),
            max_length_ms: order.max_length_ms,
            heard,
            graph: None,
            end: None,
            encoder: Encoder::sound(ladder::sound_bitrate(heard.mono), layout)?,
            samples: 0,
            ending: false,
            damaged: 0,
            decoder,
            time_base,
        }))
    }

    /// The encoder, for muxers.
    pub const fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// How much sound there is so far, in milliseconds of film time.
    pub const fn length_ms(&self) -> u64 {
        self.samples as u64 * 1000 / SAMPLE_RATE as u64
    }

    /// Decodes one packet and gives the packets that come of it.
    pub fn push(
        &mut self,
        packet: &Packet,
        made: &mut impl FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if self.decoder.send_packet(packet).is_err() {
            self.damaged += 1;
        }
        self.receive(made)
    }

    /// Ends the stream.
    pub fn finish(&mut self, made: &mut impl FnMut(Packet) -> Result<(), Failure>) -> Result<(), Failure> {
        if self.decoder.send_eof().is_ok() {
            self.receive(made)?;
        }
        self.ending = true;
        self.close(made)?;
        if self.samples > 0 {
            self.encoder.encode(None, |packet| unprimed(packet, made))?;
        }
        Ok(())
    }

    fn receive(&mut self, made: &mut impl FnMut(Packet) -> Result<(), Failure>) -> Result<(), Failure> {
        loop {
            let mut frame = frame::Audio::empty();
            match self.decoder.receive_frame(&mut frame) {
                Ok(()) => self.filter(frame, made)?,
                Err(Error::Eof) => return Ok(()),
                Err(Error::Other { errno }) if errno == libc::EAGAIN => return Ok(()),
                Err(Error::Other { errno }) if errno == libc::ENOMEM => {
                    return Err(Failure::new(Reason::OutOfMemory, "decoding the sound"));
                }
                Err(_) => {
                    self.damaged += 1;
                    return Ok(());
                }
            }
        }
    }

    fn filter(
        &mut self,
        mut frame: frame::Audio,
        made: &mut impl FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let shape = Shape::of(&frame);
        if frame.samples() == 0 || !RATES.contains(&shape.rate) || shape.layout.channels() == 0 {
            self.damaged += 1;
            return Ok(());
        }
        let time = frame.timestamp().map(|time| time.saturating_sub(self.origin));
        let time = time.or(self.end).unwrap_or(0);
        let ms = time.rescale(self.time_base, Rational::new(1, 1000));
        if u64::try_from(ms).unwrap_or(0) > self.max_length_ms {
            return Err(Failure::new(Reason::TooLong, format!("sound at {ms} ms")));
        }
        if self.graph.as_ref().is_some_and(|(built_for, _)| *built_for != shape) {
            self.close(made)?;
        }
        if self.graph.is_none() {
            let graph = build(shape, self.time_base, self.heard, self.samples)
                .during(Reason::Unsupported, "filters for the sound")?;
            self.graph = Some((shape, graph));
        }
        self.fill(time, shape, made)?;
        frame.set_channel_layout(shape.layout);
        frame.set_pts(Some(time));
        let lasts = (frame.samples() as i64).rescale((1, shape.rate as i32), self.time_base);
        self.put(&frame)?;
        self.end = Some(self.end.unwrap_or(i64::MIN).max(time.saturating_add(lasts)));
        self.pull(made)
    }

    /// Silence, second by second, from where the sound stopped (or from zero) to `time`.
    fn fill(
        &mut self,
        time: i64,
        shape: Shape,
        made: &mut impl FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let second = 1_i64.rescale((1, 1), self.time_base).max(1);
        let mut from = self.end.unwrap_or(0);
        while time.saturating_sub(from) > GAP_SECONDS * second {
            let mut silence = frame::Audio::new(shape.format, shape.rate as usize, shape.layout);
            silence.set_rate(shape.rate);
            silence.set_pts(Some(from));
            let zero = if matches!(shape.format, Sample::U8(_)) { 0x80 } else { 0 };
            for plane in 0..silence.planes() {
                silence.data_mut(plane).fill(zero);
            }
            self.put(&silence)?;
            from += second;
            self.end = Some(from);
            self.pull(made)?;
        }
        Ok(())
    }

    fn put(&mut self, frame: &frame::Audio) -> Result<(), Failure> {
        let pad = self.graph.as_mut().and_then(|(_, graph)| graph.get("in"));
        let mut pad = pad.ok_or_else(no_pad)?;
        pad.source().add(frame).during(Reason::Internal, "filtering sound")
    }

    fn close(&mut self, made: &mut impl FnMut(Packet) -> Result<(), Failure>) -> Result<(), Failure> {
        if let Some((_, graph)) = self.graph.as_mut() {
            let mut pad = graph.get("in").ok_or_else(no_pad)?;
            pad.source().flush().during(Reason::Internal, "ending the filters")?;
            self.pull(made)?;
            self.graph = None;
        }
        Ok(())
    }

    fn pull(&mut self, made: &mut impl FnMut(Packet) -> Result<(), Failure>) -> Result<(), Failure> {
        let Some((_, graph)) = self.graph.as_mut() else { return Ok(()) };
        let mut pad = graph.get("out").ok_or_else(no_pad)?;
        loop {
            let mut frame = frame::Audio::empty();
            match pad.sink().frame(&mut frame) {
                // A rest before a change of shape; the next filters begin where it would have begun.
                Ok(()) if frame.samples() < FRAME_SAMPLES as usize && !self.ending => {}
                Ok(()) => {
                    frame.set_pts(Some(self.samples));
                    self.samples += frame.samples() as i64;
                    self.encoder.encode(Some(&frame), |packet| unprimed(packet, made))?;
                }
                Err(Error::Eof) => return Ok(()),
                Err(Error::Other { errno }) if errno == libc::EAGAIN => return Ok(()),
                Err(error) => return Err(error).during(Reason::Internal, "filtering sound"),
            }
        }
    }
}

/// Drops the encoder's priming, which lies before zero film time.
fn unprimed(mut packet: Packet, made: &mut impl FnMut(Packet) -> Result<(), Failure>) -> Result<(), Failure> {
    if packet.pts().is_none_or(|time| time < 0) {
        return Ok(());
    }
    if packet.duration() <= 0 {
        packet.set_duration(i64::from(FRAME_SAMPLES));
    }
    made(packet)
}

fn no_pad() -> Failure {
    Failure::new(Reason::Internal, "a pad of the filters is missing")
}

/// Filters that begin with sample number `first` of the film.
fn build(shape: Shape, time_base: Rational, heard: Heard, first: i64) -> Result<Graph, Error> {
    let mut graph = Graph::new();
    let buffer = filter::find("abuffer").ok_or(Error::FilterNotFound)?;
    let sink = filter::find("abuffersink").ok_or(Error::FilterNotFound)?;
    let arguments = format!(
        "time_base={}/{}:sample_rate={}:sample_fmt={}:channel_layout=0x{:x}",
        time_base.numerator(),
        time_base.denominator(),
        shape.rate,
        shape.format.name(),
        shape.layout.bits()
    );
    graph.add(&buffer, "in", &arguments)?;
    graph.add(&sink, "out", "")?;
    let layout = if heard.mono { "mono" } else { "stereo" };
    let gain = heard.gain_db;
    let planar = Sample::F32(sample::Type::Planar).name();
    graph.output("in", 0)?.input("out", 0)?.parse(&format!(
        "[in]aresample=osr={SAMPLE_RATE}:async=1:first_pts={first},\
         aformat=sample_fmts={planar}:sample_rates={SAMPLE_RATE}:channel_layouts={layout},\
         volume={gain:.2}dB,alimiter=limit={HIGHEST}:level=0:latency=1,aformat=sample_fmts={planar}[out]"
    ))?;
    graph.validate()?;
    graph.get("out").ok_or(Error::FilterNotFound)?.sink().set_frame_size(FRAME_SAMPLES);
    Ok(graph)
}
