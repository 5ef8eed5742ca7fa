//! Applications for devices, for those who keep the register.

use axum::Json;
use axum::extract::State as Program;
use axum::response::IntoResponse;
use devices::applications::{self, Application, Decided, Decision, Entry, Filter, Score, State};
use devices::{ApplicationId, CriterionId, ProgrammeId};
use identity::{Problem as Rule, SignedIn};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::{Given, Sought, read_day};
use crate::api::refusal::{Answer, Refusal};
use crate::devices::applications::letter;
use crate::request::At;
use crate::state::App;

/// An application.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceApplication {
    /// Id.
    pub id: Uuid,
    /// Its number.
    pub number: Option<String>,
    /// The programme. Its name is not told here: it may be protected.
    pub programme_id: Uuid,
    /// For whom; `null` once its data were removed.
    pub beneficiary_id: Option<Uuid>,
    /// Who applies; `null` once its data were removed.
    pub applicant_id: Option<Uuid>,
    /// `submitted`, `complete`, `scored`, `granted`, `waitlisted`, `refused`, `withdrawn` or `expired`.
    pub state: String,
    /// Sum of points.
    pub points: i32,
    /// Place on the waiting list, from 1.
    pub position: Option<i64>,
    /// When it was sent.
    #[serde(with = "time::serde::rfc3339::option")]
    pub submitted_at: Option<OffsetDateTime>,
    /// Why it was refused.
    pub refusal: Option<String>,
    /// The agreement that was prepared for the granted device.
    pub agreement_id: Option<Uuid>,
    /// Last day to collect it (`2026-12-31`).
    pub collect_by: Option<String>,
}

impl From<Application> for DeviceApplication {
    fn from(one: Application) -> Self {
        Self {
            id: one.id.0,
            number: one.number,
            programme_id: one.programme.0,
            beneficiary_id: one.beneficiary.map(|id| id.0),
            applicant_id: one.applicant.map(|id| id.0),
            state: one.state.word().to_owned(),
            points: one.points,
            position: one.position,
            submitted_at: one.submitted_at,
            refusal: one.refusal.map(|why| why.word().to_owned()),
            agreement_id: one.allocation.as_ref().map(|waits| waits.agreement.0),
            collect_by: one.allocation.as_ref().map(|waits| waits.collect_by.to_string()),
        }
    }
}

/// An application with its criteria.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceApplicationWithScores {
    /// The application.
    #[serde(flatten)]
    pub application: DeviceApplication,
    /// What is said and given for each criterion.
    pub scores: Vec<CriterionScore>,
}

/// What is said and given for one criterion.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CriterionScore {
    /// The criterion.
    pub criterion_id: Uuid,
    /// What it is.
    pub name: String,
    /// Whether the applicant says that it is so.
    pub claimed: bool,
    /// Points that were given.
    pub points: Option<i16>,
    /// Most points.
    pub most: i16,
}

/// Applications, the waiting list first and in its order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceApplications {
    /// At most 500.
    pub items: Vec<DeviceApplication>,
}

/// Which applications.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SoughtApplications {
    /// Part of a name or of the number.
    pub q: Option<String>,
    /// Only of this programme.
    pub programme: Option<Uuid>,
    /// Only in this state.
    pub state: Option<String>,
}

/// An application that came on paper.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeviceApplication {
    /// The programme.
    pub programme: Uuid,
    /// For whom.
    pub beneficiary: Uuid,
    /// The guardian who signed it, for a minor with several.
    #[serde(default)]
    pub signatory: Option<Uuid>,
    /// Why it is needed.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub need: String,
    /// Criteria that the applicant says are so.
    #[serde(default)]
    pub claimed: Vec<Uuid>,
}

/// Points for every criterion.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenPoints {
    /// One for each criterion.
    pub points: Vec<PointsOf>,
}

/// Points for one criterion.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsOf {
    /// The criterion.
    pub criterion: Uuid,
    /// From 0 to its most.
    pub points: i16,
}

/// The commission's decision.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenDecision {
    /// `grant`, `wait` or `refuse`.
    pub decision: String,
    /// With `refuse`: `not_eligible`, `holds_device`, `incomplete`, `untrue`, `no_devices` or `other`.
    #[serde(default)]
    pub refusal: Option<String>,
    /// Its day (`2026-11-21`).
    pub decided_on: String,
    /// Who decided.
    #[schema(max_length = 300)]
    pub decided_by: String,
    /// What was noted; must stand with `other`.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: String,
}

fn unknown(field: &str) -> Refusal {
    Refusal::field(field, Rule::Unknown)
}

async fn with_scores(call: &mut Call, id: ApplicationId) -> Result<DeviceApplicationWithScores, Refusal> {
    let proof = call.me.device_clerk()?;
    let (about, scores) = applications::one(&mut call.tx, &proof, id).await?;
    let score = |one: Score| CriterionScore {
        criterion_id: one.criterion.0,
        name: one.name,
        claimed: one.claimed,
        points: one.points,
        most: one.most,
    };
    Ok(DeviceApplicationWithScores {
        application: about.into(),
        scores: scores.into_iter().map(score).collect(),
    })
}

