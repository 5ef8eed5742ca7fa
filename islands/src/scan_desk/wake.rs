//! What happens at the desk: a scan goes into the queue, the queue is sent, answers are said and sounded.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use super::chime::Chime;
use super::item::Stage;
use super::queue::{Queue, body_of};
use crate::browser::{
    call, document, get, get_text, listen, make, put, request, set, show, target, text_of, window, write,
};
use crate::outbox::{self, Silence, Tries};
use crate::phrase::{escape, fill};
use crate::props::{DeskAnswer, DeskOutcome, DeskPerson, ScanDeskWords};

/// Lines of the log of what was done.
const LOG_LINES: usize = 6;

struct Desk {
    root: Element,
    form: Element,
    field: Element,
    words: ScanDeskWords,
    people: Vec<DeskPerson>,
    url: String,
    queue: RefCell<Queue>,
    served: RefCell<HashSet<String>>,
    log: RefCell<Vec<String>>,
    chime: Chime,
    sending: Cell<bool>,
    tries: Tries,
}

/// Takes over the form of the page.
pub(super) fn wake(root: Element, words: ScanDeskWords, owner: String, people: Vec<DeskPerson>, url: String) {
    let Some(form) = document().get_element_by_id("scan") else { return };
    let Some(field) = form.query_selector("[name=code]").ok().flatten() else { return };
    let served = people.iter().filter(|one| one.has).map(|one| one.id.clone()).collect();
    let desk = Rc::new(Desk {
        root,
        form,
        field,
        words,
        people,
        url,
        queue: RefCell::new(Queue::open(&owner)),
        served: RefCell::new(served),
        log: RefCell::default(),
        chime: Chime::default(),
        sending: Cell::new(false),
        tries: Tries::default(),
    });
    set(&desk.root, "hidden", &false.into());
    desk.hear(&desk.form, "submit", |desk, event| {
        event.prevent_default();
        desk.scanned();
    });
    desk.hear(&desk.root, "click", Desk::pressed);
    desk.hear(&document(), "keydown", Desk::typed);
    desk.hear(&window(), "online", |desk, _| desk.send());
    desk.hear(&window(), "focus", |desk, _| desk.send());
    desk.draw();
    desk.send();
}

impl Desk {
    fn hear(self: &Rc<Self>, target: &web_sys::EventTarget, name: &str, act: fn(&Rc<Self>, &web_sys::Event)) {
        let desk = Rc::clone(self);
        listen(target, name, move |event| act(&desk, &event));
    }

    /// Whose turn it is: the first in line without a device and without a scan on its way.
    fn turn(&self) -> Option<&DeskPerson> {
        let (queue, served) = (self.queue.borrow(), self.served.borrow());
        self.people.iter().find(|one| !served.contains(&one.id) && !queue.is_waiting_for(&one.id))
    }

    fn scanned(self: &Rc<Self>) {
        let code = get_text(&self.field, "value").trim().to_owned();
        let collects = self.people.is_empty();
        let person = self.turn().map(|one| one.id.clone()).unwrap_or_default();
        call(&self.field, "focus", &[]);
        if code.is_empty() || !collects && person.is_empty() {
            self.chime.refused();
            // What the next scan types takes its place.
            call(&self.field, "select", &[]);
            return self
                .say(if code.is_empty() { &self.words.scan_first } else { &self.words.all_done }, false);
        }
        let body = body_of(&self.form, &person);
        set(&self.field, "value", &"".into());
        self.queue.borrow_mut().add(code.clone(), person, body);
        if self.tries.any() || self.sending.get() {
            self.chime.kept();
            self.say(&fill(&self.words.queued, &[("code", &code)]), true);
        }
        self.draw();
        self.send();
    }

    /// A key that goes nowhere goes into the field: the scanner types as a keyboard does.
    fn typed(self: &Rc<Self>, event: &web_sys::Event) {
        let (key, body) = (get_text(event, "key"), get(&document(), "body"));
        let held = ["ctrlKey", "altKey", "metaKey"].iter().any(|name| get(event, name).is_truthy());
        if key.chars().count() == 1 && key != " " && !held && get(&document(), "activeElement") == body {
            call(&self.field, "focus", &[]);
        }
    }

