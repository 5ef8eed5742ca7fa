//! A course in several languages: which units, tests and films have words in which of them.

use axum::extract::State;
use courses::UnitId;
use courses::course::Course;
use courses::film::{self, Captioned};
use courses::outline;
use courses::quiz::translated::{self, State as Worded};
use courses::title::{self, Title};
use courses::translation::{self, LANGUAGES, Text};
use leptos::prelude::*;
use words::{Language, writing as say};

use super::findings;
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{DataTable, PageHead, Tag, Tone};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// Which units are written in which languages.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let texts = translation::texts(&mut visit.tx, &proof).await?;
    let titles = title::all(&mut visit.tx, &proof).await?;
    let films = film::captioned(&mut visit.tx, &proof).await?;
    let outline = outline::draft(&mut visit.tx, &proof).await?;
    let tests = translated::states(&mut visit.tx, &proof).await?;
    let units =
        outline.into_iter().flat_map(|section| section.units).map(|unit| (unit.id, unit.title)).collect();
    let language = visit.language;
    visit.page(say::languages_title(language), move || {
        let all = All { units, titles: Some(titles), films, tests };
        table(language, &course, all, &texts)
    })
}

/// What the table has rows of.
struct All {
    units: Vec<(UnitId, String)>,
    /// Of the course; `None` on the page of one unit.
    titles: Option<Vec<Title>>,
    films: Vec<Captioned>,
    /// How far the tests of these units are in each language.
    tests: Vec<(UnitId, String, Worded)>,
}

/// The state of a text, and the way to it.
pub(super) fn cell(language: Language, stale: Option<bool>, href: String, subject: String) -> AnyView {
    let (tone, word) = match stale {
        None => (Tone::Warning, say::translation_missing(language)),
        Some(true) => (Tone::Warning, say::translation_stale(language)),
        Some(false) => (Tone::Success, say::translation_there(language)),
    };
    view! {
        <td>
            <Tag tone=tone text=word/>
            " "
            <a href=href>{say::translation_write(language)}<span class="visually-hidden">{subject}</span></a>
        </td>
    }
    .into_any()
}

/// The row of the course's title and summary.
fn title_row(language: Language, course: &Course, titles: &[Title]) -> AnyView {
    let name = say::translation_card(language);
    let cells = others(course).map(|code| {
        let stale = titles.iter().find(|title| title.language == code).map(|title| title.stale);
        let href = format!("/teaching/{}/languages/{code}", course.card.slug);
        cell(language, stale, href, format!(": {name}, {}", findings::name_of(code)))
    });
    let cells = cells.collect_view();
    view! { <tr><th scope="row">{name}</th>{cells}</tr> }.into_any()
}

/// The row of the test of a unit, when it has one.
fn test_row(
    language: Language,
    course: &Course,
    (unit, title): (UnitId, &str),
    tests: &[(UnitId, String, Worded)],
) -> Option<AnyView> {
    if !tests.iter().any(|(of, ..)| *of == unit) {
        return None;
    }
    let name = say::translation_test(language, title);
    let cells = others(course).map(|code| {
        let state =
            tests.iter().find(|(of, known, _)| *of == unit && known == code).map(|(.., state)| *state);
        let stale = match state {
            None | Some(Worded::Missing) => None,
            Some(Worded::Stale) => Some(true),
            Some(Worded::There) => Some(false),
        };
        let href = format!("/teaching/{}/units/{unit}/languages/{code}#questions", course.card.slug);
        cell(language, stale, href, format!(": {name}, {}", findings::name_of(code)))
    });
    let cells = cells.collect_view();
    Some(view! { <tr><th scope="row">{name.clone()}</th>{cells}</tr> }.into_any())
}

/// The films and in which languages they have captions: in all three, the course's own first.
fn captions(language: Language, course: &Course, films: Vec<Captioned>) -> Option<AnyView> {
    if films.is_empty() {
        return None;
    }
    let own = course.card.language.clone();
    let codes: Vec<String> = std::iter::once(own).chain(others(course).map(str::to_owned)).collect();
    let heads =
        codes.iter().map(|code| view! { <th scope="col">{findings::name_of(code)}</th> }).collect_view();
    let rows = films.into_iter().map(|film| {
        let cells = codes.iter().map(|code| {
            let there = film.languages.contains(code).then_some(false);
            let href = format!("/teaching/{}/units/{}/film", course.card.slug, film.unit);
            cell(language, there, href, format!(": {}, {}", film.title, findings::name_of(code)))
        });
        let cells = cells.collect_view();
        view! { <tr><th scope="row">{film.title.clone()}</th>{cells}</tr> }
    });
    let rows = rows.collect_view();
    Some(
        view! {
            <p>{say::languages_captions_lead(language)}</p>
            <DataTable id="captions" caption=say::languages_captions(language)>
                <thead><tr><th scope="col">{say::column_film(language)}</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .into_any(),
    )
}

/// The languages beside the course's own.
pub(super) fn others(course: &Course) -> impl Iterator<Item = &'static str> {
    let own = course.card.language.clone();
    LANGUAGES.into_iter().filter(move |code| *code != own)
}

fn table(language: Language, course: &Course, all: All, texts: &[Text]) -> AnyView {
    let All { units, titles, films, tests } = all;
    let titles = titles.map(|titles| title_row(language, course, &titles));
    let slug = &course.card.slug;
    let own = findings::name_of(&course.card.language);
    let heads =
        others(course).map(|code| view! { <th scope="col">{findings::name_of(code)}</th> }).collect_view();
    let rows = units.into_iter().map(|(unit, title)| {
        let cells = others(course).map(|code| {
            let text = texts.iter().find(|text| text.unit == unit && text.language == code);
            let href = format!("/teaching/{slug}/units/{unit}/languages/{code}");
            let subject = format!(": {title}, {}", findings::name_of(code));
            cell(language, text.map(|text| text.stale), href, subject)
        });
        let cells = cells.collect_view();
        let test = test_row(language, course, (unit, &title), &tests);
        view! { <tr><th scope="row">{title.clone()}</th>{cells}</tr>{test} }
    });
    let rows = rows.collect_view();
    let tests = (!tests.is_empty()).then(|| view! { <p>{say::languages_tests(language, &own)}</p> });
    view! {
        {taught::way(language, &[(&course.card.title, slug)], say::languages_title(language))}
        <PageHead
            title=say::languages_title(language)
            kicker=course.card.title.clone()
            lead=say::languages_lead(language, &own)
        />
        <DataTable id="languages" caption=say::languages_caption(language)>
            <thead><tr><th scope="col">{say::column_unit(language)}</th>{heads}</tr></thead>
            <tbody>{titles}{rows}</tbody>
        </DataTable>
        {tests}
        {captions(language, course, films)}
    }
    .into_any()
}

/// The languages of one unit: as the whole table, which has its row.
pub async fn of_unit(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    let texts = translation::texts(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let films = film::captioned(&mut visit.tx, &proof).await?;
    let films = films.into_iter().filter(|film| film.unit == id).collect();
    let tests = translated::states(&mut visit.tx, &proof).await?;
    let tests = tests.into_iter().filter(|(unit, ..)| *unit == id).collect();
    visit.page(say::languages_title(language), move || {
        let all = All { units: vec![(unit.id, unit.title)], titles: None, films, tests };
        table(language, &course, all, &texts)
    })
}
