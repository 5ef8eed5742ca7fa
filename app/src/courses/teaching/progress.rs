//! How the learners of a course do: a table that prints well, and the same as CSV.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use base::PersonId;
use courses::course::Course;
use courses::follow::{self, Following, Learner, Wanted};
use identity::sheet::line;
use leptos::prelude::*;
use serde::Deserialize;
use video::watch::Watched;
use words::{Language, courses as text};

use crate::caller::Caller;
use crate::courses::taught::{self, Tab, tabs};
use crate::date;
use crate::parts::{
    ActionLink, ButtonKind, Coverage, DataTable, Details, EmptyState, Link, PageHead, ProgressBar,
};
use crate::problem::Answer;
use crate::request::{Asked, At};
use crate::state::App;
use crate::video::clock;

/// People on a page.
const ON_A_PAGE: usize = 100;

/// Where in the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    after: String,
}

/// The table, a hundred people to a page by name.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let after = asked.after.parse::<PersonId>().ok();
    let wanted = Wanted { after, most: i64::try_from(ON_A_PAGE + 1).ok() };
    let mut following = follow::learners(&mut visit.tx, &proof, &wanted).await?;
    let more = following.learners.len() > ON_A_PAGE;
    following.learners.truncate(ON_A_PAGE);
    let (language, now) = (visit.language, date::moment(visit.tx.now()));
    let here = format!("/teaching/{slug}/progress");
    let next = following.learners.last().filter(|_| more);
    let next =
        next.map(|last| Link::new(text::progress_next(language), format!("{here}?after={}", last.person)));
    let first = after.map(|_| Link::new(text::progress_first(language), here));
    let ways: Vec<Link> = first.into_iter().chain(next).collect();
    visit
        .page(text::tab_progress(language), move || view(language, &course, &following, (now.as_str(), ways)))
}

fn view(
    language: Language,
    course: &Course,
    following: &Following,
    (now, ways): (&str, Vec<Link>),
) -> AnyView {
    let head = |lead: String, action: AnyView| {
        view! {
            {tabs(language, course, Tab::Progress)}
            <PageHead title=text::tab_progress(language) kicker=course.card.title.clone() lead=lead>{action}</PageHead>
        }
    };
    if following.units == 0 || following.total == 0 {
        let (title, said) = if following.units == 0 {
            (text::progress_unpublished(language), text::progress_unpublished_text(language))
        } else {
            (text::people_empty(language), text::people_empty_text(language))
        };
        return view! { {head(String::new(), ().into_any())}<EmptyState title=title text=said/> }.into_any();
    }
    let lead = text::progress_lead(language, following.total, &following.finished.to_string());
    let href = format!("/teaching/{}/progress.csv", course.card.slug);
    let action =
        view! { <ActionLink label=text::progress_csv(language) href=href kind=ButtonKind::Secondary/> };
    let films = following
        .films
        .iter()
        .map(|film| view! { <th scope="col">{text::column_film(language, &film.title)}</th> });
    let films = films.collect_view();
    let ways = ways.into_iter().map(|link| view! { <a href=link.href>{link.text}</a> }).collect_view();
    let ways = view! { <p class="row">{ways}</p> };
    let rows = following.learners.iter().map(|learner| row(language, following, learner)).collect_view();
    view! {
        {head(lead, action.into_any())}
        <DataTable id="learners" caption=text::progress_caption(language, now)>
            <thead>
                <tr>
                    <th scope="col">{text::column_name(language)}</th>
                    <th scope="col">{text::column_done(language)}</th>
                    <th scope="col">{text::column_at(language)}</th>
                    {films}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        {ways}
        <Details summary=text::progress_how(language)>
            <p>{text::progress_how_units(language)}</p>
            <p>{text::progress_how_films(language)}</p>
        </Details>
    }
    .into_any()
}

fn row(language: Language, following: &Following, learner: &Learner) -> AnyView {
    let done = u32::try_from(learner.done).unwrap_or(0);
    let words = text::done_of(language, &learner.done.to_string(), &following.units.to_string());
    let at = match (&learner.at, learner.last) {
        (Some(at), Some(last)) => view! {
            {at.clone()}<br/><time class="hint" datetime=date::machine(last)>{date::moment(last)}</time>
        }
        .into_any(),
        _ => text::not_begun(language).into_any(),
    };
    let films = following.films.iter().zip(&learner.films).map(|(film, watched)| {
        let seen = watched.seen.iter().map(|(from, to)| (u64::from(*from), u64::from(*to))).collect();
        let length = film.length_ms.map_or(0, u64::from);
        view! { <td><Coverage length_ms=length seen=seen text=seen_text(language, film.length_ms, watched)/></td> }
    });
    let films = films.collect_view();
    let unit = learner.unit_name.clone().map(|name| view! { <br/><span class="hint">{name}</span> });
    view! {
        <tr>
            <th scope="row">{learner.name.clone()}{unit}</th>
            <td>
                <ProgressBar
                    label=text::progress_label(language)
                    value=done
                    max=u32::try_from(following.units).unwrap_or(1)
                    text=words
                />
            </td>
            <td>{at}</td>
            {films}
        </tr>
    }
    .into_any()
}

/// "62%: 0:00–4:10, 5:00–7:12"; many short pieces are counted, not listed.
fn seen_text(language: Language, length_ms: Option<u32>, watched: &Watched) -> String {
    let Some(percent) = watched.percent(length_ms) else {
        return text::film_length_unknown(language).to_owned();
    };
    let percent = percent.to_string();
    match watched.seen.len() {
        0 => text::seen_nothing(language).to_owned(),
        1..=4 => {
            let pieces: Vec<String> =
                watched.seen.iter().map(|(from, to)| format!("{}–{}", clock(*from), clock(*to))).collect();
            text::seen_pieces(language, &percent, &pieces.join(", "))
        }
        many => text::seen_many(language, i64::try_from(many).unwrap_or(0), &percent),
    }
}

/// The table as CSV: UTF-8 with a mark (so that spreadsheets see it), `;` between cells (RFC 4180 otherwise).
pub async fn download(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let following = follow::learners(&mut visit.tx, &proof, &Wanted::default()).await?;
    let (language, today) = (visit.language, date::machine_day(visit.tx.now()));
    drop(visit);
    let name = format!("attachment; filename=\"{slug}-{today}.csv\"");
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, csv(language, &following)).into_response())
}

fn csv(language: Language, following: &Following) -> String {
    let mut head: Vec<String> = [
        text::column_name(language),
        text::column_org_unit(language),
        text::column_done(language),
        text::column_of(language),
        text::column_percent(language),
        text::column_at(language),
        text::column_last(language),
    ]
    .map(str::to_owned)
    .to_vec();
    head.extend(following.films.iter().map(|film| text::column_film_percent(language, &film.title)));
    let mut lines = vec![line(&head)];
    for learner in &following.learners {
        let mut cells = vec![
            learner.name.clone(),
            learner.unit_name.clone().unwrap_or_default(),
            learner.done.to_string(),
            following.units.to_string(),
            learner.percent(following.units).to_string(),
            learner.at.clone().unwrap_or_default(),
            learner.last.map(date::moment).unwrap_or_default(),
        ];
        let films = following.films.iter().zip(&learner.films);
        cells.extend(films.map(|(film, watched)| {
            watched.percent(film.length_ms).map_or(String::new(), |share| share.to_string())
        }));
        lines.push(line(&cells));
    }
    format!("\u{feff}{}", lines.concat())
}
