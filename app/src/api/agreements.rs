//! Agreements of loans, for those who keep the register and those who may read it. A text that says the real name of a
//! protected programme is told to the former alone, and the look is written down.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use base::PersonId;
use base::id::hexadecimal;
use devices::AgreementId;
use devices::loans::agreement::{self, Agreement, Item};
use devices::loans::list::{self, AgreementLine};
use devices::loans::party::Party;
use devices::privacy::{self, Viewed};
use identity::SignedIn;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::Sought;
use crate::api::list::Page;
use crate::api::loans::kept;
use crate::api::refusal::Answer;
use crate::request::At;
use crate::state::App;

/// Most agreements that are listed.
const MOST: i64 = 500;

/// An agreement in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoanAgreement {
    /// Id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// With whom; null once the data were removed.
    pub who: Option<String>,
    /// When it was drawn up.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was signed; null for a draft.
    #[serde(with = "time::serde::rfc3339::option")]
    pub signed_at: Option<OffsetDateTime>,
    /// How many devices stand in it.
    pub devices: i64,
    /// How many of them were not collected.
    pub waiting: i64,
}

impl From<AgreementLine> for LoanAgreement {
    fn from(line: AgreementLine) -> Self {
        Self {
            id: line.id.0,
            number: line.number,
            who: kept(line.who),
            created_at: line.created_at,
            signed_at: line.signed_at,
            devices: line.devices,
            waiting: line.waiting,
        }
    }
}

/// An agreement with its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoanAgreementInFull {
    /// Id.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// `loan`, `donation` or `entrusted`.
    pub kind: String,
    /// The programme that gives the devices.
    pub programme_id: Option<Uuid>,
    /// Its neutral name.
    pub programme: Option<String>,
    /// When it was drawn up.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was signed; null for a draft.
    #[serde(with = "time::serde::rfc3339::option")]
    pub signed_at: Option<OffsetDateTime>,
    /// `paper`, `external` or `screen`.
    pub signed_by: Option<String>,
    /// For what the devices may be used. Null together with `text`.
    pub purpose: Option<String>,
    /// The text: as it was signed, or as it would stand now. Null for those who may not read it (it says the real name of a
    /// protected programme), and once the data were removed.
    pub text: Option<String>,
    /// SHA-256 of the signed text in UTF-8, in hexadecimal digits; null for a draft and without a text.
    pub text_sha256: Option<String>,
    /// Name of the wording that was signed; empty for a draft.
    pub template: String,
    /// Its version.
    pub template_version: Option<i32>,
    /// Who takes part.
    pub parties: Vec<AgreementParty>,
    /// Its devices.
    pub loans: Vec<AgreementLoan>,
}

/// Somebody who takes part in an agreement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgreementParty {
    /// `beneficiary`, `signatory`, `contact` or `payer`.
    pub role: String,
    /// The person, when they are in the register of people.
    pub person_id: Option<Uuid>,
    /// Their name; null once the data were removed.
    pub name: Option<String>,
}

impl From<Party> for AgreementParty {
    fn from(party: Party) -> Self {
        Self {
            role: party.role.word().to_owned(),
            person_id: party.person.map(|id| id.0),
            name: kept(party.name),
        }
    }
}

/// A device of an agreement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgreementLoan {
    /// The loan.
    pub loan_id: Uuid,
    /// The device.
    pub device_id: Uuid,
    /// Its number in the books.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// The last day (`2026-12-31`); null without end.
    pub due_on: Option<String>,
    /// When it was handed over; null while it waits.
    #[serde(with = "time::serde::rfc3339::option")]
    pub handed_over_at: Option<OffsetDateTime>,
    /// When it came back.
    #[serde(with = "time::serde::rfc3339::option")]
    pub returned_at: Option<OffsetDateTime>,
}

impl From<Item> for AgreementLoan {
    fn from(item: Item) -> Self {
        Self {
            loan_id: item.loan.0,
            device_id: item.asset.0,
            inventory_no: item.inventory_no,
            model: item.model,
            due_on: item.due_on.map(|day| day.to_string()),
            handed_over_at: item.handed_over_at,
            returned_at: item.returned_at,
        }
    }
}

impl LoanAgreementInFull {
    /// `told`: the one who asks may read the text.
    fn of(agreement: Agreement, told: bool) -> Self {
        let text = kept(agreement.terms).filter(|_| told);
        let signed = agreement.signed.as_ref();
        let sha256 = text.as_ref().filter(|_| signed.is_some());
        Self {
            id: agreement.id.0,
            number: agreement.number,
            kind: agreement.kind.word().to_owned(),
            programme_id: agreement.programme.as_ref().map(|(id, _)| id.0),
            programme: agreement.programme.map(|(_, name)| name),
            created_at: agreement.created_at,
            signed_at: signed.map(|signed| signed.at),
            signed_by: signed.map(|signed| signed.by.word().to_owned()),
            purpose: kept(agreement.purpose).filter(|_| told),
            text_sha256: sha256.map(|text| hexadecimal(&Sha256::digest(text.as_bytes()))),
            text,
            template: agreement.template.0,
            template_version: agreement.template.1,
            parties: agreement.parties.into_iter().map(AgreementParty::from).collect(),
            loans: agreement.items.into_iter().map(AgreementLoan::from).collect(),
        }
    }
}

/// Which agreements.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SoughtAgreements {
    /// Part of the number or of a name.
    pub q: Option<String>,
    /// Only those in which this person takes part.
    pub person: Option<Uuid>,
    /// Page, from 1.
    #[param(minimum = 1, default = 1)]
    pub page: Option<u32>,
}

/// List agreements
///
/// The newest first; at most 500 of them are listed.
#[utoipa::path(
    get, path = "/api/v1/devices/agreements", tag = "devices", operation_id = "listLoanAgreements", params(SoughtAgreements),
    responses((status = 200, description = "A page of agreements", body = Page<LoanAgreement>))
)]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    Sought(sought): Sought<SoughtAgreements>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let text: String = sought.q.unwrap_or_default().chars().take(100).collect();
    let all = list::agreements(&mut call.tx, &proof, &text, sought.person.map(PersonId), MOST).await?;
    Ok(Page::cut(all.into_iter().map(LoanAgreement::from), sought.page).answer(&uri))
}

/// Get an agreement
#[utoipa::path(
    get, path = "/api/v1/devices/agreements/{agreement}", tag = "devices", operation_id = "getLoanAgreement",
    params(("agreement" = Uuid, Path)),
    responses((status = 200, description = "The agreement", body = LoanAgreementInFull))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<AgreementId>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let agreement = agreement::one(&mut call.tx, &proof, id).await?;
    let clerk = call.me.device_clerk().is_ok();
    if agreement.tells && clerk {
        privacy::record(&mut call.tx, Viewed::AgreementProgramme, id.0).await?;
    }
    call.tx.commit().await?;
    let told = clerk || !agreement.tells;
    Ok(Json(LoanAgreementInFull::of(agreement, told)).into_response())
}
