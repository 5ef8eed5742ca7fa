//! Who takes a course: people, groups, organisation units, positions, everybody.

use axum::extract::State;
use axum::http::Uri;
use base::PersonId;
use courses::enrolment::{self, Target};
use courses::{EnrolmentId, Taught};
use identity::{GroupId, OrgUnitId, PositionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::{Given, Sought};
use crate::api::list::{Page, Paged};
use crate::api::refusal::{Answer, Refusal};
use crate::api::teaching::teaching;
use crate::problem::Problem;
use crate::request::At;
use crate::state::App;

/// Whom an enrolment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// One person.
    Person,
    /// A group or class.
    Group,
    /// An organisation unit with everybody in it and below it.
    OrgUnit,
    /// Whoever holds a position.
    Position,
    /// Everybody of the organisation.
    Everybody,
}

/// An enrolment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Enrolment {
    /// Id.
    pub id: Uuid,
    /// Whom it is about.
    pub kind: TargetKind,
    /// Id of the person, group or unit; `null` for everybody.
    pub target: Option<Uuid>,
    /// Its name; empty for everybody.
    pub name: String,
    /// How many people it enrols.
    pub people: i64,
}

impl From<enrolment::Enrolment> for Enrolment {
    fn from(enrolment: enrolment::Enrolment) -> Self {
        let (kind, target) = match enrolment.target {
            Target::Person(id) => (TargetKind::Person, Some(id.0)),
            Target::Group(id) => (TargetKind::Group, Some(id.0)),
            Target::Unit(id) => (TargetKind::OrgUnit, Some(id.0)),
            Target::Position(id) => (TargetKind::Position, Some(id.0)),
            Target::Everybody => (TargetKind::Everybody, None),
        };
        Self { id: enrolment.id.0, kind, target, name: enrolment.name, people: enrolment.people }
    }
}

/// An enrolment to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnrolment {
    /// Whom it is about.
    pub kind: TargetKind,
    /// Id of the person, group or unit; absent for everybody.
    #[serde(default)]
    pub target: Option<Uuid>,
    /// Instead of `target`, for a person: their login name or e-mail address.
    #[serde(default)]
    pub person: Option<String>,
}

/// Whom a body is about: a kind with an id, a person by name, or everybody. Errors: `Invalid` on `target` or `person`.
pub async fn target_of(
    call: &mut Call,
    proof: &Taught,
    kind: TargetKind,
    target: Option<Uuid>,
    person: Option<&str>,
) -> Result<Target, Refusal> {
    let wrong = |field, problem| Err(Refusal::field(field, problem));
    Ok(match (kind, target, person) {
        (TargetKind::Person, Some(id), None) => Target::Person(PersonId(id)),
        (TargetKind::Person, None, Some(name)) => {
            Target::Person(enrolment::person_named(&mut call.tx, proof, name).await?)
        }
        (TargetKind::Group, Some(id), None) => Target::Group(GroupId(id)),
        (TargetKind::OrgUnit, Some(id), None) => Target::Unit(OrgUnitId(id)),
        (TargetKind::Position, Some(id), None) => Target::Position(PositionId(id)),
        (TargetKind::Everybody, None, None) => Target::Everybody,
        (TargetKind::Everybody, Some(_), _) => return wrong("target", identity::Problem::Malformed),
        (_, _, Some(_)) => return wrong("person", identity::Problem::Malformed),
        (_, None, None) => return wrong("target", identity::Problem::Missing),
    })
}

/// List the enrolments of a course
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/enrolments", tag = "enrolments", operation_id = "listEnrolments",
    params(("course" = String, Path), Paged),
    responses((status = 200, description = "A page of enrolments", body = Page<Enrolment>))
)]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    At(slug): At<String>,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let enrolments = enrolment::all(&mut call.tx, &proof).await?;
    Ok(Page::cut(enrolments.into_iter().map(Enrolment::from), paged.page).answer(&uri))
}

/// Enrol
///
/// Enrolling again changes nothing and answers the same enrolment.
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/enrolments", tag = "enrolments", operation_id = "enrol",
    request_body = NewEnrolment, params(("course" = String, Path)),
    responses((status = 201, description = "The enrolment", body = Enrolment))
)]
pub async fn add(
    State(app): State<App>,
    bearer: Bearer,
    At(slug): At<String>,
    given: Given<NewEnrolment>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let NewEnrolment { kind, target, person } = given.value;
    let target = target_of(&mut call, &proof, kind, target, person.as_deref()).await?;
    enrolment::add(&mut call.tx, &proof, target).await?;
    let all = enrolment::all(&mut call.tx, &proof).await?;
    let made = all.into_iter().find(|enrolment| enrolment.target == target);
    let made = Enrolment::from(made.ok_or(Refusal::Page(Problem::NotFound))?);
    call.created(format!("/api/v1/courses/{slug}/enrolments/{}", made.id), &made).await
}

/// Take an enrolment back
///
/// Progress stays.
#[utoipa::path(
    delete, path = "/api/v1/courses/{course}/enrolments/{enrolment}", tag = "enrolments", operation_id = "unenrol",
    params(("course" = String, Path), ("enrolment" = Uuid, Path)), responses((status = 204, description = "Taken back"))
)]
pub async fn remove(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, id)): At<(String, EnrolmentId)>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    enrolment::remove(&mut call.tx, &proof, id).await?;
    call.done_silently().await
}
