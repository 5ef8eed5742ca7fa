//! Two sounds that are told apart without looking: a short high one for done, a long low one for refused.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use crate::browser::{call, get, make, recall, remember, set};

const NAME: &str = "desk.sound";

/// Makes the sounds, unless the clerk turned them off in this browser.
#[derive(Default)]
pub struct Chime {
    context: RefCell<Option<JsValue>>,
}

impl Chime {
    /// Whether sounds are on.
    pub fn is_on(&self) -> bool {
        recall(NAME) != "off"
    }

    /// Turns them on or off, and remembers it.
    pub fn turn(&self, on: bool) {
        remember(NAME, if on { "" } else { "off" });
    }

    /// It is done.
    pub fn done(&self) {
        self.play(1046.0, 0.09);
    }

    /// It waits in the queue.
    pub fn kept(&self) {
        self.play(660.0, 0.06);
    }

    /// It was refused.
    pub fn refused(&self) {
        self.play(196.0, 0.45);
    }

    fn play(&self, hertz: f64, seconds: f64) {
        if !self.is_on() {
            return;
        }
        let mut context = self.context.borrow_mut();
        // Made at the first scan: browsers let a page sound only after the person did something.
        let context = context.get_or_insert_with(|| make("AudioContext", &[]));
        if context.is_undefined() {
            return;
        }
        call(context, "resume", &[]);
        let (tone, volume) = (call(context, "createOscillator", &[]), call(context, "createGain", &[]));
        let now = get(context, "currentTime").as_f64().unwrap_or(0.0);
        set(&get(&tone, "frequency"), "value", &hertz.into());
        set(&get(&volume, "gain"), "value", &0.2.into());
        call(&tone, "connect", &[volume.clone()]);
        call(&volume, "connect", &[get(context, "destination")]);
        call(&tone, "start", &[now.into()]);
        call(&tone, "stop", &[(now + seconds).into()]);
    }
}
