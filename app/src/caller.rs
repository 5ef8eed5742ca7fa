//! Who sends a request: read from its headers alone, before anything is asked of the database.
//!
//! A handler opens the transaction itself (`open`), after it has read its body, so that a slow sender holds none.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use base::id::Secret;
use words::Language;

use crate::api;
use crate::problem::Problem;
use crate::state::App;
use crate::visit::Visit;

/// The cookie that holds the session's secret, over https and over plain http.
pub const SESSION_COOKIES: [&str; 2] = ["__Host-session", "session"];
/// The cookie that holds the language of a person who is not signed in.
pub const LANGUAGE_COOKIE: &str = "language";
/// The cookie that a script sets when a film is kept in the browser: whose films these are, in opaque letters. It goes whenever
/// somebody signs in or out, and with it the films.
pub const KEEPER_COOKIE: &str = "keeper";
/// The cookie that holds the code of a message to be shown once.
pub const FLASH_COOKIE: &str = "flash";

/// The sender of a request, as its headers tell.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The session cookie.
    pub secret: Option<Secret>,
    /// The wish for a language: cookie, then `Accept-Language`.
    pub language: Language,
    /// Code of the message to be shown once.
    pub flash: Option<String>,
    /// Path and query that were asked for.
    pub path: String,
    /// The page that a small form (the language) comes back to: this one when it was read, else the one before.
    pub back: String,
    /// Whether a page was asked for (GET or HEAD).
    pub reads: bool,
    /// What the client says of itself.
    pub client: String,
    /// How many notices the person has not read; 0 until it was looked up, and for what is no page.
    pub(crate) unread: i64,
}

impl Caller {
    /// From the head of a request.
    pub fn of(parts: &Parts) -> Self {
        let headers = &parts.headers;
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        let language = cookie(headers, LANGUAGE_COOKIE)
            .and_then(|code| Language::from_code(&code))
            .unwrap_or_else(|| accepted(headers));
        let secret = SESSION_COOKIES.iter().find_map(|name| cookie(headers, name));
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let back =
            if reads { path.clone() } else { referring_path(headers).unwrap_or_else(|| "/".to_owned()) };
        Self {
            secret: secret.map(|secret| Secret::given(&secret)),
            language,
            flash: cookie(headers, FLASH_COOKIE).filter(|code| !code.is_empty()),
            path,
            back,
            reads,
            client: text(header::USER_AGENT).to_owned(),
            unread: 0,
        }
    }

    /// Opens the transaction of this request for the signed-in person.
    ///
    /// Errors: `SignInFirst` when nobody is signed in.
    pub async fn open(&self, app: &App) -> Result<Visit, Problem> {
        self.try_open(app).await?.ok_or_else(|| self.sign_in_first())
    }

    /// Where somebody who is not signed in is sent: to sign in, and back to the page if it was one.
    pub fn sign_in_first(&self) -> Problem {
        Problem::SignInFirst { next: if self.reads { self.path.clone() } else { String::new() } }
    }

    /// The same for clients of the API as well: a bearer ticket counts where there is one, else the cookie.
    pub async fn open_any(&self, app: &App, headers: &HeaderMap) -> Result<Visit, Problem> {
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let nobody = Problem::SignInFirst { next: String::new() };
        let Some(ticket) = bearer else { return self.try_open(app).await?.ok_or(nobody) };
        let session = identity::token::read(&app.api_key, app.clock(), ticket).ok_or(nobody.clone())?;
        let (tx, me) = identity::session::open_by_id(&app.db, session).await?.ok_or(nobody)?;
        Ok(Visit::new(app.clone(), self.clone(), tx, me))
    }

    /// The same where nobody need be signed in. For a page, the number of notices that were not read is looked up.
    pub async fn try_open(&self, app: &App) -> Result<Option<Visit>, Problem> {
        let Some(secret) = &self.secret else { return Ok(None) };
        let Some((tx, me)) = identity::session::open(&app.db, secret).await? else { return Ok(None) };
        let visit = Visit::new(app.clone(), self.clone(), tx, me);
        Ok(Some(if self.shows_page() { visit.counted().await? } else { visit }))
    }

    /// Whether a whole page is asked for: not a picture or a piece of a film, nor the state that a script asks for.
    fn shows_page(&self) -> bool {
        let path = self.path.split('?').next().unwrap_or("/");
        let file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
        self.reads && !file && !path.starts_with("/films/") && !api::is_api(path)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// The language that `Accept-Language` wishes for (RFC 9110 §12.5.4), else Polish.
pub fn accepted(headers: &HeaderMap) -> Language {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::accepted(text.unwrap_or(""))
}

/// The path of the page of ours whose form was sent (RFC 9110 §10.1.3).
fn referring_path(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (_, rest) = text(header::REFERER)?.split_once("://")?;
    let path = rest.strip_prefix(text(header::HOST)?)?;
    path.starts_with('/').then(|| path.to_owned())
}

/// The value of a cookie (RFC 6265 §5.4).
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}
