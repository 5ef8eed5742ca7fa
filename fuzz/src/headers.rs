//! What uploaders (tus) and players say in headers and addresses: numbers, metadata, checksums, ranges, names of pieces, tickets.
#![no_main]

use base::Clock;
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;
use video::playlist::Piece;
use video::take::Checksum;
use video::{FilmId, header, ticket};

fuzz_target!(|bytes: &[u8]| {
    // A header is text before any of this sees it.
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for key in ["film", "filename"] {
        if let Some(value) = header::metadata(text, key) {
            assert!(value.len() <= text.len() && text.contains(&format!("{key} ")));
        }
    }
    if let Some(count) = header::count(text) {
        assert_eq!(text.trim_start_matches('0'), count.to_string().trim_start_matches('0'));
    }
    for length in [0, 1, 100, u64::MAX] {
        if let Some(range) = header::byte_range(text, length) {
            assert!(range.start < range.end && range.end <= length);
        }
    }
    if let Some(Checksum::Sha1(sum) | Checksum::Sha256(sum)) = Checksum::read(text) {
        assert!(sum.len() < text.len());
    }
    match Piece::of_name(text) {
        Some(Piece::Init(tag)) => assert_eq!(text, format!("init-{tag}.mp4")),
        Some(Piece::Segment(at, tag)) => assert_eq!(text, format!("{at}-{tag}.m4s")),
        None => {}
    }
    // Nothing here was signed with this key.
    assert_eq!(ticket::read(&[7; 32], &Clock::system(), text, FilmId(Uuid::nil())), None);
});
