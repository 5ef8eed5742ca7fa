//! The page that asks before something that cannot be taken back. A page, not a dialogue: it works without script,
//! can be read in peace, and its address can be left without harm.

use leptos::children::Children;
use leptos::prelude::*;

use super::{ButtonKind, PostForm, SubmitButton};
use crate::{Link, SafeUrl};

/// Question as `h1`, what will happen, the form that confirms, and the way back.
#[component]
pub fn CheckPage(
    /// The question: "Usunąć kurs „Dostępność cyfrowa”?".
    #[prop(into)]
    question: String,
    /// Where the confirmation is posted.
    #[prop(into)]
    action: SafeUrl,
    /// The confirming button: "Usuń kurs".
    #[prop(into)]
    confirm: String,
    /// Its weight (danger when not given).
    #[prop(default = ButtonKind::Danger)]
    kind: ButtonKind,
    /// The way back: "Zostaw kurs".
    cancel: Link,
    /// Fields sent with the confirmation: hidden ones, or a reason to fill in.
    #[prop(optional)]
    fields: Option<AnyView>,
    /// What will happen: paragraphs, a `SummaryList`.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="check-page">
            <h1>{question}</h1>
            {children()}
            <PostForm action=action>
                {fields}
                <div class="actions">
                    <SubmitButton label=confirm kind=kind/>
                    <a href=cancel.href>{cancel.text}</a>
                </div>
            </PostForm>
        </div>
    }
    .into_any()
}
