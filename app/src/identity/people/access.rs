//! Suspending, resuming, and the one-time link: POST /people/{id}/suspend, …/resume, …/password-link.

use axum::extract::State;
use base::PersonId;
use identity::Error;
use leptos::prelude::*;
use words::identity as say;

use super::card::Card;
use super::person::Known;
use super::trail;
use crate::caller::Caller;
use crate::parts::{Actions, CheckPage, FormErrors, Link, Notice, PageHead, Tone};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// GET /people/{id}/suspend: asks first.
pub async fn ask_suspend(State(app): State<App>, caller: Caller, At(id): At<PersonId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let person = identity::person::one(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let question = say::suspend_question(language, &format!("{} {}", person.given_name, person.family_name));
    let title = question.clone();
    visit.page(&title, || {
        view! {
            <CheckPage
                question=question
                action=format!("/people/{id}/suspend")
                confirm=say::suspend(language)
                cancel=Link::new(say::suspend_keep(language), format!("/people/{id}"))
            >
                <p>{say::suspend_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// POST /people/{id}/suspend
pub async fn suspend(State(app): State<App>, caller: Caller, At(id): At<PersonId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let known = Known::read(&mut visit, &proof, id).await?;
    match identity::person::suspend(&mut visit.tx, &proof, id).await {
        Ok(()) => visit.commit_and_go(&format!("/people/{id}"), "suspended").await,
        Err(Error::NotOneself) => {
            let errors = FormErrors::one("", say::suspend_oneself(visit.language));
            known.answer(visit, errors)
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /people/{id}/resume
pub async fn resume(State(app): State<App>, caller: Caller, At(id): At<PersonId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    identity::person::resume(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go(&format!("/people/{id}"), "resumed").await
}

/// POST /people/{id}/password-link: the answer shows the link, once.
pub async fn offer_password(State(app): State<App>, caller: Caller, At(id): At<PersonId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let person = identity::person::one(&mut visit.tx, &proof, id).await?;
    let card = Card::offer(&mut visit.tx, &proof, &app, person).await?;
    let organisation = visit.me.organisation_name.clone();
    card.post_letter(&mut visit.tx, &organisation).await?;
    let language = visit.language;
    let title = say::link_title(language);
    visit
        .commit_and_page(title, || {
            let sent = match &card.email {
                Some(email) => say::link_sent(language, email),
                None => say::link_not_sent(language).to_owned(),
            };
            let up = vec![
                Link::new(say::people_title(language), "/people"),
                Link::new(card.name.clone(), format!("/people/{id}")),
            ];
            view! {
                {trail(language, up, title)}
                <PageHead title=title/>
                <Notice tone=Tone::Warning><p>{super::card::once(language)}</p><p>{sent}</p></Notice>
                {card.view(language, &organisation, 2)}
                <Actions><a href=format!("/people/{id}")>{say::link_back(language)}</a></Actions>
            }
            .into_any()
        })
        .await
}
