//! The register of devices, for those who keep it and those who may read it.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use devices::loans::take_back;
use devices::register::find::{self, Filter, Shown};
use devices::register::{AssetKind, NewAsset, asset, history};
use devices::{AssetId, Error, LotId, ModelId, PlaceId, ProgrammeId};
use identity::{OrgUnitId, Problem as Rule, SignedIn};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::{Given, Sought, read_optional_day};
use crate::api::refusal::{Answer, Refusal};
use crate::request::At;
use crate::state::App;

/// Most devices of a page.
const PAGE: usize = 50;

/// A device in the register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Device {
    /// Id.
    pub id: Uuid,
    /// Number in the books.
    pub inventory_no: String,
    /// The maker's number.
    pub serial: Option<String>,
    /// `laptop`, `tablet`, `phone`, `printer`, `sim_card`, `kit` or `accessory`.
    pub kind: String,
    /// Name of the maker.
    pub maker: String,
    /// Its model.
    pub model_id: Uuid,
    /// Name of the model.
    pub model: String,
    /// `in_stock`, `quarantine`, `in_repair`, `missing`, `stolen`, `scrapped`, `donated` or `written_off`.
    pub state: String,
    /// Whether somebody has it on loan.
    pub lent: bool,
    /// Whether it must be wiped before it is lent again.
    pub to_wipe: bool,
    /// Where it belongs.
    pub place: Option<String>,
    /// The unit that owns it.
    pub owner_unit: Option<String>,
    /// The neutral name of its programme.
    pub programme: Option<String>,
}

impl From<asset::Asset> for Device {
    fn from(asset: asset::Asset) -> Self {
        Self {
            id: asset.id.0,
            inventory_no: asset.inventory_no,
            serial: asset.serial,
            kind: asset.kind.word().to_owned(),
            maker: asset.maker,
            model_id: asset.model_id.0,
            model: asset.model,
            state: asset.state.word().to_owned(),
            lent: asset.holder.is_some(),
            to_wipe: asset.to_wipe,
            place: asset.place,
            owner_unit: asset.owner_unit,
            programme: asset.programme,
        }
    }
}

/// A device with the revision that a change names.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceWithRevision {
    /// The device.
    #[serde(flatten)]
    pub device: Device,
    /// One higher with every change.
    pub revision: i32,
}

/// Devices in the order of their numbers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Devices {
    /// At most 50.
    pub items: Vec<Device>,
    /// What to give as `after` for the next ones; null at the end.
    pub next: Option<String>,
}

/// Which devices.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SoughtDevices {
    /// Parts of numbers, makers, models, telephone numbers; every word must fit.
    pub q: Option<String>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only in this state, or `lent`.
    pub state: Option<String>,
    /// Only after this one: the `next` of the page before.
    pub after: Option<String>,
}

/// What is written of a device.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceFields {
    /// Its model.
    pub model: Uuid,
    /// Number in the books; unique by its letters and digits.
    #[schema(max_length = 60)]
    pub inventory_no: String,
    /// The maker's number; unique for the maker by its letters and digits.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub serial: String,
    /// The unit that owns it.
    #[serde(default)]
    pub owner_unit: Option<Uuid>,
    /// Who answers for it.
    #[serde(default)]
    pub custodian: Option<Uuid>,
    /// Where it belongs.
    #[serde(default)]
    pub place: Option<Uuid>,
    /// The purchase that it came with.
    #[serde(default)]
    pub lot: Option<Uuid>,
    /// The programme that says who may have it.
    #[serde(default)]
    pub programme: Option<Uuid>,
    /// Telephone number; SIM cards only.
    #[serde(default)]
    #[schema(max_length = 30)]
    pub phone_no: String,
    /// Data plan; SIM cards only.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub plan: String,
    /// Last day of the plan (`2026-12-31`); SIM cards only.
    #[serde(default)]
    pub plan_until: Option<String>,
    /// Id at the management of devices.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub mdm_id: String,
    /// Anything else.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: String,
}

impl DeviceFields {
    fn asset(self) -> Result<NewAsset, Refusal> {
        Ok(NewAsset {
            model: Some(ModelId(self.model)),
            inventory_no: self.inventory_no,
            serial: self.serial,
            owner_unit: self.owner_unit.map(OrgUnitId),
            custodian: self.custodian.map(base::PersonId),
            place: self.place.map(PlaceId),
            lot: self.lot.map(LotId),
            programme: self.programme.map(ProgrammeId),
            phone_no: self.phone_no,
            plan: self.plan,
            plan_until: read_optional_day("plan_until", self.plan_until.as_deref())?,
            mdm_id: self.mdm_id,
            note: self.note,
        })
    }
}

/// A change of a device: every field, and the revision that it began from.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceChange {
    /// The revision that was changed. When it is no longer the present one, nothing is written (409).
    pub revision: i32,
    /// What is written of it from now on.
    pub device: DeviceFields,
}

/// What was done to the data of a device.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWipe {
    /// How they were wiped.
    #[schema(max_length = 200)]
    pub how: String,
}

/// The chain of custody of a device.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Custody {
    /// Whether every seal follows from its line and the line before.
    pub intact: bool,
    /// How many lines there are.
    pub length: i64,
    /// The latest 200 lines, the newest first.
    pub events: Vec<CustodyEvent>,
}

