//! Pictures and films of an open course. What is asked for must be part of its published version, at every request.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::Tx;
use courses::film::for_anybody;
use courses::{MediaId, open};
use video::ticket::Holder;
use video::{FilmId, Watchable};

use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;
use crate::video::{admit, captions_of, plain_of, poster_of};

/// The bytes of a picture.
pub async fn picture(
    State(app): State<App>,
    At((office, slug, id, _)): At<(String, String, MediaId, String)>,
) -> Answer {
    let (mut tx, opened) = open::course(&app.db, &office, &slug).await?;
    let (key, media_type) = open::picture(&mut tx, &opened, id).await?;
    drop(tx);
    let bytes = app.blobs.stream(&key, None).await?;
    let mut response: Response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&media_type).map_err(|_| Problem::NotFound)?);
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    // Not for ever: the course may be closed.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=600"));
    Ok(response)
}

async fn watchable(
    app: &App,
    office: &str,
    slug: &str,
    film: FilmId,
) -> Result<(Tx, open::Opened, Watchable), Problem> {
    let (mut tx, opened) = open::course(&app.db, office, slug).await?;
    let proof = for_anybody(&mut tx, &opened, film).await?;
    Ok((tx, opened, proof))
}

/// Sends the player to the master playlist, with a ticket for this film of this course.
pub async fn enter(
    State(app): State<App>,
    At((office, slug, film)): At<(String, String, FilmId)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (tx, opened, proof) = watchable(&app, &office, &slug, film).await?;
    drop(tx);
    admit(&app, Holder::Visitor(opened.id().0), &proof, query.as_deref())
}

/// The poster.
pub async fn poster(
    State(app): State<App>,
    At((office, slug, film)): At<(String, String, FilmId)>,
) -> Answer {
    let (tx, _, proof) = watchable(&app, &office, &slug, film).await?;
    poster_of(&app, tx, &proof).await
}

/// The captions of one language.
pub async fn captions(
    State(app): State<App>,
    At((office, slug, film, file)): At<(String, String, FilmId, String)>,
) -> Answer {
    let (tx, _, proof) = watchable(&app, &office, &slug, film).await?;
    captions_of(tx, &proof, &file).await
}

/// The whole film as one MP4.
pub async fn plain(
    State(app): State<App>,
    At((office, slug, film)): At<(String, String, FilmId)>,
    headers: HeaderMap,
) -> Answer {
    let (tx, _, proof) = watchable(&app, &office, &slug, film).await?;
    plain_of(&app, tx, &proof, &headers).await
}
