//! Where a page stands: the way down to it, and the pages beside it.

use leptos::prelude::*;
use words::{Language, frame};

use crate::parts::{Breadcrumbs, Link};

/// The way down to a page; `here` is its own name.
pub fn trail(language: Language, links: Vec<Link>, here: &str) -> AnyView {
    view! { <Breadcrumbs label=frame::here(language) links=links here=here/> }.into_any()
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
