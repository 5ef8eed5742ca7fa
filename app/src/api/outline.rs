//! The draft of a course: its sections and units.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use courses::outline::{self, Step, UnitText};
use courses::{SectionId, UnitId, check};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::Given;
use crate::api::refusal::Answer;
use crate::api::teaching::teaching;
use crate::request::At;
use crate::state::App;

/// The draft of a course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Outline {
    /// Sections, in order.
    pub sections: Vec<Section>,
}

/// A section.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Section {
    /// Id.
    pub id: Uuid,
    /// Title.
    pub title: String,
    /// Rises with every change of the title; given back with the next.
    pub revision: i32,
    /// Units, in order.
    pub units: Vec<UnitLine>,
}

/// A unit in the outline.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitLine {
    /// Id.
    pub id: Uuid,
    /// Name in addresses.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Reading time, in minutes.
    pub minutes: i32,
    /// Its film.
    pub film: Option<Uuid>,
    /// Whether it has text.
    pub has_text: bool,
}

impl From<outline::Section> for Section {
    fn from(section: outline::Section) -> Self {
        let units = section.units.into_iter().map(|unit| UnitLine {
            id: unit.id.0,
            slug: unit.slug,
            title: unit.title,
            minutes: unit.minutes,
            film: unit.film.map(|film| film.0),
            has_text: unit.has_text,
        });
        Self { id: section.id.0, title: section.title, revision: section.revision, units: units.collect() }
    }
}

/// A title.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Title.
    #[schema(max_length = 200)]
    pub title: String,
}

/// Another title of a section.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionTitle {
    /// The revision that is changed. When it is no longer the present one, nothing is written (409). Absent: whichever it is.
    #[serde(default)]
    #[schema(nullable = false)]
    pub revision: Option<i32>,
    /// Title.
    #[schema(max_length = 200)]
    pub title: String,
}

/// A unit to be made, at the end of its section.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUnit {
    /// The section.
    pub section: Uuid,
    /// Title.
    #[schema(max_length = 200)]
    pub title: String,
    /// Reading time, in minutes.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000)]
    pub minutes: i32,
    /// Markdown, at most 256 KiB.
    #[serde(default)]
    pub markdown: String,
}

/// A unit of the draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Unit {
    /// Id.
    pub id: Uuid,
    /// Its section.
    pub section: Uuid,
    /// Name in addresses.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Reading time, in minutes.
    pub minutes: i32,
    /// Markdown.
    pub markdown: String,
    /// Its film.
    pub film: Option<Uuid>,
    /// Rises with every save; given back with the next.
    pub revision: i32,
    /// Who saved it last.
    pub updated_by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl From<outline::Unit> for Unit {
    fn from(unit: outline::Unit) -> Self {
        let (updated_by, updated_at) = unit.updated;
        Self {
            id: unit.id.0,
            section: unit.section.0,
            slug: unit.slug,
            title: unit.title,
            minutes: unit.minutes,
            markdown: unit.markdown,
            film: unit.film.map(|film| film.0),
            revision: unit.revision,
            updated_by,
            updated_at,
        }
    }
}

/// A unit to be saved.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitSave {
    /// The revision that was changed. When it is no longer the present one, nothing is written (409).
    pub revision: i32,
    /// Title.
    #[schema(max_length = 200)]
    pub title: String,
    /// Reading time, in minutes.
    #[schema(minimum = 0, maximum = 1000)]
    pub minutes: i32,
    /// Markdown, at most 256 KiB.
    pub markdown: String,
}

/// A move in the outline.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// `up` is towards the beginning.
    pub step: Way,
}

/// Which way something moves.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
}

impl From<Way> for Step {
    fn from(way: Way) -> Self {
        match way {
            Way::Up => Self::Up,
            Way::Down => Self::Down,
        }
    }
}

/// Get the outline of the draft
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/outline", tag = "outline", operation_id = "getOutline",
    params(("course" = String, Path)), responses((status = 200, description = "The outline", body = Outline))
)]
pub async fn get(State(app): State<App>, bearer: Bearer, At(slug): At<String>) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let sections = outline::draft(&mut call.tx, &proof).await?;
    Ok(Json(Outline { sections: sections.into_iter().map(Section::from).collect() }).into_response())
}

/// Add a section
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/sections", tag = "outline", operation_id = "addSection", request_body = Title,
    params(("course" = String, Path)), responses((status = 201, description = "The section", body = Section))
)]
pub async fn add_section(
    State(app): State<App>,
    bearer: Bearer,
    At(slug): At<String>,
    given: Given<Title>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let title = given.value.title.trim().to_owned();
    let id = outline::add_section(&mut call.tx, &proof, &title).await?;
    let made = Section { id: id.0, title, revision: 1, units: Vec::new() };
    call.created(format!("/api/v1/courses/{slug}/sections/{id}"), &made).await
}

