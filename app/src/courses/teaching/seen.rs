//! What a unit asks to have been seen of its film, and which parts of it are really seen: as a picture and as a table.

use axum::extract::State;
use courses::{Error, UnitId, outline, seen};
use leptos::prelude::*;
use serde::Deserialize;
use video::watch::{self, Heat};
use video::{caption, film as area};
use words::{Language, courses as text, films as say, frame};

use super::film;
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{
    ButtonKind, DataTable, EmptyState, Field, FieldKind, FormErrors, PageHead, PostForm, SubmitButton,
};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;

/// Most parts that a film is divided into.
const PARTS: u32 = 40;
/// Height of the picture, and width of a part, in its own units.
const HEIGHT: usize = 100;
const WIDTH: usize = 10;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    film_percent: String,
}

/// Keeps what has to be seen.
pub async fn ask(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(typed): Posted<Asking>,
) -> Answer {
    let (mut visit, proof, mut page) = film::open(&app, &caller, &slug, id).await?;
    film::editable(&mut visit, &proof, id).await?;
    let percent = typed.film_percent.trim().trim_end_matches('%').trim_end();
    // What is no number becomes one that is refused.
    let percent = if percent.is_empty() { None } else { Some(percent.parse().unwrap_or(-1)) };
    match seen::ask(&mut visit.tx, &proof, id, percent).await {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}/units/{id}/film"), "film-asked").await,
        Err(Error::Invalid(_)) => {
            let most = seen::MOST_PERCENT.to_string();
            page.errors.add("film_percent", say::asked_wrong(visit.language, &most));
            page.percent = typed.film_percent;
            film::answer(visit, page)
        }
        Err(error) => Err(error.into()),
    }
}

/// The form of it, and the way to the parts that are seen.
pub fn form(language: Language, path: &str, percent: &str, errors: &FormErrors) -> AnyView {
    let field = view! {
        <Field
            name="film_percent"
            label=say::asked_label(language)
            note=frame::optional(language)
            hint=say::asked_hint(language, &seen::MOST_PERCENT.to_string())
            kind=FieldKind::Number
            min="1"
            max=seen::MOST_PERCENT.to_string()
            value=percent.to_owned()
            error=errors.of("film_percent")
        />
    };
    view! {
        <h2>{say::asked_title(language)}</h2>
        <PostForm action=format!("{path}/film/seen")>
            {field}
            <SubmitButton label=say::asked_save(language) kind=ButtonKind::Secondary/>
        </PostForm>
        <p><a href=format!("{path}/film/seen")>{say::heat_link(language)}</a></p>
    }
    .into_any()
}

/// Which parts of the film are seen by how many.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    let editable = film::editable(&mut visit, &proof, id).await?;
    let length = area::one(&mut visit.tx, &editable.watchable()).await?.length_ms;
    let everybody = watch::everybody(&mut visit.tx, &editable).await?;
    let watched: Vec<_> = everybody
        .into_iter()
        .map(|(_, watched)| watched)
        .filter(|watched| !watched.seen.is_empty())
        .collect();
    let parts = watch::heat(&watched, length.unwrap_or(0), PARTS);
    let language = visit.language;
    let title = say::heat_title(language, &unit.title);
    let count = watched.len();
    visit.page(&title.clone(), move || {
        let below = format!("{slug}/units/{id}");
        let film_page = format!("{below}/film");
        let between = [
            (course.card.title.as_str(), slug.as_str()),
            (unit.title.as_str(), below.as_str()),
            (text::film_title(language), film_page.as_str()),
        ];
        let inside = if count == 0 || length.is_none() {
            view! { <EmptyState title=say::heat_empty(language) text=say::heat_empty_text(language)/> }
                .into_any()
        } else {
            view! {
                <p>{say::heat_lead(language, i64::try_from(count).unwrap_or(i64::MAX))}</p>
                {picture(&parts, count)}
                {table(language, &parts, count)}
            }
            .into_any()
        };
        view! {
            {taught::way(language, &between, say::heat_short(language))}
            <PageHead title=title/>
            {inside}
        }
        .into_any()
    })
}

/// Bars as high as the share of those who saw the part. The table says the same.
fn picture(parts: &[Heat], count: usize) -> AnyView {
    let bars = parts.iter().enumerate().map(|(at, part)| {
        let height = (part.people * HEIGHT / count.max(1)).min(HEIGHT);
        let (x, y) = ((at * WIDTH).to_string(), (HEIGHT - height).to_string());
        let (width, height) = ((WIDTH - 1).to_string(), height.to_string());
        view! {
            <rect
                class="coverage-seen"
                x=x
                y=y
                width=width
                height=height
            ></rect>
        }
    });
    let bars = bars.collect_view();
    let width = (parts.len() * WIDTH).to_string();
    let (height, around) = (HEIGHT.to_string(), format!("0 0 {width} {HEIGHT}"));
    let all = height.clone();
    view! {
        <div class="coverage">
            <svg
                width="100%"
                height=height
                viewBox=around
                preserveAspectRatio="none"
                aria-hidden="true"
                focusable="false"
            >
                <rect class="coverage-all" width=width height=all></rect>
                {bars}
            </svg>
        </div>
    }
    .into_any()
}

fn table(language: Language, parts: &[Heat], count: usize) -> AnyView {
    let rows = parts.iter().map(|part| {
        let place = format!("{}–{}", short(part.from_ms), short(part.to_ms));
        view! {
            <tr>
                <th scope="row">{place}</th>
                <td class="number">{part.people.to_string()}</td>
                <td class="number">{format!("{}%", part.people * 100 / count.max(1))}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <DataTable id="seen" caption=say::heat_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say::heat_part(language)}</th>
                    <th scope="col" class="number">{say::heat_people(language)}</th>
                    <th scope="col" class="number">{say::heat_share(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// A place in the film without thousandths: `00:01:05`.
fn short(ms: u32) -> String {
    let mut clock = caption::clock(ms);
    clock.truncate(8);
    clock
}
