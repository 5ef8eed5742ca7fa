//! The register from a table (CSV) in two steps, as on the page: a trial that names every bad row, then all or nothing.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use base::Tx;
use devices::register::import::workbook::WorkbookProblem;
use devices::register::import::{self, ImportError, Outcome};
use identity::import::RowProblem;
use identity::sheet::{MOST_BYTES, SheetProblem};
use identity::{DeviceClerk, Problem as Rule, SignedIn};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::{IntoParams, ToSchema};
use words::Language;

use crate::api::call::Bearer;
use crate::api::given::{self, Sought};
use crate::api::problem_json::rule_code;
use crate::api::refusal::{Answer, Refusal, Wrong};
use crate::api::reports::language;
use crate::problem::{Problem, field_sentence};
use crate::request;
use crate::state::App;

/// Most bad rows that a refusal names.
const NAMED_MOST: usize = 1000;

/// What an import would do, or did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceImport {
    /// Numbers that come on the books.
    pub created: Vec<String>,
    /// Numbers of devices that are changed.
    pub changed: Vec<String>,
    /// How many devices stay as they are.
    pub same: usize,
    /// Devices that are known by their serial under another number; they get the new one when `retag` is sent.
    pub retagged: Vec<RetaggedDevice>,
    /// Every bad row; when there is one, nothing is done.
    pub problems: Vec<ImportProblem>,
}

/// A device that is known by its serial under another number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RetaggedDevice {
    /// The number in the books.
    pub was: String,
    /// The number in the file.
    pub becomes: String,
}

/// A bad row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportProblem {
    /// Line in the file.
    pub line: usize,
    /// The column: `inventory_no`, `serial`, `kind` …
    pub field: String,
    /// What stands there.
    pub value: String,
    /// A short word, as in the `errors` of a refusal.
    pub problem: String,
    /// The same in words, in the language of the person.
    pub detail: String,
}

impl DeviceImport {
    fn of(outcome: Outcome, language: Language) -> Self {
        let problem = |row: RowProblem| ImportProblem {
            line: row.line,
            field: row.field.to_owned(),
            value: row.value,
            problem: rule_code(&row.problem).to_owned(),
            detail: field_sentence(language, &row.problem),
        };
        let retagged = |(was, becomes): (String, String)| RetaggedDevice { was, becomes };
        Self {
            created: outcome.created,
            changed: outcome.changed,
            same: outcome.same,
            retagged: outcome.retagged.into_iter().map(retagged).collect(),
            problems: outcome.problems.into_iter().map(problem).collect(),
        }
    }
}

/// How it is imported.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SoughtImport {
    /// Whether devices that are known by their serial under another number get the new one; else they stay as they are.
    pub retag: Option<bool>,
}

async fn csv(headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    if !given::is(headers, "text/csv") {
        return Err(Refusal::MediaType("text/csv"));
    }
    Ok(request::read(body, MOST_BYTES).await?)
}

/// Reads the table on a thread that may take its time, then does what it says inside the transaction.
async fn tried(tx: &mut Tx, proof: &DeviceClerk, bytes: Bytes, retag: bool) -> Result<Outcome, Refusal> {
    let read = tokio::task::spawn_blocking(move || import::table(&bytes, "")).await;
    let table = read.unwrap_or(Err(ImportError::Workbook(WorkbookProblem::NotWorkbook))).map_err(refusal)?;
    import::assets(tx, proof, &table, retag).await.map_err(refusal)
}

/// Why a file cannot be read at all.
fn refusal(error: ImportError) -> Refusal {
    let wrong = Refusal::field;
    match error {
        ImportError::Area(error) => error.into(),
        ImportError::MissingColumns(fields) => {
            Refusal::Invalid(fields.into_iter().map(|field| Wrong::rule(field, Rule::Missing)).collect())
        }
        ImportError::Sheet(SheetProblem::TooLarge) | ImportError::Workbook(WorkbookProblem::TooLarge) => {
            Refusal::Page(Problem::TooLarge)
        }
        ImportError::Sheet(SheetProblem::Empty) | ImportError::Workbook(WorkbookProblem::Empty) => {
            wrong("body", Rule::Missing)
        }
        ImportError::Sheet(SheetProblem::Broken(line)) => wrong(&line.to_string(), Rule::Malformed),
        ImportError::Sheet(SheetProblem::NotText) | ImportError::Workbook(_) => {
            wrong("body", Rule::Malformed)
        }
    }
}

/// Try an import
///
/// Nothing is changed. Columns are those of the file that the register writes; at most 8 MB and 20 000 rows.
#[utoipa::path(
    post, path = "/api/v1/devices/import/check", tag = "devices", operation_id = "tryDeviceImport",
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "What would happen, and every bad row", body = DeviceImport))
)]
pub async fn check(State(app): State<App>, bearer: Bearer, headers: HeaderMap, body: Body) -> Answer {
    let bytes = csv(&headers, body).await?;
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    let outcome = tried(&mut call.tx, &proof, bytes, true).await?;
    // The transaction ends with the call, and nothing of it is kept.
    Ok(Json(DeviceImport::of(outcome, language(&call))).into_response())
}

/// Import devices
///
/// All rows or none. Bad rows are refused with 422; `errors` names each as its line and column (`12.serial`), at most 1000
/// of them.
#[utoipa::path(
    post, path = "/api/v1/devices/import", tag = "devices", operation_id = "importDevices", params(SoughtImport),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "What was done", body = DeviceImport))
)]
pub async fn import(
    State(app): State<App>,
    bearer: Bearer,
    Sought(sought): Sought<SoughtImport>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let bytes = csv(&headers, body).await?;
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    let retag = sought.retag.unwrap_or(false);
    let mut asked = Sha256::digest(&bytes).to_vec();
    asked.push(u8::from(retag));
    if let Some(answer) = call.again(&asked).await? {
        return Ok(answer);
    }
    let outcome = tried(&mut call.tx, &proof, bytes, retag).await?;
    if !outcome.problems.is_empty() {
        let row = |row: RowProblem| Wrong::rule(&format!("{}.{}", row.line, row.field), row.problem);
        let named = outcome.problems.into_iter().take(NAMED_MOST).map(row);
        return Err(Refusal::Invalid(named.collect()));
    }
    let done = DeviceImport::of(outcome, language(&call));
    call.done(&done).await
}
