//! What the source is, found out with as little trust as can be: its first bytes must be those of a
//! film container, libav may use only the demuxer of that container and the decoders listed here, and
//! sizes are checked before a picture is decoded. Playlists (HLS, DASH, concat), image sequences and
//! session descriptions are not on any list, and no protocol may be opened.

use std::sync::Arc;

use ffmpeg_next::codec::packet::side_data::Type as SideData;
use ffmpeg_next::format::context::{Input, StreamIo};
use ffmpeg_next::format::stream::{Disposition, Stream};
use ffmpeg_next::{Dictionary, Error as Libav, Rational, codec, format, media};
use video::wire::{Order, Probed, Reason, Sounds};

use crate::av;
use crate::clock;
use crate::failure::{During, Failure, memory_is_short};
use crate::ladder::{self, Rate};
use crate::parent::Parent;
use crate::source::{Reading, Shared, Source};

/// Decoders that a film may need. Still-picture codecs are left out.
const DECODERS: &str = "h264,hevc,vp8,libvpx-vp8,vp9,libvpx-vp9,libdav1d,libaom-av1,av1,mpeg4,mpeg2video,\
mpeg1video,mpegvideo,msmpeg4v1,msmpeg4v2,msmpeg4,wmv1,wmv2,wmv3,vc1,h263,h263i,h263p,flv,vp6,vp6f,vp6a,theora,\
mjpeg,prores,dnxhd,dvvideo,ffv1,huffyuv,ffvhuff,utvideo,qtrle,cfhd,svq1,svq3,cinepak,indeo3,indeo5,screenpresso,\
tscc,tscc2,flashsv,flashsv2,rv30,rv40,rawvideo,\
aac,aac_latm,mp3float,mp3,mp2float,mp2,mp1float,ac3,eac3,dca,opus,libopus,vorbis,flac,alac,amrnb,amrwb,\
wmav1,wmav2,wmapro,wmavoice,cook,nellymoser,speex,libspeex,gsm,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,\
pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_u8,pcm_s8,pcm_f32le,pcm_f32be,pcm_f64le,\
pcm_alaw,pcm_mulaw,pcm_bluray,pcm_dvd";
/// Streams (picture, sound, subtitles …) that a film may have.
const MAX_STREAMS: u32 = 40;
/// Bytes that libav may read to find out what the streams are.
const PROBE_BYTES: &str = "8000000";
/// Film time that libav may read for the same, in microseconds.
const PROBE_TIME: &str = "8000000";
/// Bits that any pixel may need, for the cap of single allocations.
const BYTES_PER_PIXEL: u64 = 8;
/// The cap of single allocations is never below this (sample tables of long films).
const LEAST_ALLOCATION: u64 = 96 << 20;

/// Sounds that tell what the picture shows.
const DESCRIBES: Disposition = Disposition::VISUAL_IMPAIRED.union(Disposition::DESCRIPTIONS);
/// Longest name of a language that is passed on, in letters (BCP 47 without extensions).
const LONGEST_LANGUAGE: usize = 12;

/// The demuxers that may be used for a source with these first bytes; `None`: not a film.
fn container(head: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, bytes: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(bytes));
    let boxed = [b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"];
    if boxed.iter().any(|name| at(4, *name)) {
        return Some("mov,mp4,m4a,3gp,3g2,mj2");
    }
    let ts = |first: usize, step: usize| (0..3).all(|n| at(first + n * step, &[0x47]));
    let id3 = at(0, b"ID3") || at(0, &[0xff, 0xfb]) || at(0, &[0xff, 0xf3]) || at(0, &[0xff, 0xf2]);
    [
        (at(0, &[0x1a, 0x45, 0xdf, 0xa3]), "matroska,webm"),
        (at(0, b"RIFF") && at(8, b"AVI "), "avi"),
        (at(0, b"FLV\x01"), "flv"),
        (at(0, &[0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11]), "asf"),
        (at(0, b"OggS"), "ogg"),
        (ts(0, 188) || ts(4, 192), "mpegts"),
        (at(0, &[0, 0, 1, 0xba]), "mpeg"),
        (at(0, &[0, 0, 1, 0xb3]), "mpegvideo"),
        (at(0, &[6, 14, 43, 52, 2, 5, 1, 1]), "mxf"),
        // Sound only: recognised, so that it can be called by its name.
        (at(0, b"RIFF") && at(8, b"WAVE"), "wav"),
        (at(0, b"fLaC"), "flac"),
        (id3, "mp3"),
        (at(0, &[0xff, 0xf1]) || at(0, &[0xff, 0xf9]), "aac"),
    ]
    .into_iter()
    .find_map(|(is, demuxers)| is.then_some(demuxers))
}

