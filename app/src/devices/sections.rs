//! The bar of pages that register and loans share.

use leptos::prelude::*;
use words::{Language, loans as say};

/// The pages of devices as links; `here` is the path of the one being read.
pub fn section(language: Language, here: &str) -> AnyView {
    let links = [
        (say::tab_register(language), "/devices"),
        (say::tab_loans(language), "/devices/loans"),
        (say::tab_agreements(language), "/devices/agreements"),
        (say::tab_desk(language), "/devices/desk"),
        (say::tab_returns(language), "/devices/returns"),
        (say::tab_due(language), "/devices/due"),
        (say::tab_incidents(language), "/devices/incidents"),
    ]
    .map(|(text, href)| {
        let current = (href == here).then_some("page");
        view! { <a href=href aria-current=current>{text}</a> }
    });
    view! { <nav class="section row" aria-label=say::tabs(language)>{links.collect_view()}</nav> }.into_any()
}
