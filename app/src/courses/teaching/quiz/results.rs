//! How learners did in a test: everybody's attempts, and one with its answers. GET
//! /teaching/{slug}/units/{unit_id}/test/results and /{attempt} below it.

use axum::extract::State;
use courses::quiz::attempt::Attempt;
use courses::quiz::pictures;
use courses::quiz::results::{self as area, Outcome};
use courses::{AttemptId, UnitId};
use leptos::prelude::*;
use words::{Language, quizzes as say};

use super::{Place, marks, open};
use crate::caller::Caller;
use crate::courses::quiz::{explain, outcome, percent};
use crate::date;
use crate::parts::{DataTable, EmptyState, FormErrors, PageHead, SummaryList, SummaryRow};
use crate::problem::{Answer, Problem};
use crate::refused;
use crate::request::At;
use crate::state::App;
use crate::visit::Visit;

/// GET: everybody's attempts.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let outcomes = area::all(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let title = say::results(language);
    visit.page(title, move || {
        let list = if outcomes.is_empty() {
            view! { <EmptyState title=say::no_results(language) text=say::no_results_text(language)/> }
                .into_any()
        } else {
            table(language, &place, &outcomes)
        };
        view! {
            {place.head(language, say::tab_results(language))}
            <PageHead title=title kicker=place.unit.title.clone() lead=tally(language, &outcomes)/>
            {list}
        }
        .into_any()
    })
}

/// "Zaliczony: 12, niezaliczony: 3, czeka na ocenę: 1, w trakcie: 0".
fn tally(language: Language, outcomes: &[Outcome]) -> String {
    let count = |fits: fn(&Outcome) -> bool| outcomes.iter().filter(|one| fits(one)).count().to_string();
    let passed = count(|one| one.line.passed == Some(true));
    let failed = count(|one| one.line.passed == Some(false));
    let waits = count(|one| one.line.submitted_at.is_some() && one.line.passed.is_none());
    let open = count(|one| one.line.submitted_at.is_none());
    if outcomes.is_empty() { String::new() } else { say::tally(language, &passed, &failed, &waits, &open) }
}

fn table(language: Language, place: &Place, outcomes: &[Outcome]) -> AnyView {
    let rows = outcomes
        .iter()
        .map(|one| {
            let line = &one.line;
            let href = format!("{}/results/{}", place.path(), line.id);
            let score = line.score.map(|score| percent(language, score)).unwrap_or_default();
            let attempt = if one.cycle > 1 {
                say::attempt_in_cycle(language, &line.number.to_string(), &one.cycle.to_string())
            } else {
                line.number.to_string()
            };
            let ended = line.submitted_at.map(date::moment).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row"><a href=href>{one.name.clone()}</a></th>
                    <td>{one.unit_name.clone()}</td>
                    <td>{attempt}</td>
                    <td>{date::moment(line.started_at)}</td>
                    <td>{ended}</td>
                    <td class="number">{score}</td>
                    <td>{outcome(language, line)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="results" caption=say::results(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_person(language)}</th>
                    <th scope="col">{say::column_unit(language)}</th>
                    <th scope="col">{say::column_attempt(language)}</th>
                    <th scope="col">{say::column_begun(language)}</th>
                    <th scope="col">{say::column_ended(language)}</th>
                    <th scope="col" class="number">{say::column_score(language)}</th>
                    <th scope="col">{say::column_outcome(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// GET: one attempt with its answers, the key, and what is to be marked.
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    At((slug, unit, id)): At<(String, UnitId, AttemptId)>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, unit).await?;
    let (name, attempt) = area::one(&mut visit.tx, &proof, unit, id).await?;
    page(visit, place, (name, attempt), None, FormErrors::new()).await
}

/// The page of one attempt; `typed`: what was typed into the form of a mark that was refused.
pub(super) async fn page(
    mut visit: Visit,
    place: Place,
    (name, attempt): (String, Attempt),
    typed: Option<marks::Typed>,
    errors: FormErrors,
) -> Result<axum::response::Response, Problem> {
    let slug = place.course.card.slug.clone();
    let places = pictures::places(&mut visit.tx, &attempt, &slug).await?;
    let language = visit.language;
    let title = say::result_of(language, &name);
    visit.form(&title.clone(), errors, move |errors| {
        let line = &attempt.line;
        let score = line.score.map(|score| percent(language, score)).unwrap_or_else(|| "–".to_owned());
        let mut rows = vec![
            SummaryRow::new(say::column_attempt(language), line.number.to_string()),
            SummaryRow::new(say::column_score(language), score),
            SummaryRow::new(say::column_begun(language), date::moment(line.started_at)),
        ];
        rows.extend(
            line.submitted_at.map(|at| SummaryRow::new(say::column_ended(language), date::moment(at))),
        );
        let questions = (1..=attempt.len())
            .map(|number| {
                let form = marks::form(language, &place.path(), &attempt, number, typed.as_ref(), &errors);
                view! { {explain::question(language, &attempt, number, &places)}{form} }
            })
            .collect_view();
        let by_time = line.by_time.then(|| view! { <p>{say::ended_by_time(language)}</p> });
        let came = outcome(language, line);
        let open = attempt.is_open().then(|| view! { <p>{say::attempt_not_ended(language)}</p> });
        view! {
            {refused::summary(language, &errors)}
            {place.head(language, say::tab_results(language))}
            <PageHead title=title kicker=place.unit.title.clone()>{came}</PageHead>
            {by_time}
            {open}
            <SummaryList rows=rows/>
            <h2>{say::answers(language)}</h2>
            {questions}
        }
        .into_any()
    })
}
