//! Copies for the auditor: GET and POST /devices/reports/frozen, GET /devices/reports/frozen/{frozen}. One workbook with every report as it is
//! at that moment; the file never changes, and its SHA-256 is told here.

use axum::extract::State;
use base::{Blobs, Tx};
use devices::FrozenId;
use devices::reports::frozen::{self, Frozen};
use devices::table::{Notes, workbook};
use identity::{DevicesReader, SignedIn};
use leptos::prelude::*;
use sha2::{Digest as _, Sha256};
use words::{Language, reports as say};

use super::built::{self, Report, build};
use super::{tabs, trail};
use crate::caller::Caller;
use crate::date;
use crate::devices::download::{self, WORKBOOK};
use crate::parts::{DataTable, EmptyState, PageHead, PostForm, SubmitButton, TableWidth};
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
            let hash = one.hash();
            view! {
                <tr>
                    <th scope="row"><a href=format!("/devices/reports/frozen/{}", one.id)>{one.number}</a></th>
                    <td>{date::moment(one.made_at)}</td>
                    <td>{one.made_by}</td>
                    <td class="number">{format!("{} KB", (one.size_bytes + 1023) / 1024)}</td>
                    <td><code class="hash">{hash}</code></td>
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
                    <th scope="col" class="number">{say::frozen_size(language)}</th>
                    <th scope="col">"SHA-256"</th>
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
    freeze(&mut visit.tx, &proof, &visit.me, &app.blobs, visit.language).await?;
    visit.commit_and_go("/devices/reports/frozen", "report_frozen").await
}

/// Makes a copy of every report as it is now. Programmes have their neutral names in it: it leaves the office.
pub async fn freeze(
    tx: &mut Tx,
    proof: &DevicesReader,
    me: &SignedIn,
    blobs: &Blobs,
    language: Language,
) -> Result<FrozenId, devices::Error> {
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
    let bytes = workbook(&tables, &notes, now)?;
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    frozen::freeze(tx, proof, blobs, &number, bytes, hash).await
}

/// GET /devices/reports/frozen/{frozen}
pub async fn download(State(app): State<App>, caller: Caller, At(id): At<FrozenId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    file(&mut visit.tx, &proof, &app.blobs, id).await
}

/// One as the file that it is. A file that does not fit its hash any more is not given out as the report.
pub async fn file(tx: &mut Tx, proof: &DevicesReader, blobs: &Blobs, id: FrozenId) -> Answer {
    let (one, bytes) = frozen::one(tx, proof, blobs, id).await?;
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    if hash != one.sha256 {
        tracing::error!(report = %id, "a frozen report does not fit its hash");
        return Err(Problem::Unavailable(60));
    }
    let name = format!("{}.xlsx", one.number.replace('/', "-"));
    Ok(download::file(bytes, WORKBOOK, &name))
}
