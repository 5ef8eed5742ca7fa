//! Purchases, and the programmes that pay for devices. For those who keep the register and those who may read it. A programme has its
//! neutral name here, for everybody.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use devices::register::purchase::{self, ListedLot, Lot, Programme};
use devices::{Error, LotId, ProgrammeId};
use identity::{Problem as Rule, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::{Given, Sought, read_optional_day};
use crate::api::list::{Page, Paged};
use crate::api::refusal::{Answer, Refusal};
use crate::request::At;
use crate::state::App;

/// A purchase: one invoice, one price, one warranty.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PurchaseLot {
    /// Id; what `lot` of a device names.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Number of the invoice; empty when none is known.
    pub invoice_no: String,
    /// Day of the purchase (`2026-12-31`).
    pub bought_on: Option<String>,
    /// Price of one device.
    pub unit_price_grosze: Option<i64>,
    /// Last day of the warranty.
    pub warranty_until: Option<String>,
    /// Last day of the insurance.
    pub insured_until: Option<String>,
    /// Who paid; none, or together 1000 ‰.
    pub shares: Vec<LotShare>,
    /// How many devices came with it.
    pub devices: i64,
}

/// What a programme paid of a purchase.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LotShare {
    /// The programme.
    pub programme_id: Uuid,
    /// Its part in thousandths.
    pub per_mille: i16,
}

impl From<ListedLot> for PurchaseLot {
    fn from(listed: ListedLot) -> Self {
        let lot = listed.lot;
        let share = |(id, per_mille): (ProgrammeId, i16)| LotShare { programme_id: id.0, per_mille };
        Self {
            id: listed.id.0,
            name: lot.name,
            invoice_no: lot.invoice_no,
            bought_on: lot.bought_on.map(|day| day.to_string()),
            unit_price_grosze: lot.unit_price_grosze,
            warranty_until: lot.warranty_until.map(|day| day.to_string()),
            insured_until: lot.insured_until.map(|day| day.to_string()),
            shares: lot.shares.into_iter().map(share).collect(),
            devices: listed.assets,
        }
    }
}

/// A purchase to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPurchaseLot {
    /// Its name; unique in the organisation.
    #[schema(max_length = 200)]
    pub name: String,
    /// Number of the invoice.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub invoice_no: String,
    /// Day of the purchase (`2026-12-31`).
    #[serde(default)]
    pub bought_on: Option<String>,
    /// Price of one device.
    #[serde(default)]
    pub unit_price_grosze: Option<i64>,
    /// Last day of the warranty.
    #[serde(default)]
    pub warranty_until: Option<String>,
    /// Insurer.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub insurer: String,
    /// Number of the policy.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub policy_no: String,
    /// Last day of the insurance.
    #[serde(default)]
    pub insured_until: Option<String>,
    /// Who paid: none, or together 1000 ‰; each programme once.
    #[serde(default)]
    pub shares: Vec<LotShare>,
}

impl NewPurchaseLot {
    fn lot(self) -> Result<Lot, Refusal> {
        let programmes: BTreeSet<Uuid> = self.shares.iter().map(|share| share.programme_id).collect();
        if programmes.len() < self.shares.len() {
            return Err(Refusal::field("shares", Rule::Taken));
        }
        Ok(Lot {
            name: self.name,
            invoice_no: self.invoice_no,
            bought_on: read_optional_day("bought_on", self.bought_on.as_deref())?,
            unit_price_grosze: self.unit_price_grosze,
            warranty_until: read_optional_day("warranty_until", self.warranty_until.as_deref())?,
            insurer: self.insurer,
            policy_no: self.policy_no,
            insured_until: read_optional_day("insured_until", self.insured_until.as_deref())?,
            shares: self.shares.iter().map(|one| (ProgrammeId(one.programme_id), one.per_mille)).collect(),
        })
    }
}

/// A programme that pays for devices and says who may have them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceProgramme {
    /// Id; what `programme` of a device or loan names.
    pub id: Uuid,
    /// Its neutral name; those that share one are numbered. The real name of a protected programme is not told here.
    pub name: String,
}

/// A programme to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeviceProgramme {
    /// Its real name; unique in the organisation.
    #[schema(max_length = 200)]
    pub name: String,
    /// What is shown where the real name would tell too much; the name itself when it is empty. A protected programme needs one.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub neutral_name: String,
    /// Whether it is protected: its name tells something of a family.
    #[serde(default)]
    pub sensitive: bool,
    /// Whether its agreements say the real name.
    #[serde(default)]
    pub named_in_agreements: bool,
    /// Whether its devices are given for good and not lent.
    #[serde(default)]
    pub donation: bool,
    /// Until when the devices must serve the programme (`2029-12-31`).
    #[serde(default)]
    pub durable_until: Option<String>,
}

