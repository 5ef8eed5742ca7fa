//! Waking up: the player in the browser, and its listening to the film, the page and the keyboard.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlVideoElement};

use super::begin;
use super::engine::Engine;
use super::progress::Progress;
use crate::browser::{document, get, get_text, listen, part, show, target, window};
use crate::props::{FilmProps, PlayerWords};

/// What a person wants to see of the film.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quality {
    /// As good as the connection and the size of the picture allow.
    Auto,
    /// This many lines, or the next fewer that exist.
    Lines(u32),
    /// No picture.
    Sound,
}

/// One awake player. It lives as long as the page.
pub(super) struct Player {
    pub film: FilmProps,
    pub words: PlayerWords,
    /// The island's `<section>`.
    pub root: Element,
    pub video: HtmlVideoElement,
    /// The person wants it to run; it may still be waiting for bytes.
    pub playing: Cell<bool>,
    pub waiting: Cell<bool>,
    /// Seconds from the start.
    pub position: Cell<f64>,
    /// Seconds; 0 while unknown.
    pub length: Cell<f64>,
    pub volume_percent: Cell<u32>,
    pub muted: Cell<bool>,
    /// In hundredths.
    pub speed: Cell<u32>,
    pub quality: Cell<Quality>,
    /// Which caption track is shown.
    pub caption: Cell<Option<usize>>,
    /// The language that the person wants captions in, whether this film has it or not; empty: none.
    pub caption_language: RefCell<String>,
    /// How many times speed or captions were chosen on this page.
    pub choices: Cell<u32>,
    pub shortcuts_on: Cell<bool>,
    /// Whether the pictures that take fewer bytes are played: the browser decodes them without effort.
    pub further: Cell<bool>,
    /// The second that the time was last written for.
    pub drawn_second: Cell<u32>,
    pub engine: RefCell<Engine>,
    pub progress: RefCell<Progress>,
}

/// Takes over from the browser's own controls.
pub(super) fn wake(root: Element, film: FilmProps, words: PlayerWords) {
    let Some(video) = part(&root, "video") else { return };
    let player = Rc::new(Player {
        video: video.unchecked_into(),
        playing: Cell::new(false),
        waiting: Cell::new(false),
        position: Cell::new(begin(&film)),
        length: Cell::new(film.length_seconds),
        volume_percent: Cell::new(100),
        muted: Cell::new(false),
        speed: Cell::new(100),
        quality: Cell::new(Quality::Auto),
        caption: Cell::new(None),
        caption_language: RefCell::default(),
        choices: Cell::new(0),
        shortcuts_on: Cell::new(true),
        further: Cell::new(false),
        drawn_second: Cell::new(u32::MAX),
        engine: RefCell::default(),
        progress: RefCell::new(Progress::new(&film.progress_url, &film.memory_key, begin(&film))),
        root,
        film,
        words,
    });
    player.recall_choices();
    player.wake_transcript();
    player.listen_to_film();
    player.listen_to_person();
    player.video.set_controls(false);
    player.draw();
    show(&player.root, "controls", true);
    show(&player.root, "plain", false);
    show(&player.root, "small", get(&document(), "pictureInPictureEnabled").is_truthy());
    show(&player.root, "resumed", player.position.get() > 0.0);
    player.send_reports();
    player.ask_about_further();
}

impl Player {
    /// Calls `act` for every event `name` at `target`.
    fn hear(self: &Rc<Self>, target: &web_sys::EventTarget, name: &str, act: fn(&Rc<Self>, &web_sys::Event)) {
        let player = Rc::clone(self);
        listen(target, name, move |event| act(&player, &event));
    }

