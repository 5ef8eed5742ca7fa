//! What is shown where a list has nothing yet: why, and what to do.

use leptos::prelude::*;

use crate::Link;
use crate::heading::{filled, heading};

/// Title, a sentence, and one way on.
#[component]
pub fn EmptyState(
    /// "Nie ma jeszcze kursów".
    #[prop(into)]
    title: String,
    /// Why, and what to do.
    #[prop(optional, into)]
    text: String,
    /// The way on.
    #[prop(optional_no_strip)]
    action: Option<Link>,
    /// Level of the heading, 2 to 4.
    #[prop(default = 2)]
    level: u8,
) -> impl IntoView {
    let text = filled(text).map(|text| view! { <p>{text}</p> });
    let action = action.map(|link| view! { <p><a class="button" href=link.href>{link.text}</a></p> });
    view! { <div class="empty">{heading(level, "empty-title", title.into_any())}{text}{action}</div> }
        .into_any()
}
