//! Pages of what people have to take: their own, and the reports of those who answer for it.

mod built;
mod frozen;
pub mod letter;
mod mine;
mod report;
mod said;
mod taking;

pub use mine::notice;

use words::{Language, obligations as say};

use crate::routes::{Routes, Who};

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/training", Who::SignedIn, mine::show)
        .get("/reports/training", Who::SignedIn, report::show)
        .get("/reports/training/csv", Who::SignedIn, report::csv)
        .get("/reports/training/xlsx", Who::SignedIn, report::workbook)
        .get("/reports/training/pdf", Who::SignedIn, report::pdf)
        .get("/reports/training/frozen", Who::SignedIn, frozen::list)
        .post("/reports/training/frozen", Who::SignedIn, frozen::make)
        .get("/reports/training/frozen/{training_report}", Who::SignedIn, frozen::download)
        .get("/reports/training/frozen/{training_report}/pdf", Who::SignedIn, frozen::download_paper)
        .get("/reports/training/takings/{taking}", Who::SignedIn, taking::show)
        .post("/reports/training/takings/{taking}/extend", Who::SignedIn, taking::extend)
        .post("/reports/training/takings/{taking}/exempt", Who::SignedIn, taking::exempt)
}

/// The sentence of that code, shown once; `None` for a code of others.
pub fn flash(language: Language, code: &str) -> Option<&'static str> {
    Some(match code {
        "rule-saved" => say::flash_rule_saved(language),
        "taking-extended" => say::flash_extended(language),
        "taking-exempted" => say::flash_exempted(language),
        "training-report-frozen" => say::flash_frozen(language),
        _ => return None,
    })
}
