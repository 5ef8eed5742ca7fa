//! Pictures that take fewer bytes and more effort: they are played where the browser says that it decodes them smoothly and without using
//! much power, which is where the machine has a part for it. A weak computer stays with what everybody has.

use std::rc::Rc;

use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::wake::Player;
use crate::browser::{call, get, part, window, write};

/// What the browser must say of them.
const WANTED: [&str; 3] = ["supported", "smooth", "powerEfficient"];

impl Player {
    /// Asks the browser, and tells what watching costs with them.
    pub(super) fn ask_about_further(self: &Rc<Self>) {
        let Ok(question) = js_sys::JSON::parse(&self.film.further_question) else { return };
        let judge = get(&window().navigator(), "mediaCapabilities");
        let asked = js_sys::Promise::resolve(&call(&judge, "decodingInfo", &[question]));
        let player = Rc::clone(self);
        spawn_local(async move {
            let Ok(answer) = JsFuture::from(asked).await else { return };
            if !WANTED.iter().all(|word| get(&answer, word).is_truthy()) {
                return;
            }
            player.further.set(true);
            let cost = part(&player.root, "cost").and_then(|cost| cost.get_attribute("data-further"));
            if let Some(cost) = cost {
                write(&player.root, "cost", &cost);
            }
        });
    }

    /// Where the playlist is fetched.
    pub(super) fn master_url(&self) -> String {
        let url = &self.film.master_url;
        if self.further.get() { format!("{url}?codec=av1") } else { url.clone() }
    }
}
