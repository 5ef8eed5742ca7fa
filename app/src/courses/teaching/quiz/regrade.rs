//! A corrected key: what would change in attempts that have ended, and grading them again. GET and POST
//! /teaching/{slug}/units/{unit_id}/test/regrade.

use axum::extract::State;
use courses::UnitId;
use courses::quiz::mark::{self, Change};
use leptos::prelude::*;
use words::{Language, quizzes as say};

use super::open;
use crate::caller::Caller;
use crate::courses::quiz::percent;
use crate::parts::{DataTable, EmptyState, PageHead, PostForm, SubmitButton};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// GET: how many attempts change, and how.
pub async fn ask(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let changes = mark::changes(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let title = say::regrade(language);
    visit.page(title, move || {
        let inside = if changes.is_empty() {
            view! { <EmptyState title=say::regrade_none(language) text=say::regrade_none_text(language)/> }
                .into_any()
        } else {
            table(language, &place.path(), &changes)
        };
        view! {
            {place.head(language, say::tab_regrade(language))}
            <PageHead title=title kicker=place.unit.title.clone() lead=say::regrade_lead(language)/>
            {inside}
        }
        .into_any()
    })
}

fn table(language: Language, path: &str, changes: &[Change]) -> AnyView {
    let said = |came: Option<(u16, bool)>| match came {
        None => say::outcome_waits(language).to_owned(),
        Some((score, passed)) => {
            let word = if passed { say::outcome_passed(language) } else { say::outcome_failed(language) };
            format!("{}, {}", percent(language, score), word.to_lowercase())
        }
    };
    let rows = changes
        .iter()
        .map(|change| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("{path}/results/{}", change.id)>{change.name.clone()}</a></th>
                    <td>{said(change.before)}</td>
                    <td>{said(change.after)}</td>
                </tr>
            }
        })
        .collect_view();
    let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    view! {
        <p>{say::regrade_count(language, count)}</p>
        <DataTable id="changes" caption=say::regrade_changes(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_person(language)}</th>
                    <th scope="col">{say::column_before(language)}</th>
                    <th scope="col">{say::column_after(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <p>{say::regrade_keeps(language)}</p>
        <PostForm action=format!("{path}/regrade")><SubmitButton label=say::regrade_now(language)/></PostForm>
    }
    .into_any()
}

/// POST: grades again.
pub async fn regrade(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    mark::regrade(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go(&format!("{}/results", place.path()), "test-regraded").await
}
