//! How good the questions of a test are: difficulty, discrimination and wrong options that nobody takes, as a table and as a
//! picture of the same numbers. GET /teaching/{slug}/units/{unit_id}/test/items.

use axum::extract::State;
use courses::UnitId;
use courses::quiz::analysis::{Item, LEAST_ATTEMPTS};
use courses::quiz::items::{self, Known};
use courses::quiz::{Kind, Question};
use leptos::prelude::*;
use words::{Language, quizzes as say};

use super::{form, open};
use crate::caller::Caller;
use crate::parts::{DataTable, Details, EmptyState, PageHead, Tag, Tone, together};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// Below it a question hardly tells those who know from those who do not.
const WEAK: f64 = 0.2;
/// Edges of the picture, and its size.
const LEFT: f64 = 60.0;
const TOP: f64 = 20.0;
const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 300.0;
/// Symbols that are nearer to each other would cover each other.
const NEAR: f64 = 28.0;

/// GET: the analysis.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let known = items::known(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let title = say::items(language);
    visit.page(title, move || {
        let inside = if known.items.is_empty() {
            view! { <EmptyState title=say::no_results(language) text=say::no_results_text(language)/> }
                .into_any()
        } else {
            view! { {picture(language, &known)}{table(language, &known)} }.into_any()
        };
        let rests = i64::try_from(known.attempts).unwrap_or(i64::MAX);
        let least = LEAST_ATTEMPTS.to_string();
        let few =
            (known.attempts < LEAST_ATTEMPTS).then(|| view! { <p>{say::items_few(language, &least)}</p> });
        view! {
            {place.head(language, say::tab_items(language))}
            <PageHead title=title kicker=place.unit.title.clone() lead=say::items_rest(language, rests)/>
            {few}
            {inside}
            <Details summary=say::items_how(language)><p>{say::items_how_text(language)}</p></Details>
        }
        .into_any()
    })
}

/// 0.62 as people write it: "0,62".
fn decimal(language: Language, value: f64) -> String {
    let text = format!("{value:.2}");
    if language == Language::En { text } else { text.replace('.', ",") }
}

/// A place in the picture.
fn at(value: f64) -> String {
    format!("{value:.1}")
}

/// A question in the picture.
struct Point {
    number: usize,
    difficulty: f64,
    discrimination: f64,
}

/// Each question as its number, by difficulty and discrimination. A weak one has a square, a good one a circle. Questions that would
/// cover each other are one symbol with a letter and their number; below the picture each letter is told. Nothing while no question has
/// both numbers.
fn picture(language: Language, known: &Known) -> AnyView {
    let (right, bottom) = (at(LEFT + WIDTH), at(TOP + HEIGHT));
    let height = |discrimination: f64| TOP + (1.0 - discrimination.clamp(-1.0, 1.0)) / 2.0 * HEIGHT;
    let points: Vec<Point> = (1..)
        .zip(&known.items)
        .filter_map(|(number, (_, item)): (usize, _)| {
            Some(Point { number, difficulty: item.difficulty?, discrimination: item.discrimination? })
        })
        .collect();
    if points.is_empty() {
        return ().into_any();
    }
    let places: Vec<(f64, f64)> =
        points.iter().map(|point| (LEFT + point.difficulty * WIDTH, height(point.discrimination))).collect();
    let (mut marks, mut told) = (Vec::new(), Vec::new());
    for group in together::groups(&places, NEAR) {
        let group: Vec<(&Point, (f64, f64))> =
            group.into_iter().filter_map(|at| Some((points.get(at)?, places.get(at).copied()?))).collect();
        let Some((first, place)) = group.first() else { continue };
        let weak = group.iter().any(|(point, _)| point.discrimination < WEAK);
        if group.len() == 1 {
            marks.push(mark(*place, weak, first.number.to_string(), None));
            continue;
        }
        let letter = together::name(told.len());
        marks.push(mark(*place, weak, letter.clone(), Some(group.len())));
        let numbers: Vec<String> = group.iter().map(|(point, _)| point.number.to_string()).collect();
        let count = i64::try_from(group.len()).unwrap_or(i64::MAX);
        told.push(say::items_together(language, count, &letter, &numbers.join(", ")));
    }
    let told = (!told.is_empty()).then(|| {
        let lines = told.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        view! { <p>{say::items_together_lead(language)}</p><ul>{lines}</ul> }
    });
    let (left, top, line) = (at(LEFT), at(TOP), at(height(WEAK)));
    let (before, middle) = (at(LEFT - 8.0), at(LEFT + WIDTH / 2.0));
    let (below, name) = (at(TOP + HEIGHT + 20.0), at(TOP + HEIGHT + 42.0));
    // The table below says the same; the picture is for those who see it.
    view! {
        <figure>
            <svg class="items-chart" viewBox="0 0 600 370" aria-hidden="true" focusable="false">
                <line x1=left.clone() y1=bottom.clone() x2=right.clone() y2=bottom.clone()></line>
                <line x1=left.clone() y1=top.clone() x2=left.clone() y2=bottom.clone()></line>
                <line x1=left.clone() y1=line.clone() x2=right.clone() y2=line stroke-dasharray="6 4"></line>
                <text x=before.clone() y=at(TOP + 5.0) text-anchor="end">"1"</text>
                <text x=before.clone() y=at(height(0.0)) text-anchor="end">"0"</text>
                <text x=before y=bottom text-anchor="end">"−1"</text>
                <text x=left y=below.clone()>"0%"</text>
                <text x=right y=below text-anchor="end">"100%"</text>
                <text x=middle y=name text-anchor="middle">{say::items_axis_x(language)}</text>
                <text x=at(LEFT + 8.0) y=top>{say::items_axis_y(language)}</text>
                {marks}
            </svg>
            <figcaption>{say::items_caption(language)}{told}</figcaption>
        </figure>
    }
    .into_any()
}