/// The demuxers that may be used for this source.
pub fn demuxers(source: &mut Source) -> Result<&'static str, Failure> {
    container(source.head()?)
        .ok_or_else(|| Failure::new(Reason::NotAFilm, "the first bytes are of no film container"))
}

/// Opens a source that is read once, and chooses its streams; how the reading goes comes with them.
pub fn opened(
    mut source: Source,
    order: &Order,
    parent: &Arc<Parent>,
) -> Result<(Input, Film, Arc<Reading>), Failure> {
    let demuxers = demuxers(&mut source)?;
    let reading = source.reading();
    let input = open(Shared::new(source), demuxers, parent, order.max_pixels)?;
    parent.check()?;
    let film = look(&input, order)?;
    Ok((input, film, reading))
}

/// Opens the source with the demuxers allowed.
pub fn open(source: Shared, demuxers: &str, parent: &Arc<Parent>, max_pixels: u64) -> Result<Input, Failure> {
    let largest = max_pixels.saturating_mul(BYTES_PER_PIXEL).max(LEAST_ALLOCATION);
    av::cap_allocations(usize::try_from(largest).unwrap_or(usize::MAX));
    let mut options = Dictionary::new();
    options.set("format_whitelist", demuxers);
    options.set("protocol_whitelist", "");
    options.set("codec_whitelist", DECODERS);
    options.set("max_streams", &MAX_STREAMS.to_string());
    options.set("probesize", PROBE_BYTES);
    options.set("analyzeduration", PROBE_TIME);
    let stream = StreamIo::from_read_seek_with_capacity(source, 64 << 10)
        .during(Reason::Internal, "buffer for the source")?;
    let watched = Arc::clone(parent);
    format::input_from_stream_with_interrupt(stream, None, Some(options), move || watched.is_cancelled())
        .map_err(|error| {
            // That is what a demuxer says when it wants one stream more than it may have, or a table larger than any film's.
            let refused = matches!(error, Libav::Other { errno } if errno == libc::ENOMEM);
            if refused && !memory_is_short() {
                return Failure::new(
                    Reason::TooLarge,
                    "more streams, or larger tables, than a film may have",
                );
            }
            let failure = Err::<(), _>(error).during(Reason::Broken, "opening the film");
            failure.err().unwrap_or_else(|| Failure::new(Reason::Internal, "unreachable"))
        })
}

/// How a picture must be turned and mirrored to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Upright {
    /// Clockwise: 0, 90, 180 or 270.
    pub turn: u16,
    /// Mirrored left to right as well, before the turn.
    pub mirrored: bool,
}

/// What a film is made from.
#[derive(Debug, Clone)]
pub struct Film {
    /// Index of the picture stream.
    pub picture: usize,
    /// Index of the sound stream, if there is one.
    pub sound: Option<usize>,
    /// Size as shown: upright, square pixels.
    pub shown: (u32, u32),
    /// How to make it upright.
    pub upright: Upright,
    /// Rate of all renditions.
    pub rate: Rate,
    /// Whether the header says that pictures are two fields.
    pub interlaced: bool,
    /// Length as stated, in milliseconds; 0: unknown.
    pub length_ms: u64,
    /// For the parent.
    pub probed: Probed,
}

