//! A document for the browser, or why there is none.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use documents::Failure;

use crate::problem::Problem;

/// A document that could not be made, for the log and for the person.
pub fn told(failure: Failure) -> Problem {
    match failure {
        Failure::Busy | Failure::TimedOut => Problem::Unavailable(10),
        failure => {
            tracing::error!(%failure, "a document could not be made");
            Problem::Unavailable(60)
        }
    }
}

/// A PDF to be opened or kept, under a name that says what it is.
pub fn answer(number: &str, bytes: Bytes) -> Response {
    let name: String =
        number.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Ok(value) = HeaderValue::from_str(&format!("inline; filename=\"{name}.pdf\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
