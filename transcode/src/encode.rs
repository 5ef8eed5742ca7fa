//! The encoders: H.264 by x264 for pictures, AAC for sound, AV1 by SVT-AV1 ([`crate::av1`]) for further sets, and the codec
//! strings that players need before they load anything. It does not know what becomes of the packets.

use ffmpeg_next::codec::{self, Context};
use ffmpeg_next::util::color;
use ffmpeg_next::{ChannelLayout, Dictionary, Error, Frame, Packet, encoder, format, frame};
use video::wire::Reason;

use crate::av;
use crate::av1;
use crate::failure::{During, Failure};
use crate::ladder::{Content, Rate, Rung};

/// Samples a second of all sound.
pub const SAMPLE_RATE: u32 = 48_000;

/// How colours are to be read; taken from the source, or BT.709 where we converted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colours {
    /// Matrix from RGB.
    pub space: color::Space,
    /// Primaries.
    pub primaries: color::Primaries,
    /// Transfer function.
    pub transfer: color::TransferCharacteristic,
}

impl Colours {
    /// What screens show without being told (ITU-R BT.709).
    pub const BT709: Self = Self {
        space: color::Space::BT709,
        primaries: color::Primaries::BT709,
        transfer: color::TransferCharacteristic::BT709,
    };
}

/// An open encoder.
pub struct Encoder {
    inner: encoder::encoder::Encoder,
    /// How to begin anew, where a key frame cannot be asked for.
    recipe: Option<av1::Recipe>,
    /// Whether the encoder has got a picture.
    begun: bool,
}

impl Encoder {
    /// An H.264 encoder for one version. Key frames come only where a frame asks for them.
    pub fn picture(rung: &Rung, rate: Rate, colours: Colours, threads: usize) -> Result<Self, Failure> {
        let codec = encoder::find_by_name("libx264")
            .ok_or_else(|| Failure::new(Reason::Internal, "libav was built without libx264"))?;
        let mut video = Context::new_with_codec(codec)
            .encoder()
            .video()
            .during(Reason::Internal, "encoder for pictures")?;
        video.set_width(rung.width);
        video.set_height(rung.height);
        video.set_format(format::Pixel::YUV420P);
        video.set_aspect_ratio((1, 1));
        video.set_time_base((rate.per as i32, rate.pictures as i32));
        video.set_frame_rate(Some((rate.pictures as i32, rate.per as i32)));
        video.set_colorspace(colours.space);
        video.set_color_primaries(colours.primaries);
        video.set_color_transfer_characteristic(colours.transfer);
        video.set_color_range(color::Range::MPEG);
        // Longer than any step of the grid of forced key frames, so that none comes in between.
        let interval = (u64::from(rate.milli()) * 60 / 1000).to_string();
        let crf = rung.crf.to_string();
        let max_bitrate = rung.max_bitrate.to_string();
        let buffer = rung.buffer_bits().to_string();
        let threads = threads.to_string();
        // Where a size has several threads, x264 holds four pictures for one more that looks ahead; one is enough to keep it at work, and the
        // same bytes come out. A better choice of coefficients (trellis) saves a tenth of the bytes at the same VMAF.
        let mut finer = "sync-lookahead=1:trellis=1".to_owned();
        let mut key_quality = "-1";
        match rung.content {
            // x264 gives a key frame more bits than the pictures that follow and repeat it. Slides are little but key frames.
            Content::Slides => key_quality = "1.0",
            // Motion is looked for less finely, which takes a quarter of the time away and costs less than the trellis saves.
            Content::Mixed => finer.push_str(":subme=1:me=dia"),
            // So do the bits of a camera's noise, when they are spread by how much there is of it all over the picture: at the same VMAF a
            // sixth of the bytes less. Letters would pay for it.
            Content::Filmed => finer.push_str(":subme=1:me=dia:aq-mode=2"),
        }
        let options: Dictionary = [
            ("preset", "veryfast"),
            ("profile", "high"),
            ("crf", &crf),
            ("i_qfactor", key_quality),
            ("maxrate", &max_bitrate),
            ("bufsize", &buffer),
            ("bf", "3"),
            ("b_strategy", "1"),
            ("sc_threshold", "0"),
            ("g", &interval),
            ("forced-idr", "1"),
            ("flags", "+cgop+global_header"),
            ("threads", &threads),
            ("x264-params", &finer),
        ]
        .into_iter()
        .collect();
        let opened = video.open_as_with(codec, options).during(Reason::Internal, "opening libx264")?;
        Ok(Self { inner: opened.0.0, recipe: None, begun: false })
    }

