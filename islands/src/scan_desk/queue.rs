//! The queue: scans are kept in the browser's storage, one entry each, and sent one after another in their order.
//!
//! Two tabs never overwrite each other's entries; what both send counts once, because each scan carries its own key.

use js_sys::Object;

use super::item::{Item, Stage};
use crate::browser::{call, now_ms, random_key, recall, remember, window};

/// The scans of one person in this browser.
pub struct Queue {
    prefix: String,
    items: Vec<Item>,
}

impl Queue {
    /// What was left here before.
    pub fn open(owner: &str) -> Self {
        let prefix = format!("desk.{owner}.");
        let mut items = Vec::new();
        if let Ok(Some(storage)) = window().local_storage() {
            for key in Object::keys(&storage).iter().filter_map(|key| key.as_string()) {
                if let Some(name) = key.strip_prefix("tablica.").filter(|name| name.starts_with(&prefix)) {
                    items.extend(Item::read(name, &recall(name)));
                }
            }
        }
        items.sort_by(|one, other| one.name.cmp(&other.name));
        Self { prefix, items }
    }

    /// Adds a scan at the end.
    pub fn add(&mut self, code: String, person: String, body: String) {
        let (at, key) = (now_ms(), random_key());
        let name = format!("{}{at:014}.{key}", self.prefix);
        let body = format!("{body}&key={key}");
        let item =
            Item { name, stage: Stage::Waiting, at_ms: at as u64, code, person, body, said: String::new() };
        remember(&item.name, &item.text());
        self.items.push(item);
    }

    /// The scan that is sent next.
    pub fn next(&self) -> Option<&Item> {
        self.items.iter().find(|item| item.stage == Stage::Waiting)
    }

    /// How many are to be sent.
    pub fn waiting(&self) -> usize {
        self.items.iter().filter(|item| item.stage == Stage::Waiting).count()
    }

    /// Those that the clerk must decide about.
    pub fn conflicts(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.stage != Stage::Waiting)
    }

    /// Whether a scan for this person is on its way.
    pub fn is_waiting_for(&self, person: &str) -> bool {
        self.items.iter().any(|item| item.stage == Stage::Waiting && item.person == person)
    }

    /// Forgets a scan: it is done, or the clerk removed it.
    pub fn forget(&mut self, name: &str) -> Option<Item> {
        remember(name, "");
        let at = self.items.iter().position(|item| item.name == name)?;
        Some(self.items.remove(at))
    }

    /// Keeps what was said against a scan.
    pub fn refuse(&mut self, name: &str, stage: Stage, said: &str) {
        if let Some(item) = self.items.iter_mut().find(|item| item.name == name) {
            item.stage = stage;
            item.said = said.to_owned();
            remember(&item.name, &item.text());
        }
    }

    /// Sends a scan again, confirmed by the clerk.
    pub fn confirm(&mut self, name: &str) {
        if let Some(item) = self.items.iter_mut().find(|item| item.name == name) {
            item.stage = Stage::Waiting;
            item.body.push_str("&confirmed=on");
            remember(&item.name, &item.text());
        }
    }
}

/// The fields of a form as they are sent, with `person` put in.
pub fn body_of(form: &web_sys::Element, person: &str) -> String {
    let make = |class: &str, given: &wasm_bindgen::JsValue| {
        use wasm_bindgen::JsCast;
        let class = crate::browser::get(&window(), class);
        let made = class
            .dyn_ref::<js_sys::Function>()
            .and_then(|class| js_sys::Reflect::construct(class, &js_sys::Array::of1(given)).ok());
        made.unwrap_or(wasm_bindgen::JsValue::UNDEFINED)
    };
    let fields = make("URLSearchParams", &make("FormData", form));
    for name in ["key", "person", "confirmed"] {
        call(&fields, "delete", &[name.into()]);
    }
    if !person.is_empty() {
        call(&fields, "append", &["person".into(), person.into()]);
    }
    call(&fields, "toString", &[]).as_string().unwrap_or_default()
}