/// Chooses the streams and checks them against the order.
pub fn look(input: &Input, order: &Order) -> Result<Film, Failure> {
    if input.nb_streams() >= MAX_STREAMS {
        return Err(Failure::new(Reason::TooLarge, format!("{} streams", input.nb_streams())));
    }
    let is_film = |stream: &Stream| {
        stream.parameters().medium() == media::Type::Video
            && !stream.disposition().intersects(Disposition::ATTACHED_PIC)
    };
    let best = input.streams().best(media::Type::Video).filter(is_film);
    let picture = best
        .or_else(|| input.streams().find(is_film))
        .ok_or_else(|| Failure::new(Reason::NoPicture, "no picture stream"))?;
    let length_ms = clock::stated_ms(input);
    if length_ms > order.max_length_ms {
        return Err(Failure::new(
            Reason::TooLong,
            format!("{length_ms} ms, at most {}", order.max_length_ms),
        ));
    }
    let stated = av::stated(&picture);
    let (width, height) = match (u64::try_from(stated.width), u64::try_from(stated.height)) {
        (Ok(width), Ok(height)) if width > 0 && height > 0 => (width, height),
        _ => return Err(Failure::new(Reason::Broken, "the size of the picture is not known")),
    };
    if width.saturating_mul(height) > order.max_pixels || width > 16_384 || height > 16_384 {
        return Err(Failure::new(Reason::TooLarge, format!("{width}×{height} pixels")));
    }
    known(&picture, "picture")?;
    let upright = upright(&picture);
    let shown = shown(width as u32, height as u32, stated.pixel_aspect, upright);
    let rate = ladder::rate(f64::from(picture.avg_frame_rate()), f64::from(picture.rate()));
    let sound = sound(input);
    let probed = Probed {
        length_ms,
        width: shown.0,
        height: shown.1,
        frame_rate_milli: rate.milli(),
        has_audio: sound.is_some(),
        rotation: upright.turn,
        video_codec: picture.parameters().id().name().to_owned(),
        audio_codec: sound.as_ref().map(|stream| stream.parameters().id().name().to_owned()),
        sounds: sound.as_ref().and_then(|stream| sounds(input, stream)),
    };
    Ok(Film {
        picture: picture.index(),
        sound: sound.map(|stream| stream.index()),
        shown,
        upright,
        rate,
        interlaced: stated.interlaced,
        length_ms,
        probed,
    })
}

/// The sound of a film with several: the one that its maker marked, or the best of those that are for
/// everybody; a description for blind people or a commentary only when there is nothing else.
fn sound(input: &Input) -> Option<Stream<'_>> {
    let extra = DESCRIBES | Disposition::COMMENT | Disposition::HEARING_IMPAIRED;
    let usable = |stream: &Stream| {
        stream.parameters().medium() == media::Type::Audio && known(stream, "sound").is_ok()
    };
    let for_all = |stream: &Stream| usable(stream) && !stream.disposition().intersects(extra);
    let marked = |stream: &Stream| for_all(stream) && stream.disposition().contains(Disposition::DEFAULT);
    let best = input.streams().best(media::Type::Audio).filter(for_all);
    input
        .streams()
        .find(marked)
        .or(best)
        .or_else(|| input.streams().find(for_all))
        .or_else(|| input.streams().find(usable))
}

/// Which of several sounds was taken; nothing when there is one. Those that cannot be decoded count: the file has them.
fn sounds(input: &Input, taken: &Stream) -> Option<Sounds> {
    let all: Vec<(usize, bool)> = input
        .streams()
        .filter(|stream| stream.parameters().medium() == media::Type::Audio)
        .map(|stream| (stream.index(), stream.disposition().intersects(DESCRIBES)))
        .collect();
    let at = all.iter().position(|(index, _)| *index == taken.index())?;
    let stated = av::language(taken);
    let is_plain = stated.len() <= LONGEST_LANGUAGE
        && stated != "und"
        && stated.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    (all.len() > 1).then(|| Sounds {
        of: all.len() as u32,
        taken: at as u32 + 1,
        language: if is_plain { stated } else { String::new() },
        described: all.iter().filter(|(index, describes)| *describes && *index != taken.index()).count()
            as u32,
    })
}

