//! Courses as those see them who teach them: cards, publishing, archive, and how the learners do.

use axum::extract::State;
use axum::http::Uri;
use courses::course::{self, Card};
use courses::follow::{self, Order, Stage};
use courses::{Taught, find, publish};
use identity::{Problem as Rule, SignedIn};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::{Given, Sought};
use crate::api::list::{PAGE, Page, Paged, skip};
use crate::api::refusal::{Answer, Refusal};
use crate::request::At;
use crate::state::App;

/// A course with its draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaughtCourse {
    /// Id.
    pub id: Uuid,
    /// Name in addresses.
    pub slug: String,
    /// Title.
    pub title: String,
    /// One paragraph for the catalogue.
    pub summary: String,
    /// Language of the course: `pl`, `en` or `uk`.
    pub language: String,
    /// Who wrote it.
    pub author: String,
    /// Whether everybody of the organisation may enrol themselves.
    pub listed: bool,
    /// Rises with every change of what stands above; a change names the one that it is made to.
    pub revision: i32,
    /// `draft`, `published` or `archived`.
    #[schema(example = "published")]
    pub state: &'static str,
    /// Number of the published version.
    pub version: Option<i32>,
    /// When it was published.
    #[serde(with = "time::serde::rfc3339::option")]
    pub published_at: Option<OffsetDateTime>,
    /// Whether the draft was changed since.
    pub changed_since: bool,
    /// Units in the draft.
    pub units: i64,
    /// People enrolled.
    pub learners: i64,
}

impl From<course::Course> for TaughtCourse {
    fn from(course: course::Course) -> Self {
        Self {
            id: course.id.0,
            slug: course.card.slug,
            title: course.card.title,
            summary: course.card.summary,
            language: course.card.language,
            author: course.card.author,
            listed: course.card.listed,
            revision: course.card_revision,
            state: course.state.word(),
            version: course.published.map(|(number, _)| number),
            published_at: course.published.map(|(_, at)| at),
            changed_since: course.changed_since,
            units: course.units,
            learners: course.learners,
        }
    }
}

/// A course to be made; whoever makes it teaches it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCourse {
    /// Title.
    #[schema(max_length = 200)]
    pub title: String,
    /// Name in addresses: small letters a–z, digits, single hyphens. Absent: made of the title.
    #[serde(default)]
    #[schema(max_length = 80)]
    pub slug: Option<String>,
    /// One paragraph for the catalogue.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub summary: String,
    /// `pl` (the default), `en` or `uk`.
    #[serde(default)]
    pub language: Option<String>,
    /// Who wrote it.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub author: String,
    /// Whether everybody of the organisation may enrol themselves.
    #[serde(default)]
    pub listed: bool,
}

/// A change of a course's card: fields that are absent stay as they are.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseChange {
    /// The revision that is changed. When it is no longer the present one, nothing is written (409). Absent: the one that is found.
    #[serde(default)]
    #[schema(nullable = false)]
    pub revision: Option<i32>,
    /// Title.
    #[serde(default)]
    #[schema(nullable = false)]
    pub title: Option<String>,
    /// One paragraph for the catalogue.
    #[serde(default)]
    #[schema(nullable = false)]
    pub summary: Option<String>,
    /// `pl`, `en` or `uk`.
    #[serde(default)]
    #[schema(nullable = false)]
    pub language: Option<String>,
    /// Who wrote it.
    #[serde(default)]
    #[schema(nullable = false)]
    pub author: Option<String>,
    /// Whether everybody of the organisation may enrol themselves.
    #[serde(default)]
    #[schema(nullable = false)]
    pub listed: Option<bool>,
}

/// A version that was just published.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PublishedVersion {
    /// Number, from 1.
    pub version: i32,
}

/// How one learner does.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Learner {
    /// The person.
    pub person: Uuid,
    /// Family name and given name.
    pub name: String,
    /// The organisation unit they work in.
    pub org_unit_name: Option<String>,
    /// Units finished.
    pub done: i64,
    /// Units of the published version.
    pub units: i64,
    /// Progress in whole per cent.
    pub percent: i64,
    /// Title of the unit that they are at.
    pub at: Option<String>,
    /// When they were last there.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_at: Option<OffsetDateTime>,
    /// The deadline that has passed (`2026-11-01`), as long as the course is to be done.
    pub overdue_since: Option<String>,
    /// What they have really seen of each film.
    pub films: Vec<FilmSeen>,
}

/// What a learner has really seen of a film: the union of the intervals played.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilmSeen {
    /// The film.
    pub film: Uuid,
    /// Title of its unit.
    pub title: String,
    /// Seen at least once, in milliseconds.
    pub covered_ms: u32,
    /// The same in whole per cent; `null` while the length is not known.
    pub percent: Option<u32>,
}

/// Opens a request about a course, with the proof that the person teaches it.
pub(crate) async fn teaching(bearer: Bearer, app: &App, slug: &str) -> Result<(Call, Taught), Refusal> {
    let mut call = bearer.open(app).await?;
    let proof = find::course(&mut call.tx, &call.me, slug).await?.for_teaching()?;
    Ok((call, proof))
}

/// List the courses that one teaches
///
/// For an administrator of the organisation: all of them. The latest changed first.
#[utoipa::path(
    get, path = "/api/v1/teaching", tag = "teaching", operation_id = "listTaughtCourses", params(Paged),
    responses((status = 200, description = "A page of courses", body = Page<TaughtCourse>))
)]
pub async fn list(State(app): State<App>, bearer: Bearer, uri: Uri, Sought(paged): Sought<Paged>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let courses = course::taught(&mut call.tx, &call.me).await?;
    Ok(Page::cut(courses.into_iter().map(TaughtCourse::from), paged.page).answer(&uri))
}

