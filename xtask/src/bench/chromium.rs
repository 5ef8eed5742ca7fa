//! What Chromium fetches for a page: runs `xtask/bench/*.mjs` on the machine's browser.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::http::Client;
use crate::{packages, process};

/// A page as a fresh browser loaded it.
#[derive(Debug, Deserialize)]
pub struct Look {
    /// From the request to the text on the screen, in milliseconds.
    pub readable_ms: u64,
    /// Requests sent until then.
    pub before_readable: usize,
    /// All of them.
    pub requests: Vec<Request>,
}

/// One request.
#[derive(Clone, Debug, Deserialize)]
pub struct Request {
    /// Path and query.
    pub path: String,
    /// Method.
    pub method: String,
    /// Status; absent when there was no answer.
    pub status: Option<u16>,
    /// Media type of the answer.
    #[serde(default)]
    pub media: String,
    /// Bytes that came, headers included, compressed as they were.
    #[serde(default)]
    pub wire: f64,
    /// Bytes of the body, decompressed.
    pub bytes: u64,
}

impl Look {
    /// Bytes that came, of answers whose media type holds one of these words (all for an empty one).
    pub fn wire_bytes(&self, kinds: &[&str]) -> u64 {
        let wanted = |one: &&Request| kinds.iter().any(|kind| one.media.contains(kind));
        self.requests.iter().filter(wanted).map(|one| one.wire as u64).sum()
    }
}

/// Loads a page with the cookies of `client`; it can be read when `text` stands in it.
///
/// # Errors
/// When the browser is missing or the text does not come within a minute.
pub fn look(root: &Path, client: &Client, path: &str, text: &str) -> Result<Look> {
    script(root, "look.mjs", &[&client.address(), path, client.cookies(), text])
}

/// Runs a script with the path of the browser before its words and reads the JSON that it prints.
///
/// # Errors
/// When it fails (what it says about that is on the terminal), prints no such JSON, or we were asked to stop, and it with us.
pub fn script<T: DeserializeOwned>(root: &Path, name: &str, words: &[&str]) -> Result<T> {
    let browser = packages::browser().context("there is no Chromium")?;
    let mut node = Command::new("node");
    node.arg(root.join("xtask/bench").join(name)).arg(browser).args(words).current_dir(root);
    let mut last = String::new();
    let status = process::run_by_line(&mut node, |line| last = line.to_owned())?;
    ensure!(status.success(), "{name} ended with {status}; the lines above say why");
    serde_json::from_str(&last).with_context(|| format!("{name} said: {last}"))
}
