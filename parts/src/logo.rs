//! The sign of Tablica: a board on its ledge with a T in chalk. Drawn in `currentColor`; always beside the name.

use leptos::prelude::*;

/// The sign, 36 by 36, hidden from assistive technology: put the name beside it.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" width="36" height="36" viewBox="0 0 36 36" aria-hidden="true" focusable="false">
            <path
                fill="none"
                stroke="currentColor"
                stroke-width="2.5"
                stroke-linejoin="round"
                d="M7 4.5h22A2.5 2.5 0 0 1 31.5 7v20h-27V7A2.5 2.5 0 0 1 7 4.5Z"
            ></path>
            <path
                fill="none"
                stroke="currentColor"
                stroke-width="3.2"
                stroke-linecap="round"
                d="M11 12.3c4.5-1 9.5-1.2 14-.8M18.3 12c-.5 3.5-.6 6.5-.3 10"
            ></path>
            <path stroke="currentColor" stroke-width="3" stroke-linecap="round" d="M2.5 31h31"></path>
            <path class="logo-chalk" stroke="currentColor" stroke-width="3" stroke-linecap="round" d="M23 26.5h4"></path>
        </svg>
    }
    .into_any()
}