    /// An AAC-LC encoder for the sound.
    pub fn sound(bitrate: u32, layout: ChannelLayout) -> Result<Self, Failure> {
        let codec = encoder::find(codec::Id::AAC)
            .ok_or_else(|| Failure::new(Reason::Internal, "libav was built without an AAC encoder"))?;
        let mut audio =
            Context::new_with_codec(codec).encoder().audio().during(Reason::Internal, "encoder for sound")?;
        audio.set_rate(SAMPLE_RATE as i32);
        audio.set_format(format::Sample::F32(format::sample::Type::Planar));
        audio.set_channel_layout(layout);
        audio.set_bit_rate(bitrate as usize);
        audio.set_time_base((1, SAMPLE_RATE as i32));
        let options: Dictionary = [("flags", "+global_header")].into_iter().collect();
        let opened =
            audio.open_as_with(codec, options).during(Reason::Internal, "opening the AAC encoder")?;
        Ok(Self { inner: opened.0.0, recipe: None, begun: false })
    }

    /// An AV1 encoder for one version. It begins with a key frame and has no other until [`Encoder::begin_anew`].
    pub fn second(recipe: av1::Recipe) -> Result<Self, Failure> {
        Ok(Self { inner: recipe.open()?, recipe: Some(recipe), begun: false })
    }

    /// Gives all that the encoder holds back, if it has to begin anew for a key frame: SVT-AV1 up to 1.7 knows no other way. The others
    /// are asked with the picture ([`ask_for_key`]). Answers whether [`Encoder::begin_anew`] is to follow.
    pub fn end_part(&mut self, take: impl FnMut(Packet) -> Result<(), Failure>) -> Result<bool, Failure> {
        if self.recipe.is_none() || !self.begun {
            return Ok(false);
        }
        self.encode(None, take)?;
        Ok(true)
    }

    /// Begins anew, with a key frame.
    pub fn begin_anew(&mut self) -> Result<(), Failure> {
        if let Some(recipe) = &self.recipe {
            self.inner = recipe.open()?;
            self.begun = false;
        }
        Ok(())
    }

    /// The context, for muxers.
    pub fn context(&self) -> &Context {
        &self.inner
    }

    /// What a decoder of its packets needs to know.
    pub fn parameters(&self) -> codec::Parameters {
        codec::Parameters::from(&self.inner)
    }

    /// Wanted bits a second; 0 for pictures, which have a quality instead.
    pub fn bitrate(&self) -> u64 {
        av::bitrate(&self.inner)
    }

    /// Encodes one frame, or ends the stream (`None`), and gives every packet that is ready to `take`.
    pub fn encode(
        &mut self,
        frame: Option<&Frame>,
        mut take: impl FnMut(Packet) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.begun |= frame.is_some();
        match frame {
            Some(frame) => self.inner.send_frame(frame),
            None => self.inner.send_eof(),
        }
        .during(Reason::Internal, "encoding")?;
        loop {
            let mut packet = Packet::empty();
            match self.inner.receive_packet(&mut packet) {
                Ok(()) => {
                    if self.recipe.is_some() {
                        // Every unit of AV1 shows one picture, in the order in which they are shown.
                        packet.set_dts(packet.pts());
                    }
                    take(packet)?;
                }
                Err(Error::Eof) => return Ok(()),
                Err(Error::Other { errno }) if errno == libc::EAGAIN => return Ok(()),
                Err(error) => return Err(error).during(Reason::Internal, "encoding"),
            }
        }
    }

    /// The codec string of what it makes (RFC 6381), measured from its set-up bytes.
    pub fn codecs(&self) -> String {
        let setup = av::extradata(&self.inner);
        match self.inner.medium() {
            ffmpeg_next::media::Type::Audio => aac_codecs(&setup),
            _ if self.recipe.is_some() => av1::codecs(&setup),
            _ => avc_codecs(&setup),
        }
    }
}

/// Sets whether x264 must begin anew at this frame; the decoder's own choice is wiped.
pub fn ask_for_key(frame: &mut frame::Video, key: bool) {
    use ffmpeg_next::util::picture::Type;
    frame.set_kind(if key { Type::I } else { Type::None });
}

/// `avc1.PPCCLL` from Annex B set-up bytes: the three bytes after the header of the SPS
/// (ISO/IEC 14496-15 §5.3.3.1, RFC 6381 §3.3).
fn avc_codecs(setup: &[u8]) -> String {
    let sps = setup.windows(4).position(|bytes| matches!(bytes, [0, 0, 1, header] if header & 0x1f == 7));
    match sps.and_then(|at| setup.get(at + 4..at + 7)) {
        Some([profile, constraints, level]) => avc(*profile, *constraints, *level),
        _ => "avc1.640028".to_owned(),
    }
}

/// `avc1.PPCCLL` (RFC 6381 §3.3).
pub fn avc(profile: u8, constraints: u8, level: u8) -> String {
    format!("avc1.{profile:02x}{constraints:02x}{level:02x}")
}

/// `mp4a.40.N` with the object type from an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1).
fn aac_codecs(setup: &[u8]) -> String {
    let object_type = setup.first().map_or(2, |byte| byte >> 3);
    format!("mp4a.40.{object_type}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codec_strings_come_from_the_set_up_bytes() {
        assert_eq!(avc_codecs(&[0, 0, 0, 1, 0x67, 0x64, 0x00, 0x1f, 0xac]), "avc1.64001f");
        assert_eq!(aac_codecs(&[0x11, 0x90]), "mp4a.40.2");
    }
}
