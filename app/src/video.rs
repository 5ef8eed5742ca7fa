//! What players and uploaders ask for: playlists, segments, captions, progress, and resumable uploads; the transcript as a page, and
//! how a person wants films to be shown.

mod media;
mod settings;
mod state;
mod transcript;
mod tus;

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
        .post("/films/choices", Who::SignedIn, settings::tell)
        .get("/account/films", Who::SignedIn, settings::show)
        .post("/account/films", Who::SignedIn, settings::save)
        .post("/account/films/all", Who::SignedIn, settings::save_for_all)
        .get("/films/{film}/state", Who::SignedIn, state::state)
        .post("/films/{film}/progress", Who::SignedIn, state::progress)
        .get("/media/{ticket}/{film}/{playlist}", Who::Ticket, media::playlist)
        .get("/media/{ticket}/{film}/{rendition}/{file}", Who::Ticket, media::segment)
        .on(Method::OPTIONS, MethodFilter::OPTIONS, "/api/tus", Who::Anybody, tus::options)
        .post("/api/tus", Who::SignedIn, tus::create)
        .with(Method::HEAD, "/api/tus/{upload}", Who::SignedIn, on(MethodFilter::HEAD, tus::stand))
        .with(Method::PATCH, "/api/tus/{upload}", Who::SignedIn, on(MethodFilter::PATCH, tus::append))
        .with(Method::DELETE, "/api/tus/{upload}", Who::SignedIn, on(MethodFilter::DELETE, tus::terminate))
}
