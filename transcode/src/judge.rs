//! How good the pictures of a further set are: some of them are decoded again and compared with what they were made of, and so are the same
//! pictures as x264 would have made them. Structural similarity of luma (Wang, Bovik, Sheikh, Simoncelli 2004) in blocks of eight by eight
//! pixels. It counts; what follows from it the parent decides.

use ffmpeg_next::codec::{self, Context};
use ffmpeg_next::{Error, Packet, decoder, frame};
use video::wire::Reason;

use crate::av;
use crate::encode::{Colours, Encoder, ask_for_key};
use crate::failure::{During, Failure};
use crate::ladder::{Rate, Rung};

/// Pictures of a segment that are compared: enough for a segment of a slide, two seconds of a camera.
const MOST: usize = 48;
/// The first segments of a run are looked at, to find the quality, and then every so many.
const FIRST: u32 = 4;
const EVERY: u32 = 8;
/// Side of a block, in pixels.
const BLOCK: usize = 8;

/// Whether a segment is looked at in a run that begins with that one.
pub const fn looks_at(segment: u32, begins: u32) -> bool {
    segment >= begins && (segment - begins < FIRST || segment.is_multiple_of(EVERY))
}

/// The pictures of one segment of one version.
pub struct Judge {
    rung: Rung,
    rate: Rate,
    seen: Vec<frame::Video>,
    packets: Vec<Packet>,
}

/// Sums over pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Alike {
    /// How many pictures.
    pub pictures: u32,
    /// Of the further set.
    pub second: f64,
    /// Of H.264.
    pub first: f64,
}

impl Judge {
    /// For a segment of this version.
    pub fn new(rung: &Rung, rate: Rate) -> Self {
        Self { rung: rung.clone(), rate, seen: Vec::new(), packets: Vec::new() }
    }

    /// Takes the next picture before it is encoded.
    pub fn see(&mut self, picture: &frame::Video) -> Result<(), Failure> {
        if self.seen.len() < MOST {
            self.seen.push(av::shared(picture).during(Reason::Internal, "keeping a picture")?);
        }
        Ok(())
    }

    /// Takes the next packet of the further set.
    pub fn take(&mut self, packet: &Packet) {
        if self.packets.len() < MOST {
            self.packets.push(packet.clone());
        }
    }

    /// Compares. Nothing when the segment held no picture.
    pub fn finish(self) -> Result<Option<Alike>, Failure> {
        if self.seen.is_empty() {
            return Ok(None);
        }
        let codec = decoder::find_by_name("libdav1d").or_else(|| decoder::find(codec::Id::AV1));
        let codec = codec.ok_or_else(|| Failure::new(Reason::Internal, "libav was built without dav1d"))?;
        let second = decoded(Context::new_with_codec(codec), &self.packets)?;
        let mut encoder = Encoder::picture(&self.rung, self.rate, Colours::BT709, 1)?;
        let mut packets = Vec::new();
        for (place, picture) in self.seen.iter().enumerate() {
            let mut picture = av::shared(picture).during(Reason::Internal, "encoding to compare")?;
            picture.set_pts(i64::try_from(place).ok());
            ask_for_key(&mut picture, place == 0);
            encoder.encode(Some(&picture), |packet| keep(&mut packets, packet))?;
        }
        encoder.encode(None, |packet| keep(&mut packets, packet))?;
        let context = Context::from_parameters(encoder.parameters())
            .during(Reason::Internal, "parameters to compare with")?;
        let first = decoded(context, &packets)?;
        let mut alike = Alike::default();
        for ((seen, second), first) in self.seen.iter().zip(&second).zip(&first) {
            alike.pictures += 1;
            alike.second += similarity(seen, second);
            alike.first += similarity(seen, first);
        }
        Ok((alike.pictures > 0).then_some(alike))
    }
}

fn keep(packets: &mut Vec<Packet>, packet: Packet) -> Result<(), Failure> {
    packets.push(packet);
    Ok(())
}

