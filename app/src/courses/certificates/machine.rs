//! What programs fetch to verify a certificate as a file: keys, issuer, list of what was revoked. All of it is public.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use base::OrganisationId;
use courses::certificate::{credential, key};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// How long others may keep an answer, and that programs of other sites may read it.
fn published(kind: &'static str, seconds: u32, body: String) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("public, max-age={seconds}")) {
        headers.insert(header::CACHE_CONTROL, value);
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

fn document(kind: &'static str, value: &Value) -> Response {
    published(kind, 300, value.to_string())
}

/// GET /.well-known/jwks.json: the public keys, present and retired (RFC 7517 §5).
pub async fn keys(State(app): State<App>) -> Answer {
    let keys = key::all(&app.db, &app.settings.public_url).await?;
    Ok(document("application/jwk-set+json", &json!({ "keys": keys })))
}

/// GET /credentials/keys/{key_id}: one public key, as `kid` of a signature names it.
pub async fn key(State(app): State<App>, At(id): At<Uuid>) -> Answer {
    Ok(document("application/jwk+json", &key::one(&app.db, &app.settings.public_url, id).await?))
}

/// GET /credentials/issuers/{organisation}: who issues.
pub async fn issuer(State(app): State<App>, At(id): At<OrganisationId>) -> Answer {
    let issuer = credential::issuer(&app.db, &app.settings.public_url, id).await?;
    Ok(document("application/ld+json", &issuer))
}

/// GET /credentials/status/{organisation}/{list}: what was revoked. A verifier sees it within a minute.
pub async fn status(State(app): State<App>, At((id, list)): At<(OrganisationId, i16)>) -> Answer {
    let list = credential::status(&app.db, &app.settings.public_url, id, list).await?;
    Ok(published("application/vc+jwt", 60, list))
}
