//! The sentence around what was found, with the words that were found marked.

use super::fold::words;
use super::question::Question;

/// Letters that an excerpt has at most on each side of the first word that was found.
const AROUND: usize = 140;

/// A part of a text, marked or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is a word that was asked for.
    pub marked: bool,
}

/// A whole text with its words marked.
pub(super) fn whole(question: &Question, text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut push = |text: &str, marked: bool| {
        if !text.is_empty() {
            pieces.push(Piece { text: text.to_owned(), marked });
        }
    };
    let mut done = 0;
    for (range, word) in words(text) {
        if question.finds(&word) {
            push(&text[done..range.start], false);
            push(&text[range.clone()], true);
            done = range.end;
        }
    }
    push(&text[done..], false);
    pieces
}

/// The sentence around the first word that was found; nothing when none is in the text.
pub(super) fn sentence(question: &Question, text: &str) -> Vec<Piece> {
    let Some((first, _)) = words(text).into_iter().find(|(_, word)| question.finds(word)) else {
        return Vec::new();
    };
    let (start, end) = (sentence_start(&text[..first.start]), first.end + sentence_end(&text[first.end..]));
    let before: Vec<usize> = text[start..first.start].char_indices().map(|(at, _)| start + at).collect();
    let (from, cut_before) = match before.len().checked_sub(AROUND) {
        Some(over) if over > 0 => (before[over], true),
        _ => (start, false),
    };
    let (to, cut_after) = match text[first.end..end].char_indices().nth(AROUND) {
        Some((at, _)) => (first.end + at, true),
        None => (end, false),
    };
    let said: String = text[from..to].split_whitespace().collect::<Vec<_>>().join(" ");
    let said = format!("{}{said}{}", if cut_before { "… " } else { "" }, if cut_after { " …" } else { "" });
    whole(question, &said)
}

/// Which line of a film has it first, and that line with its neighbours.
pub(super) fn said(question: &Question, lines: &[String]) -> (usize, Vec<Piece>) {
    let has = |line: &String| words(line).iter().any(|(_, word)| question.finds(word));
    let at = lines.iter().position(has).unwrap_or(0);
    let from = at.saturating_sub(1);
    let near: Vec<&str> = lines.iter().skip(from).take(at - from + 2).map(String::as_str).collect();
    (at, whole(question, &near.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// Where the sentence begins that this text is the start of.
fn sentence_start(before: &str) -> usize {
    let mut start = 0;
    let mut ended = false;
    for (at, letter) in before.char_indices() {
        if letter == '\n' || ended && letter.is_whitespace() {
            start = at + letter.len_utf8();
        }
        ended = matches!(letter, '.' | '!' | '?' | '…');
    }
    start
}

/// How many bytes of this text belong to the sentence that it goes on with.
fn sentence_end(after: &str) -> usize {
    let mut ended = None;
    for (at, letter) in after.char_indices() {
        match ended {
            _ if letter == '\n' => return at,
            Some(end) if letter.is_whitespace() => return end,
            _ => ended = matches!(letter, '.' | '!' | '?' | '…').then_some(at + letter.len_utf8()),
        }
    }
    after.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[Piece]) -> String {
        pieces
            .iter()
            .map(|piece| if piece.marked { format!("[{}]", piece.text) } else { piece.text.clone() })
            .collect()
    }

    #[test]
    fn the_sentence_around_the_word_is_shown_with_the_word_marked() {
        let question = Question::read("hasło", None);
        let text = "Nagłówek\n Pierwsze zdanie. Silne hasło ma 12 znaków! Dalej.\nHasła zmieniaj.";
        assert_eq!(shown(&sentence(&question, text)), "Silne [hasło] ma 12 znaków!");
        assert_eq!(shown(&sentence(&question, "Hasła: co 30 dni, np. w maju.")), "[Hasła]: co 30 dni, np.");
        assert_eq!(sentence(&question, "Nic tu nie ma."), []);
        assert_eq!(shown(&whole(&question, "<b>Hasło</b> & hasła")), "<b>[Hasło]</b> & [hasła]");
    }

    #[test]
    fn a_sentence_without_end_is_cut_between_letters() {
        let question = Question::read("hasło", None);
        let long = format!("{} hasło {}", "żółć ".repeat(200), "łąka ".repeat(200));
        let shown = shown(&sentence(&question, &long));
        assert!(shown.starts_with("… ") && shown.ends_with(" …") && shown.contains("[hasło]"), "{shown}");
        assert!(shown.chars().count() < 2 * AROUND + 30, "{}", shown.chars().count());
    }

    #[test]
    fn of_a_film_the_line_that_says_it_is_named() {
        let question = Question::read("hasło", None);
        let lines =
            ["Dzień dobry.", "Mówimy dziś", "o haśle", "i o niczym innym.", "Koniec."].map(str::to_owned);
        let (at, pieces) = said(&question, &lines);
        assert_eq!((at, shown(&pieces)), (2, "Mówimy dziś o [haśle] i o niczym innym.".to_owned()));
    }
}
