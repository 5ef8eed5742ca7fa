//! How a page is laid out: its head with the one `h1`, and a text with a column beside it.

use leptos::children::Children;
use leptos::prelude::*;

use super::heading::filled;

/// The head of a page: the only `h1`, a line above and a paragraph below it, and its main actions.
#[component]
pub fn PageHead(
    /// The `h1`.
    #[prop(into)]
    title: String,
    /// A short line above the title: the kind of page, the course it belongs to.
    #[prop(optional, into)]
    kicker: String,
    /// One or two sentences below the title.
    #[prop(optional, into)]
    lead: String,
    /// Actions of the page: `ActionLink`s, tags.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let kicker = filled(kicker).map(|text| view! { <p class="kicker">{text}</p> });
    let lead = filled(lead).map(|text| view! { <p class="lead">{text}</p> });
    let actions = children.map(|children| view! { <div class="page-actions">{children()}</div> });
    view! { <div class="page-head">{kicker}<h1>{title}</h1>{lead}{actions}</div> }.into_any()
}

/// Main text with a column beside it (below it on a narrow screen, and after it in reading order).
#[component]
pub fn Columns(
    /// The column: a course outline, facts, a film's transcript.
    aside: AnyView,
    /// The text.
    children: Children,
) -> impl IntoView {
    view! { <div class="columns"><div class="columns-main">{children()}</div><div class="columns-aside">{aside}</div></div> }
        .into_any()
}
