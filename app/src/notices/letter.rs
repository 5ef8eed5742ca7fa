//! The letter with what a person was told, in their language: plain text, and how to refuse further ones.

use base::mail::Letter;
use notices::letters::{LISTED, Line, Told};
use notices::notice::Kind;
use words::{Language, notices as say};

use super::list::sentence;
use crate::date;

/// The letter. Links lead through the site, so that it asks who one is.
pub fn told(told: &Told) -> Letter {
    let language = Language::from_code(&told.language).unwrap_or_default();
    // The link of refusal begins with the address of the site.
    let site = told.refuse.split("/letters/").next().unwrap_or_default();
    let lines: Vec<String> = told
        .notices
        .iter()
        .take(LISTED)
        .map(|line| format!("- {} ({})\n  {site}{}", said(language, line), date::moment(line.at), line.path))
        .collect();
    let more = told.notices.len().saturating_sub(LISTED);
    let more = if more == 0 {
        String::new()
    } else {
        format!("\n{}", say::letter_more(language, i64::try_from(more).unwrap_or(0)))
    };
    let subject = match told.notices.as_slice() {
        // Why a film failed is too much for one line.
        [line] if line.kind == Kind::FilmFailed => say::film_failed_short(language, &line.subject),
        [line] => said(language, line),
        many => say::letter_subject(language, i64::try_from(many.len()).unwrap_or(0)),
    };
    let enclosed: String = told.enclosed.iter().map(|text| format!("\n\n{text}")).collect();
    let list = lines.join("\n") + &more + &enclosed;
    let settings = format!("{site}/notices/settings");
    let text = say::letter_text(language, &told.name, &list, &told.organisation, &settings, &told.refuse);
    Letter { to: told.email.clone(), subject, text }
}

fn said(language: Language, line: &Line) -> String {
    sentence(language, line.kind, &line.subject, line.detail.as_deref())
}
