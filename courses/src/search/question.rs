//! What is asked for: every word in its forms, as the index is asked and as a text is looked through for what to mark.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::fold::{fold, words};
use super::forms::Forms;

/// Words that count; who types more than this gets what has the first ones.
const MOST_WORDS: usize = 8;
/// Letters of a word that count.
const MOST_LETTERS: usize = 60;

#[derive(Clone, Debug)]
struct Wanted {
    word: String,
    /// Forms that are taken as they are.
    exact: Vec<String>,
    /// What a form begins with; empty when no beginning is enough.
    start: String,
}

/// The words of a search.
#[derive(Clone, Debug, Default)]
pub(super) struct Question(Vec<Wanted>);

impl Question {
    /// Reads what was typed; `forms`: the dictionary, if there is one.
    pub fn read(text: &str, forms: Option<&Forms>) -> Self {
        let mut wanted: Vec<Wanted> = Vec::new();
        for (range, word) in words(text).into_iter().take(4 * MOST_WORDS) {
            let known = wanted.iter().any(|other| other.word == word);
            if known || wanted.len() == MOST_WORDS || word.chars().count() > MOST_LETTERS {
                continue;
            }
            let mut exact: Vec<String> = forms
                .map(|forms| forms.of(&text[range].to_lowercase()))
                .unwrap_or_default()
                .iter()
                .map(|form| fold(form))
                .collect();
            exact.sort();
            exact.dedup();
            // The dictionary knows every form; else a word is known by its beginning. One that is being typed also is.
            let start = match (word.chars().count(), exact.is_empty()) {
                (..3, _) => String::new(),
                (_, true) => beginning(&word),
                (_, false) => word.clone(),
            };
            if start.is_empty() && exact.is_empty() {
                exact.push(word.clone());
            }
            wanted.push(Wanted { word, exact, start });
        }
        // "o", "na", "do" tell nothing beside other words.
        if wanted.iter().any(|wanted| wanted.word.chars().count() > 2) {
            wanted.retain(|wanted| wanted.word.chars().count() > 2);
        }
        Self(wanted)
    }

    /// The same, where a word may also be one of those.
    pub fn widened(&self, similar: &HashMap<String, Vec<String>>) -> Self {
        let mut wide = self.clone();
        for wanted in &mut wide.0 {
            wanted.exact.extend(similar.get(&wanted.word).cloned().unwrap_or_default());
        }
        wide
    }

    /// Whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words as they were typed, folded.
    pub fn words(&self) -> Vec<String> {
        self.0.iter().map(|wanted| wanted.word.clone()).collect()
    }

    /// For PostgreSQL: `('haslo' | 'hasl':*) & …`. Words are letters and digits only, so nothing in them means anything.
    pub fn written(&self) -> String {
        let mut question = String::new();
        for (at, wanted) in self.0.iter().enumerate() {
            let start = (!wanted.start.is_empty()).then(|| format!("'{}':*", wanted.start));
            let forms = wanted.exact.iter().map(|form| format!("'{form}'"));
            let ways: Vec<String> = start.into_iter().chain(forms).collect();
            let _text = write!(question, "{}({})", if at > 0 { " & " } else { "" }, ways.join(" | "));
        }
        question
    }

    /// Whether a text has every word that is asked for.
    pub fn answers(&self, text: &str) -> bool {
        let there: Vec<String> = words(text).into_iter().map(|(_, word)| word).collect();
        self.0.iter().all(|wanted| {
            let one = Self(vec![wanted.clone()]);
            there.iter().any(|word| one.finds(word))
        })
    }

    /// Whether a word of a text, folded, is one of those asked for.
    pub fn finds(&self, word: &str) -> bool {
        self.0.iter().any(|wanted| {
            !wanted.start.is_empty() && word.starts_with(&wanted.start)
                || wanted.exact.iter().any(|form| form == word)
        })
    }
}

/// What stays of a word when its end changes: Polish endings have one to three letters, and short words are taken whole.
fn beginning(word: &str) -> String {
    let letters = word.chars().count();
    let kept = match letters {
        0..=3 => letters,
        4..=5 => letters - 1,
        6..=7 => letters - 2,
        _ => letters - 3,
    };
    if word.chars().any(|letter| letter.is_ascii_digit()) {
        word.to_owned()
    } else {
        word.chars().take(kept).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_dictionary_a_word_is_known_by_its_beginning() {
        let question = Question::read("Szkolenie o haśle 2026 ' | :* \\ &", None);
        assert_eq!(question.written(), "('szkole':*) & ('hasl':*) & ('2026':*)");
        for (word, found) in
            [("szkolenia", true), ("hasla", true), ("haslo", true), ("rower", false), ("202", false)]
        {
            assert_eq!(question.finds(word), found, "{word}");
        }
        assert_eq!(Question::read("AI", None).written(), "('ai')");
        assert!(Question::read(" ' \" & | ! ( ) :* ", None).is_empty());
        assert!(question.answers("W 2026 hasła są na szkoleniach") && !question.answers("W 2026 hasła"));
    }

    #[test]
    fn however_much_is_typed_the_question_stays_short() {
        let long = (0..500).map(|number| format!("słowo{number}")).collect::<Vec<_>>().join(" ");
        assert_eq!(Question::read(&long, None).words().len(), MOST_WORDS);
        assert!(Question::read(&"a".repeat(5000), None).is_empty());
        assert_eq!(Question::read("hasło Hasło haslo", None).words(), ["haslo"]);
    }

    #[test]
    fn words_that_look_alike_widen_it() {
        let question = Question::read("haseł", None);
        assert!(!question.finds("haslo"));
        let wide = question.widened(&[("hasel".to_owned(), vec!["haslo".to_owned()])].into());
        assert!(wide.finds("haslo"));
        assert_eq!(wide.written(), "('hase':* | 'haslo')");
    }
}
