//! A table of data that never makes the page wider than the screen: it scrolls in its own frame.

use leptos::children::Children;
use leptos::prelude::*;

/// Whether a table may be wider than a narrow screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableWidth {
    /// May be wider: its frame scrolls and takes the keyboard focus (WCAG 2.1.1).
    #[default]
    Scrolls,
    /// Two or three short columns that fit 320 px: no frame, no extra stop of the Tab key.
    Fits,
}

/// A table with its caption. Use `th scope="col"` and `th scope="row"`; class `number` on cells of numbers.
#[component]
pub fn DataTable(
    /// An id of its own on the page.
    #[prop(into)]
    id: String,
    /// What the table shows.
    #[prop(into)]
    caption: String,
    /// Whether it may scroll.
    #[prop(optional)]
    width: TableWidth,
    /// `thead` and `tbody`.
    children: Children,
) -> impl IntoView {
    let caption_id = format!("{id}-caption");
    let label = caption_id.clone();
    let table = view! { <table id=id><caption id=caption_id>{caption}</caption>{children()}</table> };
    match width {
        TableWidth::Fits => table.into_any(),
        TableWidth::Scrolls => {
            view! { <div class="scroller" role="region" aria-labelledby=label tabindex="0">{table}</div> }
                .into_any()
        }
    }
}