    fn listen_to_film(self: &Rc<Self>) {
        for name in [
            "play",
            "playing",
            "pause",
            "ended",
            "waiting",
            "canplay",
            "seeking",
            "seeked",
            "timeupdate",
            "emptied",
            "durationchange",
            "loadedmetadata",
            "error",
            "enterpictureinpicture",
            "leavepictureinpicture",
        ] {
            self.hear(&self.video, name, |player, event| player.film_did(&event.type_()));
        }
        self.hear(&self.video, "click", |player, _| player.toggle());
    }

    fn listen_to_person(self: &Rc<Self>) {
        self.hear(&self.root, "click", |player, event| {
            if let Some(button) = target(event, "[data-do]") {
                player.press(&button.get_attribute("data-do").unwrap_or_default());
            } else if let Some(line) = target(event, "a[data-start], a[data-at]") {
                player.click_line(&line, event);
            }
        });
        for name in ["input", "change"] {
            self.hear(&self.root, name, |player, event| {
                if let Some(field) = target(event, "[data-part]") {
                    let name = field.get_attribute("data-part").unwrap_or_default();
                    player.choose(
                        &name,
                        &event.type_(),
                        &get_text(&field, "value"),
                        get(&field, "checked").is_truthy(),
                    );
                }
            });
        }
        // What stands beside the film speaks to the player so: notes name a place, the meter of data asks for less.
        self.hear(&self.root, "film-go", |player, event| {
            player.seek(get(event, "detail").as_f64().unwrap_or(0.0));
            player.draw();
        });
        self.hear(&self.root, "film-save", |player, _| player.save_data_now());
        if let Some(play) = part(&self.root, "play") {
            self.hear(&play, "focus", |player, _| player.prepare());
        }
        let page = document();
        self.hear(&page, "keydown", |player, event| player.key(event.unchecked_ref()));
        self.hear(&page, "fullscreenchange", |player, _| player.draw());
        self.hear(&page, "visibilitychange", |player, _| {
            if document().hidden() {
                player.report(false);
            }
        });
        self.hear(&window(), "pagehide", |player, _| player.report(true));
        self.hear(&window(), "pageshow", |player, _| player.came_back());
        self.hear(&window(), "online", |player, _| player.send_reports());
    }

    /// Something happened to the film.
    fn film_did(self: &Rc<Self>, event: &str) {
        let video = &self.video;
        let position = video.current_time();
        match event {
            "play" => {
                self.playing.set(true);
                self.say(&self.words.now_playing);
            }
            "playing" => {
                self.waiting.set(false);
                self.recover();
                self.progress_plays(position, 0.0);
            }
            "waiting" => self.stalled(),
            "canplay" => {
                self.waiting.set(false);
                self.recover();
            }
            "seeked" => self.waiting.set(false),
            "seeking" | "emptied" => self.progress.borrow_mut().seen.stops(),
            "timeupdate" if !video.seeking() && video.ready_state() > 0 => {
                self.position.set(position);
                self.follow_transcript();
                self.follow_chapters();
                if !video.paused() {
                    self.progress_plays(position, video.playback_rate());
                }
            }
            "pause" if video.ready_state() > 0 => {
                self.playing.set(false);
                if !video.seeking() {
                    self.progress_plays(position, video.playback_rate());
                }
                self.progress.borrow_mut().seen.stops();
                self.report(false);
                if !video.ended() {
                    self.say(&self.words.now_paused);
                }
            }
            "ended" => {
                self.playing.set(false);
                self.progress.borrow_mut().seen.stops();
                self.report(false);
            }
            "loadedmetadata" => {
                self.element_knows_film();
                self.learn_length(video.duration());
            }
            "durationchange" => self.learn_length(video.duration()),
            "error" => self.element_failed(),
            _ => {}
        }
        self.draw();
    }

    /// A film that still grows ends at its newest byte, so the length in the props counts until it is complete.
    fn learn_length(&self, duration: f64) {
        if duration.is_finite() && duration > 0.0 {
            let growing = self.film.still_growing;
            self.length.set(if growing { duration.max(self.film.length_seconds) } else { duration });
        }
    }
}
