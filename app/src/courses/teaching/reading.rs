//! How hard the texts of a draft are to read: the index of each unit, how it is counted, and the longest sentences.

use axum::extract::State;
use courses::UnitId;
use courses::outline;
use courses::reading::{self, Ease};
use leptos::prelude::*;
use words::{Language, courses as text, writing as say};

use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{DataTable, Details, EmptyState, PageHead};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// The page. Only for Polish: the formula is that of Polish words.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let mut units: Vec<(UnitId, String, Ease)> = Vec::new();
    for line in outline::draft(&mut visit.tx, &proof).await?.into_iter().flat_map(|section| section.units) {
        let unit = outline::unit(&mut visit.tx, &proof, line.id).await?;
        units.push((unit.id, unit.title, reading::ease(&unit.markdown)));
    }
    let (language, polish) = (visit.language, course.card.language == "pl");
    visit.page(say::reading_title(language), move || {
        let body = if polish { table(language, &slug, &units) } else { only_polish(language) };
        view! {
            {taught::way(language, &[(&course.card.title, &slug)], say::reading_title(language))}
            <PageHead title=say::reading_title(language) kicker=course.card.title.clone() lead=say::reading_lead(language)/>
            {body}
        }
        .into_any()
    })
}

fn only_polish(language: Language) -> AnyView {
    let (title, text) = (say::reading_not_polish(language), say::reading_not_polish_text(language));
    view! { <EmptyState title=title text=text/> }.into_any()
}

fn table(language: Language, slug: &str, units: &[(UnitId, String, Ease)]) -> AnyView {
    let rows = units.iter().map(|(unit, title, ease)| {
        let href = format!("/teaching/{slug}/units/{unit}");
        let sentence = match (ease.words * 10).checked_div(ease.sentences) {
            Some(tenths) => decimal(language, tenths),
            None => text::none(language).to_owned(),
        };
        let hard = match (ease.hard * 100).checked_div(ease.words) {
            Some(percent) => format!("{percent}%"),
            None => text::none(language).to_owned(),
        };
        view! {
            <tr>
                <th scope="row"><a href=href>{title.clone()}</a></th>
                <td class="number">{ease.words}</td>
                <td class="number">{sentence}</td>
                <td class="number">{hard}</td>
                <td>{meaning(language, ease)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <DataTable id="reading" caption=say::reading_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_unit(language)}</th>
                    <th scope="col" class="number">{say::column_words(language)}</th>
                    <th scope="col" class="number">{say::column_sentence(language)}</th>
                    <th scope="col" class="number">{say::column_hard(language)}</th>
                    <th scope="col">{say::column_fog(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <Details summary=say::reading_how(language)>
            <p>{say::reading_formula(language)}</p>
            <p>{say::reading_limits(language)}</p>
            <p>{say::reading_source(language)}</p>
        </Details>
        {longest(language, slug, units)}
    }
    .into_any()
}

/// The index with what it means: "14,0 – jak tekst dla studentów".
fn meaning(language: Language, ease: &Ease) -> String {
    let Some(tenths) = ease.fog_tenths() else { return say::fog_short(language).to_owned() };
    let means = match tenths {
        0..=69 => say::fog_easy(language),
        70..=99 => say::fog_plain(language),
        100..=129 => say::fog_middle(language),
        130..=169 => say::fog_hard(language),
        _ => say::fog_very_hard(language),
    };
    format!("{} – {means}", decimal(language, tenths))
}

fn decimal(language: Language, tenths: usize) -> String {
    let mark = words::player::decimal_mark(language);
    format!("{}{mark}{}", tenths / 10, tenths % 10)
}

fn longest(language: Language, slug: &str, units: &[(UnitId, String, Ease)]) -> AnyView {
    let items = units.iter().flat_map(|(unit, title, ease)| {
        ease.longest.iter().map(move |sentence| {
            let href = format!("/teaching/{slug}/units/{unit}?line={}#place", sentence.line);
            let words = i64::try_from(sentence.words).unwrap_or(i64::MAX);
            let text: String = sentence.text.chars().take(600).collect();
            view! {
                <li><a href=href>{title.clone()}</a>", "{say::sentence_words(language, words)}": "<q>{text}</q></li>
            }
        })
    });
    let items = items.collect_view();
    if items.is_empty() {
        return ().into_any();
    }
    view! { <h2>{say::longest_title(language)}</h2><p>{say::longest_text(language)}</p><ul>{items}</ul> }
        .into_any()
}