/// List applications for devices
#[utoipa::path(
    get, path = "/api/v1/devices/applications", tag = "devices", operation_id = "listDeviceApplications",
    params(SoughtApplications), responses((status = 200, description = "Applications", body = DeviceApplications))
)]
pub async fn list(
    Program(app): Program<App>,
    bearer: Bearer,
    Sought(sought): Sought<SoughtApplications>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    let state =
        sought.state.map(|word| State::from_word(&word).ok_or_else(|| unknown("state"))).transpose()?;
    let filter = Filter {
        programme: sought.programme.map(ProgrammeId),
        state,
        text: sought.q.unwrap_or_default().chars().take(200).collect(),
        take: 500,
        ..Filter::default()
    };
    let found = applications::all(&mut call.tx, &proof, &filter).await?;
    let items = found.into_iter().map(DeviceApplication::from).collect();
    Ok(Json(DeviceApplications { items }).into_response())
}

/// Get an application for a device
#[utoipa::path(
    get, path = "/api/v1/devices/applications/{application}", tag = "devices", operation_id = "getDeviceApplication",
    params(("application" = Uuid, Path)),
    responses((status = 200, description = "The application", body = DeviceApplicationWithScores))
)]
pub async fn one(Program(app): Program<App>, bearer: Bearer, At(id): At<ApplicationId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    Ok(Json(with_scores(&mut call, id).await?).into_response())
}

/// Enter an application that came on paper
///
/// One open application for a person and programme: a second one is 409.
#[utoipa::path(
    post, path = "/api/v1/devices/applications", tag = "devices", operation_id = "createDeviceApplication",
    request_body = NewDeviceApplication,
    responses((status = 201, description = "The application", body = DeviceApplicationWithScores),
        (status = 409, description = "There is one"))
)]
pub async fn create(
    Program(app): Program<App>,
    bearer: Bearer,
    given: Given<NewDeviceApplication>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let new = given.value;
    let entry = Entry {
        programme: ProgrammeId(new.programme),
        beneficiary: base::PersonId(new.beneficiary),
        signatory: new.signatory.map(base::PersonId),
        need: new.need,
        claimed: new.claimed.into_iter().map(CriterionId).collect(),
        paper: None,
    };
    let id = applications::enter(&mut call.tx, &proof, &entry).await?;
    let made = with_scores(&mut call, id).await?;
    call.created(format!("/api/v1/devices/applications/{id}"), &made).await
}

/// Give an application its points
#[utoipa::path(
    put, path = "/api/v1/devices/applications/{application}/points", tag = "devices", operation_id = "scoreDeviceApplication",
    params(("application" = Uuid, Path)), request_body = GivenPoints,
    responses((status = 200, description = "The application", body = DeviceApplicationWithScores))
)]
pub async fn score(
    Program(app): Program<App>,
    bearer: Bearer,
    At(id): At<ApplicationId>,
    given: Given<GivenPoints>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let points: Vec<_> =
        given.value.points.iter().map(|one| (CriterionId(one.criterion), one.points)).collect();
    applications::score(&mut call.tx, &proof, id, &points).await?;
    let changed = with_scores(&mut call, id).await?;
    call.done(&changed).await
}

/// Record the commission's decision on an application
///
/// The applicant is told by e-mail in their language; a protected programme is not named.
#[utoipa::path(
    put, path = "/api/v1/devices/applications/{application}/decision", tag = "devices",
    operation_id = "decideDeviceApplication", params(("application" = Uuid, Path)), request_body = GivenDecision,
    responses((status = 200, description = "The application", body = DeviceApplicationWithScores))
)]
pub async fn decide(
    Program(app): Program<App>,
    bearer: Bearer,
    At(id): At<ApplicationId>,
    given: Given<GivenDecision>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let new = given.value;
    let decision = match (new.decision.as_str(), new.refusal.as_deref()) {
        ("grant", None) => Decision::Grant,
        ("wait", None) => Decision::Wait,
        ("refuse", Some(word)) => {
            Decision::Refuse(applications::Refusal::from_word(word).ok_or_else(|| unknown("refusal"))?)
        }
        ("refuse", None) => return Err(Refusal::field("refusal", Rule::Missing)),
        ("grant" | "wait", Some(_)) => return Err(unknown("refusal")),
        _ => return Err(unknown("decision")),
    };
    let on = read_day("decided_on", &new.decided_on)?;
    let decided = Decided { decision, on, by: new.decided_by, note: new.note };
    applications::decide(&mut call.tx, &proof, id, &decided, &letter::decision).await?;
    let changed = with_scores(&mut call, id).await?;
    call.done(&changed).await
}
