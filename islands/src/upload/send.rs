//! The upload itself: checking the file, finding what was sent before, sending, pausing, giving up.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, File};

use super::order::{Order, function, is_worth_a_try, megabytes, percent, status};
use super::tus;
use crate::browser::{call, get, in_words, listen, load_script, now_ms, part, put, set, show, window, write};
use crate::phrase::fill;
use crate::props::UploadWords;

/// How often the status line speaks, in milliseconds.
const SPEAK_EVERY_MS: f64 = 5_000.0;

/// What the upload is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// A file is to be chosen.
    Choosing,
    /// Bytes are on their way, or will be when the connection is back.
    Sending,
    /// The person paused it, or it gave up; it can be resumed.
    Paused,
    /// All bytes arrived.
    Finished,
}

struct Upload {
    root: Element,
    words: UploadWords,
    order: Order,
    stage: Cell<Stage>,
    sent: Cell<f64>,
    total: Cell<f64>,
    /// When and at which byte the bytes began to flow, for the speed; none while they do not.
    since: Cell<Option<(f64, f64)>>,
    spoken_ms: Cell<f64>,
    tus: RefCell<Option<tus::Upload>>,
}

/// Takes over the form.
pub(super) fn wake(root: Element, words: UploadWords, order: Order) {
    let upload = Rc::new(Upload {
        root,
        words,
        order,
        stage: Cell::new(Stage::Choosing),
        sent: Cell::new(0.0),
        total: Cell::new(0.0),
        since: Cell::new(None),
        spoken_ms: Cell::new(0.0),
        tus: RefCell::new(None),
    });
    // Our own sentence instead of the browser's bubble.
    put(&upload.root, "file", "required", &false.into());
    upload.hear(&upload.root, "submit", |upload, event| {
        event.prevent_default();
        upload.submit();
    });
    for (button, act) in
        [("pause", Upload::pause as fn(&Rc<Upload>)), ("resume", Upload::resume), ("cancel", Upload::cancel)]
    {
        if let Some(button) = part(&upload.root, button) {
            let upload = Rc::clone(&upload);
            listen(&button, "click", move |_| act(&upload));
        }
    }
    upload.hear(&window(), "online", |upload, _| {
        if upload.stage.get() == Stage::Sending && upload.since.get().is_none() {
            upload.restart();
        }
    });
    upload.hear(&window(), "offline", |upload, _| {
        if upload.stage.get() == Stage::Sending {
            upload.wait();
        }
    });
    upload.hear(&window(), "beforeunload", |upload, event| {
        if upload.stage.get() == Stage::Sending {
            event.prevent_default();
            set(event, "returnValue", &true.into());
        }
    });
}

impl Upload {
    fn hear(self: &Rc<Self>, target: &web_sys::EventTarget, name: &str, act: fn(&Rc<Self>, &web_sys::Event)) {
        let upload = Rc::clone(self);
        listen(target, name, move |event| act(&upload, &event));
    }

    /// The form was sent: with our script, the file goes by tus instead.
    fn submit(self: &Rc<Self>) {
        let files = part(&self.root, "file").map(|input| get(&input, "files"));
        let file = files.map_or(JsValue::UNDEFINED, |files| get(&files, "0"));
        let Ok(file) = file.dyn_into::<File>() else { return self.refuse(&self.words.error_no_file) };
        if let Some(why) = self.order.refusal(&file, &self.words) {
            return self.refuse(&why);
        }
        self.total.set(file.size());
        self.turn(Stage::Sending);
        let upload = Rc::clone(self);
        spawn_local(async move {
            if load_script(&upload.order.script_url, "tus").await {
                upload.begin(file).await;
            } else {
                // Without the script the plain form still works.
                upload.stage.set(Stage::Finished);
                call(&upload.root, "submit", &[]);
            }
        });
    }

    async fn begin(self: &Rc<Self>, file: File) {
        let settings = self.order.settings(&file);
        let call_back = |name: &str, act: fn(&Rc<Self>, &JsValue) -> bool| {
            let upload = Rc::clone(self);
            set(&settings, name, &function(move |value| act(&upload, &value).into()));
        };
        call_back("onShouldRetry", |upload, error| upload.tries_again(error));
        call_back("onProgress", |upload, sent| upload.progressed(sent.as_f64().unwrap_or(0.0)));
        call_back("onError", |upload, error| upload.gave_up(error));
        call_back("onSuccess", |upload, _| upload.finished());
        let tus = tus::Upload::new(&file, &settings);
        tus::find_what_was_sent(&tus).await;
        tus.start();
        self.tus.replace(Some(tus));
    }

