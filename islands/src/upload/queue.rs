//! Several films one after another: a line for each with how far it is, all of them together, another try for each that failed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, File};

use super::order::{Order, function, is_worth_a_try, percent, status};
use super::tus;
use crate::browser::{
    call, get, listen, load_script, part, put, random_key, request, set, show, text_of, window, write,
};
use crate::phrase::fill;
use crate::props::{ManyFilms, UploadWords};

/// Where a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Others come first.
    Waiting,
    /// Its bytes are on their way.
    Sending,
    /// All of it arrived.
    Sent,
    /// It was refused, or the connection did not come back.
    Failed,
    /// The person does not want it any more.
    Left,
}

struct Item {
    file: File,
    line: Element,
    /// Names the wish for a film, so that a lost answer makes no second one.
    key: String,
    stage: Cell<Stage>,
    sent: Cell<f64>,
    film: RefCell<String>,
    tus: RefCell<Option<tus::Upload>>,
}

struct Queue {
    root: Element,
    words: UploadWords,
    many: ManyFilms,
    order: Order,
    items: RefCell<Vec<Rc<Item>>>,
}

/// What `create_url` answers.
#[derive(Deserialize)]
struct Made {
    film: String,
}

/// Takes over the form.
pub(super) fn wake(root: Element, words: UploadWords, many: ManyFilms, order: Order) {
    let queue = Rc::new(Queue { root, words, many, order, items: RefCell::new(Vec::new()) });
    put(&queue.root, "file", "required", &false.into());
    show(&queue.root, "camera-choice", true);
    let heard = Rc::clone(&queue);
    listen(&queue.root, "submit", move |event| {
        event.prevent_default();
        heard.take("file");
    });
    if let Some(camera) = part(&queue.root, "camera") {
        let heard = Rc::clone(&queue);
        listen(&camera, "change", move |_| heard.take("camera"));
    }
    let heard = Rc::clone(&queue);
    listen(&window(), "beforeunload", move |event| {
        if heard.is_busy() {
            event.prevent_default();
            set(&event, "returnValue", &true.into());
        }
    });
    let heard = Rc::clone(&queue);
    listen(&window(), "online", move |_| heard.restart());
}

impl Queue {
    /// Puts the files of a field into the line and empties the field.
    fn take(self: &Rc<Self>, field: &str) {
        let Some(input) = part(&self.root, field) else { return };
        let files = get(&input, "files");
        let count = get(&files, "length").as_f64().unwrap_or(0.0) as u32;
        let failure = if count == 0 { self.words.error_no_file.as_str() } else { "" };
        write(&self.root, "failure", failure);
        for at in 0..count {
            if let Ok(file) = get(&files, &at.to_string()).dyn_into::<File>() {
                self.add(file);
            }
        }
        set(&input, "value", &"".into());
        self.draw();
        self.go_on();
    }

    fn add(self: &Rc<Self>, file: File) {
        let (Some(list), Some(model)) = (part(&self.root, "files"), part(&self.root, "model")) else {
            return;
        };
        let copy = call(&get(&model, "firstElementChild"), "cloneNode", &[true.into()]);
        let Ok(line) = copy.dyn_into::<Element>() else { return };
        call(&list, "append", &[line.clone().into()]);
        write(&line, "item-name", &file.name());
        put(&line, "item-bar", "ariaLabel", &file.name().into());
        let item = Rc::new(Item {
            file,
            line,
            key: random_key(),
            stage: Cell::new(Stage::Waiting),
            sent: Cell::new(0.0),
            film: RefCell::new(String::new()),
            tus: RefCell::new(None),
        });
        for (button, act) in
            [("item-retry", Self::retry as fn(&Rc<Self>, &Rc<Item>)), ("item-leave", Self::leave)]
        {
            if let Some(button) = part(&item.line, button) {
                let (queue, item) = (Rc::clone(self), Rc::clone(&item));
                listen(&button, "click", move |_| act(&queue, &item));
            }
        }
        self.turn(&item, Stage::Waiting, &self.many.words.waiting);
        if let Some(why) = self.order.refusal(&item.file, &self.words) {
            self.fail(&item, &why);
        }
        self.items.borrow_mut().push(item);
    }

    /// Begins the next file, unless one is on its way.
    fn go_on(self: &Rc<Self>) {
        let items = self.items.borrow();
        if items.iter().any(|item| item.stage.get() == Stage::Sending) {
            return;
        }
        let Some(next) = items.iter().find(|item| item.stage.get() == Stage::Waiting) else { return };
        let (queue, item) = (Rc::clone(self), Rc::clone(next));
        drop(items);
        self.turn(&item, Stage::Sending, &fill(&self.many.words.sending, &[("percent", "0")]));
        spawn_local(async move {
            if let Err(why) = queue.send(&item).await {
                queue.fail(&item, &why);
                queue.go_on();
            }
        });
    }