/// Whether a stream is in a codec that may be decoded.
fn known(stream: &Stream, what: &str) -> Result<(), Failure> {
    let id = stream.parameters().id();
    let name = codec::decoder::find(id).map(|decoder| decoder.name().to_owned());
    match name {
        Some(name) if DECODERS.split(',').any(|allowed| allowed == name) => Ok(()),
        _ => Err(Failure::new(Reason::Unsupported, format!("{what} in {}", id.name()))),
    }
}

/// Size with square pixels and upright.
fn shown(width: u32, height: u32, pixel_aspect: Rational, upright: Upright) -> (u32, u32) {
    let aspect = f64::from(pixel_aspect);
    // Beyond these a header is wrong rather than a picture odd.
    let aspect = if aspect.is_finite() && (0.1..=10.0).contains(&aspect) { aspect } else { 1.0 };
    let square = (f64::from(width) * aspect).round().max(1.0) as u32;
    if upright.turn % 180 == 90 { (height, square) } else { (square, height) }
}

/// Reads the display matrix (ISO/IEC 14496-12 §8.3.2: nine 16.16 numbers, row by row).
fn upright(stream: &Stream) -> Upright {
    let matrix = stream.side_data().find(|data| data.kind() == SideData::DisplayMatrix);
    let cells: Vec<f64> = matrix.as_ref().map_or_else(Vec::new, |matrix| {
        let (cells, _) = matrix.data().as_chunks::<4>();
        cells.iter().map(|cell| f64::from(i32::from_ne_bytes(*cell)) / 65_536.0).collect()
    });
    match cells[..] {
        [a, b, _, c, d, ..] => turned(a, b, c, d),
        _ => Upright::default(),
    }
}

/// The nearest quarter turn for a matrix that sends (x, y) to (ax + cy, bx + dy).
fn turned(a: f64, b: f64, c: f64, d: f64) -> Upright {
    let mirrored = a * d - b * c < 0.0;
    // A mirrored picture is mirrored first: that changes the sign of the first row.
    let (a, b) = if mirrored { (-a, -b) } else { (a, b) };
    let quarters = (b.atan2(a).to_degrees() / 90.0).round().rem_euclid(4.0);
    Upright { turn: quarters as u16 * 90, mirrored }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_film_containers_pass() {
        assert!(container(b"\0\0\0\x20ftypisom").is_some());
        assert_eq!(container(b"\x1a\x45\xdf\xa3...."), Some("matroska,webm"));
        for text in [
            "#EXTM3U\nfile:///etc/passwd",
            "ffconcat version 1.0",
            "<?xml version='1.0'?><MPD/>",
            "v=0\r\n",
            "\u{89}PNG",
        ] {
            assert_eq!(container(text.as_bytes()), None, "{text}");
        }
        assert_eq!(container(b""), None);
    }

    #[test]
    fn a_phone_held_upright_is_turned_by_a_quarter() {
        assert_eq!(turned(0.0, 1.0, -1.0, 0.0), Upright { turn: 90, mirrored: false });
        assert_eq!(turned(-1.0, 0.0, 0.0, -1.0), Upright { turn: 180, mirrored: false });
        assert_eq!(turned(0.0, -1.0, 1.0, 0.0), Upright { turn: 270, mirrored: false });
        assert_eq!(turned(-1.0, 0.0, 0.0, 1.0), Upright { turn: 0, mirrored: true });
        assert_eq!(shown(1920, 1080, Rational::new(1, 1), turned(0.0, 1.0, -1.0, 0.0)), (1080, 1920));
        assert_eq!(shown(720, 576, Rational::new(64, 45), Upright::default()), (1024, 576));
    }
}
