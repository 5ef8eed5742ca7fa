//! Copies for the auditor: GET and POST /reports/training/frozen, GET …/frozen/{training_report} and …/pdf. The report as it is at
//! that moment, as a workbook and on paper; the files never change, and their SHA-256 are told here. A head's copy tells of the
//! units that they head, and they see it while they head them.

use axum::extract::State;
use courses::TrainingReportId;
use courses::report::frozen::{self, File, Frozen};
use courses::report::{self, Oversight};
use devices::table::Notes;
use leptos::prelude::*;
use words::{Language, bundle as auditor, obligations as say, reports};

use super::built::{WHOLE, build};
use super::report::{Asking, open};
use crate::caller::Caller;
use crate::date;
use crate::devices::download::WORKBOOK;
use crate::kept::{bundle, file, given, name_of};
use crate::parts::{DataTable, EmptyState, HiddenField, Link, PageHead, PostForm, SubmitButton, TableWidth};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::way::trail;

fn freezes(proof: &Oversight) -> Result<(), Problem> {
    if proof.is_everybody() || !proof.headed().is_empty() { Ok(()) } else { Err(Problem::NotAllowed) }
}

/// GET /reports/training/frozen
pub async fn list(State(app): State<App>, caller: Caller, Asked(asking): Asked<Asking>) -> Answer {
    let mut wanted = open(&app, &caller, &asking).await?;
    freezes(&wanted.proof)?;
    let all = frozen::all(&mut wanted.visit.tx, &wanted.proof).await?;
    let (language, scope) = (wanted.visit.language, wanted.scope);
    let title = say::frozen_title(language);
    wanted.visit.page(title, || {
        view! {
            {trail(language, vec![Link::new(say::report_title(language), "/reports/training")], title)}
            <PageHead title=title lead=say::frozen_lead(language)/>
            <p>{say::frozen_scope(language, &scope)}</p>
            <PostForm action="/reports/training/frozen">
                <HiddenField name="unit" value=asking.unit/>
                <HiddenField name="course" value=asking.course/>
                <HiddenField name="state" value=asking.state/>
                <HiddenField name="result" value=asking.result/>
                <HiddenField name="from" value=asking.from/>
                <HiddenField name="to" value=asking.to/>
                <SubmitButton label=reports::frozen_make(language)/>
            </PostForm>
            {table(language, all)}
        }
        .into_any()
    })
}

fn table(language: Language, all: Vec<Frozen>) -> AnyView {
    if all.is_empty() {
        return view! { <EmptyState title=reports::frozen_none(language) text=reports::frozen_none_text(language)/> }
            .into_any();
    }
    let rows = all
        .into_iter()
        .map(|one| {
            let path = format!("/reports/training/frozen/{}", one.id);
            view! {
                <tr>
                    <th scope="row">{one.number.clone()}</th>
                    <td>{one.scope.clone()}</td>
                    <td>{date::moment(one.made_at)}</td>
                    <td>{one.made_by.clone()}</td>
                    <td>{file(&one.workbook, path.clone(), "XLSX")}</td>
                    <td>{file(&one.paper, format!("{path}/pdf"), "PDF")}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="frozen" caption=reports::frozen_caption(language) width=TableWidth::Scrolls>
            <thead>
                <tr>
                    <th scope="col">{reports::frozen_number(language)}</th>
                    <th scope="col">{say::column_scope(language)}</th>
                    <th scope="col">{reports::frozen_made(language)}</th>
                    <th scope="col">{reports::frozen_by(language)}</th>
                    <th scope="col">{auditor::column_workbook(language)}</th>
                    <th scope="col">{auditor::column_paper(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <p>{reports::frozen_check(language)}</p>
    }
    .into_any()
}

/// POST /reports/training/frozen
pub async fn make(State(app): State<App>, caller: Caller, Posted(asking): Posted<Asking>) -> Answer {
    let mut wanted = open(&app, &caller, &asking).await?;
    freezes(&wanted.proof)?;
    let proof = wanted.proof.of_units();
    let (language, now) = (wanted.visit.language, wanted.visit.tx.now());
    let number = frozen::next_number(&mut wanted.visit.tx, &proof).await?;
    let built = build(&mut wanted.visit.tx, &proof, language, &wanted.filter, WHOLE).await?;
    let tables = [built.tree, built.rows];
    let (name, organisation) = (wanted.visit.me.name.clone(), wanted.visit.me.organisation_name.clone());
    let notes = Notes {
        title: reports::notes_title(language).to_owned(),
        lines: vec![
            say::notes_what(language, &number.written(), &organisation),
            reports::notes_when(language, &date::moment(now), &name),
            wanted.scope.clone(),
        ],
    };
    let (book, report) = bundle(language, &organisation, &number.written(), notes, &tables, now)?;
    let made = app.documents.report(&report, now.unix_timestamp(), &[]).await.map_err(|error| {
        tracing::error!(%error, "a report could not be put on paper");
        Problem::Unavailable(10)
    })?;
    let files = (book, File::new(made));
    frozen::freeze(&mut wanted.visit.tx, &proof, &app.blobs, number, &wanted.scope, files).await?;
    wanted.visit.commit_and_go("/reports/training/frozen", "training-report-frozen").await
}

/// GET /reports/training/frozen/{training_report}. A file that does not fit its hash any more is not given out as the report.
pub async fn download(State(app): State<App>, caller: Caller, At(id): At<TrainingReportId>) -> Answer {
    let one = find(&app, &caller, id).await?;
    given(&app, &one.workbook, WORKBOOK, &name_of(&one.number, "xlsx")).await
}

/// GET /reports/training/frozen/{training_report}/pdf: likewise.
pub async fn download_paper(State(app): State<App>, caller: Caller, At(id): At<TrainingReportId>) -> Answer {
    let one = find(&app, &caller, id).await?;
    given(&app, &one.paper, "application/pdf", &name_of(&one.number, "pdf")).await
}

async fn find(app: &App, caller: &Caller, id: TrainingReportId) -> Result<Frozen, Problem> {
    let mut visit = caller.open(app).await?;
    // Who oversees nobody knows of no report.
    let proof = report::oversight(&mut visit.tx, &visit.me).await.map_err(|error| match error {
        courses::Error::NotAllowed => Problem::NotFound,
        error => error.into(),
    })?;
    Ok(frozen::one(&mut visit.tx, &proof, id).await?)
}
