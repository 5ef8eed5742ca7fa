//! Captions of the lecture in WebVTT: at most two lines of 42 characters, at the time the words are said.

use std::fmt::Write;

/// Most characters in a line of a caption.
const LINE: usize = 42;

/// One caption.
pub struct Cue {
    from_ms: u32,
    to_ms: u32,
    lines: Vec<String>,
}

/// Adds the caption of a sentence spoken between two times; a long one becomes several, in proportion.
pub fn add(cues: &mut Vec<Cue>, sentence: &str, from_ms: u32, to_ms: u32) {
    let pieces = pieces(sentence);
    let letters: usize = pieces.iter().map(|piece| piece.chars().count()).sum();
    let mut said = 0;
    for piece in pieces {
        let at = |letters_said: usize| {
            from_ms + (u64::from(to_ms - from_ms) * letters_said as u64 / letters.max(1) as u64) as u32
        };
        let begins = at(said);
        said += piece.chars().count();
        cues.push(Cue { from_ms: begins, to_ms: at(said), lines: two_lines(&piece) });
    }
}

/// The captions as a WebVTT file.
pub fn to_webvtt(cues: &[Cue], language: &str) -> String {
    let mut text = format!("WEBVTT\nKind: captions\nLanguage: {language}\n");
    for (index, cue) in cues.iter().enumerate() {
        // Writing into a String cannot fail.
        let _ = write!(text, "\n{}\n{} --> {}\n", index + 1, clock(cue.from_ms), clock(cue.to_ms));
        for line in &cue.lines {
            text.push_str(&line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
            text.push('\n');
        }
    }
    text
}

/// Divides a sentence into captions that fit, of about equal length, rather after a comma than elsewhere.
fn pieces(sentence: &str) -> Vec<String> {
    if fits(sentence) {
        return vec![sentence.to_owned()];
    }
    let words: Vec<&str> = sentence.split(' ').collect();
    let middle = sentence.chars().count() / 2;
    let mut best = (usize::MAX, 1);
    let mut length = 0;
    for (index, word) in words.iter().enumerate().take(words.len() - 1) {
        length += word.chars().count() + 1;
        let comma = if word.ends_with([',', ':', ';']) { 0 } else { 14 };
        let cost = length.abs_diff(middle) + comma;
        if cost < best.0 {
            best = (cost, index + 1);
        }
    }
    let (left, right) = words.split_at(best.1);
    [left, right].iter().flat_map(|half| pieces(&half.join(" "))).collect()
}

fn fits(text: &str) -> bool {
    !text.contains(' ') || two_lines(text).iter().all(|line| line.chars().count() <= LINE)
}

/// One line, or two of about equal length.
fn two_lines(text: &str) -> Vec<String> {
    if text.chars().count() <= LINE {
        return vec![text.to_owned()];
    }
    let spaces = text.match_indices(' ').map(|(at, _)| at);
    let longer = |at: &usize| text[..*at].chars().count().max(text[at + 1..].chars().count());
    match spaces.min_by_key(longer) {
        Some(at) => vec![text[..at].to_owned(), text[at + 1..].to_owned()],
        None => vec![text.to_owned()],
    }
}

fn clock(ms: u32) -> String {
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_becomes_captions_of_two_lines_that_fill_its_time() {
        let sentence = "Jeśli lektor mówi tylko: proszę spojrzeć tutaj, to osoba niewidoma nie dowie się niczego, \
                        a my nie dowiemy się, że ktoś odszedł bez odpowiedzi na swoje pytanie.";
        let mut cues = Vec::new();
        add(&mut cues, sentence, 1000, 9000);
        assert!(cues.len() >= 2);
        assert_eq!((cues[0].from_ms, cues[cues.len() - 1].to_ms), (1000, 9000));
        assert!(cues.windows(2).all(|pair| pair[0].to_ms == pair[1].from_ms));
        assert!(
            cues.iter()
                .all(|cue| cue.lines.len() <= 2 && cue.lines.iter().all(|l| l.chars().count() <= LINE))
        );
        let joined: Vec<String> = cues.iter().flat_map(|cue| cue.lines.clone()).collect();
        assert_eq!(joined.join(" "), sentence);
    }
}
