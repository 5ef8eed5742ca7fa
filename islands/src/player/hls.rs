//! The little of hls.js that we use. The script is loaded before any of this is called; see its API documentation.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// One hls.js instance.
    #[derive(Clone)]
    pub type Hls;

    /// Whether this browser can play through Media Source Extensions.
    #[wasm_bindgen(static_method_of = Hls, js_name = isSupported)]
    pub fn is_supported() -> bool;

    #[wasm_bindgen(constructor)]
    pub fn new(settings: &JsValue) -> Hls;

    #[wasm_bindgen(method)]
    pub fn on(this: &Hls, event: &str, heard: &JsValue);

    #[wasm_bindgen(method, js_name = attachMedia)]
    pub fn attach_media(this: &Hls, video: &JsValue);

    #[wasm_bindgen(method, js_name = loadSource)]
    pub fn load_source(this: &Hls, url: &str);

    #[wasm_bindgen(method, js_name = startLoad)]
    pub fn start_load(this: &Hls, seconds: f64);

    #[wasm_bindgen(method, js_name = stopLoad)]
    pub fn stop_load(this: &Hls);

    #[wasm_bindgen(method, js_name = recoverMediaError)]
    pub fn recover_media_error(this: &Hls);

    #[wasm_bindgen(method, setter, js_name = nextLevel)]
    pub fn set_next_level(this: &Hls, level: i32);

    #[wasm_bindgen(method, setter, js_name = loadLevel)]
    pub fn set_load_level(this: &Hls, level: i32);

    #[wasm_bindgen(method, getter)]
    pub fn levels(this: &Hls) -> js_sys::Array;

    /// Those of the whole master playlist, not only of the level that plays.
    #[wasm_bindgen(method, getter, js_name = allAudioTracks)]
    pub fn all_audio_tracks(this: &Hls) -> js_sys::Array;

    #[wasm_bindgen(method, getter, js_name = bandwidthEstimate)]
    pub fn bandwidth_estimate(this: &Hls) -> f64;
}

/// Limits for a SIM card with a data cap: at most a minute ahead and 4 MB, no picture larger than the player, nothing
/// before the first play, no trial download. Captions come as `<track>`, so hls.js must leave text tracks alone.
pub const SETTINGS: &str = r#"{"autoStartLoad":false,"maxBufferLength":30,"maxMaxBufferLength":60,
"maxBufferSize":4000000,"backBufferLength":30,"capLevelToPlayerSize":true,"testBandwidth":false,"startFragPrefetch":false,
"enableWorker":true,"timelineController":null,"subtitleStreamController":null,"subtitleTrackController":null,
"enableWebVTT":false,"enableCEA708Captions":false,"emeController":null,"cmcdController":null,
"interstitialsController":null}"#;

/// Tighter limits for those who save data: what is fetched ahead and never watched is lost.
pub const SAVING: [(&str, u32); 3] =
    [("maxBufferLength", 12), ("maxMaxBufferLength", 20), ("maxBufferSize", 1_500_000)];