/// Rename a section
///
/// Only when nobody renamed it since the revision given; else 409 with the present revision, and nothing is written.
#[utoipa::path(
    patch, path = "/api/v1/courses/{course}/sections/{section}", tag = "outline", operation_id = "renameSection",
    request_body = SectionTitle, params(("course" = String, Path), ("section" = Uuid, Path)),
    responses((status = 204, description = "Renamed"))
)]
pub async fn rename_section(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, id)): At<(String, SectionId)>,
    given: Given<SectionTitle>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let SectionTitle { revision, title } = given.value;
    outline::rename_section(&mut call.tx, &proof, id, revision, &title).await?;
    call.done_silently().await
}

/// Remove a section
///
/// Only one without units.
#[utoipa::path(
    delete, path = "/api/v1/courses/{course}/sections/{section}", tag = "outline", operation_id = "removeSection",
    params(("course" = String, Path), ("section" = Uuid, Path)), responses((status = 204, description = "Removed"))
)]
pub async fn remove_section(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, id)): At<(String, SectionId)>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    outline::remove_section(&mut call.tx, &proof, id).await?;
    call.done_silently().await
}

/// Move a section
///
/// Past its neighbour; at the end of the way nothing happens.
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/sections/{section}/move", tag = "outline", operation_id = "moveSection",
    request_body = Move, params(("course" = String, Path), ("section" = Uuid, Path)),
    responses((status = 204, description = "Moved"))
)]
pub async fn move_section(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, id)): At<(String, SectionId)>,
    given: Given<Move>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    outline::move_section(&mut call.tx, &proof, id, given.value.step.into()).await?;
    call.done_silently().await
}

/// Add a unit
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/units", tag = "outline", operation_id = "addUnit", request_body = NewUnit,
    params(("course" = String, Path)), responses((status = 201, description = "The unit", body = Unit))
)]
pub async fn add_unit(
    State(app): State<App>,
    bearer: Bearer,
    At(slug): At<String>,
    given: Given<NewUnit>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let NewUnit { section, title, minutes, markdown } = given.value;
    let id = outline::add_unit(&mut call.tx, &proof, SectionId(section), &title).await?;
    if minutes != 0 || !markdown.is_empty() {
        let fresh = outline::unit(&mut call.tx, &proof, id).await?;
        let text = UnitText { title, minutes, markdown };
        outline::save_unit(&mut call.tx, &proof, id, fresh.revision, &text).await?;
        check::note(&mut call.tx, &proof).await?;
    }
    let made = Unit::from(outline::unit(&mut call.tx, &proof, id).await?);
    call.created(format!("/api/v1/courses/{slug}/units/{id}"), &made).await
}

/// Get a unit of the draft
#[utoipa::path(
    get, path = "/api/v1/courses/{course}/units/{unit}", tag = "outline", operation_id = "getUnit",
    params(("course" = String, Path), ("unit" = Uuid, Path)), responses((status = 200, description = "The unit", body = Unit))
)]
pub async fn unit(State(app): State<App>, bearer: Bearer, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    Ok(Json(Unit::from(outline::unit(&mut call.tx, &proof, id).await?)).into_response())
}

/// Save a unit
///
/// Only when nobody saved it since the revision given; else 409 with the present revision, and nothing is written.
#[utoipa::path(
    put, path = "/api/v1/courses/{course}/units/{unit}", tag = "outline", operation_id = "saveUnit", request_body = UnitSave,
    params(("course" = String, Path), ("unit" = Uuid, Path)),
    responses((status = 200, description = "The unit as it is now", body = Unit))
)]
pub async fn save_unit(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, id)): At<(String, UnitId)>,
    given: Given<UnitSave>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let UnitSave { revision, title, minutes, markdown } = given.value;
    let text = UnitText { title, minutes, markdown };
    outline::save_unit(&mut call.tx, &proof, id, revision, &text).await?;
    check::note(&mut call.tx, &proof).await?;
    let saved = Unit::from(outline::unit(&mut call.tx, &proof, id).await?);
    call.done(&saved).await
}

/// Take a unit out of the draft
///
/// Published versions and the progress of those who read it stay.
#[utoipa::path(
    delete, path = "/api/v1/courses/{course}/units/{unit}", tag = "outline", operation_id = "removeUnit",
    params(("course" = String, Path), ("unit" = Uuid, Path)), responses((status = 204, description = "Removed"))
)]
pub async fn remove_unit(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, id)): At<(String, UnitId)>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    outline::remove_unit(&mut call.tx, &proof, id).await?;
    check::note(&mut call.tx, &proof).await?;
    call.done_silently().await
}

/// Move a unit
///
/// Past its neighbour, or into the neighbouring section at the edge of its own.
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/units/{unit}/move", tag = "outline", operation_id = "moveUnit",
    request_body = Move, params(("course" = String, Path), ("unit" = Uuid, Path)),
    responses((status = 204, description = "Moved"))
)]
pub async fn move_unit(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, id)): At<(String, UnitId)>,
    given: Given<Move>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    outline::move_unit(&mut call.tx, &proof, id, given.value.step.into()).await?;
    call.done_silently().await
}
