//! One of many choices in a native list.

use leptos::prelude::*;

use super::Choice;
use super::frame::Frame;

/// One of many choices. For up to seven take `Radios`.
#[component]
pub fn Select(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Label.
    #[prop(into)]
    label: String,
    /// What is offered; put a first one with an empty value when nothing is chosen yet.
    choices: Vec<Choice>,
    /// Value of the chosen one; or mark it with `Choice::chosen`.
    #[prop(optional, into)]
    chosen: String,
    /// A word after the label.
    #[prop(optional, into)]
    note: String,
    /// A sentence of help.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong.
    #[prop(optional_no_strip)]
    error: Option<String>,
    /// Must be chosen.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let frame = Frame { name: name.clone(), label, note, hint, error };
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.chosen || (!chosen.is_empty() && choice.value == chosen);
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    let control = view! {
        <select
            id=frame.id()
            name=name
            required=required
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        >
            {options}
        </select>
    };
    frame.around(control.into_any())
}
