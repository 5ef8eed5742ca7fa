//! Stocktakes, for scanners that speak the API.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use devices::StocktakeId;
use devices::stocktake::{self, Heard, Line, Scan};
use identity::SignedIn;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::Given;
use crate::api::refusal::{Answer, Refusal};
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

/// Stocktakes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Stocktakes {
    /// Open ones first, the newest at the top; at most 200.
    pub items: Vec<StocktakeHead>,
}

/// A stocktake in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StocktakeHead {
    /// Id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Name of the place or unit; null for everything.
    pub of: Option<String>,
    /// 1, and one higher with every recount.
    pub round: i16,
    /// When it was opened.
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    /// When it was closed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub closed_at: Option<OffsetDateTime>,
    /// Lines of its sheet.
    pub expected: i64,
    /// Lines that were seen or declared.
    pub found: i64,
}

/// What a stocktake came to, line by line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StocktakeLines {
    /// The frozen sheet, in the order of numbers.
    pub lines: Vec<StocktakeLine>,
    /// What was scanned and is not on the sheet.
    pub strays: Vec<StocktakeStray>,
}

/// A line of the sheet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StocktakeLine {
    /// The device.
    pub device_id: Uuid,
    /// Its number at the opening.
    pub inventory_no: String,
    /// Its serial at the opening.
    pub serial: Option<String>,
    /// Maker and model.
    pub model: String,
    /// Where it should be.
    pub place: Option<String>,
    /// Who had it on loan at the opening.
    pub holder: Option<String>,
    /// `seen`, `declared`, `unconfirmed` (on loan and not declared) or `missing`.
    pub result: String,
}

/// Something that is not on the sheet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StocktakeStray {
    /// The device; null for an unknown label.
    pub device_id: Option<Uuid>,
    /// Its number, or what was read.
    pub code: String,
    /// Where it should be.
    pub place: Option<String>,
    /// When it was scanned.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl From<Line> for StocktakeLine {
    fn from(line: Line) -> Self {
        let nothing = if line.holder.is_some() { "unconfirmed" } else { "missing" };
        Self {
            device_id: line.asset.0,
            inventory_no: line.inventory_no,
            serial: line.serial,
            model: line.model,
            place: line.place,
            holder: line.holder,
            result: line.how.unwrap_or_else(|| nothing.to_owned()),
        }
    }
}

/// List stocktakes
#[utoipa::path(
    get, path = "/api/v1/devices/stocktakes", tag = "devices", operation_id = "listStocktakes",
    responses((status = 200, description = "Stocktakes", body = Stocktakes))
)]
pub async fn list(State(app): State<App>, bearer: Bearer) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let head = stocktake::all(&mut call.tx, &proof).await?.into_iter().map(|one| StocktakeHead {
        id: one.id.0,
        number: one.number,
        name: one.name,
        of: one.of,
        round: one.round,
        opened_at: one.opened_at,
        closed_at: one.closed_at,
        expected: one.expected,
        found: one.found,
    });
    Ok(Json(Stocktakes { items: head.collect() }).into_response())
}

/// Get the lines of a stocktake
///
/// What was found and what was not, as it stands now; of a closed one, as it stood at the closing.
#[utoipa::path(
    get, path = "/api/v1/devices/stocktakes/{stocktake}/lines", tag = "devices", operation_id = "getStocktakeLines",
    params(("stocktake" = Uuid, Path)), responses((status = 200, description = "The lines", body = StocktakeLines))
)]
pub async fn lines(State(app): State<App>, bearer: Bearer, At(id): At<StocktakeId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let counted = stocktake::result(&mut call.tx, &proof, id).await?;
    let stray = counted.strays.into_iter().map(|one| StocktakeStray {
        device_id: one.asset.map(|id| id.0),
        code: one.code,
        place: one.place,
        at: one.at,
    });
    let lines = counted.lines.into_iter().map(StocktakeLine::from).collect();
    Ok(Json(StocktakeLines { lines, strays: stray.collect() }).into_response())
}

/// Get a stocktake and its figures
#[utoipa::path(
    get, path = "/api/v1/devices/stocktakes/{stocktake}", tag = "devices", operation_id = "getStocktake",
    params(("stocktake" = Uuid, Path)), responses((status = 200, description = "The stocktake", body = StocktakeFigures))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<StocktakeId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
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
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let scan = Scan { code: given.value.code, counter: given.value.counter };
    let heard = match stocktake::scan(&mut call.tx, &proof, id, &scan).await {
        Err(devices::Error::Ambiguous(_)) => {
            return Err(Refusal::field("code", identity::Problem::Taken));
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
