//! The scanner desk in the browser: focus stays in the scan field, each scan is answered by sound and text, and scans wait
//! in the browser while there is no network.

#[cfg(not(feature = "ssr"))]
mod chime;
#[cfg(any(test, not(feature = "ssr")))]
mod item;
#[cfg(not(feature = "ssr"))]
mod queue;
#[cfg(not(feature = "ssr"))]
mod wake;

use leptos::prelude::*;

use crate::props::{DeskPerson, ScanDeskWords};

/// Takes over the page's form `#scan` (field `code`) and the line `.desk-turn`, and keeps the list `#class` fresh.
///
/// `owner`: keeps apart what different people leave in one browser. `people`: the line, whose turn it is first; empty when
/// devices are collected. `send_url`: takes the form's fields with `key` and `waited_ms`, answers
/// [`crate::props::DeskAnswer`].
#[island]
pub fn ScanDesk(
    words: ScanDeskWords,
    owner: String,
    people: Vec<DeskPerson>,
    send_url: String,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        let _ = (owner, people, send_url);
        view(words)
    }
    #[cfg(not(feature = "ssr"))]
    {
        crate::awaken::Awaken::new(move |root| wake::wake(root, words, owner, people, send_url))
    }
}

/// Nothing of it is shown without script: the form answers with whole pages then.
#[cfg(feature = "ssr")]
fn view(words: ScanDeskWords) -> impl IntoView {
    view! {
        <section class="scan-desk" hidden aria-label=words.label>
            <p class="scan-said" role="status" data-part="said"></p>
            <p class="scan-state" role="status" data-part="state"></p>
            <p><button type="button" class="button secondary" data-part="sound"></button></p>
            <div hidden data-part="conflicts-box">
                <h2>{words.conflicts}</h2>
                <ul class="scan-conflicts" data-part="conflicts"></ul>
            </div>
            <div hidden data-part="log-box">
                <h2>{words.log}</h2>
                <ol class="scan-log" reversed data-part="log"></ol>
            </div>
        </section>
    }
}
