//! The queue of scans (`crate::outbox`): those that were refused stay until the clerk has decided about them.

use super::item::{Item, Stage};
use crate::browser::{call, recall_all, remember};
use crate::outbox::{fields_of, fresh};

/// The scans of one person in this browser.
pub struct Queue {
    prefix: String,
    items: Vec<Item>,
}

impl Queue {
    /// What was left here before.
    pub fn open(owner: &str) -> Self {
        let prefix = format!("desk.{owner}.");
        let items = recall_all(&prefix).iter().filter_map(|(name, text)| Item::read(name, text)).collect();
        Self { prefix, items }
    }

    /// Adds a scan at the end.
    pub fn add(&mut self, code: String, person: String, body: String) {
        let (name, at_ms, key) = fresh(&self.prefix);
        let body = format!("{body}&key={key}");
        let item = Item { name, stage: Stage::Waiting, at_ms, code, person, body, said: String::new() };
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
    let fields = fields_of(form, &["key", "person", "confirmed"]);
    if !person.is_empty() {
        call(&fields, "append", &["person".into(), person.into()]);
    }
    call(&fields, "toString", &[]).as_string().unwrap_or_default()
}
