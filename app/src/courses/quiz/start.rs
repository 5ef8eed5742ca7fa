//! Before a test: what it asks, how long it takes, what is left, what was. GET and POST /courses/{slug}/{unit}/test.

use axum::extract::State;
use courses::Error;
use courses::markdown::Places;
use courses::quiz::attempt::Line;
use courses::quiz::begin::{self, Test, Untranslated};
use courses::quiz::pictures;
use leptos::prelude::*;
use words::{Language, frame, quizzes as say};

use super::{percent, texts};
use crate::caller::Caller;
use crate::courses::in_languages;
use crate::date;
use crate::parts::{
    ActionLink, Breadcrumbs, DataTable, Link, Notice, PageHead, Prose, SubmitButton, SummaryList, SummaryRow,
    Tag, Tone,
};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;
use crate::visit;

/// GET: the test before it begins.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, unit)): At<(String, String)>) -> Answer {
    let (mut visit, taken) = super::open(&app, &caller, &slug).await?;
    let test = begin::test(&mut visit.tx, &taken, &unit).await?;
    let places = pictures::of_intro(&mut visit.tx, &taken, &test).await?;
    let (language, enrolled) = (visit.language, taken.is_enrolled());
    let title = say::title(language, &test.title);
    // What ran out of time was ended.
    visit
        .commit_and_page(&title.clone(), move || view(language, (&slug, &unit), enrolled, (&test, &places)))
        .await
}

/// POST: begins an attempt, or goes on with the one that is open.
pub async fn begin(State(app): State<App>, caller: Caller, At((slug, unit)): At<(String, String)>) -> Answer {
    let (mut visit, taken) = super::open(&app, &caller, &slug).await?;
    let here = format!("/courses/{slug}/{unit}/test");
    match begin::start(&mut visit.tx, &taken, &unit).await {
        Ok(id) => {
            let first = format!("{}/questions/1", super::path(&slug, &unit, id));
            visit.commit_and_go(&first, "").await
        }
        Err(Error::UnitFirst) => Ok(visit::go(&app, &here, "test-unit-first")),
        Err(Error::NoAttemptLeft) => Ok(visit::go(&app, &here, "test-none-left")),
        Err(error) => Err(error.into()),
    }
}

fn view(
    language: Language,
    (slug, unit): (&str, &str),
    enrolled: bool,
    (test, places): (&Test, &Places),
) -> AnyView {
    let lesson = format!("/courses/{slug}/{unit}");
    let links = vec![Link::new(frame::home(language), "/"), Link::new(test.title.clone(), lesson.clone())];
    let class = if test.granted.larger_type { "test larger" } else { "test" };
    let intro = test.settings.intro.as_ref().map(|text| {
        let lang = (places.language != language.code()).then(|| places.language.clone());
        view! { <Prose html=texts::block(text, places) lang=lang/> }
    });
    let own = in_languages::name_of(&test.language);
    let foreign = match test.untranslated(language.code()) {
        Untranslated::Nothing => None,
        Untranslated::Part => {
            let title = say::test_partly_in_language(language, &own);
            Some((title, say::test_partly_in_language_text(language)))
        }
        Untranslated::All => {
            Some((say::test_in_language(language, &own), say::test_in_language_text(language)))
        }
    };
    let foreign =
        foreign.map(|(title, text)| view! { <Notice tone=Tone::Info title=title><p>{text}</p></Notice> });
    let title = say::title(language, &test.title);
    view! {
        <Breadcrumbs label=frame::here(language) links=links here=say::test(language)/>
        <div class=class>
            <PageHead title=title/>
            {foreign}
            {intro}
            <SummaryList rows=facts(language, test)/>
            {way(language, &lesson, enrolled, test)}
            {past(language, &lesson, test)}
        </div>
    }
    .into_any()
}

