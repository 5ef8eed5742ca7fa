//! The catalogue: courses that everybody of the organisation may take, and joining one.

use axum::extract::State;
use courses::find;
use courses::learn::{self, Card};
use leptos::prelude::*;
use words::{Language, courses as text, frame};

use super::home::course_card;
use super::lines::card_facts;
use crate::caller::Caller;
use crate::parts::{CourseCard, CourseCards, EmptyState, PageHead, PostForm, SubmitButton};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;
use crate::visit::Visit;

/// The list.
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let cards = learn::catalogue(&mut visit.tx, &visit.me).await?;
    let language = visit.language;
    visit.page(frame::catalogue(language), move || view(language, cards))
}

fn view(language: Language, cards: Vec<Card>) -> AnyView {
    let list = if cards.is_empty() {
        view! { <EmptyState title=text::catalogue_empty(language) text=text::catalogue_empty_text(language)/> }.into_any()
    } else {
        let (mine, open): (Vec<_>, Vec<_>) = cards.into_iter().partition(|card| card.enrolled);
        view! { {section(language, text::catalogue_open(language), open)}{section(language, text::catalogue_mine(language), mine)} }
            .into_any()
    };
    view! { <PageHead title=frame::catalogue(language) lead=text::catalogue_lead(language)/>{list} }
        .into_any()
}

fn section(language: Language, title: &'static str, cards: Vec<Card>) -> AnyView {
    if cards.is_empty() {
        return ().into_any();
    }
    let one =
        |card: Card| if card.enrolled { course_card(language, card) } else { open_card(language, card) };
    let cards = cards.into_iter().map(one).collect_view();
    view! { <h2>{title}</h2><CourseCards>{cards}</CourseCards> }.into_any()
}

/// A course that the person could join.
fn open_card(language: Language, card: Card) -> AnyView {
    let facts = card_facts(language, card.units, card.minutes);
    view! { <CourseCard title=card.title href=format!("/courses/{}", card.slug) text=card.summary facts=facts level=3/> }.into_any()
}

/// The page of a course that the person could join: what it is about, and the button.
pub async fn invite(mut visit: Visit, slug: &str) -> Answer {
    let cards = learn::catalogue(&mut visit.tx, &visit.me).await?;
    let card = cards.into_iter().find(|card| card.slug == slug).ok_or(courses::Error::NotFound)?;
    let (language, title) = (visit.language, card.title.clone());
    visit.page(&title, move || invitation(language, card))
}

fn invitation(language: Language, card: Card) -> AnyView {
    let facts = card_facts(language, card.units, card.minutes);
    let facts = facts.into_iter().map(|fact| view! { <li>{fact}</li> }).collect_view();
    view! {
        <PageHead title=card.title kicker=frame::catalogue(language) lead=card.summary/>
        <ul class="facts">{facts}</ul>
        <p>{text::join_text(language)}</p>
        <PostForm action=format!("/courses/{}/join", card.slug)>
            <SubmitButton label=text::join(language)/>
        </PostForm>
    }
    .into_any()
}

/// Enrols the person themselves; one who takes the course already just goes on.
pub async fn join(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let found = find::course(&mut visit.tx, &visit.me, &slug).await?;
    let path = format!("/courses/{slug}");
    if found.is_enrolled() {
        return visit.commit_and_go(&path, "").await;
    }
    found.join(&mut visit.tx).await?;
    visit.commit_and_go(&path, "joined").await
}
