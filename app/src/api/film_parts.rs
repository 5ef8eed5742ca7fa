//! What belongs to a film besides its bytes: its chapters, and the word of the person who has read its captions.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use courses::film::{for_changing, for_watching};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use video::chapter::{self, Change, Fault};
use video::{FilmId, Watchable, caption, film, wire};

use crate::api::call::{Bearer, Call};
use crate::api::films::{Film, shown};
use crate::api::given::Given;
use crate::api::refusal::{Answer, Refusal};
use crate::request::At;
use crate::state::App;

/// Several sounds of a file, of which the film has one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Sounds {
    /// How many there are; at least two.
    #[schema(minimum = 2)]
    pub of: u32,
    /// Which was taken, counted from 1 in the order of the file.
    pub taken: u32,
    /// Its language as the file states it; empty when it states none.
    #[schema(example = "pol")]
    pub language: String,
    /// How many of the others describe the picture for people who do not see it.
    pub described: u32,
}

impl From<wire::Sounds> for Sounds {
    fn from(sounds: wire::Sounds) -> Self {
        let wire::Sounds { of, taken, language, described } = sounds;
        Self { of, taken, language, described }
    }
}

/// The chapters of a film.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Chapters {
    /// Rises with every change of them; given back with the next.
    pub revision: i32,
    /// In the order of time.
    pub chapters: Vec<Chapter>,
}

/// The chapters that a film is to have.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChapters {
    /// The revision that is changed. When it is no longer the present one, nothing is written (409). Absent: whichever it is.
    #[serde(default)]
    #[schema(nullable = false)]
    pub revision: Option<i32>,
    /// At most 200, in any order.
    pub chapters: Vec<Chapter>,
}

/// A part of a film with a name. It ends where the next one begins.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// Where it begins, in milliseconds.
    pub start_ms: u32,
    /// Its name, 1 to 120 letters.
    pub title: String,
}

/// Names the captions that were read.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptionsRead {
    /// MD5 of the WebVTT file, in hexadecimal: other captions than these are not marked.
    pub md5: String,
}

async fn all(call: &mut Call, proof: &Watchable) -> Result<Chapters, Refusal> {
    let (revision, chapters) = chapter::seen(&mut call.tx, proof).await?;
    let chapter = |one: chapter::Chapter| Chapter { start_ms: one.start_ms, title: one.title };
    Ok(Chapters { revision, chapters: chapters.into_iter().map(chapter).collect() })
}

/// Get the chapters of a film
#[utoipa::path(
    get, path = "/api/v1/films/{film}/chapters", tag = "films", operation_id = "getChapters", params(("film" = Uuid, Path)),
    responses((status = 200, description = "The chapters", body = Chapters))
)]
pub async fn chapters(State(app): State<App>, bearer: Bearer, At(id): At<FilmId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = for_watching(&mut call.tx, &call.me, id).await?;
    Ok(Json(all(&mut call, &proof).await?).into_response())
}

/// Give a film chapters
///
/// In place of those that it has, when nobody changed them since the revision given; else 409 with the present revision.
#[utoipa::path(
    put, path = "/api/v1/films/{film}/chapters", tag = "films", operation_id = "putChapters", request_body = NewChapters,
    params(("film" = Uuid, Path)), responses((status = 200, description = "The chapters", body = Chapters))
)]
pub async fn put_chapters(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<FilmId>,
    given: Given<NewChapters>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = for_changing(&mut call.tx, &call.me, id).await?;
    let length = film::one(&mut call.tx, &proof.watchable()).await?.length_ms;
    let NewChapters { revision: seen, chapters } = given.value;
    let wanted: Vec<chapter::Chapter> = chapters
        .into_iter()
        .map(|one| chapter::Chapter { start_ms: one.start_ms, title: one.title })
        .collect();
    let broken = wanted.iter().position(|one| one.title.contains(char::is_control));
    if let Some(number) = broken {
        return Err(wrong(number, Fault::NoTitle));
    }
    // One line each, so the line says which.
    let chapters = chapter::read(&chapter::write(&wanted), length)
        .map_err(|(line, fault)| wrong(line.saturating_sub(1), fault))?;
    let change = chapter::replace(&mut call.tx, &proof, seen, &chapters).await?;
    if let Change::Meanwhile { revision, .. } = change {
        return Err(Refusal::ChangedMeanwhile(revision));
    }
    let now = all(&mut call, &proof.watchable()).await?;
    call.done(&now).await
}

fn wrong(number: usize, fault: Fault) -> Refusal {
    use identity::Problem;
    let (field, problem) = match fault {
        Fault::NoTitle => (format!("chapters[{number}].title"), Problem::Missing),
        Fault::LongTitle => (format!("chapters[{number}].title"), Problem::TooLong(chapter::LONGEST_TITLE)),
        Fault::NoTime | Fault::BeyondFilm => (format!("chapters[{number}].start_ms"), Problem::Malformed),
        Fault::Twice => (format!("chapters[{number}].start_ms"), Problem::Taken),
        Fault::TooMany => ("chapters".to_owned(), Problem::TooLong(chapter::MOST)),
    };
    Refusal::field(&field, problem)
}

/// Say that captions were read and agree with their film
///
/// Whatever changes them takes this back. Refused with `wrong-state` when they are other ones than were read.
#[utoipa::path(
    post, path = "/api/v1/films/{film}/captions/{language}/check", tag = "films", operation_id = "checkCaptions",
    request_body = CaptionsRead,
    params(("film" = Uuid, Path), ("language" = String, Path, example = "pl")),
    responses((status = 200, description = "The film", body = Film))
)]
pub async fn check_captions(
    State(app): State<App>,
    bearer: Bearer,
    At((id, language)): At<(FilmId, String)>,
    given: Given<CaptionsRead>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = for_changing(&mut call.tx, &call.me, id).await?;
    caption::mark_checked(&mut call.tx, &proof, &language, &given.value.md5.to_lowercase()).await?;
    let now = shown(&mut call, &proof.watchable(), Some(&proof)).await?;
    call.done(&now).await
}
