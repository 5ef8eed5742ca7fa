//! Rules of a course: whom it is assigned to, by when, and for how long it counts.

use axum::extract::State;
use axum::http::Uri;
use courses::enrolment::{self, Target};
use courses::rule::{Due, Rule};
use courses::{EnrolmentId, Taught};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::enrolments::{Enrolment, TargetKind, target_of};
use crate::api::given::{Given, Sought, read_day};
use crate::api::list::{Page, Paged};
use crate::api::refusal::{Answer, Refusal};
use crate::api::teaching::teaching;
use crate::problem::Problem;
use crate::request::At;
use crate::state::App;

/// By when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DueKind {
    /// Whenever.
    #[default]
    None,
    /// On the day `due_on`.
    Fixed,
    /// `due_days` days after the assignment.
    After,
    /// On `due_day` of `due_month`, every year.
    Yearly,
}

/// A rule: whoever it covers is assigned the course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CourseRule {
    /// Id; the same as that of the enrolment.
    pub id: Uuid,
    /// Whom it covers.
    pub kind: TargetKind,
    /// Id of the person, group, unit or position; `null` for everybody.
    pub target: Option<Uuid>,
    /// Its name; empty for everybody.
    pub name: String,
    /// How many people it covers.
    pub people: i64,
    /// By when.
    pub due: DueKind,
    /// The day (`2026-12-31`) of `fixed`.
    pub due_on: Option<String>,
    /// The days of `after`.
    pub due_days: Option<i32>,
    /// The month of `yearly`, from 1.
    pub due_month: Option<u8>,
    /// The day of `yearly`, from 1; 29 February is the 28th in other years.
    pub due_day: Option<u8>,
    /// Months for which the finished course counts; `null`: as the course says.
    pub valid_months: Option<i32>,
    /// Rises with every change; a change names the one that it is made to.
    pub revision: i32,
}

impl From<enrolment::Enrolment> for CourseRule {
    fn from(enrolment: enrolment::Enrolment) -> Self {
        let (rule, revision) = (enrolment.rule, enrolment.revision);
        let Enrolment { id, kind, target, name, people } = Enrolment::from(enrolment);
        let mut made = Self {
            id,
            kind,
            target,
            name,
            people,
            due: DueKind::None,
            due_on: None,
            due_days: None,
            due_month: None,
            due_day: None,
            valid_months: rule.valid_months,
            revision,
        };
        match rule.due {
            Due::Never => {}
            Due::Fixed(day) => (made.due, made.due_on) = (DueKind::Fixed, Some(identity::day::written(day))),
            Due::After(days) => (made.due, made.due_days) = (DueKind::After, Some(days)),
            Due::Yearly { month, day } => {
                (made.due, made.due_month, made.due_day) = (DueKind::Yearly, Some(month), Some(day));
            }
        }
        made
    }
}

/// A rule to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    /// Whom it covers.
    pub kind: TargetKind,
    /// Id of the person, group, unit or position; absent for everybody.
    #[serde(default)]
    pub target: Option<Uuid>,
    /// Instead of `target`, for a person: their login name or e-mail address.
    #[serde(default)]
    pub person: Option<String>,
    /// By when; absent: whenever.
    #[serde(default)]
    pub due: DueKind,
    /// The day (`2026-12-31`), with `fixed`.
    #[serde(default)]
    pub due_on: Option<String>,
    /// Days from the assignment, with `after`.
    #[serde(default)]
    pub due_days: Option<i32>,
    /// Month from 1, with `yearly`.
    #[serde(default)]
    pub due_month: Option<u8>,
    /// Day from 1, with `yearly`.
    #[serde(default)]
    pub due_day: Option<u8>,
    /// Months for which the finished course counts; absent: as the course says.
    #[serde(default)]
    pub valid_months: Option<i32>,
}

/// A rule as it is to be from now on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleChange {
    /// The revision that is changed.
    pub revision: i32,
    /// By when.
    pub due: DueKind,
    /// The day (`2026-12-31`), with `fixed`.
    #[serde(default)]
    pub due_on: Option<String>,
    /// Days from the assignment, with `after`.
    #[serde(default)]
    pub due_days: Option<i32>,
    /// Month from 1, with `yearly`.
    #[serde(default)]
    pub due_month: Option<u8>,
    /// Day from 1, with `yearly`.
    #[serde(default)]
    pub due_day: Option<u8>,
    /// Months for which the finished course counts; absent: as the course says.
    #[serde(default)]
    pub valid_months: Option<i32>,
}

/// The fields of both bodies that make the rule itself.
struct Wanted<'a> {
    due: DueKind,
    due_on: Option<&'a str>,
    due_days: Option<i32>,
    due_month: Option<u8>,
    due_day: Option<u8>,
    valid_months: Option<i32>,
}

