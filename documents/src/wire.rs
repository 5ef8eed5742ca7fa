//! What the program `tablica-documents` reads and answers: one order, one answer, each a frame.
//!
//! A frame is `u32` LE length of the header, `u32` LE length of the payload, the header (JSON) and the payload. The payload is
//! the pieces that the header counts, one after the other.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Longest header that either side takes, in bytes.
pub const MOST_HEADER_BYTES: u32 = 4 << 20;
/// Longest payload that either side takes, in bytes.
pub const MOST_PAYLOAD_BYTES: u32 = 40 << 20;
/// Bytes before the header: two little-endian `u32`.
pub const PREFIX_BYTES: usize = 8;

/// Which of our templates (`templates/*.typ`) a document is set with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// [`crate::Report`]: reports, protocols, agreements.
    Report,
    /// [`crate::Letter`]: a letter to one person.
    Letter,
    /// [`crate::Certificate`]: that somebody finished a course.
    Certificate,
}

/// A piece of the payload that belongs to a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// What the document calls it, such as `signature.png`: one name of a file, no folder.
    pub name: String,
    /// Its length.
    pub bytes: usize,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "make", rename_all = "snake_case")]
pub enum Order {
    /// A document as PDF/UA-1.
    Document {
        /// How it is laid out.
        template: Template,
        /// What it says. Text stays text: nothing in it is read as markup.
        data: serde_json::Value,
        /// When it is made, in seconds since 1970 (UTC).
        made_at: i64,
        /// Pictures in the payload.
        pictures: Vec<Piece>,
    },
    /// A photograph made small and safe: turned upright, without anything but the picture.
    Photo {
        /// Largest picture that is taken, in pixels (width × height).
        most_pixels: u64,
        /// Longest side of what comes out.
        longest_px: u32,
        /// Longest side of the small copy.
        small_px: u32,
    },
}

/// Why nothing was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The order cannot be read or breaks a limit.
    BadOrder,
    /// The document cannot be set: a fault of ours.
    Template,
    /// The file is not a JPEG, PNG or WebP picture.
    NotAPicture,
    /// The picture has more pixels than are taken.
    TooLarge,
    /// The picture breaks off or is damaged.
    Damaged,
    /// A fault of the program.
    Internal,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Made: the payload is these pieces. A document is one; a photograph is the picture and its small copy.
    Made {
        /// Lengths, in bytes.
        pieces: Vec<usize>,
        /// Width and height of a photograph.
        size_px: Option<(u32, u32)>,
    },
    /// Not made.
    Failed {
        /// Why.
        reason: Reason,
        /// The same for the log.
        detail: String,
    },
}

fn malformed(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Everything of a frame before its payload. Errors: `InvalidData` for one that is too long.
pub fn encode<M: Serialize>(message: &M, payload_bytes: usize) -> io::Result<Vec<u8>> {
    let header = serde_json::to_vec(message).map_err(malformed)?;
    let header_bytes = u32::try_from(header.len()).map_err(malformed)?;
    let payload_bytes = u32::try_from(payload_bytes).map_err(malformed)?;
    if header_bytes > MOST_HEADER_BYTES || payload_bytes > MOST_PAYLOAD_BYTES {
        return Err(malformed("the frame is too long"));
    }
    let mut frame = Vec::with_capacity(PREFIX_BYTES + header.len());
    frame.extend_from_slice(&header_bytes.to_le_bytes());
    frame.extend_from_slice(&payload_bytes.to_le_bytes());
    frame.extend_from_slice(&header);
    Ok(frame)
}

/// Lengths of header and payload. Errors: `InvalidData` for one that is too long.
pub fn lengths(prefix: [u8; PREFIX_BYTES]) -> io::Result<(usize, usize)> {
    let [a, b, c, d, e, f, g, h] = prefix;
    let (header, payload) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    if header > MOST_HEADER_BYTES || payload > MOST_PAYLOAD_BYTES {
        return Err(malformed("the frame is too long"));
    }
    Ok((header as usize, payload as usize))
}

/// A header. Errors: `InvalidData`.
pub fn decode<M: DeserializeOwned>(header: &[u8]) -> io::Result<M> {
    serde_json::from_slice(header).map_err(malformed)
}

/// Reads one frame. Errors: those of the reader; `InvalidData`.
pub fn read<M: DeserializeOwned>(reader: &mut impl Read) -> io::Result<(M, Vec<u8>)> {
    let mut prefix = [0; PREFIX_BYTES];
    reader.read_exact(&mut prefix)?;
    let (header_bytes, payload_bytes) = lengths(prefix)?;
    let mut header = vec![0; header_bytes];
    reader.read_exact(&mut header)?;
    let mut payload = vec![0; payload_bytes];
    reader.read_exact(&mut payload)?;
    Ok((decode(&header)?, payload))
}

/// Writes one frame. Errors: those of the writer; `InvalidData`.
pub fn write<M: Serialize>(writer: &mut impl Write, message: &M, pieces: &[Vec<u8>]) -> io::Result<()> {
    writer.write_all(&encode(message, pieces.iter().map(Vec::len).sum())?)?;
    for piece in pieces {
        writer.write_all(piece)?;
    }
    writer.flush()
}

/// The pieces of a payload. Errors: `InvalidData` when the lengths do not fit.
pub fn split(payload: &[u8], lengths: impl IntoIterator<Item = usize>) -> io::Result<Vec<&[u8]>> {
    let (mut rest, mut pieces) = (payload, Vec::new());
    for length in lengths {
        let (piece, after) =
            rest.split_at_checked(length).ok_or_else(|| malformed("a piece is longer than the payload"))?;
        pieces.push(piece);
        rest = after;
    }
    if rest.is_empty() { Ok(pieces) } else { Err(malformed("the payload is longer than its pieces")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_says_that_it_is_long_is_refused_before_it_is_read() {
        let prefix = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
        assert!(lengths(prefix).is_err());
        assert!(read::<Answer>(&mut prefix.as_slice()).is_err());
    }

    #[test]
    fn what_is_written_is_read_and_falls_into_its_pieces() {
        let order = Order::Photo { most_pixels: 1, longest_px: 2, small_px: 3 };
        let mut frame = Vec::new();
        write(&mut frame, &order, &[vec![1, 2], vec![3]]).unwrap();
        let (back, payload) = read::<Order>(&mut frame.as_slice()).unwrap();
        assert_eq!(back, order);
        assert_eq!(split(&payload, [2, 1]).unwrap(), [[1, 2].as_slice(), &[3]]);
        assert!(split(&payload, [2, 2]).is_err());
        assert!(split(&payload, [2]).is_err());
    }
}
