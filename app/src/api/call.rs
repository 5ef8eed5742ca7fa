//! A request of the API: its bearer ticket, the transaction of the person behind it, and how the answer is made.
//!
//! A write with an `Idempotency-Key` happens once: the same request gets the same answer again.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::Tx;
use base::act::{self, Once};
use identity::{SessionId, SignedIn};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::api::refusal::{Answer, Refusal};
use crate::state::App;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Keys of the API and keys of forms never meet.
const KEY_PREFIX: &str = "api:";
const KEY_LENGTHS: std::ops::RangeInclusive<usize> = 8..=96;

/// The head of a request with a ticket that was signed by us and is not too old. Nothing was asked of the database yet.
#[derive(Debug)]
pub struct Bearer {
    session: SessionId,
    key: Option<String>,
    act: String,
}

impl FromRequestParts<App> for Bearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let session = authorization
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .and_then(|(_, ticket)| identity::token::read(&app.api_key, app.clock(), ticket.trim()))
            .ok_or(Refusal::SIGN_IN_FIRST)?;
        let key = match parts.headers.get(KEY) {
            None => None,
            Some(value) => {
                let key = value.to_str().ok().filter(|key| KEY_LENGTHS.contains(&key.len()));
                Some(format!("{KEY_PREFIX}{}", key.ok_or(Refusal::KeyMalformed)?))
            }
        };
        Ok(Self { session, key, act: format!("{} {}", parts.method, parts.uri.path()) })
    }
}

impl Bearer {
    /// Opens the transaction of this request; called after the body was read.
    ///
    /// Errors: sign in first, when the session was ended or its person suspended.
    pub async fn open(self, app: &App) -> Result<Call, Refusal> {
        let opened = identity::session::open_by_id(&app.db, self.session).await?;
        let (tx, me) = opened.ok_or(Refusal::SIGN_IN_FIRST)?;
        Ok(Call { tx, me, key: self.key, act: self.act, digest: String::new() })
    }

    /// The same with the proof of what the person may do: `bearer.open_as(&app, SignedIn::device_clerk)`.
    ///
    /// Errors: as of `open`; what `proof` says of those who may not.
    pub async fn open_as<P, E>(
        self,
        app: &App,
        proof: impl FnOnce(&SignedIn) -> Result<P, E>,
    ) -> Result<(Call, P), Refusal>
    where
        Refusal: From<E>,
    {
        let call = self.open(app).await?;
        let proof = proof(&call.me)?;
        Ok((call, proof))
    }
}

/// What is kept of an answer that can be given again.
#[derive(Serialize, Deserialize)]
struct Kept {
    digest: String,
    status: u16,
    location: Option<String>,
    body: Option<Value>,
}

/// A request with its transaction and its person.
#[derive(Debug)]
pub struct Call {
    /// The transaction.
    pub tx: Tx,
    /// The person.
    pub me: SignedIn,
    key: Option<String>,
    act: String,
    digest: String,
}

impl Call {
    /// The answer that this request got before, if its key says that it is a repetition. Asked before the act; a second
    /// request with the key waits here until the first is over.
    ///
    /// Errors: the key came with another request.
    pub async fn again(&mut self, body: &[u8]) -> Result<Option<Response>, Refusal> {
        let Some(key) = &self.key else { return Ok(None) };
        let digest = Sha256::new().chain_update(&self.act).chain_update([0]).chain_update(body).finalize();
        self.digest = base::id::base64_encode(&digest);
        match act::once::<Kept>(&mut self.tx, key).await? {
            Once::First => Ok(None),
            Once::Again(kept) if kept.digest != self.digest => Err(Refusal::KeyReused),
            Once::Again(kept) => Ok(Some(kept.into_response())),
        }
    }

    /// 200: commits.
    pub async fn done(self, body: &impl Serialize) -> Answer {
        self.finish(StatusCode::OK, None, Some(value(body)?)).await
    }

    /// 201 with the address of what was made: commits.
    pub async fn created(self, location: String, body: &impl Serialize) -> Answer {
        self.finish(StatusCode::CREATED, Some(location), Some(value(body)?)).await
    }

    /// 204: commits.
    pub async fn done_silently(self) -> Answer {
        self.finish(StatusCode::NO_CONTENT, None, None).await
    }

    async fn finish(mut self, status: StatusCode, location: Option<String>, body: Option<Value>) -> Answer {
        let kept = Kept { digest: self.digest, status: status.as_u16(), location, body };
        if let Some(key) = self.key.filter(|_| !kept.digest.is_empty()) {
            act::remember(&mut self.tx, &key, &kept).await?;
        }
        self.tx.commit().await?;
        Ok(kept.into_response())
    }
}

fn value(body: &impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(body).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written");
        Refusal::Page(crate::Problem::Unavailable(5))
    })
}

impl IntoResponse for Kept {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = match self.body {
            Some(body) => (status, Json(body)).into_response(),
            None => status.into_response(),
        };
        if let Some(location) = self.location.and_then(|location| HeaderValue::from_str(&location).ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}
