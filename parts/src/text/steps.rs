//! From one unit to the one before and the one after.

use leptos::prelude::*;

use crate::Link;
use crate::heading::filled;

/// Words of the step links.
#[derive(Clone, Debug, Default)]
pub struct StepWords {
    /// "Poprzednia lekcja".
    pub previous: String,
    /// "Następna lekcja".
    pub next: String,
}

/// Links to the unit before and after; nothing when there is neither.
#[component]
pub fn StepLinks(
    /// Name of the navigation: "Kolejne lekcje".
    #[prop(into)]
    label: String,
    /// The one before.
    #[prop(optional_no_strip)]
    previous: Option<Link>,
    /// The one after.
    #[prop(optional_no_strip)]
    next: Option<Link>,
    /// Words.
    words: StepWords,
) -> impl IntoView {
    if previous.is_none() && next.is_none() {
        return ().into_any();
    }
    let step = |class: &'static str, rel: &'static str, word: String, link: Link| {
        let word = filled(word).map(|word| view! { <span class="step-word">{word}</span>" " });
        view! { <a class=class rel=rel href=link.href>{word}<span class="step-title">{link.text}</span></a> }
    };
    let previous = previous.map(|link| step("step", "prev", words.previous, link));
    let next = next.map(|link| step("step step-next", "next", words.next, link));
    view! { <nav class="steps" aria-label=label>{previous}" "{next}</nav> }.into_any()
}
