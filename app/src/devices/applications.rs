//! Pages of applications: for clerks (list, one, paper, programmes' rules and waiting lists) and for those who apply.

mod decision;
mod form;
pub mod letter;
mod list;
mod one;
mod own;
mod paper;
mod programme;
mod rules;
mod said;
mod status;

use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::post;
use words::{Language, applications as say};

use crate::parts::{Flash, Tone};
use crate::routes::{Routes, Who};

/// The routes of these pages.
pub fn routes() -> Routes {
    let who = Who::SignedIn;
    Routes::new()
        .get("/devices/applications", who, list::show)
        .get("/devices/applications/new", who, paper::fresh)
        .with(
            Method::POST,
            "/devices/applications/new",
            who,
            post(paper::create).layer(DefaultBodyLimit::disable()),
        )
        .get("/devices/applications/{id}", who, one::show)
        .post("/devices/applications/{id}/complete", who, decision::complete)
        .post("/devices/applications/{id}/score", who, decision::score)
        .post("/devices/applications/{id}/decide", who, decision::decide)
        .post("/devices/applications/{id}/offer", who, decision::offer)
        .post("/devices/applications/{id}/decline", who, decision::decline)
        .get("/devices/applications/{id}/letter", who, letter::show)
        .get("/devices/applications/{id}/paper", who, paper::download)
        .get("/devices/programmes/{programme}/applications", who, programme::show)
        .get("/devices/programmes/{programme}/rules", who, rules::edit)
        .post("/devices/programmes/{programme}/rules", who, rules::change)
        .post("/devices/programmes/{programme}/criteria", who, rules::add)
        .post("/devices/programmes/{programme}/criteria/retire", who, rules::retire)
        .get("/my-devices/apply", who, own::show)
        .get("/my-devices/apply/{programme}", who, own::ask)
        .post("/my-devices/apply/{programme}", who, own::save)
        .get("/my-devices/applications/{id}", who, status::show)
        .post("/my-devices/applications/{id}/send", who, status::send)
        .post("/my-devices/applications/{id}/withdraw", who, status::withdraw)
}

/// The message of that code, shown once; `None` for a code of others.
pub fn flash(language: Language, code: &str) -> Option<Flash> {
    let text = match code {
        "application_entered" => say::flash_entered(language),
        "application_saved" => say::flash_saved(language),
        "application_decided" => say::flash_decided(language),
        "application_offered" => say::flash_offered(language),
        "application_declined" => say::flash_declined(language),
        "application_sent" => say::flash_sent(language),
        "application_withdrawn" => say::flash_withdrawn(language),
        _ => return None,
    };
    Some(Flash { tone: Tone::Success, text: text.to_owned() })
}
