//! Where the page stands: the way down to it.

use leptos::prelude::*;

use crate::Link;

/// The pages above this one, and this one.
#[component]
pub fn Breadcrumbs(
    /// Name of the navigation: "Jesteś tutaj".
    #[prop(into)]
    label: String,
    /// The pages above, from the top.
    links: Vec<Link>,
    /// This page.
    #[prop(into)]
    here: String,
) -> impl IntoView {
    let items =
        links.into_iter().map(|link| view! { <li><a href=link.href>{link.text}</a></li> }).collect_view();
    view! { <nav class="breadcrumbs" aria-label=label><ol>{items}<li aria-current="page">{here}</li></ol></nav> }
        .into_any()
}
