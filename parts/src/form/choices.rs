//! Choosing among named things: check boxes, radio buttons, and a single check box.

use leptos::prelude::*;

use super::errors::field_id;
use super::frame::Frame;
use crate::heading::filled;
use crate::{Icon, Tone};

/// One thing to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A sentence of help; not shown by `Select`.
    pub hint: String,
    /// Chosen already.
    pub chosen: bool,
}

impl Choice {
    /// A choice that is not chosen.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), ..Self::default() }
    }

    /// The same, chosen.
    pub fn chosen(self) -> Self {
        Self { chosen: true, ..self }
    }

    /// The same, with a sentence of help.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

/// Any number of choices; each chosen one is sent as `name=value`.
#[component]
pub fn Checkboxes(
    /// Name in the form, shared by all.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    legend: String,
    /// What is offered.
    choices: Vec<Choice>,
    /// A word after the legend.
    #[prop(optional, into)]
    note: String,
    /// A sentence of help.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong.
    #[prop(optional_no_strip)]
    error: Option<String>,
) -> impl IntoView {
    let controls = boxes("checkbox", &name, choices);
    Frame { name, label: legend, note, hint, error }.group(controls)
}

/// Exactly one of a few choices.
#[component]
pub fn Radios(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    legend: String,
    /// What is offered.
    choices: Vec<Choice>,
    /// A word after the legend.
    #[prop(optional, into)]
    note: String,
    /// A sentence of help.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong.
    #[prop(optional_no_strip)]
    error: Option<String>,
) -> impl IntoView {
    let controls = boxes("radio", &name, choices);
    Frame { name, label: legend, note, hint, error }.group(controls)
}

/// A single check box: yes when it is sent, no when it is not.
#[component]
pub fn Checkbox(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// What is agreed to.
    #[prop(into)]
    label: String,
    /// What is sent ("1" when not given).
    #[prop(default = "1".to_owned(), into)]
    value: String,
    /// Ticked already.
    #[prop(optional)]
    checked: bool,
    /// A sentence of help.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong.
    #[prop(optional_no_strip)]
    error: Option<String>,
) -> impl IntoView {
    let id = field_id(&name);
    let class = if error.is_some() { "field field-wrong" } else { "field" };
    let error = error.map(|text| {
        view! { <p class="field-error" id=format!("{id}-error")><Icon tone=Tone::Danger/>{text}</p> }
            .into_any()
    });
    let error_id = error.as_ref().map(|_| format!("{id}-error"));
    let choice = Choice { value, label, hint, chosen: checked };
    view! { <div class=class>{error}{one("checkbox", name, id, choice, error_id)}</div> }.into_any()
}

/// The first control carries the id of the field, so that the error summary's link lands on it.
fn boxes(kind: &'static str, name: &str, choices: Vec<Choice>) -> AnyView {
    let id = field_id(name);
    choices
        .into_iter()
        .enumerate()
        .map(|(number, choice)| {
            let id = if number == 0 { id.clone() } else { format!("{id}-{number}") };
            one(kind, name.to_owned(), id, choice, None)
        })
        .collect_view()
        .into_any()
}

fn one(kind: &'static str, name: String, id: String, choice: Choice, error_id: Option<String>) -> AnyView {
    let hint_id = (!choice.hint.is_empty()).then(|| format!("{id}-help"));
    let invalid = error_id.as_ref().map(|_| "true");
    let described_by =
        filled([hint_id.clone(), error_id].into_iter().flatten().collect::<Vec<_>>().join(" "));
    let hint = filled(choice.hint).map(|text| view! { <p class="hint" id=hint_id>{text}</p> });
    let for_id = id.clone();
    view! {
        <div class="choice">
            <input
                type=kind
                id=id
                name=name
                value=choice.value
                checked=choice.chosen
                aria-describedby=described_by
                aria-invalid=invalid
            />
            <label for=for_id>{choice.label}</label>
            {hint}
        </div>
    }
    .into_any()
}
