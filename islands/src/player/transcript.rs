//! The film in words beside the picture: a list of moments. A click plays from there, the present line is marked.
//!
//! The lines are rendered on the server only and are not part of the props: here they are read from the page.

use std::rc::Rc;

use js_sys::JsString;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, MouseEvent};

use super::wake::Player;
use crate::browser::{call, document, part, recall, set, show};

impl Player {
    /// Only the present line is in the tab order; arrows go from line to line.
    pub(super) fn wake_transcript(&self) {
        show(&self.root, "transcript-tools", true);
        for (index, line) in self.lines().iter().enumerate() {
            line.set_tab_index(if index == 0 { 0 } else { -1 });
        }
    }

    /// A line or a chapter was clicked: go there. With a modifier key it stays a link.
    pub(super) fn click_line(self: &Rc<Self>, line: &Element, event: &Event) {
        let mouse: &MouseEvent = event.unchecked_ref();
        if !(mouse.ctrl_key() || mouse.meta_key() || mouse.shift_key()) {
            event.prevent_default();
            self.seek(start_of(line));
            if line.has_attribute("data-start") {
                self.mark_line(line.unchecked_ref());
            }
            self.follow_chapters();
            self.draw();
        }
    }

    /// Up and down go from line to line, past those that the search has hidden; answers whether the key was one.
    pub(super) fn walk_lines(&self, key: &str) -> bool {
        let forward = match key {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return false,
        };
        let focused = document().active_element();
        let shown: Vec<HtmlElement> =
            self.lines().into_iter().filter(|line| line.offset_parent().is_some()).collect();
        let here = shown.iter().position(|line| Some(line.as_ref()) == focused.as_ref()).unwrap_or(0);
        let next = if forward { here + 1 } else { here.saturating_sub(1) };
        if let Some(line) = shown.get(next) {
            self.only_stop(line);
            let _ = line.focus();
        }
        true
    }

    fn only_stop(&self, line: &HtmlElement) {
        if let Ok(Some(before)) = self.root.query_selector("a[data-start][tabindex=\"0\"]") {
            set(&before, "tabIndex", &(-1).into());
        }
        line.set_tab_index(0);
    }

    /// Marks the line that is being said.
    pub(super) fn follow_transcript(&self) {
        let position = self.position.get() + 0.05;
        let lines = self.lines();
        let next = lines.partition_point(|line| start_of(line) <= position);
        if let Some(line) = next.checked_sub(1).and_then(|index| lines.get(index))
            && !line.has_attribute("aria-current")
        {
            self.mark_line(line);
        }
    }

    /// Marks the chapter that is running.
    pub(super) fn follow_chapters(&self) {
        let position = self.position.get() + 0.05;
        let chapters = self.links("a[data-at]");
        let running = chapters.partition_point(|chapter| start_of(chapter) <= position).checked_sub(1);
        for (index, chapter) in chapters.iter().enumerate() {
            let (marked, runs) = (chapter.has_attribute("aria-current"), Some(index) == running);
            if runs && !marked {
                let _ = chapter.set_attribute("aria-current", "true");
            } else if marked && !runs {
                let _ = chapter.remove_attribute("aria-current");
            }
        }
    }

    fn mark_line(&self, line: &HtmlElement) {
        if let Ok(Some(before)) = self.root.query_selector("a[data-start][aria-current]") {
            let _ = before.remove_attribute("aria-current");
        }
        let _ = line.set_attribute("aria-current", "true");
        let Some(list) = part(&self.root, "lines") else { return };
        let reading = document().active_element().is_some_and(|focused| list.contains(Some(&focused)));
        if !reading {
            self.only_stop(line);
            if recall(&self.memory("follow")).is_empty() {
                // Only the list scrolls, never the page.
                list.set_scroll_top(line.offset_top() - list.client_height() / 3);
            }
        }
    }

    /// Leaves only the lines that contain `sought`; answers how many.
    pub(super) fn search_lines(&self, sought: &str) -> usize {
        let lower = |text: &str| JsString::from(text).to_lower_case();
        let sought = lower(sought.trim());
        let mut found = 0;
        for line in self.lines() {
            let text = lower(&line.text_content().unwrap_or_default());
            let shown = call(&text, "includes", &[sought.clone().into()]).is_truthy();
            found += usize::from(shown);
            if let Some(item) = line.parent_element() {
                set(&item, "hidden", &(!shown).into());
            }
        }
        found
    }

    fn lines(&self) -> Vec<HtmlElement> {
        self.links("a[data-start]")
    }

    fn links(&self, selector: &str) -> Vec<HtmlElement> {
        let Ok(list) = self.root.query_selector_all(selector) else { return Vec::new() };
        (0..list.length()).filter_map(|index| list.get(index)).map(JsCast::unchecked_into).collect()
    }
}

/// Seconds.
fn start_of(line: &Element) -> f64 {
    let start = line.get_attribute("data-start").or_else(|| line.get_attribute("data-at"));
    let start = start.and_then(|start| start.parse::<u32>().ok());
    f64::from(start.unwrap_or(0)) / 1000.0
}
