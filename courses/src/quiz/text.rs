//! How typed answers are compared: words, and numbers with a unit.

use unicode_normalization::UnicodeNormalization as _;

/// Whether two short texts are the same answer (`plain`).
pub fn same(given: &str, accepted: &str, case: bool) -> bool {
    plain(given, case) == plain(accepted, case)
}

/// A text without what does not matter in an answer: letters composed as in Unicode's form NFC, runs of blanks (no-break
/// ones too) made one, none around it, no invisible characters, straight quotation marks and hyphens for typographic
/// ones; small letters unless `case` says that capital letters matter.
pub fn plain(text: &str, case: bool) -> String {
    let letters = text.chars().filter(|letter| !invisible(*letter)).map(|letter| match letter {
        '„' | '”' | '“' | '«' | '»' | '‟' => '"',
        '’' | '‘' | '‚' | 'ʼ' => '\'',
        '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
        other => other,
    });
    let composed: String = letters.nfc().collect();
    let words: Vec<&str> = composed.split_whitespace().collect();
    let one_line = words.join(" ");
    // Small letters of a composed text may be composed once more: "İ" becomes two characters.
    if case { one_line } else { one_line.to_lowercase().nfc().collect() }
}

fn invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
        || (letter.is_control() && !letter.is_whitespace())
}

/// How many words a text has; blanks divide words.
pub fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// A number as people write it, and what stands behind it as the unit.
///
/// Decimal comma or full stop (`3,5`), blanks between groups of three digits (`12 500`), a sign (`−2` too), an exponent
/// without a blank (`1,2e3`), and a unit with or without a blank (`3,5 m`, `20%`). A full stop is never a thousands mark.
pub fn number(text: &str) -> Option<(f64, Option<String>)> {
    let text = text.trim();
    let (sign, rest) = match text.chars().next()? {
        '-' | '−' | '–' => ("-", text.get(text.chars().next()?.len_utf8()..)?.trim_start()),
        '+' => ("", text.get(1..)?.trim_start()),
        _ => ("", text),
    };
    let letters: Vec<char> = rest.chars().collect();
    let digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
    let mut at = 0;
    let mut plain = String::from(sign);
    while digit(at) {
        plain.push(letters[at]);
        at += 1;
        let blank = matches!(letters.get(at), Some(' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'));
        if blank && digit(at + 1) {
            // A group has three digits, no more: "12 500", not "3 5".
            if !(digit(at + 2) && digit(at + 3)) || digit(at + 4) {
                return None;
            }
            at += 1;
        }
    }
    let whole = at;
    if matches!(letters.get(at), Some(',' | '.')) && digit(at + 1) {
        plain.push('.');
        at += 1;
        while digit(at) {
            plain.push(letters[at]);
            at += 1;
        }
    }
    if whole == 0 && at == 0 {
        return None;
    }
    if matches!(letters.get(at), Some('e' | 'E')) {
        let signed = usize::from(matches!(letters.get(at + 1), Some('-' | '+')));
        if digit(at + 1 + signed) {
            plain.extend(&letters[at..=at + signed]);
            at += 1 + signed;
            while digit(at) {
                plain.push(letters[at]);
                at += 1;
            }
        }
    }
    let value: f64 = plain.parse().ok().filter(|value: &f64| value.is_finite())?;
    let unit: String = letters[at..].iter().collect();
    let unit = unit.trim();
    // What goes on with a digit or a mark of numbers ("1.234,5", "3 5") was no number.
    if unit.starts_with(|c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '+' | '-' | '−')) {
        return None;
    }
    Some((value, (!unit.is_empty()).then(|| unit.to_owned())))
}

/// A number with a decimal comma, so that `number` reads the same value again.
pub fn shown_number(value: f64) -> String {
    format!("{value}").replace('.', ",")
}

/// A number of per cent with at most one digit behind the comma, in thousandths: `12,5 %` is 125. `None` for more than 100 too.
pub fn per_cent(text: &str) -> Option<u16> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let (whole, tenth) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(tenth) || tenth.len() > 1 {
        return None;
    }
    let number = whole.parse::<u16>().ok()?.checked_mul(10)?.checked_add(tenth.parse().ok()?)?;
    (number <= 1000).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{number, per_cent, plain, same, shown_number};

    #[test]
    fn what_does_not_matter_is_not_compared() {
        assert!(same("  Ustawa\u{a0} o   dostępności ", "ustawa o dostępności", false));
        assert!(same("łA\u{328}ka", "łąka", false), "a letter composed of two characters is the same letter");
        assert!(same("„BIP”", "\"bip\"", false) && same("e–usługa", "E-usługa", false));
        assert!(same("do\u{ad}stęp\u{200b}ność", "dostępność", false));
        assert!(!same("bip", "BIP", true) && same("BIP", "BIP", true));
        assert!(!same("dostepnosc", "dostępność", false), "a letter without its tail is another letter");
        assert_eq!(plain("Є\tЇжак", false), "є їжак");
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read = |text: &str| number(text).map(|(value, unit)| (value, unit.unwrap_or_default()));
        for (text, value, unit) in [
            ("3,5 m", 3.5, "m"),
            ("3.5m", 3.5, "m"),
            (" 12 500 zł", 12500.0, "zł"),
            ("1\u{a0}234\u{a0}567,25", 1_234_567.25, ""),
            ("−2", -2.0, ""),
            ("+7 °C", 7.0, "°C"),
            ("20%", 20.0, "%"),
            (",5", 0.5, ""),
            ("1,2e3", 1200.0, ""),
            ("1E-2 kg", 0.01, "kg"),
            ("3 e", 3.0, "e"),
            ("14 dni", 14.0, "dni"),
        ] {
            assert_eq!(read(text), Some((value, unit.to_owned())), "{text}");
        }
        for text in
            ["", "m", "około 3", "1.234,5", "1,234.5", "3 5", "1 2345", "3,", "-", "1e999", "NaN", "5 6m"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        for value in [0.0, 3.5, -0.1, 1_234_567.125, 1e-7, 9.007_199_254_740_993e15] {
            assert_eq!(number(&shown_number(value)), Some((value, None)));
        }
    }

    #[test]
    fn per_cent_is_read_as_people_write_it() {
        for (text, number) in [("12,5", 125), ("12.5", 125), (" 7 % ", 70), ("0", 0), ("100", 1000)] {
            assert_eq!(per_cent(text), Some(number), "{text}");
        }
        for text in ["", "100,1", "-1", "+1", "1,25", "x", "1e2", "99999", ",5", "5,"] {
            assert_eq!(per_cent(text), None, "{text}");
        }
    }
}
