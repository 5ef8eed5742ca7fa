//! GET /devices/retention: how many files are due, a picture by year, those that are due and those that are held, what was done.

use axum::extract::State;
use devices::retention::batch::{self, Batch};
use devices::retention::file::{self, Count, File, FileKind, Year};
use devices::retention::hold::{self, Hold};
use devices::retention::setting::{self, Setting};
use leptos::prelude::*;
use words::{Language, retention as say};

use super::super::loans::said;
use super::super::reports::picture::{self, Bar, Fill, Picture};
use super::kind_name;
use crate::caller::Caller;
use crate::date;
use crate::devices::sections::section;
use crate::parts::{ActionLink, Actions, ButtonKind, DataTable, EmptyState, PageHead};
use crate::problem::Answer;
use crate::state::App;

/// Most due files that the page shows.
const SHOWN: usize = 100;

/// GET /devices/retention
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let clerk = visit.me.device_clerk().is_ok();
    let periods = setting::read(&mut visit.tx, &proof).await?;
    let counts = file::counts(&mut visit.tx, &proof).await?;
    let years = file::years(&mut visit.tx, &proof).await?;
    let due = file::due(&mut visit.tx, &proof, i64::try_from(SHOWN).unwrap_or(100)).await?;
    let held = hold::standing(&mut visit.tx, &proof).await?;
    let batches = batch::latest(&mut visit.tx, &proof, 10).await?;
    let language = visit.language;
    let title = say::title(language);
    visit.page(title, || {
        let check = (clerk && !due.is_empty())
            .then(|| view! { <ActionLink label=say::see_due(language) href="/devices/retention/due"/> });
        view! {
            <PageHead title=title lead=say::lead(language)/>
            {section(language, "/devices/retention")}
            <Actions>
                {check}
                <ActionLink label=say::periods(language) href="/devices/retention/periods" kind=ButtonKind::Secondary/>
            </Actions>
            {table(language, &counts)}
            {by_year(language, &years)}
            {due_files(language, &due, &counts, &periods)}
            {held_files(language, &held)}
            {done(language, &batches)}
        }
        .into_any()
    })
}

fn table(language: Language, counts: &[Count]) -> AnyView {
    let rows = counts
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row">{kind_name(language, one.kind)}</th>
                    <td class="number">{one.due}</td>
                    <td class="number">{one.this_year}</td>
                    <td class="number">{one.running}</td>
                    <td class="number">{one.standing}</td>
                    <td class="number">{one.held}</td>
                    <td class="number">{one.done}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="files" caption=say::table_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_kind(language)}</th>
                    <th scope="col" class="number">{say::column_now(language)}</th>
                    <th scope="col" class="number">{say::column_this_year(language)}</th>
                    <th scope="col" class="number">{say::column_running(language)}</th>
                    <th scope="col" class="number">{say::column_standing(language)}</th>
                    <th scope="col" class="number">{say::column_held(language)}</th>
                    <th scope="col" class="number">{say::by_year_done(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn by_year(language: Language, years: &[Year]) -> AnyView {
    let bars = years
        .iter()
        .map(|one| Bar {
            name: one.year.to_string(),
            parts: vec![(Fill::Dots, one.done), (Fill::Lines, one.due)],
            told: say::by_year_told(language, &one.done.to_string(), &one.due.to_string()),
        })
        .collect();
    picture::view(Picture {
        caption: say::by_year(language).to_owned(),
        legend: vec![(Fill::Dots, say::by_year_done(language)), (Fill::Lines, say::by_year_due(language))],
        bars,
    })
}

/// Due files as a table.
pub fn due_table(language: Language, due: &[File], periods: &Setting) -> AnyView {
    let rows = due
        .iter()
        .take(SHOWN)
        .map(|one| {
            let months = match one.kind {
                FileKind::Loan => periods.loan_months,
                FileKind::Application => periods.application_months,
                FileKind::Note => periods.note_months,
            };
            let number = if one.number.is_empty() { "–".to_owned() } else { one.number.clone() };
            view! {
                <tr>
                    <th scope="row"><a href=format!("/devices/retention/{}", one.id)>{number}</a></th>
                    <td>{kind_name(language, one.kind)}</td>
                    <td>{one.ended_on.map(said::day)}</td>
                    <td>{one.kept_until.map(said::day)}</td>
                    <td>{say::due_why(language, &months.to_string())}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="due" caption=say::due_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_number(language)}</th>
                    <th scope="col">{say::column_kind(language)}</th>
                    <th scope="col">{say::column_ended(language)}</th>
                    <th scope="col">{say::column_until(language)}</th>
                    <th scope="col">{say::column_why(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn due_files(language: Language, due: &[File], counts: &[Count], periods: &Setting) -> AnyView {
    if due.is_empty() {
        return view! { <EmptyState title=say::due_none(language)/> }.into_any();
    }
    let all: i64 = counts.iter().map(|one| one.due).sum();
    let more = all - i64::try_from(due.len()).unwrap_or(all);
    let more = (more > 0).then(|| view! { <p>{say::due_more(language, more)}</p> });
    view! { {due_table(language, due, periods)}{more} }.into_any()
}

fn held_files(language: Language, held: &[Hold]) -> AnyView {
    if held.is_empty() {
        return view! { <p>{say::held_none(language)}</p> }.into_any();
    }
    let rows = held
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/devices/retention/{}", one.file)>{one.number.clone()}</a></th>
                    <td>{kind_name(language, one.kind)}</td>
                    <td>{one.reason.clone()}</td>
                    <td>{date::day(one.placed_at)}</td>
                    <td>{one.placed_by.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="held" caption=say::held_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_number(language)}</th>
                    <th scope="col">{say::column_kind(language)}</th>
                    <th scope="col">{say::hold_reason(language)}</th>
                    <th scope="col">{say::held_since(language)}</th>
                    <th scope="col">{say::held_by(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn done(language: Language, batches: &[Batch]) -> AnyView {
    if batches.is_empty() {
        return ().into_any();
    }
    let rows = batches
        .iter()
        .map(|one| {
            let by = one.asked_by.clone().unwrap_or_else(|| say::batch_by_program(language).to_owned());
            let result = match one.ended_at {
                Some(_) => say::batch_done(language, &one.done.to_string(), &one.files.to_string()),
                None => say::batch_under_way(language).to_owned(),
            };
            view! {
                <tr>
                    <th scope="row"><a href=format!("/devices/retention/done/{}", one.id)>{date::moment(one.asked_at)}</a></th>
                    <td>{by}</td>
                    <td class="number">{one.files}</td>
                    <td>{result}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="done" caption=say::batches(language)>
            <thead>
                <tr>
                    <th scope="col">{say::batch_when(language)}</th>
                    <th scope="col">{say::batch_by(language)}</th>
                    <th scope="col" class="number">{say::batch_files(language)}</th>
                    <th scope="col">{say::batch_result(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}
