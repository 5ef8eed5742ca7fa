//! Loans, for those who keep the register and those who may read it.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use base::PersonId;
use devices::LoanId;
use devices::loans::due::{self, Rule};
use devices::loans::incident;
use devices::loans::list::{self, Filter, Line, Order, Show};
use devices::loans::loan::{self, Accessory};
use devices::retention::REMOVED;
use identity::{GroupId, Problem, SignedIn};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::Sought;
use crate::api::list::{PAGE, Page, skip};
use crate::api::refusal::{Answer, Refusal};
use crate::request::At;
use crate::state::App;

/// One device in the hands of one person, or prepared for them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Loan {
    /// Id.
    pub id: Uuid,
    /// Its agreement.
    pub agreement_id: Uuid,
    /// Number of the agreement.
    pub agreement_no: String,
    /// The device.
    pub device_id: Uuid,
    /// Its number in the books.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// `primary`, `loaner` or `extra`.
    pub kind: String,
    /// For whom it is; null for an institution, and once the data were removed.
    pub person_id: Option<Uuid>,
    /// Their name, or that of the institution; null once the data were removed.
    pub who: Option<String>,
    /// Their groups or classes.
    pub groups: Vec<String>,
    /// When it was handed over; null while it waits.
    #[serde(with = "time::serde::rfc3339::option")]
    pub handed_over_at: Option<OffsetDateTime>,
    /// When it came back.
    #[serde(with = "time::serde::rfc3339::option")]
    pub returned_at: Option<OffsetDateTime>,
    /// How it ended: `ok`, `items_missing`, `damaged`, `lost`, `bought_out` or `donated`.
    pub outcome: Option<String>,
    /// The last day (`2026-12-31`); null without end.
    pub due_on: Option<String>,
    /// For an open loan after its last day: how many days.
    pub days_overdue: Option<i32>,
    /// What went along and is not back.
    pub accessories: Vec<String>,
    /// Whether the borrower says that it is back.
    pub claimed: bool,
}

/// What was written, unless it was removed when its time had come.
pub(super) fn kept(text: String) -> Option<String> {
    (text != REMOVED && !text.is_empty()).then_some(text)
}

impl From<Line> for Loan {
    fn from(line: Line) -> Self {
        let days_overdue = line.overdue_days();
        Self {
            id: line.loan.0,
            agreement_id: line.agreement.0,
            agreement_no: line.number,
            device_id: line.asset.0,
            inventory_no: line.inventory_no,
            model: line.model,
            kind: line.kind.word().to_owned(),
            person_id: line.person.map(|id| id.0),
            who: kept(line.who),
            groups: line.groups,
            handed_over_at: line.handed_over_at,
            returned_at: line.returned_at,
            outcome: line.outcome.map(|outcome| outcome.word().to_owned()),
            due_on: line.due_on.map(|day| day.to_string()),
            days_overdue,
            accessories: line.accessories,
            claimed: line.claimed,
        }
    }
}

/// A loan with what belongs to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoanInFull {
    /// The loan.
    #[serde(flatten)]
    pub loan: Loan,
    /// Why it is due then: the earliest of these counts.
    pub rules: Vec<LoanRule>,
    /// What went along with it.
    pub along: Vec<LoanAccessory>,
    /// What was reported of it.
    pub incident_ids: Vec<Uuid>,
}

/// A rule of a last day.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct LoanRule {
    /// `fixed`, `event` or `indefinite`.
    pub kind: String,
    /// The day, of an event when it is known.
    pub on: Option<String>,
    /// The event at whose end it is due.
    pub event_id: Option<Uuid>,
    /// Days of notice, without end.
    pub notice_days: Option<i16>,
}

impl From<Rule> for LoanRule {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Fixed(day) => {
                Self { kind: "fixed".to_owned(), on: Some(day.to_string()), ..Self::default() }
            }
            Rule::Event(id, _, day) => Self {
                kind: "event".to_owned(),
                on: day.map(|day| day.to_string()),
                event_id: Some(id.0),
                ..Self::default()
            },
            Rule::Indefinite(days) => {
                Self { kind: "indefinite".to_owned(), notice_days: Some(days), ..Self::default() }
            }
        }
    }
}

