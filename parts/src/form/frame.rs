//! What surrounds a control: the form itself, and label, hint and error of one field.

use leptos::children::Children;
use leptos::prelude::*;

use super::errors::field_id;
use crate::heading::filled;
use crate::{Icon, SafeUrl, Tone};

/// How a form is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Names and values.
    #[default]
    Plain,
    /// With files.
    Multipart,
}

/// A form that is posted. `novalidate`: the server answers in the person's own language, in the error summary.
#[component]
pub fn PostForm(
    /// Where it is posted.
    #[prop(into)]
    action: SafeUrl,
    /// `Encoding::Multipart` when it holds a `FileField`.
    #[prop(optional)]
    encoding: Encoding,
    /// Fields and buttons.
    children: Children,
) -> impl IntoView {
    let enctype = (encoding == Encoding::Multipart).then_some("multipart/form-data");
    view! { <form class="form" method="post" action=action enctype=enctype novalidate>{children()}</form> }
        .into_any()
}

/// Label, hint and error of one field, as given by the page.
pub(super) struct Frame {
    pub name: String,
    pub label: String,
    pub note: String,
    pub hint: String,
    pub error: Option<String>,
}

impl Frame {
    /// Id of the control.
    pub fn id(&self) -> String {
        field_id(&self.name)
    }

    /// Ids for `aria-describedby`, or no attribute.
    pub fn described_by(&self) -> Option<String> {
        let id = self.id();
        let hint = (!self.hint.is_empty()).then(|| format!("{id}-hint"));
        let error = self.error.as_ref().map(|_| format!("{id}-error"));
        filled([hint, error].into_iter().flatten().collect::<Vec<_>>().join(" "))
    }

    /// `aria-invalid`, or no attribute.
    pub fn invalid(&self) -> Option<&'static str> {
        self.error.as_ref().map(|_| "true")
    }

    /// `control` under its label.
    pub fn around(self, control: AnyView) -> AnyView {
        let class = self.class();
        let (hint, error) = self.hint_and_error();
        let id = self.id();
        let note = note(self.note);
        view! { <div class=class><label for=id>{self.label}{note}</label>{hint}{error}{control}</div> }
            .into_any()
    }

    /// `controls` as one group under its legend.
    pub fn group(self, controls: AnyView) -> AnyView {
        let class = self.class();
        let described_by = self.described_by();
        let (hint, error) = self.hint_and_error();
        let note = note(self.note);
        view! {
            <fieldset class=class aria-describedby=described_by>
                <legend>{self.label}{note}</legend>
                {hint}
                {error}
                {controls}
            </fieldset>
        }
        .into_any()
    }

    fn class(&self) -> &'static str {
        if self.error.is_some() { "field field-wrong" } else { "field" }
    }

    fn hint_and_error(&self) -> (Option<AnyView>, Option<AnyView>) {
        let id = self.id();
        let hint = filled(self.hint.clone())
            .map(|text| view! { <p class="hint" id=format!("{id}-hint")>{text}</p> }.into_any());
        let error = self.error.clone().map(|text| {
            view! { <p class="field-error" id=format!("{id}-error")><Icon tone=Tone::Danger/>{text}</p> }
                .into_any()
        });
        (hint, error)
    }
}

fn note(note: String) -> Option<AnyView> {
    filled(note).map(|text| view! { " "<span class="note">{text}</span> }.into_any())
}
