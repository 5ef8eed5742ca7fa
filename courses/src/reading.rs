//! How hard a Polish text is to read: the fog index of Robert Gunning (*The Technique of Clear Writing*, 1952) in its Polish
//! form, as *Jasnopis* gives it: `0.4 × (words in a sentence + per cent of words of four or more syllables)`, counted on the words
//! as they stand in the text ("FOG: formy tekstowe", jasnopis.pl/instrukcja). It says how many years of school a reader needs.
//!
//! No dictionary is used, so long endings count: the result is somewhat higher than with dictionary forms. Headings, tables, code,
//! formulas and paragraphs in other languages are left out. It is shown and never stands in the way of publishing.

mod syllables;

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::markdown::{Lines, OPTIONS, marked_language};

/// Fewer words say nothing about a text.
pub const FEWEST_WORDS: usize = 100;
/// So many of the longest sentences are shown.
const LONGEST_SHOWN: usize = 3;
/// A shorter sentence is not worth a look.
const LONG_WORDS: usize = 20;
/// A word of so many syllables is hard.
const HARD_SYLLABLES: usize = 4;

/// A sentence of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Line in the Markdown on which its paragraph begins (from 1).
    pub line: usize,
    /// How many words it has.
    pub words: usize,
    /// The sentence.
    pub text: String,
}

/// What was counted in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ease {
    /// Sentences.
    pub sentences: usize,
    /// Words.
    pub words: usize,
    /// Words of four or more syllables.
    pub hard: usize,
    /// The longest sentences of more than 20 words, the longest first; at most three.
    pub longest: Vec<Sentence>,
}

impl Ease {
    /// The fog index in tenths: years of school. `None` below 100 words.
    pub fn fog_tenths(&self) -> Option<usize> {
        if self.words < FEWEST_WORDS || self.sentences == 0 {
            return None;
        }
        // 0.4 × (w / s + 100 × h / w), in tenths, rounded: 4 × (w² + 100 × h × s) / (s × w).
        let above = 4 * (self.words * self.words + 100 * self.hard * self.sentences);
        let below = self.sentences * self.words;
        Some((above + below / 2) / below)
    }
}

/// Counts a text.
pub fn ease(markdown: &str) -> Ease {
    let lines = Lines::of(markdown);
    let mut ease = Ease::default();
    for (at, text) in passages(markdown) {
        for sentence in sentences(&text) {
            let words: Vec<&str> = words(sentence).collect();
            if words.is_empty() {
                continue;
            }
            ease.sentences += 1;
            ease.words += words.len();
            ease.hard += words.iter().filter(|word| syllables::count(word) >= HARD_SYLLABLES).count();
            if words.len() > LONG_WORDS {
                let (line, text) = (lines.line(at), sentence.trim().to_owned());
                ease.longest.push(Sentence { line, words: words.len(), text });
            }
        }
    }
    ease.longest.sort_by_key(|one| std::cmp::Reverse(one.words));
    ease.longest.truncate(LONGEST_SHOWN);
    ease
}

/// The running text: paragraphs and items of lists, each with its place.
fn passages(markdown: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut open: Option<(usize, String)> = None;
    // Within a heading, a table or code nothing is read.
    let mut closed = 0_usize;
    let mut close = |open: &mut Option<(usize, String)>| {
        if let Some((at, text)) = open.take()
            && !text.trim().is_empty()
            && marked_language(&text).is_none_or(|code| code == "pl")
        {
            found.push((at, text));
        }
    };
    for (event, Range { start, .. }) in Parser::new_ext(markdown, OPTIONS).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Table(_) | Tag::CodeBlock(_) | Tag::HtmlBlock) => {
                close(&mut open);
                closed += 1;
            }
            Event::End(TagEnd::Heading(_) | TagEnd::Table | TagEnd::CodeBlock | TagEnd::HtmlBlock) => {
                closed = closed.saturating_sub(1);
            }
            Event::Start(Tag::Paragraph | Tag::Item | Tag::FootnoteDefinition(_)) => {
                close(&mut open);
                open = Some((start, String::new()));
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::FootnoteDefinition) => close(&mut open),
            Event::Text(text) if closed == 0 => {
                if let Some((_, open)) = &mut open {
                    open.push_str(&text);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some((_, open)) = &mut open {
                    open.push(' ');
                }
            }
            _ => {}
        }
    }
    close(&mut open);
    found
}

/// Words before whose full stop a sentence goes on.
const SHORTENED: [&str; 31] = [
    "art", "ust", "pkt", "par", "np", "tj", "tzn", "tzw", "m.in", "in", "ul", "al", "nr", "r", "w", "dr",
    "prof", "mgr", "inż", "tys", "godz", "min", "ok", "zob", "por", "poz", "str", "dz", "św", "im", "ww",
];

