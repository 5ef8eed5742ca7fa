//! Islands: what moves in the browser, and the only code of ours that becomes WASM.
//!
//! Each island renders meaningful HTML on the server, which works without script, and takes that HTML over once the
//! WASM has arrived. It knows no rule, no table and no language: everything comes in as props ([`props`]).
//! It depends on no other crate of ours, so what reaches the browser is what the props hold and nothing else.
//!
//! There are two WASMs: `islands-learn` with the player, how far a film is and the page of a test, for those who pay for every
//! megabyte, and `islands-desk` with all islands (feature `desk`), for whoever teaches or lends.
#![cfg_attr(not(any(feature = "ssr", feature = "desk")), allow(dead_code))]

#[cfg(not(feature = "ssr"))]
mod awaken;
#[cfg(not(feature = "ssr"))]
mod browser;
mod film_progress;
#[cfg(not(feature = "ssr"))]
mod outbox;
mod phrase;
mod player;
#[cfg(any(feature = "ssr", feature = "desk"))]
mod preview;
pub mod props;
#[cfg(any(feature = "ssr", feature = "desk"))]
mod scan_desk;
#[cfg(any(feature = "ssr", feature = "desk"))]
mod signature;
mod test_page;
#[cfg(any(feature = "ssr", feature = "desk"))]
mod upload;

pub use film_progress::FilmProgress;
pub use player::Player;
#[cfg(any(feature = "ssr", feature = "desk"))]
pub use preview::Preview;
pub use props::*;
#[cfg(any(feature = "ssr", feature = "desk"))]
pub use scan_desk::ScanDesk;
#[cfg(any(feature = "ssr", feature = "desk"))]
pub use signature::SignaturePad;
pub use test_page::TestPage;
#[cfg(any(feature = "ssr", feature = "desk"))]
pub use upload::FilmUpload;

/// Starts the reactive system in the browser; `boot.js` calls it once before it wakes the islands.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
