//! Small shapes that carry a state besides colour, and the five tones that use them. Decoration only: every use has
//! its words beside it.

use leptos::prelude::*;

/// How a message or a state is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// A plain state: draft, archived.
    #[default]
    Neutral,
    /// Something to know.
    Info,
    /// Done, published, passed.
    Success,
    /// Look at it soon.
    Warning,
    /// Failed, overdue, will be lost.
    Danger,
}

impl Tone {
    /// Class name of the tone.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }

    /// Shape of the tone: each differs in outline, so it survives without colour.
    fn path(self) -> &'static str {
        match self {
            Self::Neutral => {
                "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2.2a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6Z"
            }
            Self::Info => "M3 1h10v14H3ZM7 3.5v2h2v-2Zm0 3.5v5.5h2V7Z",
            Self::Success => "M13.6 2.6 15.3 4.2 6.5 13.8 1 8.6 2.6 6.9 6.4 10.4Z",
            Self::Warning => "M8 1 16 15H0ZM7 6v4.5h2V6Zm0 5.5v2h2v-2Z",
            Self::Danger => "M5 1h6l4 4v6l-4 4H5l-4-4V5ZM5 7v2h6V7Z",
        }
    }
}

/// The shape of a tone, 16 by 16, hidden from assistive technology.
#[component]
pub fn Icon(
    /// Which shape.
    tone: Tone,
) -> impl IntoView {
    view! {
        <svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path fill="currentColor" fill-rule="evenodd" d=tone.path()></path>
        </svg>
    }
    .into_any()
}
