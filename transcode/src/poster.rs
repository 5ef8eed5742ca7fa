//! The still that stands for the film: the richest picture of its first tenth (at most the first
//! twenty seconds, so that it is there early), neither black nor empty, as a JPEG about 640 pixels
//! wide. It looks at one picture a second.

use ffmpeg_next::codec::Context;
use ffmpeg_next::{Packet, codec, color, encoder, format, frame};
use video::wire::Reason;

use crate::failure::{During, Failure};
use crate::ladder::{Rate, Rung};
use crate::scaler;

/// Wanted width, in pixels.
const WIDTH: u32 = 640;
/// The last moment of the film that is looked at, in milliseconds.
const LATEST_MS: u64 = 20_000;
/// Looked at when the length of the film is not known, in milliseconds.
const UNKNOWN_MS: u64 = 5_000;
/// Standard deviation of the luma above which a picture shows something.
const RICH: f64 = 12.0;
/// JPEG quality on libav's scale (2 best, 31 worst).
const QUALITY: i32 = 4;
/// libav's unit of quality (`FF_QP2LAMBDA`).
const QUALITY_UNIT: i32 = 118;

/// Looks for the still.
pub struct Poster {
    /// The version whose pictures are looked at.
    rung: usize,
    until_ms: u64,
    rate: Rate,
    /// The next picture that is looked at.
    next: u64,
    best: Option<(f64, frame::Video)>,
    done: bool,
}

impl Poster {
    /// For a film of this length (0: unknown) made in these versions.
    pub fn new(rungs: &[Rung], rate: Rate, length_ms: u64) -> Self {
        let rung = rungs.iter().rposition(|rung| rung.width >= WIDTH).unwrap_or(0);
        let until_ms = if length_ms == 0 { UNKNOWN_MS } else { (length_ms / 10).min(LATEST_MS) };
        Self { rung, until_ms, rate, next: 0, best: None, done: false }
    }

    /// The version whose pictures are looked at.
    pub fn rung(&self) -> usize {
        self.rung
    }

    /// Looks at a picture; gives the JPEG once it is found.
    pub fn see(
        &mut self,
        rung: usize,
        frame: &frame::Video,
        number: u64,
    ) -> Result<Option<Vec<u8>>, Failure> {
        if self.done || rung != self.rung || number < self.next {
            return Ok(None);
        }
        self.next = number + u64::from(self.rate.milli().div_ceil(1000)).max(1);
        let richness = richness(frame);
        // Later pictures are rather the film's matter than its titles: near is good enough.
        if self.best.as_ref().is_none_or(|(best, _)| richness >= best * 0.9) {
            self.best = Some((richness, frame.clone()));
        }
        let is_good = self.best.as_ref().is_some_and(|(best, _)| *best >= RICH);
        if is_good && self.rate.ms(number) >= self.until_ms { self.finish() } else { Ok(None) }
    }

    /// The JPEG of the best picture so far, unless it has been given.
    pub fn finish(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.done {
            return Ok(None);
        }
        self.done = true;
        self.best.take().map(|(_, frame)| jpeg(&frame)).transpose()
    }
}

/// Standard deviation of the luma, from every fourth pixel of every fourth line.
fn richness(frame: &frame::Video) -> f64 {
    let (width, height) = (frame.width() as usize, frame.height() as usize);
    let stride = frame.stride(0);
    // A flipped picture has a negative stride, which shows as a huge one.
    if stride < width || stride > 1 << 20 {
        return 0.0;
    }
    let luma = frame.data(0);
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for row in luma.chunks(stride).take(height).step_by(4) {
        for pixel in row.iter().take(width).step_by(4) {
            let value = f64::from(*pixel);
            count += 1.0;
            sum += value;
            squares += value * value;
        }
    }
    let mean = sum / f64::max(count, 1.0);
    (squares / f64::max(count, 1.0) - mean * mean).max(0.0).sqrt()
}

/// A picture as a JPEG of the poster's size.
pub fn jpeg(frame: &frame::Video) -> Result<Vec<u8>, Failure> {
    let width = WIDTH.min(frame.width());
    let height = (u64::from(frame.height()) * u64::from(width) / u64::from(frame.width().max(1))) as u32;
    let (width, height) = (width.max(2) & !1, height.max(2) & !1);
    let filters = format!("scale=w={width}:h={height}:flags=bicubic:out_range=pc,format=yuv420p");
    let mut small = scaler::convert(frame, &filters)?;
    small.set_pts(Some(0));
    small.set_kind(ffmpeg_next::picture::Type::None);
    let codec = encoder::find(codec::Id::MJPEG)
        .ok_or_else(|| Failure::new(Reason::Internal, "libav was built without a JPEG encoder"))?;
    let mut video = Context::new_with_codec(codec)
        .encoder()
        .video()
        .during(Reason::Internal, "encoder for the poster")?;
    video.set_width(width);
    video.set_height(height);
    video.set_format(format::Pixel::YUV420P);
    video.set_color_range(color::Range::JPEG);
    video.set_time_base((1, 25));
    video.set_flags(codec::Flags::QSCALE);
    video.set_global_quality(QUALITY * QUALITY_UNIT);
    let mut encoder = video.open_as(codec).during(Reason::Internal, "opening the JPEG encoder")?;
    encoder.send_frame(&small).during(Reason::Internal, "encoding the poster")?;
    encoder.send_eof().during(Reason::Internal, "encoding the poster")?;
    let mut packet = Packet::empty();
    encoder.receive_packet(&mut packet).during(Reason::Internal, "encoding the poster")?;
    Ok(packet.data().unwrap_or_default().to_vec())
}
