//! The words that the transcoding program (`tablica-transcode`) and its parent (the worker) speak
//! over the child's stdin and stdout. It is only the format: it opens nothing, runs nothing and
//! knows no table. Both sides compile this file, so they cannot drift apart.
//!
//! Each message ([`ToChild`], [`FromChild`]) goes in a frame of its own (`frame`), with the bytes that belong to it. The child
//! owns no file and no socket: it asks for ranges of the source with [`FromChild::Read`] and hands over everything it makes.
//!
//! Order of a good run: `Start` → (`Read`/`Bytes`)* → `Probed` → `Found` → for each rendition `Rendition`,
//! `Init`, `Segment`* (interleaved between renditions), `Plain`*, `Poster`, `Still`*, `Progress`* → `Done`.
//! `Failed` may come at any point and ends the talk. Messages that hand something over (see
//! [`FromChild::hands_over`]) are each answered by one [`ToChild::Taken`], in order; at most
//! [`WINDOW`] of them are unanswered at a time.

mod frame;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::frame::{
    MAX_HEADER_BYTES, MAX_PAYLOAD_BYTES, PREFIX_BYTES, decode, encode, lengths, read_frame, write_frame,
};

/// How many made objects the child may have sent without an answer (backpressure).
pub const WINDOW: usize = 8;

/// What the parent says to the child.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "snake_case")]
pub enum ToChild {
    /// The first message: the work and its limits.
    Start(Box<Order>),
    /// Answer to [`FromChild::Read`]; the payload is the whole range that was asked for (the child
    /// asks for nothing beyond the end of the source). Questions are answered in order; at most two
    /// are open. Fewer bytes mean that the store failed: the child ends with `Internal`.
    Bytes,
    /// The oldest unanswered object is stored.
    Taken,
    /// Stop soon (within a second), answer `Failed { reason: Cancelled }` and exit.
    Cancel,
}

/// The work and its limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Length of the source, in bytes.
    pub source_bytes: u64,
    /// Address space that the child may use, in bytes; 0: no limit.
    pub memory_bytes: u64,
    /// Processor time that the child may use, in seconds; 0: no limit.
    pub cpu_seconds: u64,
    /// Longest film that is accepted, in milliseconds.
    pub max_length_ms: u64,
    /// Largest picture that is accepted, in pixels (width × height).
    pub max_pixels: u64,
    /// Niceness, 0 to 19.
    pub nice: i32,
    /// Numbers of the processors that it may run on; none: all.
    #[serde(default)]
    pub cpus: Vec<u32>,
    /// Length of a segment, in milliseconds (a multiple of 2000).
    pub segment_ms: u32,
    /// How many segments of a rendition are published already, from an earlier run on the same source: they are not
    /// handed over again, nor its `Init`, and are not encoded again where nothing else needs them.
    #[serde(default)]
    pub published: BTreeMap<String, u32>,
    /// Makes a further set of pictures in another codec, and nothing else.
    #[serde(default)]
    pub second: Option<Second>,
    /// Makes one end of a version of a film that is cut, and nothing else: the source is the beginning of that version and the segment that
    /// lies across the cut. Handed over are an `Init` and one `Segment` with number 0, whose `start_ms` counts from the film's zero.
    #[serde(default)]
    pub end: Option<End>,
    /// Looks around in this many bytes at the beginning of the source and no further, since the rest is still to come; 0: everywhere.
    #[serde(default)]
    pub head_bytes: u64,
    /// What the run found that made what is published. One that finds something else makes everything anew and says so
    /// ([`FromChild::Anew`]). Of a further set: what the first was made by, which it is compared with.
    #[serde(default)]
    pub found: Option<Found>,
}

/// What of a segment is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The version: its name and size.
    pub size: Size,
    /// Its codec, if it belongs to a further set.
    #[serde(default)]
    pub codec: Option<SecondCodec>,
    /// Its pictures in 1000 seconds.
    pub frame_rate_milli: u32,
    /// When the first picture of the source is shown, in milliseconds of the film: a film that was taken over when it was cut counts
    /// otherwise than its segments do.
    pub start_ms: u64,
    /// No picture that begins before this moment of the film, in milliseconds.
    pub from_ms: u64,
    /// And none that begins at this moment or later; not behind the end of the segment, which the last picture lasts to.
    pub to_ms: u64,
}

