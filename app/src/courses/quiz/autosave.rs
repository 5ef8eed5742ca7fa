//! Answers that the page saves as they are given, answered for a program; and the island that sends them. POST
//! /courses/{slug}/{unit}/test/{attempt}/questions/{question}/save.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use courses::Error;
use courses::quiz::attempt::{self, Attempt};
use courses::quiz::take;
use islands::{TestOutcome, TestPage, TestPageWords, TestSaved};
use leptos::prelude::*;
use time::OffsetDateTime;
use words::{Language, quizzes as say};

use super::question::{FORM_MOST_BYTES, Place, Typed};
use crate::caller::Caller;
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;

/// POST: keeps an answer. The same key again changes nothing and is answered as saved.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, unit, id, number)): At<Place>,
    Posted(posted): Posted<Vec<(String, String)>, FORM_MOST_BYTES>,
) -> Answer {
    let typed = Typed::read(posted)?;
    let (mut visit, taken) = super::open(&app, &caller, &slug).await?;
    let attempt = attempt::one(&mut visit.tx, &taken, &unit, id, visit.language.code()).await?;
    let language = visit.language;
    let answer = match take::answer(&mut visit.tx, &attempt, &typed.given(number)).await {
        Ok(saved) => {
            visit.tx.commit().await?;
            let said = if saved.overtaken { say::flash_other_tab(language) } else { "" };
            TestSaved { outcome: TestOutcome::Saved, step: saved.step, said: said.to_owned() }
        }
        Err(Error::BadAnswer(fault)) => {
            let sentences: Vec<String> =
                super::fault(language, &fault).sentences().map(str::to_owned).collect();
            refused(sentences.join(" "))
        }
        Err(Error::AttemptOver) => refused(say::over(language).to_owned()),
        Err(Error::Resting) => refused(say::flash_resting(language).to_owned()),
        Err(error) => return Err(error.into()),
    };
    Ok(Json(answer).into_response())
}

fn refused(said: String) -> TestSaved {
    TestSaved { outcome: TestOutcome::Refused, step: 0, said }
}

/// The island of a question's page.
pub fn island(language: Language, attempt: &Attempt, save_url: &str, now: OffsetDateTime) -> AnyView {
    let words = TestPageWords {
        saving: say::page_saving(language).to_owned(),
        saved: say::page_saved(language).to_owned(),
        waiting: say::page_waiting(language, "{count}"),
        offline: say::page_offline(language).to_owned(),
        signed_out: say::page_signed_out(language).to_owned(),
        goes_on: say::page_goes_on(language).to_owned(),
        time_left: say::page_time_left(language, "{time}"),
        five_minutes: say::page_five_minutes(language).to_owned(),
        one_minute: say::page_one_minute(language).to_owned(),
        time_over: say::page_time_over(language).to_owned(),
        hide_time: say::page_hide_time(language).to_owned(),
        show_time: say::page_show_time(language).to_owned(),
        label: say::page_label(language).to_owned(),
    };
    let owner = attempt.line.id.to_string();
    let seconds = attempt.seconds_left(now).map_or(-1, |left| left.max(0));
    view! { <TestPage words=words owner=owner save_url=save_url.to_owned() seconds_left=seconds/> }.into_any()
}
