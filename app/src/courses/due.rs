//! A deadline in words: "Po terminie od 12.11.2026", "Za 3 dni (24.11.2026)".

use identity::day::spoken;
use time::Date;
use words::{Language, home as say};

use crate::parts::Tone;

/// Deadlines this near are marked, in days.
const SOON_DAYS: i32 = 14;

/// What a tag says of a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// How it is meant.
    pub tone: Tone,
    /// The words.
    pub text: String,
}

/// A last day in words; `days`: from today to it.
pub fn term(language: Language, day: Date, days: i32) -> Term {
    let (tone, text) = match days {
        // The first day on which it was late.
        ..0 => (Tone::Danger, say::overdue_since(language, &spoken(day.next_day().unwrap_or(day)))),
        0 => (Tone::Warning, say::today(language).to_owned()),
        1 => (Tone::Warning, say::tomorrow(language).to_owned()),
        2..=SOON_DAYS => (Tone::Warning, say::in_days(language, days.into(), &spoken(day))),
        _ => (Tone::Info, say::until(language, &spoken(day))),
    };
    Term { tone, text }
}

#[cfg(test)]
mod tests {
    use time::macros::date;
    use words::Language;

    use super::term;

    #[test]
    fn a_deadline_is_said_as_people_say_it() {
        let said = |day, days| term(Language::Pl, day, days).text;
        assert_eq!(said(date!(2026 - 11 - 11), -10), "Po terminie od 12.11.2026");
        assert_eq!(said(date!(2026 - 11 - 20), -1), "Po terminie od 21.11.2026");
        assert_eq!(said(date!(2026 - 11 - 21), 0), "Termin mija dziś");
        assert_eq!(said(date!(2026 - 11 - 22), 1), "Termin mija jutro");
        assert_eq!(said(date!(2026 - 11 - 24), 3), "Za 3 dni (24.11.2026)");
        assert_eq!(said(date!(2026 - 12 - 31), 40), "Termin: 31.12.2026");
    }
}
