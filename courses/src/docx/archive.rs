//! The parts of the archive, unpacked within limits whatever it says of itself.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use bytes::Bytes;
use zip::ZipArchive;

use super::Refused;

/// Most bytes of a document.
pub const MOST_BYTES: usize = 30 << 20;
/// Most bytes of everything in it, unpacked.
const MOST_UNPACKED: u64 = 120 << 20;
/// Most bytes of one part that is XML.
const MOST_XML: usize = 24 << 20;
const MOST_PARTS: usize = 2_000;

/// What is read of the archive.
pub(super) struct Parts {
    /// The main story (`word/document.xml`).
    pub(super) main: String,
    /// Other XML parts, by path.
    pub(super) xml: HashMap<String, String>,
    /// Everything under `word/media`, by path.
    pub(super) media: HashMap<String, Bytes>,
    /// Every path, in small letters.
    pub(super) names: Vec<String>,
}

/// Unpacks a document.
pub(super) fn open(bytes: &[u8]) -> Result<Parts, Refused> {
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Refused::Old);
    }
    if bytes.len() > MOST_BYTES {
        return Err(Refused::TooLarge);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::NotDocument)?;
    if archive.len() > MOST_PARTS {
        return Err(Refused::TooLarge);
    }
    let mut parts =
        Parts { main: String::new(), xml: HashMap::new(), media: HashMap::new(), names: Vec::new() };
    let mut left = MOST_UNPACKED;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| Refused::NotDocument)?;
        let name = part.name().map_err(|_| Refused::NotDocument)?.trim_start_matches('/').to_owned();
        let lower = name.to_lowercase();
        let is_xml = lower.ends_with(".xml") || lower.ends_with(".rels");
        let is_media = lower.starts_with("word/media/");
        let mut part = part.take(left + 1);
        let mut kept = Vec::new();
        let read = if is_xml || is_media {
            part.read_to_end(&mut kept).map(|read| u64::try_from(read).unwrap_or(u64::MAX))
        } else {
            // Unpacked once into nothing, to know how much there is.
            std::io::copy(&mut part, &mut std::io::sink())
        };
        left = left.checked_sub(read.map_err(|_| Refused::NotDocument)?).ok_or(Refused::TooLarge)?;
        if is_media {
            parts.media.insert(lower.clone(), kept.into());
        } else if is_xml {
            if kept.len() > MOST_XML {
                return Err(Refused::TooLarge);
            }
            // Word writes UTF-8; a mark of byte order may stand before it.
            let text = String::from_utf8(kept).map_err(|_| Refused::NotDocument)?;
            parts.xml.insert(lower.clone(), text.trim_start_matches('\u{feff}').to_owned());
        }
        parts.names.push(lower);
    }
    parts.main = parts.xml.remove("word/document.xml").ok_or(Refused::NotDocument)?;
    Ok(parts)
}
