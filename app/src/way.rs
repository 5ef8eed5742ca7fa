//! Where a page stands: the way down to it, and the pages beside it.

use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use words::{Language, frame, identity};

use crate::parts::{Breadcrumbs, Link, Pagination, PaginationWords};

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

/// The page of a list that an address asks for, from 1; the first when it asks for none.
pub fn page_asked(text: &str) -> u32 {
    text.parse::<u32>().unwrap_or(1).clamp(1, 100_000)
}

/// The way through a list of so many lines, so many of them on a page; `base` is its address without the number of the page.
pub fn pages(language: Language, base: String, page: u32, (lines, on_a_page): (i64, i64)) -> AnyView {
    let pages = u32::try_from((lines + on_a_page - 1) / on_a_page).unwrap_or(u32::MAX);
    let words = page_words(language, identity::pages_label(language));
    view! { <Pagination base=base page=page pages=pages words=words/> }.into_any()
}

/// A text as a value in an address.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
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