/// What was found in some seconds here and there of a source: how it is made follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Whether it is slides that stand still for most of the time.
    pub still: bool,
    /// Whether much of the picture moves, as in a camera's film; one that was looked at by an older program is not said to.
    #[serde(default)]
    pub filmed: bool,
    /// Whether every key frame that was met lets a decoder begin.
    pub closed: bool,
    /// Whether one channel says it all, and what is to be added to the sound, in hundredths of a decibel; nothing without a sound.
    pub sound: Option<(bool, i32)>,
}

/// A further set of picture versions, in another codec, of a film that is made: no sound, no plain file, no poster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// The codec.
    pub codec: SecondCodec,
    /// Pictures in 1000 seconds of the versions that there are.
    pub frame_rate_milli: u32,
    /// Where their segments begin, in milliseconds: so do these.
    pub starts_ms: Vec<u64>,
    /// What is to be made, largest first.
    pub sizes: Vec<Size>,
    /// Whether the source is one of those versions, which counts from the film's zero, and not the upload.
    pub of_version: bool,
}

/// A codec of further pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondCodec {
    /// AV1.
    Av1,
}

/// One version to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Its name (`720pav1`).
    pub name: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Order {
    /// An order for a source of so many bytes with the limits that suit an office machine:
    /// 1.5 GiB of address space, no CPU limit, six hours, 3840×2160 pixels and a bit, six-second
    /// segments.
    #[must_use]
    pub const fn of_bytes(source_bytes: u64) -> Self {
        Self {
            source_bytes,
            memory_bytes: 1536 << 20,
            cpu_seconds: 0,
            max_length_ms: 6 * 3_600_000,
            max_pixels: 4096 * 2304,
            nice: 5,
            cpus: Vec::new(),
            segment_ms: 6000,
            published: BTreeMap::new(),
            second: None,
            end: None,
            head_bytes: 0,
            found: None,
        }
    }
}

/// What the child says to the parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "snake_case")]
pub enum FromChild {
    /// Asks for a range of the source; answered by [`ToChild::Bytes`].
    Read { offset: u64, length: u32 },
    /// What the source is; once, before anything made.
    Probed(Probed),
    /// What was found in the source, once, after `Probed`.
    Found(Found),
    /// What is published does not fit what was found now: everything is made anew, from the first segment of each rendition. Comes
    /// before `Found`, if at all.
    Anew,
    /// Announces a rendition, once, before its `Init`; also one that is published in part.
    Rendition(Rendition),
    /// Payload: the initialisation section (`ftyp`+`moov`) of a rendition of which nothing is published yet.
    Init { rendition: String },
    /// Payload: one media segment (`moof`+`mdat`); playable as soon as it is stored. Numbers count
    /// from 0, or from what is published, without a gap. Of one number, every picture rendition has the same `start_ms`. The first
    /// `key_bytes` bytes hold its first picture, which is a key frame; 0 for sound.
    Segment {
        rendition: String,
        number: u32,
        start_ms: u64,
        length_ms: u32,
        #[serde(default)]
        key_bytes: u32,
    },
    /// Payload: the next bytes of one progressive fragmented MP4 with picture and sound; `offset`
    /// grows without a gap.
    Plain { offset: u64 },
    /// Payload: the poster, a JPEG; at most once.
    Poster,
    /// Payload: a still of the film at this moment, a JPEG, that a person may choose as its poster.
    Still { at_ms: u64 },
    /// How alike some pictures of a further set are to what they were made of, and how alike the same would be in H.264: sums over
    /// so many pictures of the structural similarity of their luma (SSIM; each 1 when nothing is lost).
    Judged { rendition: String, pictures: u32, second: f64, first: f64 },
    /// How far the film is; at most two a second. `total_ms` may be an estimate.
    Progress { done_ms: u64, total_ms: u64 },
    /// The end of a good run. Everything handed over before it has been `Taken`.
    Done { renditions: Vec<RenditionSummary>, length_ms: u64, warnings: Vec<String>, cpu_ms: u64 },
    /// The end of a run that cannot be finished.
    Failed { reason: Reason, detail: String },
}

