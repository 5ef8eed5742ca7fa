//! A look around before the work begins: some seconds here and there of the film, to know whether it
//! is slides or a camera's picture, whether its two channels differ, and how loud it is (EBU R 128).
//! What is learned decides how it is made; nothing of it is handed over. A look that fails is no
//! failure of the film.

use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::{Sample, sample};
use ffmpeg_next::{ChannelLayout, Error, Packet, Rational, Rescale, codec, decoder, frame};
use video::wire::{Found, Order};

use crate::av;
use crate::failure::Failure;
use crate::ladder::Content;
use crate::pace;
use crate::parent::Parent;
use crate::probe::Film;

/// Places that are looked at in a long film.
const PLACES: u64 = 8;
/// Sound that is heard at each, in milliseconds.
const LISTEN_MS: u64 = 5000;
/// Pictures that are decoded at each.
const PICTURES: u32 = 12;
/// Packets that are read at each, at most.
const MOST_PACKETS: u32 = 4000;
/// A film is slides when fewer than this many of 100 pictures move.
const STILL_PERCENT: u32 = 20;
/// It is a camera's when so much of the picture changes from one to the next on average: a small camera window over slides changes 7, a
/// person before a web camera 36, in thousandths.
const FILMED_THOUSANDTHS: u32 = 20;
/// Two channels are one when what differs has less than this part of the energy (15 dB).
const SAME: f64 = 0.03;
/// What speech is brought to, in LUFS.
const WANTED_LUFS: f64 = -16.0;
/// Quieter is silence, which is not amplified, in LUFS.
const SILENCE_LUFS: f64 = -55.0;
/// Most that is added or taken away, in decibels.
const MOST_DB: f64 = 20.0;
/// Two looks that would change the loudness by no more than this apart found the same, in decibels.
const AS_LOUD_DB: f64 = 2.0;
/// Packets that are passed over between two places of a source that has come in part, at most.
const MOST_PASSED: u32 = 200_000;

/// What was learned of the sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// Whether one channel says it all.
    pub mono: bool,
    /// What is to be added, in decibels.
    pub gain_db: f64,
}

/// What was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// What it shows.
    pub content: Content,
    /// Whether every key frame that was met lets a decoder begin.
    pub closed: bool,
    /// Of the sound, if there is some.
    pub heard: Option<Heard>,
}

impl Seen {
    /// What another run saw.
    pub fn of(found: &Found) -> Self {
        let heard = found.sound.map(|(mono, gain)| Heard { mono, gain_db: f64::from(gain) / 100.0 });
        let content = match found {
            Found { still: true, .. } => Content::Slides,
            Found { filmed: true, .. } => Content::Filmed,
            _ => Content::Mixed,
        };
        Self { content, closed: found.closed, heard }
    }

    /// For the parent.
    pub fn said(&self) -> Found {
        // It is at most twenty decibels either way.
        let sound = self.heard.map(|heard| (heard.mono, (heard.gain_db * 100.0).round() as i32));
        let is = |content| self.content == content;
        Found { still: is(Content::Slides), filmed: is(Content::Filmed), closed: self.closed, sound }
    }

    /// Whether what was made of one may go on as the other says.
    pub fn goes_with(&self, other: &Self) -> bool {
        let heard = match (self.heard, other.heard) {
            (Some(one), Some(other)) => {
                one.mono == other.mono && (one.gain_db - other.gain_db).abs() <= AS_LOUD_DB
            }
            (None, None) => true,
            _ => false,
        };
        // How much of the picture moves beside slides decides only how it is coded.
        let same_grid = (self.content == Content::Slides) == (other.content == Content::Slides);
        same_grid && self.closed == other.closed && heard
    }
}

