//! Films of units: making one, its state, its captions, where to play it, and what was seen of it.
//!
//! The bytes go through tus at `/api/tus`, which takes the same bearer ticket.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use courses::UnitId;
use courses::film::{for_changing, for_watching, of_unit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use video::watch::{self, Told};
use video::{Editable, Edition, FilmId, Watchable, caption, film, ticket, upload};
use words::Language;

use crate::api::call::{Bearer, Call};
use crate::api::film_parts::Sounds;
use crate::api::given::{self, Given, Sought};
use crate::api::refusal::{Answer, Refusal};
use crate::api::teaching::teaching;
use crate::request::{self, At};
use crate::state::App;

/// A film.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Film {
    /// Id.
    pub id: Uuid,
    /// Title.
    pub title: String,
    /// `empty`, `uploading`, `queued`, `transcoding`, `copying` (from another organisation), `ready`, `failed` or `cancelled`.
    #[schema(example = "transcoding")]
    pub state: &'static str,
    /// Why it failed: `empty`, `not_a_film`, `broken`, `no_picture`, `too_long`, `too_large`, `unsupported`, …; of one that comes from another
    /// organisation `copy_not_offered`, `copy_not_made`, `copy_no_room` or `copy_broken`.
    pub reason: Option<String>,
    /// Progress of the making, the copying, or the upload while that is open, in thousandths.
    #[schema(maximum = 1000)]
    pub per_mille: u16,
    /// Whether its beginning can be watched already.
    pub playable: bool,
    /// Length, in milliseconds.
    pub length_ms: Option<u32>,
    /// Width as shown, in pixels.
    pub width: Option<u32>,
    /// Height as shown, in pixels.
    pub height: Option<u32>,
    /// Size of the upload, in bytes.
    pub source_bytes: Option<u64>,
    /// What the person should know although it worked (a cut file).
    pub warning: Option<String>,
    /// Which sound of its file it has, where that has several.
    pub sounds: Option<Sounds>,
    /// In which state of the film its moments are counted: another one after it was cut or replaced. Said again with what was played.
    #[schema(example = "0-0-0")]
    pub edition: String,
    /// The name of the organisation that it was copied from, or is to be, when its course was adopted.
    pub comes_from: Option<String>,
    /// Captions.
    pub captions: Vec<Captions>,
    /// The open upload, for those who may change the film.
    pub upload: Option<Upload>,
}

/// Captions of a film.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Captions {
    /// Language: `pl`, `en`, `uk`, …
    pub language: String,
    /// What the menu of the player says.
    pub label: String,
    /// Whether somebody has read them as they are now.
    pub checked: bool,
    /// Whether a recogniser drafted them and nobody has read them yet.
    pub automatic: bool,
}

/// An upload that can be gone on with (tus 1.0).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Upload {
    /// Its address.
    #[schema(example = "/api/tus/019aa5b2-0000-7000-8000-000000000000")]
    pub url: String,
    /// Announced size, in bytes.
    pub size: u64,
    /// Safely stored, in bytes.
    pub offset: u64,
}

/// Where to play a film.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Playlist {
    /// Master playlist (HLS, RFC 8216), with a ticket in its address.
    pub url: String,
    /// Life of the ticket, in seconds; ask again before.
    pub expires_in: i64,
}

/// A menu label for captions.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Label {
    /// What the menu of the player says; absent: the language's own name.
    pub label: Option<String>,
}

/// What was played.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Watched {
    /// Where the person is, in milliseconds.
    pub position_ms: u32,
    /// What was played; at most 500 intervals in one report.
    #[serde(default)]
    pub seen: Vec<Interval>,
    /// The `edition` of the film that these moments are counted in; absent: never replaced, and whole.
    #[serde(default)]
    pub edition: String,
}

/// A part of a film.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// From here, in milliseconds.
    pub from_ms: u32,
    /// To here, in milliseconds.
    pub to_ms: u32,
}

/// A film as it is answered; with its open upload for one who may change it.
pub(crate) async fn shown(
    call: &mut Call,
    proof: &Watchable,
    editable: Option<&Editable>,
) -> Result<Film, Refusal> {
    let film = film::one(&mut call.tx, proof).await?;
    let captions = caption::languages(&mut call.tx, proof).await?;
    let upload = match editable {
        Some(editable) => upload::open_of(&mut call.tx, editable).await?,
        None => None,
    };
    Ok(Film {
        id: film.id.0,
        title: film.title,
        state: film.state.word(),
        reason: film.reason,
        per_mille: film.per_mille,
        playable: film.playable,
        length_ms: film.length_ms,
        width: film.size.map(|(width, _)| width),
        height: film.size.map(|(_, height)| height),
        source_bytes: film.source_bytes,
        warning: film.warning,
        sounds: film.sounds.map(Sounds::from),
        edition: film.edition.to_string(),
        comes_from: film.comes_from,
        captions: captions
            .into_iter()
            .map(|captions| Captions {
                checked: captions.checked.is_some(),
                automatic: captions.automatic,
                language: captions.language,
                label: captions.label,
            })
            .collect(),
        upload: upload.map(|upload| Upload {
            url: format!("/api/tus/{}", upload.id),
            size: upload.size,
            offset: upload.offset,
        }),
    })
}

