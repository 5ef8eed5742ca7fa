//! What was reported of devices, for those who keep the register and those who may read it.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use devices::IncidentId;
use devices::loans::incident::{self, Incident, Told};
use devices::loans::kind::IncidentKind;
use identity::{Problem, SignedIn};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::desk::scanned;
use crate::api::given::{Given, Sought, read_day};
use crate::api::list::Page;
use crate::api::loans::kept;
use crate::api::refusal::{Answer, Refusal};
use crate::request::At;
use crate::state::App;

/// Damage, theft, loss and the like.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceIncident {
    /// Id.
    pub id: Uuid,
    /// The device.
    pub device_id: Uuid,
    /// Its number in the books.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// The loan, when it was on loan.
    pub loan_id: Option<Uuid>,
    /// Who had it; null when nobody had, and once the data were removed.
    pub who: Option<String>,
    /// `damage`, `theft`, `loss`, `claimed_returned`, `third_party_use` or `found`.
    pub kind: String,
    /// When it happened (`2026-11-20`).
    pub happened_on: String,
    /// When it was told.
    #[serde(with = "time::serde::rfc3339")]
    pub told_at: OffsetDateTime,
    /// By whom; null once the data were removed.
    pub told_by: Option<String>,
    /// In their own words; null once the data were removed.
    pub description: Option<String>,
    /// Reference of the police.
    pub police_ref: Option<String>,
    /// Reference of the insurer.
    pub insurer_ref: Option<String>,
    /// The damage.
    pub assessed_grosze: Option<i64>,
    /// How it was settled.
    pub settlement: Option<String>,
    /// When it was closed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub closed_at: Option<OffsetDateTime>,
}

impl From<Incident> for DeviceIncident {
    fn from(one: Incident) -> Self {
        Self {
            id: one.id.0,
            device_id: one.asset.0,
            inventory_no: one.inventory_no,
            model: one.model,
            loan_id: one.loan.map(|id| id.0),
            who: kept(one.who),
            kind: one.kind.word().to_owned(),
            happened_on: one.happened_on.to_string(),
            told_at: one.told_at,
            told_by: kept(one.told_by),
            description: kept(one.description),
            police_ref: kept(one.work.police_ref),
            insurer_ref: kept(one.work.insurer_ref),
            assessed_grosze: one.work.assessed_grosze,
            settlement: kept(one.work.settlement),
            closed_at: one.closed_at,
        }
    }
}

/// Which incidents.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SoughtIncidents {
    /// Only those that are closed, or only those that are not.
    pub closed: Option<bool>,
    /// Page, from 1.
    #[param(minimum = 1, default = 1)]
    pub page: Option<u32>,
}

/// A report of what happened to a device.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeviceIncident {
    /// What the scanner read: the number in the books, the maker's number, or a label.
    #[schema(max_length = 300)]
    pub code: String,
    /// `damage`, `theft`, `loss`, `claimed_returned`, `third_party_use` or `found`.
    pub kind: String,
    /// When it happened (`2026-11-20`).
    pub happened_on: String,
    /// What happened.
    #[schema(max_length = 5000)]
    pub description: String,
}

/// List incidents
///
/// Open ones first, the newest at the top; at most 500 of them are listed.
#[utoipa::path(
    get, path = "/api/v1/devices/incidents", tag = "devices", operation_id = "listDeviceIncidents", params(SoughtIncidents),
    responses((status = 200, description = "A page of incidents", body = Page<DeviceIncident>))
)]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    Sought(sought): Sought<SoughtIncidents>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let mut all = incident::all(&mut call.tx, &proof).await?;
    if let Some(closed) = sought.closed {
        all.retain(|one| one.closed_at.is_some() == closed);
    }
    Ok(Page::cut(all.into_iter().map(DeviceIncident::from), sought.page).answer(&uri))
}

/// Get an incident
#[utoipa::path(
    get, path = "/api/v1/devices/incidents/{incident}", tag = "devices", operation_id = "getDeviceIncident",
    params(("incident" = Uuid, Path)), responses((status = 200, description = "The incident", body = DeviceIncident))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<IncidentId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    Ok(Json(DeviceIncident::from(incident::one(&mut call.tx, &proof, id).await?)).into_response())
}

/// Report what happened to a device
///
/// It is tied to the loan that is open now; a report closes no loan.
#[utoipa::path(
    post, path = "/api/v1/devices/incidents", tag = "devices", operation_id = "reportDeviceIncident",
    request_body = NewDeviceIncident, responses((status = 201, description = "The incident", body = DeviceIncident))
)]
pub async fn report(State(app): State<App>, bearer: Bearer, given: Given<NewDeviceIncident>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let new = given.value;
    let kind = IncidentKind::from_word(&new.kind).ok_or_else(|| Refusal::field("kind", Problem::Unknown))?;
    let told = Told {
        kind,
        happened_on: read_day("happened_on", &new.happened_on)?,
        description: new.description.clone(),
    };
    let id = incident::report(&mut call.tx, &proof, scanned(&new.code)?, &told).await?;
    let made = DeviceIncident::from(incident::one(&mut call.tx, &proof.reader(), id).await?);
    call.created(format!("/api/v1/devices/incidents/{id}"), &made).await
}
