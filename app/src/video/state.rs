//! How the making of a film goes, and what a person has seen of it: the two things that islands ask and tell.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use courses::film::{for_changing, for_watching};
use islands::{FilmStage, FilmState, ProgressPost};
use video::film::{self, State as Stage};
use video::watch::{self, Told};
use video::{Edition, FilmId, replace};

use crate::caller::Caller;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;

/// Most bytes of a progress report.
const MOST_BYTES: usize = 64 * 1024;

/// How far the film is, as JSON.
pub async fn state(State(app): State<App>, caller: Caller, At(film): At<FilmId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = for_watching(&mut visit.tx, &visit.me, film).await?;
    let film = film::one(&mut visit.tx, &proof).await?;
    Ok(Json(film_state(&film)).into_response())
}

/// How far the film is that is to take the place of this one, as JSON; ready when none is any more.
pub async fn next(State(app): State<App>, caller: Caller, At(film): At<FilmId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = for_changing(&mut visit.tx, &visit.me, film).await?;
    let state = match replace::next(&mut visit.tx, &proof).await? {
        Some(next) => FilmState { playable: false, ..film_state(&next.film) },
        None => film_state(&film::one(&mut visit.tx, &proof.watchable()).await?),
    };
    Ok(Json(state).into_response())
}

/// The state as islands take it; the words are theirs.
pub fn film_state(film: &film::Film) -> FilmState {
    let state = match film.state {
        Stage::Empty | Stage::Uploading => FilmStage::Uploading,
        Stage::Queued => FilmStage::Queued,
        // Their words differ, and come with the page.
        Stage::Transcoding | Stage::Copying => FilmStage::Transcoding,
        Stage::Ready => FilmStage::Ready,
        Stage::Failed => FilmStage::Failed,
        Stage::Cancelled => FilmStage::Cancelled,
    };
    FilmState { state, per_mille: film.per_mille, message: String::new(), playable: film.playable }
}

/// Adds what was played. The same report twice changes nothing, so a lost answer costs nothing. A page that was opened before the film was
/// cut hears so with 205, and that it was replaced with 409: it has to be loaded anew.
pub async fn progress(State(app): State<App>, caller: Caller, At(film): At<FilmId>, body: Bytes) -> Answer {
    // A beacon cannot say that it is JSON without a preflight, so its type is not asked for.
    let post: Option<ProgressPost> = Some(&body)
        .filter(|body| body.len() <= MOST_BYTES)
        .and_then(|body| serde_json::from_slice(body).ok());
    let mut visit = caller.open(&app).await?;
    let proof = for_watching(&mut visit.tx, &visit.me, film).await?;
    let refused = if body.len() > MOST_BYTES { Problem::TooLarge } else { Problem::Malformed };
    let post = post.ok_or(refused)?;
    let edition = Edition::read(&post.edition).ok_or(Problem::Malformed)?;
    let told = watch::report(&mut visit.tx, &proof, edition, post.position_ms, &post.seen).await?;
    visit.tx.commit().await?;
    let status = match told {
        Told::Present => StatusCode::NO_CONTENT,
        Told::Moved => StatusCode::RESET_CONTENT,
        Told::Past => StatusCode::CONFLICT,
    };
    Ok(status.into_response())
}
