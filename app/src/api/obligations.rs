//! What one has to take, and how the people of a course do in it.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use courses::assign::mine::{self, Cycle, Duty};
use courses::assign::why::{By, Reason};
use courses::report::{self, Filter, Row};
use identity::day;
use serde::Serialize;
use time::{Date, OffsetDateTime};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::Sought;
use crate::api::list::{PAGE, Page, Paged, skip};
use crate::api::refusal::Answer;
use crate::api::teaching::teaching;
use crate::request::At;
use crate::state::App;

/// Why a course is asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ObligationReason {
    /// `person`, `group`, `org_unit`, `position` or `everybody`.
    #[schema(example = "position")]
    pub kind: &'static str,
    /// Name of the group, unit or position; empty else.
    pub name: String,
    /// The unit that the person works in.
    pub org_unit_name: Option<String>,
}

impl From<Reason> for ObligationReason {
    fn from(reason: Reason) -> Self {
        let (kind, name) = match reason.by {
            By::Name => ("person", String::new()),
            By::Group(name) => ("group", name),
            By::Unit(name) => ("org_unit", name),
            By::Position(name) => ("position", name),
            By::Organisation => ("everybody", String::new()),
        };
        Self { kind, name, org_unit_name: reason.unit }
    }
}

/// One time of a course that one has or had to take.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ObligationCycle {
    /// Which time, from 1.
    pub cycle: i32,
    /// `open`, `late`, `done`, `expired`, `exempt` or `released`.
    #[schema(example = "open")]
    pub state: &'static str,
    /// When it was assigned; `null`: of one's own will.
    #[serde(with = "time::serde::rfc3339::option")]
    pub assigned_at: Option<OffsetDateTime>,
    /// The last day that counts (`2026-12-31`).
    pub due_on: Option<String>,
    /// Why it is later than the rule says.
    pub extension_reason: Option<String>,
    /// When it was finished.
    #[serde(with = "time::serde::rfc3339::option")]
    pub done_at: Option<OffsetDateTime>,
    /// Number of the version that was finished.
    pub version: Option<i32>,
    /// The last day on which it counts; `null`: for good.
    pub valid_until: Option<String>,
    /// Why the person was exempted.
    pub exempt_reason: Option<String>,
}

impl ObligationCycle {
    fn of(cycle: Cycle, today: Date) -> Self {
        Self {
            cycle: cycle.cycle,
            state: cycle.standing(today).word(),
            assigned_at: cycle.assigned_at,
            due_on: cycle.deadline().map(day::written),
            extension_reason: cycle.extended.map(|(_, reason)| reason),
            done_at: cycle.done.map(|(at, _)| at),
            version: cycle.done.map(|(_, version)| version),
            valid_until: cycle.valid_until.map(day::written),
            exempt_reason: cycle.exempt.map(|(_, reason)| reason),
        }
    }
}

/// A course that one has or had to take.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Obligation {
    /// The course's name in addresses.
    pub course: String,
    /// Its title.
    pub title: String,
    /// Whether one may open it now.
    pub enrolled: bool,
    /// Why it is asked for now; empty when it is not.
    pub reasons: Vec<ObligationReason>,
    /// The newest first.
    pub cycles: Vec<ObligationCycle>,
}

/// Courses that one has or had to take.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnObligations {
    /// What is due first, first.
    pub items: Vec<Obligation>,
}

fn obligation(duty: Duty, today: Date) -> Obligation {
    Obligation {
        course: duty.slug,
        title: duty.title,
        enrolled: duty.enrolled,
        reasons: duty.reasons.into_iter().map(Into::into).collect(),
        cycles: duty.cycles.into_iter().map(|cycle| ObligationCycle::of(cycle, today)).collect(),
    }
}

/// One person's cycle of a course, for those who teach it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CourseObligation {
    /// The taking.
    pub taking: Uuid,
    /// Family name and given name.
    pub name: String,
    /// The unit that they work in.
    pub org_unit_name: Option<String>,
    /// Which time, from 1.
    pub cycle: i32,
    /// `open`, `late`, `done`, `expired` or `exempt`.
    #[schema(example = "late")]
    pub state: &'static str,
    /// When it was assigned (`2026-12-31`); `null`: of their own will.
    pub assigned_on: Option<String>,
    /// The last day that counts.
    pub due_on: Option<String>,
    /// When it was finished.
    pub done_on: Option<String>,
    /// Number of the version that was finished.
    pub version: Option<i32>,
    /// The last day on which it counts; `null`: for good.
    pub valid_until: Option<String>,
    /// Days that it is, or was, late.
    pub late_days: i32,
    /// `passed`, `waiting`, `failed`, `not_taken` or `no_test`.
    #[schema(example = "passed")]
    pub result: &'static str,
    /// The best result of the test, in thousandths.
    pub score_per_mille: Option<u16>,
    /// Attempts that ended.
    pub attempts: i64,
}

impl From<Row> for CourseObligation {
    fn from(row: Row) -> Self {
        Self {
            taking: row.taking.0,
            name: row.name,
            org_unit_name: row.unit,
            cycle: row.cycle,
            state: row.standing.word(),
            assigned_on: row.assigned_on.map(day::written),
            due_on: row.deadline.map(day::written),
            done_on: row.done_on.map(day::written),
            version: row.version,
            valid_until: row.valid_until.map(day::written),
            late_days: row.late_days,
            result: row.outcome.word(),
            score_per_mille: row.score,
            attempts: row.attempts,
        }
    }
}

/// List what one has to take
#[utoipa::path(
    get, path = "/api/v1/me/obligations", tag = "obligations", operation_id = "listOwnObligations",
    responses((status = 200, description = "Courses with their cycles", body = OwnObligations))
)]
pub async fn own(State(app): State<App>, bearer: Bearer) -> Answer {
    let mut call = bearer.open(&app).await?;
    let today = day::today(&mut call.tx).await?;
    let duties = mine::all(&mut call.tx).await?;
    let items = duties.into_iter().map(|duty| obligation(duty, today)).collect();
    Ok(Json(OwnObligations { items }).into_response())
}

/// List how the people of a course do
///
/// The newest cycle of everybody whom it was assigned to or who finished it, by unit and name; residents are left out.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/obligations", tag = "obligations", operation_id = "listCourseObligations",
    params(("course" = String, Path), Paged),
    responses((status = 200, description = "A page of cycles", body = Page<CourseObligation>))
)]
pub async fn of_course(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    At(slug): At<String>,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let oversight = report::oversight(&mut call.tx, &call.me).await?;
    let filter = Filter { course: Some(proof.slug().to_owned()), ..Filter::default() };
    let span = (skip(paged.page), PAGE);
    let (rows, mut total) = report::rows(&mut call.tx, &oversight, &filter, span).await?;
    if rows.is_empty() && span.0 > 0 {
        // The area counts with the rows that it answers; a page behind the last has none.
        total = report::rows(&mut call.tx, &oversight, &filter, (0, 1)).await?.1;
    }
    Ok(Page::of(rows.into_iter().map(CourseObligation::from).collect(), paged.page, total).answer(&uri))
}
