//! The first page of a signed-in person: what to do next by date, their courses, and where they left off.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use courses::home::work::{self, Test, Waiting, What, Work};
use courses::home::{self, Home, Mine, Overdue, Written};
use courses::learn::{self, Card};
use courses::recall::{self as area, Today};
use devices::loans::mine::{self, ToReturn};
use identity::SignedIn;
use identity::permit::{Kind, Verb};
use leptos::prelude::*;
use words::{Language, courses as text, frame, home as say, quizzes};

use super::due::{self, Term};
use super::lines::card_facts;
use super::recall;
use crate::caller::Caller;
use crate::date;
use crate::parts::{ActionLink, CourseCard, CourseCards, EmptyState, Link, PageHead, Tag, Tone};
use crate::problem::Answer;
use crate::state::App;

/// Devices that are to be returned later than this are not called to mind yet, in days.
const DEVICES_AHEAD: i32 = 30;
/// Deadlines that stand on top; all of them stand with their courses below.
const TERMS_SHOWN: usize = 8;

/// The courses of the person; a visitor is sent to sign in.
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let Some(mut visit) = caller.try_open(&app).await? else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    let home = home::home(&mut visit.tx, &visit.me).await?;
    let devices = mine::to_return(&mut visit.tx, visit.me.person, DEVICES_AHEAD).await?;
    let today = area::today(&mut visit.tx).await?;
    let work = work::work(&mut visit.tx, &visit.me).await?;
    let (language, teaches) = (visit.language, teaches(&visit.me));
    visit.page(frame::home(language), move || view(language, teaches, home, work, (devices, &today)))
}

/// Whether the pages of teaching are for this person.
pub fn teaches(me: &SignedIn) -> bool {
    me.may(Verb::Create, Kind::TaughtCourse) || me.may(Verb::Follow, Kind::AnyCourse)
}

fn view(
    language: Language,
    teaches: bool,
    home: Home,
    work: Work,
    (devices, today): (Vec<ToReturn>, &Today),
) -> AnyView {
    let last = home
        .mine
        .iter()
        .map(|mine| &mine.card)
        .find(|card| card.begun && card.done < card.units)
        .and_then(|card| go_on(language, card));
    let terms = terms(language, &home.mine, devices);
    let (finished, to_do): (Vec<_>, Vec<_>) =
        home.mine.into_iter().partition(|mine| mine.card.done >= mine.card.units);
    let lead = match to_do.len() {
        0 if finished.is_empty() => String::new(),
        0 => text::home_all_done(language).to_owned(),
        count => text::home_lead(language, i64::try_from(count).unwrap_or(0)),
    };
    let teaching = teaches.then(|| {
        view! { <p class="sheet">{text::home_teaching(language)}" "<a href="/reports/training">{text::home_teaching_link(language)}</a></p> }
    });
    let empty = (to_do.is_empty() && finished.is_empty()).then(|| {
        let action = Some(Link::new(text::home_empty_action(language), "/catalogue"));
        view! { <EmptyState title=text::home_empty(language) text=text::home_empty_text(language) action=action/> }
    });
    let actions = last.map(|link| view! { <ActionLink label=link.text href=link.href/> });
    view! {
        <PageHead title=frame::home(language) lead=lead>{actions}</PageHead>
        {terms}
        {tests(language, work.tests)}
        {recall::of_home(language, today)}
        {waiting(language, work.waiting)}
        {home.overdue.map(|overdue| staff(language, overdue))}
        {written(language, home.written)}
        {teaching}
        {empty}
        {section(language, text::home_to_do(language), to_do)}
        {section(language, text::home_finished(language), finished)}
    }
    .into_any()
}

/// What has a date, the earliest first: what is overdue stands on top by itself.
fn terms(language: Language, courses: &[Mine], devices: Vec<ToReturn>) -> Option<AnyView> {
    let course = courses.iter().filter_map(|mine| {
        let card = &mine.card;
        let slug = &card.slug;
        let next = card.next.as_ref().map(|(title, unit)| {
            Link::new(say::next_unit(language, title), format!("/courses/{slug}/{unit}"))
        });
        let due = mine.due?;
        Some((due.days, due.day, Link::new(card.title.clone(), format!("/courses/{slug}")), next))
    });
    let device = devices.into_iter().map(|one| {
        let title = say::return_device(language, &one.model, &one.inventory_no);
        (one.days, one.day, Link::new(title, "/my-devices"), None)
    });
    let mut all: Vec<_> = course.chain(device).collect();
    all.sort_by_key(|term| term.0);
    let more = i64::try_from(all.len().saturating_sub(TERMS_SHOWN)).unwrap_or(0);
    let more = (more > 0).then(|| view! { <p class="hint">{say::more_terms(language, more)}</p> });
    let items = all.into_iter().take(TERMS_SHOWN).map(|(days, day, link, next)| {
        let Term { tone, text } = due::term(language, day, days);
        let next = next.map(|link| view! { <a href=link.href>{link.text}</a> });
        view! {
            <li class="row">
                <a class="grow" href=link.href>{link.text}</a>
                <Tag tone=tone text=text/>
                {next}
            </li>
        }
    });
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then(|| {
        view! { <section class="sheet"><h2>{say::terms(language)}</h2><ul class="draft">{items}</ul>{more}</section> }
            .into_any()
    })
}

