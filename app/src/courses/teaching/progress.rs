//! How the learners of a course do: a table that is searched, filtered, put in order and read a hundred at a time, and that prints well; and
//! everybody as CSV.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use courses::follow::{self, Following, Learner, Order, Stage, Wanted};
use identity::sheet::line;
use leptos::prelude::*;
use serde::Deserialize;
use video::watch::Watched;
use words::{Language, courses as text, identity as people};

use crate::caller::Caller;
use crate::courses::due;
use crate::courses::taught::{self, Tab, tabs_of};
use crate::date;
use crate::parts::{
    ActionLink, ButtonKind, Choice, Coverage, DataTable, Details, EmptyState, Field, FieldKind, Link,
    PageHead, ProgressBar, Select, SubmitButton, Tag,
};
use crate::problem::Answer;
use crate::request::{Asked, At};
use crate::state::App;
use crate::video::clock;
use crate::way::{encoded, page_asked, pages};

/// People on a page.
const ON_A_PAGE: i64 = 100;

/// What the list is asked for; what is no word of ours is not asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: String,
    state: String,
    order: String,
    page: String,
}

impl Asking {
    fn stage(&self) -> Option<Stage> {
        Stage::from_word(&self.state)
    }

    fn order(&self) -> Order {
        Order::from_word(&self.order).unwrap_or_default()
    }

    fn page(&self) -> u32 {
        page_asked(&self.page)
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            text: self.q.clone(),
            stage: self.stage(),
            order: self.order(),
            skip: i64::from(self.page() - 1) * ON_A_PAGE,
            most: Some(ON_A_PAGE),
        }
    }

    /// Whether somebody may be left out.
    fn is_narrow(&self) -> bool {
        !self.q.trim().is_empty() || self.stage().is_some()
    }

    /// The list with these wishes, without the page.
    fn address(&self, slug: &str) -> String {
        let (state, order) = (self.stage().map_or("", Stage::word), self.order().word());
        let q = encoded(&self.q);
        format!("/teaching/{slug}/progress?q={q}&state={state}&order={order}")
    }
}

/// The table.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Asked(mut asked): Asked<Asking>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    asked.q = asked.q.chars().take(follow::MOST_LETTERS).collect();
    let mut following = follow::learners(&mut visit.tx, &proof, &asked.wanted()).await?;
    if following.learners.is_empty() && following.fitting > 0 {
        // A page behind the last one.
        asked.page = String::new();
        following = follow::learners(&mut visit.tx, &proof, &asked.wanted()).await?;
    }
    let (language, now) = (visit.language, date::moment(visit.tx.now()));
    visit
        .page(text::tab_progress(language), move || view(language, &slug, &following, (&asked, now.as_str())))
}

fn view(language: Language, slug: &str, following: &Following, (asked, now): (&Asking, &str)) -> AnyView {
    let head = |lead: String, action: AnyView| {
        let title = following.title.clone();
        view! {
            {tabs_of(language, (slug, following.title.as_str()), following.state, Tab::Progress)}
            <PageHead title=text::tab_progress(language) kicker=title lead=lead>{action}</PageHead>
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
    let href = format!("/teaching/{slug}/progress.csv");
    let action =
        view! { <ActionLink label=text::progress_csv(language) href=href kind=ButtonKind::Secondary/> };
    let fitting =
        asked.is_narrow().then(|| view! { <p>{text::progress_fitting(language, following.fitting)}</p> });
    view! {
        {head(lead, action.into_any())}
        {search(language, slug, asked)}
        {fitting}
        {table(language, slug, following, now)}
        {pages(language, asked.address(slug), asked.page(), (following.fitting, ON_A_PAGE))}
        <Details summary=text::progress_how(language)>
            <p>{text::progress_how_units(language)}</p>
            <p>{text::progress_how_films(language)}</p>
        </Details>
    }
    .into_any()
}

fn search(language: Language, slug: &str, asked: &Asking) -> AnyView {
    let mut stages = vec![Choice::new("", text::progress_everybody(language))];
    stages.extend(Stage::ALL.map(|stage| Choice::new(stage.word(), stage_name(language, stage))));
    let orders = Order::ALL.map(|order| Choice::new(order.word(), order_name(language, order))).to_vec();
    view! {
        <form class="form filter" method="get" action=format!("/teaching/{slug}/progress") role="search">
            <Field
                name="q"
                label=text::progress_search(language)
                hint=text::progress_search_hint(language)
                kind=FieldKind::Search
                value=asked.q.clone()
            />
            <Select
                name="state"
                label=text::progress_state(language)
                choices=stages
                chosen=asked.stage().map_or("", Stage::word)
            />
            <Select name="order" label=text::progress_order(language) choices=orders chosen=asked.order().word()/>
            <SubmitButton label=people::people_show(language) kind=ButtonKind::Secondary/>
        </form>
    }
    .into_any()
}

fn stage_name(language: Language, stage: Stage) -> &'static str {
    match stage {
        Stage::NotBegun => text::progress_stage_not_begun(language),
        Stage::UnderWay => text::progress_stage_under_way(language),
        Stage::Done => text::progress_stage_done(language),
        Stage::Overdue => text::progress_stage_overdue(language),
    }
}

fn order_name(language: Language, order: Order) -> &'static str {
    match order {
        Order::Name => text::progress_order_name(language),
        Order::Progress => text::progress_order_least(language),
        Order::ProgressDown => text::progress_order_most(language),
        Order::Seen => text::progress_order_longest_ago(language),
        Order::SeenDown => text::progress_order_newest(language),
    }
}

fn table(language: Language, slug: &str, following: &Following, now: &str) -> AnyView {
    if following.learners.is_empty() {
        let all = Link::new(people::people_show_all(language), format!("/teaching/{slug}/progress"));
        return view! {
            <EmptyState
                title=people::people_nobody(language)
                text=text::progress_nobody_text(language)
                action=Some(all)
            />
        }
        .into_any();
    }
    let films = following
        .films
        .iter()
        .map(|film| view! { <th scope="col">{text::column_film(language, &film.title)}</th> });
    let films = films.collect_view();
    let rows = following.learners.iter().map(|learner| row(language, following, learner)).collect_view();
    view! {
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
    // Any day before today: that it is late, and since when, is all that is told here.
    let late = learner.overdue_since.map(|day| {
        let term = due::term(language, day, -1);
        view! { <br/><Tag tone=term.tone text=term.text/> }
    });
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
            <td>{at}{late}</td>
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
