//! Things that end, and with them every loan that is tied to one: a term, a school year. One edit of the day moves them all.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use devices::DueEventId;
use devices::loans::event::{self, DueEvent, Moved};
use devices::loans::kind::EventKind;
use identity::{Problem, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::{self, Given, Sought, read_optional_day};
use crate::api::list::{Page, Paged};
use crate::api::refusal::{Answer, Refusal};
use crate::request::At;
use crate::state::App;

/// Something that ends.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoanEvent {
    /// Id; what `event` of a hand-out names.
    pub id: Uuid,
    /// `council_term`, `mandate`, `school_year`, `enrolment`, `durability`, `guardianship` or `other`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The last day (`2027-06-30`); null while it is not known.
    pub ends_on: Option<String>,
    /// One higher with every change.
    pub revision: i32,
    /// Loans that are tied to it and not over.
    pub loans: i64,
}

impl From<DueEvent> for LoanEvent {
    fn from(event: DueEvent) -> Self {
        Self {
            id: event.id.0,
            kind: event.kind.word().to_owned(),
            name: event.name,
            ends_on: event.ends_on.map(|day| day.to_string()),
            revision: event.version,
            loans: event.loans,
        }
    }
}

/// An event that was changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangedLoanEvent {
    /// The event as it is now.
    #[serde(flatten)]
    pub event: LoanEvent,
    /// How many loans have another last day now.
    pub moved: usize,
}

/// An event to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLoanEvent {
    /// `council_term`, `mandate`, `school_year`, `enrolment`, `durability`, `guardianship` or `other`.
    pub kind: String,
    /// Its name.
    #[schema(max_length = 200)]
    pub name: String,
    /// The last day (`2027-06-30`); without one it is not known yet.
    #[serde(default)]
    pub ends_on: Option<String>,
}

/// A change of an event.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoanEventChange {
    /// The revision that was changed. When it is no longer the present one, nothing is written (409).
    pub revision: i32,
    /// Its name; the same when it is absent.
    #[serde(default)]
    #[schema(nullable = false, max_length = 200)]
    pub name: Option<String>,
    /// The last day; `null`: it is not known any more. The same when it is absent.
    #[serde(default, deserialize_with = "given::given")]
    #[schema(value_type = Option<String>)]
    pub ends_on: Option<Option<String>>,
}

/// What is asked about.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SoughtMoves {
    /// The last day that the event would have; absent: none that is known.
    pub ends_on: Option<String>,
    /// Page, from 1.
    #[param(minimum = 1, default = 1)]
    pub page: Option<u32>,
}

/// A loan whose last day an edit would move.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoanMove {
    /// The loan.
    pub loan_id: Uuid,
    /// Number of the device in the books.
    pub inventory_no: String,
    /// Who has the device or will have it.
    pub who: String,
    /// The last day now; null without end.
    pub was: Option<String>,
    /// The last day after the edit.
    pub becomes: Option<String>,
}

impl From<Moved> for LoanMove {
    fn from(one: Moved) -> Self {
        Self {
            loan_id: one.loan.0,
            inventory_no: one.inventory_no,
            who: one.who,
            was: one.was.map(|day| day.to_string()),
            becomes: one.becomes.map(|day| day.to_string()),
        }
    }
}

async fn event_of(call: &mut Call, id: DueEventId) -> Result<DueEvent, Refusal> {
    let proof = call.me.devices_reader()?;
    Ok(event::one(&mut call.tx, &proof, id).await?)
}

/// List events
///
/// Those that end first at the top.
#[utoipa::path(
    get, path = "/api/v1/devices/events", tag = "devices", operation_id = "listLoanEvents", params(Paged),
    responses((status = 200, description = "A page of events", body = Page<LoanEvent>))
)]
pub async fn list(State(app): State<App>, bearer: Bearer, uri: Uri, Sought(paged): Sought<Paged>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let all = event::all(&mut call.tx, &proof).await?;
    Ok(Page::cut(all.into_iter().map(LoanEvent::from), paged.page).answer(&uri))
}

/// Get an event
#[utoipa::path(
    get, path = "/api/v1/devices/events/{event}", tag = "devices", operation_id = "getLoanEvent",
    params(("event" = Uuid, Path)), responses((status = 200, description = "The event", body = LoanEvent))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<DueEventId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    Ok(Json(LoanEvent::from(event_of(&mut call, id).await?)).into_response())
}

/// Create an event
#[utoipa::path(
    post, path = "/api/v1/devices/events", tag = "devices", operation_id = "createLoanEvent", request_body = NewLoanEvent,
    responses((status = 201, description = "The event", body = LoanEvent))
)]
pub async fn create(State(app): State<App>, bearer: Bearer, given: Given<NewLoanEvent>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let new = given.value;
    let kind = EventKind::from_word(&new.kind).ok_or_else(|| Refusal::field("kind", Problem::Unknown))?;
    let day = read_optional_day("ends_on", new.ends_on.as_deref())?;
    let id = event::create(&mut call.tx, &proof, kind, &new.name, None, day).await?;
    let made = LoanEvent::from(event_of(&mut call, id).await?);
    call.created(format!("/api/v1/devices/events/{id}"), &made).await
}

/// Ask which loans an edit would move
///
/// Nothing is changed.
#[utoipa::path(
    get, path = "/api/v1/devices/events/{event}/moves", tag = "devices", operation_id = "listLoanMoves",
    params(("event" = Uuid, Path), SoughtMoves),
    responses((status = 200, description = "A page of loans", body = Page<LoanMove>))
)]
pub async fn moves(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<DueEventId>,
    uri: Uri,
    Sought(sought): Sought<SoughtMoves>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = call.me.device_clerk()?.reader();
    event_of(&mut call, id).await?;
    let day = read_optional_day("ends_on", sought.ends_on.as_deref())?;
    let moved = event::moved(&mut call.tx, &proof, id, day).await?;
    Ok(Page::cut(moved.into_iter().map(LoanMove::from), sought.page).answer(&uri))
}

/// Change an event
///
/// Every loan that is tied to it moves with its day. Only when nobody saved it since the revision given; else 409.
#[utoipa::path(
    patch, path = "/api/v1/devices/events/{event}", tag = "devices", operation_id = "changeLoanEvent",
    params(("event" = Uuid, Path)), request_body = LoanEventChange,
    responses((status = 200, description = "The event", body = ChangedLoanEvent))
)]
pub async fn change(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<DueEventId>,
    given: Given<LoanEventChange>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let (now, change) = (event_of(&mut call, id).await?, given.value);
    let name = change.name.unwrap_or(now.name);
    let day = match &change.ends_on {
        None => now.ends_on,
        Some(text) => read_optional_day("ends_on", text.as_deref())?,
    };
    let moved = event::change(&mut call.tx, &proof, id, change.revision, &name, day).await?;
    let event = LoanEvent::from(event_of(&mut call, id).await?);
    call.done(&ChangedLoanEvent { event, moved }).await
}
