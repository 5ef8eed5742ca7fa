//! Choosing files from the disk. Put it into a `PostForm` with `Encoding::Multipart`.

use leptos::prelude::*;

use super::frame::Frame;
use crate::heading::filled;

/// A file, or several.
#[component]
pub fn FileField(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Label.
    #[prop(into)]
    label: String,
    /// Kinds offered by the browser: ".csv,text/csv". Only a comfort: the server checks.
    #[prop(optional, into)]
    accept: String,
    /// Limits in words: size, kinds.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong.
    #[prop(optional_no_strip)]
    error: Option<String>,
    /// Several files at once.
    #[prop(optional)]
    multiple: bool,
    /// Must be chosen.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let frame = Frame { name: name.clone(), label, note: String::new(), hint, error };
    let control = view! {
        <input
            id=frame.id()
            name=name
            type="file"
            accept=filled(accept)
            multiple=multiple
            required=required
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        />
    };
    frame.around(control.into_any())
}
