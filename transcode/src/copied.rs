//! Whether the largest version is there already: a source in H.264 as every player takes it, with key
//! frames where segments can begin, is cut and not encoded again, which costs nothing and loses
//! nothing. It judges by the header and the index; [`crate::look`] has seen some of the pictures.

use ffmpeg_next::format::context::Input;
use ffmpeg_next::{Packet, Rational, Rescale, codec};
use video::wire::{Order, Reason};

use crate::av::{self, Entry};
use crate::encode;
use crate::failure::{During, Failure};
use crate::grid::Own;
use crate::ladder::{self, Content, Rate, Rung};
use crate::look::Seen;
use crate::probe::{Film, Upright};

/// Shortest mean time between key frames, in milliseconds: closer ones would cost the other versions
/// more than the copy saves.
const CLOSEST_KEYS_MS: u64 = 950;
/// Highest level that is copied (ITU-T H.264 table A-1: 1080p with 60 pictures a second).
const HIGHEST_LEVEL: u8 = 42;
/// Profiles that every player takes: baseline, main, high.
const PROFILES: [u8; 3] = [66, 77, 100];

/// A version that is copied.
pub struct Copied {
    /// Its parameters, for a muxer.
    pub context: codec::Context,
    /// Unit of its packets.
    pub time_base: Rational,
    /// Its codec string.
    pub codecs: String,
    /// Bits a second that the source has on average.
    pub average_bitrate: u64,
    /// Where its key frames lie.
    pub grid: Own,
    /// Time of the source that is zero in the film, in `time_base`.
    origin: i64,
}

impl Copied {
    /// The source's picture, if it can be the largest of these versions.
    pub fn of(
        input: &Input,
        film: &Film,
        rungs: &[Rung],
        order: &Order,
        seen: &Seen,
        origin_us: i64,
    ) -> Result<Option<Self>, Failure> {
        let (Some(stream), Some(top)) = (input.stream(film.picture), rungs.first()) else { return Ok(None) };
        let stated = av::stated(&stream);
        let setup = av::setup(&stream);
        let [1, profile, compatible, level, ..] = setup[..] else { return Ok(None) };
        let same_size = (stated.width, stated.height) == (top.width as i32, top.height as i32);
        let as_it_is = stated.plain_picture && !stated.interlaced && film.upright == Upright::default();
        let average_bitrate = match u64::try_from(stream.parameters().bit_rate()) {
            Ok(stated @ 1..) => stated,
            _ => order.source_bytes.saturating_mul(8000) / film.length_ms.max(1),
        };
        let fits = stream.parameters().id() == codec::Id::H264
            && PROFILES.contains(&profile)
            && level <= HIGHEST_LEVEL
            && same_size
            && as_it_is
            && film.shown == (top.width, top.height)
            && average_bitrate <= u64::from(top.max_bitrate)
            && ladder::plain(rungs) > 0
            // Slides weigh a fraction when they are made anew.
            && seen.content != Content::Slides
            && seen.closed;
        if !fits {
            return Ok(None);
        }
        let time_base = stream.time_base();
        let origin = origin_us.rescale(Rational::new(1, 1_000_000), time_base);
        let index = av::index(&stream);
        if i64::try_from(index.len()) != Ok(stream.frames()) {
            return Ok(None);
        }
        let first = stream.start_time().saturating_sub(origin);
        let seconds = f64::from(time_base);
        let Some(grid) = own(&index, first, seconds, film.rate, order.segment_ms) else { return Ok(None) };
        let context = codec::Context::from_parameters(stream.parameters())
            .during(Reason::Internal, "parameters of the copy")?;
        let codecs = encode::avc(profile, compatible, level);
        Ok(Some(Self { context, time_base, codecs, average_bitrate, grid, origin }))
    }

    /// A packet of the source in film time; nothing of what lies before it.
    pub fn packet(&self, packet: &Packet) -> Option<Packet> {
        let mut packet = packet.clone();
        let shifted = |time: Option<i64>| time.map(|time| time.saturating_sub(self.origin));
        let (shown, decoded) = (shifted(packet.pts()), shifted(packet.dts()));
        packet.set_pts(shown);
        packet.set_dts(decoded);
        shown.is_some_and(|shown| shown >= 0).then_some(packet)
    }
}

/// The grid of an index whose first picture is shown at `first`; nothing if pictures come unevenly or
/// a segment would be more than one picture longer or shorter than wanted.
fn own(index: &[Entry], first: i64, unit_seconds: f64, rate: Rate, segment_ms: u32) -> Option<Own> {
    let pictures_a_unit = unit_seconds * f64::from(rate.pictures) / f64::from(rate.per);
    let start = index.first()?.time;
    let place = |entry: &Entry| (entry.time - start + first) as f64 * pictures_a_unit;
    let even = index.iter().enumerate().all(|(at, entry)| (place(entry) - at as f64).abs() < 0.75);
    if !even {
        return None;
    }
    let keys: Vec<u64> =
        index.iter().enumerate().filter(|(_, entry)| entry.key).map(|(at, _)| at as u64).collect();
    let mean_ms = rate.ms(index.len() as u64) / keys.len().max(1) as u64;
    if keys.first() != Some(&0) || mean_ms < CLOSEST_KEYS_MS {
        return None;
    }
    let segment = f64::from(segment_ms) / 1000.0 * f64::from(rate.pictures) / f64::from(rate.per);
    let mut starts = vec![0];
    loop {
        let target = starts.last().copied()? as f64 + segment;
        if target >= index.len() as f64 {
            return Some(Own { keys, starts });
        }
        let near = keys.iter().copied().min_by(|one, other| {
            let apart = |key: &u64| (*key as f64 - target).abs();
            apart(one).total_cmp(&apart(other))
        })?;
        if (near as f64 - target).abs() > 1.0 {
            return None;
        }
        starts.push(near);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(pictures: i64, every: i64) -> Vec<Entry> {
        (0..pictures).map(|at| Entry { time: at * 512, key: at % every == 0 }).collect()
    }

    #[test]
    fn key_frames_must_lie_where_segments_can_begin() {
        let rate = Rate { pictures: 30, per: 1 };
        let unit = 1.0 / 15_360.0;
        let two = own(&index(400, 60), 0, unit, rate, 6000).unwrap();
        assert_eq!((two.starts, two.keys.len()), (vec![0, 180, 360], 7));
        assert!(own(&index(400, 250), 0, unit, rate, 6000).is_none());
        assert!(own(&index(400, 15), 0, unit, rate, 6000).is_none(), "too close");
        // The last segment may be short, and a short film has but one.
        assert_eq!(own(&index(100, 250), 0, unit, rate, 6000).unwrap().starts, [0]);
        // 29.97 pictures a second, a key frame every 60: segments of 6.006 s.
        let ntsc = Rate { pictures: 30_000, per: 1001 };
        let all: Vec<Entry> = (0..400).map(|at| Entry { time: at * 1001, key: at % 60 == 0 }).collect();
        assert_eq!(own(&all, 0, 1.0 / 30_000.0, ntsc, 6000).unwrap().starts, [0, 180, 360]);
        let mut uneven = index(400, 60);
        uneven[200].time += 512;
        assert!(own(&uneven, 0, unit, rate, 6000).is_none());
    }
}
