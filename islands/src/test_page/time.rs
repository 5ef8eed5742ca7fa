//! The time that is left, counted from what the server said: the clock of the machine is asked for differences only. It is no live
//! region; five minutes and one minute before the end are said once.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::Element;

use crate::browser::{after, document, listen, now_ms, part, recall, remember, set, show, target, write};
use crate::phrase::{clock, fill};
use crate::props::TestPageWords;

/// Where the browser remembers that the person hides the time.
const HIDDEN: &str = "test.clock";

struct Time {
    root: Element,
    words: TestPageWords,
    ends_ms: f64,
    /// Seconds that were left when something was said last.
    said: Cell<f64>,
}

/// Counts until the end.
pub(super) fn count(root: &Element, words: &TestPageWords, seconds_left: i64) {
    if seconds_left < 0 {
        return;
    }
    let left = seconds_left as f64;
    let time = Rc::new(Time {
        root: root.clone(),
        words: words.clone(),
        ends_ms: now_ms() + left * 1000.0,
        said: Cell::new(left + 1.0),
    });
    // What the server wrote stands still; this one takes its place.
    if let Ok(Some(line)) = document().query_selector("p.test-time[data-part=time]") {
        set(&line, "hidden", &true.into());
    }
    show(root, "clock-box", true);
    if let Some(button) = part(root, "clock-turn") {
        let turned = Rc::clone(&time);
        listen(&button, "click", move |event| {
            if target(&event, "[data-part=clock-turn]").is_some() {
                remember(HIDDEN, if recall(HIDDEN).is_empty() { "hidden" } else { "" });
                turned.draw();
            }
        });
    }
    time.tick();
}

impl Time {
    fn left(&self) -> f64 {
        ((self.ends_ms - now_ms()) / 1000.0).max(0.0)
    }

    fn tick(self: Rc<Self>) {
        let left = self.left();
        let before = self.said.get();
        for (limit, sentence) in [(300.0, &self.words.five_minutes), (60.0, &self.words.one_minute)] {
            if before > limit && left <= limit && left > 0.0 {
                write(&self.root, "warning", sentence);
            }
        }
        if before > 0.0 && left <= 0.0 {
            write(&self.root, "warning", &self.words.time_over);
        }
        self.said.set(left);
        self.draw();
        if left > 0.0 {
            after(1000, move || self.tick());
        }
    }

    fn draw(&self) {
        let hidden = !recall(HIDDEN).is_empty();
        let text = fill(&self.words.time_left, &[("time", &clock(self.left()))]);
        write(&self.root, "clock", if hidden { "" } else { &text });
        write(&self.root, "clock-turn", if hidden { &self.words.show_time } else { &self.words.hide_time });
    }
}
