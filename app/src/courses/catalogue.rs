//! The catalogue: courses that everybody of the organisation may take, and joining one.

use axum::extract::State;
use courses::find;
use courses::learn::{self, Card, Sought};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, frame};

use super::home::course_card;
use super::lines::card_facts;
use crate::caller::Caller;
use crate::parts::{
    ActionLink, ButtonKind, CourseCard, CourseCards, EmptyState, Field, FieldKind, PageHead, PostForm,
    SubmitButton,
};
use crate::problem::Answer;
use crate::request::{Asked, At};
use crate::state::App;
use crate::visit::Visit;
use crate::way::encoded;

const ON_A_PAGE: usize = 30;

/// What the list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: String,
    after: String,
}

impl Asking {
    fn path(&self, after: &str) -> String {
        let after = if after.is_empty() { String::new() } else { format!("&after={}", encoded(after)) };
        format!("/catalogue?q={}{after}", encoded(&self.q))
    }
}

/// The list: by title, thirty to a page, with a search.
pub async fn show(State(app): State<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let sought = Sought {
        text: asked.q.chars().take(200).collect(),
        only: None,
        after: (!asked.after.is_empty()).then(|| asked.after.clone()),
        most: i64::try_from(ON_A_PAGE + 1).ok(),
    };
    let mut cards = learn::catalogue(&mut visit.tx, &visit.me, &sought).await?;
    let more = cards.len() > ON_A_PAGE;
    cards.truncate(ON_A_PAGE);
    let next = cards.last().filter(|_| more).map(|last| asked.path(&last.slug));
    let language = visit.language;
    let shares = super::sharing::is_for(&visit.me);
    visit.page(frame::catalogue(language), move || view(language, asked, (cards, next), shares))
}

fn view(
    language: Language,
    asked: Asking,
    (cards, next): (Vec<Card>, Option<String>),
    shares: bool,
) -> AnyView {
    let shared = shares.then(|| {
        view! {
            <ActionLink
                label=words::sharing::title(language)
                href="/catalogue/installation"
                kind=ButtonKind::Secondary
            />
        }
    });
    let first = (!asked.after.is_empty()).then(|| {
        let href = asked.path("");
        view! { <a href=href>{text::catalogue_first(language)}</a> }
    });
    let next = next.map(|href| view! { <a href=href rel="next">{text::catalogue_next(language)}</a> });
    let whole = asked.q.trim().is_empty() && asked.after.is_empty();
    let search = (!whole || !cards.is_empty()).then(|| {
        view! {
            <form class="form filter" method="get" action="/catalogue" role="search">
                <Field name="q" label=text::catalogue_search(language) kind=FieldKind::Search value=asked.q.clone()/>
                <SubmitButton label=text::catalogue_search_button(language) kind=ButtonKind::Secondary/>
            </form>
        }
    });
    let list = if cards.is_empty() && !whole {
        view! { <EmptyState title=text::catalogue_none(language) text=text::catalogue_none_text(language)/> }
            .into_any()
    } else if cards.is_empty() {
        view! { <EmptyState title=text::catalogue_empty(language) text=text::catalogue_empty_text(language)/> }.into_any()
    } else {
        let (mine, open): (Vec<_>, Vec<_>) = cards.into_iter().partition(|card| card.enrolled);
        view! { {section(language, text::catalogue_open(language), open)}{section(language, text::catalogue_mine(language), mine)} }
            .into_any()
    };
    view! {
        <PageHead title=frame::catalogue(language) lead=text::catalogue_lead(language)>{shared}</PageHead>
        {search}
        {list}
        <p class="row">{first}{next}</p>
    }
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
    let only = Sought { only: Some(slug.to_owned()), ..Sought::default() };
    let cards = learn::catalogue(&mut visit.tx, &visit.me, &only).await?;
    let card = cards.into_iter().next().ok_or(courses::Error::NotFound)?;
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