/// Make the film of a unit
///
/// Answers the present one when there is one already. Then create an upload at `/api/tus` (tus 1.0) with
/// `Upload-Metadata: film <base64 of the id>` and the same bearer ticket.
#[utoipa::path(
    post, path = "/api/v1/courses/{course}/units/{unit}/film", tag = "films", operation_id = "makeFilm",
    params(("course" = String, Path), ("unit" = Uuid, Path)), responses((status = 201, description = "The film", body = Film))
)]
pub async fn create(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, unit)): At<(String, UnitId)>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    let editable = of_unit(&mut call.tx, &proof, unit).await?;
    let film = shown(&mut call, &editable.watchable(), Some(&editable)).await?;
    call.created(format!("/api/v1/films/{}", film.id), &film).await
}

/// Take the film out of a unit's draft
///
/// The film itself goes when no version shows it.
#[utoipa::path(
    delete, path = "/api/v1/courses/{course}/units/{unit}/film", tag = "films", operation_id = "removeFilm",
    params(("course" = String, Path), ("unit" = Uuid, Path)), responses((status = 204, description = "Taken out"))
)]
pub async fn remove(
    State(app): State<App>,
    bearer: Bearer,
    At((slug, unit)): At<(String, UnitId)>,
) -> Answer {
    let (mut call, proof) = teaching(bearer, &app, &slug).await?;
    courses::film::remove(&mut call.tx, &proof, unit).await?;
    call.done_silently().await
}

/// Get a film and how its making goes
#[utoipa::path(
    get, path = "/api/v1/films/{film}", tag = "films", operation_id = "getFilm", params(("film" = Uuid, Path)),
    responses((status = 200, description = "The film", body = Film))
)]
pub async fn one(State(app): State<App>, bearer: Bearer, At(id): At<FilmId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = for_watching(&mut call.tx, &call.me, id).await?;
    let editable = for_changing(&mut call.tx, &call.me, id).await.ok();
    Ok(Json(shown(&mut call, &proof, editable.as_ref()).await?).into_response())
}

/// Stop the making of a film
#[utoipa::path(
    post, path = "/api/v1/films/{film}/cancel", tag = "films", operation_id = "cancelFilm", params(("film" = Uuid, Path)),
    responses((status = 200, description = "The film", body = Film))
)]
pub async fn cancel(State(app): State<App>, bearer: Bearer, At(id): At<FilmId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = for_changing(&mut call.tx, &call.me, id).await?;
    film::cancel(&mut call.tx, &proof).await?;
    let now = shown(&mut call, &proof.watchable(), Some(&proof)).await?;
    call.done(&now).await
}

/// Try a failed or cancelled film again
#[utoipa::path(
    post, path = "/api/v1/films/{film}/retry", tag = "films", operation_id = "retryFilm", params(("film" = Uuid, Path)),
    responses((status = 200, description = "The film", body = Film))
)]
pub async fn retry(State(app): State<App>, bearer: Bearer, At(id): At<FilmId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = for_changing(&mut call.tx, &call.me, id).await?;
    film::retry(&mut call.tx, &proof).await?;
    let now = shown(&mut call, &proof.watchable(), Some(&proof)).await?;
    call.done(&now).await
}

/// Get an address to play a film from
///
/// The session must live and the person must be allowed to watch, at every request to it. All pictures are H.264; with `?codec=av1`
/// behind the address those of films that have them in AV1 as well are named in AV1.
#[utoipa::path(
    get, path = "/api/v1/films/{film}/playlist", tag = "films", operation_id = "getPlaylist", params(("film" = Uuid, Path)),
    responses((status = 200, description = "The address", body = Playlist))
)]
pub async fn playlist(State(app): State<App>, bearer: Bearer, At(id): At<FilmId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = for_watching(&mut call.tx, &call.me, id).await?;
    if !film::one(&mut call.tx, &proof).await?.playable {
        return Err(Refusal::WrongState);
    }
    let ticket =
        ticket::issue(&app.media_key, app.clock(), ticket::Holder::Session(call.me.session), &proof)?;
    let url = format!("/media/{ticket}/{id}/master.m3u8");
    Ok(Json(Playlist { url, expires_in: ticket::LIFE_SECONDS }).into_response())
}

