//! What a person can do with the player, by button, key or list; and what the browser remembers of it.

use std::rc::Rc;

use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::SPEEDS;
use super::wake::{Player, Quality};
use crate::browser::{after, call, document, get, part, put, recall, remember, request, show, window, write};
use crate::phrase::{clock, fill};

/// Lines of the picture that data are saved with; a film without so small a one shows its smallest.
const LEAST_LINES: u32 = 240;
/// So long a choice stands before the server is told of it, in milliseconds: keys that are pressed one after another are one choice.
const SETTLED_MS: i32 = 400;

impl Player {
    /// Does what a button with this `data-do` asks for.
    pub(super) fn press(self: &Rc<Self>, act: &str) {
        match act {
            "play" => self.toggle(),
            "back" => self.seek_by(-10.0),
            "forward" => self.seek_by(10.0),
            "mute" => {
                self.muted.set(!self.muted.get());
                self.choose_sound();
                self.say(if self.muted.get() { &self.words.now_muted } else { &self.words.now_unmuted });
            }
            "captions" => self.toggle_captions(),
            "full-screen" => self.toggle_full_screen(),
            "pip" => {
                self.help("close");
                self.toggle_picture_in_picture();
            }
            "help" => self.help("showModal"),
            "close" => self.help("close"),
            "reload" => {
                let _ = window().location().reload();
            }
            "over" => {
                show(&self.root, "resumed", false);
                self.seek(0.0);
                self.say(&clock(0.0));
                if let Some(play) = part(&self.root, "play") {
                    let _ = play.focus();
                }
            }
            _ => {}
        }
        self.draw();
    }

    /// A field of the player changed: `event` is `input` (while moving or typing) or `change`.
    pub(super) fn choose(self: &Rc<Self>, field: &str, event: &str, value: &str, checked: bool) {
        match (field, event) {
            ("seek", "input") => self.seek(value.parse::<u32>().unwrap_or(0).into()),
            ("volume", "input") => {
                let percent = value.parse().unwrap_or(100);
                self.volume_percent.set(percent);
                self.muted.set(percent == 0);
                self.choose_sound();
            }
            ("caption-list", "change") => self.set_caption(value.parse().ok()),
            ("speed-list", "change") => self.set_speed(value.parse().unwrap_or(100)),
            ("quality-list", "change") => self.set_quality(quality_of(value)),
            ("shortcuts", "change") => {
                self.shortcuts_on.set(checked);
                self.keep("shortcuts", if checked { "on" } else { "off" });
            }
            ("caption-size", "change") => {
                let _ = self.root.set_attribute("data-size", value);
                self.keep("caption_size", value);
            }
            ("caption-colour", "change") => {
                let _ = self.root.set_attribute("data-colour", value);
                self.keep("caption_colour", value);
            }
            ("follow", "change") => remember(&self.memory("follow"), if checked { "" } else { "off" }),
            ("search", "input") => {
                let count = self.search_lines(value).to_string();
                let sentence = fill(&self.words.transcript_found, &[("count", &count)]);
                write(&self.root, "found", if value.is_empty() { "" } else { &sentence });
            }
            _ => return,
        }
        self.draw();
    }

    /// Plays or pauses.
    pub(super) fn toggle(self: &Rc<Self>) {
        if self.playing.get() {
            self.playing.set(false);
            let _ = self.video.pause();
        } else {
            self.play();
        }
        self.draw();
    }

    pub(super) fn seek_by(self: &Rc<Self>, seconds: f64) {
        self.seek(self.position.get() + seconds);
        // Before the film is loaded nothing else would draw it.
        self.draw();
        self.say(&clock(self.position.get()));
    }

    fn apply_sound(&self) {
        self.video.set_volume(f64::from(self.volume_percent.get()) / 100.0);
        self.video.set_muted(self.muted.get());
    }

    /// Only what somebody chose is kept in the browser: a page that was merely opened leaves nothing there.
    fn choose_sound(&self) {
        self.apply_sound();
        remember(&self.memory("volume"), &self.volume_percent.get().to_string());
        remember(&self.memory("muted"), if self.muted.get() { "yes" } else { "" });
    }

    fn toggle_captions(self: &Rc<Self>) {
        let last = recall(&self.memory("captions-last"));
        let captions = &self.film.captions;
        let wanted = captions.iter().position(|track| track.language == last).unwrap_or(0);
        if !captions.is_empty() {
            self.set_caption(if self.caption.get().is_some() { None } else { Some(wanted) });
        }
    }

    fn set_caption(self: &Rc<Self>, wanted: Option<usize>) {
        self.show_caption(wanted);
        let track = wanted.and_then(|index| self.film.captions.get(index));
        *self.caption_language.borrow_mut() = track.map(|track| track.language.clone()).unwrap_or_default();
        if let Some(track) = track {
            remember(&self.memory("captions-last"), &track.language);
        }
        self.keep_soon();
        let name = track.map_or(&self.words.captions_off, |track| &track.label);
        self.say(&fill(&self.words.now_captions, &[("name", name)]));
    }

    fn set_speed(self: &Rc<Self>, hundredths: u32) {
        self.speed.set(hundredths);
        self.apply_speed();
        self.keep_soon();
        self.say(&fill(&self.words.now_speed, &[("speed", &self.speed_text())]));
    }

    /// The limit of data is used up: from now on the smallest picture, until the person chooses another.
    pub(super) fn save_data_now(self: &Rc<Self>) {
        if self.quality.get() != Quality::Sound {
            self.load_quality(Quality::Lines(LEAST_LINES));
            self.draw_qualities();
        }
    }

