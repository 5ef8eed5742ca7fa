//! The text of playlists, put together of rows and nothing else.

use std::fmt::Write as _;

use super::KEYS;

/// Segments are six seconds long; the target must not change while a playlist grows (RFC 8216 §4.3.3.1).
const TARGET_SECONDS: u32 = 6;

/// A rendition in the master playlist.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its name: `720p`.
    pub name: String,
    /// `picture` or `sound`.
    pub kind: String,
    /// Width in pixels.
    pub width: i32,
    /// Height in pixels.
    pub height: i32,
    /// Most pictures in 1000 seconds.
    pub frame_rate_milli: i32,
    /// Codec string (RFC 6381).
    pub codecs: String,
    /// Highest bits a second.
    pub bandwidth: i64,
    /// Mean bits a second; 0: not known yet.
    pub average_bandwidth: i64,
    /// Highest bits a second of its key pictures alone, where they are known.
    pub keys_bandwidth: Option<i64>,
}

/// A segment in the playlist of a rendition.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Its number, from 0.
    pub number: i32,
    /// How long it lasts, in milliseconds.
    pub length_ms: i32,
    /// The bytes up to the end of its first picture, where they are known.
    pub key_bytes: Option<i32>,
    /// The number made of the name of its object.
    pub tag: i64,
    /// The same of its own beginning's object, when it has one.
    pub own_init: Option<i64>,
}

/// What a playlist of a rendition is to be.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Of key pictures only.
    pub keys_only: bool,
    /// Nothing will be added.
    pub complete: bool,
    /// The number made of the name of the beginning's object.
    pub init_tag: i64,
}

/// The master playlist; `None` while no picture can be played.
pub fn master(rows: &[Version]) -> Option<String> {
    let sound = rows.iter().find(|row| row.kind == "sound");
    let mut text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n".to_owned();
    if let Some(sound) = sound {
        let name = &sound.name;
        let _infallible = writeln!(
            text,
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"sound\",DEFAULT=YES,AUTOSELECT=YES,URI=\"{name}.m3u8\""
        );
    }
    let mut pictures = 0;
    for row in rows.iter().filter(|row| row.kind == "picture") {
        pictures += 1;
        let (mut peak, mut average, mut codecs) = (row.bandwidth, row.average_bandwidth, row.codecs.clone());
        if let Some(sound) = sound {
            peak += sound.bandwidth;
            average += sound.average_bandwidth;
            let _infallible = write!(codecs, ",{}", sound.codecs);
        }
        let _infallible = write!(text, "#EXT-X-STREAM-INF:BANDWIDTH={peak}");
        if average > 0 {
            let _infallible = write!(text, ",AVERAGE-BANDWIDTH={average}");
        }
        let rate = f64::from(row.frame_rate_milli) / 1000.0;
        let _infallible =
            write!(text, ",CODECS=\"{codecs}\",RESOLUTION={}x{},FRAME-RATE={rate:.3}", row.width, row.height);
        let group = if sound.is_some() { ",AUDIO=\"sound\"" } else { "" };
        let _infallible = writeln!(text, "{group}\n{}.m3u8", row.name);
    }
    // The sound alone, for whoever listens, or has a line that carries no picture. Last: players begin with the first.
    if let Some(sound) = sound {
        let _infallible = write!(text, "#EXT-X-STREAM-INF:BANDWIDTH={}", sound.bandwidth);
        if sound.average_bandwidth > 0 {
            let _infallible = write!(text, ",AVERAGE-BANDWIDTH={}", sound.average_bandwidth);
        }
        let _infallible = writeln!(text, ",CODECS=\"{}\",AUDIO=\"sound\"\n{}.m3u8", sound.codecs, sound.name);
    }
    for row in rows.iter().filter(|row| row.kind == "picture") {
        let Some(bandwidth) = row.keys_bandwidth else { continue };
        let _infallible = writeln!(
            text,
            "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={bandwidth},CODECS=\"{}\",RESOLUTION={}x{},URI=\"{}{KEYS}.m3u8\"",
            row.codecs, row.width, row.height, row.name
        );
    }
    (pictures > 0).then_some(text)
}

/// What the beginning of a rendition is called beside its playlist; `tag`: the number made of the name of its object.
pub fn init_name(rendition: &str, tag: i64) -> String {
    format!("{rendition}/init-{tag}.mp4")
}

/// The same of a segment.
pub fn segment_name(rendition: &str, number: impl std::fmt::Display, tag: i64) -> String {
    format!("{rendition}/{number}-{tag}.m4s")
}

/// The playlist of one rendition, of its segments in their order; `None` when its key pictures are asked for and not known.
pub fn rendition(name: &str, shape: &Shape, rows: &[Part]) -> Option<String> {
    let longest = rows.iter().map(|row| row.length_ms).max().unwrap_or(0);
    let target = TARGET_SECONDS.max(u32::try_from((longest + 500) / 1000).unwrap_or(0));
    let kind = if shape.complete { "VOD" } else { "EVENT" };
    if shape.keys_only && !rows.iter().any(|row| row.key_bytes.is_some()) {
        return None;
    }
    let only = if shape.keys_only { "#EXT-X-I-FRAMES-ONLY\n" } else { "" };
    let mut init = rows.first().and_then(|row| row.own_init).unwrap_or(shape.init_tag);
    let mut text = format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:{kind}\n{only}#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-START:TIME-OFFSET=0\n#EXT-X-MAP:URI=\"{}\"\n",
        init_name(name, init)
    );
    for (at, row) in rows.iter().enumerate() {
        if usize::try_from(row.number) != Ok(at) {
            break; // A gap: what follows is not playable yet.
        }
        let seconds = f64::from(row.length_ms) / 1000.0;
        let key_bytes = if shape.keys_only { row.key_bytes } else { None };
        if shape.keys_only && key_bytes.is_none() {
            break;
        }
        // An end of a film that was cut out of one whose largest version is the upload's own. Times go on, so it is no discontinuity (RFC
        // 8216 §4.3.2.3): with one, players would count anew from there and no longer know picture and sound together.
        let own_init = row.own_init.unwrap_or(shape.init_tag);
        if own_init != init {
            init = own_init;
            let _infallible = writeln!(text, "#EXT-X-MAP:URI=\"{}\"", init_name(name, init));
        }
        let _infallible = writeln!(text, "#EXTINF:{seconds:.3},");
        if let Some(bytes) = key_bytes {
            let _infallible = writeln!(text, "#EXT-X-BYTERANGE:{bytes}@0");
        }
        let _infallible = writeln!(text, "{}", segment_name(name, at, row.tag));
    }
    if shape.complete {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    Some(text)
}
