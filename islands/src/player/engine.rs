//! Where the picture comes from: hls.js, the browser's own HLS, or the plain MP4; and what happens when it fails.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::act::over_limit;
use super::hls::{Hls, SAVING, SETTINGS};
use super::wake::{Player, Quality};
use crate::browser::{
    after, call, document, get, get_text, load_script, make, recall, remember, set, window,
};

/// What plays the film.
#[derive(Default)]
pub(super) enum Source {
    /// Nothing was fetched yet.
    #[default]
    None,
    /// hls.js is on its way.
    Coming,
    /// hls.js.
    Script(Hls),
    /// The media element itself: HLS that the browser understands, or the plain MP4.
    Element,
}

/// State of the source that nobody sees.
#[derive(Default)]
pub(super) struct Engine {
    source: Source,
    /// The sound-only playlist is loaded instead of the master playlist.
    sound_only: bool,
    /// Heights of the picture in the master playlist, tallest first.
    heights: Vec<u32>,
    /// The master playlist is being fetched anew.
    reloading: bool,
    /// Where to go once the film is there.
    start_at: Option<f64>,
    /// The master playlist was fetched anew and nothing has come of it yet.
    renewed: bool,
    /// A sentence says that something went wrong.
    failed: bool,
    /// One repair of a decoding error was tried.
    repaired: bool,
}

impl Player {
    /// Starts or goes on; the first call fetches what is needed.
    pub(super) fn play(self: &Rc<Self>) {
        self.playing.set(true);
        if matches!(self.engine.borrow().source, Source::None) {
            self.open();
        }
        if self.engine.borrow().failed && self.script().is_some() {
            // The person tries again, perhaps signed in anew: the playlist calls back here when it has come.
            self.engine.borrow_mut().renewed = false;
            return self.reload();
        }
        if matches!(self.engine.borrow().source, Source::Coming) {
            return;
        }
        if let Ok(started) = self.video.play() {
            let player = Rc::clone(self);
            spawn_local(async move {
                let refused = JsFuture::from(started).await.err();
                // "AbortError" only says that a new source came in between.
                if refused.is_some_and(|error| get_text(&error, "name") != "AbortError") {
                    player.playing.set(false);
                    player.draw();
                }
            });
        }
    }

    /// Jumps to `seconds`, or starts there when the film has not begun.
    pub(super) fn seek(self: &Rc<Self>, seconds: f64) {
        let length = self.length.get();
        let mut to = seconds.clamp(0.0, if length > 0.0 { length } else { f64::MAX });
        let video = &self.video;
        let begun = matches!(self.engine.borrow().source, Source::Script(_) | Source::Element);
        if begun && video.ready_state() > 0 {
            let ranges = video.seekable();
            let ready = ranges.length().checked_sub(1).and_then(|last| ranges.end(last).ok()).unwrap_or(to);
            if to > ready {
                if self.film.still_growing && ready + 1.0 < to {
                    self.say(&self.words.not_ready_yet);
                }
                to = (ready - 0.5).max(0.0);
            }
            video.set_current_time(to);
        } else {
            // Told to hls.js with the playlist, or to the element when it knows the film.
            self.engine.borrow_mut().start_at = Some(to);
        }
        self.position.set(to);
    }

    /// Whether bytes are dear: by what the person or their organisation says, the meter of this device, or the browser.
    pub(super) fn saves_data(&self) -> bool {
        let connection = get(&window().navigator(), "connection");
        self.film.data_saver
            || over_limit()
            || get(&connection, "saveData").is_truthy()
            || get_text(&connection, "type") == "cellular"
    }

    /// Fetches hls.js ahead, when the person is about to play.
    pub(super) fn prepare(&self) {
        if !self.saves_data() && !self.film.master_url.is_empty() && has_media_source() {
            let url = self.film.hls_script_url.clone();
            spawn_local(async move {
                load_script(&url, "Hls").await;
            });
        }
    }

    fn open(self: &Rc<Self>) {
        let film = &self.film;
        self.engine.borrow_mut().start_at = Some(self.position.get());
        if film.master_url.is_empty() {
            self.open_element(&film.plain_url);
        } else if has_media_source() {
            self.engine.borrow_mut().source = Source::Coming;
            self.waiting.set(true);
            let player = Rc::clone(self);
            spawn_local(async move {
                if load_script(&player.film.hls_script_url, "Hls").await && Hls::is_supported() {
                    player.open_script();
                } else {
                    player.open_element(&player.film.plain_url);
                }
                if player.playing.get() {
                    player.play();
                }
            });
        } else if self.video.can_play_type("application/vnd.apple.mpegurl").is_empty() {
            self.open_element(&film.plain_url);
        } else {
            self.open_element(&film.master_url);
        }
    }

