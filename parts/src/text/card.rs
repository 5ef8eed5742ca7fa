//! A course in a list: its name, a sentence, how far the person is.

use leptos::children::Children;
use leptos::prelude::*;

use super::ProgressBar;
use crate::heading::{filled, heading};
use crate::{Link, SafeUrl};

/// A list of course cards.
#[component]
pub fn CourseCards(
    /// `CourseCard`s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="cards">{children()}</ul> }.into_any()
}

/// One course; stands in `CourseCards`. The whole card answers the pointer, the title is the one link.
#[component]
pub fn CourseCard(
    /// Name of the course.
    #[prop(into)]
    title: String,
    /// Its page.
    #[prop(into)]
    href: SafeUrl,
    /// A few words on the board of the card: the subject, "Szkolenie obowiązkowe".
    #[prop(optional, into)]
    kicker: String,
    /// A sentence.
    #[prop(optional, into)]
    text: String,
    /// Facts: "8 lekcji", "około 3 godzin", "do 31.12.2026".
    #[prop(optional)]
    facts: Vec<String>,
    /// How far the person is, in per cent; `None` when not enrolled.
    #[prop(optional_no_strip)]
    progress: Option<u32>,
    /// Name of the progress: "Postęp".
    #[prop(optional, into)]
    progress_label: String,
    /// The same in words: "40 %, 3 z 8 lekcji".
    #[prop(optional, into)]
    progress_text: String,
    /// A `Tag`.
    #[prop(optional_no_strip)]
    tag: Option<AnyView>,
    /// A second way in: to the unit where the person left off.
    #[prop(optional_no_strip)]
    action: Option<Link>,
    /// Level of the heading, 2 to 4.
    #[prop(default = 2)]
    level: u8,
) -> impl IntoView {
    let kicker = filled(kicker).map(|text| view! { <p class="card-kicker">{text}</p> });
    let title = heading(level, "card-title", view! { <a href=href>{title}</a> }.into_any());
    let text = filled(text).map(|text| view! { <p>{text}</p> });
    let facts = (!facts.is_empty()).then(|| {
        let items = facts.into_iter().map(|fact| view! { <li>{fact}</li> }).collect_view();
        view! { <ul class="facts">{items}</ul> }
    });
    let progress =
        progress.map(|value| view! { <ProgressBar label=progress_label value=value text=progress_text/> });
    let action = action.map(|link| view! { <p class="card-go"><a href=link.href>{link.text}</a></p> });
    view! { <li class="card">{kicker}<div class="card-inside">{title}{tag}{text}{facts}{progress}{action}</div></li> }
        .into_any()
}