    fn progressed(&self, sent: f64) -> bool {
        if !get(&window().navigator(), "onLine").is_truthy() {
            // A last word about bytes that went out before the connection did.
            return true;
        }
        let (now, total) = (now_ms(), self.total.get());
        self.sent.set(sent);
        self.draw();
        let Some((since, first)) = self.since.get() else {
            self.since.set(Some((now, sent)));
            self.spoken_ms.set(now);
            if sent > 0.0 && sent < total {
                let percent = self.percent().to_string();
                write(&self.root, "said", &fill(&self.words.resumed, &[("percent", &percent)]));
            }
            return true;
        };
        let speed = (sent - first) / (now - since).max(1.0);
        if speed > 0.0 && now - self.spoken_ms.get() >= SPEAK_EVERY_MS {
            self.spoken_ms.set(now);
            let left = in_words(((total - sent) / speed / 1000.0) as u32);
            let left = fill(&self.words.remaining, &[("time", &left)]);
            write(&self.root, "said", &format!("{}{left}", self.figures()));
        }
        true
    }

    fn tries_again(&self, error: &JsValue) -> bool {
        let again = is_worth_a_try(error);
        if again {
            self.wait();
        }
        again
    }

    fn wait(&self) {
        self.since.set(None);
        write(&self.root, "said", &self.words.waiting);
    }

    fn gave_up(&self, error: &JsValue) -> bool {
        let sentence = match status(error) {
            401 | 403 => self.words.error_denied.clone(),
            422 => self.words.error_replaced.clone(),
            0 => self.words.error_other.clone(),
            status => fill(&self.words.error_server, &[("status", &status.to_string())]),
        };
        self.turn(Stage::Paused);
        self.refuse(&sentence);
        true
    }

    fn finished(&self) -> bool {
        self.sent.set(self.total.get());
        self.turn(Stage::Finished);
        write(&self.root, "said", &self.words.finished);
        let _ = window().location().assign(&self.order.done_url);
        true
    }

    fn pause(self: &Rc<Self>) {
        if let Some(tus) = &*self.tus.borrow() {
            let _ = tus.abort(false);
        }
        self.turn(Stage::Paused);
        let percent = self.percent().to_string();
        write(&self.root, "said", &fill(&self.words.paused, &[("percent", &percent)]));
        self.focus("resume");
    }

    fn resume(self: &Rc<Self>) {
        self.turn(Stage::Sending);
        self.focus("pause");
        self.restart();
    }

    /// Goes on now instead of after the present wait.
    fn restart(self: &Rc<Self>) {
        self.since.set(None);
        let Some(tus) = self.tus.borrow().clone() else { return };
        let upload = Rc::clone(self);
        spawn_local(async move {
            let _ = JsFuture::from(tus.abort(false)).await;
            if upload.stage.get() == Stage::Sending {
                tus.start();
            }
        });
    }

    /// Ends the upload and has the server forget what it got.
    fn cancel(self: &Rc<Self>) {
        let tus = self.tus.take();
        self.sent.set(0.0);
        self.since.set(None);
        self.turn(Stage::Choosing);
        self.focus("file");
        let upload = Rc::clone(self);
        spawn_local(async move {
            if let Some(tus) = tus {
                let _ = JsFuture::from(tus.abort(true)).await;
            }
            write(&upload.root, "said", &upload.words.cancelled);
        });
    }

    fn turn(&self, stage: Stage) {
        self.stage.set(stage);
        write(&self.root, "failure", "");
        write(&self.root, "said", "");
        show(&self.root, "choice", stage == Stage::Choosing);
        show(&self.root, "start", stage == Stage::Choosing);
        show(&self.root, "progress", stage != Stage::Choosing);
        show(&self.root, "pause", stage == Stage::Sending);
        show(&self.root, "resume", stage == Stage::Paused);
        show(&self.root, "cancel", matches!(stage, Stage::Sending | Stage::Paused));
        self.draw();
    }

    fn refuse(&self, sentence: &str) {
        write(&self.root, "failure", sentence);
    }

    fn focus(&self, name: &str) {
        if let Some(part) = part(&self.root, name) {
            let _ = part.focus();
        }
    }

    fn draw(&self) {
        put(&self.root, "bar", "value", &self.percent().into());
        write(&self.root, "figures", &self.figures());
    }

    fn percent(&self) -> u32 {
        percent(self.sent.get(), self.total.get())
    }

    /// `{percent}%, {sent} z {total} MB`
    fn figures(&self) -> String {
        let values = [self.percent().to_string(), megabytes(self.sent.get()), megabytes(self.total.get())];
        let values = [("percent", &*values[0]), ("sent", &*values[1]), ("total", &*values[2])];
        fill(&self.words.progress, &values)
    }
}
