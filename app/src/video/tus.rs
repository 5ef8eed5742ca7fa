//! The tus 1.0.0 protocol (core, creation, termination, checksum, expiration) over `video::upload`.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use courses::film::for_changing;
use futures::StreamExt as _;
use time::macros::format_description;
use tokio::sync::mpsc;
use video::take::{self, CHECKSUM_ALGORITHMS, Checksum, Place};
use video::upload::{self, Announced, Upload};
use video::{Editable, Error, FilmId, UploadId};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::request::At;
use crate::state::App;
use crate::visit::Visit;

const VERSION: &str = "1.0.0";

/// An answer of the protocol: every one carries `Tus-Resumable` and no page.
pub struct Tus {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    text: &'static str,
}

impl Tus {
    fn new(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), text: "" }
    }

    fn because(status: StatusCode, text: &'static str) -> Self {
        Self { status, headers: Vec::new(), text }
    }

    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((HeaderName::from_static(name), value.to_string()));
        self
    }
}

impl IntoResponse for Tus {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.text).into_response();
        let headers = response.headers_mut();
        headers.insert("tus-resumable", HeaderValue::from_static(VERSION));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

impl From<Problem> for Tus {
    fn from(problem: Problem) -> Self {
        Self::because(problem.status(), problem.code())
    }
}

impl From<courses::Error> for Tus {
    fn from(error: courses::Error) -> Self {
        Problem::from(error).into()
    }
}

impl From<Error> for Tus {
    fn from(error: Error) -> Self {
        match error {
            Error::WrongOffset(offset) => Self::because(StatusCode::CONFLICT, "the upload stands elsewhere")
                .with("upload-offset", offset),
            Error::TooManyBytes => Self::because(StatusCode::PAYLOAD_TOO_LARGE, "more bytes than announced"),
            Error::BadSize(most) => Self::because(StatusCode::PAYLOAD_TOO_LARGE, "no bytes, or too many")
                .with("tus-max-size", most),
            Error::NoRoom(free) => Self::because(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the films of the organisation have no room for it",
            )
            .with("tus-max-size", free),
            Error::ChecksumMismatch => Self::because(
                StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST),
                "the checksum does not match; nothing was kept",
            ),
            Error::TakenOver => Self::because(StatusCode::LOCKED, "another request took the upload over"),
            Error::Expired => Self::because(StatusCode::GONE, "the upload has expired"),
            // Not 409: a client of the protocol would try again, and that does not help.
            Error::BeingReplaced => {
                Self::because(StatusCode::UNPROCESSABLE_ENTITY, "somebody else replaces this film")
            }
            Error::WrongState(_) => Self::because(StatusCode::CONFLICT, "the film is being made"),
            other => Problem::from(other).into(),
        }
    }
}

