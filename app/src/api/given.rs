//! What a request of the API brings: a JSON body or a query, read strictly. A field that nobody knows is refused by name.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::Date;

use crate::api::refusal::{Refusal, What, Wrong};
use crate::request;

/// Most bytes of a JSON body.
pub const MOST_BYTES: usize = 1_000_000;

/// The day that a field gives as `2026-12-31`.
pub fn read_day(field: &str, text: &str) -> Result<Date, Refusal> {
    let form = time::macros::format_description!("[year]-[month]-[day]");
    let wrong = |_| Refusal::field(field, identity::Problem::Malformed);
    Date::parse(text, form).map_err(wrong)
}

/// The same of a field that may be absent.
pub fn read_optional_day(field: &str, text: Option<&str>) -> Result<Option<Date>, Refusal> {
    text.map(|text| read_day(field, text)).transpose()
}

/// A JSON body, extracted last.
#[derive(Clone, Debug)]
pub struct Given<T> {
    /// The body.
    pub value: T,
    /// As it came, for telling a repetition from another request.
    pub bytes: Bytes,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Given<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        if !is(request.headers(), "application/json") {
            return Err(Refusal::MediaType("application/json"));
        }
        let bytes = request::read(request.into_body(), MOST_BYTES).await?;
        let value: Value =
            serde_json::from_slice(&bytes).map_err(|error| Refusal::NotJson(error.line(), error.column()))?;
        if !value.is_object() {
            // A list would be read as the fields in their order.
            return Err(wrong("", "a JSON object is expected"));
        }
        if let Some(field) = zero_within(&value) {
            return Err(Refusal::field(&field, identity::Problem::Malformed));
        }
        let value = serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            wrong(if path == "." { "" } else { &path }, &error.into_inner().to_string())
        })?;
        Ok(Self { value, bytes })
    }
}

/// Whether the body says that it is of this media type (RFC 9110 §8.3.1; parameters do not matter).
pub fn is(headers: &axum::http::HeaderMap, wanted: &str) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    said.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}

/// The query of an address.
#[derive(Clone, Debug)]
pub struct Sought<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Sought<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let Query(query) = Query::try_from_uri(&parts.uri).map_err(|rejection| {
            let text = rejection.body_text();
            let text = text.rsplit_once("query string: ").map_or(text.as_str(), |(_, text)| text);
            let (path, said) = text.split_once(": ").filter(|(path, _)| is_name(path)).unwrap_or(("", text));
            wrong(path, said)
        })?;
        Ok(Self(query))
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// Names the field that serde's sentence is about.
fn wrong(path: &str, said: &str) -> Refusal {
    let named = said.split('`').nth(1).unwrap_or("");
    let within =
        |name: &str| if path.is_empty() || path == name { name.to_owned() } else { format!("{path}.{name}") };
    let own = || if path.is_empty() { "body".to_owned() } else { path.to_owned() };
    let (field, what) = if said.starts_with("unknown field") {
        // The path of an unknown field ends in its own name.
        (if path.ends_with(named) { path.to_owned() } else { within(named) }, What::UnknownField)
    } else if said.starts_with("missing field") {
        (within(named), What::Rule(identity::Problem::Missing))
    } else {
        (own(), What::Unreadable(said.chars().take(200).collect()))
    };
    Refusal::Invalid(vec![Wrong { field, what }])
}

/// The path of a text that holds a zero character, which the database does not take.
fn zero_within(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(at, item)| zero_within(item).map(|rest| format!("[{at}]{rest}"))),
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            if name.contains('\0') {
                return Some(name.replace('\0', "\u{fffd}"));
            }
            let rest = zero_within(field)?;
            Some(if rest.is_empty() || rest.starts_with('[') {
                format!("{name}{rest}")
            } else {
                format!("{name}.{rest}")
            })
        }),
        _ => None,
    }
}

/// For fields of a change: an absent field is `None`, `null` is `Some(None)`.
pub fn given<'de, D: serde::Deserializer<'de>, T: serde::Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// For fields that must be there and may be `null`.
pub fn nullable<'de, D: serde::Deserializer<'de>, T: serde::Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    serde::Deserialize::deserialize(from)
}
