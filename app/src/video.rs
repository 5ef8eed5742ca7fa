//! What players and uploaders ask for: playlists, segments, captions, progress, and resumable uploads; the transcript as a page, a
//! person's notes, and how they want films to be shown.

mod beside;
mod figures;
mod keep;
mod media;
mod notes;
mod quotas;
mod settings;
pub mod shelf;
mod state;
mod storage;
mod transcript;
mod tus;

pub(crate) use beside::{Beside, read as read_beside, view as view_beside};
pub use figures::{clock, megabytes, size};
pub use keep::PAGE as KEPT_PAGE;
pub(crate) use media::{admit, captions_of, plain_of, poster_of};
pub use state::film_state;

use axum::http::Method;
use axum::routing::{MethodFilter, on};

use crate::routes::{Routes, Who};

/// The routes of films.
pub fn routes() -> Routes {
    Routes::new()
        .get("/films/{film}/master.m3u8", Who::SignedIn, media::enter)
        .get("/films/{film}/plain.mp4", Who::SignedIn, media::plain)
        .get("/films/{film}/poster.jpg", Who::SignedIn, media::poster)
        .get("/films/{film}/captions/{file}", Who::SignedIn, media::captions)
        .get("/films/{film}/transcript", Who::SignedIn, transcript::show)
        .get("/films/{film}/keep", Who::SignedIn, keep::offer)
        .get(KEPT_PAGE, Who::Anybody, keep::page)
        .get("/films/{film}/notes", Who::SignedIn, notes::show)
        .post("/films/{film}/notes", Who::SignedIn, notes::add)
        .get("/films/{film}/notes.txt", Who::SignedIn, notes::download)
        .get("/films/{film}/notes/{note}", Who::SignedIn, notes::edit)
        .post("/films/{film}/notes/{note}", Who::SignedIn, notes::change)
        .post("/films/{film}/notes/{note}/remove", Who::SignedIn, notes::remove)
        .post("/films/choices", Who::SignedIn, settings::tell)
        .get("/account/films", Who::SignedIn, settings::show)
        .post("/account/films", Who::SignedIn, settings::save)
        .post("/account/films/all", Who::SignedIn, settings::save_for_all)
        .get("/films/storage", Who::SignedIn, storage::show)
        .post("/films/storage", Who::SignedIn, storage::save)
        .get("/films/{film}/unshown", Who::SignedIn, storage::ask)
        .post("/films/{film}/unshown", Who::SignedIn, storage::remove)
        .get("/organisations/films", Who::SignedIn, quotas::show)
        .post("/organisations/films", Who::SignedIn, quotas::save)
        .get("/films/{film}/state", Who::SignedIn, state::state)
        .get("/films/{film}/next", Who::SignedIn, state::next)
        .post("/films/{film}/progress", Who::SignedIn, state::progress)
        .get("/media/{ticket}/{film}/{playlist}", Who::Ticket, media::playlist)
        .get("/media/{ticket}/{film}/{rendition}/{file}", Who::Ticket, media::segment)
        .on(Method::OPTIONS, MethodFilter::OPTIONS, "/api/tus", Who::Anybody, tus::options)
        .post("/api/tus", Who::SignedIn, tus::create)
        .with(Method::HEAD, "/api/tus/{upload}", Who::SignedIn, on(MethodFilter::HEAD, tus::stand))
        .with(Method::PATCH, "/api/tus/{upload}", Who::SignedIn, on(MethodFilter::PATCH, tus::append))
        .with(Method::DELETE, "/api/tus/{upload}", Who::SignedIn, on(MethodFilter::DELETE, tus::terminate))
}
