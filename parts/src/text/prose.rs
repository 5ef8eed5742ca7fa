//! Text written by people, already made into safe HTML.

use leptos::prelude::*;

/// The text of a unit. `html` goes into the page as it is: only what the sanitiser of `courses` answered belongs here.
#[component]
pub fn Prose(
    /// Sanitised HTML.
    #[prop(into)]
    html: String,
    /// Language of the text when it is not the language of the page (WCAG 3.1.2).
    #[prop(optional_no_strip)]
    lang: Option<String>,
) -> impl IntoView {
    view! { <div class="prose" lang=lang inner_html=html></div> }.into_any()
}
