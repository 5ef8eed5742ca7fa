//! The little of tus-js-client that we use. The script is loaded before any of this is called.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// One upload of tus-js-client.
    #[wasm_bindgen(js_namespace = tus)]
    #[derive(Clone)]
    pub type Upload;

    #[wasm_bindgen(constructor, js_namespace = tus)]
    pub fn new(file: &JsValue, settings: &JsValue) -> Upload;

    #[wasm_bindgen(method)]
    pub fn start(this: &Upload);

    /// Stops; with `delete` the server also forgets what it has.
    #[wasm_bindgen(method)]
    pub fn abort(this: &Upload, delete: bool) -> js_sys::Promise;

    /// Uploads of the same file that this browser began before.
    #[wasm_bindgen(method, js_name = findPreviousUploads)]
    pub fn find_previous_uploads(this: &Upload) -> js_sys::Promise;

    #[wasm_bindgen(method, js_name = resumeFromPreviousUpload)]
    pub fn resume_from_previous_upload(this: &Upload, previous: &JsValue);
}

/// Has an upload that is about to begin go on where this browser stopped sending the same file to the same place.
pub async fn find_what_was_sent(upload: &Upload) {
    let found = JsFuture::from(upload.find_previous_uploads()).await.unwrap_or(JsValue::UNDEFINED);
    let previous = found.dyn_ref::<Array>().map_or(JsValue::UNDEFINED, |found| found.get(0));
    if !previous.is_undefined() {
        upload.resume_from_previous_upload(&previous);
    }
}
