//! Showing the player's state in its parts. Drawing is cheap and may be asked for at any time.

use std::rc::Rc;

use wasm_bindgen::JsCast;

use super::speed_name;
use super::wake::{Player, Quality};
use crate::browser::{document, get, in_words, mark, part, put, set, show, write};
use crate::phrase::{clock, escape, fill};

impl Player {
    /// Brings all parts up to date.
    pub(super) fn draw(&self) {
        let (root, words) = (&self.root, &self.words);
        let on = |part: &str, on: bool, label: Option<(&str, &str)>| {
            mark(root, part, "data-state", if on { "on" } else { "off" });
            if let Some((yes, no)) = label {
                mark(root, part, "aria-label", if on { yes } else { no });
            }
        };
        on("play", self.playing.get(), Some((&words.pause, &words.play)));
        on("mute", self.muted.get(), Some((&words.unmute, &words.mute)));
        on("full-screen", self.is_full_screen(), Some((&words.full_screen_leave, &words.full_screen)));
        mark(root, "captions", "aria-pressed", if self.caption.get().is_some() { "true" } else { "false" });
        let small = get(&document(), "pictureInPictureElement").is_truthy();
        mark(root, "pip", "aria-pressed", if small { "true" } else { "false" });
        show(root, "wait", self.waiting.get());
        put(root, "volume", "value", &self.volume_percent.get().into());
        self.draw_time();
    }

    /// The seek bar and the time, once a second.
    pub(super) fn draw_time(&self) {
        let (position, length) = (self.position.get(), self.length.get());
        let second = position as u32;
        if self.drawn_second.replace(second) == second {
            return;
        }
        let end = (length as u32).max(1);
        if let Some(bar) = part(&self.root, "seek") {
            set(&bar, "max", &end.into());
            set(&bar, "value", &second.into());
        }
        let values = [in_words(second), in_words(end)];
        let spoken = fill(&self.words.position_value, &[("time", &values[0]), ("length", &values[1])]);
        mark(&self.root, "seek", "aria-valuetext", &spoken);
        write(&self.root, "time", &format!("{} / {}", clock(position), clock(length)));
    }

    pub(super) fn is_full_screen(&self) -> bool {
        let frame = part(&self.root, "frame");
        let full = document().fullscreen_element();
        full.is_some() && full.as_ref() == frame.as_ref().map(AsRef::as_ref)
    }

    /// Says something once, on the status line and to screen readers; it fades from the picture after a while.
    pub(super) fn say(self: &Rc<Self>, sentence: &str) {
        write(&self.root, "said", sentence);
        let (player, said) = (Rc::clone(self), sentence.to_owned());
        crate::browser::after(4_000, move || {
            if let Some(line) = part(&player.root, "said")
                && line.text_content().as_deref() == Some(&said)
            {
                line.set_text_content(None);
            }
        });
    }

    /// Shows what went wrong, with the other ways to watch; an empty sentence takes it back.
    pub(super) fn fail(&self, sentence: &str) {
        self.waiting.set(false);
        write(&self.root, "failure", sentence);
        show(&self.root, "plain", !sentence.is_empty());
        self.draw();
    }

    /// Fills the list of qualities: automatic, each height that exists, sound only.
    pub(super) fn draw_qualities(&self) {
        let chosen = self.quality.get();
        let mut heights = self.heights();
        if let Quality::Lines(lines) = chosen
            && heights.is_empty()
        {
            heights.push(lines);
        }
        let mut options = format!("<option value=\"\">{}</option>", escape(&self.words.quality_auto));
        for lines in &heights {
            options.push_str(&format!("<option value=\"{lines}\">{lines}p</option>"));
        }
        options.push_str(&format!("<option value=\"sound\">{}</option>", escape(&self.words.quality_sound)));
        put(&self.root, "quality-list", "innerHTML", &options.into());
        let value = match chosen {
            Quality::Auto => String::new(),
            Quality::Sound => "sound".to_owned(),
            Quality::Lines(lines) => {
                let closest = heights.iter().find(|height| **height <= lines).or(heights.last());
                closest.unwrap_or(&lines).to_string()
            }
        };
        put(&self.root, "quality-list", "value", &value.into());
    }

    /// Shows the chosen speed and hands it to the media element, which forgets it with every new source.
    pub(super) fn apply_speed(&self) {
        let speed = self.speed.get();
        put(&self.root, "speed-list", "value", &speed.to_string().into());
        // Voices keep their pitch at any speed.
        set(&self.video, "preservesPitch", &true.into());
        self.video.set_default_playback_rate(f64::from(speed) / 100.0);
        self.video.set_playback_rate(f64::from(speed) / 100.0);
    }

    /// The chosen speed as people write it.
    pub(super) fn speed_text(&self) -> String {
        speed_name(self.speed.get(), &self.words.decimal_mark)
    }

    /// Shows one caption track or none.
    pub(super) fn show_caption(&self, wanted: Option<usize>) {
        self.caption.set(wanted);
        let value = wanted.map(|index| index.to_string()).unwrap_or_default();
        put(&self.root, "caption-list", "value", &value.into());
        let tracks = self.video.query_selector_all("track").ok();
        for index in 0..tracks.as_ref().map_or(0, web_sys::NodeList::length) {
            if let Some(track) = tracks.as_ref().and_then(|tracks| tracks.get(index)) {
                let mode = if wanted == Some(index as usize) { "showing" } else { "disabled" };
                set(&get(track.unchecked_ref(), "track"), "mode", &mode.into());
            }
        }
    }
}
