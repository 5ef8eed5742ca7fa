//! Where and how a film is sent: the settings that tus-js-client gets, and the figures of what was sent.

use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::prelude::*;
use web_sys::File;

use crate::browser::{get, set};
use crate::phrase::fill;
use crate::props::UploadWords;

/// Waits between tries, in milliseconds; the count begins anew whenever bytes went through. Over an hour in all.
const WAITS_MS: [u32; 8] = [0, 1_000, 3_000, 5_000, 10_000, 20_000, 30_000, 60_000];
const LAST_WAIT_REPEATED: usize = 60;

/// What the page says about the upload.
pub(super) struct Order {
    pub script_url: String,
    pub endpoint: String,
    /// Pairs for `Upload-Metadata`.
    pub metadata: Vec<(String, String)>,
    /// 0 knows no limit.
    pub max_bytes: u64,
    pub done_url: String,
}

impl Order {
    /// The same for a file that goes into this film.
    pub fn for_film(&self, film: &str) -> Self {
        Self {
            script_url: self.script_url.clone(),
            endpoint: self.endpoint.clone(),
            metadata: vec![("film".to_owned(), film.to_owned())],
            max_bytes: self.max_bytes,
            done_url: self.done_url.clone(),
        }
    }

    /// Why this file is not sent; nothing when it is.
    pub fn refusal(&self, file: &File, words: &UploadWords) -> Option<String> {
        let (size, max) = (file.size(), self.max_bytes as f64);
        if size == 0.0 {
            return Some(words.error_empty.clone());
        }
        let values = [megabytes(size), megabytes(max)];
        let too_large = || fill(&words.error_too_large, &[("size", &values[0]), ("max", &values[1])]);
        (max > 0.0 && size > max).then(too_large)
    }

    /// Settings for sending this file, without the callbacks.
    pub fn settings(&self, file: &File) -> Object {
        let settings = Object::new();
        let metadata = Object::new();
        set(&metadata, "filename", &file.name().into());
        set(&metadata, "filetype", &get(file, "type"));
        // The same file sent to another place is another upload.
        let modified = get(file, "lastModified").as_f64().unwrap_or(0.0) as u64;
        let mut fingerprint =
            format!("tablica\n{}\n{}\n{}\n{modified}", self.endpoint, file.name(), file.size() as u64);
        for (name, value) in &self.metadata {
            set(&metadata, name, &value.as_str().into());
            fingerprint.push_str(&format!("\n{name}={value}"));
        }
        let waits: Array = WAITS_MS.iter().map(|wait| JsValue::from(*wait)).collect();
        for _ in 0..LAST_WAIT_REPEATED {
            waits.push(&60_000.into());
        }
        set(&settings, "endpoint", &self.endpoint.as_str().into());
        set(&settings, "metadata", &metadata);
        set(&settings, "retryDelays", &waits);
        set(&settings, "removeFingerprintOnSuccess", &JsValue::TRUE);
        let fingerprint = function(move |_| Promise::resolve(&JsValue::from_str(&fingerprint)).into());
        set(&settings, "fingerprint", &fingerprint);
        settings
    }
}

/// A JavaScript function of one argument.
pub(super) fn function(work: impl Fn(JsValue) -> JsValue + 'static) -> Function {
    Closure::<dyn Fn(JsValue) -> JsValue>::new(work).into_js_value().unchecked_into()
}

/// The HTTP status behind an error of tus-js-client; 0 when there was no answer.
pub(super) fn status(error: &JsValue) -> u16 {
    let answer = get(error, "originalResponse");
    crate::browser::call(&answer, "getStatus", &[]).as_f64().unwrap_or(0.0) as u16
}

/// Broken connections and overloaded servers are tried again; a refusal is not.
pub(super) fn is_worth_a_try(error: &JsValue) -> bool {
    matches!(status(error), 0 | 408 | 409 | 423 | 425 | 429 | 500..)
}

/// How much of it was sent, in whole per cent.
pub(super) fn percent(sent: f64, total: f64) -> u32 {
    (sent / total.max(1.0) * 100.0) as u32
}

/// Whole megabytes, as people count them (1 MB is a million bytes).
pub(super) fn megabytes(bytes: f64) -> String {
    ((bytes / 1_000_000.0).ceil() as u32).to_string()
}
