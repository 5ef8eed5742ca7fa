//! Drawing in the browser: pointer events become a path.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{Element, Event};

use crate::browser::{call, get, listen, mark, part, put, set};

/// Longest path, in bytes: some minutes of drawing.
const LONGEST: usize = 60_000;

struct Pad {
    root: Element,
    path: RefCell<String>,
    drawing: Cell<bool>,
}

/// Shows the field and begins to listen.
pub(super) fn wake(root: Element) {
    let (Some(field), Some(clear)) = (part(&root, "pad"), part(&root, "clear")) else { return };
    set(&root, "hidden", &false.into());
    let pad = Rc::new(Pad { root, path: RefCell::default(), drawing: Cell::new(false) });
    for (name, begins) in [("pointerdown", true), ("pointermove", false)] {
        let (pad, area) = (Rc::clone(&pad), field.clone());
        listen(&field, name, move |event| {
            if begins {
                pad.drawing.set(true);
                call(&area, "setPointerCapture", &[get(&event, "pointerId")]);
            }
            if pad.drawing.get() {
                event.prevent_default();
                pad.draw(&area, &event, if begins { 'M' } else { 'L' });
            }
        });
    }
    for name in ["pointerup", "pointercancel"] {
        let pad = Rc::clone(&pad);
        listen(&field, name, move |_| pad.drawing.set(false));
    }
    listen(&clear, "click", move |_| {
        pad.path.borrow_mut().clear();
        pad.show();
    });
}

impl Pad {
    /// Leads the line to where the pointer is.
    fn draw(&self, area: &Element, event: &Event, step: char) {
        let number = |value: wasm_bindgen::JsValue| value.as_f64().unwrap_or(0.0);
        let place = call(area, "getBoundingClientRect", &[]);
        let within = |at: &str, from: &str, size: &str, most: f64| {
            let share =
                (number(get(event, at)) - number(get(&place, from))) / number(get(&place, size)).max(1.0);
            (share * most).clamp(0.0, most) as u32
        };
        let (x, y) = (within("clientX", "left", "width", 600.0), within("clientY", "top", "height", 200.0));
        if self.path.borrow().len() < LONGEST {
            // A touch without a move is a dot.
            let dot = if step == 'M' { format!("L{x} {y}") } else { String::new() };
            self.path.borrow_mut().push_str(&format!("{step}{x} {y}{dot}"));
            self.show();
        }
    }

    fn show(&self) {
        let path = self.path.borrow();
        mark(&self.root, "line", "d", &path);
        put(&self.root, "strokes", "value", &path.as_str().into());
    }
}
