//! The card of a course, and putting the course away.

use axum::extract::State;
use courses::Error;
use courses::course::{self, Card, Course, State as Life};
use leptos::prelude::*;
use words::{Language, courses as text, frame, open as say};

use super::card::{self, Address, CardForm};
use crate::caller::Caller;
use crate::courses::taught::{self, Tab, tabs};
use crate::parts::{Actions, ButtonKind, FormErrors, PageHead, PostForm, SubmitButton};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;

/// The form.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (visit, _, course) = taught::open_course(&app, &caller, &slug).await?;
    let language = visit.language;
    let card = course.card.clone();
    visit.page(text::tab_settings(language), move || view(language, &course, &card, &FormErrors::new()))
}

fn view(language: Language, course: &Course, card: &Card, errors: &FormErrors) -> AnyView {
    let slug = &course.card.slug;
    let archived = course.state == Life::Archived;
    let (title, said, act, label) = if archived {
        (text::restore_title(language), text::restore_text(language), "restore", text::restore(language))
    } else {
        (text::archive_title(language), text::archive_text(language), "archive", text::archive(language))
    };
    let fields = card::fields(language, card, errors, Address::Fixed);
    let address = text::address_of(language, &format!("/courses/{slug}"));
    let draft = format!("/teaching/{slug}");
    let everybody = if course.open { say::opened_now(language) } else { say::state_closed(language) };
    view! {
        {card::summary(language, errors)}
        {tabs(language, course, Tab::Settings)}
        <PageHead title=text::tab_settings(language) kicker=course.card.title.clone() lead=text::settings_lead(language)/>
        <PostForm action=format!("/teaching/{slug}/settings")>
            {fields}
            <p class="hint">{address}</p>
            <Actions>
                <SubmitButton label=frame::save(language)/>
                <a href=draft>{frame::cancel(language)}</a>
            </Actions>
        </PostForm>
        <h2>{say::teaching_title(language)}</h2>
        <p>{everybody}" "<a href=format!("/teaching/{slug}/open")>{say::teaching_link(language)}</a></p>
        <h2>{title}</h2>
        <p>{said}</p>
        <PostForm action=format!("/teaching/{slug}/{act}")>
            <SubmitButton label=label kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

/// Saves the card.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(form): Posted<CardForm>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let card = Card::from(form);
    match course::change(&mut visit.tx, &proof, &card).await {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}/settings"), "saved").await,
        Err(Error::Invalid(problems)) => {
            let language = visit.language;
            let errors = card::errors(language, &problems);
            visit.refused(text::tab_settings(language), move || view(language, &course, &card, &errors))
        }
        Err(error) => Err(error.into()),
    }
}

/// Puts the course away.
pub async fn archive(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    course::archive(&mut visit.tx, &proof).await?;
    visit.commit_and_go(&format!("/teaching/{slug}"), "archived").await
}

/// Takes it out again.
pub async fn restore(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    course::restore(&mut visit.tx, &proof).await?;
    visit.commit_and_go(&format!("/teaching/{slug}"), "restored").await
}
