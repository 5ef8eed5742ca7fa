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
