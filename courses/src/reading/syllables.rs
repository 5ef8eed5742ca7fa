//! Syllables of Polish words: as many as there are vowels that are heard as such.

/// How many syllables a word has; none for one without vowels (z, w).
///
/// An `i` before a vowel only softens the consonant (`pies`: 1, `ania`: 2), and `au`, `eu` at the beginning are one (`auto`: 2).
/// Within a word they are taken apart, as in `nauka` (3); `pauza` is therefore counted as 3 instead of 2.
pub(super) fn count(word: &str) -> usize {
    let letters: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    let mut syllables = 0;
    for (at, letter) in letters.iter().enumerate() {
        if !is_vowel(*letter) {
            continue;
        }
        let next = letters.get(at + 1).copied();
        let softens = *letter == 'i' && next.is_some_and(is_vowel);
        let glides = at == 0 && matches!(letter, 'a' | 'e') && next == Some('u');
        if !softens && !glides {
            syllables += 1;
        }
    }
    syllables
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'ą' | 'e' | 'ę' | 'i' | 'o' | 'ó' | 'u' | 'y')
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn words_that_were_counted_by_hand() {
        for (word, syllables) in [
            ("w", 0),
            ("pies", 1),
            ("miasto", 2),
            ("Ania", 2),
            ("linii", 2),
            ("auto", 2),
            ("Europa", 3),
            ("nauka", 3),
            ("muzeum", 3),
            ("urząd", 2),
            ("dostępność", 3),
            ("urzędników", 4),
            ("obowiązkowa", 5),
            ("administracji", 5),
            ("informatyzacja", 6),
            ("ŻÓŁĆ", 1),
        ] {
            assert_eq!(count(word), syllables, "{word}");
        }
    }
}
