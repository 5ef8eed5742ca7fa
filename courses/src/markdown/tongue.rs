//! The language of a paragraph: the mark `{en}` in front of it, and paragraphs that are surely in another language than the
//! course and have no mark (WCAG 3.1.2).
//!
//! Only what is beyond doubt is found: another alphabet with letters of one language alone, or small words that the language of
//! the course does not have. A short or mixed paragraph is never found, so a missing finding proves nothing.

/// Languages that a paragraph may be marked with (BCP 47).
pub(super) const MARKS: [&str; 14] =
    ["pl", "en", "uk", "de", "fr", "es", "it", "cs", "sk", "lt", "be", "ru", "la", "he"];

const ENGLISH: [&str; 20] = [
    "the", "of", "and", "is", "that", "for", "with", "are", "this", "be", "by", "or", "from", "you", "your",
    "it", "at", "not", "was", "which",
];
const POLISH: [&str; 22] = [
    "w", "z", "na", "się", "nie", "jest", "że", "jak", "dla", "od", "lub", "przez", "oraz", "które", "ze",
    "są", "ten", "za", "po", "czy", "albo", "i",
];
/// Fewest words of a paragraph in another alphabet, and of one in the same.
const FEWEST: (usize, usize) = (4, 8);

/// The language in the mark in front of a paragraph, and the text behind it.
pub(super) fn mark(text: &str) -> Option<(&'static str, &str)> {
    let (code, after) = text.strip_prefix('{')?.split_once('}')?;
    let code = MARKS.into_iter().find(|known| *known == code)?;
    let text = after.strip_prefix(' ')?.trim_start();
    Some((code, text))
}

/// The language of a paragraph that is surely not in the language of the course; an empty language means `pl`.
pub(super) fn other(text: &str, of_course: &str) -> Option<&'static str> {
    let of_course = if of_course.is_empty() { "pl" } else { of_course };
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|letter: char| !letter.is_alphabetic() && letter != '\'' && letter != '’')
        .filter(|word| !word.is_empty())
        .collect();
    let letters = lower.chars().filter(|letter| letter.is_alphabetic()).count();
    let cyrillic = lower.chars().filter(|letter| ('\u{400}'..='\u{52f}').contains(letter)).count();
    let found = if cyrillic * 10 >= letters * 8 && words.len() >= FEWEST.0 {
        let has = |marks: &[char]| lower.contains(marks);
        match (has(&['і', 'ї', 'є', 'ґ']), has(&['ы', 'э', 'ъ', 'ё'])) {
            (true, false) => Some("uk"),
            (false, true) => Some("ru"),
            _ => None,
        }
    } else if cyrillic == 0 && words.len() >= FEWEST.1 {
        latin(&lower, &words)
    } else {
        None
    };
    found.filter(|code| *code != of_course)
}

fn latin(text: &str, words: &[&str]) -> Option<&'static str> {
    let count = |of: &[&str]| words.iter().filter(|word| of.contains(*word)).count();
    let (english, polish) = (count(&ENGLISH), count(&POLISH));
    let marks = text.contains(['ą', 'ć', 'ę', 'ł', 'ń', 'ó', 'ś', 'ź', 'ż']);
    if english * 5 >= words.len() && polish == 0 && !marks {
        Some("en")
    } else if english == 0 && marks && polish * 10 >= words.len() {
        Some("pl")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{mark, other};

    #[test]
    fn a_mark_is_a_known_language_in_braces() {
        assert_eq!(mark("{en} Plain text"), Some(("en", "Plain text")));
        for text in ["{xx} x", "{en}x", "en x", "{en x", "x {en} y", "{EN} x"] {
            assert_eq!(mark(text), None, "{text}");
        }
    }

    #[test]
    fn another_language_is_found_only_beyond_doubt() {
        let english = "The content of the page is easy to read for people with any device.";
        let polish = "Treść strony jest łatwa do przeczytania na każdym urządzeniu oraz w druku.";
        assert_eq!(other(english, "pl"), Some("en"));
        assert_eq!(other(english, ""), Some("en"));
        assert_eq!(other(english, "en"), None);
        assert_eq!(other(polish, "pl"), None);
        assert_eq!(other(polish, "en"), Some("pl"));
        assert_eq!(other(polish, "uk"), Some("pl"));
        assert_eq!(other("Доброго дня, чим можу вам допомогти сьогодні?", "pl"), Some("uk"));
        assert_eq!(other("Вы можете подать заявление в любой день.", "pl"), Some("ru"));
        for doubtful in [
            "The Web Content Accessibility Guidelines (WCAG) opisują, jak tworzyć treści dostępne.",
            "Content is king",
            "Добрий день",
            "Lorem ipsum dolor sit amet consectetur adipiscing elit sed do",
            "",
        ] {
            assert_eq!(other(doubtful, "pl"), None, "{doubtful}");
        }
    }
}
