//! Stocktakes, for scanners that speak the API.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use devices::StocktakeId;
use devices::stocktake::{self, Heard, Scan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::Given;
use crate::api::refusal::{Answer, Refusal, Wrong};
use crate::request::At;
use crate::state::App;

/// A stocktake and its figures.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StocktakeFigures {
    /// Id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Whether it is closed.
    pub closed: bool,
    /// 1, and one higher with every recount.
    pub round: i16,
    /// Lines of the frozen sheet.
    pub expected: usize,
    /// Seen.
    pub seen: usize,
    /// Confirmed by the borrower's declaration.
    pub declared: usize,
    /// On loan and not confirmed.
    pub unconfirmed: usize,
    /// Neither seen nor on loan.
    pub missing: usize,
    /// Scanned and not on the sheet.
    pub elsewhere: usize,
    /// Labels that nobody knows.
    pub unknown: usize,
}

/// A scan.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StocktakeScan {
    /// What the scanner read.
    #[schema(max_length = 300)]
    pub code: String,
    /// Which of the two counts: 1 or 2.
    pub counter: i16,
}

/// What a scan was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StocktakeHeard {
    /// `found`, `elsewhere`, `again` or `unknown`.
    pub result: String,
    /// The device; null for an unknown label.
    pub device_id: Option<Uuid>,
    /// Its number, or what was read.
    pub code: String,
}

/// Get a stocktake and its figures
#[utoipa::path(
    get, path = "/api/v1/devices/stocktakes/{stocktake}", tag = "devices", operation_id = "getStocktake",
    params(("stocktake" = Uuid, Path)), responses((status = 200, description = "The stocktake", body = StocktakeFigures))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<StocktakeId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = call.me.devices_reader()?;
    let about = stocktake::one(&mut call.tx, &proof, id).await?;
    let tally = stocktake::result(&mut call.tx, &proof, id).await?.tally();
    let body = StocktakeFigures {
        id: id.0,
        number: about.number,
        name: about.name,
        closed: about.closed_at.is_some(),
        round: about.round,
        expected: tally.expected,
        seen: tally.seen,
        declared: tally.declared,
        unconfirmed: tally.unconfirmed,
        missing: tally.missing,
        elsewhere: tally.elsewhere,
        unknown: tally.unknown,
    };
    Ok(Json(body).into_response())
}

/// Count a device
///
/// The same device counts once a round. A label that nobody knows is kept as it was read.
#[utoipa::path(
    post, path = "/api/v1/devices/stocktakes/{stocktake}/scans", tag = "devices", operation_id = "scanStocktake",
    params(("stocktake" = Uuid, Path)), request_body = StocktakeScan,
    responses((status = 200, description = "What it was", body = StocktakeHeard))
)]
pub async fn scan(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<StocktakeId>,
    given: Given<StocktakeScan>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = call.me.device_clerk()?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let scan = Scan { code: given.value.code, counter: given.value.counter };
    let heard = match stocktake::scan(&mut call.tx, &proof, id, &scan).await {
        Err(devices::Error::Ambiguous(_)) => {
            return Err(Refusal::Invalid(vec![Wrong::rule("code", identity::Problem::Taken)]));
        }
        heard => heard?,
    };
    let (result, asset, code) = match heard {
        Heard::Found(asset) => ("found", Some(asset.id.0), asset.inventory_no),
        Heard::Elsewhere(asset) => ("elsewhere", Some(asset.id.0), asset.inventory_no),
        Heard::Again(asset) => ("again", Some(asset.id.0), asset.inventory_no),
        Heard::Unknown(code) => ("unknown", None, code),
    };
    let body = StocktakeHeard { result: result.to_owned(), device_id: asset, code };
    call.done(&body).await
}
