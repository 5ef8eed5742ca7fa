//! Pages of reports: counts with a picture, what ends, what it cost, savings, copies for the auditor, statistics for everybody.

pub mod built;
pub mod frozen;
pub mod page;
pub mod paper;
pub mod picture;
mod public;
mod savings;
mod statistics;
pub mod views;

use leptos::prelude::*;
use words::{Language, register, reports as say};

use crate::parts::{Flash, Link, Tone};
use crate::routes::{Routes, Who};
use crate::way;

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/devices/reports", Who::SignedIn, page::first)
        .get("/devices/reports/savings", Who::SignedIn, savings::show)
        .post("/devices/reports/savings", Who::SignedIn, savings::save)
        .get("/devices/reports/frozen", Who::SignedIn, frozen::list)
        .post("/devices/reports/frozen", Who::SignedIn, frozen::make)
        .get("/devices/reports/frozen/{frozen}", Who::SignedIn, frozen::download)
        .get("/devices/reports/frozen/{frozen}/pdf", Who::SignedIn, frozen::download_paper)
        .get("/devices/reports/public", Who::SignedIn, public::show)
        .post("/devices/reports/public", Who::SignedIn, public::switch)
        .get("/devices/reports/views", Who::SignedIn, views::show)
        .get("/devices/reports/views.xlsx", Who::SignedIn, views::workbook)
        .get("/devices/reports/{report}", Who::SignedIn, page::show)
        .get("/devices/reports/{report}/pdf", Who::SignedIn, paper::pdf)
        .get("/devices/reports/{report}/csv", Who::SignedIn, page::csv)
        .get("/devices/reports/{report}/xlsx", Who::SignedIn, page::workbook)
        .get("/statistics/{slug}", Who::Anybody, statistics::show)
        .get("/statistics/{slug}/csv", Who::Anybody, statistics::csv)
        .get("/statistics/{slug}/json", Who::Anybody, statistics::json)
}

/// The message of that code, shown once; `None` for a code of others.
pub fn flash(language: Language, code: &str) -> Option<Flash> {
    let text = match code {
        "report_frozen" => say::flash_frozen(language),
        "savings_saved" => say::flash_savings(language),
        "statistics_on" => say::flash_on(language),
        "statistics_off" => say::flash_off(language),
        _ => return None,
    };
    Some(Flash { tone: Tone::Success, text: text.to_owned() })
}

/// The way down to a report.
fn trail(language: Language, here: &str) -> AnyView {
    let links = vec![
        Link::new(register::devices_title(language), "/devices"),
        Link::new(say::title(language), "/devices/reports"),
    ];
    way::trail(language, links, here)
}

/// The reports as links; `here` is the path of the one being read. Looks at what is protected are for administrators.
fn tabs(language: Language, admin: bool, here: &str) -> AnyView {
    let reports = built::Report::ALL
        .map(|report| (built::name(language, report), format!("/devices/reports/{}", report.word())));
    let others = [
        (say::savings_title(language), "/devices/reports/savings".to_owned()),
        (say::frozen_title(language), "/devices/reports/frozen".to_owned()),
        (say::public_title(language), "/devices/reports/public".to_owned()),
    ];
    let views = admin.then(|| (say::views_title(language), "/devices/reports/views".to_owned()));
    way::bar(say::tabs(language), reports.into_iter().chain(others).chain(views), here)
}
