//! Courses as those see them who take them: the lists, one course, the text of a unit, and one's own progress.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use courses::learn::{self, Line, percent};
use courses::{Taken, UnitId, course, find};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::Sought;
use crate::api::list::Page;
use crate::api::refusal::{Answer, Refusal};
use crate::api::teaching::TaughtCourse;
use crate::problem::Problem;
use crate::request::At;
use crate::state::App;

/// A course in the list of those who may take it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CourseCard {
    /// Id.
    pub id: Uuid,
    /// Name in addresses.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Language of the course.
    pub language: String,
    /// Reading time of all units, in minutes.
    pub minutes: i64,
    /// Units of the published version.
    pub units: i64,
    /// Units finished.
    pub done: i64,
    /// Progress in whole per cent.
    pub percent: i64,
    /// Whether the person is enrolled.
    pub enrolled: bool,
}

/// Which courses a list shows.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedCourses {
    /// Also those of the catalogue, which everybody may join.
    #[serde(default)]
    #[param(required = false)]
    pub catalogue: bool,
    /// Page, from 1.
    #[param(minimum = 1, default = 1)]
    pub page: Option<u32>,
}

/// A course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Course {
    /// Id.
    pub id: Uuid,
    /// Name in addresses.
    pub slug: String,
    /// Title; of the draft for those who teach it, else of the published version.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Language of the course.
    pub language: String,
    /// Whether the person is enrolled.
    pub enrolled: bool,
    /// Whether the person may enrol themselves.
    pub may_join: bool,
    /// Whether the person may edit it.
    pub taught: bool,
    /// What learners see; for those who are enrolled or teach it.
    pub published: Option<Version>,
    /// For those who teach it.
    pub draft: Option<TaughtCourse>,
}

/// A published version with one's own progress.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Version {
    /// Number, from 1.
    pub number: i32,
    /// When it was published.
    #[serde(with = "time::serde::rfc3339")]
    pub published_at: OffsetDateTime,
    /// Units, in order.
    pub units: Vec<PublishedUnit>,
}

/// A unit of a published version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublishedUnit {
    /// Id; the same in the draft and in every version.
    pub id: Uuid,
    /// Title of its section.
    pub section: String,
    /// Name in addresses.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Reading time, in minutes.
    pub minutes: i32,
    /// Whether it shows a film.
    pub has_film: bool,
    /// Whether it was opened.
    pub opened: bool,
    /// Whether it was finished.
    pub done: bool,
}

impl From<&Line> for PublishedUnit {
    fn from(line: &Line) -> Self {
        Self {
            id: line.id.0,
            section: line.section.clone(),
            slug: line.slug.clone(),
            title: line.title.clone(),
            minutes: line.minutes,
            has_film: line.has_film,
            opened: line.opened,
            done: line.done,
        }
    }
}

/// What a learner reads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Text {
    /// The unit.
    pub id: Uuid,
    /// Title.
    pub title: String,
    /// Safe HTML.
    pub html: String,
    /// The film above the text.
    pub film: Option<Uuid>,
}

/// How far the person is in a course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Progress {
    /// Units of the published version.
    pub units: i64,
    /// Units finished.
    pub done: i64,
    /// Whole per cent, rounded down: 100 means everything.
    pub percent: i64,
    /// The unit they were last in.
    pub last: Option<Uuid>,
    /// The unit to go on with.
    pub next: Option<Uuid>,
}

/// The course for one who takes it. Errors: as pages.
pub async fn taken(call: &mut Call, slug: &str) -> Result<Taken, Refusal> {
    Ok(find::course(&mut call.tx, &call.me, slug).await?.for_taking()?)
}

/// The unit of the published version with this id, by the name that the area knows it by.
pub async fn line(call: &mut Call, proof: &Taken, unit: UnitId) -> Result<Line, Refusal> {
    let outline = learn::outline(&mut call.tx, proof).await?;
    outline.units.into_iter().find(|line| line.id == unit).ok_or(Refusal::Page(Problem::NotFound))
}

async fn progress_of(call: &mut Call, proof: &Taken) -> Result<Progress, Refusal> {
    let outline = learn::outline(&mut call.tx, proof).await?;
    let (done, units) = outline.done();
    let last = outline.last.as_deref().and_then(|slug| outline.units.iter().find(|unit| unit.slug == slug));
    let (last, next) = (last.map(|unit| unit.id.0), outline.next().map(|unit| unit.id.0));
    Ok(Progress { units, done, percent: percent(done, units), last, next })
}

/// List the courses that one takes
///
/// Begun ones first, finished ones last.
#[utoipa::path(
    get, path = "/api/v1/courses", tag = "courses", operation_id = "listCourses", params(WantedCourses),
    responses((status = 200, description = "A page of courses", body = Page<CourseCard>))
)]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    Sought(wanted): Sought<WantedCourses>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let cards = if wanted.catalogue {
        learn::catalogue(&mut call.tx, &call.me, &learn::Sought::default()).await?
    } else {
        learn::home(&mut call.tx, &call.me).await?
    };
    let cards = cards.into_iter().map(|card| CourseCard {
        id: card.id.0,
        slug: card.slug,
        title: card.title,
        summary: card.summary,
        language: card.language,
        minutes: card.minutes,
        units: card.units,
        done: card.done,
        percent: percent(card.done, card.units),
        enrolled: card.enrolled,
    });
    Ok(Page::cut(cards, wanted.page).answer(&uri))
}

