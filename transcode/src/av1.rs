//! AV1 by SVT-AV1, for further sets of pictures: how its encoder is opened, and its codec string. It does not know what becomes of
//! the packets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ffmpeg_next::codec::Context;
use ffmpeg_next::util::color;
use ffmpeg_next::{Dictionary, encoder, format};
use video::wire::Reason;

use crate::encode::Colours;
use crate::failure::{During, Failure};
use crate::judge::Alike;
use crate::ladder::{Content, Rate, Rung};

/// How much time SVT-AV1 takes (0 most, 13 least). At 10 a set takes one and a half times what x264 takes for all sizes of a camera's film,
/// and three times for slides, of which it has few pictures and opens as many encoders; at 8 four fifths more, for one to seven per cent of
/// the bytes; at 12 a fifth less, for seven to twenty-four per cent more.
const PRESET: &str = "10";

/// Constant quality that a run begins with (0 best, 63 worst), and that of a camera's film from so many lines on: more is
/// forgiven in small pictures.
const FIRST_CRF: u32 = 40;
const FIRST_CRF_FILMED: u32 = 30;
const FILMED_LINES: u32 = 480;
/// The best and the worst that it is changed to.
const CRFS: (f64, f64) = (18.0, 60.0);
/// How much of what H.264 loses may be lost: a little less, since segments between two looks differ.
const LOST: f64 = 0.9;
/// The same of a camera's film, in large sizes and in small ones: AV1 smooths its noise away, which viewers (and VMAF) miss more than
/// structural similarity says. With 0.9 a source of ours had VMAF lower by 1.7 at 720p; with these each size has that of H.264, within
/// 0.04, or more, for 45 % fewer bytes.
const LOST_FILMED: (f64, f64) = (0.74, 0.88);
/// Short side of large sizes, in pixels.
const LARGE: u32 = 720;
/// So many steps of quality change what is lost by a factor of two.
const STEPS: f64 = 5.0;
/// Most steps at once, to the better and to the worse.
const MOST_STEPS: (f64, f64) = (-8.0, 10.0);

/// The quality that a version is made in from its next segment on; it is changed when some of its pictures have been compared.
#[derive(Debug, Clone)]
pub struct Aim {
    crf: Arc<AtomicU32>,
    /// How much of what H.264 loses may be lost.
    lost: f64,
}

impl Aim {
    /// For a version.
    pub fn of(rung: &Rung) -> Self {
        let lines = rung.width.min(rung.height);
        let (first, lost) = match rung.content {
            Content::Slides | Content::Mixed => (FIRST_CRF, LOST),
            Content::Filmed if lines >= LARGE => (FIRST_CRF_FILMED, LOST_FILMED.0),
            Content::Filmed if lines >= FILMED_LINES => (FIRST_CRF_FILMED, LOST_FILMED.1),
            Content::Filmed => (FIRST_CRF, LOST_FILMED.1),
        };
        Self { crf: Arc::new(AtomicU32::new(first)), lost }
    }

    /// Moves towards losing as much as H.264 does.
    pub fn learn(&self, alike: &Alike) {
        let lost = |sum: f64| (1.0 - sum / f64::from(alike.pictures.max(1))).max(1e-5);
        let ratio = self.lost * lost(alike.first) / lost(alike.second);
        let step = (STEPS * ratio.log2()).round().clamp(MOST_STEPS.0, MOST_STEPS.1);
        let crf = (f64::from(self.crf()) + step).clamp(CRFS.0, CRFS.1);
        self.crf.store(crf as u32, Ordering::Relaxed);
    }

    fn crf(&self) -> u32 {
        self.crf.load(Ordering::Relaxed)
    }
}

/// All that is needed to open an encoder once more.
#[derive(Debug, Clone)]
pub struct Recipe {
    rung: Rung,
    rate: Rate,
    colours: Colours,
    aim: Aim,
}

impl Recipe {
    /// For one version.
    pub fn new(rung: &Rung, rate: Rate, colours: Colours, aim: Aim) -> Self {
        Self { rung: rung.clone(), rate, colours, aim }
    }

