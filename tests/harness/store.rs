//! An object store that can fail: the embedded one, and in front of it a proxy that does what a test tells it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::blob::BlobSettings;
use base::embedded::store::EmbeddedStore;
use server::config::Config;

/// What the store does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mood {
    /// What it should.
    Good,
    /// Answers 503.
    Down,
    /// Waits a second and a half before each answer.
    Slow,
    /// Gives half of what is asked for and calls it the whole.
    Lying,
    /// Takes nothing more: its disk is full.
    Full,
}

#[derive(Clone)]
struct Proxy {
    behind: String,
    mood: Arc<AtomicU8>,
    gets: Arc<AtomicU64>,
    http: reqwest::Client,
}

/// A store of its own that several programs share.
pub struct MoodyStore {
    pub settings: BlobSettings,
    /// The store itself, past the proxy.
    pub behind: EmbeddedStore,
    mood: Arc<AtomicU8>,
    gets: Arc<AtomicU64>,
}

impl MoodyStore {
    pub async fn start(folder: &Path) -> Self {
        let behind = EmbeddedStore::start(folder).await.unwrap();
        let proxy = Proxy {
            behind: behind.settings().endpoint.clone(),
            mood: Arc::new(AtomicU8::new(Mood::Good as u8)),
            gets: Arc::default(),
            http: reqwest::Client::new(),
        };
        let (mood, gets) = (proxy.mood.clone(), proxy.gets.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = BlobSettings {
            endpoint: format!("http://{}", listener.local_addr().unwrap()),
            ..behind.settings().clone()
        };
        let router = Router::new().fallback(pass).with_state(proxy);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { settings, behind, mood, gets }
    }

    pub fn is(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    /// How many objects were asked for so far.
    pub fn gets(&self) -> u64 {
        self.gets.load(Ordering::SeqCst)
    }

    /// Has a program use it.
    pub fn set(&self, config: &mut Config) {
        config.s3_endpoint.clone_from(&self.settings.endpoint);
        config.s3_region.clone_from(&self.settings.region);
        config.s3_bucket.clone_from(&self.settings.bucket);
        config.s3_access_key.clone_from(&self.settings.access_key);
        config.s3_secret_key.clone_from(&self.settings.secret_key);
    }
}

/// Passes a request on, and lets pages of other origins read the answer, as a store does that was told so (CORS). It tells nobody how long
/// it took or how large it was (`Timing-Allow-Origin`): few stores can.
async fn pass(State(proxy): State<Proxy>, request: Request) -> Response {
    let from = request.headers().get(header::ORIGIN).cloned();
    let asks_first = *request.method() == Method::OPTIONS;
    let mut answer =
        if asks_first { StatusCode::NO_CONTENT.into_response() } else { behind(proxy, request).await };
    if let Some(from) = from {
        let headers = answer.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, from);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("range"));
    }
    answer
}

async fn behind(proxy: Proxy, request: Request) -> Response {
    let mood = proxy.mood.load(Ordering::SeqCst);
    let writes = matches!(*request.method(), Method::PUT | Method::POST);
    if *request.method() == Method::GET {
        proxy.gets.fetch_add(1, Ordering::SeqCst);
    }
    if mood == Mood::Down as u8 {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if mood == Mood::Full as u8 && writes {
        return StatusCode::INSUFFICIENT_STORAGE.into_response();
    }
    if mood == Mood::Slow as u8 {
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    let (parts, body) = request.into_parts();
    let place = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    // The signature is over the name of the host that was asked: it is passed on as it came.
    let mut asked = proxy.http.request(parts.method.clone(), format!("{}{place}", proxy.behind));
    for (name, value) in &parts.headers {
        if name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING && name != header::CONNECTION {
            asked = asked.header(name, value);
        }
    }
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if writes || !bytes.is_empty() {
        asked = asked.body(bytes);
    }
    let Ok(answer) = asked.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let (status, headers) = (answer.status(), answer.headers().clone());
    let lies = mood == Mood::Lying as u8 && parts.method == Method::GET && headers.contains_key("etag");
    if parts.method == Method::HEAD {
        return passed(status, &headers, None);
    }
    let Ok(bytes) = answer.bytes().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let bytes = if lies { bytes.slice(..bytes.len() / 2) } else { bytes };
    passed(status, &headers, Some(bytes))
}

fn passed(status: StatusCode, headers: &HeaderMap, bytes: Option<Bytes>) -> Response {
    let whole = bytes.is_none();
    let mut response = Response::new(bytes.map_or_else(Body::empty, Body::from));
    *response.status_mut() = status;
    for (name, value) in headers {
        let told = name != header::TRANSFER_ENCODING && name != header::CONNECTION;
        if told && (whole || name != header::CONTENT_LENGTH && name != header::CONTENT_RANGE) {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}
