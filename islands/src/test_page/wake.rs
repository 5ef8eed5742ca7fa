//! What happens on the page of a question: a changed answer goes into the queue, the queue is sent, the page says what is so.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use super::queue::{Queue, body_of};
use super::time;
use crate::browser::{after, call, document, get, get_text, listen, set, window, write};
use crate::outbox::{self, Silence, Tries};
use crate::phrase::fill;
use crate::props::{TestOutcome, TestPageWords, TestSaved};

/// A typed answer is saved when the person pauses for so long, in milliseconds.
const PAUSE: i32 = 700;

struct Page {
    root: Element,
    form: Element,
    words: TestPageWords,
    url: String,
    queue: RefCell<Queue>,
    /// The fields that were put into the queue last.
    kept: RefCell<String>,
    /// What the form held when the page was made.
    first: String,
    /// Answers that a page before this one left in the browser: this page was made without them.
    left: Vec<String>,
    /// One of them was to this question and is saved by now: what the page shows is older.
    stale: Cell<bool>,
    sending: Cell<bool>,
    tries: Tries,
    /// Counts changes, so that only the newest pause ends.
    changes: Cell<u32>,
    /// The button that was pressed while something could not be sent: the page goes on when it is.
    pressed: RefCell<Option<JsValue>>,
}

/// Takes over the form of the page.
pub(super) fn wake(root: Element, words: TestPageWords, owner: String, url: String, seconds_left: i64) {
    let Some(form) = document().get_element_by_id("question") else { return };
    set(&root, "hidden", &false.into());
    time::count(&root, &words, seconds_left);
    let first = body_of(&form);
    let queue = Queue::open(&owner);
    let page = Rc::new(Page {
        root,
        form,
        words,
        url,
        left: queue.names(),
        queue: RefCell::new(queue),
        kept: RefCell::new(first.clone()),
        first,
        stale: Cell::new(false),
        sending: Cell::new(false),
        tries: Tries::default(),
        changes: Cell::new(0),
        pressed: RefCell::default(),
    });
    page.hear(&page.form, "input", |page, _| page.changed());
    page.hear(&page.form, "change", |page, _| page.keep());
    page.hear(&page.form, "submit", Page::submitted);
    page.hear(&window(), "online", |page, _| page.send());
    page.hear(&window(), "pagehide", |page, _| page.keep());
    page.draw(false);
    page.send();
}

impl Page {
    fn hear(self: &Rc<Self>, target: &web_sys::EventTarget, name: &str, act: fn(&Rc<Self>, &web_sys::Event)) {
        let page = Rc::clone(self);
        listen(target, name, move |event| act(&page, &event));
    }

    /// Something is typed: it is kept when the person pauses.
    fn changed(self: &Rc<Self>) {
        let change = self.changes.get() + 1;
        self.changes.set(change);
        let page = Rc::clone(self);
        after(PAUSE, move || {
            if page.changes.get() == change {
                page.keep();
            }
        });
    }

    /// Puts what the form holds into the queue, if it is something else than before.
    fn keep(self: &Rc<Self>) {
        self.changes.set(self.changes.get() + 1);
        let body = body_of(&self.form);
        if *self.kept.borrow() == body {
            return;
        }
        let seen = self.seen();
        self.kept.replace(body.clone());
        self.queue.borrow_mut().add(&self.url, seen, body);
        self.draw(false);
        self.send();
    }

    fn seen(&self) -> i32 {
        let field = self.form.query_selector("[name=seen]").ok().flatten();
        field.and_then(|field| get_text(&field, "value").parse().ok()).unwrap_or(0)
    }

    /// With a network the form is posted as without script, and that saves it. Without one the page stays, so that nothing is lost.
    fn submitted(self: &Rc<Self>, event: &web_sys::Event) {
        let offline = get(&get(&window(), "navigator"), "onLine") == JsValue::FALSE;
        if !offline && !self.tries.any() {
            self.kept.replace(body_of(&self.form));
            return;
        }
        event.prevent_default();
        self.keep();
        self.pressed.replace(Some(get(event, "submitter")));
        write(&self.root, "said", &self.words.goes_on);
        self.send();
    }

    /// Sends what waits, one after another.
    fn send(self: &Rc<Self>) {
        if !self.sending.replace(true) {
            spawn_local(Rc::clone(self).send_all());
        }
    }

    async fn send_all(self: Rc<Self>) {
        let mut any = false;
        loop {
            let Some(item) = self.queue.borrow().next().cloned() else { break };
            let here = item.url == self.url;
            let seen = if here { item.seen.max(self.seen()) } else { item.seen };
            let body = format!("{}&seen={seen}", item.body);
            let answer = match outbox::send::<TestSaved>(&item.url, item.at_ms, &body).await {
                Ok(answer) => answer,
                Err(silence) => return self.unsent(silence),
            };
            self.tries.end();
            any = true;
            self.queue.borrow_mut().forget(&item.name);
            if here && answer.outcome == TestOutcome::Saved {
                self.saw(answer.step);
                self.stale.set(self.stale.get() || self.left.contains(&item.name));
            }
            write(&self.root, "said", &answer.said);
        }
        self.sending.set(false);
        self.draw(any);
        if self.queue.borrow().next().is_some() {
            return self.send();
        }
        if self.stale.replace(false) && body_of(&self.form) == self.first {
            // The form still holds the answer of before: sent, it would push the newer one aside.
            let location = get(&window(), "location");
            call(&location, "replace", &[get(&location, "pathname")]);
            return;
        }
        let pressed = self.pressed.borrow_mut().take();
        if let Some(button) = pressed {
            call(&self.form, "requestSubmit", &[button]);
        }
    }

    /// The page has now seen this step of its question.
    fn saw(&self, step: i32) {
        if let Ok(Some(field)) = self.form.query_selector("[name=seen]") {
            set(&field, "value", &step.to_string().into());
        }
    }

    /// Tries again after a while; a new answer or the return of the network tries at once.
    fn unsent(self: &Rc<Self>, silence: Silence) {
        self.sending.set(false);
        // Signed out, or the attempt is not this person's: what was answered stays in the browser.
        let away = silence == Silence::Away;
        let sentence = if away { &self.words.signed_out } else { &self.words.offline };
        write(&self.root, "state", &format!("{sentence} {}", self.waiting()));
        let page = Rc::clone(self);
        self.tries.again(move || page.send());
    }

    fn waiting(&self) -> String {
        fill(&self.words.waiting, &[("count", &self.queue.borrow().waiting().to_string())])
    }

    fn draw(&self, saved: bool) {
        if self.queue.borrow().waiting() > 0 {
            let text = if self.tries.any() {
                format!("{} {}", self.words.offline, self.waiting())
            } else {
                self.words.saving.clone()
            };
            write(&self.root, "state", &text);
        } else if saved {
            write(&self.root, "state", &self.words.saved);
        }
    }
}
