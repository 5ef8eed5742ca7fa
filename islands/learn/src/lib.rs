//! What moves in the browser of those who learn: the film player and the page of a test.
//! One WASM; `boot.js` knows which of the two a page needs.

pub use islands::*;
