//! GET /training: what the person has to take and had to take, by when, and why; and the same on the page of a course.

use axum::extract::State;
use courses::assign::mine::{self, Duty, Standing};
use courses::report;
use identity::day;
use leptos::prelude::*;
use time::Date;
use words::{Language, frame, obligations as say};

use super::said;
use crate::caller::Caller;
use crate::date;
use crate::parts::{ActionLink, ButtonKind, EmptyState, Link, Notice, PageHead, Tone};
use crate::problem::Answer;
use crate::state::App;
use crate::way::trail;

/// GET /training
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let duties = mine::all(&mut visit.tx).await?;
    let oversees = report::oversight(&mut visit.tx, &visit.me).await.is_ok();
    let (language, today) = (visit.language, date::local_day(visit.tx.now()));
    let title = say::mine_title(language);
    visit.page(title, || {
        let action = oversees.then(|| {
            view! { <ActionLink label=say::report_title(language) href="/reports/training" kind=ButtonKind::Secondary/> }
        });
        let list = if duties.is_empty() {
            view! { <EmptyState title=say::mine_none(language) text=say::mine_none_text(language)/> }.into_any()
        } else {
            duties.iter().map(|duty| one(language, duty, today)).collect_view().into_any()
        };
        view! {
            {trail(language, vec![Link::new(frame::home(language), "/")], title)}
            <PageHead title=title lead=say::mine_lead(language)>{action}</PageHead>
            {list}
        }
        .into_any()
    })
}

fn one(language: Language, duty: &Duty, today: Date) -> AnyView {
    let Some((newest, past)) = duty.cycles.split_first() else { return ().into_any() };
    let title = if duty.enrolled {
        view! { <h2><a href=format!("/courses/{}", duty.slug)>{duty.title.clone()}</a></h2> }.into_any()
    } else {
        view! { <h2>{duty.title.clone()}</h2> }.into_any()
    };
    view! {
        <section>
            {title}
            {why(language, duty)}
            {said::facts(language, newest, today)}
            {said::history(language, (&format!("past-{}", duty.slug), &duty.title), past, today)}
        </section>
    }
    .into_any()
}

fn why(language: Language, duty: &Duty) -> AnyView {
    if duty.reasons.is_empty() {
        return ().into_any();
    }
    let reasons: Vec<String> = duty.reasons.iter().map(|reason| said::because(language, reason)).collect();
    view! { <p>{say::assigned_because(language, &reasons.join("; "))}</p> }.into_any()
}

/// The same on the page of a course; nothing when it is not asked for.
pub fn notice(language: Language, duty: Option<Duty>, today: Date) -> AnyView {
    let Some(duty) = duty else { return ().into_any() };
    let Some(newest) = duty.cycles.first() else { return ().into_any() };
    let standing = newest.standing(today);
    let deadline = newest.deadline().map(day::spoken);
    let (tone, title) = match (standing, deadline) {
        (Standing::Open, Some(deadline)) => (Tone::Info, say::notice_due(language, &deadline)),
        (Standing::Open, None) => (Tone::Info, say::notice_open(language).to_owned()),
        (Standing::Late, deadline) => {
            (Tone::Warning, say::notice_late(language, &deadline.unwrap_or_default()))
        }
        (Standing::Exempt, _) => (Tone::Info, say::notice_exempt(language).to_owned()),
        (Standing::Done | Standing::Expired, _) => match newest.valid_until {
            Some(until) => (Tone::Info, say::notice_valid(language, &day::spoken(until))),
            None => return ().into_any(),
        },
        (Standing::Released, _) => return ().into_any(),
    };
    let extension =
        newest.extended.as_ref().filter(|_| standing == Standing::Open || standing == Standing::Late);
    let extension = extension.map(|(to, reason)| {
        view! { <p>{say::notice_extended(language, &day::spoken(*to), reason)}</p> }
    });
    let exempt = newest
        .exempt
        .as_ref()
        .filter(|_| standing == Standing::Exempt)
        .map(|(_, reason)| view! { <p>{say::notice_exempt_reason(language, reason)}</p> });
    view! {
        <Notice tone=tone title=title>
            {why(language, &duty)}
            {extension}
            {exempt}
            <p><a href="/training">{say::mine_title(language)}</a></p>
        </Notice>
    }
    .into_any()
}
