//! SIM cards in devices. What opens a card (PIN, PUK) is never given to programs.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use devices::register::asset;
use devices::register::sim::{self, Placement};
use devices::{AssetId, Error};
use identity::{Problem, SignedIn};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::Given;
use crate::api::refusal::{Answer, Refusal};
use crate::request::At;
use crate::state::App;

/// Where a card is and was, or which cards are and were in a device.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SimPlacements {
    /// The present ones first; at most 100.
    pub items: Vec<SimPlacement>,
}

/// A card in a device, now or once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SimPlacement {
    /// The card.
    pub sim_id: Uuid,
    /// Its number in the books.
    pub sim_no: String,
    /// Its telephone number.
    pub phone_no: Option<String>,
    /// The device.
    pub device_id: Uuid,
    /// Its number in the books.
    pub device_no: String,
    /// The slot, from 1.
    pub slot: i16,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub placed_at: OffsetDateTime,
    /// Until when; null while it is there.
    #[serde(with = "time::serde::rfc3339::option")]
    pub removed_at: Option<OffsetDateTime>,
    /// Who put it in.
    pub placed_by: String,
}

impl From<Placement> for SimPlacement {
    fn from(one: Placement) -> Self {
        Self {
            sim_id: one.sim.0,
            sim_no: one.sim_no,
            phone_no: one.phone_no,
            device_id: one.device.0,
            device_no: one.device_no,
            slot: one.slot,
            placed_at: one.placed_at,
            removed_at: one.removed_at,
            placed_by: one.placed_by,
        }
    }
}

/// A card that goes into a device.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSimPlacement {
    /// The card.
    pub sim: Uuid,
    /// The slot: 1 (the usual one) to 4.
    #[serde(default = "first")]
    #[schema(minimum = 1, maximum = 4)]
    pub slot: i16,
}

fn first() -> i16 {
    1
}

async fn of(call: &mut Call, id: AssetId) -> Result<SimPlacements, Refusal> {
    let proof = call.me.devices_reader()?;
    asset::one(&mut call.tx, &proof, id).await?;
    let all = sim::placements(&mut call.tx, &proof, id).await?;
    Ok(SimPlacements { items: all.into_iter().map(SimPlacement::from).collect() })
}

/// List the SIM cards of a device
///
/// Or the devices of a card: those it is in and those it was in.
#[utoipa::path(
    get, path = "/api/v1/devices/{device}/sims", tag = "devices", operation_id = "listSimPlacements",
    params(("device" = Uuid, Path)), responses((status = 200, description = "Placements", body = SimPlacements))
)]
pub async fn list(State(app): State<App>, bearer: Bearer, At(id): At<AssetId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    Ok(Json(of(&mut call, id).await?).into_response())
}

/// Put a SIM card into a device
///
/// Refused with `wrong-state` when the card is in a device or the slot has a card.
#[utoipa::path(
    post, path = "/api/v1/devices/{device}/sims", tag = "devices", operation_id = "placeSim",
    params(("device" = Uuid, Path)), request_body = NewSimPlacement,
    responses((status = 200, description = "Placements of the device", body = SimPlacements))
)]
pub async fn place(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<AssetId>,
    given: Given<NewSimPlacement>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let NewSimPlacement { sim: card, slot } = given.value;
    asset::one(&mut call.tx, &proof.reader(), id).await?;
    match sim::place(&mut call.tx, &proof, AssetId(card), id, slot).await {
        // The device is there: it is the card that nobody knows.
        Err(Error::NotFound) => return Err(Refusal::field("sim", Problem::Unknown)),
        placed => placed?,
    }
    let now = of(&mut call, id).await?;
    call.done(&now).await
}

/// Take a SIM card out of its device
///
/// `device` is the card. Sent twice, it is out all the same.
#[utoipa::path(
    post, path = "/api/v1/devices/{device}/sims/out", tag = "devices", operation_id = "takeOutSim",
    params(("device" = Uuid, Path)), responses((status = 204, description = "It is in no device"))
)]
pub async fn take_out(State(app): State<App>, bearer: Bearer, At(id): At<AssetId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&[]).await? {
        return Ok(answer);
    }
    asset::one(&mut call.tx, &proof.reader(), id).await?;
    match sim::take_out(&mut call.tx, &proof, id).await {
        Ok(()) | Err(Error::NotFound) => call.done_silently().await,
        Err(error) => Err(error.into()),
    }
}
