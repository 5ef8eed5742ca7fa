//! A message within the page that stays: what to know before going on.

use leptos::children::Children;
use leptos::prelude::*;

use crate::heading::filled;
use crate::{Icon, Tone};

/// A message. Its words must carry the meaning: the colour and the shape only repeat it.
#[component]
pub fn Notice(
    /// How it is meant.
    #[prop(optional)]
    tone: Tone,
    /// A line in bold: "Uwaga", "Wersja robocza".
    #[prop(optional, into)]
    title: String,
    /// The message.
    children: Children,
) -> impl IntoView {
    let class = format!("notice {}", tone.class());
    let title = filled(title).map(|text| view! { <p class="notice-title">{text}</p> });
    view! { <div class=class><Icon tone=tone/><div>{title}{children()}</div></div> }.into_any()
}