/// Looks around in a film, or in the head of it that has come. The input is of no use afterwards: it stands anywhere.
///
/// Fails only when the parent asks to stop.
pub fn around(input: &mut Input, film: &Film, order: &Order, parent: &Parent) -> Result<Seen, Failure> {
    let mut eye = Eye::new(input, film, order);
    let mut ear = Ear::new(input, film);
    let whole = PLACES * LISTEN_MS;
    let (begins_us, reach_ms) = (start_us(input), reach_ms(film, order));
    let is_long = reach_ms > whole;
    for place in 0..if is_long { PLACES } else { 1 } {
        parent.check()?;
        let start = reach_ms * place / PLACES;
        if let Some(eye) = &mut eye {
            eye.turn();
        }
        if place > 0 && order.head_bytes > 0 {
            // What a seek would ask for may not have come.
            let Some(first) = pass(input, film, start.saturating_add_signed(begins_us / 1000)) else { break };
            if let Some(eye) = &mut eye {
                eye.see(&first);
            }
        } else if place > 0 {
            let at = i64::try_from(start * 1000).unwrap_or(0).saturating_add(begins_us);
            if input.seek(at, ..at).is_err() {
                break;
            }
        }
        let listen_ms = if is_long { LISTEN_MS } else { whole };
        look_here(input, film, &mut eye, &mut ear, listen_ms);
    }
    parent.check()?;
    let heard = ear.and_then(Ear::heard);
    Ok(Seen {
        content: eye.as_ref().map_or(Content::Mixed, Eye::content),
        closed: eye.is_some_and(|eye| eye.closed),
        heard,
    })
}

fn start_us(input: &Input) -> i64 {
    let starts = input.streams().map(|stream| (stream.start_time(), stream.time_base()));
    let known = starts.filter(|(start, _)| *start != ffmpeg_next::ffi::AV_NOPTS_VALUE);
    known.map(|(start, unit)| start.rescale(unit, Rational::new(1, 1_000_000))).min().unwrap_or(0)
}

/// How much of the film lies in what may be looked at, in milliseconds: all, or as the bytes of the head are to all bytes.
fn reach_ms(film: &Film, order: &Order) -> u64 {
    match order.head_bytes {
        0 => film.length_ms,
        head => {
            let share = u128::from(film.length_ms) * u128::from(head) / u128::from(order.source_bytes.max(1));
            u64::try_from(share).unwrap_or(film.length_ms).min(film.length_ms)
        }
    }
}

/// Reads on to the first key frame from this moment of the source on, in milliseconds; nothing when none has come.
fn pass(input: &mut Input, film: &Film, from_ms: u64) -> Option<Packet> {
    for _ in 0..MOST_PASSED {
        let mut packet = Packet::empty();
        packet.read(input).ok()?;
        let unit = input.stream(packet.stream()).map(|stream| stream.time_base());
        let ms = packet.pts().or(packet.dts()).zip(unit).map(|(at, unit)| at.rescale(unit, (1, 1000)));
        let has_come = ms.and_then(|ms| u64::try_from(ms).ok()).is_some_and(|ms| ms >= from_ms);
        if packet.stream() == film.picture && packet.is_key() && has_come {
            return Some(packet);
        }
    }
    None
}

fn look_here(input: &mut Input, film: &Film, eye: &mut Option<Eye>, ear: &mut Option<Ear>, listen_ms: u64) {
    let mut begun = None;
    for _ in 0..MOST_PACKETS {
        let mut packet = Packet::empty();
        if packet.read(input).is_err() {
            return;
        }
        let unit = input.stream(packet.stream()).map(|stream| stream.time_base());
        let ms = packet.pts().or(packet.dts()).zip(unit).map(|(at, unit)| at.rescale(unit, (1, 1000)));
        if packet.stream() == film.picture {
            if let Some(eye) = eye {
                eye.see(&packet);
            }
        } else if film.sound == Some(packet.stream()) {
            if let Some(ear) = ear {
                ear.hear(&packet);
            }
        } else {
            continue;
        }
        if let Some(ms) = ms
            && ms - *begun.get_or_insert(ms) > i64::try_from(listen_ms).unwrap_or(i64::MAX)
        {
            return;
        }
    }
}

/// Looks at pictures.
struct Eye {
    decoder: decoder::Video,
    before: Vec<u8>,
    pictures: u32,
    pairs: u32,
    moving: u32,
    /// Sum of the parts of the picture that changed, in thousandths.
    changed: u32,
    closed: bool,
}

