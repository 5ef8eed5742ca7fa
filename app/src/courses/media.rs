//! The pictures of a course, for those who take or teach it.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use courses::{MediaId, find, media};

use crate::caller::Caller;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;

/// The bytes of a picture. An id never gets other bytes, so a browser may keep them.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At((slug, id, _)): At<(String, MediaId, String)>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let found = find::course(&mut visit.tx, &visit.me, &slug).await?;
    let (key, media_type) = media::blob(&mut visit.tx, &found, id).await?;
    drop(visit);
    let bytes = app.blobs.stream(&key, None).await?;
    let mut response: Response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&media_type).map_err(|_| Problem::NotFound)?);
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    Ok(response)
}
