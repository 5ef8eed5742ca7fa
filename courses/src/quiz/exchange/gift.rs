//! GIFT, the text format of Moodle (“General Import Format Technology”, docs.moodle.org/en/GIFT_format).

mod read;
mod write;

pub use read::read;
pub use write::write;

/// Letters that mean something, and the private letters (Unicode, U+E000 to U+F8FF) that stand for them, once escaped, while
/// a question is taken apart.
const ESCAPED: [(char, char); 8] = [
    ('~', '\u{e000}'),
    ('=', '\u{e001}'),
    ('#', '\u{e002}'),
    ('{', '\u{e003}'),
    ('}', '\u{e004}'),
    (':', '\u{e005}'),
    ('n', '\u{e006}'),
    ('\\', '\u{e007}'),
];

/// Escaped letters become private ones.
fn protect(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        match ESCAPED.iter().find(|(plain, _)| letter == '\\' && Some(*plain) == next) {
            Some((_, private)) => {
                out.push(*private);
                letters.next();
            }
            // A private letter of the file itself would be taken for one of ours.
            None if ('\u{e000}'..='\u{e007}').contains(&letter) => out.push('\u{fffd}'),
            None => out.push(letter),
        }
    }
    out
}

/// Private letters become what they stand for.
fn plain(text: &str) -> String {
    let letter = |letter: char| match ESCAPED.iter().find(|(_, private)| *private == letter) {
        Some(('n', _)) => '\n',
        Some((plain, _)) => *plain,
        None => letter,
    };
    text.chars().map(letter).collect()
}

/// A text with one gap between what stands before the braces and behind them.
fn with_gap(before: &str, after: &str) -> String {
    let blank = if after.starts_with(|c: char| c.is_alphanumeric() || c == '(') { " " } else { "" };
    format!("{} [[1]]{blank}{}", before.replace("[[", "[ ["), after.replace("[[", "[ ["))
}
