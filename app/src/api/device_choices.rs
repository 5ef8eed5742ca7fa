//! What devices are chosen from: models and places. For those who keep the register and those who may read it.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use devices::register::AssetKind;
use devices::register::catalogue::{self, Model, NewModel, Place};
use devices::{ModelId, PlaceId};
use identity::{Problem as Rule, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::{Given, Sought};
use crate::api::list::{Page, Paged};
use crate::api::refusal::{Answer, Refusal};
use crate::request::At;
use crate::state::App;

/// A model of a maker.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceModel {
    /// Id; what `model` of a new device names.
    pub id: Uuid,
    /// Name of the maker.
    pub maker: String,
    /// `laptop`, `tablet`, `phone`, `printer`, `sim_card`, `kit` or `accessory`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What is looked at when a device goes out and comes back.
    pub checklist: Vec<String>,
    /// What goes along with it.
    pub accessories: Vec<String>,
    /// Whether data stay on it, so that it is wiped before it is lent again.
    pub holds_data: bool,
    /// How many devices there are of it.
    pub devices: i64,
}

impl From<Model> for DeviceModel {
    fn from(model: Model) -> Self {
        Self {
            id: model.id.0,
            maker: model.maker,
            kind: model.kind.word().to_owned(),
            name: model.name,
            checklist: model.checklist,
            accessories: model.accessories,
            holds_data: model.holds_data,
            devices: model.assets,
        }
    }
}

/// A model to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeviceModel {
    /// Name of the maker; one that is not there is made.
    #[schema(max_length = 100)]
    pub maker: String,
    /// `laptop`, `tablet`, `phone`, `printer`, `sim_card`, `kit` or `accessory`.
    pub kind: String,
    /// Its name; unique for the maker.
    #[schema(max_length = 200)]
    pub name: String,
    /// Whether data stay on it, so that it is wiped before it is lent again.
    pub holds_data: bool,
    /// What is looked at when a device goes out and comes back: at most 30 lines of 100 characters.
    #[serde(default)]
    pub checklist: Vec<String>,
    /// What goes along with it: at most 30 lines of 100 characters.
    #[serde(default)]
    pub accessories: Vec<String>,
}

/// Lines as a form gives them: trimmed, none of them empty.
fn lines(field: &str, given: &[String]) -> Result<Vec<String>, Refusal> {
    if given.iter().any(|line| line.contains(char::is_control)) {
        return Err(Refusal::field(field, Rule::Malformed));
    }
    Ok(given.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

impl NewDeviceModel {
    fn model(&self) -> Result<NewModel, Refusal> {
        let kind = AssetKind::from_word(&self.kind).ok_or_else(|| Refusal::field("kind", Rule::Unknown))?;
        Ok(NewModel {
            maker: self.maker.clone(),
            kind: Some(kind),
            name: self.name.clone(),
            checklist: lines("checklist", &self.checklist)?,
            accessories: lines("accessories", &self.accessories)?,
            holds_data: self.holds_data,
        })
    }
}

/// A room, a store, a school building.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DevicePlace {
    /// Id; what `place` of a device names.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// How many devices belong there.
    pub devices: i64,
}

impl From<Place> for DevicePlace {
    fn from(place: Place) -> Self {
        Self { id: place.id.0, name: place.name, devices: place.assets }
    }
}

/// A place to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDevicePlace {
    /// Its name; unique in the organisation.
    #[schema(max_length = 200)]
    pub name: String,
}

async fn model(call: &mut Call, id: ModelId) -> Result<DeviceModel, Refusal> {
    let proof = call.me.devices_reader()?;
    let all = catalogue::models(&mut call.tx, &proof).await?;
    let found = all.into_iter().find(|model| model.id == id).ok_or(devices::Error::NotFound)?;
    Ok(found.into())
}

async fn place(call: &mut Call, id: PlaceId) -> Result<DevicePlace, Refusal> {
    let proof = call.me.devices_reader()?;
    let all = catalogue::places(&mut call.tx, &proof).await?;
    let found = all.into_iter().find(|place| place.id == id).ok_or(devices::Error::NotFound)?;
    Ok(found.into())
}

/// List models
///
/// By maker and name in Polish order.
#[utoipa::path(
    get, path = "/api/v1/devices/models", tag = "devices", operation_id = "listDeviceModels", params(Paged),
    responses((status = 200, description = "A page of models", body = Page<DeviceModel>))
)]
pub async fn models(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let all = catalogue::models(&mut call.tx, &proof).await?;
    Ok(Page::cut(all.into_iter().map(DeviceModel::from), paged.page).answer(&uri))
}

/// Get a model
#[utoipa::path(
    get, path = "/api/v1/devices/models/{model}", tag = "devices", operation_id = "getDeviceModel",
    params(("model" = Uuid, Path)), responses((status = 200, description = "The model", body = DeviceModel))
)]
pub async fn one_model(State(app): State<App>, bearer: Bearer, At(id): At<ModelId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    Ok(Json(model(&mut call, id).await?).into_response())
}

/// Create a model
#[utoipa::path(
    post, path = "/api/v1/devices/models", tag = "devices", operation_id = "createDeviceModel",
    request_body = NewDeviceModel, responses((status = 201, description = "The model", body = DeviceModel))
)]
pub async fn create_model(State(app): State<App>, bearer: Bearer, given: Given<NewDeviceModel>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let id = catalogue::save_model(&mut call.tx, &proof, None, &given.value.model()?).await?;
    let made = model(&mut call, id).await?;
    call.created(format!("/api/v1/devices/models/{id}"), &made).await
}

/// List places
///
/// In Polish order.
#[utoipa::path(
    get, path = "/api/v1/devices/places", tag = "devices", operation_id = "listDevicePlaces", params(Paged),
    responses((status = 200, description = "A page of places", body = Page<DevicePlace>))
)]
pub async fn places(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let all = catalogue::places(&mut call.tx, &proof).await?;
    Ok(Page::cut(all.into_iter().map(DevicePlace::from), paged.page).answer(&uri))
}

/// Get a place
#[utoipa::path(
    get, path = "/api/v1/devices/places/{place}", tag = "devices", operation_id = "getDevicePlace",
    params(("place" = Uuid, Path)), responses((status = 200, description = "The place", body = DevicePlace))
)]
pub async fn one_place(State(app): State<App>, bearer: Bearer, At(id): At<PlaceId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    Ok(Json(place(&mut call, id).await?).into_response())
}

/// Create a place
#[utoipa::path(
    post, path = "/api/v1/devices/places", tag = "devices", operation_id = "createDevicePlace",
    request_body = NewDevicePlace, responses((status = 201, description = "The place", body = DevicePlace))
)]
pub async fn create_place(State(app): State<App>, bearer: Bearer, given: Given<NewDevicePlace>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let id = catalogue::save_place(&mut call.tx, &proof, None, &given.value.name).await?;
    let made = place(&mut call, id).await?;
    call.created(format!("/api/v1/devices/places/{id}"), &made).await
}