    fn pressed(self: &Rc<Self>, event: &web_sys::Event) {
        if target(event, "[data-part=sound]").is_some() {
            self.chime.turn(!self.chime.is_on());
            self.chime.done();
        } else if let Some(button) = target(event, "[data-name]") {
            let name = button.get_attribute("data-name").unwrap_or_default();
            if button.has_attribute("data-confirm") {
                self.queue.borrow_mut().confirm(&name);
            } else {
                self.queue.borrow_mut().forget(&name);
            }
            call(&self.field, "focus", &[]);
        } else {
            return;
        }
        self.draw();
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
            let answer = match outbox::send::<DeskAnswer>(&self.url, item.at_ms, &item.body).await {
                Ok(answer) => answer,
                Err(silence) => return self.unsent(silence),
            };
            self.tries.end();
            any = true;
            self.answered(&item.name, &item.code, &item.person, &answer);
        }
        self.sending.set(false);
        if any {
            self.refresh().await;
        }
        // What came meanwhile.
        if self.queue.borrow().next().is_some() {
            self.send();
        }
    }

    fn answered(&self, name: &str, code: &str, person: &str, answer: &DeskAnswer) {
        if answer.outcome == DeskOutcome::Done {
            self.queue.borrow_mut().forget(name);
            self.served.borrow_mut().insert(person.to_owned());
            self.log.borrow_mut().insert(0, answer.said.clone());
            self.log.borrow_mut().truncate(LOG_LINES);
            self.chime.done();
            self.say(&answer.said, true);
        } else {
            let stage = if answer.outcome == DeskOutcome::Ask { Stage::Ask } else { Stage::Refused };
            self.queue.borrow_mut().refuse(name, stage, &answer.said);
            self.chime.refused();
            self.say(&format!("{} {}", fill(&self.words.refused, &[("code", code)]), answer.said), false);
        }
        self.draw();
    }

    /// Tries again after a while; a new scan or the return of the network tries at once.
    fn unsent(self: &Rc<Self>, silence: Silence) {
        self.sending.set(false);
        self.chime.refused();
        let away = silence == Silence::Away;
        let sentence = if away { &self.words.signed_out } else { &self.words.offline };
        write(&self.root, "state", &format!("{sentence} {}", self.waiting()));
        let desk = Rc::clone(self);
        self.tries.again(move || desk.send());
    }

    /// The list of the class as the server has it now.
    async fn refresh(&self) {
        let Some(list) = document().get_element_by_id("class") else { return };
        let Ok(address) = window().location().href() else { return };
        let Some(answer) = request(&address, None).await else { return };
        let text = text_of(&answer).await;
        let fresh = call(&make("DOMParser", &[]), "parseFromString", &[text.into(), "text/html".into()]);
        let fresh = call(&fresh, "getElementById", &["class".into()]);
        if fresh.is_object() {
            set(&list, "innerHTML", &get(&fresh, "innerHTML"));
        }
    }

    fn say(&self, text: &str, good: bool) {
        put(&self.root, "said", "className", &if good { "scan-said good" } else { "scan-said bad" }.into());
        write(&self.root, "said", text);
    }

    fn waiting(&self) -> String {
        fill(&self.words.waiting, &[("count", &self.queue.borrow().waiting().to_string())])
    }

    fn draw(&self) {
        let root = &self.root;
        if !self.people.is_empty()
            && let Ok(Some(line)) = document().query_selector(".desk-turn")
        {
            let turn = match self.turn() {
                Some(one) => fill(&self.words.turn, &[("name", &one.name)]),
                None => self.words.all_done.clone(),
            };
            set(&line, "textContent", &turn.into());
        }
        if self.queue.borrow().waiting() == 0 {
            write(root, "state", if self.log.borrow().is_empty() { "" } else { &self.words.sent });
        } else if !self.tries.any() {
            write(root, "state", &self.waiting());
        } else {
            write(root, "state", &format!("{} {}", self.words.offline, self.waiting()));
        }
        write(root, "sound", if self.chime.is_on() { &self.words.sound_on } else { &self.words.sound_off });
        let conflicts: String = self.queue.borrow().conflicts().map(|item| self.conflict(item)).collect();
        show(root, "conflicts-box", !conflicts.is_empty());
        put(root, "conflicts", "innerHTML", &conflicts.into());
        let log: String = self.log.borrow().iter().map(|line| format!("<li>{}</li>", escape(line))).collect();
        show(root, "log-box", !log.is_empty());
        put(root, "log", "innerHTML", &log.into());
    }

    fn conflict(&self, item: &super::item::Item) -> String {
        let name = self.people.iter().find(|one| one.id == item.person).map_or("", |one| &one.name);
        let button = |extra: &str, text: &str| {
            format!(
                "<button type=\"button\" class=\"button secondary\" data-name=\"{}\"{extra}>{}<span class=\"visually-hidden\"> {}</span></button> ",
                escape(&item.name),
                escape(text),
                escape(&item.code)
            )
        };
        let confirm = if item.stage == Stage::Ask {
            button(" data-confirm", &self.words.confirm)
        } else {
            String::new()
        };
        format!(
            "<li><strong>{}</strong> {}<br>{}<br>{confirm}{}</li>",
            escape(&item.code),
            escape(name),
            escape(&item.said),
            button("", &self.words.dismiss)
        )
    }
}
