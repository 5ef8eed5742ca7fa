//! The films that accompany the one on a page: a second picture in sign language, another sound with audio description.
//! With script `companion.js` plays them in step; without it each is a link to a file.

use leptos::prelude::*;
use video::companion::Kind;
use video::film::Film;
use words::{Language, companions as say};

use crate::state::App;

/// A companion that the reader may watch.
#[derive(Clone, Debug)]
pub struct Companion {
    /// What it is to the film.
    pub kind: Kind,
    /// Address of its master playlist.
    pub master_url: String,
    /// Address of it as one file; empty while there is none.
    pub plain_url: String,
}

impl Companion {
    /// The companion `film`, whose pieces are fetched below `films`; nothing while it cannot be played.
    pub fn new(kind: Kind, film: &Film, films: &str) -> Option<Self> {
        let plain = film.plain_bytes.map(|_| format!("{films}/{}/plain.mp4", film.id));
        film.playable.then(|| Self {
            kind,
            master_url: format!("{films}/{}/master.m3u8", film.id),
            plain_url: plain.unwrap_or_default(),
        })
    }
}

/// What there is beside a film; nothing without companions.
pub fn view(language: Language, app: &App, companions: &[Companion]) -> Option<AnyView> {
    let script = app.files.companion.clone();
    if companions.is_empty() {
        return None;
    }
    let buttons = companions.iter().map(|one| {
        let name = name(language, one.kind);
        view! {
            <button
                type="button"
                class="button secondary"
                aria-pressed="false"
                data-companion=one.kind.word()
                data-url=one.master_url.clone()
            >
                {name}
            </button>
        }
    });
    let links = companions.iter().filter(|one| !one.plain_url.is_empty()).map(|one| {
        let text = match one.kind {
            Kind::SignLanguage => say::open_sign_language(language),
            Kind::AudioDescription => say::open_audio_description(language),
        };
        view! { <li><a href=one.plain_url.clone()>{text}</a></li> }
    });
    let script = (!script.is_empty()).then(|| view! { <script type="module" src=script></script> });
    Some(
        view! {
            <div
                class="film-companions"
                data-companions=""
                data-hls=app.files.hls.clone()
                data-window=say::window(language)
                data-smaller=say::smaller(language)
                data-larger=say::larger(language)
                data-corner=say::corner(language)
                data-keys=say::window_keys(language)
                data-failed=say::failed(language)
            >
                <p class="row" hidden data-companions-buttons="">{buttons.collect_view()}</p>
                <ul data-companions-plain="">{links.collect_view()}</ul>
                <p role="status" data-companions-said=""></p>
            </div>
            {script}
        }
        .into_any(),
    )
}

fn name(language: Language, kind: Kind) -> &'static str {
    match kind {
        Kind::SignLanguage => say::sign_language(language),
        Kind::AudioDescription => say::audio_description(language),
    }
}
