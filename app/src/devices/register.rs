//! Pages of the register.

mod acts;
mod asset;
mod catalogue;
mod choices;
mod edit;
mod export;
mod fields;
mod form;
mod found;
mod history;
mod import;
mod labels;
mod list;
mod lots;
mod many;
mod models;
mod picture;
mod places;
mod plan;
mod programmes;
mod wording;

use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::post;
use leptos::prelude::*;
use words::{Language, register as say};

use crate::parts::{Flash, Link, Tone};
use crate::routes::{Routes, Who};
use crate::way;

pub use wording::{
    amount, day as spoken_day, grosze, kind_name, money, read_day, shown_name, state_tag, typed_day,
};

/// The routes of these pages.
pub fn routes() -> Routes {
    let who = Who::SignedIn;
    Routes::new()
        .get("/devices", who, list::show)
        .get("/devices/export", who, export::csv)
        .get("/devices/export.xlsx", who, export::workbook)
        .get("/devices/labels", who, labels::show)
        .get("/devices/new", who, edit::new)
        .post("/devices/new", who, edit::create)
        .get("/devices/many", who, many::show)
        .post("/devices/many", who, many::create)
        .get("/devices/import", who, import::show)
        .with(Method::POST, "/devices/import", who, post(import::check).layer(DefaultBodyLimit::disable()))
        .post("/devices/import/confirm", who, import::confirm)
        .get("/devices/assets/{asset}", who, asset::show)
        .get("/devices/assets/{asset}/edit", who, edit::edit)
        .post("/devices/assets/{asset}/edit", who, edit::change)
        .get("/devices/assets/{asset}/state", who, acts::ask_state)
        .post("/devices/assets/{asset}/state", who, acts::set_state)
        .post("/devices/assets/{asset}/wiped", who, acts::wiped)
        .post("/devices/assets/{asset}/sim", who, acts::place_sim)
        .post("/devices/assets/{asset}/sim/out", who, acts::take_out_sim)
        .post("/devices/assets/{asset}/codes", who, acts::set_codes)
        .post("/devices/assets/{asset}/codes/show", who, acts::show_codes)
        .get("/devices/catalogue", who, catalogue::show)
        .get("/devices/models/new", who, models::new)
        .post("/devices/models/new", who, models::create)
        .get("/devices/models/{model}", who, models::edit)
        .post("/devices/models/{model}", who, models::change)
        .get("/devices/places/new", who, places::new)
        .post("/devices/places/new", who, places::create)
        .get("/devices/places/{place}", who, places::edit)
        .post("/devices/places/{place}", who, places::change)
        .get("/devices/lots/new", who, lots::new)
        .post("/devices/lots/new", who, lots::create)
        .get("/devices/lots/{lot}", who, lots::edit)
        .post("/devices/lots/{lot}", who, lots::change)
        .get("/devices/programmes/new", who, programmes::new)
        .post("/devices/programmes/new", who, programmes::create)
        .get("/devices/programmes/{programme}", who, programmes::edit)
        .post("/devices/programmes/{programme}", who, programmes::change)
        .get("/d/{label}", Who::Anybody, found::show)
        .post("/d/{label}", Who::Anybody, found::tell)
}

/// The message of that code, shown once; `None` for a code of others.
pub fn flash(language: Language, code: &str) -> Option<Flash> {
    let text = match code {
        "asset_registered" => say::asset_registered(language),
        "assets_registered" => say::assets_registered(language),
        "asset_state_set" => say::state_set(language),
        "asset_wiped" => say::wiped_done(language),
        "sim_placed" => say::sim_placed(language),
        "sim_taken_out" => say::sim_taken_out(language),
        "assets_imported" => say::import_done(language),
        "assets_import_gone" => {
            return Some(Flash { tone: Tone::Warning, text: say::import_gone(language).to_owned() });
        }
        "sim_taken" => return Some(Flash { tone: Tone::Danger, text: say::sim_taken(language).to_owned() }),
        "sim_wrong" => return Some(Flash { tone: Tone::Danger, text: say::sim_wrong(language).to_owned() }),
        _ => return None,
    };
    Some(Flash { tone: Tone::Success, text: text.to_owned() })
}

/// The way down to a page of the register.
fn trail(language: Language, links: Vec<Link>, here: &str) -> AnyView {
    way::trail(language, [vec![Link::new(say::devices_title(language), "/devices")], links].concat(), here)
}

/// The pages of this section, as links; `here` is the path of the one being read.
fn section(language: Language, clerk: bool, here: &str) -> AnyView {
    let mut pages = vec![
        (say::section_list(language), "/devices"),
        (say::section_catalogue(language), "/devices/catalogue"),
    ];
    if clerk {
        pages.push((say::section_import(language), "/devices/import"));
        pages.push((say::section_labels(language), "/devices/labels"));
    }
    pages.extend(super::sections::loans(language));
    way::bar(say::section_label(language), pages, here)
}
