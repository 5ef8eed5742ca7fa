//! A state in one or two words.

use leptos::prelude::*;

use crate::{Icon, Tone};

/// A state: shape and word, not colour alone (WCAG 1.4.1).
#[component]
pub fn Tag(
    /// How it is meant.
    #[prop(optional)]
    tone: Tone,
    /// "Szkic", "Opublikowany".
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let class = format!("tag {}", tone.class());
    view! { <span class=class><Icon tone=tone/>{text}</span> }.into_any()
}
