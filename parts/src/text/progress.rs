//! How far something is (`progress`), and how much of a limit is used (`meter`): native elements with their words.

use leptos::prelude::*;

/// How far something is.
#[component]
pub fn ProgressBar(
    /// What is measured: "Postęp w kursie".
    #[prop(into)]
    label: String,
    /// Done so far.
    value: u32,
    /// The whole (100 when not given).
    #[prop(default = 100)]
    max: u32,
    /// The same in words: "3 z 8 lekcji".
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let max = max.max(1);
    let value = value.min(max);
    view! {
        <div class="progress">
            <label>
                <span class="progress-label">{label}</span>" "
                <progress value=value max=max></progress>
            </label>
            " "<span class="progress-text">{text}</span>
        </div>
    }
    .into_any()
}

/// How much of a limit is used: storage, places.
#[component]
pub fn Meter(
    /// What is measured: "Miejsce na filmy".
    #[prop(into)]
    label: String,
    /// Used.
    value: u32,
    /// The limit (100 when not given).
    #[prop(default = 100)]
    max: u32,
    /// From where on it is too much; the whole when not given.
    #[prop(optional)]
    high: u32,
    /// The same in words: "41 z 50 GB".
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let max = max.max(1);
    let high = if high == 0 { max } else { high.min(max) };
    view! {
        <div class="progress">
            <label>
                <span class="progress-label">{label}</span>" "
                <meter value=value.min(max) min="0" max=max high=high low=high optimum="0"></meter>
            </label>
            " "<span class="progress-text">{text}</span>
        </div>
    }
    .into_any()
}