    /// The media element plays `url` by itself; the place to start is set when it knows the length.
    fn open_element(&self, url: &str) {
        self.engine.borrow_mut().source = Source::Element;
        if url.is_empty() {
            self.fail(&self.words.error_media);
        } else {
            self.video.set_src(url);
        }
    }

    fn open_script(self: &Rc<Self>) {
        let settings = js_sys::JSON::parse(SETTINGS).unwrap_or(JsValue::UNDEFINED);
        if let Ok(estimate) = recall("player.bandwidth").parse::<u32>() {
            set(&settings, "abrEwmaDefaultEstimate", &estimate.into());
        }
        if self.saves_data() {
            for (name, limit) in SAVING {
                set(&settings, name, &limit.into());
            }
        }
        let hls = Hls::new(&settings);
        let player = Rc::clone(self);
        let heard = Closure::<dyn FnMut(JsValue, JsValue)>::new(move |event: JsValue, data: JsValue| {
            match event.as_string().as_deref() {
                Some("hlsManifestParsed") => player.playlist_is_here(),
                Some("hlsFragBuffered") => player.bytes_are_here(),
                Some("hlsFragLoaded") => tell_bytes(&get(&data, "frag")),
                _ => player.went_wrong(&data),
            }
        });
        let heard = heard.into_js_value();
        for event in ["hlsManifestParsed", "hlsFragBuffered", "hlsFragLoaded", "hlsError"] {
            hls.on(event, &heard);
        }
        let _ = self.video.remove_attribute("src");
        hls.load_source(&self.master_url());
        hls.attach_media(&self.video);
        self.engine.borrow_mut().source = Source::Script(hls);
    }

    /// The playlist was read: choose what to load and begin where the person is.
    fn playlist_is_here(self: &Rc<Self>) {
        let Some(hls) = self.script() else { return };
        self.recover();
        self.engine.borrow_mut().reloading = false;
        let sound_only = self.engine.borrow().sound_only;
        if !sound_only {
            let mut heights: Vec<u32> = hls.levels().iter().map(|level| height(&level)).collect();
            heights.retain(|height| *height > 0);
            heights.sort_unstable_by(|one, other| other.cmp(one));
            heights.dedup();
            self.engine.borrow_mut().heights = heights;
        }
        if !sound_only && self.quality.get() == Quality::Sound {
            let url = get_text(&hls.all_audio_tracks().get(0), "url");
            if !url.is_empty() {
                self.engine.borrow_mut().sound_only = true;
                return hls.load_source(&url);
            }
            self.quality.set(Quality::Auto);
        }
        if !sound_only {
            hls.set_load_level(level_for(&hls, self.quality.get()));
        }
        let start_at = self.engine.borrow_mut().start_at.take();
        hls.start_load(start_at.unwrap_or(self.position.get()));
        self.draw_qualities();
        self.apply_speed();
        if self.playing.get() {
            self.play();
        }
    }

    fn bytes_are_here(&self) {
        let Some(hls) = self.script() else { return };
        let estimate = hls.bandwidth_estimate();
        if estimate > 0.0 {
            remember("player.bandwidth", &(estimate as u32).to_string());
        }
        self.engine.borrow_mut().renewed = false;
    }

    /// The film stands still; without a network hls.js waits silently, so the person is told here.
    pub(super) fn stalled(&self) {
        self.waiting.set(self.playing.get());
        let online = get(&window().navigator(), "onLine").is_truthy();
        if !online && matches!(self.engine.borrow().source, Source::Script(_)) {
            self.give_up(&self.words.error_network);
        }
    }

    /// What went wrong is over: the film runs again, or a new playlist came.
    pub(super) fn recover(&self) {
        if std::mem::take(&mut self.engine.borrow_mut().failed) {
            self.fail("");
        }
    }

