//! One line of input: text, e-mail, number, date, password; and the hidden field.

use leptos::prelude::*;

use super::frame::Frame;
use crate::heading::filled;

/// What a line of input holds; chooses `type`, and with it the keyboard of a phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    #[default]
    Text,
    /// An e-mail address.
    Email,
    /// A number; set `min`, `max`, `step` as needed.
    Number,
    /// A day, sent as `2026-10-22`.
    Date,
    /// A wall-clock time, sent as `14:30`.
    Time,
    /// A search.
    Search,
    /// A telephone number.
    Telephone,
    /// A web address.
    Url,
}

impl FieldKind {
    /// Whether HTML knows `size` for it.
    fn has_size(self) -> bool {
        !matches!(self, Self::Number | Self::Date | Self::Time)
    }

    fn input_type(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "email",
            Self::Number => "number",
            Self::Date => "date",
            Self::Time => "time",
            Self::Search => "search",
            Self::Telephone => "tel",
            Self::Url => "url",
        }
    }
}

/// One line of input with label, hint and error.
#[component]
pub fn Field(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Of which thing it is, where a page asks the same of several: each such field has an id, and so a label, of its own.
    #[prop(optional, into)]
    of: String,
    /// Label.
    #[prop(into)]
    label: String,
    /// What has been entered.
    #[prop(optional, into)]
    value: String,
    /// What it holds.
    #[prop(optional)]
    kind: FieldKind,
    /// A word after the label: "(nieobowiązkowe)".
    #[prop(optional, into)]
    note: String,
    /// A sentence of help.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong: `errors.of("name")`.
    #[prop(optional_no_strip)]
    error: Option<String>,
    /// Purpose for the browser (WCAG 1.3.5): "email", "given-name", "username", "off".
    #[prop(optional, into)]
    autocomplete: String,
    /// Keyboard of a phone: "numeric", "decimal".
    #[prop(optional, into)]
    inputmode: String,
    /// Must be filled.
    #[prop(optional)]
    required: bool,
    /// Least value.
    #[prop(optional, into)]
    min: String,
    /// Greatest value.
    #[prop(optional, into)]
    max: String,
    /// Step of values.
    #[prop(optional, into)]
    step: String,
    /// Most characters.
    #[prop(optional)]
    maxlength: u32,
    /// Width in characters, when the answer is short; numbers, days and times have their own.
    #[prop(optional)]
    size: u32,
) -> impl IntoView {
    let id_name = if of.is_empty() { name.clone() } else { format!("{name}-{of}") };
    let frame = Frame { name: id_name, label, note, hint, error };
    let control = view! {
        <input
            id=frame.id()
            name=name
            type=kind.input_type()
            value=value
            autocomplete=filled(autocomplete)
            inputmode=filled(inputmode)
            required=required
            min=filled(min)
            max=filled(max)
            step=filled(step)
            maxlength=(maxlength > 0).then_some(maxlength)
            size=(size > 0 && kind.has_size()).then_some(size)
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        />
    };
    frame.around(control.into_any())
}

/// A password. What was entered is never sent back. Paste and password managers work (WCAG 3.3.8).
#[component]
pub fn PasswordField(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Label.
    #[prop(into)]
    label: String,
    /// "current-password" or "new-password".
    #[prop(into)]
    autocomplete: String,
    /// The rule: "Co najmniej 12 znaków".
    #[prop(optional, into)]
    hint: String,
    /// What is wrong.
    #[prop(optional_no_strip)]
    error: Option<String>,
    /// Must be filled.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let frame = Frame { name: name.clone(), label, note: String::new(), hint, error };
    let control = view! {
        <input
            id=frame.id()
            name=name
            type="password"
            autocomplete=autocomplete
            autocapitalize="none"
            spellcheck="false"
            required=required
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        />
    };
    frame.around(control.into_any())
}

/// A value that the form carries unseen. Never a secret: the person can read and change it.
#[component]
pub fn HiddenField(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }.into_any()
}
