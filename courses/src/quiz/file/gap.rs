//! Gaps as they are written in a file: `[[kierownik|dyrektor]]` is to be typed, `[[*tak | nie]]` to be chosen.
//!
//! A backslash makes an ordinary letter of `[` in the text, and of `|`, `[`, `]`, `*` and `\` within a gap.

use super::fault::FileFault;
use crate::markdown::Lines;
use crate::quiz::gaps::{Piece, pieces};
use crate::quiz::question::Gap;

/// A text with gaps as it is kept, and its gaps. Faults come with their line in the text, from 0.
pub(super) fn read(text: &str) -> (String, Vec<Gap>, Vec<(usize, FileFault)>) {
    let (mut kept, mut gaps, mut faults) = (String::new(), Vec::new(), Vec::new());
    let lines = Lines::of(text);
    let mut rest = text;
    while let Some(found) = rest.find('[') {
        let before = &rest[..found];
        let stem = before.trim_end_matches('\\');
        let slashes = before.len() - stem.len();
        kept.push_str(stem);
        kept.extend(std::iter::repeat_n('\\', slashes / 2));
        let opens = slashes.is_multiple_of(2) && rest[found + 1..].starts_with('[');
        let inside = rest.get(found + 2..).unwrap_or_default();
        let line = || lines.line(text.len() - inside.len()) - 1;
        match opens.then(|| content(inside)) {
            None => {
                kept.push('[');
                rest = &rest[found + 1..];
            }
            Some(None) => {
                faults.push((line(), FileFault::GapNotClosed));
                // Looked at once: no gap goes on in the next line.
                rest = inside.find('\n').map_or("", |end| &inside[end..]);
            }
            Some(Some((items, length))) => {
                match gap(items) {
                    Ok(gap) => gaps.push(gap),
                    Err(fault) => faults.push((line(), fault)),
                }
                kept.push_str(&format!("[[{}]]", gaps.len()));
                rest = &inside[length..];
            }
        }
    }
    kept.push_str(rest);
    (kept, gaps, faults)
}

/// The items of a gap, each with whether it is marked, and the length up to the end of its brackets.
fn content(inside: &str) -> Option<(Vec<(bool, String)>, usize)> {
    let mut items = vec![(false, String::new())];
    let mut letters = inside.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let item = items.last_mut()?;
        match letter {
            '\n' => return None,
            '\\' if letters.peek().is_some_and(|(_, next)| matches!(next, '|' | '[' | ']' | '*' | '\\')) => {
                item.1.extend(letters.next().map(|(_, next)| next));
            }
            '|' => items.push((false, String::new())),
            ']' if inside[at..].starts_with("]]") => {
                for item in &mut items {
                    item.1 = item.1.trim().to_owned();
                }
                return Some((items, at + 2));
            }
            '*' if item.1.trim().is_empty() && !item.0 => item.0 = true,
            other => item.1.push(other),
        }
    }
    None
}

fn gap(items: Vec<(bool, String)>) -> Result<Gap, FileFault> {
    let marked = items.iter().filter(|(marked, _)| *marked).count();
    let right = items.iter().position(|(marked, _)| *marked);
    let texts = items.into_iter().map(|(_, text)| text).collect();
    match (right, marked) {
        (None, _) => Ok(Gap::Words { accepted: texts }),
        (Some(right), 1) => Ok(Gap::Choice { options: texts, right }),
        _ => Err(FileFault::GapSeveralRight),
    }
}

/// The text of a file for a text that is kept, so that `read` answers the same again.
pub(super) fn write(kept: &str, gaps: &[Gap]) -> String {
    let mut text = String::new();
    let pieces = pieces(kept);
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(piece) => {
                let before_gap =
                    matches!(pieces.get(at + 1), Some(Piece::Gap(number)) if *number <= gaps.len());
                escape(piece, before_gap, &mut text);
            }
            Piece::Gap(number) => match number.checked_sub(1).and_then(|at| gaps.get(at)) {
                Some(gap) => one(gap, &mut text),
                None => escape(&format!("[[{number}]]"), false, &mut text),
            },
        }
    }
    text
}

/// Backslashes before `[`, and before a gap that follows, are doubled; `[` that would open a gap gets one more.
fn escape(piece: &str, before_gap: bool, text: &mut String) {
    let mut slashes = 0;
    let mut letters = piece.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '[' {
            text.extend(std::iter::repeat_n('\\', slashes));
            let last = letters.peek().is_none();
            if letters.peek() == Some(&'[') || (last && before_gap) {
                text.push('\\');
            }
        }
        slashes = if letter == '\\' { slashes + 1 } else { 0 };
        text.push(letter);
    }
    if before_gap {
        text.extend(std::iter::repeat_n('\\', slashes));
    }
}

fn one(gap: &Gap, text: &mut String) {
    let (items, right) = match gap {
        Gap::Words { accepted } => (accepted, None),
        Gap::Choice { options, right } => (options, Some(*right)),
    };
    text.push_str("[[");
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push_str(" | ");
        }
        if right == Some(at) {
            text.push('*');
        }
        for (place, letter) in item.chars().enumerate() {
            if matches!(letter, '|' | '[' | ']' | '\\') || (letter == '*' && place == 0) {
                text.push('\\');
            }
            text.push(if letter == '\n' { ' ' } else { letter });
        }
    }
    text.push_str("]]");
}
