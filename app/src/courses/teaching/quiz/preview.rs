//! The test of the draft as learners would see it, one question a page, one draw of many. GET
//! /teaching/{slug}/units/{unit_id}/test/preview.

use axum::extract::State;
use courses::UnitId;
use courses::quiz::Question;
use courses::quiz::order::seed_of;
use courses::quiz::{pictures, pool, store};
use leptos::prelude::*;
use serde::Deserialize;
use words::quizzes as say;

use super::open;
use crate::caller::Caller;
use crate::courses::quiz::controls::{self, Asked};
use crate::parts::{ActionLink, ButtonKind, EmptyState, FormErrors, Link, PageHead, StepLinks, StepWords};
use crate::problem::Answer;
use crate::request::{Asked as Query, At};
use crate::state::App;

/// Which question of which draw is shown.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Draw {
    draw: u32,
    question: usize,
}

/// GET: a question of one draw, in its order, with nothing answered. The form is sent nowhere.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Query(Draw { draw, question }): Query<Draw>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let test = store::draft(&mut visit.tx, &proof, id).await?;
    let drawn = pool::of_unit(&mut visit.tx, &proof, id).await?;
    let places = pictures::draft_places(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let title = say::preview(language);
    visit.page(title, move || {
        let head = place.head(language, say::tab_preview(language));
        let Some((settings, questions)) =
            test.filter(|(_, questions)| !questions.is_empty() || !drawn.is_empty())
        else {
            let action = Some(Link::new(say::tab_edit(language), place.path()));
            return view! {
                {head}
                <PageHead title=title/>
                <EmptyState title=say::no_questions(language) action=action/>
            }
            .into_any();
        };
        let seed = u64::from(draw);
        let asked = settings.asked(&questions, &drawn, seed);
        let questions: Vec<Question> = questions.into_iter().chain(drawn).collect();
        let number = question.clamp(1, asked.len().max(1));
        let Some(question) = asked.get(number - 1).and_then(|at| questions.get(*at)) else {
            return head;
        };
        let shown = question.shown(seed_of(seed, 1000 + number));
        let errors = FormErrors::new();
        let one = Asked { shown: &shown, fields: &[], errors: &errors, places: &places, language };
        let path = format!("{}/preview", place.path());
        let step = |to: usize| {
            let text = say::question_number(language, &to.to_string());
            (1..=asked.len())
                .contains(&to)
                .then(|| Link::new(text, format!("{path}?draw={draw}&question={to}")))
        };
        let (previous, next) = (step(number.wrapping_sub(1)), step(number + 1));
        let of = say::question_of(language, &number.to_string(), &asked.len().to_string());
        let again = format!("{path}?draw={}", draw.saturating_add(1));
        view! {
            {head}
            <PageHead title=title lead=say::preview_lead(language)>
                <ActionLink label=say::preview_again(language) href=again kind=ButtonKind::Secondary/>
            </PageHead>
            <h2>{of}" – "{say::points(language, i64::from(shown.points))}</h2>
            <form class="form" method="get" novalidate>{controls::question(&one)}</form>
            <StepLinks label=say::navigator(language) previous=previous next=next words=StepWords::default()/>
        }
        .into_any()
    })
}
