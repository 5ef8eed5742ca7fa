//! GET /o/{office}/{slug}/{unit}: a unit as anybody reads it: its film, its text, and the way on. Nothing is noted.

use axum::extract::State;
use courses::learn::{Line, Outline as Lines};
use courses::open::{self, Opened};
use courses::translation::Languages;
use leptos::prelude::*;
use serde::Deserialize;
use video::companion;
use words::{Language, courses as text, open as say, writing};

use super::{Reader, public, to_account, way};
use crate::caller::Caller;
use crate::courses::film::{self, Audience, Scene, Shown};
use crate::courses::{in_languages, lines};
use crate::parts::{Columns, Link, Outline, PageHead, Prose, StepLinks, StepWords};
use crate::problem::Answer;
use crate::request::{Asked, At};
use crate::state::App;

/// Where to begin the film, in seconds, and the language to read; anything else is passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    t: String,
    language: String,
}

/// The unit.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At((office, slug, unit)): At<(String, String, String)>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    let reader = Reader::of(&app, &caller).await?;
    let (mut tx, opened) = open::course(&app.db, &office, &slug).await?;
    let reading = open::read(&mut tx, &opened, &unit).await?;
    let lines = open::outline(&mut tx, &opened).await?;
    let at = lines.units.iter().position(|line| line.slug == unit).ok_or(courses::Error::NotFound)?;
    let film = match courses::film::of_open_reading(&opened, &reading) {
        Some(proof) => {
            let scene = Scene {
                app: &app,
                films: format!("{}/films", opened.path()),
                title: &lines.units[at].title,
                language: reader.language,
                course_language: &lines.language,
                audience: Audience::Visitor,
            };
            let mut shown = film::read_in(&mut tx, &proof, &scene).await?;
            for (kind, other) in companion::of(&mut tx, &proof).await.map_err(courses::Error::from)? {
                match courses::film::for_anybody(&mut tx, &opened, other).await {
                    Ok(proof) => shown.add(&mut tx, kind, &proof, &scene.films).await?,
                    Err(courses::Error::NotFound) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Some(shown.starting_at(asked.t.parse().ok()))
        }
        None => None,
    };
    let wanted = Language::from_code(&asked.language).unwrap_or(reader.language);
    let languages = open::languages(&mut tx, &opened, reading.id, wanted.code()).await?;
    drop(tx);
    let title = format!("{} – {}", lines.units[at].title, lines.title);
    let public = public(&opened, &format!("/{unit}"), &format!("{title}. {}", lines.summary));
    let (language, member) = (reader.language, reader.belongs_to(&opened));
    let has_test = reading.test.is_some();
    let page = Page { at, member, has_test, html: reading.html, film, lines, languages };
    Ok(reader.page(&title, public, move || view(language, &opened, page)))
}

struct Page {
    at: usize,
    member: bool,
    has_test: bool,
    html: String,
    film: Option<Shown>,
    lines: Lines,
    languages: Languages,
}

fn view(language: Language, opened: &Opened, page: Page) -> AnyView {
    let Page { at, member, has_test, html, film, mut lines, mut languages } = page;
    let translated = languages.text.take();
    for unit in &mut lines.units {
        if let Some(title) = languages.titles.remove(&unit.id) {
            unit.title = title;
        }
    }
    let Some(line) = lines.units.get(at).cloned() else { return ().into_any() };
    let path = opened.path();
    let step = |line: &Line| Link::new(line.title.clone(), format!("{path}/{}", line.slug));
    let previous = at.checked_sub(1).and_then(|before| lines.units.get(before)).map(step);
    let next = lines.units.get(at + 1).map(step);
    let steps = StepWords {
        previous: text::step_previous(language).to_owned(),
        next: text::step_next(language).to_owned(),
    };
    let sections = lines::sections(language, &path, &lines.units, &line.slug);
    let aside = view! { <Outline sections=sections words=lines::words(language)/> };
    let last = at + 1 == lines.units.len();
    let account = match (has_test, last) {
        (true, _) => Some(to_account(language, opened, member, say::unit_test(language))),
        (false, true) => Some(to_account(language, opened, member, say::certificate_text(language))),
        (false, false) => None,
    };
    let of_text = if translated.is_some() { &languages.chosen } else { &lines.language };
    let switch = switch(language, &lines.language, of_text, &languages);
    let text_language = (of_text != language.code()).then(|| of_text.clone());
    let html = translated.map_or(html, |text| text.html);
    let film = film.map(|shown| film::view(language, shown));
    view! {
        {way(language, opened, Some(&lines.title), &line.title)}
        <Columns aside=aside.into_any()>
            <PageHead title=line.title kicker=line.section/>
            {switch}
            {film}
            <Prose html=html lang=text_language/>
            {account}
            <StepLinks label=text::steps_label(language) previous=previous next=next words=steps/>
        </Columns>
    }
    .into_any()
}

/// The other languages as links, because a choice is kept nowhere; nothing for a course in one language. `own`: the course's
/// language, `read`: the one that the text is in.
fn switch(language: Language, own: &str, read: &str, languages: &Languages) -> AnyView {
    if languages.others.is_empty() {
        return ().into_any();
    }
    let all = std::iter::once(own).chain(languages.others.iter().map(String::as_str));
    let links = all
        .map(|code| {
            let (name, code) = (in_languages::name_of(code), code.to_owned());
            if code == read {
                return view! { <strong aria-current="true" lang=code>{name}</strong> }.into_any();
            }
            view! { <a href=format!("?language={code}") lang=code.clone() hreflang=code.clone()>{name}</a> }
                .into_any()
        })
        .collect_view();
    view! { <nav class="row" aria-label=writing::reader_languages(language)>{links}</nav> }.into_any()
}
