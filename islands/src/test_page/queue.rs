//! The queue: answers are kept in the browser's storage until the server has them, and sent one after another in their order.
//! Each carries a key, so that one whose answer was lost on the way counts once.

use js_sys::Object;

use super::item::Item;
use crate::browser::{call, now_ms, random_key, recall, remember, window};

/// The answers of one attempt in this browser that the server has not got yet.
pub struct Queue {
    prefix: String,
    items: Vec<Item>,
}

impl Queue {
    /// What was left here before.
    pub fn open(owner: &str) -> Self {
        let prefix = format!("test.{owner}.");
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

    /// Adds an answer at the end; one to the same question that still waits behind the first gives way to it.
    pub fn add(&mut self, url: &str, seen: i32, body: String) {
        let (at, key) = (now_ms(), random_key());
        while self.items.len() > 1 && self.items.last().is_some_and(|last| last.url == url) {
            if let Some(last) = self.items.pop() {
                remember(&last.name, "");
            }
        }
        let name = format!("{}{at:014}.{key}", self.prefix);
        let body = format!("{body}&key={key}");
        let item = Item { name, at_ms: at as u64, url: url.to_owned(), seen, body };
        remember(&item.name, &item.text());
        self.items.push(item);
    }

    /// The answer that is sent next.
    pub fn next(&self) -> Option<&Item> {
        self.items.first()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.items.len()
    }

    /// The server has it, or refused it for good.
    pub fn forget(&mut self, name: &str) {
        remember(name, "");
        self.items.retain(|item| item.name != name);
    }
}

/// The fields of a form as they are sent, without what the queue adds itself.
pub fn body_of(form: &web_sys::Element) -> String {
    let make = |class: &str, given: &wasm_bindgen::JsValue| {
        use wasm_bindgen::JsCast;
        let class = crate::browser::get(&window(), class);
        let made = class
            .dyn_ref::<js_sys::Function>()
            .and_then(|class| js_sys::Reflect::construct(class, &js_sys::Array::of1(given)).ok());
        made.unwrap_or(wasm_bindgen::JsValue::UNDEFINED)
    };
    let fields = make("URLSearchParams", &make("FormData", form));
    for name in ["key", "seen", "act", "go"] {
        call(&fields, "delete", &[name.into()]);
    }
    call(&fields, "toString", &[]).as_string().unwrap_or_default()
}