/// One symbol; of several questions it has a second edge and says how many they are.
fn mark((x, y): (f64, f64), weak: bool, said: String, many: Option<usize>) -> AnyView {
    let shape = |class: &'static str, half: f64| {
        let size = at(2.0 * half);
        if weak {
            view! { <rect class=format!("{class} weak") x=at(x - half) y=at(y - half) width=size.clone() height=size></rect> }
                .into_any()
        } else {
            view! { <circle class=class cx=at(x) cy=at(y) r=at(half)></circle> }.into_any()
        }
    };
    let edge = many.map(|_| shape("mark", 16.0));
    let count = many.map(|many| {
        view! { <text class="count" x=at(x + 18.0) y=at(y - 12.0)>{format!("×{many}")}</text> }
    });
    view! {
        {edge}
        {shape("mark", 12.5)}
        <text x=at(x) y=at(y) text-anchor="middle" dominant-baseline="central">{said}</text>
        {count}
    }
    .into_any()
}

fn table(language: Language, known: &Known) -> AnyView {
    let rows = (1..)
        .zip(&known.items)
        .map(|(number, (question, item)): (usize, _)| {
            let difficulty = item.difficulty.map(|share| format!("{}%", (share * 100.0).round()));
            let discrimination = item.discrimination.map(|value| decimal(language, value));
            let weak = item.discrimination.filter(|value| *value < WEAK).map(|value| {
                let text =
                    if value < 0.0 { say::items_wrong_key(language) } else { say::items_weak(language) };
                view! { " "<Tag tone=Tone::Warning text=text/> }
            });
            view! {
                <tr>
                    <th scope="row">{number.to_string()}". "{form::name_of(question)}</th>
                    <td class="number">{item.asked.to_string()}</td>
                    <td class="number">{item.empty.to_string()}</td>
                    <td class="number">{difficulty.unwrap_or_else(|| "–".to_owned())}</td>
                    <td>{discrimination.unwrap_or_else(|| "–".to_owned())}{weak}</td>
                    <td>{unused(language, question, item)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="items" caption=say::items(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_question(language)}</th>
                    <th scope="col" class="number">{say::items_asked(language)}</th>
                    <th scope="col" class="number">{say::items_empty(language)}</th>
                    <th scope="col" class="number">{say::items_difficulty(language)}</th>
                    <th scope="col">{say::items_discrimination(language)}</th>
                    <th scope="col">{say::items_unused(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// Wrong options that hardly anybody takes, with how often they were taken.
fn unused(language: Language, question: &Question, item: &Item) -> AnyView {
    let name = |at: usize| match &question.kind {
        Kind::Single { options } | Kind::Multiple { options } => {
            options.get(at).map(|option| option.text.clone()).unwrap_or_default()
        }
        Kind::Hotspot { areas, .. } => areas.get(at).map(|area| area.name.clone()).unwrap_or_default(),
        _ => String::new(),
    };
    let lines = item
        .unused
        .iter()
        .map(|at| {
            let times = item.chosen.get(*at).copied().unwrap_or(0);
            let times = say::items_times(language, i64::try_from(times).unwrap_or(i64::MAX));
            view! { <li>{name(*at)}" ("{times}")"</li> }
        })
        .collect_view();
    if item.unused.is_empty() { ().into_any() } else { view! { <ul>{lines}</ul> }.into_any() }
}