/// A line of the chain.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustodyEvent {
    /// From 1.
    pub number: i32,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What happened: `registered`, `handed_over`, `returned`, `state_changed` …
    pub kind: String,
    /// Who did it.
    pub person: Option<String>,
    /// What else is told.
    #[schema(value_type = Object)]
    pub detail: Value,
}

async fn with_revision(call: &mut Call, id: AssetId) -> Result<DeviceWithRevision, Refusal> {
    let proof = call.me.devices_reader()?;
    let found = asset::one(&mut call.tx, &proof, id).await?;
    let details = history::details(&mut call.tx, &proof, None, id).await?;
    Ok(DeviceWithRevision { device: found.into(), revision: details.revision })
}

/// List devices
///
/// In the order of their numbers. For those who keep the register and for administrators of the organisation.
#[utoipa::path(
    get, path = "/api/v1/devices", tag = "devices", operation_id = "listDevices", params(SoughtDevices),
    responses((status = 200, description = "Devices", body = Devices))
)]
pub async fn list(State(app): State<App>, bearer: Bearer, Sought(sought): Sought<SoughtDevices>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let unknown = |field: &str| Refusal::field(field, Rule::Unknown);
    let kind =
        sought.kind.map(|word| AssetKind::from_word(&word).ok_or_else(|| unknown("kind"))).transpose()?;
    let state =
        sought.state.map(|word| Shown::from_word(&word).ok_or_else(|| unknown("state"))).transpose()?;
    let filter = Filter {
        text: sought.q.unwrap_or_default().chars().take(200).collect(),
        kind,
        state,
        after: sought.after.unwrap_or_default(),
        ..Filter::default()
    };
    let most = i32::try_from(PAGE + 1).unwrap_or(i32::MAX);
    let mut found = find::list(&mut call.tx, &proof, &filter, most).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|last| last.inventory_key.clone());
    Ok(Json(Devices { items: found.into_iter().map(Device::from).collect(), next }).into_response())
}

/// Get a device
#[utoipa::path(
    get, path = "/api/v1/devices/{device}", tag = "devices", operation_id = "getDevice", params(("device" = Uuid, Path)),
    responses((status = 200, description = "The device", body = DeviceWithRevision))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<AssetId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    Ok(Json(with_revision(&mut call, id).await?).into_response())
}

/// Put a device on the books
#[utoipa::path(
    post, path = "/api/v1/devices", tag = "devices", operation_id = "createDevice", request_body = DeviceFields,
    responses((status = 201, description = "The device", body = DeviceWithRevision))
)]
pub async fn create(State(app): State<App>, bearer: Bearer, given: Given<DeviceFields>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let id = asset::register(&mut call.tx, &proof, &given.value.asset()?).await?;
    let made = with_revision(&mut call, id).await?;
    call.created(format!("/api/v1/devices/{id}"), &made).await
}

/// Change a device
///
/// Only when nobody saved it since the revision given; else 409 with the present revision, and nothing is written.
#[utoipa::path(
    put, path = "/api/v1/devices/{device}", tag = "devices", operation_id = "changeDevice",
    params(("device" = Uuid, Path)), request_body = DeviceChange,
    responses((status = 200, description = "The device", body = DeviceWithRevision))
)]
pub async fn change(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<AssetId>,
    given: Given<DeviceChange>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let DeviceChange { revision, device } = given.value;
    asset::change(&mut call.tx, &proof, id, revision, &device.asset()?).await?;
    let changed = with_revision(&mut call, id).await?;
    call.done(&changed).await
}

/// Get a device's chain of custody
#[utoipa::path(
    get, path = "/api/v1/devices/{device}/custody", tag = "devices", operation_id = "getCustody",
    params(("device" = Uuid, Path)), responses((status = 200, description = "The chain", body = Custody))
)]
pub async fn custody(State(app): State<App>, bearer: Bearer, At(id): At<AssetId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    asset::one(&mut call.tx, &proof, id).await?;
    let chain = history::chain(&mut call.tx, &proof, id).await?;
    let events = chain.events.into_iter().map(|event| CustodyEvent {
        number: event.number,
        at: event.at,
        kind: event.kind.word().to_owned(),
        person: event.person,
        detail: event.detail,
    });
    let body = Custody { intact: chain.intact, length: chain.length, events: events.collect() };
    Ok(Json(body).into_response())
}

/// Record that the data of a device were wiped
///
/// From then on it may be handed out again. Refused with `wrong-state` when it does not wait to be wiped, and while somebody has it.
#[utoipa::path(
    post, path = "/api/v1/devices/{device}/wipes", tag = "devices", operation_id = "recordWipe",
    params(("device" = Uuid, Path)), request_body = NewWipe,
    responses((status = 200, description = "The device", body = DeviceWithRevision))
)]
pub async fn wipe(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<AssetId>,
    given: Given<NewWipe>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let found = asset::one(&mut call.tx, &proof.reader(), id).await?;
    match take_back::wipe(&mut call.tx, &proof, &found.inventory_no, &given.value.how).await {
        // The device is there: it is nothing to wipe that is not found.
        Err(Error::NotFound) => return Err(Refusal::WrongState),
        wiped => wiped?,
    };
    let now = with_revision(&mut call, id).await?;
    call.done(&now).await
}
