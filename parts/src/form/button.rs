//! Buttons that send a form, links in the looks of a button, and the row they stand in.

use leptos::children::Children;
use leptos::prelude::*;

use crate::SafeUrl;
use crate::heading::filled;

/// Weight of a button. One primary on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The main act of the page.
    #[default]
    Primary,
    /// Another act.
    Secondary,
    /// What cannot be taken back; goes through a `CheckPage`.
    Danger,
}

impl ButtonKind {
    /// Class names of the kind.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Primary => "button",
            Self::Secondary => "button secondary",
            Self::Danger => "button danger",
        }
    }
}

/// The button that sends the form it stands in.
#[component]
pub fn SubmitButton(
    /// What happens: "Zapisz szkic", not "OK".
    #[prop(into)]
    label: String,
    /// Weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// Name sent with the form, where a form has several buttons.
    #[prop(optional, into)]
    name: String,
    /// Value sent with the form.
    #[prop(optional, into)]
    value: String,
    /// Said after the label to those who listen: which of many ("Anna Nowak").
    #[prop(optional, into)]
    subject: String,
) -> impl IntoView {
    let subject = filled(subject).map(|text| view! { <span class="visually-hidden">" "{text}</span> });
    view! { <button class=kind.class() type="submit" name=filled(name) value=filled(value)>{label}{subject}</button> }
        .into_any()
}

/// A link in the looks of a button: it leads somewhere and changes nothing.
#[component]
pub fn ActionLink(
    /// What the person finds there.
    #[prop(into)]
    label: String,
    /// Where it leads.
    #[prop(into)]
    href: SafeUrl,
    /// Weight.
    #[prop(optional)]
    kind: ButtonKind,
) -> impl IntoView {
    view! { <a class=kind.class() href=href>{label}</a> }.into_any()
}

/// A row of buttons and links; wraps when it is narrow.
#[component]
pub fn Actions(
    /// The buttons, the main one first.
    children: Children,
) -> impl IntoView {
    view! { <div class="actions">{children()}</div> }.into_any()
}
