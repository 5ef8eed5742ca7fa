//! Something to unfold: native, without script.

use leptos::children::Children;
use leptos::prelude::*;

/// A summary that unfolds more.
#[component]
pub fn Details(
    /// What is inside: "Jak liczymy obejrzenie filmu".
    #[prop(into)]
    summary: String,
    /// Unfolded from the start.
    #[prop(optional)]
    open: bool,
    /// The rest.
    children: Children,
) -> impl IntoView {
    view! { <details class="details" open=open><summary>{summary}</summary><div>{children()}</div></details> }
        .into_any()
}