impl NewDeviceProgramme {
    fn programme(self) -> Result<Programme, Refusal> {
        Ok(Programme {
            name: self.name,
            neutral_name: self.neutral_name,
            sensitive: self.sensitive,
            named_in_agreements: self.named_in_agreements,
            donation: self.donation,
            durable_until: read_optional_day("durable_until", self.durable_until.as_deref())?,
        })
    }
}

async fn lot(call: &mut Call, id: LotId) -> Result<PurchaseLot, Refusal> {
    let proof = call.me.devices_reader()?;
    let all = purchase::lots(&mut call.tx, &proof).await?;
    let found = all.into_iter().find(|lot| lot.id == id).ok_or(Error::NotFound)?;
    Ok(found.into())
}

async fn programme(call: &mut Call, id: ProgrammeId) -> Result<DeviceProgramme, Refusal> {
    let proof = call.me.devices_reader()?;
    let all = purchase::programmes(&mut call.tx, &proof).await?;
    let found = all.into_iter().find(|programme| programme.id == id).ok_or(Error::NotFound)?;
    Ok(DeviceProgramme { id: found.id.0, name: found.name })
}

/// List purchases
///
/// The latest first.
#[utoipa::path(
    get, path = "/api/v1/devices/lots", tag = "devices", operation_id = "listPurchaseLots", params(Paged),
    responses((status = 200, description = "A page of purchases", body = Page<PurchaseLot>))
)]
pub async fn lots(State(app): State<App>, bearer: Bearer, uri: Uri, Sought(paged): Sought<Paged>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let all = purchase::lots(&mut call.tx, &proof).await?;
    Ok(Page::cut(all.into_iter().map(PurchaseLot::from), paged.page).answer(&uri))
}

/// Get a purchase
#[utoipa::path(
    get, path = "/api/v1/devices/lots/{lot}", tag = "devices", operation_id = "getPurchaseLot",
    params(("lot" = Uuid, Path)), responses((status = 200, description = "The purchase", body = PurchaseLot))
)]
pub async fn one_lot(State(app): State<App>, bearer: Bearer, At(id): At<LotId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    Ok(Json(lot(&mut call, id).await?).into_response())
}

/// Create a purchase
#[utoipa::path(
    post, path = "/api/v1/devices/lots", tag = "devices", operation_id = "createPurchaseLot",
    request_body = NewPurchaseLot, responses((status = 201, description = "The purchase", body = PurchaseLot))
)]
pub async fn create_lot(State(app): State<App>, bearer: Bearer, given: Given<NewPurchaseLot>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let id = match purchase::save_lot(&mut call.tx, &proof, None, &given.value.lot()?).await {
        Err(Error::Invalid(problems)) if problems.iter().any(|one| one.field == "programme") => {
            return Err(Refusal::field("shares", Rule::Unknown));
        }
        saved => saved?,
    };
    let made = lot(&mut call, id).await?;
    call.created(format!("/api/v1/devices/lots/{id}"), &made).await
}

/// List programmes
///
/// Under the names that everybody may read. The real name of a protected one stands in the report of programmes, for those
/// who keep the register and with the look written down.
#[utoipa::path(
    get, path = "/api/v1/devices/programmes", tag = "devices", operation_id = "listDeviceProgrammes", params(Paged),
    responses((status = 200, description = "A page of programmes", body = Page<DeviceProgramme>))
)]
pub async fn programmes(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let all = purchase::programmes(&mut call.tx, &proof).await?;
    let programme = all.into_iter().map(|one| DeviceProgramme { id: one.id.0, name: one.name });
    Ok(Page::cut(programme, paged.page).answer(&uri))
}

/// Get a programme
///
/// Under the name that everybody may read.
#[utoipa::path(
    get, path = "/api/v1/devices/programmes/{programme}", tag = "devices", operation_id = "getDeviceProgramme",
    params(("programme" = Uuid, Path)), responses((status = 200, description = "The programme", body = DeviceProgramme))
)]
pub async fn one_programme(State(app): State<App>, bearer: Bearer, At(id): At<ProgrammeId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    Ok(Json(programme(&mut call, id).await?).into_response())
}

/// Create a programme
///
/// It is answered under the name that everybody may read.
#[utoipa::path(
    post, path = "/api/v1/devices/programmes", tag = "devices", operation_id = "createDeviceProgramme",
    request_body = NewDeviceProgramme, responses((status = 201, description = "The programme", body = DeviceProgramme))
)]
pub async fn create_programme(
    State(app): State<App>,
    bearer: Bearer,
    given: Given<NewDeviceProgramme>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let id = purchase::save_programme(&mut call.tx, &proof, None, &given.value.programme()?).await?;
    let made = programme(&mut call, id).await?;
    call.created(format!("/api/v1/devices/programmes/{id}"), &made).await
}
