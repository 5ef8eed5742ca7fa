//! Recall: what is to be done today, for which courses it is on, switching it on and off; its part of the page of a course and of the
//! first page. What one question asks and tells is in `card`.

mod card;

use axum::extract::State;
use courses::recall::{self as area, Chosen, Offer, Today};
use courses::{Error, QuestionId, find};
use identity::day::spoken;
use leptos::prelude::*;
use words::{Language, frame, recall as say};

use crate::caller::Caller;
use crate::parts::{
    ActionLink, Actions, CheckPage, EmptyState, Flash, Link, Notice, PageHead, PostForm, SubmitButton, Tone,
};
use crate::problem::Answer;
use crate::request::At;
use crate::routes::{Routes, Who};
use crate::state::App;
use crate::visit;
use crate::way::trail;

/// Where the day's session begins and ends.
const HERE: &str = "/review";

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .get(HERE, Who::SignedIn, show)
        .get("/review/{card}", Who::SignedIn, card::show)
        .post("/review/{card}", Who::SignedIn, card::answer)
        .post("/review/{card}/rate", Who::SignedIn, card::rate)
        .post("/review/courses/{slug}/on", Who::SignedIn, switch_on)
        .get("/review/courses/{slug}/off", Who::SignedIn, ask_off)
        .post("/review/courses/{slug}/off", Who::SignedIn, switch_off)
}

/// The message of that code, shown once; `None` for a code of others.
pub fn flash(language: Language, code: &str) -> Option<Flash> {
    let (tone, text) = match code {
        "recall-on" => (Tone::Success, say::flash_on(language)),
        "recall-off" => (Tone::Success, say::flash_off(language)),
        "recall-not-yet" => (Tone::Warning, say::flash_not_yet(language)),
        _ => return None,
    };
    Some(Flash { tone, text: text.to_owned() })
}

/// GET /review: what is left for today, or that nothing is, and when it goes on.
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let today = area::today(&mut visit.tx).await?;
    let next = area::card::next(&mut visit.tx, &today).await?;
    let chosen = area::chosen(&mut visit.tx).await?;
    let (language, title) = (visit.language, say::title(visit.language));
    visit.page(title, move || {
        let up = vec![Link::new(frame::home(language), "/")];
        let main = if chosen.is_empty() {
            let action = Some(Link::new(frame::home(language), "/"));
            view! { <EmptyState title=say::empty(language) text=say::empty_text(language) action=action/> }
                .into_any()
        } else {
            view! { {session(language, &today, next)}{courses_view(language, chosen)} }.into_any()
        };
        view! {
            {trail(language, up, title)}
            <PageHead title=title lead=say::lead(language)/>
            {main}
        }
        .into_any()
    })
}

/// "7 pytań", "ok. 4 minuty".
fn amount(language: Language, today: &Today) -> (String, String) {
    (say::questions(language, today.left), say::minutes(language, today.minutes()))
}

fn session(language: Language, today: &Today, next: Option<QuestionId>) -> AnyView {
    let done = (today.done > 0).then(|| view! { <p>{say::done_today(language, today.done)}</p> });
    if let Some(next) = next {
        let label = if today.done > 0 { say::go_on(language) } else { say::start(language) };
        let (questions, minutes) = amount(language, today);
        return view! {
            <p>{say::waiting(language, &questions, &minutes)}</p>
            {done}
            <p><ActionLink label=label href=format!("{HERE}/{next}")/></p>
        }
        .into_any();
    }
    let after = match today.next_on {
        Some(day) => say::next_on(language, &spoken(day)),
        None => say::next_none(language).to_owned(),
    };
    let title = if today.done > 0 { say::all_done(language) } else { "" };
    view! { <Notice tone=Tone::Info title=title>{done}<p>{after}</p></Notice> }.into_any()
}

fn courses_view(language: Language, chosen: Vec<Chosen>) -> AnyView {
    let items = chosen
        .into_iter()
        .map(|course| {
            let count = if course.resting {
                say::resting(language).to_owned()
            } else {
                say::questions(language, course.questions)
            };
            let subject = format!(": {}", course.title);
            view! {
                <li class="row">
                    <a class="grow" href=format!("/courses/{}", course.slug)>{course.title}</a>
                    <span>{count}</span>
                    <a href=off_path(&course.slug)>
                        {say::switch_off(language)}
                        <span class="visually-hidden">{subject}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! { <section class="sheet"><h2>{say::courses(language)}</h2><ul class="draft">{items}</ul></section> }
        .into_any()
}

fn off_path(slug: &str) -> String {
    format!("{HERE}/courses/{slug}/off")
}

/// POST /review/courses/{slug}/on
pub async fn switch_on(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let taken = find::course(&mut visit.tx, &visit.me, &slug).await?.for_taking()?;
    match area::switch_on(&mut visit.tx, &taken).await {
        Ok(()) => visit.commit_and_go(HERE, "recall-on").await,
        Err(Error::TestFirst) => Ok(visit::go(&app, &format!("/courses/{slug}"), "recall-not-yet")),
        Err(error) => Err(error.into()),
    }
}

/// GET /review/courses/{slug}/off: asks first, because what is kept is deleted.
pub async fn ask_off(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let (title, answers) = area::kept(&mut visit.tx, &slug).await?;
    let language = visit.language;
    let question = say::off_question(language, &title);
    visit.page(&question.clone(), move || {
        let up = vec![Link::new(frame::home(language), "/"), Link::new(say::title(language), HERE)];
        let gone = (answers > 0).then(|| view! { <p>{say::off_text(language, answers)}</p> });
        view! {
            {trail(language, up, say::switch_off(language))}
            <CheckPage
                question=question
                action=off_path(&slug)
                confirm=say::off_now(language)
                cancel=Link::new(say::off_keep(language), HERE)
            >
                {gone}
                <p>{say::off_stays(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// POST /review/courses/{slug}/off
pub async fn switch_off(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let mut visit = caller.open(&app).await?;
    area::switch_off(&mut visit.tx, &slug).await?;
    visit.commit_and_go(HERE, "recall-off").await
}

/// The part of a finished course's page.
pub fn of_course(language: Language, slug: &str, offer: Offer) -> AnyView {
    let inside = match offer {
        Offer::None => return ().into_any(),
        Offer::Possible => view! {
            <p>{say::course_text(language)}</p>
            <PostForm action=format!("{HERE}/courses/{slug}/on")>
                <SubmitButton label=say::switch_on(language)/>
            </PostForm>
        }
        .into_any(),
        Offer::On => {
            let off = off_path(slug);
            view! {
                <p>{say::course_on(language)}</p>
                <Actions>
                    <a href=HERE>{say::to_review(language)}</a>
                    <a href=off>{say::switch_off(language)}</a>
                </Actions>
            }
            .into_any()
        }
    };
    view! { <section class="sheet"><h2>{say::title(language)}</h2>{inside}</section> }.into_any()
}

/// The line of the first page; nothing when nothing is left for today.
pub fn of_home(language: Language, today: &Today) -> Option<AnyView> {
    (today.left > 0).then(|| {
        let (questions, minutes) = amount(language, today);
        let text = say::home_link(language, &questions, &minutes);
        view! { <p class="sheet"><a href=HERE>{text}</a></p> }.into_any()
    })
}
