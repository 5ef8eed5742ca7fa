//! Links that do not say where they lead, and tables without headers.

use super::Fault;

/// Words of links that say nothing when they are read out of their sentence.
const VAGUE: [&str; 36] = [
    "tu",
    "tutaj",
    "kliknij",
    "kliknij tu",
    "kliknij tutaj",
    "link",
    "ten link",
    "pod tym linkiem",
    "tym linkiem",
    "więcej",
    "czytaj więcej",
    "zobacz więcej",
    "zobacz",
    "dowiedz się więcej",
    "strona",
    "here",
    "click",
    "click here",
    "this link",
    "this",
    "more",
    "read more",
    "see more",
    "learn more",
    "тут",
    "сюди",
    "натисніть",
    "натисніть тут",
    "клацніть тут",
    "посилання",
    "за посиланням",
    "цим посиланням",
    "більше",
    "детальніше",
    "докладніше",
    "читати далі",
];

/// What is wrong with a link of these words to that address.
pub(super) fn link(words: &str, address: &str) -> Option<Fault> {
    let plain = words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let plain = plain.trim_matches(|letter: char| !letter.is_alphanumeric());
    if plain.is_empty() {
        return Some(Fault::LinkWithoutWords(short(address)));
    }
    if VAGUE.contains(&plain) {
        return Some(Fault::VagueLink(short(words.trim())));
    }
    let bare = plain.contains("://") || plain.starts_with("www.");
    (bare && !plain.contains(' ')).then(|| Fault::BareAddress(short(words.trim())))
}

/// Whether a table has no header: all its header cells are empty, or one beside the corner is.
pub(super) fn lacks_header(filled: &[bool]) -> bool {
    filled.iter().all(|filled| !filled) || filled.iter().skip(1).any(|filled| !filled)
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::{Fault, lacks_header, link};

    #[test]
    fn words_that_say_nothing_are_found_whatever_their_dress() {
        for words in ["tutaj", "TUTAJ", " Kliknij  tutaj. ", "„tu”", "here", "Read more…", "тут", "więcej »"]
        {
            assert!(matches!(link(words, "https://example.org"), Some(Fault::VagueLink(_))), "{words}");
        }
        for words in
            ["regulamin punktu", "Więcej o wyborach", "tutejszy urząd", "here be dragons", "example.org"]
        {
            assert_eq!(link(words, "https://example.org"), None, "{words}");
        }
    }

    #[test]
    fn addresses_and_emptiness_are_no_words() {
        let address = "https://example.org/a?b=1";
        assert_eq!(link(address, address), Some(Fault::BareAddress(address.into())));
        assert_eq!(link("www.example.org", address), Some(Fault::BareAddress("www.example.org".into())));
        assert_eq!(link("Przewodnik: https://example.org/a", address), None);
        for words in ["", "  ", "→", "…"] {
            assert_eq!(link(words, address), Some(Fault::LinkWithoutWords(address.into())), "{words}");
        }
    }

    #[test]
    fn only_the_corner_of_a_table_may_be_empty() {
        assert!(!lacks_header(&[true, true]) && !lacks_header(&[false, true]) && !lacks_header(&[true]));
        assert!(lacks_header(&[false]) && lacks_header(&[false, false]) && lacks_header(&[true, false]));
    }
}
