//! Letters about deadlines, in the receiver's language, in plain text.

use base::mail::Letter;
use courses::remind::Reminder;
use courses::remind::digest::Digest;
use identity::day;
use words::{Language, obligations as say};

/// Lines of a head's letter; the report has all.
const MOST_LINES: usize = 200;

/// To the one who has to take a course. `address`: of this installation.
pub fn reminder(address: &str, reminder: &Reminder) -> Letter {
    let language = Language::from_code(&reminder.language).unwrap_or_default();
    let when = match reminder.days {
        0 => say::letter_today(language).to_owned(),
        days => say::letter_in(language, i64::from(days)),
    };
    let link = format!("{address}/courses/{}", reminder.slug);
    Letter {
        to: reminder.email.clone(),
        subject: say::letter_subject(language, &reminder.title),
        text: say::letter_text(
            language,
            &reminder.name,
            &reminder.title,
            &day::spoken(reminder.due_on),
            &when,
            &link,
            &reminder.organisation,
        ),
    }
}

/// To the head of a unit. `address`: of this installation.
pub fn digest(address: &str, digest: &Digest) -> Letter {
    let language = Language::from_code(&digest.language).unwrap_or_default();
    let count = i64::try_from(digest.late.len()).unwrap_or(i64::MAX);
    let mut lines: Vec<String> = Vec::new();
    let mut unit = "";
    for late in digest.late.iter().take(MOST_LINES) {
        if late.unit != unit {
            unit = &late.unit;
            lines.push(format!("\n{unit}"));
        }
        let new = if late.new { say::digest_new(language) } else { "" };
        lines.push(say::digest_line(language, &late.name, &late.title, &day::spoken(late.due_on), new));
    }
    let rest = digest.late.len().saturating_sub(MOST_LINES);
    if rest > 0 {
        lines.push(say::digest_rest(language, i64::try_from(rest).unwrap_or(i64::MAX)));
    }
    let link = format!("{address}/reports/training?state=late");
    Letter {
        to: digest.email.clone(),
        subject: say::digest_subject(language, count),
        text: say::digest_text(language, &digest.name, lines.join("\n").trim(), &link, &digest.organisation),
    }
}
