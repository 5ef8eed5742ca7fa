//! Pages of retention: how long files with names are kept, which are due, holding one, removing the data of one or of all that are
//! due; and what other pages say of a person whose data were removed.

mod all;
mod file;
mod list;
mod periods;

use devices::Error;
use devices::retention::REMOVED;
use devices::retention::file::{File, FileKind, Stands};
use leptos::prelude::*;
use words::{Language, register, retention as say};

use super::loans::said;
use crate::date;
use crate::parts::{Flash, FormErrors, Link, SummaryRow, Tone};
use crate::problem::Problem;
use crate::routes::{Routes, Who};

/// The routes of these pages.
pub fn routes() -> Routes {
    let who = Who::SignedIn;
    Routes::new()
        .get("/devices/retention", who, list::show)
        .get("/devices/retention/periods", who, periods::show)
        .post("/devices/retention/periods", who, periods::save)
        .get("/devices/retention/due", who, all::ask)
        .post("/devices/retention/due", who, all::confirm)
        .get("/devices/retention/done/{batch}", who, all::progress)
        .get("/devices/retention/{kept_file}", who, file::show)
        .post("/devices/retention/{kept_file}/hold", who, file::hold)
        .post("/devices/retention/{kept_file}/lift", who, file::lift)
        .get("/devices/retention/{kept_file}/anonymise", who, file::ask)
        .post("/devices/retention/{kept_file}/anonymise", who, file::anonymise)
}

/// The message of that code, shown once; `None` for a code of others.
pub fn flash(language: Language, code: &str) -> Option<Flash> {
    let text = match code {
        "retention_periods" => say::flash_periods(language),
        "retention_held" => say::flash_held(language),
        "retention_lifted" => say::flash_lifted(language),
        "retention_anonymised" => say::flash_anonymised(language),
        "retention_asked" => say::flash_asked(language),
        _ => return None,
    };
    Some(Flash { tone: Tone::Success, text: text.to_owned() })
}

/// A name or text, or in the reader's language that it was removed.
pub fn told(language: Language, text: &str) -> String {
    if text == REMOVED { say::removed(language).to_owned() } else { text.to_owned() }
}

/// What stands where a text was removed.
pub fn removed(language: Language) -> &'static str {
    say::removed(language)
}

/// The clock of a file, as a sentence.
pub fn clock(language: Language, file: &File) -> String {
    if let Some(at) = file.anonymised_at {
        return say::anonymised_on(language, &date::day(at));
    }
    match (file.stands, file.kept_until.and_then(time::Date::next_day)) {
        (Some(why), _) => say::clock_stands(language, stands(language, why)),
        (None, Some(from)) => say::clock_from(language, &said::day(from)),
        (None, None) => say::clock_stands(language, say::stands_undecided(language)),
    }
}

/// The clock of an agreement as a line of its page.
pub fn row(language: Language, file: &File) -> SummaryRow {
    let held = file.held.then(|| format!(" ({})", say::column_held(language).to_lowercase()));
    let link = view! { <a href=format!("/devices/retention/{}", file.id)>{clock(language, file)}</a>{held} };
    SummaryRow::view(say::clock_label(language), link.into_any())
}

fn kind_name(language: Language, kind: FileKind) -> &'static str {
    match kind {
        FileKind::Loan => say::kind_loan(language),
        FileKind::Application => say::kind_application(language),
        FileKind::Note => say::kind_note(language),
    }
}

fn stands(language: Language, why: Stands) -> &'static str {
    match why {
        Stands::Lent => say::stands_lent(language),
        Stands::Waiting => say::stands_waiting(language),
        Stands::Owed => say::stands_owed(language),
        Stands::Incident => say::stands_incident(language),
        Stands::Granted => say::stands_granted(language),
        Stands::Undecided => say::stands_undecided(language),
    }
}

fn trail(language: Language, here: &str) -> AnyView {
    let links = vec![
        Link::new(register::devices_title(language), "/devices"),
        Link::new(say::title(language), "/devices/retention"),
    ];
    said::trail(language, links, here)
}

/// What the removal takes and what it leaves.
fn consequences(language: Language, kinds: &[FileKind]) -> AnyView {
    let goes = kinds
        .iter()
        .map(|kind| {
            let text = match kind {
                FileKind::Loan => say::goes_loan(language),
                FileKind::Application => say::goes_application(language),
                FileKind::Note => say::goes_note(language),
            };
            view! { <li>{text}</li> }
        })
        .collect_view();
    view! {
        <h2>{say::goes(language)}</h2>
        <ul>{goes}</ul>
        <h2>{say::stays(language)}</h2>
        <p>{say::stays_text(language)}</p>
        <p><strong>{say::never(language)}</strong></p>
    }
    .into_any()
}

/// What an area refused, as errors of a form. Errors: everything that is not a refusal of this form.
fn refusal(language: Language, error: Error) -> Result<FormErrors, Problem> {
    let mut errors = FormErrors::new();
    match error {
        Error::Invalid(wrong) => {
            for one in &wrong {
                let (label, most) = match one.field {
                    "loan_months" => (say::label_loan_months(language), true),
                    "application_months" => (say::label_application_months(language), true),
                    "note_months" => (say::label_note_months(language), true),
                    _ => (say::hold_reason(language), false),
                };
                let what = if most {
                    say::months_range(language, &devices::retention::setting::MONTHS_MOST.to_string())
                } else {
                    crate::problem::field_sentence(language, &one.problem)
                };
                errors.add(one.field, format!("{label}: {what}"));
            }
        }
        Error::ClockRuns => errors.add("", say::refused_clock(language)),
        Error::Held => errors.add("", say::refused_held(language)),
        Error::Blanked => errors.add("", say::refused_blanked(language)),
        other => return Err(other.into()),
    }
    Ok(errors)
}
