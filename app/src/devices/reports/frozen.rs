//! Copies for the auditor: GET and POST /devices/reports/frozen, GET /devices/reports/frozen/{frozen} and …/pdf. Every report as it
//! is at that moment, as a workbook and on paper; the files never change, and their SHA-256 are told here.

use axum::extract::State;
use base::Tx;
use devices::FrozenId;
use devices::reports::frozen::{self, File, Frozen};
use devices::table::Notes;
use identity::{DevicesReader, SignedIn};
use leptos::prelude::*;
use words::{Language, bundle as auditor, reports as say};

use super::built::{self, Report, build};
use super::{tabs, trail};
use crate::caller::Caller;
use crate::date;
use crate::devices::download::WORKBOOK;
use crate::kept::{self, bundle, given, name_of};
use crate::parts::{DataTable, EmptyState, PageHead, PostForm, SubmitButton, TableWidth};
use crate::pdf;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;

/// GET /devices/reports/frozen
pub async fn list(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let all = frozen::all(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let admin = visit.me.people_admin().is_ok();
    let title = say::frozen_title(language);
    visit.page(title, || {
        view! {
            {trail(language, title)}
            <PageHead title=title lead=say::frozen_lead(language)/>
            {tabs(language, admin, "/devices/reports/frozen")}
            <PostForm action="/devices/reports/frozen">
                <SubmitButton label=say::frozen_make(language)/>
            </PostForm>
            {table(language, all)}
        }
        .into_any()
    })
}

fn table(language: Language, all: Vec<Frozen>) -> AnyView {
    if all.is_empty() {
        return view! { <EmptyState title=say::frozen_none(language) text=say::frozen_none_text(language)/> }
            .into_any();
    }
    let rows = all
        .into_iter()
        .map(|one| {
            let path = format!("/devices/reports/frozen/{}", one.id);
            let paper = match &one.paper {
                Some(paper) => kept::file(paper, format!("{path}/pdf"), "PDF"),
                None => auditor::paper_none(language).into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{one.number.clone()}</th>
                    <td>{date::moment(one.made_at)}</td>
                    <td>{one.made_by.clone()}</td>
                    <td>{kept::file(&one.workbook, path.clone(), "XLSX")}</td>
                    <td>{paper}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="frozen" caption=say::frozen_caption(language) width=TableWidth::Scrolls>
            <thead>
                <tr>
                    <th scope="col">{say::frozen_number(language)}</th>
                    <th scope="col">{say::frozen_made(language)}</th>
                    <th scope="col">{say::frozen_by(language)}</th>
                    <th scope="col">{auditor::column_workbook(language)}</th>
                    <th scope="col">{auditor::column_paper(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <p>{say::frozen_check(language)}</p>
    }
    .into_any()
}

/// POST /devices/reports/frozen
pub async fn make(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    freeze(&mut visit.tx, &proof, &visit.me, &app, visit.language).await?;
    visit.commit_and_go("/devices/reports/frozen", "report_frozen").await
}

/// Makes a copy of every report as it is now: the workbook, and the same as PDF/UA, which names the workbook's SHA-256.
/// Programmes have their neutral names in both: they leave the office.
///
/// Errors: `Unavailable` when the program for documents does not answer.
pub async fn freeze(
    tx: &mut Tx,
    proof: &DevicesReader,
    me: &SignedIn,
    app: &App,
    language: Language,
) -> Result<FrozenId, Problem> {
    let now = tx.now();
    let number = frozen::next_number(tx, proof).await?;
    let mut tables = Vec::new();
    for report in Report::ALL {
        tables.extend(build(tx, proof, None, language, report, 365).await?.tables);
    }
    let notes = Notes {
        title: say::notes_title(language).to_owned(),
        lines: vec![
            say::notes_what(language, &number, &me.organisation_name),
            say::notes_when(language, &date::moment(now), &me.name),
            say::notes_names(language).to_owned(),
            say::notes_ahead(language).to_owned(),
            Report::ALL.map(|report| built::name(language, report)).join(" · "),
        ],
    };
    let (book, report) = bundle(language, &me.organisation_name, &number, notes, &tables, now)?;
    let paper = app.documents.report(&report, now.unix_timestamp(), &[]).await.map_err(pdf::told)?;
    Ok(frozen::freeze(tx, proof, &app.blobs, &number, book, File::new(paper)).await?)
}

/// GET /devices/reports/frozen/{frozen}. A file that does not fit its hash any more is not given out as the report.
pub async fn download(State(app): State<App>, caller: Caller, At(id): At<FrozenId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let one = frozen::one(&mut visit.tx, &proof, id).await?;
    drop(visit);
    given(&app, &one.workbook, WORKBOOK, &name_of(&one.number, "xlsx")).await
}

/// GET /devices/reports/frozen/{frozen}/pdf: likewise. A report without one is not found.
pub async fn download_paper(State(app): State<App>, caller: Caller, At(id): At<FrozenId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let one = frozen::one(&mut visit.tx, &proof, id).await?;
    drop(visit);
    let kept = one.paper.ok_or(Problem::NotFound)?;
    given(&app, &kept, "application/pdf", &name_of(&one.number, "pdf")).await
}

/// One as the workbook that it is.
pub async fn file(tx: &mut Tx, proof: &DevicesReader, app: &App, id: FrozenId) -> Answer {
    let one = frozen::one(tx, proof, id).await?;
    given(app, &one.workbook, WORKBOOK, &name_of(&one.number, "xlsx")).await
}
