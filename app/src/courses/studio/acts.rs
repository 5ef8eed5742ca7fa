//! What is done to a film from the studio: stopping, trying again, deleting after a page that asks.

use axum::extract::State;
use courses::studio as area;
use leptos::prelude::*;
use video::{FilmId, film, replace};
use words::{frame, studio as say};

use super::open;
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{CheckPage, Link};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;
use crate::visit::Visit;

/// Stops the making; one that ended meanwhile is left as it is.
pub async fn cancel(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    let done = film::cancel(&mut visit.tx, &proof).await;
    over(visit, done, "film-cancelled").await
}

/// Makes it again from what was sent.
pub async fn retry(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    let done = film::retry(&mut visit.tx, &proof).await;
    over(visit, done, "film-retried").await
}

async fn over(visit: Visit, done: Result<(), video::Error>, message: &str) -> Answer {
    match done {
        Ok(()) => visit.commit_and_go("/studio", message).await,
        Err(video::Error::WrongState(_)) => visit.commit_and_go("/studio", "film-too-late").await,
        Err(video::Error::NoRoom(_)) => visit.commit_and_go("/studio", "film-no-room").await,
        Err(error) => Err(error.into()),
    }
}

/// Asks before a film is deleted, or what is to replace one.
pub async fn ask_delete(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    let film = film::one(&mut visit.tx, &proof.watchable()).await?;
    let replaces = replace::of(&mut visit.tx, &proof).await?.is_some();
    let uses = area::uses(&mut visit.tx, &visit.me, &proof).await?;
    let language = visit.language;
    let (question, explained, confirm) = if replaces {
        (say::next_question(language, &film.title), say::next_text(language), say::next_delete(language))
    } else {
        (say::delete_question(language, &film.title), say::delete_text(language), say::act_delete(language))
    };
    visit.page(&question.clone(), move || {
        let places = uses
            .iter()
            .map(|place| view! { <li>{say::use_line(language, &place.title, &place.course)}</li> })
            .collect_view();
        view! {
            {taught::way(language, &[], confirm)}
            <CheckPage
                question=question
                action=format!("/studio/{id}/delete")
                confirm=confirm
                cancel=Link::new(frame::cancel(language), "/studio")
            >
                <p>{explained}</p>
                <ul>{places}</ul>
            </CheckPage>
        }
        .into_any()
    })
}

/// Deletes it.
pub async fn delete(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    let replaces = replace::of(&mut visit.tx, &proof).await?.is_some();
    area::delete(&mut visit.tx, &visit.me, &proof).await?;
    visit.commit_and_go("/studio", if replaces { "film-given-up" } else { "film-deleted" }).await
}
