//! The letter of a decision, in the receiver's language: by e-mail, or printed. A protected programme has its neutral name.

use axum::extract::State as Program;
use base::mail::Letter;
use devices::ApplicationId;
use devices::applications::{self, Notice, Refusal, Told};
use leptos::prelude::*;
use words::{Language, applications as say};

use super::said;
use crate::caller::Caller;
use crate::parts::{Link, PageHead};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// The letter.
pub fn decision(notice: &Notice) -> Letter {
    let language = Language::from_code(&notice.language).unwrap_or_default();
    let (subject, text) = written(language, notice);
    Letter { to: notice.email.clone().unwrap_or_default(), subject, text }
}

fn written(language: Language, notice: &Notice) -> (String, String) {
    let programme = say::letter_programme(language, &notice.programme);
    let said = match notice.told {
        Told::Granted => say::letter_granted(language).to_owned(),
        Told::Offered(day) => say::letter_offered(language, &said::day(day)),
        Told::Waits(position) => say::letter_waits(language, &position.to_string()),
        Told::Refused(why) => refused(language, why, &notice.note),
        Told::Expired => say::letter_expired(language).to_owned(),
    };
    let subject = say::letter_subject(language, &notice.number);
    let text = say::letter_text(
        language,
        &notice.name,
        &notice.number,
        &programme,
        &notice.who,
        &said,
        &notice.organisation,
    );
    (subject, text)
}

fn refused(language: Language, why: Refusal, note: &str) -> String {
    let reason = say::letter_refused(language, said::refusal_name(language, why));
    if note.is_empty() { reason } else { format!("{reason}\n{note}") }
}

/// GET /devices/applications/{id}/letter
pub async fn show(Program(app): Program<App>, caller: Caller, At(id): At<ApplicationId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let notice = applications::letter(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let theirs = Language::from_code(&notice.language).unwrap_or_default();
    let (title, text) = written(theirs, &notice);
    visit.page(&title, || {
        let links = vec![
            Link::new(say::applications_title(language), "/devices/applications"),
            Link::new(notice.number.clone(), format!("/devices/applications/{id}")),
        ];
        view! {
            {said::trail(language, links, &title)}
            <PageHead title=title.clone()/>
            <p class="terms" lang=theirs.code()>{text}</p>
        }
        .into_any()
    })
}
