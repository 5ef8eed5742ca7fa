//! What is kept in the browser's storage until the server has it: entries of one kind and one person, sent one after another in
//! their order. Each has a key of its own, so that one whose answer was lost on the way counts once, and two tabs never
//! overwrite each other's.

use std::cell::Cell;
use std::rc::Rc;

use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Response};

use crate::browser::{after, call, make, now_ms, random_key, request, text_of};

/// Seconds until what got no answer is sent again, at first and at most.
const SOON: i32 = 2;
const LATE: i32 = 20;

/// The name of a new entry, which sorts by time; when that is, in milliseconds since 1970; and its key.
pub fn fresh(prefix: &str) -> (String, u64, String) {
    let (at, key) = (now_ms(), random_key());
    (format!("{prefix}{at:014}.{key}"), at as u64, key)
}

/// The fields of a form as they are sent, without those of these names.
pub fn fields_of(form: &Element, without: &[&str]) -> JsValue {
    let fields = make("URLSearchParams", &[make("FormData", &[form.into()])]);
    for name in without {
        call(&fields, "delete", &[(*name).into()]);
    }
    fields
}

/// Why an entry got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The server is there and does not take it from this person: signed out, say.
    Away,
    /// Nobody answers.
    Offline,
}

/// Sends an entry with how long it waited.
pub async fn send<A: DeserializeOwned>(url: &str, at_ms: u64, body: &str) -> Result<A, Silence> {
    let waited = (now_ms() - at_ms as f64).max(0.0);
    let body = format!("{body}&waited_ms={waited:.0}");
    let answer = request(url, Some(("application/x-www-form-urlencoded", &body))).await;
    let status = answer.as_ref().map_or(0, Response::status);
    let text = match &answer {
        Some(answer) => text_of(answer).await,
        None => String::new(),
    };
    let silence = if matches!(status, 200..=499) { Silence::Away } else { Silence::Offline };
    serde_json::from_str(&text).map_err(|_| silence)
}

/// Tries in vain since the last answer.
#[derive(Clone, Default)]
pub struct Tries(Rc<Cell<u32>>);

impl Tries {
    /// Whether the last try was in vain.
    pub fn any(&self) -> bool {
        self.0.get() > 0
    }

    /// An answer came.
    pub fn end(&self) {
        self.0.set(0);
    }

    /// One more: `send` is called after a while that grows, when no other try came before it.
    pub fn again(&self, send: impl FnOnce() + 'static) {
        let tries = self.0.get() + 1;
        self.0.set(tries);
        let now = self.clone();
        let seconds = (SOON << tries.min(5)).min(LATE);
        after(seconds * 1000, move || {
            if now.0.get() == tries {
                send();
            }
        });
    }
}
