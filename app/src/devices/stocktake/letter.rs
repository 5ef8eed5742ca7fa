//! The letter that asks for a declaration: in the receiver's language, with the neutral name of the programme. By e-mail, or
//! printed: GET /devices/loans/{id}/declaration-letter.

use axum::extract::State;
use base::mail::Letter;
use devices::LoanId;
use devices::stocktake::remind::{self, Reminder};
use documents::{Letter as Paper, Signature};
use words::{Language, declarations as say, papers};

use super::super::loans::said;
use crate::caller::Caller;
use crate::date;
use crate::devices::download;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;

/// The letter.
pub fn declaration(reminder: &Reminder) -> Letter {
    let language = Language::from_code(&reminder.language).unwrap_or_default();
    let (subject, text) = written(language, reminder);
    Letter { to: reminder.email.clone(), subject: format!("{subject}: {}", reminder.inventory_no), text }
}

fn written(language: Language, reminder: &Reminder) -> (&'static str, String) {
    let (subject, when) = match reminder.days {
        0 => (say::letter_subject(language), say::letter_today(language).to_owned()),
        days if days < 0 => {
            (say::letter_subject_overdue(language), say::letter_overdue(language, i64::from(-days)))
        }
        days => (say::letter_subject(language), say::letter_in(language, i64::from(days))),
    };
    let device = format!("{} ({})", reminder.model, reminder.inventory_no);
    let until = format!("{}. {when}", said::day(reminder.due_on));
    let text = say::letter_text(
        language,
        &reminder.name,
        &device,
        &reminder.who,
        &reminder.programme,
        &until,
        &reminder.organisation,
    );
    (subject, text)
}

/// GET /devices/loans/{id}/declaration-letter
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<LoanId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let reminder = remind::letter(&mut visit.tx, &proof, id).await?;
    let now = visit.tx.now();
    // The page's transaction is over before the document is made.
    drop(visit);
    let language = Language::from_code(&reminder.language).unwrap_or_default();
    let (subject, text) = written(language, &reminder);
    let parts = |text: &str, between: &[&str]| -> Vec<String> {
        let mut parts = vec![text.to_owned()];
        for between in between {
            parts = parts.iter().flat_map(|part| part.split(*between)).map(str::to_owned).collect();
        }
        parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    };
    let letter = Paper {
        subject: subject.to_owned(),
        language: language.code().to_owned(),
        sender: vec![reminder.organisation.clone()],
        receiver: [vec![reminder.name.clone()], parts(&reminder.address, &[",", "\n"])].concat(),
        place_and_day: date::day(now),
        reference: papers::reference(language, &reminder.agreement),
        paragraphs: parts(&text, &["\n\n"]),
        signature: Some(Signature {
            role: papers::signs_for_office(language).to_owned(),
            ..Signature::default()
        }),
    };
    let bytes = app.documents.letter(&letter, now.unix_timestamp()).await.map_err(|error| {
        tracing::error!(%error, "a letter could not be put on paper");
        Problem::Unavailable(10)
    })?;
    Ok(download::file(bytes, "application/pdf", &format!("oswiadczenie-{}.pdf", date::machine_day(now))))
}
