//! An attempt as a whole: checking before the end, the rest, the result. GET /courses/{slug}/{unit}/test/{attempt} and the acts
//! below it.

use axum::extract::State;
use courses::AttemptId;
use courses::quiz::attempt::{self as area, Attempt};
use courses::quiz::{finish, pictures, take};
use identity::accommodation;
use leptos::prelude::*;
use words::{Language, frame, quizzes as say};

use super::{question, result};
use crate::caller::Caller;
use crate::parts::{
    Breadcrumbs, ButtonKind, DataTable, Link, Notice, PageHead, PostForm, SubmitButton, TableWidth, Tag, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;
use crate::visit::{self, Visit};

/// Where the page is: course, unit, attempt.
type Place = (String, String, AttemptId);

/// GET: what is answered, before it is ended; the rest; or the result.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, unit, id)): At<Place>) -> Answer {
    let (mut visit, _, attempt) = super::open_attempt(&app, &caller, (&slug, &unit, id)).await?;
    let language = visit.language;
    let granted = accommodation::own(&mut visit.tx).await?;
    let class = if granted.larger_type { "test larger" } else { "test" };
    let test = format!("/courses/{slug}/{unit}/test");
    let links = vec![Link::new(frame::home(language), "/"), Link::new(say::test(language), test)];
    let trail = move |here: &str| {
        view! { <Breadcrumbs label=frame::here(language) links=links here=here.to_owned()/> }
    };
    let path = super::path(&slug, &unit, id);
    if !attempt.is_open() {
        let places = pictures::places(&mut visit.tx, &attempt, &slug).await?;
        let title = say::result(language);
        return visit.page(title, move || {
            let inside = result::view(language, (&slug, &unit), &attempt, &places);
            view! { {trail(title)}<div class=class>{inside}</div> }.into_any()
        });
    }
    let left = super::time_left(language, &attempt, visit.tx.now());
    if attempt.paused_at.is_some() {
        let title = say::resting(language);
        return visit.page(title, move || {
            view! { {trail(title)}<div class=class>{resting(language, &path, left)}</div> }.into_any()
        });
    }
    let title = say::check(language);
    visit.page(title, move || {
        let inside = check(language, &path, &attempt, left);
        view! { {trail(title)}<div class=class>{inside}</div> }.into_any()
    })
}

fn check(language: Language, path: &str, attempt: &Attempt, left: Option<String>) -> AnyView {
    let missing = attempt.slots.iter().filter(|slot| !slot.is_answered()).count();
    let warning = (missing > 0).then(|| {
        let missing = i64::try_from(missing).unwrap_or(i64::MAX);
        view! { <Notice tone=Tone::Warning title=say::missing_answers(language, missing)>""</Notice> }
    });
    let rows = (1..)
        .zip(&attempt.slots)
        .map(|(number, slot)| {
            let tone = if slot.is_answered() { Tone::Success } else { Tone::Warning };
            let state = question::state(language, slot.is_answered(), slot.flagged);
            let label = say::question_number(language, &number.to_string());
            view! {
                <tr>
                    <th scope="row"><a href=format!("{path}/questions/{number}")>{label}</a></th>
                    <td><Tag tone=tone text=state/></td>
                </tr>
            }
        })
        .collect_view();
    let left = left.map(|text| view! { <p class="test-time">{text}</p> });
    let rest = (attempt.ends_at.is_some() && attempt.break_left > 0).then(|| {
        let left = super::duration(language, attempt.break_left);
        view! {
            <h2>{say::rest(language)}</h2>
            <p>{say::rest_text(language, &left)}</p>
            <PostForm action=format!("{path}/pause")>
                <SubmitButton label=say::rest_begin(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
    });
    view! {
        <PageHead title=say::check(language) lead=say::check_lead(language)/>
        {left}
        {warning}
        <DataTable id="answers" caption=say::answers(language) width=TableWidth::Fits>
            <thead>
                <tr>
                    <th scope="col">{say::column_question(language)}</th>
                    <th scope="col">{say::column_state(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <PostForm action=format!("{path}/submit")>
            <p>{say::submit_text(language)}</p>
            <SubmitButton label=say::submit(language)/>
        </PostForm>
        {rest}
    }
    .into_any()
}

fn resting(language: Language, path: &str, left: Option<String>) -> AnyView {
    view! {
        <PageHead title=say::resting(language) lead=say::resting_lead(language)/>
        <p>{left}</p>
        <PostForm action=format!("{path}/resume")><SubmitButton label=say::rest_end(language)/></PostForm>
    }
    .into_any()
}

async fn own(app: &App, caller: &Caller, (slug, unit, id): &Place) -> Result<(Visit, Attempt), Problem> {
    let (mut visit, taken) = super::open(app, caller, slug).await?;
    let attempt = area::one(&mut visit.tx, &taken, unit, *id, visit.language.code()).await?;
    Ok((visit, attempt))
}

/// POST: ends the attempt. Pressing twice ends it once and leads to the same result.
pub async fn submit(State(app): State<App>, caller: Caller, At(place): At<Place>) -> Answer {
    let (mut visit, attempt) = own(&app, &caller, &place).await?;
    finish::submit(&mut visit.tx, &attempt).await?;
    let (slug, unit, id) = place;
    visit.commit_and_go(&super::path(&slug, &unit, id), "test-ended").await
}

/// POST: begins a rest.
pub async fn pause(State(app): State<App>, caller: Caller, At(place): At<Place>) -> Answer {
    let (mut visit, attempt) = own(&app, &caller, &place).await?;
    let path = super::path(&place.0, &place.1, place.2);
    match take::pause(&mut visit.tx, &attempt).await {
        Ok(()) => visit.commit_and_go(&path, "").await,
        Err(courses::Error::AttemptOver) => Ok(visit::go(&app, &path, "test-over")),
        Err(error) => Err(error.into()),
    }
}

/// POST: goes on after a rest.
pub async fn resume(State(app): State<App>, caller: Caller, At(place): At<Place>) -> Answer {
    let (mut visit, attempt) = own(&app, &caller, &place).await?;
    take::resume(&mut visit.tx, &attempt).await?;
    let path = super::path(&place.0, &place.1, place.2);
    visit.commit_and_go(&path, "").await
}
