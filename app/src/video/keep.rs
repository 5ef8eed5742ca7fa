//! Films taken along: what the browser needs to keep one, and the page that plays them without a network. `kept.js` does the keeping.
//!
//! The page is the same for everybody and says nothing of anybody: it is kept in the browser, on computers that several people use.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use courses::film::for_watching;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use video::film;
use video::keep::{self, KEPT_FOR, keeper};
use video::ticket::{self, Holder};
use video::{FilmId, caption};
use words::{Language, kept as say};

use crate::caller::Caller;
use crate::parts::PageHead;
use crate::problem::Answer;
use crate::request::{Asked, At};
use crate::state::App;
use crate::visit::Frame;

/// Address of the page of kept films. Everything below its folder is the service worker's.
pub const PAGE: &str = "/kept/films";

/// GET /films/{film}/keep: what there is to fetch, and until when it may be kept. Asked again it says whether it still may.
pub async fn offer(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = for_watching(&mut visit.tx, &visit.me, id).await?;
    let offer = keep::offer(&mut visit.tx, &proof).await?;
    let film = film::one(&mut visit.tx, &proof).await?;
    let captions = caption::languages(&mut visit.tx, &proof).await?;
    let ticket = ticket::issue(&app.media_key, app.clock(), Holder::Session(visit.me.session), &proof)?;
    let until = app.clock().now() + KEPT_FOR;
    let ways: Vec<_> = offer
        .ways
        .iter()
        .map(|way| json!({ "name": way.name, "height": way.height, "bytes": way.bytes }))
        .collect();
    let captions: Vec<_> = captions
        .into_iter()
        .map(|one| {
            let url = format!("/films/{id}/captions/{}.vtt", one.language);
            json!({ "language": one.language, "label": one.label, "url": url })
        })
        .collect();
    Ok(Json(json!({
        "keeper": keeper(visit.me.person),
        "version": offer.version,
        "edition": film.edition.to_string(),
        "until_ms": until.unix_timestamp() * 1000,
        "base": format!("/media/{ticket}/{id}/"),
        "sound": offer.sound(),
        "ways": ways,
        "captions": captions,
        "poster": film.has_poster.then(|| format!("/films/{id}/poster.jpg")),
    }))
    .into_response())
}

/// The language to read the page in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    language: String,
}

/// GET /kept/films
pub async fn page(State(app): State<App>, caller: Caller, Asked(asking): Asked<Asking>) -> Answer {
    let language = match Language::from_code(&asking.language) {
        Some(language) => language,
        // Opened by hand: of the person nothing but the language is looked up, and without the database the page comes all the same.
        None => caller.try_open(&app).await.ok().flatten().map_or(caller.language, |visit| visit.language),
    };
    // A message that waits for its person is not shown here.
    let caller = Caller { flash: None, ..caller };
    let frame = Frame { app: &app, caller: &caller, language, me: None };
    Ok(frame.render(StatusCode::OK, say::title(language), || view(language, &app)))
}

fn view(language: Language, app: &App) -> AnyView {
    let files = &app.files;
    let item = view! {
        <li class="kept-film">
            <h2 data-kept-name=""></h2>
            <p data-kept-about=""></p>
            <p class="row">
                <button type="button" class="button" data-kept-play="">{say::play(language)}</button>
                <button type="button" class="button secondary" data-kept-remove="">{say::remove(language)}</button>
            </p>
        </li>
    };
    view! {
        <PageHead title=say::title(language) lead=say::lead(language)/>
        <p data-kept-plain="">{say::needs_script(language)}</p>
        <div
            data-kept=""
            hidden
            data-hls=files.hls.clone()
            data-about=say::about(language, "{way}", "{size}", "{day}")
            data-partial=say::part(language, "{way}")
            data-sound=say::sound(language)
            data-removed=say::removed(language, "{title}")
            data-failed=say::failed(language)
            data-worker=say::no_worker(language)
        >
            <p role="status" data-kept-said=""></p>
            <p data-kept-empty="" hidden>{say::empty(language)}</p>
            <section data-kept-stage="" hidden aria-labelledby="kept-playing">
                <h2 id="kept-playing" tabindex="-1" data-kept-playing=""></h2>
                <video class="player-video" controls playsinline preload="none" data-kept-video=""></video>
            </section>
            <ul class="kept-films" data-kept-list=""></ul>
            <template data-kept-item="">{item}</template>
        </div>
        <script type="module" src=files.kept.clone()></script>
    }
    .into_any()
}
