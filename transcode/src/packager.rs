//! Cuts one encoded stream into fragmented MP4 (CMAF): a beginning (`ftyp`+`moov`) and segments of
//! one fragment each (`moof`+`mdat`), all in memory. Segments begin at the first key frame of each
//! segment of the grid ([`crate::grid`]), so all picture versions are cut alike. It does not encode,
//! and sends nothing.
//!
//! Film time starts at zero for both: an edit list takes back the delay that B-frames bring (all
//! players and libav know it; negative composition offsets would be shown late by libav-based ones),
//! and the priming frame of the sound is dropped before it comes here. The edit list is known only when
//! the first fragment is, so the beginning comes with the first segment.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use ffmpeg_next::codec::Context;
use ffmpeg_next::format::context::{Output, StreamIo};
use ffmpeg_next::{Dictionary, Packet, Rational, Rescale, format, media};
use video::wire::{Reason, RenditionSummary};

use crate::av;
use crate::boxes;
use crate::failure::{During, Failure};
use crate::grid::Grid;

const MOVFLAGS: &str = "dash+frag_custom+delay_moov+default_base_moof+skip_sidx+skip_trailer";

/// Bytes that a muxer wrote and nobody has taken yet.
#[derive(Clone, Default)]
pub struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    /// Everything written since the last time.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many bytes wait.
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An MP4 muxer that writes into memory.
pub fn muxer(movflags: &str, streams: &[(&Context, Rational)]) -> Result<(Output, Written), Failure> {
    let written = Written::default();
    let stream = StreamIo::from_write(written.clone()).during(Reason::Internal, "buffer for a muxer")?;
    let mut output =
        format::output_to_stream(stream, None, Some("mp4")).during(Reason::Internal, "muxer for MP4")?;
    for (context, time_base) in streams {
        output
            .add_stream_with(context)
            .during(Reason::Internal, "stream of a muxer")?
            .set_time_base(*time_base);
    }
    let options: Dictionary =
        [("movflags", movflags), ("avoid_negative_ts", "disabled"), ("fflags", "+bitexact")]
            .into_iter()
            .collect();
    let unknown = output.write_header_with(options).during(Reason::Internal, "header of a muxer")?;
    if let Some((name, _)) = unknown.iter().next() {
        return Err(Failure::new(Reason::Internal, format!("the muxer does not know {name}")));
    }
    drop(unknown);
    av::pass_on(&mut output);
    Ok((output, written))
}

/// One finished segment.
#[derive(Debug)]
pub struct Segment {
    /// Counted from 0.
    pub number: u32,
    /// Where it begins, in milliseconds of film time.
    pub start_ms: u64,
    /// How long it lasts, in milliseconds.
    pub length_ms: u32,
    /// The first bytes, up to the end of its first picture; 0 for sound.
    pub key_bytes: u32,
    /// `ftyp` and `moov`; only with the first segment.
    pub beginning: Option<Vec<u8>>,
    /// `moof` and `mdat`.
    pub bytes: Vec<u8>,
}

/// One stream being cut.
pub struct Track {
    name: String,
    output: Output,
    written: Written,
    /// Unit of the packets that come in.
    time_base: Rational,
    grid: Grid,
    number: u32,
    /// Whether the beginning has been cut off.
    begun: bool,
    /// Beginning of the segment that is open, in `time_base`.
    start: Option<i64>,
    /// End of what has come in, in `time_base`.
    end: i64,
    /// How long the last packet lasts, in `time_base`, whatever packets say.
    lasts: Option<i64>,
    is_picture: bool,
    tally: Tally,
}

impl Track {
    /// A track for an open encoder whose packets count in `time_base`.
    pub fn new(name: &str, encoder: &Context, time_base: Rational, grid: Grid) -> Result<Self, Failure> {
        Self::going_on(name, encoder, time_base, grid, 0)
    }

    /// The same for a stream whose segments before `number` were cut by an earlier run: times go on as
    /// if they had been written here, and the beginning is that run's.
    pub fn going_on(
        name: &str,
        encoder: &Context,
        time_base: Rational,
        grid: Grid,
        number: u32,
    ) -> Result<Self, Failure> {
        let movflags = if number > 0 { format!("{MOVFLAGS}+frag_discont") } else { MOVFLAGS.to_owned() };
        let (output, written) = muxer(&movflags, &[(encoder, time_base)])?;
        Ok(Self {
            name: name.to_owned(),
            output,
            written,
            time_base,
            grid,
            number,
            begun: false,
            start: None,
            end: 0,
            lasts: None,
            is_picture: encoder.medium() == media::Type::Video,
            tally: Tally::default(),
        })
    }

