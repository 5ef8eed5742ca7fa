//! Removing the data of everything that is due: the page that asks, the confirmation, and how far the job is. GET and POST
//! /devices/retention/due, GET /devices/retention/done/{batch}.

use axum::extract::State;
use devices::Error;
use devices::retention::BatchId;
use devices::retention::batch;
use devices::retention::file::{self, FileKind};
use devices::retention::setting;
use leptos::prelude::*;
use serde::Deserialize;
use words::retention as say;

use super::super::loans::said;
use super::list::due_table;
use super::{consequences, trail};
use crate::caller::Caller;
use crate::date;
use crate::parts::{
    ActionLink, Actions, ButtonKind, CheckPage, FormErrors, HiddenField, Link, Notice, PageHead, ProgressBar,
    SummaryList, SummaryRow, Tone,
};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// GET /devices/retention/due
pub async fn ask(State(app): State<App>, caller: Caller) -> Answer {
    page(caller.open(&app).await?, &FormErrors::new()).await
}

/// How many files the person saw.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Confirmed {
    files: String,
}

/// POST /devices/retention/due
pub async fn confirm(State(app): State<App>, caller: Caller, Posted(typed): Posted<Confirmed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let language = visit.language;
    let mut errors = FormErrors::new();
    match batch::ask(&mut visit.tx, &proof, typed.files.parse().unwrap_or(0)).await {
        Ok(id) => {
            return visit.commit_and_go(&format!("/devices/retention/done/{id}"), "retention_asked").await;
        }
        Err(Error::ChangedMeanwhile(now)) => errors.add("", say::check_changed(language, i64::from(now))),
        Err(Error::ClockRuns) => errors.add("", say::due_none(language)),
        Err(other) => return Err(other.into()),
    }
    drop(visit);
    page(caller.open(&app).await?, &errors).await
}

async fn page(mut visit: Visit, errors: &FormErrors) -> Answer {
    let proof = visit.me.device_clerk()?.reader();
    let due = file::due(&mut visit.tx, &proof, batch::FILES_MOST).await?;
    let periods = setting::read(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let count = i64::try_from(due.len()).unwrap_or(i64::MAX);
    let title = if due.is_empty() {
        say::due_none(language).to_owned()
    } else {
        say::check_question(language, count)
    };
    let view = || {
        if due.is_empty() {
            return view! {
                {said::summary(language, errors)}
                {trail(language, &title)}
                <h1>{title.clone()}</h1>
                <p><a href="/devices/retention">{say::back_to_list(language)}</a></p>
            }
            .into_any();
        }
        let kinds: Vec<FileKind> =
            FileKind::ALL.iter().copied().filter(|kind| due.iter().any(|one| one.kind == *kind)).collect();
        let inside =
            view! { {consequences(language, &kinds)}{due_table(language, &due, &periods)} }.into_any();
        let seen = view! { <HiddenField name="files" value=count.to_string()/> }.into_any();
        view! {
            {said::summary(language, errors)}
            {trail(language, &title)}
            <CheckPage question=title.clone() action="/devices/retention/due" confirm=say::anonymise_all(language, count)
                cancel=Link::new(say::leave(language), "/devices/retention") fields=seen>
                {inside}
            </CheckPage>
        }
        .into_any()
    };
    if errors.is_empty() { visit.page(&title, view) } else { visit.refused(&title, view) }
}

/// GET /devices/retention/done/{batch}
pub async fn progress(State(app): State<App>, caller: Caller, At(id): At<BatchId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let batch = batch::one(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let title = say::batch_title(language);
    visit.page(title, || {
        let by = batch.asked_by.clone().unwrap_or_else(|| say::batch_by_program(language).to_owned());
        let rows = vec![
            SummaryRow::new(say::batch_when(language), date::moment(batch.asked_at)),
            SummaryRow::new(say::batch_by(language), by),
            SummaryRow::new(say::batch_files(language), batch.files.to_string()),
        ];
        let (done, files) = (batch.done.to_string(), batch.files.to_string());
        let state = if batch.ended_at.is_some() {
            let left = batch.files - batch.done;
            let left = (left > 0).then(|| view! { <p>{say::batch_skipped(language, left)}</p> });
            let text = say::batch_done(language, &done, &files);
            view! { <Notice tone=Tone::Success><p>{text}</p>{left}</Notice> }.into_any()
        } else {
            let percent = batch.done * 100 / batch.files.max(1);
            let text = say::batch_progress_text(language, &percent.to_string(), &done, &files);
            let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
            let again = format!("/devices/retention/done/{id}");
            view! {
                <ProgressBar label=say::batch_progress(language) value=number(batch.done) max=number(batch.files) text=text/>
                <Actions><ActionLink label=say::batch_refresh(language) href=again kind=ButtonKind::Secondary/></Actions>
            }
            .into_any()
        };
        view! {
            {trail(language, title)}
            <PageHead title=title/>
            {state}
            <SummaryList rows=rows/>
            <p><a href="/devices/retention">{say::back_to_list(language)}</a></p>
        }
        .into_any()
    })
}
