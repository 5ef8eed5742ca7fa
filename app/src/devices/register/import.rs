//! Import of assets in two steps: POST /devices/import shows what would happen, POST /devices/import/confirm does it.
//! Between the two the file waits (`crate::import::Waiting`).

use axum::extract::State;
use base::Tx;
use base::act::{self, Once};
use bytes::Bytes;
use devices::Error;
use devices::register::import::workbook::WorkbookProblem;
use devices::register::import::{self, ImportError, Outcome};
use identity::DeviceClerk;
use identity::sheet::MOST_BYTES;
use serde::Deserialize;
use words::register as say;

use super::plan;
use crate::caller::Caller;
use crate::import::{Area, Waiting, missing, sheet_sentence};
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
    let waiting = Waiting::keep(&app, &caller, Area::Assets, file.bytes).await?;
    let visit = caller.open(&app).await?;
    let language = visit.language;
    visit.page(say::import_plan_title(language), || {
        plan::ask(language, &outcome, &file.name, &waiting.id, &wanted)
    })
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
    let waiting = Waiting::named(Area::Assets, &visit.me, &confirmed.file)?;
    let once = format!("import {}", confirmed.file);
    if let Once::Again(_) = act::once::<bool>(&mut visit.tx, &once).await? {
        return Ok(go(&app, "/devices", "assets_imported"));
    }
    let Some(bytes) = waiting.bytes(&app).await? else {
        return Ok(go(&app, "/devices/import", "assets_import_gone"));
    };
    let retag = !confirmed.retag.is_empty();
    let done = tried(&mut visit.tx, &proof, bytes, confirmed.sheet, retag).await;
    let mut visit = match readable(visit, done) {
        Ok((visit, _)) => visit,
        Err(answer) => return answer,
    };
    act::remember(&mut visit.tx, &once, &true).await?;
    let answer = visit.commit_and_go("/devices", "assets_imported").await?;
    waiting.forget(&app).await;
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
        Err(ImportError::Sheet(problem)) => Err(refused(visit, sheet_sentence(language, &problem))),
        Err(ImportError::Workbook(problem)) => {
            Err(refused(visit, plan::workbook_sentence(language, &problem)))
        }
        Err(ImportError::MissingColumns(fields)) => {
            Err(refused(visit, missing(language, fields, plan::header)))
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
    let errors = FormErrors::one("file", sentence);
    visit.refused(say::import_title(language), || plan::form(language, &errors))
}
