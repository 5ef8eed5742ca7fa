//! The little of tus-js-client that we use. The script is loaded before any of this is called.

use wasm_bindgen::prelude::*;

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
