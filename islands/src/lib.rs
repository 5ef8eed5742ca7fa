//! Islands: what moves in the browser, and the only code of ours that becomes WASM.
//!
//! Each island renders meaningful HTML on the server, which works without script, and takes that HTML over once the
//! WASM has arrived. It knows no rule, no table and no language: everything comes in as props ([`props`]).
//! It depends on no other crate of ours, so what reaches the browser is what the props hold and nothing else.

#[cfg(not(feature = "ssr"))]
mod awaken;
#[cfg(not(feature = "ssr"))]
mod browser;
mod film_progress;
#[cfg(not(feature = "ssr"))]
mod outbox;
mod phrase;
mod player;
mod preview;
pub mod props;
mod scan_desk;
mod signature;
mod test_page;
mod upload;

pub use film_progress::FilmProgress;
pub use player::Player;
pub use preview::Preview;
pub use props::*;
pub use scan_desk::ScanDesk;
pub use signature::SignaturePad;
pub use test_page::TestPage;
pub use upload::FilmUpload;

/// Starts the reactive system in the browser; `boot.js` calls it once before it wakes the islands.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
