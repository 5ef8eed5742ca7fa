//! Lengths and sizes of films as people read them.

use video::weight;
use words::{Language, courses as text, storage as say};

/// From here on sizes are told in GB.
const MANY_BYTES: u64 = 10 << 30;
/// Whole gigabytes are told as such from here on.
const WHOLE_BYTES: u64 = 2 << 30;

/// A place in a film, or its length, given in milliseconds: `3:20`, `1:02:03`.
pub fn clock(ms: impl Into<u64>) -> String {
    let seconds = ms.into() / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Whole megabytes (10⁶ bytes); what is there at all has one.
pub fn megabytes(bytes: u64) -> String {
    weight::megabytes(bytes).to_string()
}

/// A size beside a limit, which is set in binary gigabytes: megabytes, and gigabytes when it is many or a whole number of them.
pub fn size(language: Language, bytes: u64) -> String {
    if bytes >= MANY_BYTES || bytes >= WHOLE_BYTES && bytes.is_multiple_of(1 << 30) {
        text::gigabytes(language, &(bytes >> 30).to_string())
    } else {
        say::megabytes(language, &(bytes >> 20).to_string())
    }
}