impl Eye {
    fn new(input: &Input, film: &Film, order: &Order) -> Option<Self> {
        let stream = input.stream(film.picture)?;
        let mut context = codec::Context::from_parameters(stream.parameters()).ok()?;
        av::cap_pixels(&mut context, order.max_pixels);
        let decoder = context.decoder().video().ok()?;
        Some(Self { decoder, before: Vec::new(), pictures: 0, pairs: 0, moving: 0, changed: 0, closed: true })
    }

    /// Goes to another place.
    fn turn(&mut self) {
        self.decoder.flush();
        self.before.clear();
        self.pictures = 0;
    }

    fn see(&mut self, packet: &Packet) {
        if packet.is_key() && !packet.data().is_some_and(begins_anew) {
            self.closed = false;
        }
        if self.pictures >= PICTURES || self.decoder.send_packet(packet).is_err() {
            return;
        }
        let mut picture = frame::Video::empty();
        while self.decoder.receive_frame(&mut picture).is_ok() {
            let now = pace::samples(&picture);
            if !self.before.is_empty() {
                self.pairs += 1;
                let changed = pace::changed(&self.before, &now);
                self.moving += u32::from(changed.moves());
                self.changed += changed.thousandths();
            }
            self.before = now;
            self.pictures += 1;
        }
    }

    const fn content(&self) -> Content {
        if self.pairs == 0 {
            Content::Mixed
        } else if self.moving * 100 < self.pairs * STILL_PERCENT {
            Content::Slides
        } else if self.changed >= self.pairs * FILMED_THOUSANDTHS {
            Content::Filmed
        } else {
            Content::Mixed
        }
    }
}

/// Whether an H.264 access unit with lengths of four bytes is an IDR picture (ISO/IEC 14496-15 §5.3.3,
/// ITU-T H.264 table 7-1: 5 is a slice of one, 1 a slice of another).
fn begins_anew(unit: &[u8]) -> bool {
    let mut rest = unit;
    while let Some(([a, b, c, d], after)) = rest.split_first_chunk::<4>() {
        match after.first().map(|header| header & 0x1f) {
            Some(5) => return true,
            Some(1) | None => return false,
            Some(_) => rest = after.get(u32::from_be_bytes([*a, *b, *c, *d]) as usize..).unwrap_or_default(),
        }
    }
    false
}

/// Listens.
struct Ear {
    decoder: decoder::Audio,
    graph: Option<Graph>,
    channels: u16,
    samples: i64,
    lufs: Option<f64>,
    /// Energy of what both channels share and of what they do not.
    shared: f64,
    apart: f64,
}

impl Ear {
    fn new(input: &Input, film: &Film) -> Option<Self> {
        let stream = input.stream(film.sound?)?;
        let context = codec::Context::from_parameters(stream.parameters()).ok()?;
        let decoder = context.decoder().audio().ok()?;
        Some(Self { decoder, graph: None, channels: 0, samples: 0, lufs: None, shared: 0.0, apart: 0.0 })
    }

    fn hear(&mut self, packet: &Packet) {
        if self.decoder.send_packet(packet).is_err() {
            return;
        }
        let mut sound = frame::Audio::empty();
        while self.decoder.receive_frame(&mut sound).is_ok() {
            if sound.samples() > 0 && self.measure(&mut sound).is_err() {
                return;
            }
        }
    }

