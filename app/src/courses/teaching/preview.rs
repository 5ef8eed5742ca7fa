//! The preview of a text while it is written, as a fragment of safe HTML that an island puts beside the field.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use courses::{markdown, outline, publish};
use serde::Deserialize;

use super::findings;
use crate::caller::Caller;
use crate::courses::taught;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::request::Posted;
use crate::state::App;

/// Three bytes of a form for each byte of the longest text.
pub const FORM_MOST_BYTES: usize = 3 * outline::MOST_MARKDOWN_BYTES + (64 << 10);

/// The text as it stands in the field.
#[derive(Debug, Deserialize)]
pub struct Typed {
    #[serde(default)]
    text: String,
}

/// The fragment: the text as learners would see it, then what its author should look at.
pub async fn fragment(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(typed): Posted<Typed, FORM_MOST_BYTES>,
) -> Answer {
    if typed.text.len() > outline::MOST_MARKDOWN_BYTES {
        return Err(Problem::TooLarge);
    }
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let places = publish::places(&mut visit.tx, &proof).await?;
    let language = visit.language;
    drop(visit);
    let rendered = markdown::render(&typed.text.replace("\r\n", "\n"), &places);
    let html = format!("{}{}", findings::html(language, &rendered.findings), rendered.html);
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
}
