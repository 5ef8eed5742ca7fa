//! How a message and the bytes that belong to it are put on a pipe: `u32` LE header length, `u32` LE payload length, the
//! header (JSON of `ToChild` or `FromChild`) and the payload bytes. What is over its limit is refused before memory is taken.

use std::io::{self, Read, Write};

use serde::{Serialize, de::DeserializeOwned};

/// Longest header that either side accepts, in bytes.
pub const MAX_HEADER_BYTES: u32 = 256 * 1024;
/// Longest payload that either side accepts, in bytes.
pub const MAX_PAYLOAD_BYTES: u32 = 64 * 1024 * 1024;
/// Bytes before the header: two little-endian `u32`.
pub const PREFIX_BYTES: usize = 8;

/// One frame without its payload, ready to be written before the payload's bytes.
///
/// # Errors
/// `InvalidData` if the message has no JSON or is too long.
pub fn encode<M: Serialize>(message: &M, payload_bytes: usize) -> io::Result<Vec<u8>> {
    let header = serde_json::to_vec(message).map_err(invalid)?;
    let header_bytes = checked(header.len(), MAX_HEADER_BYTES, "header")?;
    let payload_bytes = checked(payload_bytes, MAX_PAYLOAD_BYTES, "payload")?;
    let mut frame = Vec::with_capacity(PREFIX_BYTES + header.len());
    frame.extend_from_slice(&header_bytes.to_le_bytes());
    frame.extend_from_slice(&payload_bytes.to_le_bytes());
    frame.extend_from_slice(&header);
    Ok(frame)
}

/// Lengths of header and payload, in bytes, that a frame's first bytes state.
///
/// # Errors
/// `InvalidData` if either is over its limit.
pub fn lengths(prefix: [u8; PREFIX_BYTES]) -> io::Result<(usize, usize)> {
    let [a, b, c, d, e, f, g, h] = prefix;
    let header = checked(u32::from_le_bytes([a, b, c, d]) as usize, MAX_HEADER_BYTES, "header")?;
    let payload = checked(u32::from_le_bytes([e, f, g, h]) as usize, MAX_PAYLOAD_BYTES, "payload")?;
    Ok((header as usize, payload as usize))
}

/// The message in a header.
///
/// # Errors
/// `InvalidData` if it is not one of ours.
pub fn decode<M: DeserializeOwned>(header: &[u8]) -> io::Result<M> {
    serde_json::from_slice(header).map_err(invalid)
}

/// Writes one frame and flushes (blocking).
///
/// # Errors
/// Those of the writer; `InvalidData` as in [`encode`].
pub fn write_frame<M: Serialize>(to: &mut impl Write, message: &M, payload: &[u8]) -> io::Result<()> {
    to.write_all(&encode(message, payload.len())?)?;
    to.write_all(payload)?;
    to.flush()
}

/// Reads one frame (blocking); `None` when the other side closed between frames.
///
/// # Errors
/// Those of the reader; `UnexpectedEof` inside a frame; `InvalidData` for what is not ours.
pub fn read_frame<M: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<(M, Vec<u8>)>> {
    let mut prefix = [0; PREFIX_BYTES];
    let mut have = 0;
    while have < PREFIX_BYTES {
        match from.read(&mut prefix[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => have += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let (header_bytes, payload_bytes) = lengths(prefix)?;
    let mut header = vec![0; header_bytes];
    from.read_exact(&mut header)?;
    let mut payload = vec![0; payload_bytes];
    from.read_exact(&mut payload)?;
    Ok(Some((decode(&header)?, payload)))
}

fn checked(bytes: usize, limit: u32, what: &str) -> io::Result<u32> {
    u32::try_from(bytes)
        .ok()
        .filter(|&bytes| bytes <= limit)
        .ok_or_else(|| invalid(format!("{what} of {bytes} bytes, the limit is {limit}")))
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use super::super::{FromChild, Rendition, RenditionKind, ToChild};
    use super::*;

    #[test]
    fn a_frame_comes_back_as_it_was_written() {
        let message = FromChild::Rendition(Rendition {
            name: "720p".into(),
            kind: RenditionKind::Picture,
            width: 1280,
            height: 720,
            frame_rate_milli: 25_000,
            codecs: "avc1.64001f".into(),
            bandwidth_estimate: 2_000_000,
        });
        let mut bytes = Vec::new();
        write_frame(&mut bytes, &message, b"payload").unwrap();
        write_frame(&mut bytes, &FromChild::Poster, &[]).unwrap();
        let mut from = bytes.as_slice();
        assert_eq!(read_frame(&mut from).unwrap(), Some((message, b"payload".to_vec())));
        assert_eq!(read_frame(&mut from).unwrap(), Some((FromChild::Poster, vec![])));
        assert_eq!(read_frame::<FromChild>(&mut from).unwrap(), None);
    }

    #[test]
    fn a_frame_that_lies_about_its_length_is_refused_before_memory_is_taken() {
        let mut bytes = Vec::from(u32::MAX.to_le_bytes());
        bytes.extend([0; 4]);
        assert_eq!(
            read_frame::<ToChild>(&mut bytes.as_slice()).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
        let cut = &encode(&ToChild::Bytes, 9).unwrap()[..];
        assert_eq!(read_frame::<ToChild>(&mut &cut[..]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
