//! The router: the pages of `app`, the files of the site, and what stands before and around them.

use std::sync::Arc;

use anyhow::Context as _;
use app::api::refusal::Refusal;
use app::state::{App, Reach, Settings};
use app::video::shelf::Shelf;
use app::{Problem, guard};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::key::{self, Purpose};
use base::presign::Signer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

use crate::assets::Site;
use crate::config::Config;
use crate::footing;
use crate::ground::Ground;

/// A form is never larger than this, in bytes; uploads have limits of their own.
const FORM_BYTES: usize = 2 << 20;

/// What the pages need, on this ground.
///
/// Errors: the database does not answer.
pub async fn app(ground: &Ground, config: &Config, site: &Site, demonstration: bool) -> anyhow::Result<App> {
    let reach = Reach {
        media_key: key::current(&ground.db, Purpose::Media).await?.into(),
        api_key: key::current(&ground.db, Purpose::Api).await?.into(),
        documents: documents::Workshop::new(documents::program()),
        seal_key: key::current(&ground.db, Purpose::Seal).await?.into(),
        signer: signer(config)?,
        shelf: Shelf::new(config.film_memory_bytes),
        db: ground.db.clone(),
        blobs: ground.blobs.clone(),
        files: site.addresses().into(),
        settings: Settings {
            public_url: config.public_url(),
            demonstration,
            film_most_bytes: config.film_most_bytes,
            drafts_captions: config.captions.recogniser.is_some(),
        }
        .into(),
    };
    Ok(reach.into())
}

/// What signs addresses of films, when browsers fetch them from the object store.
fn signer(config: &Config) -> anyhow::Result<Option<Arc<Signer>>> {
    if config.s3_public_endpoint.is_empty() {
        return Ok(None);
    }
    let signer = Signer::new(&footing::store_of(config), &config.s3_public_endpoint);
    Ok(Some(Arc::new(signer.map_err(anyhow::Error::msg).context("s3_public_endpoint")?)))
}

/// The whole router.
pub fn router(app: App, site: Site) -> Router {
    let worker = site.clone();
    // At this address, because a service worker may take over no page above its own folder.
    let worker = move |headers: HeaderMap| {
        let answer = worker.serve("worker.js", "", &headers);
        async move { answer }
    };
    let files = move |Path(name): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap| {
        let answer = site.serve(&name, query.as_deref().unwrap_or(""), &headers);
        async move { answer }
    };
    let small = DefaultPredicate::new().and(NotForContentType::const_new("video/"));
    app::routes::pages()
        .into_router()
        .route("/health", get(health))
        .route("/assets/{file}", get(files))
        .route("/kept/worker.js", get(worker))
        .fallback(async || Problem::NotFound)
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(map_response(bare_refusal))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Problem::Unavailable(5).into_response()
        }))
        .layer(from_fn_with_state(app.clone(), guard::origin))
        .layer(from_fn_with_state(app.clone(), guard::problems))
        .layer(CompressionLayer::new().compress_when(small))
        .layer(from_fn_with_state(app.clone(), guard::headers))
        .with_state(app)
}

/// What axum itself refuses (a path that is no id, a form that is too large) looks like every other refusal.
async fn bare_refusal(response: Response) -> Response {
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

async fn health(State(app): State<App>) -> Response {
    if app.db.answers().await {
        "ok\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "database\n").into_response()
    }
}
