//! GET and POST /people/{person}/certificates/erase: a person's name goes from their certificates, which stay and can be checked;
//! and what only they knew of, their answers in reviews, goes altogether.

use axum::extract::State;
use base::PersonId;
use courses::{certificate, recall};
use leptos::prelude::*;
use words::{certificates as say, identity as people};

use crate::caller::Caller;
use crate::parts::{CheckPage, Link};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;
use crate::way::trail;

/// GET /people/{person}/certificates/erase: asks first.
pub async fn ask(State(app): State<App>, caller: Caller, At(id): At<PersonId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let person = identity::person::one(&mut visit.tx, &proof, id).await?;
    let count = certificate::held_by(&mut visit.tx, &proof, id).await?;
    let name = format!("{} {}", person.given_name, person.family_name);
    let language = visit.language;
    let question = say::erase_question(language, &name);
    visit.page(&question.clone(), move || {
        let back = format!("/people/{id}");
        let up = vec![Link::new(people::people_title(language), "/people"), Link::new(name, back.clone())];
        view! {
            {trail(language, up, say::erase_now(language))}
            <CheckPage
                question=question
                action=format!("/people/{id}/certificates/erase")
                confirm=say::erase_now(language)
                cancel=Link::new(say::erase_keep(language), back)
            >
                <p>{say::erase_text(language)}</p>
                <p>{say::erase_count(language, count)}</p>
                <p>{words::recall::erase_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// POST /people/{person}/certificates/erase
pub async fn erase(State(app): State<App>, caller: Caller, At(id): At<PersonId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    // A person out of the administrator's reach is not found, as on their page.
    identity::person::one(&mut visit.tx, &proof, id).await?;
    certificate::erase(&mut visit.tx, &proof, id).await?;
    recall::erase(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go(&format!("/people/{id}"), "certificates-erased").await
}
