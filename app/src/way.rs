//! Where a page stands: the way down to it, and the pages beside it.

use leptos::prelude::*;
use words::{Language, frame, identity};

use crate::parts::{Breadcrumbs, Link, PaginationWords};

/// The way down to a page; `here` is its own name.
pub fn trail(language: Language, links: Vec<Link>, here: &str) -> AnyView {
    view! { <Breadcrumbs label=frame::here(language) links=links here=here/> }.into_any()
}

/// Pages as tabs called `label`: name, path, and whether it is the one being read.
pub fn tabs<P: Into<String>>(
    label: &'static str,
    pages: impl IntoIterator<Item = (&'static str, P, bool)>,
) -> AnyView {
    let links = pages
        .into_iter()
        .map(|(text, href, here)| {
            let href: String = href.into();
            let current = here.then_some("page");
            view! { <li><a href=href aria-current=current>{text}</a></li> }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=label><ul>{links}</ul></nav> }.into_any()
}

/// What is said beside the pages of a list called `label`.
pub fn page_words(language: Language, label: &str) -> PaginationWords {
    PaginationWords {
        label: label.to_owned(),
        previous: identity::pages_previous(language).to_owned(),
        next: identity::pages_next(language).to_owned(),
        page: identity::pages_page(language).to_owned(),
    }
}

/// The pages of a section, name and path, as a row of links called `label`; `here` is the path of the one being read.
pub fn bar<P: Into<String>>(
    label: &'static str,
    pages: impl IntoIterator<Item = (&'static str, P)>,
    here: &str,
) -> AnyView {
    let links = pages
        .into_iter()
        .map(|(text, href)| {
            let href: String = href.into();
            let current = (href == here).then_some("page");
            view! { <a href=href aria-current=current>{text}</a> }
        })
        .collect_view();
    view! { <nav class="section row" aria-label=label>{links}</nav> }.into_any()
}
