//! What reports keep: the inputs of the savings, copies that were frozen for the auditor, and who looked at what is protected.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use devices::FrozenId;
use devices::privacy;
use devices::reports::frozen::{self, Frozen};
use devices::reports::savings::{self, Inputs};
use identity::SignedIn;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::Given;
use crate::api::refusal::Answer;
use crate::api::reports::language;
use crate::devices::reports::frozen as files;
use crate::request::At;
use crate::state::App;

/// Most looks that are told.
const MOST_LOOKS: i64 = 20_000;

/// What is put into the formula of the savings. Amounts are grosze.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavingsInputs {
    /// People who read on a device.
    #[schema(minimum = 0, maximum = 10_000)]
    pub people: i32,
    /// Meetings in a year.
    #[schema(minimum = 0, maximum = 1_000)]
    pub meetings: i32,
    /// Pages that each would get printed for one meeting.
    #[schema(minimum = 0, maximum = 10_000)]
    pub pages: i32,
    /// Price of a printed page.
    #[schema(minimum = 0, maximum = 10_000)]
    pub page_price: i32,
    /// Price of one device; 0 leaves devices out.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub device_price: i64,
    /// Years that a device is used.
    #[schema(minimum = 1, maximum = 20)]
    pub years: i32,
}

impl From<Inputs> for SavingsInputs {
    fn from(inputs: Inputs) -> Self {
        Self {
            people: inputs.people,
            meetings: inputs.meetings,
            pages: inputs.pages,
            page_price: inputs.page_grosze,
            device_price: inputs.device_grosze,
            years: inputs.years,
        }
    }
}

impl From<SavingsInputs> for Inputs {
    fn from(given: SavingsInputs) -> Self {
        Self {
            people: given.people,
            meetings: given.meetings,
            pages: given.pages,
            page_grosze: given.page_price,
            device_grosze: given.device_price,
            years: given.years,
        }
    }
}

/// What is saved in a year when materials are not printed:
/// `people × meetings × pages × page_price − people × device_price ÷ years`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceSavings {
    /// What was put in.
    pub inputs: SavingsInputs,
    /// Pages not printed.
    pub pages: i64,
    /// What they would have cost, in grosze.
    pub printing_grosze: i64,
    /// What the devices cost, in grosze.
    pub devices_grosze: i64,
    /// The difference; below zero when devices cost more.
    pub saved_grosze: i64,
}

impl From<Inputs> for DeviceSavings {
    fn from(inputs: Inputs) -> Self {
        let out = inputs.savings();
        Self {
            pages: out.pages,
            printing_grosze: out.printing,
            devices_grosze: out.devices,
            saved_grosze: out.whole(),
            inputs: inputs.into(),
        }
    }
}

/// Copies of the reports for the auditor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FrozenReports {
    /// The newest first, at most 200.
    pub items: Vec<FrozenReport>,
}

/// A copy of every report that stays as it was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FrozenReport {
    /// Id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// By whom.
    pub made_by: String,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Its size.
    pub size_bytes: i64,
    /// The file.
    pub file: String,
}

impl From<Frozen> for FrozenReport {
    fn from(one: Frozen) -> Self {
        Self {
            id: one.id.0,
            sha256: one.workbook.hash(),
            file: format!("/api/v1/devices/reports/frozen/{}", one.id),
            number: one.number,
            made_at: one.made_at,
            made_by: one.made_by,
            size_bytes: one.workbook.size_bytes,
        }
    }
}

/// Who looked at what is protected.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProtectedLooks {
    /// The newest first.
    pub items: Vec<ProtectedLook>,
}

/// A look at something protected.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProtectedLook {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who; empty for nobody that is there any more.
    pub who: String,
    /// The word of the audit: `viewed_sim_secrets`, `viewed_person`, `viewed_programmes` and others that begin so.
    pub what: String,
    /// Number of the device or agreement, name of the person; empty for the whole register.
    pub subject: String,
}

/// Get what is saved by not printing
#[utoipa::path(
    get, path = "/api/v1/devices/reports/savings", tag = "devices", operation_id = "getDeviceSavings",
    responses((status = 200, description = "The savings", body = DeviceSavings))
)]
pub async fn savings(State(app): State<App>, bearer: Bearer) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let inputs = savings::inputs(&mut call.tx, &proof).await?;
    Ok(Json(DeviceSavings::from(inputs)).into_response())
}

/// Change the inputs of the savings
#[utoipa::path(
    put, path = "/api/v1/devices/reports/savings", tag = "devices", operation_id = "putDeviceSavings",
    request_body = SavingsInputs, responses((status = 200, description = "The savings", body = DeviceSavings))
)]
pub async fn reckon(State(app): State<App>, bearer: Bearer, given: Given<SavingsInputs>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let inputs = Inputs::from(given.value);
    savings::remember(&mut call.tx, &proof, &inputs).await?;
    call.done(&DeviceSavings::from(inputs)).await
}

/// List frozen reports
#[utoipa::path(
    get, path = "/api/v1/devices/reports/frozen", tag = "devices", operation_id = "listFrozenReports",
    responses((status = 200, description = "Frozen reports", body = FrozenReports))
)]
pub async fn all(State(app): State<App>, bearer: Bearer) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let items = frozen::all(&mut call.tx, &proof).await?.into_iter().map(FrozenReport::from).collect();
    Ok(Json(FrozenReports { items }).into_response())
}

/// Freeze the reports for the auditor
///
/// One workbook with every report as it is now, in the language of the person; programmes have their neutral names in it.
#[utoipa::path(
    post, path = "/api/v1/devices/reports/frozen", tag = "devices", operation_id = "freezeReports",
    responses((status = 201, description = "The frozen report", body = FrozenReport))
)]
pub async fn freeze(State(app): State<App>, bearer: Bearer) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    if let Some(answer) = call.again(&[]).await? {
        return Ok(answer);
    }
    let language = language(&call);
    let id = files::freeze(&mut call.tx, &proof, &call.me, &app, language).await?;
    let made = frozen::all(&mut call.tx, &proof).await?.into_iter().find(|one| one.id == id);
    let made = FrozenReport::from(made.ok_or(devices::Error::NotFound)?);
    call.created(made.file.clone(), &made).await
}

/// Get a frozen report
#[utoipa::path(
    get, path = "/api/v1/devices/reports/frozen/{frozen}", tag = "devices", operation_id = "getFrozenReport",
    params(("frozen" = Uuid, Path)),
    responses((status = 200, description = "The workbook", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<FrozenId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    Ok(files::file(&mut call.tx, &proof, &app, id).await?)
}

/// List looks at what is protected
///
/// For administrators of the organisation.
#[utoipa::path(
    get, path = "/api/v1/devices/reports/views", tag = "devices", operation_id = "listProtectedLooks",
    responses((status = 200, description = "Looks", body = ProtectedLooks))
)]
pub async fn looks(State(app): State<App>, bearer: Bearer) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::people_admin).await?;
    let look =
        privacy::looks(&mut call.tx, &proof, MOST_LOOKS).await?.into_iter().map(|look| ProtectedLook {
            at: look.at,
            who: look.who,
            what: look.viewed.word().to_owned(),
            subject: look.subject,
        });
    Ok(Json(ProtectedLooks { items: look.collect() }).into_response())
}
