//! One file: its clock, holding it and lifting the hold, removing its data. GET /devices/retention/{kept_file} and what is below it.

use axum::extract::State;
use devices::Error;
use devices::retention::file::{self, File, FileKind};
use devices::retention::hold::{self, Hold};
use devices::retention::{FileId, blank};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, retention as say};

use super::super::loans::said;
use super::{clock, consequences, kind_name, refusal, told, trail};
use crate::caller::Caller;
use crate::date;
use crate::parts::{
    ActionLink, Actions, ButtonKind, CheckPage, DataTable, FormErrors, Link, Notice, PageHead, PostForm,
    SubmitButton, SummaryList, SummaryRow, TextArea, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// GET /devices/retention/{kept_file}
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<FileId>) -> Answer {
    page(caller.open(&app).await?, id, "", &FormErrors::new()).await
}

/// A reason.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
}

/// POST /devices/retention/{kept_file}/hold
pub async fn hold(
    State(app): State<App>,
    caller: Caller,
    At(id): At<FileId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    match hold::place(&mut visit.tx, &proof, id, &typed.reason).await {
        Ok(()) => visit.commit_and_go(&path(id), "retention_held").await,
        Err(error) => refused(&app, &caller, visit, id, &typed.reason, error).await,
    }
}

/// POST /devices/retention/{kept_file}/lift. Lifted before, it is lifted.
pub async fn lift(State(app): State<App>, caller: Caller, At(id): At<FileId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    hold::lift(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go(&path(id), "retention_lifted").await
}

/// GET /devices/retention/{kept_file}/anonymise: what goes and what stays.
pub async fn ask(State(app): State<App>, caller: Caller, At(id): At<FileId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let about = file::one(&mut visit.tx, &proof.reader(), id).await?;
    if !about.due {
        return Err(Problem::NotFound);
    }
    let language = visit.language;
    let question = say::check_question_one(language, &about.number);
    visit.page(&question, || {
        let inside = consequences(language, &[about.kind]);
        view! {
            {trail(language, &question)}
            <CheckPage question=question.clone() action=format!("{}/anonymise", path(id)) confirm=say::anonymise(language)
                cancel=Link::new(say::leave(language), path(id))>
                {inside}
            </CheckPage>
        }
        .into_any()
    })
}

/// POST /devices/retention/{kept_file}/anonymise
pub async fn anonymise(State(app): State<App>, caller: Caller, At(id): At<FileId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    match blank::anonymise(&mut visit.tx, &proof, id).await {
        Ok(()) => visit.commit_and_go(&path(id), "retention_anonymised").await,
        Err(error) => refused(&app, &caller, visit, id, "", error).await,
    }
}

fn path(id: FileId) -> String {
    format!("/devices/retention/{id}")
}

async fn refused(app: &App, caller: &Caller, visit: Visit, id: FileId, reason: &str, error: Error) -> Answer {
    let errors = refusal(visit.language, error)?;
    drop(visit);
    page(caller.open(app).await?, id, reason, &errors).await
}

async fn page(mut visit: Visit, id: FileId, reason: &str, errors: &FormErrors) -> Answer {
    let proof = visit.me.devices_reader()?;
    let clerk = visit.me.device_clerk().is_ok();
    let about = file::one(&mut visit.tx, &proof, id).await?;
    let holds = hold::of_file(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let number = if about.number.is_empty() { "–" } else { &about.number };
    let title = say::file_title(language, number);
    let view = || {
        let held = about.held.then(|| {
            let reason = holds.iter().find(|one| one.lifted.is_none()).map(|one| one.reason.clone());
            let text = say::held_now(language, &reason.unwrap_or_default());
            view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }
        });
        let (label, href) = match about.kind {
            FileKind::Loan => (say::open_agreement(language), format!("/devices/agreements/{id}")),
            FileKind::Application => (say::open_application(language), format!("/devices/applications/{id}")),
            FileKind::Note => (say::open_note(language), format!("/devices/incidents/{id}")),
        };
        let go = (clerk && about.due).then(|| {
            let href = format!("{}/anonymise", path(id));
            view! { <ActionLink label=say::anonymise(language) href=href/> }
        });
        let mut rows = vec![
            SummaryRow::new(say::column_kind(language), kind_name(language, about.kind)),
            SummaryRow::new(say::clock_label(language), clock(language, &about)),
        ];
        if let Some(day) = about.ended_on {
            rows.push(SummaryRow::new(say::column_ended(language), said::day(day)));
        }
        view! {
            {said::summary(language, errors)}
            {trail(language, &title)}
            <PageHead title=title.clone()/>
            {held}
            <SummaryList rows=rows/>
            <Actions>{go}<ActionLink label=label href=href kind=ButtonKind::Secondary/></Actions>
            {clerk.then(|| holding(language, &about, reason, errors))}
            {past(language, &holds)}
        }
        .into_any()
    };
    if errors.is_empty() { visit.page(&title, view) } else { visit.refused(&title, view) }
}

fn holding(language: Language, about: &File, reason: &str, errors: &FormErrors) -> AnyView {
    if about.anonymised_at.is_some() {
        return ().into_any();
    }
    let base = path(about.id);
    if about.held {
        let inside =
            view! { <SubmitButton label=say::lift(language) kind=ButtonKind::Secondary/> }.into_any();
        return view! { <PostForm action=format!("{base}/lift")>{inside}</PostForm> }.into_any();
    }
    let inside = view! {
        <TextArea name="reason" label=say::hold_reason(language) hint=say::hold_hint(language) rows=3 value=reason.to_owned()
            error=errors.of("reason")/>
        <SubmitButton label=say::hold(language) kind=ButtonKind::Secondary/>
    }
    .into_any();
    view! { <h2>{say::hold(language)}</h2><PostForm action=format!("{base}/hold")>{inside}</PostForm> }
        .into_any()
}

fn past(language: Language, holds: &[Hold]) -> AnyView {
    if holds.is_empty() {
        return ().into_any();
    }
    let rows = holds
        .iter()
        .map(|one| {
            let lifted = one.lifted.as_ref().map(|(at, who)| say::lifted(language, &date::day(*at), who));
            view! {
                <tr>
                    <th scope="row">{date::moment(one.placed_at)}</th>
                    <td>{one.placed_by.clone()}</td>
                    <td>{told(language, &one.reason)}</td>
                    <td>{lifted}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="holds" caption=say::holds(language)>
            <thead>
                <tr>
                    <th scope="col">{say::held_since(language)}</th>
                    <th scope="col">{say::held_by(language)}</th>
                    <th scope="col">{say::hold_reason(language)}</th>
                    <th scope="col">{say::batch_result(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}
