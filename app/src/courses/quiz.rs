//! Tests as learners take them: before, one question a page, checking before the end, the result. Every page works without
//! script; each answer is a form that is posted.

mod attempt;
mod autosave;
pub mod controls;
pub mod explain;
mod question;
mod result;
mod start;

pub use courses::quiz::html as texts;
pub use start::outcome;

use courses::quiz::AnswerFault;
use courses::quiz::attempt::{self as area, Attempt};
use courses::{AttemptId, Taken, find};
use time::OffsetDateTime;
use words::{Language, quizzes as say};

use crate::caller::Caller;
use crate::date;
use crate::parts::{Flash, FormErrors, Tone};
use crate::problem::Problem;
use crate::routes::{Routes, Who};
use crate::state::App;
use crate::visit::Visit;

/// The routes of these pages.
pub fn routes() -> Routes {
    let who = Who::SignedIn;
    Routes::new()
        .get("/courses/{slug}/{unit}/test", who, start::show)
        .post("/courses/{slug}/{unit}/test", who, start::begin)
        .get("/courses/{slug}/{unit}/test/{attempt}", who, attempt::show)
        .post("/courses/{slug}/{unit}/test/{attempt}/submit", who, attempt::submit)
        .post("/courses/{slug}/{unit}/test/{attempt}/pause", who, attempt::pause)
        .post("/courses/{slug}/{unit}/test/{attempt}/resume", who, attempt::resume)
        .get("/courses/{slug}/{unit}/test/{attempt}/questions/{question}", who, question::show)
        .post("/courses/{slug}/{unit}/test/{attempt}/questions/{question}", who, question::save)
        .post("/courses/{slug}/{unit}/test/{attempt}/questions/{question}/save", who, autosave::save)
}

/// The message of that code, shown once; `None` for a code of others.
pub fn flash(language: Language, code: &str) -> Option<Flash> {
    let (tone, text) = match code {
        "test-ended" => (Tone::Success, say::flash_ended(language)),
        "test-over" => (Tone::Warning, say::flash_over(language)),
        "test-other-tab" => (Tone::Warning, say::flash_other_tab(language)),
        "test-resting" => (Tone::Info, say::flash_resting(language)),
        "test-unit-first" => (Tone::Warning, say::flash_unit_first(language)),
        "test-changed-meanwhile" => (Tone::Warning, say::flash_changed_meanwhile(language)),
        "test-none-left" => (Tone::Warning, say::flash_none_left(language)),
        "questions-added" => (Tone::Success, say::flash_questions_added(language)),
        "test-saved" => (Tone::Success, say::flash_saved(language)),
        "question-worded" => (Tone::Success, say::flash_worded(language)),
        "test-removed" => (Tone::Success, say::flash_removed(language)),
        "test-marked" => (Tone::Success, say::flash_marked(language)),
        "test-regraded" => (Tone::Success, say::flash_regraded(language)),
        _ => return None,
    };
    Some(Flash { tone, text: text.to_owned() })
}

/// Where an attempt is read and answered.
fn path(slug: &str, unit: &str, id: AttemptId) -> String {
    format!("/courses/{slug}/{unit}/test/{id}")
}

/// Opens a page of a test.
async fn open(app: &App, caller: &Caller, slug: &str) -> Result<(Visit, Taken), Problem> {
    let mut visit = caller.open(app).await?;
    let taken = find::course(&mut visit.tx, &visit.me, slug).await?.for_taking()?;
    Ok((visit, taken))
}

/// Opens a page of the person's own attempt; one whose time ran out is ended first.
async fn open_attempt(
    app: &App,
    caller: &Caller,
    (slug, unit, id): (&str, &str, AttemptId),
) -> Result<(Visit, Taken, Attempt), Problem> {
    let (mut visit, taken) = open(app, caller, slug).await?;
    let mut attempt = area::one(&mut visit.tx, &taken, unit, id, visit.language.code()).await?;
    if attempt.is_open() && attempt.is_over(visit.tx.now()) {
        courses::quiz::finish::close_if_over(&mut visit.tx, id).await?;
        visit.tx.commit().await?;
        let (again, taken) = open(app, caller, slug).await?;
        visit = again;
        attempt = area::one(&mut visit.tx, &taken, unit, id, visit.language.code()).await?;
        return Ok((visit, taken, attempt));
    }
    Ok((visit, taken, attempt))
}

/// The time that is left, as text: "23 min 10 s, do 14:05".
fn time_left(language: Language, attempt: &Attempt, now: OffsetDateTime) -> Option<String> {
    let left = attempt.seconds_left(now)?.max(0);
    let end = date::clock(now + time::Duration::seconds(left));
    Some(say::time_left(language, &duration(language, left), &end))
}

/// "1 godz. 5 min", "23 min 10 s".
pub fn duration(language: Language, seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let parts = [
        (hours > 0).then(|| say::hours_short(language, &hours.to_string())),
        (minutes > 0).then(|| say::minutes_short(language, &minutes.to_string())),
        (hours == 0 && (seconds > 0 || minutes == 0))
            .then(|| say::seconds_short(language, &seconds.to_string())),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Thousandths as people read them: "83%", "66,6%".
pub fn percent(language: Language, score: u16) -> String {
    let mark = if language == Language::En { '.' } else { ',' };
    match score % 10 {
        0 => format!("{}%", score / 10),
        rest => format!("{}{mark}{rest}%", score / 10),
    }
}

/// What is wrong with an answer, as the error of its field.
pub fn fault(language: Language, fault: &AnswerFault) -> FormErrors {
    let (field, sentence) = match fault {
        AnswerFault::NoSuchOption { field } => (field, say::fault_no_such_option(language).to_owned()),
        AnswerFault::SeveralChosen { field } => (field, say::fault_several(language).to_owned()),
        AnswerFault::NotANumber { field } => (field, say::fault_number(language).to_owned()),
        AnswerFault::OtherUnit { field, unit: Some(unit) } => (field, say::fault_unit(language, unit)),
        AnswerFault::OtherUnit { field, unit: None } => (field, say::fault_no_unit(language).to_owned()),
        AnswerFault::TooLong { field, most } => (field, say::fault_long(language, &most.to_string())),
    };
    FormErrors::one(field.clone(), sentence)
}
