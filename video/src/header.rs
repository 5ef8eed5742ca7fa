//! What uploaders and players say in headers, read strictly: nothing is guessed. Mutated in `mutations`.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A number of bytes, as `Upload-Length` and `Upload-Offset` have it (tus 1.0.0): digits and nothing else.
pub fn count(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The value of a key in `Upload-Metadata` (tus 1.0.0, "creation"): `key base64,key base64`.
pub fn metadata(header: &str, key: &str) -> Option<String> {
    let value = header.split(',').find_map(|pair| pair.trim().strip_prefix(key)?.strip_prefix(' '))?;
    String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()
}

/// The first range of `Range` (RFC 9110 §14.2) in something of `length` bytes: `bytes=a-b`, `bytes=a-` or `bytes=-n`; `None` when it
/// cannot be satisfied.
pub fn byte_range(header: &str, length: u64) -> Option<Range<u64>> {
    let (from, to) = header.trim().strip_prefix("bytes=")?.split(',').next()?.trim().split_once('-')?;
    let range = match (from, to) {
        ("", last) => length.saturating_sub(last.parse().ok()?)..length,
        (from, "") => from.parse().ok()?..length,
        (from, to) => from.parse().ok()?..to.parse::<u64>().ok()?.saturating_add(1).min(length),
    };
    (range.start < range.end).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::{byte_range, metadata};

    #[test]
    fn metadata_is_read_by_its_key() {
        let header = "filename d3lrbGFkLm1wNA==,film MDE5,empty";
        assert_eq!(metadata(header, "filename").as_deref(), Some("wyklad.mp4"));
        assert_eq!(metadata(header, "film").as_deref(), Some("019"));
        assert_eq!(metadata(header, "empty"), None);
        assert_eq!(metadata("film ???", "film"), None);
    }

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        let check = |header, expected| assert_eq!(byte_range(header, 100), expected, "{header}");
        check("bytes=0-9", Some(0..10));
        check("bytes=90-", Some(90..100));
        check("bytes=-10", Some(90..100));
        check("bytes=-1000", Some(0..100));
        check("bytes=50-1000", Some(50..100));
        check("bytes=100-", None);
        check("bytes=9-5", None);
        check("bytes=-0", None);
        check("lines=1-2", None);
        check("bytes=0-18446744073709551615", Some(0..100));
    }
}
