//! One's own devices and the declarations that they are there; and what is overdue, for those who keep the register.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use devices::LoanId;
use devices::loans::{list, mine};
use devices::stocktake::{self, Due, remind};
use identity::SignedIn;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::Given;
use crate::api::refusal::Answer;
use crate::request::At;
use crate::state::App;

/// Devices that one has, had, or signs for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnDevices {
    /// At most 500.
    pub items: Vec<OwnDevice>,
}

/// A device that one has, had, or signs for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnDevice {
    /// The loan.
    pub loan_id: Uuid,
    /// Number in the books.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// For whom it is.
    pub who: String,
    /// When it was handed over.
    #[serde(with = "time::serde::rfc3339::option")]
    pub handed_over_at: Option<OffsetDateTime>,
    /// When it came back, or its loan ended without it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub returned_at: Option<OffsetDateTime>,
    /// The last day (`2026-12-31`).
    pub due_on: Option<String>,
    /// What went along and is not back.
    pub accessories: Vec<String>,
}

impl From<list::Line> for OwnDevice {
    fn from(line: list::Line) -> Self {
        Self {
            loan_id: line.loan.0,
            inventory_no: line.inventory_no,
            model: line.model,
            who: line.who,
            handed_over_at: line.handed_over_at,
            returned_at: line.returned_at,
            due_on: line.due_on.map(|day| day.to_string()),
            accessories: line.accessories,
        }
    }
}

/// "I have it."
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenDeclaration {
    /// Whether it works.
    pub works: bool,
    /// What does not, or anything else; must stand when it does not work.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub note: String,
}

/// Declarations that programmes ask for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DueDeclarations {
    /// Overdue ones, the oldest first; at most 500.
    pub items: Vec<DueDeclaration>,
    /// Those whom no e-mail reminds: a letter on paper is due. At most 500.
    pub on_paper: Vec<DueDeclaration>,
}

/// A declaration that a programme asks for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DueDeclaration {
    /// The loan.
    pub loan_id: Uuid,
    /// Number in the books.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// Who has it.
    pub who: String,
    /// The day on which it is due (`2026-10-25`).
    pub due_on: String,
}

impl From<Due> for DueDeclaration {
    fn from(due: Due) -> Self {
        Self {
            loan_id: due.loan.0,
            inventory_no: due.inventory_no,
            model: due.model,
            who: due.who,
            due_on: due.due_on.to_string(),
        }
    }
}

/// List one's own devices
///
/// Of oneself and of those for whom one speaks today; open loans and those that are over.
#[utoipa::path(
    get, path = "/api/v1/devices/mine", tag = "devices", operation_id = "listOwnDevices",
    responses((status = 200, description = "Devices", body = OwnDevices))
)]
pub async fn own(State(app): State<App>, bearer: Bearer) -> Answer {
    let mut call = bearer.open(&app).await?;
    let items = mine::loans(&mut call.tx).await?.into_iter().map(OwnDevice::from).collect();
    Ok(Json(OwnDevices { items }).into_response())
}

/// Declare that one has a device
///
/// For an open loan of one's own or of one's ward; it also confirms the device for a stocktake under way.
#[utoipa::path(
    post, path = "/api/v1/devices/mine/{loan}/declarations", tag = "devices", operation_id = "declareDevice",
    params(("loan" = Uuid, Path)), request_body = GivenDeclaration,
    responses((status = 204, description = "Recorded"))
)]
pub async fn declare(
    State(app): State<App>,
    bearer: Bearer,
    At(loan): At<LoanId>,
    given: Given<GivenDeclaration>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    stocktake::declare(&mut call.tx, loan, given.value.works, &given.value.note).await?;
    call.done_silently().await
}

/// List declarations that are overdue
///
/// And those for which a letter on paper is due. For those who may read the register.
#[utoipa::path(
    get, path = "/api/v1/devices/declarations", tag = "devices", operation_id = "listDueDeclarations",
    responses((status = 200, description = "Declarations", body = DueDeclarations))
)]
pub async fn due(State(app): State<App>, bearer: Bearer) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let items = stocktake::due(&mut call.tx, &proof).await?.into_iter().map(Into::into).collect();
    let on_paper = remind::on_paper(&mut call.tx, &proof).await?.into_iter().map(Into::into).collect();
    Ok(Json(DueDeclarations { items, on_paper }).into_response())
}

/// Record a borrower's declaration
///
/// One that came on paper or by telephone. For those who keep the register.
#[utoipa::path(
    post, path = "/api/v1/devices/declarations/{loan}", tag = "devices", operation_id = "recordDeclaration",
    params(("loan" = Uuid, Path)), request_body = GivenDeclaration,
    responses((status = 204, description = "Recorded"))
)]
pub async fn record(
    State(app): State<App>,
    bearer: Bearer,
    At(loan): At<LoanId>,
    given: Given<GivenDeclaration>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let GivenDeclaration { works, note } = given.value;
    stocktake::declare_for(&mut call.tx, &proof, loan, works, &note).await?;
    call.done_silently().await
}
