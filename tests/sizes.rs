//! What a browser loads before it can do anything, as it goes over the line: brotli at its best quality, as `cargo xtask site` leaves it
//! beside each file.

use std::path::PathBuf;

/// Most bytes of the one style sheet: what a server may send at once on a new connection (RFC 6928), so a page never waits for style.
const MOST_STYLE_BYTES: u64 = 14_000;
/// Most bytes of everything that moves on the pages of learners: two seconds of a slow line (0.5 Mbit/s).
const MOST_LEARN_BYTES: u64 = 120_000;

/// The bytes of this file of the site as they are sent.
fn sent(name: &str) -> u64 {
    let site = std::env::var("TABLICA_SITE").expect("TABLICA_SITE: run the tests with `cargo xtask test`");
    let file = PathBuf::from(site).join(name);
    let length = |path: PathBuf| {
        let found = std::fs::metadata(&path);
        found.unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask site`", path.display())).len()
    };
    let plain = length(file.clone());
    let small = length(file.with_file_name(format!("{name}.br")));
    assert!(
        small > 0 && small < plain,
        "{name}.br has {small} bytes, {name} has {plain}: it is not made of it"
    );
    small
}

#[test]
fn the_style_sheet_fits_into_what_is_sent_at_once() {
    let bytes = sent("style.css");
    assert!(bytes <= MOST_STYLE_BYTES, "style.css takes {bytes} bytes in brotli, at most {MOST_STYLE_BYTES}");
}

#[test]
fn what_moves_on_the_pages_of_learners_stays_small() {
    let files = ["islands_learn.js", "islands_learn_bg.wasm", "boot.js"];
    let sizes: Vec<(&str, u64)> = files.into_iter().map(|name| (name, sent(name))).collect();
    let bytes: u64 = sizes.iter().map(|(_, bytes)| bytes).sum();
    assert!(bytes <= MOST_LEARN_BYTES, "{bytes} bytes in brotli, at most {MOST_LEARN_BYTES}: {sizes:?}");
}