    /// The same for packets that count pictures: a film ends one picture after its last one, while a
    /// packet's own duration is the time until the next is decoded.
    pub fn of_pictures(self) -> Self {
        Self { lasts: Some(1), ..self }
    }

    /// Takes one packet, in decoding order; gives the segment that it ends, if it does.
    pub fn push(&mut self, mut packet: Packet) -> Result<Option<Segment>, Failure> {
        let time = packet.pts().unwrap_or(self.end);
        let ended = match self.start {
            Some(start) if packet.is_key() && self.segment_at(time) > self.segment_at(start) => {
                self.close(time)?
            }
            _ => None,
        };
        let start = *self.start.get_or_insert(time);
        self.end = self.end.max(time + self.lasts.unwrap_or(packet.duration())).max(start);
        packet.set_stream(0);
        if let Some(stream) = self.output.stream(0) {
            packet.rescale_ts(self.time_base, stream.time_base());
        }
        packet.write(&mut self.output).during(Reason::Internal, "writing a packet")?;
        Ok(ended)
    }

    /// Ends the stream; gives the last segment, if one is open.
    pub fn finish(&mut self) -> Result<Option<Segment>, Failure> {
        let last = self.close(self.end)?;
        self.output.write_trailer().during(Reason::Internal, "trailer")?;
        Ok(last)
    }

    /// What it weighs, after `finish`.
    pub fn summary(&self) -> RenditionSummary {
        RenditionSummary {
            name: self.name.clone(),
            bandwidth: self.tally.peak(self.grid.segment_ms()),
            average_bandwidth: self.tally.average(),
            segments: self.number,
        }
    }

    fn segment_at(&self, time: i64) -> u64 {
        self.grid.segment_at(self.ms(time))
    }

    /// In milliseconds, rounded. A first picture of a step that lies up to half a millisecond early
    /// (such as 3999.6) counts as in the step, as it does for the encoder's grid.
    fn ms(&self, time: i64) -> i64 {
        time.rescale(self.time_base, Rational::new(1, 1000))
    }

    fn close(&mut self, end: i64) -> Result<Option<Segment>, Failure> {
        let Some(start) = self.start.take() else { return Ok(None) };
        let mut bytes = self.flushed()?;
        let beginning = if !std::mem::replace(&mut self.begun, true) {
            // The first flush may write the beginning alone.
            if boxes::fragment_at(&bytes) == bytes.len() {
                bytes.extend(self.flushed()?);
            }
            let fragment = bytes.split_off(boxes::fragment_at(&bytes));
            Some(std::mem::replace(&mut bytes, fragment))
        } else {
            None
        };
        let start_ms = self.ms(start).max(0) as u64;
        let length_ms = (self.ms(end).max(0) as u64).saturating_sub(start_ms) as u32;
        let first_sample = if self.is_picture { boxes::end_of_first_sample(&bytes) } else { None };
        let key_bytes = first_sample.and_then(|end| u32::try_from(end).ok()).unwrap_or(0);
        let segment = Segment { number: self.number, start_ms, length_ms, key_bytes, beginning, bytes };
        self.tally.add(segment.bytes.len(), length_ms);
        self.number += 1;
        Ok(Some(segment))
    }

    fn flushed(&mut self) -> Result<Vec<u8>, Failure> {
        av::end_fragment(&mut self.output).during(Reason::Internal, "ending a segment")?;
        Ok(self.written.take())
    }
}

/// Bytes and lengths of segments, for the bandwidths of RFC 8216 §4.3.4.2.
#[derive(Debug, Default)]
struct Tally {
    segments: Vec<(u64, u32)>,
}

impl Tally {
    fn add(&mut self, bytes: usize, length_ms: u32) {
        self.segments.push((bytes as u64, length_ms));
    }

    /// Highest bits a second; a last segment under half the target length is no measure.
    fn peak(&self, target_ms: u32) -> u64 {
        let whole = self.segments.iter().filter(|(_, length_ms)| *length_ms >= target_ms / 2);
        let highest = whole.map(|(bytes, length_ms)| bytes * 8000 / u64::from((*length_ms).max(1))).max();
        highest.unwrap_or(0).max(self.average())
    }

    fn average(&self) -> u64 {
        let bytes: u64 = self.segments.iter().map(|(bytes, _)| bytes).sum();
        let length_ms: u64 = self.segments.iter().map(|(_, length_ms)| u64::from(*length_ms)).sum();
        bytes * 8000 / length_ms.max(1)
    }
}
