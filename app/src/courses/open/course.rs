//! GET /o/{office}/{slug}: a course as anybody reads it.

use axum::extract::State;
use courses::learn::Outline as Lines;
use courses::open::{self, Opened};
use leptos::prelude::*;
use words::{Language, courses as text, open as say};

use super::{Reader, public, to_account, way};
use crate::caller::Caller;
use crate::courses::lines;
use crate::date;
use crate::parts::{ActionLink, Outline, PageHead};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// The course.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At((office, slug)): At<(String, String)>,
) -> Answer {
    let reader = Reader::of(&app, &caller).await?;
    let (mut tx, opened) = open::course(&app.db, &office, &slug).await?;
    let lines = open::outline(&mut tx, &opened).await?;
    drop(tx);
    let (language, member) = (reader.language, reader.belongs_to(&opened));
    let about = if lines.summary.is_empty() { &lines.title } else { &lines.summary };
    let (title, public) = (lines.title.clone(), public(&opened, "", about));
    Ok(reader.page(&title, public, move || view(language, &opened, lines, member)))
}

fn view(language: Language, opened: &Opened, lines: Lines, member: bool) -> AnyView {
    let start = lines.units.first().map(|line| {
        let href = format!("{}/{}", opened.path(), line.slug);
        view! { <ActionLink label=say::start(language, &line.title) href=href/> }
    });
    let minutes = lines.units.iter().map(|line| i64::from(line.minutes)).sum();
    let units = i64::try_from(lines.units.len()).unwrap_or(0);
    let version = text::version_of(language, &lines.version.to_string(), &date::day(lines.published_at));
    let facts = lines::card_facts(language, units, minutes).into_iter().chain([version]);
    let facts = facts.map(|fact| view! { <li>{fact}</li> }).collect_view();
    let sections = lines::sections(language, &opened.path(), &lines.units, "");
    view! {
        {way(language, opened, None, &lines.title)}
        <PageHead title=lines.title kicker=opened.host().name.clone() lead=lines.summary>{start}</PageHead>
        <p>{say::intro(language)}</p>
        <ul class="facts">{facts}</ul>
        {to_account(language, opened, member, say::certificate_text(language))}
        <h2>{text::outline_label(language)}</h2>
        <Outline sections=sections words=lines::words(language) level=3/>
    }
    .into_any()
}
