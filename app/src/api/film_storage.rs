//! Room for films: what those of an organisation take and may take, how long uploads are kept, and films that no unit shows.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use base::OrganisationId;
use courses::film::{self as shown, Unshown};
use identity::SignedIn;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;
use video::storage::{self, Line, MOST_BYTES, MOST_SOURCE_DAYS};
use video::{FilmId, film};

use crate::api::call::{Bearer, Call};
use crate::api::given::{Given, Sought, nullable};
use crate::api::list::{Page, Paged};
use crate::api::refusal::{Answer, Refusal};
use crate::problem::Problem;
use crate::request::At;
use crate::state::App;

/// What the films of one's organisation take.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilmStorage {
    /// Films, and uploads that they were made from or that are open, in bytes; what several films share counts once.
    pub used_bytes: u64,
    /// What they may take; `null`: as much as there is.
    pub most_bytes: Option<u64>,
    /// After how many days the uploads that films were made from are deleted; `null`: never. The films stay.
    pub source_days: Option<u16>,
}

/// How long uploads are kept.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourcesKept {
    /// After how many days they are deleted, 1 to 3650; `null`: never.
    #[serde(deserialize_with = "nullable")]
    pub source_days: Option<u16>,
}

/// A film that no unit shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnshownFilm {
    /// Id.
    pub id: Uuid,
    /// Title.
    pub title: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<Unshown> for UnshownFilm {
    fn from(one: Unshown) -> Self {
        Self { id: one.film.0, title: one.title, created_at: one.created_at }
    }
}

/// What the films of an organisation take.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationFilms {
    /// The organisation.
    pub organisation: Uuid,
    /// Its name.
    pub name: String,
    /// What its films take, in bytes.
    pub used_bytes: u64,
    /// What they may take; `null`: as much as there is.
    pub most_bytes: Option<u64>,
}

impl From<Line> for OrganisationFilms {
    fn from(line: Line) -> Self {
        let (used_bytes, most_bytes) = (line.space.used_bytes, line.space.most_bytes);
        Self { organisation: line.organisation.0, name: line.name, used_bytes, most_bytes }
    }
}

/// What the films of an organisation may take.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilmQuota {
    /// In bytes, at most 2^50; `null`: as much as there is. What is there already stays, even when it is more.
    #[serde(deserialize_with = "nullable")]
    pub most_bytes: Option<u64>,
}

async fn own_storage(call: &mut Call) -> Result<FilmStorage, Refusal> {
    let admin = call.me.people_admin()?;
    let space = storage::own(&mut call.tx).await?;
    let source_days = storage::source_days(&mut call.tx, &admin).await?;
    Ok(FilmStorage { used_bytes: space.used_bytes, most_bytes: space.most_bytes, source_days })
}

/// Get what the films of one's organisation take
#[utoipa::path(
    get, path = "/api/v1/films/storage", tag = "films", operation_id = "getFilmStorage",
    responses((status = 200, description = "What they take", body = FilmStorage))
)]
pub async fn own(State(app): State<App>, bearer: Bearer) -> Answer {
    let mut call = bearer.open(&app).await?;
    Ok(Json(own_storage(&mut call).await?).into_response())
}

/// Say how long uploads are kept
///
/// Those that films were made from; the films stay.
#[utoipa::path(
    put, path = "/api/v1/films/storage", tag = "films", operation_id = "putFilmStorage", request_body = SourcesKept,
    responses((status = 200, description = "What the films take", body = FilmStorage))
)]
pub async fn keep_sources(State(app): State<App>, bearer: Bearer, given: Given<SourcesKept>) -> Answer {
    let (mut call, admin) = bearer.open_as(&app, SignedIn::people_admin).await?;
    let days = given.value.source_days;
    if days.is_some_and(|days| !(1..=MOST_SOURCE_DAYS).contains(&days)) {
        return Err(Refusal::field("source_days", identity::Problem::Malformed));
    }
    storage::keep_sources(&mut call.tx, &admin, days).await?;
    let now = own_storage(&mut call).await?;
    call.done(&now).await
}

/// List the films that no unit shows
///
/// Neither of a draft nor of any published version; the oldest first, at most 200.
#[utoipa::path(
    get, path = "/api/v1/films/storage/unshown", tag = "films", operation_id = "listUnshownFilms", params(Paged),
    responses((status = 200, description = "A page of films", body = Page<UnshownFilm>))
)]
pub async fn unshown(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, admin) = bearer.open_as(&app, SignedIn::people_admin).await?;
    let films = shown::unshown(&mut call.tx, &admin).await?;
    Ok(Page::cut(films.into_iter().map(UnshownFilm::from), paged.page).answer(&uri))
}

/// Delete a film that no unit shows
#[utoipa::path(
    delete, path = "/api/v1/films/storage/unshown/{film}", tag = "films", operation_id = "deleteUnshownFilm",
    params(("film" = Uuid, Path)), responses((status = 204, description = "Deleted"))
)]
pub async fn remove(State(app): State<App>, bearer: Bearer, At(id): At<FilmId>) -> Answer {
    let (mut call, admin) = bearer.open_as(&app, SignedIn::people_admin).await?;
    let proof = shown::unshown_one(&mut call.tx, &admin, id).await?;
    film::remove(&mut call.tx, &proof).await?;
    call.done_silently().await
}

/// List what the films of every organisation take
///
/// For the administrator of the installation.
#[utoipa::path(
    get, path = "/api/v1/organisations/films", tag = "films", operation_id = "listOrganisationFilms", params(Paged),
    responses((status = 200, description = "A page of organisations", body = Page<OrganisationFilms>))
)]
pub async fn of_all(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, admin) = bearer.open_as(&app, SignedIn::installation_admin).await?;
    let lines = storage::of_all(&mut call.tx, &admin).await?;
    Ok(Page::cut(lines.into_iter().map(OrganisationFilms::from), paged.page).answer(&uri))
}

/// Say what the films of an organisation may take
///
/// For the administrator of the installation.
#[utoipa::path(
    put, path = "/api/v1/organisations/{organisation}/films", tag = "films", operation_id = "putFilmQuota",
    request_body = FilmQuota, params(("organisation" = Uuid, Path)),
    responses((status = 200, description = "What they take and may take", body = OrganisationFilms))
)]
pub async fn allow(
    State(app): State<App>,
    bearer: Bearer,
    At(organisation): At<OrganisationId>,
    given: Given<FilmQuota>,
) -> Answer {
    let (mut call, admin) = bearer.open_as(&app, SignedIn::installation_admin).await?;
    let most = given.value.most_bytes;
    if most.is_some_and(|most| most > MOST_BYTES) {
        return Err(Refusal::field("most_bytes", identity::Problem::Malformed));
    }
    storage::allow(&mut call.tx, &admin, organisation, most).await?;
    let lines = storage::of_all(&mut call.tx, &admin).await?;
    let now = lines.into_iter().find(|line| line.organisation == organisation);
    let now = OrganisationFilms::from(now.ok_or(Refusal::Page(Problem::NotFound))?);
    call.done(&now).await
}
