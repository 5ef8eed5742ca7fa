//! A heading whose level is chosen by the page, so that the outline of headings has no gap.

use leptos::prelude::*;

/// `inside` as a heading of `level` 2, 3 or 4 (anything else is taken as the nearest).
pub(super) fn heading(level: u8, class: &'static str, inside: AnyView) -> AnyView {
    match level {
        0..=2 => view! { <h2 class=class>{inside}</h2> }.into_any(),
        3 => view! { <h3 class=class>{inside}</h3> }.into_any(),
        _ => view! { <h4 class=class>{inside}</h4> }.into_any(),
    }
}

/// `text`, or no element when it is empty.
pub(super) fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
