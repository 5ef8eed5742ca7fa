//! Search in the courses that the person may see: GET /search?q=…

use axum::extract::State;
use courses::search::{self, Found, Hit, Piece, Place, Results};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, search as say};

use crate::caller::Caller;
use crate::parts::{EmptyState, Field, FieldKind, Link, Notice, PageHead, SubmitButton, Tone};
use crate::problem::Answer;
use crate::request::Asked;
use crate::state::App;
use crate::video::clock;

/// Letters that count: as long as the field lets it be. What is longer is no question that somebody typed.
pub const MOST_TYPED: usize = 200;

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    q: String,
}

/// GET /search
pub async fn show(State(app): State<App>, caller: Caller, Asked(query): Asked<Query>) -> Answer {
    search::ready().await;
    let mut visit = caller.open(&app).await?;
    let typed: String = query.q.trim().chars().take(MOST_TYPED).collect();
    let results = search::search(&mut visit.tx, &visit.me, &typed).await?;
    let language = visit.language;
    let title =
        if typed.is_empty() { say::title(language).to_owned() } else { say::title_of(language, &typed) };
    visit.page(&title, move || view(language, &typed, results))
}

fn view(language: Language, typed: &str, results: Results) -> AnyView {
    let count: usize = results.courses.iter().map(|course| course.hits.len()).sum();
    let said = (count > 0).then(|| say::found(language, i64::try_from(count).unwrap_or(0)));
    let similar = results.similar.then(|| {
        let said = say::similar(language, typed);
        view! { <Notice tone=Tone::Info><p>{said}</p></Notice> }
    });
    let empty = (count == 0 && !typed.is_empty()).then(|| {
        let action = Some(Link::new(frame::catalogue(language), "/catalogue"));
        let title = say::nothing(language, typed);
        view! { <EmptyState title=title text=say::nothing_text(language) action=action/> }
    });
    let courses = results.courses.into_iter().map(|course| one(language, course)).collect_view();
    view! {
        <PageHead title=say::title(language) lead=said.unwrap_or_default()/>
        <form class="row" method="get" action="/search" role="search">
            <Field name="q" label=say::label(language) kind=FieldKind::Search value=typed.to_owned() maxlength=200/>
            <SubmitButton label=say::button(language)/>
        </form>
        {similar}
        {empty}
        {courses}
    }
    .into_any()
}

fn one(language: Language, course: Found) -> AnyView {
    let Found { slug, title, title_language, taught, hits, .. } = course;
    let home = if taught { format!("/teaching/{slug}") } else { format!("/courses/{slug}") };
    let lang = (title_language != language.code()).then_some(title_language);
    let hits = hits.into_iter().map(|hit| line(language, &slug, hit)).collect_view();
    view! {
        <section class="sheet">
            <h2 lang=lang><a href=home>{title}</a></h2>
            <ul class="draft">{hits}</ul>
        </section>
    }
    .into_any()
}

fn line(language: Language, course: &str, hit: Hit) -> AnyView {
    let href = way(course, &hit);
    let lang = (hit.language != language.code()).then(|| hit.language.clone());
    let kind = match &hit.place {
        Place::Course => say::in_course(language).to_owned(),
        Place::Unit => say::in_unit(language).to_owned(),
        Place::Film(second) => say::in_film(language, &clock(u64::from(*second) * 1000)),
        Place::Bank { .. } => say::in_bank(language).to_owned(),
        Place::Answer { .. } => say::in_answer(language).to_owned(),
    };
    let sentence =
        (!hit.sentence.is_empty()).then(|| view! { <p lang=lang.clone()>{pieces(hit.sentence)}</p> });
    view! {
        <li>
            <p><a href=href><span lang=lang>{pieces(hit.title)}</span></a>" "<span class="hint">{kind}</span></p>
            {sentence}
        </li>
    }
    .into_any()
}

/// The address of what was found: of what is said in a film with its second, of a question its form or its place in the result.
pub fn way(course: &str, hit: &Hit) -> String {
    match &hit.place {
        Place::Course => format!("/courses/{course}"),
        Place::Unit => format!("/courses/{course}/{}", hit.unit),
        Place::Film(second) => format!("/courses/{course}/{}?t={second}#film", hit.unit),
        Place::Bank { unit: Some(unit), key } => {
            format!("/teaching/{course}/units/{unit}/test/form/questions/{key}")
        }
        Place::Bank { unit: None, .. } => format!("/teaching/{course}"),
        Place::Answer { attempt, position } => {
            format!("/courses/{course}/{}/test/{attempt}#answer-{position}", hit.unit)
        }
    }
}

fn pieces(pieces: Vec<Piece>) -> AnyView {
    pieces
        .into_iter()
        .map(|piece| {
            if piece.marked { view! { <mark>{piece.text}</mark> }.into_any() } else { piece.text.into_any() }
        })
        .collect_view()
        .into_any()
}