/// Create a course
#[utoipa::path(
    post, path = "/api/v1/courses", tag = "teaching", operation_id = "createCourse", request_body = NewCourse,
    responses((status = 201, description = "The course", body = TaughtCourse))
)]
pub async fn create(State(app): State<App>, bearer: Bearer, given: Given<NewCourse>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::author).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let new = given.value;
    let card = Card {
        title: new.title,
        slug: new.slug.unwrap_or_default(),
        summary: new.summary,
        language: new.language.unwrap_or_default(),
        author: new.author,
        listed: new.listed,
    };
    let proof = course::create(&mut call.tx, &proof, &card).await?;
    let made = TaughtCourse::from(course::one(&mut call.tx, &call.me, &proof).await?);
    call.created(format!("/api/v1/courses/{}", proof.slug()), &made).await
}

/// Change the card of a course
///
/// Its name in addresses stays. Only when nobody changed the card since the revision given; else 409.
#[utoipa::path(
    patch, path = "/api/v1/courses/{course}", tag = "teaching", operation_id = "changeCourse", request_body = CourseChange,
    params(("course" = String, Path)), responses((status = 200, description = "The course as it is now", body = TaughtCourse))
)]
pub async fn change(
    State(app): State<App>,
    bearer: Bearer,
    At(slug): At<String>,
    given: Given<CourseChange>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let (found, change) = (course::one(&mut call.tx, &call.me, &proof).await?, given.value);
    let (revision, now) = (change.revision.unwrap_or(found.card_revision), found.card);
    let card = Card {
        title: change.title.unwrap_or(now.title),
        slug: now.slug,
        summary: change.summary.unwrap_or(now.summary),
        language: change.language.unwrap_or(now.language),
        author: change.author.unwrap_or(now.author),
        listed: change.listed.unwrap_or(now.listed),
    };
    course::save(&mut call.tx, &proof, revision, &card).await?;
    shown(call, &proof).await
}

async fn shown(mut call: Call, proof: &Taught) -> Answer {
    let now = TaughtCourse::from(course::one(&mut call.tx, &call.me, proof).await?);
    call.done(&now).await
}

/// Put a course away
///
/// Learners no longer see it; versions and progress stay.
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/archive", tag = "teaching", operation_id = "archiveCourse",
    params(("course" = String, Path)), responses((status = 200, description = "The course as it is now", body = TaughtCourse))
)]
pub async fn archive(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    course::archive(&mut call.tx, &proof).await?;
    shown(call, &proof).await
}

/// Take an archived course out again
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/restore", tag = "teaching", operation_id = "restoreCourse",
    params(("course" = String, Path)), responses((status = 200, description = "The course as it is now", body = TaughtCourse))
)]
pub async fn restore(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    course::restore(&mut call.tx, &proof).await?;
    shown(call, &proof).await
}

/// Publish the draft
///
/// Learners see it from the next request on.
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/publish", tag = "teaching", operation_id = "publishCourse",
    params(("course" = String, Path)), responses((status = 201, description = "The version", body = PublishedVersion))
)]
pub async fn publish(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    if let Some(answer) = call.again(b"").await? {
        return Ok(answer);
    }
    let version = publish::publish(&mut call.tx, &proof).await?;
    call.created(format!("/api/v1/courses/{slug}"), &PublishedVersion { version }).await
}

/// Which learners of a course.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SoughtLearners {
    /// Parts of given name and family name; every word must fit. Polish signs do not matter.
    pub q: Option<String>,
    /// Only those who stand so: `not_begun`, `under_way`, `done` or `overdue`.
    pub state: Option<String>,
    /// `name` (without saying), `progress` (least first), `progress_down`, `seen` (longest ago first) or `seen_down`.
    pub order: Option<String>,
    /// Page, from 1.
    #[param(minimum = 1, default = 1)]
    pub page: Option<u32>,
}

impl SoughtLearners {
    fn wanted(self) -> Result<follow::Wanted, Refusal> {
        let unknown = |field: &str| Refusal::field(field, Rule::Unknown);
        let stage = self.state.map(|word| Stage::from_word(&word).ok_or_else(|| unknown("state")));
        let order = self.order.map(|word| Order::from_word(&word).ok_or_else(|| unknown("order")));
        Ok(follow::Wanted {
            text: self.q.unwrap_or_default(),
            stage: stage.transpose()?,
            order: order.transpose()?.unwrap_or_default(),
            skip: skip(self.page),
            most: Some(PAGE),
        })
    }
}

/// How the learners do
///
/// Those who are enrolled and fit, by family name unless another order is asked for. `total` is how many fit.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/learners", tag = "progress", operation_id = "listLearners",
    params(("course" = String, Path), SoughtLearners),
    responses((status = 200, description = "A page of learners", body = Page<Learner>))
)]
pub async fn learners(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    At(slug): At<String>,
    Sought(sought): Sought<SoughtLearners>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let page = sought.page;
    let following = follow::learners(&mut call.tx, &proof, &sought.wanted()?).await?;
    let (units, total) = (following.units, following.fitting);
    let learners = following.learners.into_iter().map(|learner| Learner {
        person: learner.person.0,
        percent: learner.percent(units),
        units,
        films: following
            .films
            .iter()
            .zip(&learner.films)
            .map(|(film, seen)| FilmSeen {
                film: film.film.0,
                title: film.title.clone(),
                covered_ms: seen.covered_ms(),
                percent: seen.percent(film.length_ms),
            })
            .collect(),
        name: learner.name,
        org_unit_name: learner.unit_name,
        done: learner.done,
        at: learner.at,
        last_at: learner.last,
        overdue_since: learner.overdue_since.map(|day| day.to_string()),
    });
    Ok(Page::of(learners.collect(), page, total).answer(&uri))
}
