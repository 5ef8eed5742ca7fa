//! Where the focus is, and so which keys are the player's.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::keys::{Command, Place, command};
use super::wake::Player;
use crate::browser::{document, get_text, part};

impl Player {
    /// A key was pressed somewhere on the page.
    pub(super) fn key(self: &Rc<Self>, event: &KeyboardEvent) {
        if event.default_prevented()
            || event.ctrl_key()
            || event.alt_key()
            || event.meta_key()
            || event.is_composing()
        {
            return;
        }
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        let key = event.key();
        if part(&self.root, "lines").is_some_and(|lines| lines.contains(Some(&target)))
            && self.walk_lines(&key)
        {
            return event.prevent_default();
        }
        let Some(command) = command(&key, self.place(&target), !self.shortcuts_on.get()) else { return };
        event.prevent_default();
        let length = self.length.get();
        match command {
            Command::Toggle => self.toggle(),
            Command::By(seconds) => self.seek_by(seconds),
            Command::Mute => self.press("mute"),
            Command::Captions => self.press("captions"),
            Command::FullScreen => self.press("full-screen"),
            Command::Help => self.press("help"),
            Command::Speed(step) => self.step_speed(step),
            Command::Tenth(tenth) => self.seek_by(length * f64::from(tenth) / 10.0 - self.position.get()),
            Command::End => self.seek_by(length - self.position.get()),
        }
    }

    fn place(&self, target: &Element) -> Place {
        if target.closest("dialog, select, textarea, [contenteditable]").is_ok_and(|found| found.is_some()) {
            return Place::Elsewhere;
        }
        let tag = target.tag_name();
        let kind = if tag == "INPUT" { get_text(target, "type") } else { String::new() };
        if !matches!(kind.as_str(), "" | "range" | "checkbox") {
            return Place::Elsewhere;
        }
        let within = |name: &str| part(&self.root, name).is_some_and(|part| part.contains(Some(target)));
        let page = matches!(tag.as_str(), "BODY" | "HTML");
        if within("stage") || page && self.is_full_screen() {
            return Place::Stage;
        }
        if within("frame") {
            return match kind.as_str() {
                "" => Place::Button,
                _ if within("seek") => Place::SeekBar,
                _ => Place::Range,
            };
        }
        // With several players on a page, keys pressed outside all of them go to the first.
        let first = document().query_selector(".player").ok().flatten();
        if self.root.contains(Some(target)) || page && first.as_ref() == Some(&self.root) {
            return Place::Page;
        }
        Place::Elsewhere
    }
}
