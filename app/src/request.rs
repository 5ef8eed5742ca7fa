//! What a request brings: form, address, query, file. What cannot be read becomes a problem with a page of ours, never a
//! bare line of text, and a zero character (which the database does not take) never gets further than here.

use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Form, FromRequest, FromRequestParts, Multipart, Path, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use futures::StreamExt as _;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// Most bytes of a form without files. The longest honest form is an accessibility statement: some 60 KiB.
pub const FORM_MOST_BYTES: usize = 256 << 10;
/// A sender of more than is taken is heard out to here, so that the browser reads the answer instead of a broken line.
const HEARD_OUT_BYTES: usize = 32 << 20;

/// A form of at most `MOST` bytes, extracted last.
#[derive(Clone, Debug)]
pub struct Posted<T, const MOST: usize = FORM_MOST_BYTES>(pub T);

impl<T: DeserializeOwned, S: Send + Sync, const MOST: usize> FromRequest<S> for Posted<T, MOST> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read(body, MOST).await?;
        if holds_zero(&bytes) {
            return Err(Problem::Malformed);
        }
        let mut request = Request::from_parts(parts, Body::from(bytes));
        DefaultBodyLimit::disable().apply(&mut request);
        let Form(form) = Form::from_request(request, state).await?;
        Ok(Self(form))
    }
}

/// The parameters of a path. One that has not the right form names nothing that is there: 404.
#[derive(Clone, Debug)]
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if holds_zero(parts.uri.path().as_bytes()) {
            return Err(Problem::NotFound);
        }
        let path = Path::from_request_parts(parts, state).await.map_err(|_| Problem::NotFound)?;
        Ok(Self(path.0))
    }
}

/// The query of an address.
#[derive(Clone, Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if holds_zero(parts.uri.query().unwrap_or("").as_bytes()) {
            return Err(Problem::Malformed);
        }
        let query = Query::from_request_parts(parts, state).await.map_err(|_| Problem::Malformed)?;
        Ok(Self(query.0))
    }
}

/// A form with one file of at most `MOST` bytes (and a little more around it).
#[derive(Clone, Debug, Default)]
pub struct Attached<const MOST: usize> {
    /// What the file was called on the sender's disk; empty when none was chosen.
    pub name: String,
    /// The file.
    pub bytes: Bytes,
    /// The other fields, by name.
    pub fields: HashMap<String, String>,
}

impl<S: Send + Sync, const MOST: usize> FromRequest<S> for Attached<MOST> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read(body, MOST + (64 << 10)).await?;
        let mut request = Request::from_parts(parts, Body::from(bytes));
        DefaultBodyLimit::disable().apply(&mut request);
        let mut form = Multipart::from_request(request, state).await.map_err(|_| Problem::Malformed)?;
        let mut attached = Self::default();
        while let Some(field) = form.next_field().await? {
            if let Some(name) = field.file_name().map(str::to_owned) {
                attached.name = name;
                attached.bytes = field.bytes().await?;
            } else if let Some(name) = field.name().map(str::to_owned) {
                let text = field.text().await?;
                if holds_zero(text.as_bytes()) {
                    return Err(Problem::Malformed);
                }
                attached.fields.insert(name, text);
            }
        }
        Ok(attached)
    }
}

/// A file of a form.
#[derive(Clone, Debug)]
pub struct GivenFile {
    /// The field's name.
    pub field: String,
    /// What it was called on the sender's disk.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A form with any number of files, of at most `MOST` bytes altogether. One without files may come as an ordinary form.
#[derive(Clone, Debug, Default)]
pub struct Filed<const MOST: usize> {
    /// The fields, in order.
    pub fields: Vec<(String, String)>,
    /// The files that were chosen.
    pub files: Vec<GivenFile>,
}

impl<S: Send + Sync, const MOST: usize> FromRequest<S> for Filed<MOST> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
            let Posted(fields) = Posted::<_, FORM_MOST_BYTES>::from_request(request, state).await?;
            return Ok(Self { fields, files: Vec::new() });
        }
        let (parts, body) = request.into_parts();
        let bytes = read(body, MOST).await?;
        let mut request = Request::from_parts(parts, Body::from(bytes));
        DefaultBodyLimit::disable().apply(&mut request);
        let mut form = Multipart::from_request(request, state).await.map_err(|_| Problem::Malformed)?;
        let mut filed = Self::default();
        while let Some(field) = form.next_field().await? {
            let Some(name) = field.name().map(str::to_owned) else { continue };
            if let Some(file) = field.file_name().map(str::to_owned) {
                let bytes = field.bytes().await?;
                if !bytes.is_empty() {
                    filed.files.push(GivenFile { field: name, name: file, bytes });
                }
            } else {
                let text = field.text().await?;
                if holds_zero(text.as_bytes()) || text.len() > FORM_MOST_BYTES {
                    return Err(Problem::Malformed);
                }
                filed.fields.push((name, text));
            }
        }
        Ok(filed)
    }
}

/// The whole body, when it has at most `most` bytes. Errors: `TooLarge`, `Malformed` when the line breaks.
pub(crate) async fn read(body: Body, most: usize) -> Result<Bytes, Problem> {
    let mut pieces = body.into_data_stream();
    let mut kept = Vec::new();
    let mut heard = 0_usize;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::Malformed)?;
        heard = heard.saturating_add(piece.len());
        if heard <= most {
            kept.extend_from_slice(&piece);
        } else {
            kept = Vec::new();
        }
        if heard > most.max(HEARD_OUT_BYTES) {
            break;
        }
    }
    if heard > most { Err(Problem::TooLarge) } else { Ok(kept.into()) }
}

fn holds_zero(text: &[u8]) -> bool {
    text.contains(&0) || text.windows(3).any(|three| three == b"%00")
}
