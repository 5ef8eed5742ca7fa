//! The router: the pages of `app`, the files of the site, and what stands before and around them.

use std::sync::Arc;

use anyhow::Context as _;
use app::state::{App, Reach, Settings};
use app::video::shelf::Shelf;
use app::{Problem, guard};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
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
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Problem::Unavailable(5).into_response()
        }))
        // One layer and not one for each thing: every layer puts a request and its answer into a box, also those of a piece of a film.
        .layer(from_fn_with_state(app.clone(), guard::stand))
        .layer(CompressionLayer::new().compress_when(small))
        .with_state(app)
}

async fn health(State(app): State<App>) -> Response {
    if app.db.answers().await {
        "ok\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "database\n").into_response()
    }
}