/// Get captions
#[utoipa::path(
    get, path = "/api/v1/films/{film}/captions/{language}", tag = "films", operation_id = "getCaptions",
    params(("film" = Uuid, Path), ("language" = String, Path, example = "pl")),
    responses((status = 200, description = "WebVTT", body = String, content_type = "text/vtt"))
)]
pub async fn captions(
    State(app): State<App>,
    bearer: Bearer,
    At((id, language)): At<(FilmId, String)>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = for_watching(&mut call.tx, &call.me, id).await?;
    let text = caption::file(&mut call.tx, &proof, &language).await?;
    Ok(([(header::CONTENT_TYPE, "text/vtt; charset=utf-8")], text).into_response())
}

/// Attach captions
///
/// In place of those of the same language; nobody has checked them then. WebVTT, at most 2 MB; SubRip is taken too and
/// kept as WebVTT.
#[utoipa::path(
    put, path = "/api/v1/films/{film}/captions/{language}", tag = "films", operation_id = "putCaptions",
    request_body(content = String, content_type = "text/vtt"),
    params(("film" = Uuid, Path), ("language" = String, Path, example = "pl"), Label),
    responses((status = 200, description = "The film", body = Film))
)]
pub async fn put_captions(
    State(app): State<App>,
    bearer: Bearer,
    At((id, language)): At<(FilmId, String)>,
    Sought(Label { label }): Sought<Label>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    if !given::is(&headers, "text/vtt") {
        return Err(Refusal::MediaType("text/vtt"));
    }
    let bytes = request::read(body, caption::MOST_BYTES).await?;
    if label.as_deref().unwrap_or("").contains(char::is_control) {
        return Err(Refusal::field("label", identity::Problem::Malformed));
    }
    let mut call = bearer.open(&app).await?;
    let proof = for_changing(&mut call.tx, &call.me, id).await?;
    let own =
        Language::from_code(&language).map_or_else(|| language.clone(), |known| known.name().to_owned());
    caption::attach(&mut call.tx, &proof, &language, label.as_deref().unwrap_or(&own), &bytes).await?;
    let now = shown(&mut call, &proof.watchable(), Some(&proof)).await?;
    call.done(&now).await
}

/// Take captions away
#[utoipa::path(
    delete, path = "/api/v1/films/{film}/captions/{language}", tag = "films", operation_id = "deleteCaptions",
    params(("film" = Uuid, Path), ("language" = String, Path, example = "pl")),
    responses((status = 204, description = "Taken away"))
)]
pub async fn delete_captions(
    State(app): State<App>,
    bearer: Bearer,
    At((id, language)): At<(FilmId, String)>,
) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = for_changing(&mut call.tx, &call.me, id).await?;
    caption::detach(&mut call.tx, &proof, &language).await?;
    call.done_silently().await
}

/// What one has seen of a film
#[utoipa::path(
    get, path = "/api/v1/films/{film}/watched", tag = "progress", operation_id = "getWatched", params(("film" = Uuid, Path)),
    responses((status = 200, description = "Where the person is, and the union of all that was played", body = Watched))
)]
pub async fn watched(State(app): State<App>, bearer: Bearer, At(id): At<FilmId>) -> Answer {
    let mut call = bearer.open(&app).await?;
    let proof = for_watching(&mut call.tx, &call.me, id).await?;
    let own = watch::own(&mut call.tx, &proof).await?;
    let edition = film::one(&mut call.tx, &proof).await?.edition.to_string();
    let seen = own.seen.into_iter().map(|(from_ms, to_ms)| Interval { from_ms, to_ms }).collect();
    Ok(Json(Watched { position_ms: own.position_ms, seen, edition }).into_response())
}

/// Tell what was played
///
/// It is added to what was seen before; telling the same again changes nothing. Of a film that was cut since, what lies in the part that is
/// shown counts; of one that was replaced since, nothing: refused with `wrong-state`.
#[utoipa::path(
    post, path = "/api/v1/films/{film}/watched", tag = "progress", operation_id = "reportWatched", request_body = Watched,
    params(("film" = Uuid, Path)), responses((status = 204, description = "Added"))
)]
pub async fn report(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<FilmId>,
    given: Given<Watched>,
) -> Answer {
    let Watched { position_ms, seen, edition } = given.value;
    if seen.len() > watch::MOST_INTERVALS {
        return Err(Refusal::field("seen", identity::Problem::TooLong(watch::MOST_INTERVALS)));
    }
    let malformed = || Refusal::field("edition", identity::Problem::Malformed);
    let edition = Edition::read(&edition).ok_or_else(malformed)?;
    let mut call = bearer.open(&app).await?;
    let proof = for_watching(&mut call.tx, &call.me, id).await?;
    let seen: Vec<(u32, u32)> = seen.iter().map(|interval| (interval.from_ms, interval.to_ms)).collect();
    if watch::report(&mut call.tx, &proof, edition, position_ms, &seen).await? == Told::Past {
        return Err(Refusal::WrongState);
    }
    call.done_silently().await
}
