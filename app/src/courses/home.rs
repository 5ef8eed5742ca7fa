//! The first page of a signed-in person: their courses, and where they left off.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use courses::learn::{self, Card};
use identity::SignedIn;
use identity::permit::{Kind, Verb};
use leptos::prelude::*;
use words::{Language, courses as text, frame};

use super::lines::card_facts;
use crate::caller::Caller;
use crate::parts::{ActionLink, CourseCard, CourseCards, EmptyState, Link, PageHead};
use crate::problem::Answer;
use crate::state::App;

/// The courses of the person; a visitor is sent to sign in.
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let Some(mut visit) = caller.try_open(&app).await? else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    let cards = learn::home(&mut visit.tx, &visit.me).await?;
    let (language, teaches) = (visit.language, teaches(&visit.me));
    visit.page(frame::home(language), move || view(language, teaches, cards))
}

/// Whether the pages of teaching are for this person.
pub fn teaches(me: &SignedIn) -> bool {
    me.may(Verb::Create, Kind::TaughtCourse) || me.may(Verb::Follow, Kind::AnyCourse)
}

fn view(language: Language, teaches: bool, cards: Vec<Card>) -> AnyView {
    let last =
        cards.iter().find(|card| card.begun && card.done < card.units).and_then(|card| go_on(language, card));
    let (finished, to_do): (Vec<_>, Vec<_>) = cards.into_iter().partition(|card| card.done >= card.units);
    let lead = match to_do.len() {
        0 if finished.is_empty() => String::new(),
        0 => text::home_all_done(language).to_owned(),
        count => text::home_lead(language, i64::try_from(count).unwrap_or(0)),
    };
    let teaching = teaches.then(|| {
        view! { <p class="sheet">{text::home_teaching(language)}" "<a href="/teaching">{text::home_teaching_link(language)}</a></p> }
    });
    let empty = (to_do.is_empty() && finished.is_empty()).then(|| {
        let action = Some(Link::new(text::home_empty_action(language), "/catalogue"));
        view! { <EmptyState title=text::home_empty(language) text=text::home_empty_text(language) action=action/> }
    });
    let actions = last.map(|link| view! { <ActionLink label=link.text href=link.href/> });
    view! {
        <PageHead title=frame::home(language) lead=lead>{actions}</PageHead>
        {teaching}
        {empty}
        {section(language, text::home_to_do(language), to_do)}
        {section(language, text::home_finished(language), finished)}
    }
    .into_any()
}

fn section(language: Language, title: &'static str, cards: Vec<Card>) -> AnyView {
    if cards.is_empty() {
        return ().into_any();
    }
    let cards = cards.into_iter().map(|card| course_card(language, card)).collect_view();
    view! { <h2>{title}</h2><CourseCards>{cards}</CourseCards> }.into_any()
}

/// The way to the unit that the person is at.
fn go_on(language: Language, card: &Card) -> Option<Link> {
    let (title, slug) = card.next.as_ref().filter(|_| card.enrolled)?;
    let text = if card.begun { text::go_on(language, title) } else { text::start_with(language, title) };
    Some(Link::new(text, format!("/courses/{}/{slug}", card.slug)))
}

/// A course that the person takes.
pub fn course_card(language: Language, card: Card) -> AnyView {
    let action = go_on(language, &card);
    let percent = u32::try_from(learn::percent(card.done, card.units)).unwrap_or(0);
    let progress_text =
        text::progress_text(language, &percent.to_string(), &card.done.to_string(), &card.units.to_string());
    let facts = card_facts(language, card.units, card.minutes);
    view! {
        <CourseCard
            title=card.title
            href=format!("/courses/{}", card.slug)
            text=card.summary
            facts=facts
            progress=Some(percent)
            progress_label=text::progress_label(language)
            progress_text=progress_text
            action=action
            level=3
        />
    }
    .into_any()
}