    /// Has a film made for the file, when there is none yet, and sends it. Errors: the sentence why not.
    async fn send(self: &Rc<Self>, item: &Rc<Item>) -> Result<(), String> {
        if !load_script(&self.order.script_url, "tus").await {
            return Err(self.words.error_other.clone());
        }
        if item.film.borrow().is_empty() {
            let film = self.create(item).await?;
            item.film.replace(film);
        }
        let film = item.film.borrow().clone();
        let settings = self.order.for_film(&film).settings(&item.file);
        let call_back = |name: &str, act: fn(&Rc<Self>, &Rc<Item>, &JsValue) -> bool| {
            let (queue, item) = (Rc::clone(self), Rc::clone(item));
            set(&settings, name, &function(move |value| act(&queue, &item, &value).into()));
        };
        call_back("onShouldRetry", |queue, item, error| {
            let again = is_worth_a_try(error);
            if again {
                write(&item.line, "item-said", &queue.many.words.offline);
            }
            again
        });
        call_back("onProgress", |queue, item, sent| {
            item.sent.set(sent.as_f64().unwrap_or(0.0));
            queue.draw_item(item);
            queue.draw();
            true
        });
        call_back("onError", |queue, item, error| {
            let why = queue.why(status(error));
            queue.fail(item, &why);
            queue.go_on();
            true
        });
        call_back("onSuccess", |queue, item, _| {
            item.sent.set(item.file.size());
            queue.turn(item, Stage::Sent, &queue.many.words.sent);
            queue.draw();
            queue.go_on();
            true
        });
        let tus = tus::Upload::new(&item.file, &settings);
        tus::find_what_was_sent(&tus).await;
        if item.stage.get() == Stage::Sending {
            tus.start();
            item.tus.replace(Some(tus));
        }
        Ok(())
    }

    async fn create(&self, item: &Item) -> Result<String, String> {
        let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
        let mut body = format!("name={}&key={}", encode(&item.file.name()), item.key);
        for (name, value) in &self.order.metadata {
            body.push_str(&format!("&{}={}", encode(name), encode(value)));
        }
        let kind = "application/x-www-form-urlencoded";
        let answer = request(&self.many.create_url, Some((kind, &body))).await;
        let answer = answer.ok_or_else(|| self.words.error_other.clone())?;
        if !answer.ok() {
            return Err(self.why(answer.status()));
        }
        serde_json::from_str::<Made>(&text_of(&answer).await)
            .map(|made| made.film)
            .map_err(|_| self.words.error_other.clone())
    }

    fn why(&self, status: u16) -> String {
        match status {
            401 | 403 => self.words.error_denied.clone(),
            0 => self.words.error_other.clone(),
            status => fill(&self.words.error_server, &[("status", &status.to_string())]),
        }
    }

    fn fail(&self, item: &Item, why: &str) {
        self.turn(item, Stage::Failed, &fill(&self.many.words.failed, &[("why", why)]));
        self.draw();
    }

    fn retry(self: &Rc<Self>, item: &Rc<Item>) {
        if item.stage.get() == Stage::Failed && item.file.size() > 0.0 {
            self.turn(item, Stage::Waiting, &self.many.words.waiting);
            self.draw();
            self.go_on();
        }
    }

    /// Takes a file out of the line; what the server got of it, it forgets.
    fn leave(self: &Rc<Self>, item: &Rc<Item>) {
        if item.stage.get() == Stage::Sent {
            return;
        }
        item.stage.set(Stage::Left);
        call(&item.line, "remove", &[]);
        if let Some(tus) = item.tus.take() {
            spawn_local(async move {
                let _ = JsFuture::from(tus.abort(true)).await;
            });
        }
        if let Some(list) = part(&self.root, "file") {
            let _ = list.focus();
        }
        self.draw();
        self.go_on();
    }

    /// The connection is back: the file that waits for it goes on now.
    fn restart(&self) {
        let items = self.items.borrow();
        let Some(item) = items.iter().find(|item| item.stage.get() == Stage::Sending).cloned() else {
            return;
        };
        let Some(tus) = item.tus.borrow().clone() else { return };
        spawn_local(async move {
            let _ = JsFuture::from(tus.abort(false)).await;
            if item.stage.get() == Stage::Sending {
                tus.start();
            }
        });
    }

    fn is_busy(&self) -> bool {
        self.items.borrow().iter().any(|item| matches!(item.stage.get(), Stage::Waiting | Stage::Sending))
    }

    fn turn(&self, item: &Item, stage: Stage, said: &str) {
        item.stage.set(stage);
        write(&item.line, "item-said", said);
        show(&item.line, "item-retry", stage == Stage::Failed && item.file.size() > 0.0);
        show(&item.line, "item-leave", stage != Stage::Sent);
        put(&item.line, "item-bar", "value", &percent(item.sent.get(), item.file.size()).into());
    }

    fn draw_item(&self, item: &Item) {
        let percent = percent(item.sent.get(), item.file.size());
        put(&item.line, "item-bar", "value", &percent.into());
        write(&item.line, "item-said", &fill(&self.many.words.sending, &[("percent", &percent.to_string())]));
    }

    /// All of them together. What is said aloud is said once, at the end.
    fn draw(&self) {
        let items = self.items.borrow();
        let there: Vec<&Rc<Item>> = items.iter().filter(|item| item.stage.get() != Stage::Left).collect();
        let done = there.iter().filter(|item| item.stage.get() == Stage::Sent).count();
        let failed = there.iter().any(|item| item.stage.get() == Stage::Failed);
        let (sent, total) = there
            .iter()
            .fold((0.0, 0.0), |(sent, total), item| (sent + item.sent.get(), total + item.file.size()));
        let percent = percent(sent, total);
        show(&self.root, "progress", !there.is_empty());
        put(&self.root, "bar", "value", &percent.into());
        let values = [done.to_string(), there.len().to_string(), percent.to_string()];
        let values = [("done", &*values[0]), ("count", &*values[1]), ("percent", &*values[2])];
        write(&self.root, "figures", &fill(&self.many.words.figures, &values));
        let over = !there.is_empty()
            && !there.iter().any(|item| matches!(item.stage.get(), Stage::Waiting | Stage::Sending));
        let said = match (over, failed) {
            (false, _) => "",
            (true, false) => self.many.words.finished.as_str(),
            (true, true) => self.many.words.some_failed.as_str(),
        };
        let before = part(&self.root, "said").and_then(|part| part.text_content());
        if before.as_deref() != Some(said) {
            write(&self.root, "said", said);
        }
        show(&self.root, "studio", over);
    }
}