fn facts(language: Language, test: &Test) -> Vec<SummaryRow> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let time = match (test.seconds, test.settings.minutes) {
        (Some(seconds), Some(minutes)) if seconds != i64::from(minutes) * 60 => {
            say::time_granted(language, &super::duration(language, seconds))
        }
        (Some(seconds), _) => super::duration(language, seconds),
        (None, _) => say::no_limit(language).to_owned(),
    };
    let left = match test.left() {
        Some(left) => say::attempts_left(language, count(left)),
        None => say::attempts_any(language).to_owned(),
    };
    let mut rows = vec![
        SummaryRow::new(say::fact_questions(language), count(test.questions).to_string()),
        SummaryRow::new(say::fact_time(language), time),
        SummaryRow::new(say::fact_attempts(language), left),
        SummaryRow::new(say::fact_pass(language), format!("{}%", test.settings.pass_percent)),
    ];
    if test.granted.break_minutes > 0 && test.seconds.is_some() {
        let minutes = super::duration(language, i64::from(test.granted.break_minutes) * 60);
        rows.push(SummaryRow::new(say::fact_rest(language), minutes));
    }
    rows
}

/// What the person can do now.
fn way(language: Language, lesson: &str, enrolled: bool, test: &Test) -> AnyView {
    if !enrolled {
        return view! { <Notice tone=Tone::Info title=say::trial(language)>{say::trial_text(language)}</Notice> }
            .into_any();
    }
    if let Some(open) = test.open() {
        return view! {
            <p>{say::attempt_open(language)}</p>
            <p><ActionLink label=say::go_on(language) href=format!("{lesson}/test/{}/questions/1", open.id)/></p>
        }
        .into_any();
    }
    let passed = test.passed().then(|| {
        view! { <Notice tone=Tone::Success title=say::passed_already(language)>""</Notice> }
    });
    if test.unit_first() {
        let link = view! { <p><a href=lesson.to_owned()>{test.title.clone()}</a></p> }.into_any();
        return view! { <Notice tone=Tone::Info title=say::unit_first(language)>{link}</Notice> }.into_any();
    }
    if test.left() == Some(0) {
        let none = (!test.passed()).then(|| {
            view! { <Notice tone=Tone::Warning title=say::none_left(language)>{say::none_left_text(language)}</Notice> }
        });
        return view! { {passed}{none} }.into_any();
    }
    let label = if test.attempts.is_empty() { say::begin(language) } else { say::begin_again(language) };
    let clock = test.seconds.map(|_| view! { <p>{say::clock_runs(language)}</p> });
    view! {
        {passed}
        {clock}
        <form class="form" method="post" action=format!("{lesson}/test")><SubmitButton label=label/></form>
    }
    .into_any()
}

/// The attempts so far.
fn past(language: Language, lesson: &str, test: &Test) -> AnyView {
    if test.attempts.is_empty() {
        return ().into_any();
    }
    let rows = test
        .attempts
        .iter()
        .map(|line| {
            let label = say::attempt_number(language, &line.number.to_string());
            let score = line.score.map(|score| percent(language, score)).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row"><a href=format!("{lesson}/test/{}", line.id)>{label}</a></th>
                    <td>{date::moment(line.started_at)}</td>
                    <td class="number">{score}</td>
                    <td>{outcome(language, line)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h2>{say::attempts(language)}</h2>
        <DataTable id="attempts" caption=say::attempts(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_attempt(language)}</th>
                    <th scope="col">{say::column_begun(language)}</th>
                    <th scope="col" class="number">{say::column_score(language)}</th>
                    <th scope="col">{say::column_outcome(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// "Zaliczony", "Niezaliczony", "Czeka na ocenę", "W trakcie".
pub fn outcome(language: Language, line: &Line) -> AnyView {
    let (tone, text) = match (line.submitted_at, line.passed) {
        (None, _) => (Tone::Info, say::outcome_open(language)),
        (_, None) => (Tone::Info, say::outcome_waits(language)),
        (_, Some(true)) => (Tone::Success, say::outcome_passed(language)),
        (_, Some(false)) => (Tone::Warning, say::outcome_failed(language)),
    };
    view! { <Tag tone=tone text=text/> }.into_any()
}
