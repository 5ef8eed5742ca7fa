//! What the letter to the head of a unit says below its lines: who is late with what, in the head's language, in plain text.

use courses::remind::digest::Digest;
use identity::day;
use words::{Language, obligations as say};

/// Lines of a head's letter; the report has all.
const MOST_LINES: usize = 200;

/// The lines.
pub fn digest(digest: &Digest) -> String {
    let language = Language::from_code(&digest.language).unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    let mut unit = "";
    for late in digest.late.iter().take(MOST_LINES) {
        if late.unit != unit {
            unit = &late.unit;
            lines.push(format!("\n{unit}"));
        }
        let new = if late.new { say::digest_new(language) } else { "" };
        lines.push(say::digest_line(language, &late.name, &late.title, &day::spoken(late.due_on), new));
    }
    let rest = digest.late.len().saturating_sub(MOST_LINES);
    if rest > 0 {
        lines.push(say::digest_rest(language, i64::try_from(rest).unwrap_or(i64::MAX)));
    }
    say::digest_text(language, lines.join("\n").trim())
}