/// Them, of a body that has them; both name each field, because serde refuses no unknown field where others are flattened in.
macro_rules! wanted {
    ($body:expr) => {
        Wanted {
            due: $body.due,
            due_on: $body.due_on.as_deref(),
            due_days: $body.due_days,
            due_month: $body.due_month,
            due_day: $body.due_day,
            valid_months: $body.valid_months,
        }
    };
}

impl Wanted<'_> {
    fn rule(&self) -> Result<Rule, Refusal> {
        Ok(Rule { mandatory: true, due: self.due()?, valid_months: self.valid_months })
    }

    fn due(&self) -> Result<Due, Refusal> {
        let missing = |field| Refusal::field(field, identity::Problem::Missing);
        Ok(match self.due {
            DueKind::None => Due::Never,
            DueKind::Fixed => Due::Fixed(read_day("due_on", self.due_on.ok_or_else(|| missing("due_on"))?)?),
            DueKind::After => Due::After(self.due_days.ok_or_else(|| missing("due_days"))?),
            DueKind::Yearly => Due::Yearly {
                month: self.due_month.ok_or_else(|| missing("due_month"))?,
                day: self.due_day.ok_or_else(|| missing("due_day"))?,
            },
        })
    }
}

async fn all(call: &mut Call, proof: &Taught) -> Result<Vec<CourseRule>, Refusal> {
    let all = enrolment::all(&mut call.tx, proof).await?;
    Ok(all.into_iter().filter(|one| one.rule.mandatory).map(CourseRule::from).collect())
}

/// List the rules of a course
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/rules", tag = "rules", operation_id = "listRules",
    params(("course" = String, Path), Paged), responses((status = 200, description = "A page of rules", body = Page<CourseRule>))
)]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    At(slug): At<String>,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let rules = all(&mut call, &proof).await?;
    Ok(Page::cut(rules.into_iter(), paged.page).answer(&uri))
}

/// Makes a rule; answers whom it covers. Errors: what is wrong with it, by the names of its fields.
pub async fn direct(call: &mut Call, proof: &Taught, new: &NewRule) -> Result<Target, Refusal> {
    let rule = wanted!(new).rule()?;
    let target = target_of(call, proof, new.kind, new.target, new.person.as_deref()).await?;
    enrolment::direct(&mut call.tx, proof, target, &rule).await?;
    Ok(target)
}

/// Make a rule
///
/// Whoever it covers is assigned the course at once, and told. A target that is enrolled already is refused: its enrolment can be
/// changed into a rule.
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/rules", tag = "rules", operation_id = "makeRule", request_body = NewRule,
    params(("course" = String, Path)), responses((status = 201, description = "The rule", body = CourseRule))
)]
pub async fn make(
    State(app): State<App>,
    bearer: Bearer,
    At(slug): At<String>,
    given: Given<NewRule>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let target = direct(&mut call, &proof, &given.value).await?;
    let all = enrolment::all(&mut call.tx, &proof).await?;
    let made = all.into_iter().find(|one| one.target == target).ok_or(Refusal::Page(Problem::NotFound))?;
    let made = CourseRule::from(made);
    call.created(format!("/api/v1/courses/{slug}/rules/{}", made.id), &made).await
}

/// Change a rule
///
/// Only when nobody changed it since the revision given; else 409. Deadlines of open cycles follow; an enrolment without a rule
/// becomes one.
#[utoipa::path(
    put, path = "/api/v1/courses/{course}/rules/{enrolment}", tag = "rules", operation_id = "changeRule", request_body = RuleChange,
    params(("course" = String, Path), ("enrolment" = Uuid, Path)),
    responses((status = 200, description = "The rule as it is now", body = CourseRule))
)]
pub async fn change(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, id)): At<(String, EnrolmentId)>,
    given: Given<RuleChange>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let new = given.value;
    let stands = enrolment::one(&mut call.tx, &proof, id).await?;
    let rule = wanted!(new).rule()?;
    enrolment::change(&mut call.tx, &proof, stands.id, new.revision, &rule).await?;
    let changed = CourseRule::from(enrolment::one(&mut call.tx, &proof, id).await?);
    call.done(&changed).await
}

/// End a rule
///
/// Progress and certificates stay; what nobody asks for any more is released.
#[utoipa::path(
    delete, path = "/api/v1/courses/{course}/rules/{enrolment}", tag = "rules", operation_id = "endRule",
    params(("course" = String, Path), ("enrolment" = Uuid, Path)), responses((status = 204, description = "Ended"))
)]
pub async fn end(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, id)): At<(String, EnrolmentId)>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let known = all(&mut call, &proof).await?.into_iter().any(|rule| rule.id == id.0);
    if !known {
        return Err(Refusal::Page(Problem::NotFound));
    }
    enrolment::remove(&mut call.tx, &proof, id).await?;
    call.done_silently().await
}
