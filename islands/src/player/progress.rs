//! Telling the server what was really seen. A report that does not arrive is kept and sent again under the same key.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::report::{body, tail};
use super::seen::Seen;
use super::wake::Player;
use crate::browser::{after, call, now_ms, random_key, recall, remember, request, show, window};

/// How often a playing film reports, in milliseconds.
const EVERY_MS: f64 = 10_000.0;
/// Reports kept while there is no connection; the oldest go first.
const KEPT: usize = 200;

/// What has been seen and not yet been accepted by the server.
pub(super) struct Progress {
    url: String,
    /// Name of the browser's memory for this person and film; empty when nothing may be kept.
    memory: String,
    pub(super) seen: Seen,
    /// Bodies still to be accepted, oldest first.
    waiting: Vec<String>,
    sending: bool,
    /// The film was cut or replaced since this page was made: what is played here counts no more.
    outdated: bool,
    /// When the film was last heard of while playing, and when it last reported, in milliseconds of the browser.
    heard_ms: f64,
    reported_ms: f64,
    reported_position_ms: u32,
}

impl Progress {
    /// `begin`: where the film goes on for this person, in seconds.
    pub(super) fn new(url: &str, memory_key: &str, begin: f64) -> Self {
        let memory = if memory_key.is_empty() { String::new() } else { format!("progress.{memory_key}") };
        Self {
            url: url.to_owned(),
            memory,
            seen: Seen::from(begin),
            waiting: Vec::new(),
            sending: false,
            outdated: false,
            heard_ms: 0.0,
            reported_ms: 0.0,
            reported_position_ms: 0,
        }
    }

    fn keep(&self) {
        if !self.memory.is_empty() {
            remember(&self.memory, &self.waiting.join("\n"));
        }
    }
}

impl Player {
    /// The film plays at `position` with `speed`; 0 marks the moment it begins.
    pub(super) fn progress_plays(self: &Rc<Self>, position: f64, speed: f64) {
        let now = now_ms();
        let mut progress = self.progress.borrow_mut();
        if progress.reported_ms == 0.0 {
            progress.reported_ms = now;
        }
        let elapsed = (now - progress.heard_ms) / 1000.0 * speed;
        progress.seen.plays(position, elapsed);
        progress.heard_ms = now;
        let due = now - progress.reported_ms >= EVERY_MS;
        drop(progress);
        if due {
            self.report(false);
        }
    }

    /// Puts together what was seen since the last report and sends it; `leaving` when the page goes away now.
    pub(super) fn report(self: &Rc<Self>, leaving: bool) {
        let position_ms = (self.position.get() * 1000.0) as u32;
        let mut progress = self.progress.borrow_mut();
        if progress.url.is_empty() || progress.outdated || progress.reported_ms == 0.0 {
            return;
        }
        let seen = progress.seen.take();
        if !seen.is_empty() || position_ms != progress.reported_position_ms {
            progress.waiting.push(body(position_ms, &seen, &random_key(), &self.film.edition));
            let surplus = progress.waiting.len().saturating_sub(KEPT);
            progress.waiting.drain(..surplus);
        }
        progress.reported_ms = now_ms();
        progress.reported_position_ms = position_ms;
        progress.keep();
        if leaving {
            // The first one may be on its way already; the rest leave with the page, and stay kept until answered.
            for body in progress.waiting.iter().skip(usize::from(progress.sending)) {
                send_beacon(&progress.url, body);
            }
            // Nothing more until the page comes back, see `came_back`.
            progress.sending = true;
        } else {
            drop(progress);
            self.send_reports();
        }
    }

    /// The page is shown (again, perhaps out of the browser's memory of left pages).
    pub(super) fn came_back(self: &Rc<Self>) {
        self.progress.borrow_mut().sending = false;
        self.send_reports();
    }

    /// Sends what waits, one at a time; also what an earlier visit could not send.
    pub(super) fn send_reports(self: &Rc<Self>) {
        let mut progress = self.progress.borrow_mut();
        if progress.sending || progress.url.is_empty() {
            return;
        }
        if progress.waiting.is_empty() && !progress.memory.is_empty() {
            progress.waiting = recall(&progress.memory).lines().map(str::to_owned).collect();
        }
        let Some(body) = progress.waiting.first().cloned() else { return };
        progress.sending = true;
        drop(progress);
        let player = Rc::clone(self);
        spawn_local(async move {
            let answer = request(&player.film.progress_url, Some(("application/json", &body))).await;
            let status = answer.map_or(0, |answer| answer.status());
            // Refused for good: sending it again would not help. Not signed in, too many, or no answer: later.
            let done = matches!(status, 200..=299 | 400 | 404 | 409 | 410 | 413 | 415 | 422);
            let mut progress = player.progress.borrow_mut();
            progress.sending = false;
            // What an earlier visit could not send may speak of another state of the film than this page.
            let changed = matches!(status, 205 | 409) && body.ends_with(&tail(&player.film.edition));
            let outdated = changed && !std::mem::replace(&mut progress.outdated, changed);
            if done {
                progress.waiting.retain(|waiting| *waiting != body);
                progress.keep();
            }
            drop(progress);
            if outdated {
                let _ = player.video.pause();
                show(&player.root, "changed", true);
            }
            if done {
                player.send_reports();
            } else {
                player.say(&player.words.error_progress);
                after(20_000, move || player.send_reports());
            }
        });
    }
}

fn send_beacon(url: &str, body: &str) {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("application/json");
    let parts = js_sys::Array::of1(&JsValue::from_str(body));
    if let Ok(blob) = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options) {
        call(&window().navigator(), "sendBeacon", &[url.into(), blob.into()]);
    }
}
