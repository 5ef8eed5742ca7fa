//! Import of assets in two steps: POST /devices/import shows what would happen, POST /devices/import/confirm does it.
//!
//! Between the two the file waits in the object store, under a random name in a folder of the person who sent it, so that what is
//! confirmed is what was checked, and nobody confirms a file of somebody else.

use axum::extract::State;
use base::act::{self, Once};
use base::blob::BlobError;
use base::id::Secret;
use base::{OrganisationId, PersonId, Tx};
use bytes::Bytes;
use devices::Error;
use devices::register::import::workbook::WorkbookProblem;
use devices::register::import::{self, ImportError, Outcome};
use identity::DeviceClerk;
use identity::session::SignedIn;
use identity::sheet::MOST_BYTES;
use serde::Deserialize;
use words::register as say;

use super::plan;
use crate::caller::Caller;
use crate::parts::FormErrors;
use crate::problem::{Answer, Problem};
use crate::request::{Attached, Posted};
use crate::state::App;
use crate::visit::{Visit, go};

/// GET /devices/import
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let visit = caller.open(&app).await?;
    visit.me.device_clerk()?;
    let language = visit.language;
    visit.page(say::import_title(language), || plan::form(language, &FormErrors::new()))
}

/// POST /devices/import: nothing is changed. The trial's locks are let go before the file is stored.
pub async fn check(
    State(app): State<App>,
    caller: Caller,
    file: Result<Attached<MOST_BYTES>, Problem>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let file = file?;
    if file.bytes.is_empty() && file.name.is_empty() {
        let sentence = words::identity::sheet_none(visit.language).to_owned();
        return refused(visit, sentence);
    }
    let wanted = file.fields.get("sheet").cloned().unwrap_or_default();
    let tried = tried(&mut visit.tx, &proof, file.bytes.clone(), wanted.clone(), true).await;
    let outcome = match readable(visit, tried) {
        Ok((visit, outcome)) => {
            drop(visit);
            outcome
        }
        Err(answer) => return answer,
    };
    let visit = caller.open(&app).await?;
    let id = store(&app, &visit.me, &file).await?;
    let language = visit.language;
    visit.page(say::import_plan_title(language), || plan::ask(language, &outcome, &file.name, &id, &wanted))
}

/// Reads the table on a thread that may take its time, then does what it says.
async fn tried(
    tx: &mut Tx,
    proof: &DeviceClerk,
    bytes: Bytes,
    wanted: String,
    retag: bool,
) -> Result<Outcome, ImportError> {
    let read = tokio::task::spawn_blocking(move || import::table(&bytes, &wanted)).await;
    let table = read.unwrap_or(Err(ImportError::Workbook(WorkbookProblem::NotWorkbook)))?;
    import::assets(tx, proof, &table, retag).await
}

/// The confirmation.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Confirmed {
    file: String,
    sheet: String,
    retag: String,
}

/// POST /devices/import/confirm. Sent twice, it imports once.
pub async fn confirm(State(app): State<App>, caller: Caller, Posted(confirmed): Posted<Confirmed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let key = key(visit.me.organisation, visit.me.person, &confirmed.file).ok_or(Problem::NotFound)?;
    let once = format!("import {}", confirmed.file);
    if let Once::Again(_) = act::once::<bool>(&mut visit.tx, &once).await? {
        return Ok(go(&app, "/devices", "assets_imported"));
    }
    let bytes = match app.blobs.get(&key).await {
        Err(BlobError::Missing(_)) => return Ok(go(&app, "/devices/import", "assets_import_gone")),
        got => got?,
    };
    let retag = !confirmed.retag.is_empty();
    let done = tried(&mut visit.tx, &proof, bytes, confirmed.sheet, retag).await;
    let mut visit = match readable(visit, done) {
        Ok((visit, _)) => visit,
        Err(answer) => return answer,
    };
    act::remember(&mut visit.tx, &once, &true).await?;
    let answer = visit.commit_and_go("/devices", "assets_imported").await?;
    if let Err(error) = app.blobs.delete(&key).await {
        tracing::warn!(%error, "an imported file was not deleted");
    }
    Ok(answer)
}

/// The visit and what the import did; or the page that says why it cannot.
#[expect(clippy::result_large_err, reason = "the other case is an answer that is on its way out")]
fn readable(visit: Visit, tried: Result<Outcome, ImportError>) -> Result<(Visit, Outcome), Answer> {
    let language = visit.language;
    match tried {
        Ok(outcome) if outcome.problems.is_empty() => Ok((visit, outcome)),
        Ok(outcome) => {
            let count = i64::try_from(outcome.problems.len()).unwrap_or(i64::MAX);
            let title = words::identity::import_wrong_title(language, count);
            Err(visit.refused(&title, || plan::problems(language, &title, &outcome.problems)))
        }
        Err(ImportError::Sheet(problem)) => Err(refused(visit, plan::sheet_sentence(language, &problem))),
        Err(ImportError::Workbook(problem)) => {
            Err(refused(visit, plan::workbook_sentence(language, &problem)))
        }
        Err(ImportError::MissingColumns(fields)) => {
            let headers: Vec<_> = fields.into_iter().map(plan::header).collect();
            Err(refused(visit, words::identity::sheet_columns(language, &headers.join(", "))))
        }
        // Only somebody who imports the same assets at this moment can still be in the way.
        Err(ImportError::Area(Error::Invalid(_))) => {
            Err(refused(visit, words::identity::import_busy(language).to_owned()))
        }
        Err(ImportError::Area(error)) => Err(Err(error.into())),
    }
}

fn refused(visit: Visit, sentence: String) -> Answer {
    let language = visit.language;
    let mut errors = FormErrors::new();
    errors.add("file", sentence);
    visit.refused(say::import_title(language), || plan::form(language, &errors))
}

/// Where a file waits. `None` when the name is not one that we gave.
fn key(organisation: OrganisationId, person: PersonId, id: &str) -> Option<String> {
    let ours =
        id.len() == 43 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    ours.then(|| format!("asset-imports/{organisation}/{person}/{id}"))
}

/// Keeps the file and answers its name. Earlier files of the person go: nobody comes back for them.
async fn store(app: &App, me: &SignedIn, file: &Attached<MOST_BYTES>) -> Result<String, Problem> {
    for earlier in app.blobs.list(&format!("asset-imports/{}/{}/", me.organisation, me.person)).await? {
        app.blobs.delete(&earlier).await?;
    }
    let id = Secret::fresh().map_err(|error| {
        tracing::error!(%error, "no randomness");
        Problem::Unavailable(5)
    })?;
    let id = id.reveal().to_owned();
    let key = key(me.organisation, me.person, &id).ok_or(Problem::NotFound)?;
    app.blobs.put(&key, "application/octet-stream", file.bytes.clone()).await?;
    Ok(id)
}
