//! What every page of teaching begins with: the proof that the person teaches the course, and the way to its other pages.

use courses::course::{self, Course, State};
use courses::{Taught, find};
use leptos::prelude::*;
use words::{Language, courses as text, frame};

use crate::caller::Caller;
use crate::parts::{Link, Tag, Tone};
use crate::problem::Problem;
use crate::state::App;
use crate::visit::Visit;
use crate::way::trail;

/// Opens a page of a course that the person teaches.
pub async fn open(app: &App, caller: &Caller, slug: &str) -> Result<(Visit, Taught), Problem> {
    let mut visit = caller.open(app).await?;
    let taught = find::course(&mut visit.tx, &visit.me, slug).await?.for_teaching()?;
    Ok((visit, taught))
}

/// The same with the course itself.
pub async fn open_course(app: &App, caller: &Caller, slug: &str) -> Result<(Visit, Taught, Course), Problem> {
    let (mut visit, taught) = open(app, caller, slug).await?;
    let course = course::one(&mut visit.tx, &visit.me, &taught).await?;
    Ok((visit, taught, course))
}

/// One of the pages of a course that is taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Its draft.
    Draft,
    /// Its pictures.
    Pictures,
    /// Who takes it.
    People,
    /// How they do.
    Progress,
    /// What was issued to those who finished it.
    Certificates,
    /// Who teaches it.
    Teachers,
    /// Its card.
    Settings,
}

/// The way here and the pages of the course.
pub fn tabs(language: Language, course: &Course, current: Tab) -> AnyView {
    tabs_of(language, (course.card.slug.as_str(), course.card.title.as_str()), course.state, current)
}

/// The same of a course of which only name in addresses, title and state are known.
pub fn tabs_of(language: Language, (slug, title): (&str, &str), state: State, current: Tab) -> AnyView {
    let tab = |tab: Tab, text: &'static str, path: &str| {
        let current = (tab == current).then_some("page");
        view! { <li><a href=format!("/teaching/{slug}{path}") aria-current=current>{text}</a></li> }
    };
    let (href, read) = (format!("/courses/{slug}"), text::tab_read(language));
    let read = (state != State::Draft).then(|| view! { <li><a href=href>{read}</a></li> });
    view! {
        {way(language, &[], title)}
        <nav class="tabs" aria-label=text::tabs_label(language)>
            <ul>
                {tab(Tab::Draft, text::tab_draft(language), "")}
                {tab(Tab::Pictures, text::tab_pictures(language), "/pictures")}
                {tab(Tab::People, text::tab_people(language), "/people")}
                {tab(Tab::Progress, text::tab_progress(language), "/progress")}
                {tab(Tab::Certificates, words::certificates::tab(language), "/certificates")}
                {tab(Tab::Teachers, text::tab_teachers(language), "/teachers")}
                {tab(Tab::Settings, text::tab_settings(language), "/settings")}
                {read}
            </ul>
        </nav>
    }
    .into_any()
}

/// The way from the list of taught courses to this page. `between`: title and path below `/teaching/`.
pub fn way(language: Language, between: &[(&str, &str)], here: &str) -> AnyView {
    let mut links = vec![Link::new(frame::teaching(language), "/teaching")];
    links.extend(between.iter().map(|(title, path)| Link::new(*title, format!("/teaching/{path}"))));
    trail(language, links, here)
}

/// The state of a course in a word.
pub fn state_tag(language: Language, course: &Course) -> AnyView {
    let (tone, word) = match course.state {
        State::Draft => (Tone::Neutral, text::state_draft(language)),
        State::Published if course.changed_since => (Tone::Info, text::state_changed(language)),
        State::Published => (Tone::Success, text::state_published(language)),
        State::Archived => (Tone::Neutral, text::state_archived(language)),
    };
    view! { <Tag tone=tone text=word/> }.into_any()
}
