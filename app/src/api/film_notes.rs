//! Notes at a time: what a person writes for themselves beside a film. Nobody else reads them, whoever they are.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use courses::film::for_watching;
use identity::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use video::note::{self, Change, Fault};
use video::{FilmId, NoteId, Watchable, film};

use crate::api::call::{Bearer, Call};
use crate::api::given::{Given, Sought};
use crate::api::list::{Page, Paged};
use crate::api::refusal::{Answer, Refusal, Wrong};
use crate::request::At;
use crate::state::App;

/// A note of one's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilmNote {
    /// Id.
    pub id: Uuid,
    /// The moment of what is shown of the film, in milliseconds.
    pub at_ms: u32,
    /// What it says; may have several lines.
    pub text: String,
    /// Rises with every change; a change names the one that it is made to.
    pub revision: i32,
}

impl From<note::Note> for FilmNote {
    fn from(note: note::Note) -> Self {
        Self { id: note.id.0, at_ms: note.at_ms, text: note.text, revision: note.revision }
    }
}

/// A note to be written.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFilmNote {
    /// The moment of what is shown of the film, in milliseconds.
    pub at_ms: u32,
    /// What it says, 1 to 2000 letters.
    pub text: String,
}

/// A note as it is to be from now on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilmNoteChange {
    /// The revision that is changed.
    pub revision: i32,
    /// The moment of what is shown of the film, in milliseconds.
    pub at_ms: u32,
    /// What it says, 1 to 2000 letters.
    pub text: String,
}

async fn watching(bearer: Bearer, app: &App, film: FilmId) -> Result<(Call, Watchable), Refusal> {
    let mut call = bearer.open(app).await?;
    let proof = for_watching(&mut call.tx, &call.me, film).await?;
    Ok((call, proof))
}

/// The text as it is kept. Errors: everything that is wrong with it and its moment.
async fn read(call: &mut Call, proof: &Watchable, at_ms: u32, text: &str) -> Result<String, Refusal> {
    let length = film::one(&mut call.tx, proof).await?.length_ms;
    let text = note::tidy(text);
    let wrong = |fault: Fault| match fault {
        Fault::BeyondFilm => Wrong::rule("at_ms", Problem::Malformed),
        Fault::NoText => Wrong::rule("text", Problem::Missing),
        Fault::LongText => Wrong::rule("text", Problem::TooLong(note::LONGEST)),
    };
    let wrong: Vec<Wrong> = note::faults(at_ms, &text, length).into_iter().map(wrong).collect();
    if wrong.is_empty() { Ok(text) } else { Err(Refusal::Invalid(wrong)) }
}

/// List one's notes on a film
///
/// In the order of the film.
#[utoipa::path(
    get, path = "/api/v1/films/{film}/notes", tag = "notes", operation_id = "listFilmNotes", params(("film" = Uuid, Path), Paged),
    responses((status = 200, description = "A page of one's own notes", body = Page<FilmNote>))
)]
pub async fn list(
    State(app): State<App>,
    bearer: Bearer,
    uri: Uri,
    At(id): At<FilmId>,
    Sought(paged): Sought<Paged>,
) -> Answer {
    let (mut call, proof) = watching(bearer, &app, id).await?;
    let notes = note::own(&mut call.tx, &proof).await?;
    Ok(Page::cut(notes.into_iter().map(FilmNote::from), paged.page).answer(&uri))
}

/// Get one of one's notes
#[utoipa::path(
    get, path = "/api/v1/films/{film}/notes/{note}", tag = "notes", operation_id = "getFilmNote",
    params(("film" = Uuid, Path), ("note" = Uuid, Path)), responses((status = 200, description = "The note", body = FilmNote))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At((id, which)): At<(FilmId, NoteId)>) -> Answer {
    let (mut call, proof) = watching(bearer, &app, id).await?;
    let note = note::one(&mut call.tx, &proof, which).await?;
    Ok(Json(FilmNote::from(note)).into_response())
}

/// Write a note on a film
///
/// Refused with `wrong-state` when one has 500 of them beside the film.
#[utoipa::path(
    post, path = "/api/v1/films/{film}/notes", tag = "notes", operation_id = "addFilmNote", request_body = NewFilmNote,
    params(("film" = Uuid, Path)), responses((status = 201, description = "The note", body = FilmNote))
)]
pub async fn add(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<FilmId>,
    given: Given<NewFilmNote>,
) -> Answer {
    let (mut call, proof) = watching(bearer, &app, id).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let NewFilmNote { at_ms, text } = given.value;
    let text = read(&mut call, &proof, at_ms, &text).await?;
    let made = note::add(&mut call.tx, &proof, at_ms, &text).await?.ok_or(Refusal::WrongState)?;
    let made = FilmNote::from(note::one(&mut call.tx, &proof, made).await?);
    call.created(format!("/api/v1/films/{id}/notes/{}", made.id), &made).await
}

/// Change one of one's notes
///
/// Only when it was not changed since the revision given; else 409.
#[utoipa::path(
    put, path = "/api/v1/films/{film}/notes/{note}", tag = "notes", operation_id = "changeFilmNote", request_body = FilmNoteChange,
    params(("film" = Uuid, Path), ("note" = Uuid, Path)),
    responses((status = 200, description = "The note as it is now", body = FilmNote))
)]
pub async fn change(
    State(app): State<App>,
    bearer: Bearer,
    At((id, which)): At<(FilmId, NoteId)>,
    given: Given<FilmNoteChange>,
) -> Answer {
    let (mut call, proof) = watching(bearer, &app, id).await?;
    note::one(&mut call.tx, &proof, which).await?;
    let FilmNoteChange { revision, at_ms, text } = given.value;
    let text = read(&mut call, &proof, at_ms, &text).await?;
    if let Change::Meanwhile(now) = note::change(&mut call.tx, &proof, which, revision, at_ms, &text).await? {
        return Err(Refusal::ChangedMeanwhile(now.revision));
    }
    let now = FilmNote::from(note::one(&mut call.tx, &proof, which).await?);
    call.done(&now).await
}

/// Delete one of one's notes
#[utoipa::path(
    delete, path = "/api/v1/films/{film}/notes/{note}", tag = "notes", operation_id = "deleteFilmNote",
    params(("film" = Uuid, Path), ("note" = Uuid, Path)), responses((status = 204, description = "Deleted"))
)]
pub async fn remove(State(app): State<App>, bearer: Bearer, At((id, which)): At<(FilmId, NoteId)>) -> Answer {
    let (mut call, proof) = watching(bearer, &app, id).await?;
    note::remove(&mut call.tx, &proof, which).await?;
    call.done_silently().await
}