/// Get a course
#[utoipa::path(
    get, path = "/api/v1/courses/{course}", tag = "courses", operation_id = "getCourse", params(("course" = String, Path)),
    responses((status = 200, description = "The course", body = Course))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let found = find::course(&mut call.tx, &call.me, &slug).await?;
    let (id, enrolled, may_join, taught) =
        (found.id().0, found.is_enrolled(), found.may_join(), found.is_taught());
    let outline = match found.clone().for_taking() {
        Ok(proof) => Some(learn::outline(&mut call.tx, &proof).await?),
        Err(_) => None,
    };
    let draft = match found.for_teaching() {
        Ok(proof) => Some(TaughtCourse::from(course::one(&mut call.tx, &call.me, &proof).await?)),
        Err(_) => None,
    };
    let (title, summary, language) = match (&draft, &outline) {
        (Some(draft), _) => (draft.title.clone(), draft.summary.clone(), draft.language.clone()),
        (None, Some(outline)) => (outline.title.clone(), outline.summary.clone(), outline.language.clone()),
        (None, None) => {
            let only = learn::Sought { only: Some(slug.clone()), ..learn::Sought::default() };
            let cards = learn::catalogue(&mut call.tx, &call.me, &only).await?;
            let card = cards.into_iter().next().ok_or(Refusal::Page(Problem::NotFound))?;
            (card.title, card.summary, card.language)
        }
    };
    let published = outline.map(|outline| Version {
        number: outline.version,
        published_at: outline.published_at,
        units: outline.units.iter().map(PublishedUnit::from).collect(),
    });
    let course = Course { id, slug, title, summary, language, enrolled, may_join, taught, published, draft };
    Ok(Json(course).into_response())
}

/// Enrol oneself
///
/// Only on a course of the catalogue. Repeating it changes nothing.
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/join", tag = "courses", operation_id = "joinCourse",
    params(("course" = String, Path)), responses((status = 204, description = "Enrolled"))
)]
pub async fn join(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let mut call = bearer.open(&app).await?;
    find::course(&mut call.tx, &call.me, &slug).await?.join(&mut call.tx).await?;
    call.done_silently().await
}

/// Read a unit
///
/// The text of the published version. Reading it here leaves no progress.
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/units/{unit}/text", tag = "courses", operation_id = "readUnit",
    params(("course" = String, Path), ("unit" = Uuid, Path)),
    responses((status = 200, description = "The text", body = Text))
)]
pub async fn text(State(app): State<App>, bearer: Bearer, At((slug, unit)): At<(String, UnitId)>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = taken(&mut call, &slug).await?;
    let line = line(&mut call, &proof, unit).await?;
    let text = learn::read(&mut call.tx, &proof, &line.slug).await?;
    let film = text.film.map(|film| film.0);
    Ok(Json(Text { id: text.id.0, title: line.title, html: text.html, film }).into_response())
}

/// One's own progress
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/progress", tag = "progress", operation_id = "ownProgress",
    params(("course" = String, Path)), responses((status = 200, description = "How far the person is", body = Progress))
)]
pub async fn progress(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = taken(&mut call, &slug).await?;
    let progress = progress_of(&mut call, &proof).await?;
    Ok((StatusCode::OK, Json(progress)).into_response())
}

/// Finish a unit
///
/// The first time counts; repeating it changes nothing.
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/units/{unit}/finish", tag = "progress", operation_id = "finishUnit",
    params(("course" = String, Path), ("unit" = Uuid, Path)),
    responses((status = 200, description = "The progress now", body = Progress))
)]
pub async fn finish(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, unit)): At<(String, UnitId)>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = taken(&mut call, &slug).await?;
    let line = line(&mut call, &proof, unit).await?;
    learn::finish(&mut call.tx, &proof, &line.slug).await?;
    let progress = progress_of(&mut call, &proof).await?;
    call.done(&progress).await
}

/// Take "finished" back, while the course is not done
#[utoipa::path(
    delete, path = "/api/v1/courses/{course}/units/{unit}/finish", tag = "progress", operation_id = "reopenUnit",
    params(("course" = String, Path), ("unit" = Uuid, Path)),
    responses((status = 200, description = "The progress now", body = Progress))
)]
pub async fn reopen(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, unit)): At<(String, UnitId)>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = taken(&mut call, &slug).await?;
    let line = line(&mut call, &proof, unit).await?;
    learn::reopen(&mut call.tx, &proof, &line.slug).await?;
    let progress = progress_of(&mut call, &proof).await?;
    call.done(&progress).await
}