/// What may stand between the end of a sentence and the blank; of a longer run of it the last six count.
const CLOSING: [char; 9] = ['”', '"', ')', '’', '»', '.', '!', '?', '…'];

/// A sentence ends with `.`, `!`, `?` or `…` before a blank and a capital letter, a number or a quotation; not after "art." or "np.".
fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, letter) in text.char_indices() {
        if !matches!(letter, '.' | '!' | '?' | '…') {
            continue;
        }
        let after = at + letter.len_utf8();
        let Some(rest) = text.get(after..) else { break };
        let closed: usize =
            rest.chars().take(6).take_while(|next| CLOSING.contains(next)).map(char::len_utf8).sum();
        let closing = rest.get(closed..).unwrap_or_default();
        if !closing.starts_with(char::is_whitespace) {
            continue;
        }
        let opens = closing
            .trim_start()
            .trim_start_matches(['„', '"', '(', '«'])
            .starts_with(|next: char| next.is_uppercase() || next.is_numeric());
        let before = text.get(from..at).unwrap_or_default();
        let word = before.rsplit(|part: char| part.is_whitespace() || part == '(').next().unwrap_or_default();
        let shortened = letter == '.'
            && (SHORTENED.contains(&word.to_lowercase().as_str())
                || word.chars().count() == 1 && word.chars().all(char::is_alphabetic));
        if opens && !shortened {
            let end = text.len() - closing.len();
            found.push(text.get(from..end).unwrap_or_default());
            from = end;
        }
    }
    found.push(text.get(from..).unwrap_or_default());
    found
}

/// Runs of letters; a number is no word.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Ease, ease, sentences};

    #[test]
    fn sentences_that_were_counted_by_hand() {
        // 5 words (none hard); 6 words: "Dostępność" 3, "obowiązkowa" 5, "urzędników" 4, "administracji" 5 → 3 hard.
        let counted =
            ease("Kot śpi na ciepłym piecu. Dostępność jest obowiązkowa dla urzędników administracji.");
        assert_eq!((counted.sentences, counted.words, counted.hard), (2, 11, 3));
        assert_eq!(counted.fog_tenths(), None, "eleven words say nothing");
    }

    #[test]
    fn the_index_is_the_published_formula() {
        // 120 words in 8 sentences, 24 of them hard: 0.4 × (15 + 20) = 14.
        let counted = Ease { sentences: 8, words: 120, hard: 24, longest: Vec::new() };
        assert_eq!(counted.fog_tenths(), Some(140));
        // 100 words in 10 sentences, none hard: 0.4 × 10 = 4.
        let counted = Ease { sentences: 10, words: 100, hard: 0, longest: Vec::new() };
        assert_eq!(counted.fog_tenths(), Some(40));
    }

    #[test]
    fn a_full_stop_is_not_always_the_end() {
        let text = "Zgodnie z art. 5 ust. 3 ustawy, np. Kowalski, ma Pan 14 dni. Czy to dużo? „Nie”. A Jan K. Nowak? Tak…";
        let found: Vec<&str> = sentences(text).into_iter().map(str::trim).collect();
        assert_eq!(
            found,
            [
                "Zgodnie z art. 5 ust. 3 ustawy, np. Kowalski, ma Pan 14 dni.",
                "Czy to dużo?",
                "„Nie”.",
                "A Jan K. Nowak?",
                "Tak…"
            ]
        );
    }

    #[test]
    fn only_running_text_counts_and_the_longest_sentence_has_its_line() {
        let long = "To zdanie ma bardzo wiele słów, bo ktoś chciał powiedzieć w nim wszystko naraz, a czytelnik musi potem szukać \
                    w nim tego, co dla niego jest ważne.";
        let text = format!(
            "## Nagłówek bez znaczenia\n\nKrótko.\n\n{long}\n\n- Punkt listy.\n- Drugi punkt\n\n| Tabela | druga |\n|---|---|\n\
             | nieczytana | komórka |\n\n```\nkod nie jest zdaniem\n```\n\n{{en}} This is English.\n"
        );
        let counted = ease(&text);
        assert_eq!(counted.sentences, 4);
        assert_eq!((counted.longest.len(), counted.longest[0].line), (1, 5));
        assert_eq!(counted.longest[0].words, 27);
        assert_eq!(ease("").sentences, 0);
        ease(&"a. ".repeat(80_000));
        ease(&".".repeat(200_000));
    }
}