/// Tests that are not passed, the earliest deadline first.
fn tests(language: Language, tests: Vec<Test>) -> Option<AnyView> {
    if tests.is_empty() {
        return None;
    }
    let items = tests.into_iter().map(|test| {
        let Term { tone, text } = due::term(language, test.due.day, test.due.days);
        let left = match test.left {
            _ if test.open => Some(quizzes::attempt_open(language).to_owned()),
            Some(left) => Some(quizzes::attempts_left(language, left)),
            None => None,
        };
        let left = left.map(|left| view! { <span class="hint">{left}</span> });
        view! {
            <li class="row">
                <a class="grow" href=format!("/courses/{}/{}/test", test.slug, test.unit)>
                    {say::test(language, &test.unit_title, &test.title)}
                </a>
                <Tag tone=tone text=text/>
                {left}
            </li>
        }
    });
    let items: Vec<_> = items.collect();
    Some(
        view! { <section class="sheet"><h2>{say::tests(language)}</h2><ul class="draft">{items}</ul></section> }
            .into_any(),
    )
}

/// What others wait for, the longest first.
fn waiting(language: Language, waiting: Vec<Waiting>) -> Option<AnyView> {
    if waiting.is_empty() {
        return None;
    }
    let items = waiting.into_iter().map(|one| {
        let Waiting { what, slug, title, unit, since } = one;
        let (text, href) = match what {
            What::Review => (say::to_review(language, &title), format!("/teaching/{slug}/review")),
            What::Marks(id, count) => (
                say::to_mark(language, count, &unit, &title),
                format!("/teaching/{slug}/units/{id}/test/results"),
            ),
            What::Findings(count) => {
                (say::to_mend(language, count, &title), format!("/teaching/{slug}/publish"))
            }
        };
        view! {
            <li class="row">
                <a class="grow" href=href>{text}</a>
                <span class="hint">{say::waits_since(language, &date::day(since))}</span>
            </li>
        }
    });
    let items: Vec<_> = items.collect();
    Some(
        view! { <section class="sheet"><h2>{say::waiting(language)}</h2><ul class="draft">{items}</ul></section> }
            .into_any(),
    )
}

fn staff(language: Language, overdue: Overdue) -> AnyView {
    let said = if overdue.people == 0 {
        view! { <p>{say::staff_none(language)}</p> }.into_any()
    } else {
        let text = say::staff_overdue(language, overdue.people);
        view! { <p><Tag tone=Tone::Danger text=text/></p> }.into_any()
    };
    view! {
        <section class="sheet">
            <h2>{say::staff(language)}</h2>
            {said}
            <p><a href="/reports/training">{say::staff_link(language)}</a></p>
        </section>
    }
    .into_any()
}

/// The author's courses that learners do not see as they are written.
fn written(language: Language, courses: Vec<Written>) -> Option<AnyView> {
    if courses.is_empty() {
        return None;
    }
    let items = courses
        .into_iter()
        .map(|course| {
            let text =
                if course.published { say::written_changed(language) } else { say::written_new(language) };
            view! {
                <li class="row">
                    <a class="grow" href=format!("/teaching/{}", course.slug)>{course.title}</a>
                    <Tag tone=Tone::Info text=text/>
                </li>
            }
        })
        .collect_view();
    Some(view! { <section class="sheet"><h2>{say::written(language)}</h2><ul class="draft">{items}</ul></section> }.into_any())
}

fn section(language: Language, title: &'static str, mine: Vec<Mine>) -> AnyView {
    if mine.is_empty() {
        return ().into_any();
    }
    let cards = mine
        .into_iter()
        .map(|mine| {
            let due = mine.due.map(|due| due::term(language, due.day, due.days));
            dated_card(language, mine.card, due)
        })
        .collect_view();
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
    dated_card(language, card, None)
}

fn dated_card(language: Language, card: Card, due: Option<Term>) -> AnyView {
    let tag = due.map(|term| view! { <p><Tag tone=term.tone text=term.text/></p> }.into_any());
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
            tag=tag
            action=action
            level=3
        />
    }
    .into_any()
}