/// The version must be ours (tus core, "Tus-Resumable").
fn version(headers: &HeaderMap) -> Result<(), Tus> {
    if headers.get("tus-resumable").is_some_and(|version| version == VERSION) {
        return Ok(());
    }
    Err(Tus::because(StatusCode::PRECONDITION_FAILED, "Tus-Resumable must be 1.0.0")
        .with("tus-version", VERSION))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// A value of `Upload-Metadata`: `key base64,key base64`.
fn metadata(header: &str, key: &str) -> Option<String> {
    let value = header.split(',').find_map(|pair| pair.trim().strip_prefix(key)?.strip_prefix(' '))?;
    String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()
}

/// The date of RFC 9110 §5.6.7.
fn http_date(at: time::OffsetDateTime) -> String {
    let form = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    at.to_offset(time::UtcOffset::UTC).format(form).unwrap_or_default()
}

fn stands(tus: Tus, upload: &Upload) -> Tus {
    let tus = tus.with("upload-offset", upload.offset);
    if upload.complete { tus } else { tus.with("upload-expires", http_date(upload.expires_at)) }
}

async fn opened(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    id: UploadId,
) -> Result<(Visit, Editable), Tus> {
    let mut visit = caller.open_any(app, headers).await?;
    let film = upload::film_of(&mut visit.tx, id).await?;
    let proof = for_changing(&mut visit.tx, &visit.me, film).await?;
    Ok((visit, proof))
}

/// What the server can do.
pub async fn options(State(app): State<App>) -> Tus {
    Tus::new(StatusCode::NO_CONTENT)
        .with("tus-version", VERSION)
        .with("tus-extension", "creation,termination,checksum,expiration")
        .with("tus-max-size", app.settings.film_most_bytes)
        .with("tus-checksum-algorithm", CHECKSUM_ALGORITHMS)
}

/// Begins an upload for the film that `Upload-Metadata: film <base64 id>` names.
pub async fn create(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Tus, Tus> {
    version(&headers)?;
    let mut visit = caller.open_any(&app, &headers).await?;
    let size = number(&headers, "upload-length")
        .ok_or_else(|| Tus::because(StatusCode::BAD_REQUEST, "Upload-Length must be a number of bytes"))?;
    let described =
        headers.get("upload-metadata").and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
    let film: FilmId = metadata(&described, "film")
        .and_then(|film| film.parse().ok())
        .ok_or_else(|| Tus::because(StatusCode::BAD_REQUEST, "Upload-Metadata must name the film"))?;
    let proof = for_changing(&mut visit.tx, &visit.me, film).await?;
    let actor = visit.tx.actor().clone();
    drop(visit);
    let file_name = metadata(&described, "filename").unwrap_or_default();
    let announced = Announced { size, file_name, metadata: described };
    let upload =
        upload::create(&app.db, &app.blobs, &actor, &proof, &announced, app.settings.film_most_bytes).await?;
    let created = Tus::new(StatusCode::CREATED).with("location", format!("/api/tus/{}", upload.id));
    Ok(stands(created, &upload))
}

/// Where an upload stands.
pub async fn stand(
    State(app): State<App>,
    caller: Caller,
    At(id): At<UploadId>,
    headers: HeaderMap,
) -> Result<Tus, Tus> {
    version(&headers)?;
    let (mut visit, proof) = opened(&app, &caller, &headers, id).await?;
    let upload = upload::one(&mut visit.tx, &proof, id).await?;
    let tus =
        Tus::new(StatusCode::OK).with("upload-length", upload.size).with("upload-metadata", &upload.metadata);
    Ok(stands(tus, &upload))
}

/// Takes bytes that begin where the upload stands.
pub async fn append(
    State(app): State<App>,
    caller: Caller,
    At(id): At<UploadId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Tus, Tus> {
    version(&headers)?;
    let (visit, proof) = opened(&app, &caller, &headers, id).await?;
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/offset+octet-stream") {
        return Err(Tus::because(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "application/offset+octet-stream is expected",
        ));
    }
    let offset = number(&headers, "upload-offset")
        .ok_or_else(|| Tus::because(StatusCode::BAD_REQUEST, "Upload-Offset must be a number of bytes"))?;
    let checksum =
        match headers.get("upload-checksum").map(|value| value.to_str().ok().and_then(Checksum::read)) {
            Some(None) => return Err(Tus::because(StatusCode::BAD_REQUEST, "this checksum cannot be read")),
            Some(known) => known,
            None => None,
        };
    let place = Place { db: app.db.clone(), blobs: app.blobs.clone(), actor: visit.tx.actor().clone() };
    drop(visit);
    // A task of its own: when the connection breaks, what has arrived is still put away.
    let (send, receive) = mpsc::channel(4);
    let taking = tokio::spawn(take::append(place, proof, id, offset, checksum, receive));
    let mut pieces = body.into_data_stream();
    while let Some(Ok(piece)) = pieces.next().await {
        if send.send(piece).await.is_err() {
            break; // Refused: the task says why.
        }
    }
    drop(send);
    let taken = taking.await.map_err(|_| Tus::from(Problem::Unavailable(5)))?;
    let offset = taken?;
    Ok(Tus::new(StatusCode::NO_CONTENT).with("upload-offset", offset))
}

/// Gives an upload up.
pub async fn terminate(
    State(app): State<App>,
    caller: Caller,
    At(id): At<UploadId>,
    headers: HeaderMap,
) -> Result<Tus, Tus> {
    version(&headers)?;
    let (visit, proof) = opened(&app, &caller, &headers, id).await?;
    let actor = visit.tx.actor().clone();
    drop(visit);
    upload::terminate(&app.db, &app.blobs, &actor, &proof, id).await?;
    Ok(Tus::new(StatusCode::NO_CONTENT))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::{http_date, metadata, number};

    #[test]
    fn metadata_is_read_by_its_key() {
        let header = "filename d3lrbGFkLm1wNA==,film MDE5,empty";
        assert_eq!(metadata(header, "filename").as_deref(), Some("wyklad.mp4"));
        assert_eq!(metadata(header, "film").as_deref(), Some("019"));
        assert_eq!(metadata(header, "empty"), None);
        assert_eq!(metadata("film ???", "film"), None);
    }

    /// Two seconds; the headers of tus as anybody may send them. `TABLICA_FUZZ_SECONDS` says how long instead.
    #[test]
    fn headers_that_nobody_would_write_are_read_or_refused() {
        let seconds = std::env::var("TABLICA_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
        let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(2));
        let samples: [&[u8]; 5] = [
            b"filename d3lrbGFkLm1wNA==,film MDE5,empty",
            b"film",
            b"film  ,film",
            b"18446744073709551615",
            b"-1",
        ];
        // Marsaglia's xorshift, from the same number every time.
        let mut chance = 0x7a5_2026_u64;
        let mut below = move |limit: usize| {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            usize::try_from(chance % limit as u64).unwrap()
        };
        let mut times = 0;
        while Instant::now() < until {
            let mut bytes = samples[below(samples.len())].to_vec();
            for _ in 0..=below(5) {
                let at = below(bytes.len() + 1);
                match below(3) {
                    0 => bytes.insert(at, u8::try_from(below(256)).unwrap()),
                    1 => bytes.truncate(at),
                    _ => bytes.splice(at..at, samples[below(samples.len())].iter().copied()).for_each(drop),
                }
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some(value) = metadata(&text, "film") {
                assert!(value.len() <= text.len() && text.contains("film "), "{text:?}");
            }
            let Ok(value) = HeaderValue::from_bytes(&bytes) else { continue };
            let headers = HeaderMap::from_iter([(HeaderName::from_static("upload-offset"), value)]);
            if let Some(offset) = number(&headers, "upload-offset") {
                assert!(
                    text.trim_start_matches('0') == offset.to_string().trim_start_matches('0'),
                    "{text:?}"
                );
            }
            times += 1;
        }
        assert!(times > 0);
    }

    #[test]
    fn a_date_is_written_as_http_wants_it() {
        let at = time::macros::datetime!(2026-11-21 04:05:06 UTC);
        assert_eq!(http_date(at), "Sat, 21 Nov 2026 04:05:06 GMT");
    }
}
