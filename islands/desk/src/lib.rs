//! All that moves in the browser, for the pages of those who teach and of clerks.
//! One WASM; `boot.js` knows which of the two a page needs.

pub use islands::*;
