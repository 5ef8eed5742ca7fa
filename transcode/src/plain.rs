//! The film as one progressive file for people without script: the packets of one picture version and
//! of the sound, muxed a second time into a fragmented MP4. Nothing is encoded again.

use ffmpeg_next::format::context::Output;
use ffmpeg_next::{Packet, Rational};
use video::wire::Reason;

use crate::encode::Encoder;
use crate::failure::{During, Failure};
use crate::packager::{self, Written};

const MOVFLAGS: &str = "frag_keyframe+delay_moov+default_base_moof";
/// Bytes that are gathered before they are handed over.
const PIECE: usize = 256 << 10;

/// The file being written.
pub struct Plain {
    output: Output,
    written: Written,
    /// Units of the packets that come in: picture, sound.
    time_bases: Vec<Rational>,
    offset: u64,
}

impl Plain {
    /// A file with these encoders' streams, in this order.
    pub fn new(streams: &[(&Encoder, Rational)]) -> Result<Self, Failure> {
        let contexts: Vec<_> = streams.iter().map(|(encoder, unit)| (encoder.context(), *unit)).collect();
        let (output, written) = packager::muxer(MOVFLAGS, &contexts)?;
        Ok(Self { output, written, time_bases: streams.iter().map(|(_, unit)| *unit).collect(), offset: 0 })
    }

    /// Takes a copy of one packet of the stream with this index.
    pub fn push(&mut self, index: usize, packet: &Packet) -> Result<(), Failure> {
        let mut packet = packet.clone();
        packet.set_stream(index);
        if let (Some(unit), Some(stream)) = (self.time_bases.get(index), self.output.stream(index)) {
            packet.rescale_ts(*unit, stream.time_base());
        }
        packet.write_interleaved(&mut self.output).during(Reason::Internal, "writing the plain file")
    }

    /// The next bytes of the file and where they belong, when enough have been gathered.
    pub fn piece(&mut self) -> Option<(u64, Vec<u8>)> {
        if self.written.len() < PIECE { None } else { self.take() }
    }

    /// Ends the file; gives its last bytes.
    pub fn finish(&mut self) -> Result<Option<(u64, Vec<u8>)>, Failure> {
        self.output.write_trailer().during(Reason::Internal, "ending the plain file")?;
        crate::av::pass_on(&mut self.output);
        Ok(self.take())
    }

    fn take(&mut self) -> Option<(u64, Vec<u8>)> {
        let bytes = self.written.take();
        let offset = self.offset;
        self.offset += bytes.len() as u64;
        (!bytes.is_empty()).then_some((offset, bytes))
    }
}
