//! The bar of pages that register and loans share.

use leptos::prelude::*;
use words::{Language, applications, loans as say, reports, retention, stocktake};

use crate::way;

/// The pages of loans: name and path.
pub fn loans(language: Language) -> [(&'static str, &'static str); 10] {
    [
        (say::tab_loans(language), "/devices/loans"),
        (say::tab_agreements(language), "/devices/agreements"),
        (say::tab_desk(language), "/devices/desk"),
        (say::tab_returns(language), "/devices/returns"),
        (say::tab_due(language), "/devices/due"),
        (say::tab_incidents(language), "/devices/incidents"),
        (applications::applications_title(language), "/devices/applications"),
        (stocktake::stocktakes(language), "/devices/stocktakes"),
        (reports::title(language), "/devices/reports"),
        (retention::title(language), "/devices/retention"),
    ]
}

/// The register and the pages of loans as links; `here` is the path of the one being read.
pub fn section(language: Language, here: &str) -> AnyView {
    let pages = [(say::tab_register(language), "/devices")].into_iter().chain(loans(language));
    way::bar(say::tabs(language), pages, here)
}
