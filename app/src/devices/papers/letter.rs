//! GET /devices/loans/{id}/letter: the reminder, or the notice, as a letter on paper, for those who have no address for e-mail: to the
//! same person and in the same language. It names no programme, as the e-mail does not.

use axum::extract::State;
use devices::LoanId;
use devices::loans::{due, list, receiver};
use documents::{Letter, Signature};
use words::{Language, loans, papers as say};

use crate::caller::Caller;
use crate::date;
use crate::devices::loans::letter::notice_text;
use crate::devices::loans::said;
use crate::pdf;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;

/// GET /devices/loans/{id}/letter
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<LoanId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?.reader();
    let line = list::one(&mut visit.tx, &proof, id).await?;
    let (Some(day), true) = (line.due_on, line.is_open()) else { return Err(Problem::NotFound) };
    // Where nobody is known who would be written to, it goes to who has the device.
    let (name, address, language) = match receiver::of(&mut visit.tx, &proof, id).await? {
        Some(known) => (known.name, known.address, Language::from_code(&known.language).unwrap_or_default()),
        None => (line.who.clone(), String::new(), Language::default()),
    };
    let device = format!("{} ({})", line.model, line.inventory_no);
    let days = line.days.unwrap_or_default();
    let (subject, when) = match days {
        0 => (loans::letter_due_subject(language), loans::letter_due_today(language).to_owned()),
        days if days < 0 => {
            (loans::letter_overdue_subject(language), loans::letter_overdue(language, i64::from(-days)))
        }
        days => (loans::letter_due_subject(language), loans::letter_due_in(language, i64::from(days))),
    };
    let organisation = visit.me.organisation_name.clone();
    let notice = due::notice_of(&mut visit.tx, &proof, id).await?.filter(|_| days >= 0);
    let (subject, text) = if let Some(notice) = notice {
        (words::settlements::notice_subject(language), notice_text(language, &notice, &name))
    } else {
        let day = said::day(day);
        let text = loans::letter_text(language, &name, &device, &line.who, &day, &when, &organisation);
        (subject, text)
    };
    let mut lines = vec![name];
    lines.extend(
        address.split([',', '\n']).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()),
    );
    let letter = Letter {
        subject: subject.to_owned(),
        language: language.code().to_owned(),
        sender: vec![organisation],
        receiver: lines,
        place_and_day: date::day(visit.tx.now()),
        reference: say::reference(language, &line.number),
        paragraphs: text
            .split("\n\n")
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect(),
        signature: Some(Signature {
            role: say::signs_for_office(language).to_owned(),
            ..Signature::default()
        }),
    };
    let made = visit.app.documents.letter(&letter, visit.tx.now().unix_timestamp()).await;
    Ok(pdf::answer(&line.number, made.map_err(pdf::told)?.into()))
}
