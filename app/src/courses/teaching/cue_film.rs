//! What joins cues to the film beside them: links to a moment, and what `cues.js` needs to write the film's time into fields.

use leptos::prelude::*;
use words::{Language, films as say, player};

use crate::state::App;
use crate::video::clock;

/// A link that sends the film to the moment at which a cue begins, in milliseconds. Without script it opens this page (`path`, cues of the
/// page `page`) with the film at that second.
pub fn jump(language: Language, path: &str, page: usize, start_ms: u32) -> AnyView {
    let href = format!("{path}?page={page}&t={}#film", start_ms / 1000);
    view! { <a href=href data-jump=start_ms.to_string()>{say::cue_watch(language, &clock(start_ms))}</a> }
        .into_any()
}

/// The keys that work while somebody types, and the script; nothing where the site has none.
pub fn keys(language: Language, app: &App) -> Option<AnyView> {
    let src = app.files.cues.clone();
    if src.is_empty() {
        return None;
    }
    let rows = [
        ("Alt + K", player::about_play(language)),
        ("Alt + J", say::cue_key_back(language)),
        ("Alt + G", say::cue_key_go(language)),
        ("Alt + U", say::cue_key_start(language)),
        ("Alt + I", say::cue_key_end(language)),
        ("Alt + ↑ / ↓", say::cue_key_next(language)),
    ];
    let rows: Vec<_> =
        rows.into_iter().map(|(keys, about)| view! { <dt><kbd>{keys}</kbd></dt><dd>{about}</dd> }).collect();
    Some(
        view! {
            <details
                class="cue-keys"
                hidden
                data-cue-keys=""
                data-start=say::cue_take_start(language)
                data-end=say::cue_take_end(language)
                data-taken=say::cue_taken(language, "{time}")
            >
                <summary>{say::cue_keys_title(language)}</summary>
                <p>{say::cue_keys_text(language)}</p>
                <dl>{rows}</dl>
            </details>
            <p class="player-note" role="status" data-cue-said=""></p>
            <script type="module" src=src></script>
        }
        .into_any(),
    )
}