    /// An encoder of it that has got no picture yet.
    pub fn open(&self) -> Result<encoder::encoder::Encoder, Failure> {
        let codec = encoder::find_by_name("libsvtav1")
            .ok_or_else(|| Failure::new(Reason::Internal, "libav was built without SVT-AV1"))?;
        let mut video =
            Context::new_with_codec(codec).encoder().video().during(Reason::Internal, "encoder for AV1")?;
        let Rate { pictures, per } = self.rate;
        video.set_width(self.rung.width);
        video.set_height(self.rung.height);
        video.set_format(format::Pixel::YUV420P);
        video.set_aspect_ratio((1, 1));
        video.set_time_base((per as i32, pictures as i32));
        video.set_frame_rate(Some((pictures as i32, per as i32)));
        video.set_colorspace(self.colours.space);
        video.set_color_primaries(self.colours.primaries);
        video.set_color_transfer_characteristic(self.colours.transfer);
        video.set_color_range(color::Range::MPEG);
        // Longer than any segment.
        let interval = (u64::from(self.rate.milli()) * 60 / 1000).to_string();
        let crf = self.aim.crf().to_string();
        let options: Dictionary = [
            ("preset", PRESET),
            ("crf", &crf),
            ("g", &interval),
            // With one thread for each of its steps it takes a sixth less time and memory; the sizes run side by side anyway.
            ("svtav1-params", "lp=1"),
            ("flags", "+global_header"),
        ]
        .into_iter()
        .collect();
        let opened = video.open_as_with(codec, options).during(Reason::Internal, "opening SVT-AV1")?;
        Ok(opened.0.0)
    }
}

/// `av01.P.LLT.DD` from the sequence header that an encoder gives as its set-up (AV1 §5.5.1; AV1 in ISOBMFF §5).
pub fn codecs(setup: &[u8]) -> String {
    level(setup).map_or_else(
        || "av01.0.08M.08".to_owned(),
        |(profile, level, tier)| format!("av01.{profile}.{level:02}{tier}.08"),
    )
}

/// Profile, level and tier. Nothing where timing is stated, which our encoder does not do.
fn level(setup: &[u8]) -> Option<(u32, u32, char)> {
    // A box of set-up bytes (`av1C`) begins with a marker and three bytes more.
    let units = if setup.first() == Some(&0x81) { setup.get(4..)? } else { setup };
    let header = *units.first()?;
    // A sequence header is unit type 1; bit 2 says that one more byte follows, bit 1 that a length does.
    if (header >> 3) & 0xf != 1 {
        return None;
    }
    let mut at = 1 + usize::from(header & 0x4 != 0);
    if header & 0x2 != 0 {
        while units.get(at)? & 0x80 != 0 {
            at += 1;
        }
        at += 1;
    }
    let mut bits = Bits { bytes: units.get(at..)?, at: 0 };
    let profile = bits.read(3)?;
    let _still_picture = bits.read(1)?;
    if bits.read(1)? == 1 {
        return Some((profile, bits.read(5)?, 'M'));
    }
    if bits.read(1)? == 1 {
        return None;
    }
    // A delay of the display, how many operating points, and which layers the first has.
    bits.read(1 + 5 + 12)?;
    let level = bits.read(5)?;
    let is_high = level > 7 && bits.read(1)? == 1;
    Some((profile, level, if is_high { 'H' } else { 'M' }))
}

/// Bits, the highest of each byte first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn read(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = (value << 1) | u32::from((byte >> (7 - self.at % 8)) & 1);
            self.at += 1;
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Aim, codecs};
    use crate::judge::Alike;
    use crate::ladder::{Content, Rate, Rung, second};

    #[test]
    fn quality_moves_until_as_much_is_lost_as_in_h264() {
        let rate = Rate { pictures: 25, per: 1 };
        let rung = second("720p", 1280, 720, rate);
        let alike =
            |first: f64, second: f64| Alike { pictures: 10, first: first * 10.0, second: second * 10.0 };
        let learned = |rung: &Rung| {
            let aim = Aim::of(rung);
            [(0.999, 0.9999), (0.99, 0.95), (0.99, 0.991)].map(|(first, second)| {
                aim.learn(&alike(first, second));
                aim.crf()
            })
        };
        assert_eq!(learned(&rung), [50, 42, 42]);
        // Less of a camera's film, most of all where it is large.
        let filmed = Rung { content: Content::Filmed, ..rung };
        assert_eq!(learned(&filmed), [40, 32, 31]);
        let small = Rung { width: 854, height: 480, ..filmed };
        assert_eq!(learned(&small), [40, 32, 32]);
        let smaller = Rung { width: 426, height: 240, ..small };
        assert_eq!(learned(&smaller), [50, 42, 42]);
    }

    #[test]
    fn codec_strings_come_from_the_sequence_header() {
        // Profile 0, no still picture, no timing, no delay, one operating point of all layers, level 5 (3.1).
        let header = [0x0a, 0x0b, 0x00, 0x00, 0x00, 0x2a, 0xbf];
        assert_eq!(codecs(&header), "av01.0.05M.08");
        assert_eq!(codecs(&[&[0x81, 0x05, 0x0c, 0x00], &header[..]].concat()), "av01.0.05M.08");
        assert_eq!(codecs(&[]), "av01.0.08M.08");
        assert_eq!(codecs(&[0x0a, 0xff, 0xff]), "av01.0.08M.08");
    }
}
