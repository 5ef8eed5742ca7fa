//! What stands before every page: the origin of forms, the policy of what a page may load, and the pages of problems.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use words::Language;

use crate::api::refusal::Refusal;
use crate::api::{self, problem_json};
use crate::caller::{self, Caller};
use crate::problem::Problem;
use crate::state::App;
use crate::visit::problem_page;

/// What a page may load (CSP 3). No inline script, no inline style, nothing from elsewhere; `blob:` is how hls.js feeds
/// a film to the player.
pub const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Stands before and behind every route.
pub async fn stand(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = problems(&app, request, next).await;
    headers(&app, &mut response);
    response
}

/// Whether a request is no write that a page of another site makes a browser send (OWASP: CSRF; Fetch Metadata).
///
/// A browser says where a request comes from with `Sec-Fetch-Site`; an old one with `Origin`. A client that sends neither
/// and no cookie is no browser and cannot be made to act for anybody.
fn is_ours(app: &App, parts: &Parts) -> bool {
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let headers = &parts.headers;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        // The API takes no cookie, so a browser that sends none cannot be made to act for anybody.
        _ if api::is_api(parts.uri.path()) && !headers.contains_key(header::COOKIE) => true,
        (Some("same-origin" | "none"), _) => true,
        (Some(_), _) => false,
        (None, Some(origin)) => {
            let host = origin.split_once("://").map_or("", |(_, host)| host);
            Some(host) == text("host") || origin == app.settings.public_url
        }
        (None, None) => !headers.contains_key(header::COOKIE),
    }
}

/// Stands before every route of a signed-in person: who brings no session at all is sent to sign in before a byte of the
/// form is read. Whether the session lives is looked up by the handler. The API says it in its own way.
pub async fn signed_in(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let caller = Caller::of(&parts);
    if caller.secret.is_some() || parts.uri.path().starts_with("/api/") {
        return next.run(Request::from_parts(parts, body)).await;
    }
    caller.sign_in_first().into_response()
}

/// The policy, with the object store in it when browsers fetch films there.
fn policy(app: &App) -> HeaderValue {
    let Some(signer) = &app.signer else { return const { HeaderValue::from_static(POLICY) } };
    let (media, connect) = ("media-src 'self'", "connect-src 'self'");
    let origin = signer.origin();
    let wider =
        POLICY.replace(media, &format!("{media} {origin}")).replace(connect, &format!("{connect} {origin}"));
    HeaderValue::from_str(&wider).unwrap_or(HeaderValue::from_static(POLICY))
}

/// Names and values are made while this is compiled, and not checked letter by letter for every answer.
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Headers of every answer.
fn headers(app: &App, response: &mut Response) {
    let headers = response.headers_mut();
    headers.reserve(8);
    let mut set = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    set(header::X_CONTENT_TYPE_OPTIONS, const { HeaderValue::from_static("nosniff") });
    set(header::REFERRER_POLICY, const { HeaderValue::from_static("same-origin") });
    set(OPENER_POLICY, const { HeaderValue::from_static("same-origin") });
    set(RESOURCE_POLICY, const { HeaderValue::from_static("same-origin") });
    set(PERMISSIONS_POLICY, const { HeaderValue::from_static("camera=(), microphone=(), geolocation=()") });
    set(header::CACHE_CONTROL, const { HeaderValue::from_static("private, no-store") });
    if app.secure() {
        set(header::STRICT_TRANSPORT_SECURITY, const { HeaderValue::from_static("max-age=31536000") });
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| policy(app));
}

/// Gives a refusal of the API its JSON, in the language that the client accepts.
fn api_problem(language: Language, mut response: Response) -> Response {
    let extensions = response.extensions_mut();
    let refusal =
        extensions.remove::<Refusal>().or_else(|| extensions.remove::<Problem>().map(Refusal::from));
    let wrong_method = response.status() == StatusCode::METHOD_NOT_ALLOWED;
    match refusal.or_else(|| wrong_method.then_some(Refusal::WrongMethod)) {
        Some(refusal) => problem_json::write(&refusal, language, response),
        None => response,
    }
}

/// What axum itself refuses (a path that is no id, a form that is too large) looks like every other refusal.
fn bare_refusal(response: Response) -> Response {
    let said = response.extensions();
    let known = said.get::<Problem>().is_some() || said.get::<Refusal>().is_some();
    if known || response.headers().contains_key("tus-resumable") {
        return response;
    }
    let plain =
        response.headers().get("content-type").is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::UNSUPPORTED_MEDIA_TYPE if plain => {
            // A path that cannot be an id is a page that is not there.
            let path = response.status() != StatusCode::UNSUPPORTED_MEDIA_TYPE;
            if path { Problem::NotFound } else { Problem::Malformed }.into_response()
        }
        StatusCode::UNPROCESSABLE_ENTITY if plain => Problem::Malformed.into_response(),
        StatusCode::PAYLOAD_TOO_LARGE if plain => Problem::TooLarge.into_response(),
        _ => response,
    }
}

/// Gives a problem its page, in the language of the person.
async fn problems(app: &App, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let ours = is_ours(app, &parts);
    let caller = Caller::of(&parts);
    let is_api = api::is_api(parts.uri.path());
    // A client of the API chooses by its header alone; the cookie is the browser's and says nothing of it.
    let accepted = caller::accepted(&parts.headers);
    let mut response = if ours {
        bare_refusal(next.run(Request::from_parts(parts, body)).await)
    } else {
        Problem::Foreign.into_response()
    };
    if is_api {
        return api_problem(accepted, response);
    }
    let told = response.extensions_mut().remove::<Problem>();
    let form_only = response.status() == StatusCode::METHOD_NOT_ALLOWED
        && !response.headers().contains_key("tus-resumable");
    let Some(problem) = told.or_else(|| form_only.then_some(Problem::FormOnly)) else { return response };
    let asks = !matches!(problem, Problem::Unavailable(_) | Problem::SignInFirst { .. });
    let visit = if asks { caller.try_open(app).await.ok().flatten() } else { None };
    let mut page = problem_page(app, &caller, visit.as_ref().map(|visit| &visit.me), &problem);
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}
