//! The preview in the browser: it follows the field, and the toolbar writes into it.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlTextAreaElement};

use super::change::change;
use crate::browser::{
    after, call, document, get_text, listen, part, put, request, set, show, target, text_of, window,
};
use crate::props::PreviewWords;

/// How long a person pauses before the preview follows, in milliseconds.
const PAUSE_MS: i32 = 400;

struct Pane {
    root: Element,
    field: HtmlTextAreaElement,
    words: PreviewWords,
    url: String,
    unsaved: Cell<bool>,
    /// Counts changes of the text; only the answer to the newest is shown.
    asked: Cell<u32>,
}

/// Begins to follow the field with this id.
pub(super) fn wake(root: Element, words: PreviewWords, url: String, field_id: &str) {
    let Some(field) = document().get_element_by_id(field_id) else { return };
    let Some(toolbar) = part(&root, "toolbar") else { return };
    // The buttons belong before the field, in the order of the keyboard too.
    if let Some(around) = field.parent_element() {
        let _ = around.insert_before(&toolbar, Some(&field));
    }
    set(&root, "hidden", &false.into());
    let field: HtmlTextAreaElement = field.unchecked_into();
    let pane = Rc::new(Pane { root, field, words, url, unsaved: Cell::new(false), asked: Cell::new(0) });
    let inserting = Rc::clone(&pane);
    listen(&toolbar, "click", move |event| {
        if let Some(button) = target(&event, "[data-insert]") {
            inserting.insert(&button.get_attribute("data-insert").unwrap_or_default());
        }
    });
    // What was found leads to its line, wherever on the page it is listed.
    let finding = Rc::clone(&pane);
    listen(&document(), "click", move |event| {
        let line = target(&event, "[data-line]").and_then(|link| link.get_attribute("data-line"));
        if let Some(line) = line.and_then(|line| line.parse().ok()) {
            event.prevent_default();
            finding.go_to(line);
        }
    });
    let typing = Rc::clone(&pane);
    listen(&pane.field, "input", move |_| typing.changed());
    if let Some(form) = pane.field.closest("form").ok().flatten() {
        let saving = Rc::clone(&pane);
        listen(&form, "submit", move |event| {
            if !event.default_prevented() {
                saving.unsaved.set(false);
            }
        });
    }
    let leaving = Rc::clone(&pane);
    listen(&window(), "beforeunload", move |event| {
        if leaving.unsaved.get() {
            event.prevent_default();
            set(&event, "returnValue", &true.into());
        }
    });
    pane.refresh();
}

impl Pane {
    fn changed(self: &Rc<Self>) {
        self.unsaved.set(self.field.value() != get_text(&self.field, "defaultValue"));
        show(&self.root, "unsaved", self.unsaved.get());
        let asked = self.asked.get() + 1;
        self.asked.set(asked);
        let pane = Rc::clone(self);
        after(PAUSE_MS, move || {
            if pane.asked.get() == asked {
                pane.refresh();
            }
        });
    }

    fn refresh(self: &Rc<Self>) {
        let text = self.field.value();
        if text.trim().is_empty() {
            return self.show(Some(String::new()));
        }
        let asked = self.asked.get();
        let pane = Rc::clone(self);
        spawn_local(async move {
            let body = format!("text={}", js_sys::encode_uri_component(&text));
            let answer = request(&pane.url, Some(("application/x-www-form-urlencoded", &body))).await;
            let fragment = match answer {
                Some(answer) if answer.ok() => Some(text_of(&answer).await),
                _ => None,
            };
            if pane.asked.get() == asked {
                pane.show(fragment);
            }
        });
    }

    /// Selects a line (from 1) of the field; one that is not there any more leaves the cursor where it is.
    fn go_to(&self, line: usize) {
        let text = self.field.value();
        // Positions are counted in UTF-16, as the browser counts.
        let units = |words: &str| u32::try_from(words.encode_utf16().count()).unwrap_or(0);
        let start = text.split('\n').take(line.saturating_sub(1)).map(|words| units(words) + 1).sum::<u32>();
        if let Some(words) = text.split('\n').nth(line.saturating_sub(1)) {
            // A browser scrolls to the selection when the field takes the focus.
            let _ = self.field.blur();
            let _ = self.field.set_selection_range(start, start + units(words));
            let _ = self.field.focus();
        }
    }

    /// Shows an answer of the server; `None` when there was none.
    fn show(&self, fragment: Option<String>) {
        show(&self.root, "failed", fragment.is_none());
        if let Some(fragment) = fragment {
            show(&self.root, "empty", fragment.is_empty());
            put(&self.root, "text", "innerHTML", &fragment.into());
        }
    }

    /// Writes Markdown of this kind over the selection, so that the browser's own undo still works.
    fn insert(&self, kind: &str) {
        let field = &self.field;
        let start = field.selection_start().ok().flatten().unwrap_or(0);
        let end = field.selection_end().ok().flatten().unwrap_or(start);
        // Positions are counted in UTF-16, as the browser counts.
        let text: Vec<u16> = field.value().encode_utf16().collect();
        let part = |from: u32, to: u32| {
            String::from_utf16_lossy(text.get(from as usize..to as usize).unwrap_or_default())
        };
        let before = part(0, start);
        let at_line_start = before.is_empty() || before.ends_with('\n');
        let Some(change) = change(kind, &part(start, end), at_line_start, &self.words) else { return };
        let _ = field.focus();
        let arguments = ["insertText".into(), false.into(), change.text.as_str().into()];
        if !call(&document(), "execCommand", &arguments).is_truthy() {
            call(field, "setRangeText", &[change.text.as_str().into()]);
            if let Ok(event) = web_sys::Event::new("input") {
                let _ = field.dispatch_event(&event);
            }
        }
        let (from, to) = change.select;
        let _ = field.set_selection_range(start + from, start + to);
    }
}