    fn measure(&mut self, sound: &mut frame::Audio) -> Result<(), Error> {
        if sound.channel_layout().is_empty() {
            sound.set_channel_layout(ChannelLayout::default(i32::from(sound.channels())));
        }
        let graph = match &mut self.graph {
            Some(graph) => graph,
            none => {
                self.channels = sound.channels().min(2);
                none.insert(meter(sound, self.channels)?)
            }
        };
        // Places follow each other without a gap for the meter.
        sound.set_pts(Some(self.samples));
        self.samples += sound.samples() as i64;
        graph.get("in").ok_or(Error::FilterNotFound)?.source().add(sound)?;
        let mut out = frame::Audio::empty();
        while graph.get("out").ok_or(Error::FilterNotFound)?.sink().frame(&mut out).is_ok() {
            self.lufs = out.metadata().get("lavfi.r128.I").and_then(|text| text.parse().ok()).or(self.lufs);
            if self.channels == 2 {
                let (frames, _) = out.data(0).as_chunks::<16>();
                for frame in frames.iter().take(out.samples()) {
                    let [left, right] = both(frame);
                    self.shared += (left + right) * (left + right);
                    self.apart += (left - right) * (left - right);
                }
            }
            out = frame::Audio::empty();
        }
        Ok(())
    }

    fn heard(self) -> Option<Heard> {
        if self.channels == 0 {
            return None;
        }
        let folded = self.channels == 2 && self.apart < self.shared * SAME;
        // Two equal channels become one with the energy of both: it is as loud as they were.
        let gain_db = match self.lufs {
            Some(lufs) if lufs > SILENCE_LUFS => (WANTED_LUFS - lufs).clamp(-MOST_DB, MOST_DB),
            _ => 0.0,
        };
        Some(Heard { mono: folded || self.channels == 1, gain_db })
    }
}

fn both(frame: &[u8; 16]) -> [f64; 2] {
    let (halves, _) = frame.as_chunks::<8>();
    [0, 1].map(|at| halves.get(at).map_or(0.0, |half| f64::from_ne_bytes(*half)))
}

/// Mixes to what will be made and measures its loudness.
fn meter(first: &frame::Audio, channels: u16) -> Result<Graph, Error> {
    let mut graph = Graph::new();
    let buffer = filter::find("abuffer").ok_or(Error::FilterNotFound)?;
    let sink = filter::find("abuffersink").ok_or(Error::FilterNotFound)?;
    let rate = first.rate();
    let (format, layout) = (first.format().name(), first.channel_layout().bits());
    let arguments =
        format!("time_base=1/{rate}:sample_rate={rate}:sample_fmt={format}:channel_layout=0x{layout:x}");
    graph.add(&buffer, "in", &arguments)?;
    graph.add(&sink, "out", "")?;
    let layout = if channels == 1 { "mono" } else { "stereo" };
    let packed = Sample::F64(sample::Type::Packed).name();
    graph.output("in", 0)?.input("out", 0)?.parse(&format!(
        "[in]aformat=sample_rates=48000:channel_layouts={layout},ebur128=metadata=1:framelog=verbose,\
         aformat=sample_fmts={packed}[out]"
    ))?;
    graph.validate()?;
    Ok(graph)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_at_more_goes_with_one_at_less_when_both_make_the_same() {
        let seen =
            |content, mono, gain_db| Seen { content, closed: true, heard: Some(Heard { mono, gain_db }) };
        let before = seen(Content::Mixed, false, 3.0);
        assert!(before.goes_with(&seen(Content::Mixed, false, 4.9)));
        assert!(!before.goes_with(&seen(Content::Mixed, false, 5.1)));
        assert!(!before.goes_with(&seen(Content::Mixed, true, 3.0)));
        assert!(!before.goes_with(&seen(Content::Slides, false, 3.0)));
        assert!(before.goes_with(&seen(Content::Filmed, false, 3.0)));
        assert!(!before.goes_with(&Seen { heard: None, ..before.clone() }));
        for content in [Content::Slides, Content::Mixed, Content::Filmed] {
            let seen = seen(content, true, -3.25);
            assert_eq!(Seen::of(&seen.said()), seen);
        }
    }

    #[test]
    fn only_an_idr_picture_begins_anew() {
        let unit = |kind: u8| [&[0, 0, 0, 2, 0x06, 0xff][..], &[0, 0, 0, 2, kind, 0xff]].concat();
        assert!(begins_anew(&unit(0x65)));
        assert!(!begins_anew(&unit(0x41)));
        assert!(!begins_anew(&[0, 0, 0, 1]));
    }
}