/// What packets show, in the order in which it is shown.
fn decoded(context: Context, packets: &[Packet]) -> Result<Vec<frame::Video>, Failure> {
    let mut decoder = context.decoder().video().during(Reason::Internal, "decoder to compare")?;
    let mut pictures = Vec::new();
    for packet in packets {
        decoder.send_packet(packet).during(Reason::Internal, "decoding to compare")?;
        receive(&mut decoder, &mut pictures)?;
    }
    decoder.send_eof().during(Reason::Internal, "decoding to compare")?;
    receive(&mut decoder, &mut pictures)?;
    Ok(pictures)
}

fn receive(decoder: &mut decoder::Video, pictures: &mut Vec<frame::Video>) -> Result<(), Failure> {
    loop {
        let mut picture = frame::Video::empty();
        match decoder.receive_frame(&mut picture) {
            Ok(()) => pictures.push(picture),
            Err(Error::Eof) => return Ok(()),
            Err(Error::Other { errno }) if errno == libc::EAGAIN => return Ok(()),
            Err(error) => return Err(error).during(Reason::Internal, "decoding to compare"),
        }
    }
}

/// The mean structural similarity of two pictures' luma; 0 when they are of other sizes.
fn similarity(one: &frame::Video, other: &frame::Video) -> f64 {
    if (one.width(), one.height()) != (other.width(), other.height()) {
        return 0.0;
    }
    let (width, height) = (one.width() as usize, one.height() as usize);
    let (one, other) = ((one.data(0), one.stride(0)), (other.data(0), other.stride(0)));
    let (mut sum, mut count) = (0.0, 0_u32);
    for top in (0..height.saturating_sub(BLOCK - 1)).step_by(BLOCK) {
        for left in (0..width.saturating_sub(BLOCK - 1)).step_by(BLOCK) {
            if let Some(alike) = block(one, other, left, top) {
                sum += alike;
                count += 1;
            }
        }
    }
    if count == 0 { 0.0 } else { sum / f64::from(count) }
}

/// The same of one block; nothing where a picture has no such block.
fn block(one: (&[u8], usize), other: (&[u8], usize), left: usize, top: usize) -> Option<f64> {
    let (mut a, mut b, mut aa, mut bb, mut ab) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    for line in top..top + BLOCK {
        let first = one.0.get(line * one.1 + left..line * one.1 + left + BLOCK)?;
        let second = other.0.get(line * other.1 + left..line * other.1 + left + BLOCK)?;
        for (x, y) in first.iter().zip(second) {
            let (x, y) = (u32::from(*x), u32::from(*y));
            a += x;
            b += y;
            aa += x * x;
            bb += y * y;
            ab += x * y;
        }
    }
    let pixels = (BLOCK * BLOCK) as f64;
    let mean = |sum: u32| f64::from(sum) / pixels;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (vary_a, vary_b) = (mean(aa) - mean_a * mean_a, mean(bb) - mean_b * mean_b);
    let together = mean(ab) - mean_a * mean_b;
    // (0.01 · 255)² and (0.03 · 255)².
    let (dark, flat) = (6.5025, 58.5225);
    let light = (2.0 * mean_a * mean_b + dark) / (mean_a * mean_a + mean_b * mean_b + dark);
    Some(light * (2.0 * together + flat) / (vary_a + vary_b + flat))
}

#[cfg(test)]
mod tests {
    use super::block;

    #[test]
    fn what_is_the_same_is_wholly_alike_and_what_is_lost_shows() {
        let letters: Vec<u8> = (0..64).map(|at| if at % 3 == 0 { 20 } else { 235 }).collect();
        let blurred: Vec<u8> = (0..64).map(|at| if at % 3 == 0 { 100 } else { 190 }).collect();
        let alike = |one: &[u8], other: &[u8]| block((one, 8), (other, 8), 0, 0);
        assert!(alike(&letters, &letters).is_some_and(|alike| alike > 0.999));
        let lost = alike(&letters, &blurred).unwrap();
        assert!((0.3..0.95).contains(&lost), "{lost}");
        assert!(alike(&letters, &[128; 64]).unwrap() < 0.1);
        assert_eq!(alike(&letters, &[128; 60]), None);
    }
}
