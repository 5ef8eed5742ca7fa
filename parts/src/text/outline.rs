//! The outline of a course: sections and units, each with its state as shape and as words.

use leptos::prelude::*;

use crate::SafeUrl;
use crate::heading::{filled, heading};

/// How far the person is with one unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnitState {
    /// Not opened yet.
    #[default]
    NotStarted,
    /// Opened, not finished.
    Current,
    /// Finished.
    Done,
}

/// One unit of a section.
#[derive(Clone, Debug, Default)]
pub struct OutlineUnit {
    /// Its title.
    pub title: String,
    /// Its page; `None` when it cannot be opened yet.
    pub href: Option<SafeUrl>,
    /// How far the person is.
    pub state: UnitState,
    /// A few words more: "film, 12 min".
    pub note: String,
    /// True for the unit being read.
    pub here: bool,
}

/// One section of a course.
#[derive(Clone, Debug, Default)]
pub struct OutlineSection {
    /// Its title; empty when the course has no sections.
    pub title: String,
    /// Its units in order.
    pub units: Vec<OutlineUnit>,
}

/// Words of the outline.
#[derive(Clone, Debug, Default)]
pub struct OutlineWords {
    /// Name of the navigation: "Spis lekcji".
    pub label: String,
    /// "ukończona".
    pub done: String,
    /// "rozpoczęta".
    pub current: String,
    /// "nierozpoczęta".
    pub not_started: String,
}

impl OutlineWords {
    fn of(&self, state: UnitState) -> String {
        match state {
            UnitState::Done => self.done.clone(),
            UnitState::Current => self.current.clone(),
            UnitState::NotStarted => self.not_started.clone(),
        }
    }
}

/// The outline of a course.
#[component]
pub fn Outline(
    /// Sections in order.
    sections: Vec<OutlineSection>,
    /// Words.
    words: OutlineWords,
    /// Level of the section headings, 2 to 4.
    #[prop(default = 2)]
    level: u8,
) -> impl IntoView {
    let label = words.label.clone();
    let sections = sections
        .into_iter()
        .map(|section| {
            let title = filled(section.title).map(|text| heading(level, "outline-title", text.into_any()));
            let units = section.units.into_iter().map(|one| unit(one, &words)).collect_view();
            view! { {title}<ol>{units}</ol> }
        })
        .collect_view();
    view! { <nav class="outline" aria-label=label>{sections}</nav> }.into_any()
}

fn unit(unit: OutlineUnit, words: &OutlineWords) -> AnyView {
    let class = match unit.state {
        UnitState::Done => "done",
        UnitState::Current => "started",
        UnitState::NotStarted => "new",
    };
    let state = words.of(unit.state);
    let note = filled(unit.note).map(|text| view! { <span class="outline-note">", "{text}</span> });
    let inside = view! {
        <span class="outline-name">{unit.title}</span>
        <span class="visually-hidden">", "{state}</span>
        {note}
    };
    let current = unit.here.then_some("page");
    let inside = match unit.href {
        Some(href) => view! { <a href=href aria-current=current>{inside}</a> }.into_any(),
        None => view! { <span class="closed">{inside}</span> }.into_any(),
    };
    view! { <li class=class>{inside}</li> }.into_any()
}
