//! Facts as pairs of name and value, each with an optional way to change it (GOV.UK, "Summary list").

use leptos::prelude::*;

use crate::Link;

/// One fact.
pub struct SummaryRow {
    key: String,
    value: AnyView,
    change: Option<Link>,
}

impl SummaryRow {
    /// A fact in plain text.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::view(key, value.into().into_any())
    }

    /// A fact whose value is a part: a tag, a link, a list.
    pub fn view(key: impl Into<String>, value: AnyView) -> Self {
        Self { key: key.into(), value, change: None }
    }

    /// The same with the way to change it. The text names what: "Zmień login".
    pub fn change(self, link: Link) -> Self {
        Self { change: Some(link), ..self }
    }
}

/// A list of facts.
#[component]
pub fn SummaryList(
    /// The facts.
    rows: Vec<SummaryRow>,
) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let change =
                row.change.map(|link| view! { <dd class="change"><a href=link.href>{link.text}</a></dd> });
            view! { <div><dt>{row.key}</dt><dd>{row.value}</dd>{change}</div> }
        })
        .collect_view();
    view! { <dl class="summary">{rows}</dl> }.into_any()
}
