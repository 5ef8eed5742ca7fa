//! Words as the index has them (`search_fold` in the migration): lower case, without Polish signs.

use std::ops::Range;

/// A letter as the index has it.
fn folded(letter: char) -> char {
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    match lower {
        'ą' => 'a',
        'ć' => 'c',
        'ę' => 'e',
        'ł' => 'l',
        'ń' => 'n',
        'ó' => 'o',
        'ś' => 's',
        'ź' | 'ż' => 'z',
        other => other,
    }
}

/// A word as the index has it.
pub(super) fn fold(word: &str) -> String {
    word.chars().map(folded).collect()
}

/// The words of a text: where each stands, in bytes, and the word as the index has it.
pub(super) fn words(text: &str) -> Vec<(Range<usize>, String)> {
    let mut words: Vec<(Range<usize>, String)> = Vec::new();
    let mut inside = false;
    for (at, letter) in text.char_indices() {
        if !letter.is_alphanumeric() {
            inside = false;
            continue;
        }
        let end = at + letter.len_utf8();
        match words.last_mut() {
            Some((range, word)) if inside => {
                range.end = end;
                word.push(folded(letter));
            }
            _ => words.push((at..end, folded(letter).to_string())),
        }
        inside = true;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_told_apart_and_know_where_they_stand() {
        let text = "Zażółć, e-mail: ŹDŹBŁO2!";
        let found: Vec<_> =
            words(text).into_iter().map(|(range, word)| (text[range].to_owned(), word)).collect();
        let expected = [("Zażółć", "zazolc"), ("e", "e"), ("mail", "mail"), ("ŹDŹBŁO2", "zdzblo2")];
        assert_eq!(found, expected.map(|(text, word)| (text.to_owned(), word.to_owned())));
        assert_eq!(words(" … —"), []);
    }
}