    /// One step faster (1) or slower (-1).
    pub(super) fn step_speed(self: &Rc<Self>, step: i32) {
        let now = SPEEDS.iter().position(|speed| *speed == self.speed.get()).unwrap_or(2);
        let next = now.saturating_add_signed(step as isize);
        if let Some(speed) = SPEEDS.get(next) {
            self.set_speed(*speed);
        }
    }

    fn set_quality(self: &Rc<Self>, quality: Quality) {
        let name = match quality {
            Quality::Auto => self.words.quality_auto.clone(),
            Quality::Sound => self.words.quality_sound.clone(),
            Quality::Lines(lines) => format!("{lines}p"),
        };
        remember(
            &self.memory("quality"),
            &match quality {
                Quality::Auto => String::new(),
                Quality::Sound => "sound".to_owned(),
                Quality::Lines(lines) => lines.to_string(),
            },
        );
        self.load_quality(quality);
        self.say(&fill(&self.words.now_quality, &[("name", &name)]));
    }

    fn toggle_full_screen(&self) {
        let Some(frame) = part(&self.root, "frame") else { return };
        if self.is_full_screen() {
            call(&document(), "exitFullscreen", &[]);
        } else if !get(&frame, "requestFullscreen").is_undefined() {
            call(&frame, "requestFullscreen", &[]);
        } else {
            // Telephones by Apple let only the video itself fill the screen.
            call(&self.video, "webkitEnterFullscreen", &[]);
        }
    }

    /// Puts the picture into a window of its own, or back. Whoever gets none is told so: the film is not loaded, or the browser refused.
    fn toggle_picture_in_picture(self: &Rc<Self>) {
        if get(&document(), "pictureInPictureElement").is_truthy() {
            call(&document(), "exitPictureInPicture", &[]);
        } else if self.video.ready_state() > 0 {
            let asked = js_sys::Promise::resolve(&call(&self.video, "requestPictureInPicture", &[]));
            let player = Rc::clone(self);
            spawn_local(async move {
                if JsFuture::from(asked).await.is_err() {
                    player.say(&player.words.pip_refused);
                }
            });
        } else {
            self.say(&self.words.pip_refused);
        }
    }

    /// Tells the server what the person chose, so that it holds on every machine. What cannot be told holds for this page.
    fn keep(&self, name: &str, value: &str) {
        let (url, body) = (self.film.choices_url.clone(), format!("{name}={value}"));
        if !url.is_empty() {
            spawn_local(async move {
                request(&url, Some(("application/x-www-form-urlencoded", &body))).await;
            });
        }
    }

    /// Keeps speed and language of captions: for a person on the server, for a visitor in this browser.
    fn keep_soon(self: &Rc<Self>) {
        if self.film.choices_url.is_empty() {
            remember("player.speed", &self.speed.get().to_string());
            return remember("player.captions", &self.caption_language.borrow());
        }
        let choice = self.choices.get().wrapping_add(1);
        self.choices.set(choice);
        let player = Rc::clone(self);
        after(SETTLED_MS, move || {
            if player.choices.get() == choice {
                let (speed, captions) = (player.speed.get(), player.caption_language.borrow().clone());
                player.keep("speed", &format!("{speed}&captions={captions}"));
            }
        });
    }

    /// Under which name this browser remembers something of the person.
    pub(super) fn memory(&self, name: &str) -> String {
        let keeper = &self.film.keeper;
        if keeper.is_empty() { format!("player.{name}") } else { format!("player.{keeper}.{name}") }
    }

    fn help(&self, act: &str) {
        if let Some(help) = part(&self.root, "help") {
            call(&help, act, &[]);
        }
    }

    /// Brings back what this browser remembers of the person: volume, quality; and what is kept for them: speed, captions, keys.
    pub(super) fn recall_choices(&self) {
        let kept = !self.film.choices_url.is_empty();
        let speed = if kept { Some(self.film.speed) } else { recall("player.speed").parse().ok() };
        if let Some(speed) = speed.filter(|speed| SPEEDS.contains(speed)) {
            self.speed.set(speed);
        }
        self.apply_speed();
        if let Ok(volume) = recall(&self.memory("volume")).parse::<u32>() {
            self.volume_percent.set(volume.min(100));
        }
        self.muted.set(!recall(&self.memory("muted")).is_empty());
        self.apply_sound();
        self.shortcuts_on.set(!self.film.shortcuts_off);
        put(&self.root, "shortcuts", "checked", &self.shortcuts_on.get().into());
        put(&self.root, "follow", "checked", &recall(&self.memory("follow")).is_empty().into());
        let language = if kept { self.film.caption_language.clone() } else { recall("player.captions") };
        self.show_caption(self.film.captions.iter().position(|track| track.language == language));
        *self.caption_language.borrow_mut() = language;
        let quality = recall(&self.memory("quality"));
        let over = quality != "sound" && over_limit();
        let saves = over || quality.is_empty() && self.saves_data();
        self.quality.set(if saves { Quality::Lines(LEAST_LINES) } else { quality_of(&quality) });
        self.draw_qualities();
    }
}

/// The meter beside the film (`beside.js`) says that the month's limit is used up.
pub(super) fn over_limit() -> bool {
    !recall("meter.over").is_empty()
}

fn quality_of(value: &str) -> Quality {
    match value {
        "sound" => Quality::Sound,
        lines => lines.parse().map_or(Quality::Auto, Quality::Lines),
    }
}
