//! Signing in for a program: a ticket for a session, and the end of it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use identity::session::ClientKind;
use identity::{SessionId, token};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::Bearer;
use crate::api::given::Given;
use crate::api::refusal::{Answer, Refusal};
use crate::state::App;

/// Name and password.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// E-mail address or login name; `login@organisation` where two organisations have the same login name.
    #[schema(example = "anna.nowak")]
    pub name: String,
    /// Password.
    #[schema(format = Password)]
    pub password: String,
}

/// A ticket of the API.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Token {
    /// For the header `Authorization: Bearer`.
    pub token: String,
    /// Life of the ticket, in seconds.
    #[schema(example = 3600)]
    pub expires_in: i64,
    /// The session behind it: its person sees and can end it in their account.
    pub session: Uuid,
}

fn ticket(app: &App, session: SessionId) -> Result<Token, Refusal> {
    let token = token::issue(&app.api_key, app.clock(), session)?;
    Ok(Token { token, expires_in: token::LIFE_SECONDS, session: session.0 })
}

/// Sign in
///
/// Begins a session of at most a day and answers a ticket for it.
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "tokens", operation_id = "signIn", request_body = Credentials, security(()),
    responses((status = 201, description = "Signed in", body = Token))
)]
pub async fn sign_in(State(app): State<App>, headers: HeaderMap, given: Given<Credentials>) -> Answer {
    let Credentials { name, password } = given.value;
    let client = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let (session, _) = identity::sign_in::sign_in(&app.db, &name, &password, ClientKind::Api, client).await?;
    Ok((StatusCode::CREATED, Json(ticket(&app, session)?)).into_response())
}

/// Get a fresh ticket
///
/// For the same session, before the present ticket is too old (a long upload).
#[utoipa::path(
    post, path = "/api/v1/tokens/current", tag = "tokens", operation_id = "renewToken",
    responses((status = 201, description = "A ticket for the same session", body = Token))
)]
pub async fn renew(State(app): State<App>, bearer: Bearer) -> Answer {
    let call = bearer.open(&app).await?;
    let fresh = ticket(&app, call.me.session)?;
    Ok((StatusCode::CREATED, Json(fresh)).into_response())
}

/// Sign out
///
/// Ends the session; every ticket for it is worth nothing from then on.
#[utoipa::path(
    delete, path = "/api/v1/tokens/current", tag = "tokens", operation_id = "signOut",
    responses((status = 204, description = "Signed out"))
)]
pub async fn sign_out(State(app): State<App>, bearer: Bearer) -> Answer {
    let mut call = bearer.open(&app).await?;
    identity::session::end(&mut call.tx, call.me.session).await?;
    call.done_silently().await
}
