//! The queue of answers (`crate::outbox`): the last answer to a question takes the place of those before it.

use super::item::Item;
use crate::browser::{call, recall_all, remember};
use crate::outbox::{fields_of, fresh};

/// The answers of one attempt in this browser that the server has not got yet.
pub struct Queue {
    prefix: String,
    items: Vec<Item>,
}

impl Queue {
    /// What was left here before.
    pub fn open(owner: &str) -> Self {
        let prefix = format!("test.{owner}.");
        let items = recall_all(&prefix).iter().filter_map(|(name, text)| Item::read(name, text)).collect();
        Self { prefix, items }
    }

    /// Adds an answer at the end; one to the same question that still waits behind the first gives way to it.
    pub fn add(&mut self, url: &str, seen: i32, body: String) {
        let (name, at_ms, key) = fresh(&self.prefix);
        while self.items.len() > 1 && self.items.last().is_some_and(|last| last.url == url) {
            if let Some(last) = self.items.pop() {
                remember(&last.name, "");
            }
        }
        let body = format!("{body}&key={key}");
        let item = Item { name, at_ms, url: url.to_owned(), seen, body };
        remember(&item.name, &item.text());
        self.items.push(item);
    }

    /// The answer that is sent next.
    pub fn next(&self) -> Option<&Item> {
        self.items.first()
    }

    /// The names of all that wait.
    pub fn names(&self) -> Vec<String> {
        self.items.iter().map(|item| item.name.clone()).collect()
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
    let fields = fields_of(form, &["key", "seen", "act", "go"]);
    call(&fields, "toString", &[]).as_string().unwrap_or_default()
}