    fn went_wrong(self: &Rc<Self>, error: &JsValue) {
        let status = get(&get(error, "response"), "code").as_f64().unwrap_or(0.0) as u16;
        if matches!(status, 401 | 403) {
            // While the new playlist is on its way, late refusals of the old one say nothing new.
            let late = self.engine.borrow().reloading && get_text(error, "details") != "manifestLoadError";
            if !late {
                self.renew();
            }
            return;
        }
        if !get(error, "fatal").is_truthy() {
            // hls.js tries again by itself; the person hears of it only when the film stands still.
            if self.waiting.get() {
                self.stalled();
            }
            return;
        }
        let repaired = self.engine.borrow().repaired;
        match get_text(error, "type").as_str() {
            "networkError" if status == 0 || status >= 500 => {
                self.give_up(&self.words.error_network);
                let player = Rc::clone(self);
                after(5_000, move || player.reload());
            }
            // The browser said that it could: the film goes on in the pictures that everybody has.
            "mediaError" if self.further.replace(false) => self.reload(),
            "mediaError" if !repaired => {
                self.engine.borrow_mut().repaired = true;
                if let Some(hls) = self.script() {
                    hls.recover_media_error();
                }
                if self.playing.get() {
                    self.play();
                }
            }
            _ => {
                self.playing.set(false);
                self.give_up(&self.words.error_media);
            }
        }
    }

    /// Access ran out: the master playlist is fetched once more and the film goes on at the same second.
    fn renew(self: &Rc<Self>) {
        if std::mem::replace(&mut self.engine.borrow_mut().renewed, true) {
            if let Some(hls) = self.script() {
                hls.stop_load();
            }
            self.playing.set(false);
            self.give_up(&self.words.error_denied);
        } else {
            self.reload();
        }
    }

    /// Loads the master playlist anew, keeping the place.
    fn reload(&self) {
        let Some(hls) = self.script() else { return };
        let mut engine = self.engine.borrow_mut();
        engine.start_at = Some(self.position.get());
        engine.sound_only = false;
        engine.reloading = true;
        drop(engine);
        hls.load_source(&self.master_url());
    }

    fn give_up(&self, sentence: &str) {
        self.engine.borrow_mut().failed = true;
        self.fail(sentence);
    }

    /// Shows this quality from now on.
    pub(super) fn load_quality(&self, quality: Quality) {
        let before = self.quality.replace(quality);
        if (before == Quality::Sound) != (quality == Quality::Sound) {
            self.reload();
        } else if let Some(hls) = self.script() {
            hls.set_next_level(level_for(&hls, quality));
        }
    }

    /// Heights of the picture that can be chosen, tallest first; empty until the film has begun.
    pub(super) fn heights(&self) -> Vec<u32> {
        self.engine.borrow().heights.clone()
    }

    /// The element knows the film: it goes to where it was sent in the meantime.
    pub(super) fn element_knows_film(&self) {
        // The beginning, too: hls.js may have been told of another place with the playlist, and goes there unless it is sent elsewhere first.
        let start_at = self.engine.borrow_mut().start_at.take();
        if let Some(seconds) = start_at {
            self.video.set_current_time(seconds);
        }
    }

    /// The media element could not play what it was given by itself.
    pub(super) fn element_failed(&self) {
        if matches!(self.engine.borrow().source, Source::Element) {
            self.fail(&self.words.error_media);
        }
    }

    fn script(&self) -> Option<Hls> {
        match &self.engine.borrow().source {
            Source::Script(hls) => Some(hls.clone()),
            _ => None,
        }
    }
}

fn has_media_source() -> bool {
    let window = window();
    ["MediaSource", "ManagedMediaSource"].iter().any(|name| !get(&window, name).is_undefined())
}

/// Tells the meter beside the film how many bytes of a piece have come: of a store elsewhere the browser does not say.
fn tell_bytes(piece: &JsValue) {
    let (event, told) = (js_sys::Object::new(), js_sys::Object::new());
    set(&told, "url", &get(piece, "url"));
    set(&told, "bytes", &get(&get(piece, "stats"), "loaded"));
    set(&event, "detail", &told);
    let event = make("CustomEvent", &["film-bytes".into(), event.into()]);
    call(&document(), "dispatchEvent", &[event]);
}

fn height(level: &JsValue) -> u32 {
    get(level, "height").as_f64().unwrap_or(0.0) as u32
}

/// The index of the level to load: the tallest that is not taller than wanted, else the lowest; -1 is automatic.
fn level_for(hls: &Hls, quality: Quality) -> i32 {
    let Quality::Lines(wanted) = quality else { return -1 };
    let levels: Vec<u32> = hls.levels().iter().map(|level| height(&level)).collect();
    let best =
        levels.iter().copied().filter(|height| *height <= wanted).max().or(levels.iter().copied().min());
    levels.iter().position(|height| Some(*height) == best).map_or(-1, |index| index as i32)
}
