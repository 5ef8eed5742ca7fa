//! Asking the server now and then how far the film has come.

use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use super::{is_at_work, is_end, percent, sentence};
use crate::browser::{after, document, put, request, show, text_of, window, write};
use crate::props::{FilmProgressWords, FilmStage, FilmState};

/// Seconds between two questions at first; it slows down while nothing changes, and more while there is no answer.
const EVERY_SECONDS: i32 = 2;
const SLOWEST_SECONDS: i32 = 15;
const SLOWEST_OFFLINE_SECONDS: i32 = 60;

struct Watch {
    root: Element,
    words: FilmProgressWords,
    url: String,
    state: FilmState,
}

/// Whether the page shows the film once it is loaded anew. Not while it is sent: that may be going on in this very page.
fn is_shown(state: &FilmState) -> bool {
    state.playable && state.state != FilmStage::Uploading
}

/// Asks until the film has come to an end.
pub(super) fn watch(root: Element, words: FilmProgressWords, url: String, state: FilmState) {
    Watch { root, words, url, state }.ask_after(EVERY_SECONDS);
}

impl Watch {
    fn ask_after(self, seconds: i32) {
        if !is_end(self.state.state) {
            after(seconds * 1000, move || spawn_local(self.ask(seconds)));
        }
    }

    async fn ask(mut self, seconds: i32) {
        if document().hidden() {
            // Nobody looks: wait without asking.
            return self.ask_after(EVERY_SECONDS);
        }
        let mut fresh = None;
        if let Some(answer) = request(&self.url, None).await
            && answer.ok()
        {
            fresh = serde_json::from_str::<FilmState>(&text_of(&answer).await).ok();
        }
        show(&self.root, "offline", fresh.is_none());
        let Some(fresh) = fresh else { return self.ask_after((seconds * 2).min(SLOWEST_OFFLINE_SECONDS)) };
        let became_playable = is_shown(&fresh) && !is_shown(&self.state);
        let next = if fresh == self.state { (seconds + 1).min(SLOWEST_SECONDS) } else { EVERY_SECONDS };
        self.state = fresh;
        self.draw();
        if became_playable {
            let _ = window().location().reload();
        } else {
            self.ask_after(next);
        }
    }

    fn draw(&self) {
        let (root, state) = (&self.root, &self.state);
        let percent = percent(state, &self.words);
        let sentence = sentence(state, &self.words);
        // Said again only when it changes: the status line speaks.
        if crate::browser::part(root, "sentence").and_then(|part| part.text_content()).as_deref()
            != Some(&sentence)
        {
            write(root, "sentence", &sentence);
        }
        put(root, "bar", "value", &state.per_mille.into());
        write(root, "bar", &percent);
        write(root, "percent", &percent);
        write(root, "message", &state.message);
        show(root, "work", is_at_work(state.state));
        show(root, "refresh", !is_end(state.state));
    }
}
