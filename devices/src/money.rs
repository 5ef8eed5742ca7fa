//! Money and shares as people in Poland write and type them. Kept are grosze and thousandths.

use identity::Problem;

use crate::error::Error;

/// An amount as people in Poland write it: `2 028,27 zł`, with no-break spaces.
pub fn money(grosze: i64) -> String {
    format!("{}\u{a0}zł", amount(grosze))
}

/// The same without its currency: `2 028,27`.
pub fn amount(grosze: i64) -> String {
    let (zloty, rest) = (grosze / 100, grosze % 100);
    let digits = zloty.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    format!("{text},{rest:02}")
}

/// An amount as it is typed: `2028,27`, `2 028.27 zł`, `2028`. `None` when it is none.
pub fn grosze(text: &str) -> Option<i64> {
    let text: String =
        text.trim().trim_end_matches("zł").chars().filter(|letter| !letter.is_whitespace()).collect();
    let (zloty, rest) = text.split_once([',', '.']).unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if zloty.is_empty() || zloty.len() > 12 || rest.len() > 2 || !digits(zloty) || !digits(rest) {
        return None;
    }
    let rest: i64 = format!("{rest:0<2}").parse().ok()?;
    zloty.parse::<i64>().ok()?.checked_mul(100)?.checked_add(rest)
}

/// An amount in złote that was typed (`2 028,27`), in grosze; `None` when the field was left empty. Errors: `Invalid` with
/// the field.
pub fn typed(field: &'static str, text: &str) -> Result<Option<i64>, Error> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
    let plain = plain.trim_end_matches("zł").replace(',', ".");
    if plain.is_empty() {
        return Ok(None);
    }
    let (zloty, grosze) = plain.split_once('.').unwrap_or((&plain, "0"));
    let wrong = || Error::field(field, Problem::Malformed);
    if grosze.len() > 2 || !plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(wrong());
    }
    let zloty: i64 = zloty.parse().map_err(|_| wrong())?;
    let grosze: i64 = format!("{grosze:0<2}").parse().map_err(|_| wrong())?;
    zloty.checked_mul(100).and_then(|sum| sum.checked_add(grosze)).map(Some).ok_or_else(wrong)
}

/// `85`, `85,5 %` as thousandths; `None` when it is no share from 0 to 100 per cent.
pub fn per_mille(text: &str) -> Option<i16> {
    let text = text.trim_end_matches('%').trim().replace(',', ".");
    let (whole, tenth) = text.split_once('.').unwrap_or((&text, "0"));
    if tenth.len() > 1 {
        return None;
    }
    let tenth: i16 = tenth.parse().ok().filter(|tenth| (0..=9).contains(tenth))?;
    whole.parse::<i16>().ok()?.checked_mul(10)?.checked_add(tenth).filter(|share| (0..=1000).contains(share))
}

/// Thousandths in per cent: `85,5`.
pub fn percent(share: i16) -> String {
    if share % 10 == 0 { (share / 10).to_string() } else { format!("{},{}", share / 10, share % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_and_read_exactly() {
        assert_eq!(money(202_827), "2\u{a0}028,27\u{a0}zł");
        assert_eq!(money(5), "0,05\u{a0}zł");
        assert_eq!(money(12_345_678_900), "123\u{a0}456\u{a0}789,00\u{a0}zł");
        for (text, wanted) in [
            ("2028,27", Some(202_827)),
            ("2 028.2 zł", Some(202_820)),
            ("7", Some(700)),
            ("", None),
            ("-1", None),
            ("1,234", None),
            ("x", None),
        ] {
            assert_eq!(grosze(text), wanted, "{text}");
        }
    }

    #[test]
    fn money_is_read_and_written_as_in_poland() {
        assert_eq!(typed("cost", "2 028,27 zł").ok().flatten(), Some(202_827));
        assert_eq!(typed("cost", "5").ok().flatten(), Some(500));
        assert_eq!(typed("cost", "5,5").ok().flatten(), Some(550));
        assert!(typed("cost", "5,555").is_err() && typed("cost", "-5").is_err());
        assert_eq!(amount(202_827), "2\u{a0}028,27");
        assert_eq!(amount(5), "0,05");
    }

    #[test]
    fn shares_are_read_as_thousandths_and_written_back() {
        for (text, wanted) in [
            ("85", Some(850)),
            ("85,5 %", Some(855)),
            ("100", Some(1000)),
            ("100,1", None),
            ("1,25", None),
            ("x", None),
            ("-1", None),
        ] {
            assert_eq!(per_mille(text), wanted, "{text}");
        }
        assert_eq!(percent(855), "85,5");
        assert_eq!(percent(1000), "100");
    }
}