/// Something that went along with a device.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoanAccessory {
    /// What it is.
    pub name: String,
    /// When it came back.
    #[serde(with = "time::serde::rfc3339::option")]
    pub returned_at: Option<OffsetDateTime>,
    /// Whether it was settled otherwise: paid for, replaced, forgiven.
    pub settled: bool,
}

impl From<Accessory> for LoanAccessory {
    fn from(one: Accessory) -> Self {
        Self { name: one.name, returned_at: one.returned_at, settled: one.settlement.is_some() }
    }
}

/// Which loans.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SoughtLoans {
    /// `open` (the default), `overdue`, `soon` (within 30 days), `owed` (back, but something that belongs to it is not),
    /// `claimed` (the borrower says that it is back), `waiting` (not collected), `closed` or `all`.
    pub show: Option<String>,
    /// Part of a name, number, serial or model.
    pub q: Option<String>,
    /// `usual` (the default: as the list itself is ordered), `name`, `due` (the earliest last day first) or `due_down`.
    pub order: Option<String>,
    /// Only members of this group.
    pub group: Option<Uuid>,
    /// Only this person's.
    pub person: Option<Uuid>,
    /// Page, from 1.
    #[param(minimum = 1, default = 1)]
    pub page: Option<u32>,
}

/// One loan in full. Errors: not found.
pub(super) async fn in_full(call: &mut Call, id: LoanId) -> Result<LoanInFull, Refusal> {
    let proof = call.me.devices_reader()?;
    let line = list::one(&mut call.tx, &proof, id).await?;
    let rules = due::of(&mut call.tx, &proof, id).await?;
    let along = loan::accessories(&mut call.tx, &proof, id).await?;
    let incidents = incident::of_loan(&mut call.tx, &proof, id).await?;
    Ok(LoanInFull {
        loan: line.into(),
        rules: rules.into_iter().map(LoanRule::from).collect(),
        along: along.into_iter().map(LoanAccessory::from).collect(),
        incident_ids: incidents.into_iter().map(|one| one.id.0).collect(),
    })
}

/// List loans
///
/// As it is asked for; otherwise by name, what is overdue or soon due by its last day, what is closed the latest first.
#[utoipa::path(
    get, path = "/api/v1/devices/loans", tag = "devices", operation_id = "listLoans", params(SoughtLoans),
    responses((status = 200, description = "A page of loans", body = Page<Loan>))
)]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    Sought(sought): Sought<SoughtLoans>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let unknown = || Refusal::field("show", Problem::Unknown);
    let show = sought.show.map(|word| Show::from_word(&word).ok_or_else(unknown)).transpose()?;
    let unordered = || Refusal::field("order", Problem::Unknown);
    let order = sought.order.map(|word| Order::from_word(&word).ok_or_else(unordered)).transpose()?;
    let filter = Filter {
        show: show.unwrap_or_default(),
        order: order.unwrap_or_default(),
        text: sought.q.unwrap_or_default().chars().take(100).collect(),
        group: sought.group.map(GroupId),
        person: sought.person.map(PersonId),
        skip: skip(sought.page),
        take: PAGE,
    };
    let (lines, mut total) = list::loans(&mut call.tx, &proof, &filter).await?;
    if lines.is_empty() && filter.skip > 0 {
        // Some of these lists are counted with the rows that they answer; a page behind the last has none.
        let first = Filter { skip: 0, take: 1, ..filter };
        total = list::loans(&mut call.tx, &proof, &first).await?.1;
    }
    Ok(Page::of(lines.into_iter().map(Loan::from).collect(), sought.page, total).answer(&uri))
}

/// Get a loan
#[utoipa::path(
    get, path = "/api/v1/devices/loans/{loan}", tag = "devices", operation_id = "getLoan",
    params(("loan" = Uuid, Path)), responses((status = 200, description = "The loan", body = LoanInFull))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<LoanId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    Ok(Json(in_full(&mut call, id).await?).into_response())
}