impl FromChild {
    /// Whether the message hands over an object and so is answered by [`ToChild::Taken`].
    #[must_use]
    pub const fn hands_over(&self) -> bool {
        matches!(
            self,
            Self::Init { .. } | Self::Segment { .. } | Self::Plain { .. } | Self::Poster | Self::Still { .. }
        )
    }
}

/// What the source turned out to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    /// Length as the container states it, in milliseconds; 0: unknown.
    pub length_ms: u64,
    /// Width as shown, after rotation and with square pixels.
    pub width: u32,
    /// Height as shown, after rotation and with square pixels.
    pub height: u32,
    /// Pictures in 1000 seconds that the renditions will have.
    pub frame_rate_milli: u32,
    /// Whether there is sound.
    pub has_audio: bool,
    /// Clockwise turn that was undone: 0, 90, 180 or 270.
    pub rotation: u16,
    /// Name of the picture codec (`h264`).
    pub video_codec: String,
    /// Name of the sound codec (`aac`), if there is sound.
    pub audio_codec: Option<String>,
    /// Which sound was taken, where there are several.
    #[serde(default)]
    pub sounds: Option<Sounds>,
}

/// Several sounds of a source; a film has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sounds {
    /// How many there are; at least two.
    pub of: u32,
    /// Which was taken, counted from 1 in the order of the file.
    pub taken: u32,
    /// Its language as the file states it (`pol`): letters, digits and hyphens; empty when it states none.
    pub language: String,
    /// How many of the others describe the picture for people who do not see it.
    pub described: u32,
}

/// Whether a rendition carries picture or sound; never both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenditionKind {
    /// H.264, or the codec of a further set.
    Picture,
    /// AAC, shared by all picture renditions.
    Sound,
}

/// One version of the film.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rendition {
    /// Name by the short side (`720p`), or `audio`.
    pub name: String,
    /// Picture or sound.
    pub kind: RenditionKind,
    /// Width in pixels; 0 for sound.
    pub width: u32,
    /// Height in pixels; 0 for sound.
    pub height: u32,
    /// Most pictures in 1000 seconds (fewer where nothing moves); 0 for sound.
    pub frame_rate_milli: u32,
    /// Codec string (RFC 6381) measured from the encoder, such as `avc1.64001f` or `mp4a.40.2`.
    pub codecs: String,
    /// Highest bits a second to expect, for the master playlist while the film is being made.
    pub bandwidth_estimate: u64,
}

/// What a finished rendition weighs; of one that was published in part, only what this run made is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenditionSummary {
    /// Same as [`Rendition::name`].
    pub name: String,
    /// Highest bits a second of any segment (RFC 8216 §4.3.4.2 `BANDWIDTH`).
    pub bandwidth: u64,
    /// Mean bits a second (`AVERAGE-BANDWIDTH`).
    pub average_bandwidth: u64,
    /// How many segments.
    pub segments: u32,
}

/// Why a film cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The source has no bytes.
    Empty,
    /// Not a film container that we accept (text, playlist, archive …).
    NotAFilm,
    /// A film container that cannot be read (cut, damaged).
    Broken,
    /// Sound only.
    NoPicture,
    /// Longer than the order allows.
    TooLong,
    /// A larger picture than the order allows, or too many streams.
    TooLarge,
    /// A codec or a form that we cannot decode.
    Unsupported,
    /// Needs more memory than the order allows.
    OutOfMemory,
    /// Processor time used up, or no progress.
    TimedOut,
    /// The parent asked to stop.
    Cancelled,
    /// A fault of ours.
    Internal,
}

impl Reason {
    /// Whether another try of the same source can end differently.
    #[must_use]
    pub const fn worth_retrying(self) -> bool {
        matches!(self, Self::OutOfMemory | Self::TimedOut | Self::Internal)
    }
}
