//! The studio: all films of those who teach, with what became of them, what they take, and what can be done.

mod acts;
mod many;
mod poster;
mod trim;

use std::collections::BTreeMap;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::Method;
use axum::routing::post;
use courses::film::for_changing;
use courses::studio::{self as area, Filter, PER_PAGE, Use};
use identity::permit::{Kind, Verb};
use leptos::prelude::*;
use serde::Deserialize;
use video::film::{Film, State as Stage};
use video::overview::{self, Made, Overview};
use video::replace::Next;
use video::{Editable, FilmId};
use words::{Language, studio as say};

use super::film as shown;
use super::home::teaches;
use super::teaching::cues;
use crate::caller::Caller;
use crate::date;
use crate::parts::{
    ButtonKind, EmptyState, Notice, PageHead, Pagination, PostForm, SubmitButton, SummaryList, SummaryRow,
    Tag, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::Asked;
use crate::routes::{Routes, Who};
use crate::state::App;
use crate::video::{clock, megabytes};
use crate::visit::Visit;
use crate::way::{page_words, tabs};

/// The routes of the studio.
pub fn routes() -> Routes {
    const PLAIN: &str = "/teaching/{slug}/films/plain";
    // As large as a film may be: the bytes go through, they are not kept.
    let plain = post(many::plain).layer(DefaultBodyLimit::disable());
    Routes::new()
        .get("/studio", Who::SignedIn, show)
        .post("/studio/{film}/cancel", Who::SignedIn, acts::cancel)
        .post("/studio/{film}/retry", Who::SignedIn, acts::retry)
        .get("/studio/{film}/delete", Who::SignedIn, acts::ask_delete)
        .post("/studio/{film}/delete", Who::SignedIn, acts::delete)
        .get("/studio/{film}/poster", Who::SignedIn, poster::show)
        .post("/studio/{film}/poster", Who::SignedIn, poster::own)
        .post("/studio/{film}/poster/still", Who::SignedIn, poster::choose)
        .get("/studio/{film}/trim", Who::SignedIn, trim::show)
        .post("/studio/{film}/trim", Who::SignedIn, trim::save)
        .post("/studio/{film}/trim/undo", Who::SignedIn, trim::undo)
        .get("/studio/{film}/stills/{at_ms}", Who::SignedIn, poster::picture)
        .get("/teaching/{slug}/films", Who::SignedIn, many::show)
        .post("/teaching/{slug}/films", Who::SignedIn, many::add)
        .with(Method::POST, PLAIN, Who::SignedIn, plain)
}

/// A visit to a film that the person may change.
async fn open(app: &App, caller: &Caller, id: FilmId) -> Result<(Visit, Editable), Problem> {
    let mut visit = caller.open(app).await?;
    let proof = for_changing(&mut visit.tx, &visit.me, id).await?;
    Ok((visit, proof))
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    state: String,
    page: String,
}

struct Page {
    filter: Filter,
    at: u32,
    count: u32,
    everywhere: bool,
    films: Vec<(Overview, Vec<Use>)>,
}

/// The list.
pub async fn show(State(app): State<App>, caller: Caller, Asked(wish): Asked<Wish>) -> Answer {
    let mut visit = caller.open(&app).await?;
    if !teaches(&visit.me) {
        return Err(Problem::NotAllowed);
    }
    let (filter, at) = (Filter::from_word(&wish.state), wish.page.parse::<u32>().unwrap_or(1).max(1));
    let (listed, count) = area::films(&mut visit.tx, &visit.me, filter, at).await?;
    let proofs: Vec<Editable> = listed.iter().map(|one| one.film).collect();
    let mut uses: BTreeMap<FilmId, Vec<Use>> =
        listed.into_iter().map(|one| (one.film.film(), one.uses)).collect();
    let films = overview::all(&mut visit.tx, &proofs).await?.into_iter().map(|one| {
        let uses = uses.remove(&one.film.id).unwrap_or_default();
        (one, uses)
    });
    let films = films.collect();
    let everywhere = visit.me.may(Verb::Change, Kind::AnyCourse);
    let page = Page { filter, at, count, everywhere, films };
    let language = visit.language;
    visit.page(say::title(language), move || view(language, page))
}

fn view(language: Language, page: Page) -> AnyView {
    let Page { filter, at, count, everywhere, films } = page;
    let lead = if everywhere { say::lead_all(language) } else { say::lead(language) };
    let here = format!("/studio?state={}", filter.word());
    let filters =
        Filter::ALL.map(|one| (named(language, one), format!("/studio?state={}", one.word()), one == filter));
    let said = if filter == Filter::All { say::empty_text(language) } else { say::empty_filtered(language) };
    let empty = films.is_empty().then(|| view! { <EmptyState title=say::empty(language) text=said/> });
    let cards = films.into_iter().map(|(film, uses)| card(language, &film, &uses)).collect_view();
    view! {
        {super::taught::way(language, &[], say::title(language))}
        <PageHead title=say::title(language) lead=lead/>
        {tabs(say::filter(language), filters)}
        <p><a href=format!("{here}&page={at}")>{say::refresh(language)}</a></p>
        {empty}
        {cards}
        <Pagination
            base=here
            page=at
            pages=count.div_ceil(PER_PAGE)
            words=page_words(language, say::pages(language))
        />
    }
    .into_any()
}

fn named(language: Language, filter: Filter) -> &'static str {
    match filter {
        Filter::All => say::filter_all(language),
        Filter::Working => say::filter_working(language),
        Filter::Ready => say::filter_ready(language),
        Filter::Stopped => say::filter_stopped(language),
        Filter::Empty => say::filter_empty(language),
    }
}

/// The state of a film in a word.
pub fn state_tag(language: Language, film: &Film) -> AnyView {
    let (tone, word) = match film.state {
        Stage::Empty => (Tone::Neutral, say::state_empty(language)),
        Stage::Uploading => (Tone::Info, say::state_uploading(language)),
        Stage::Queued => (Tone::Info, say::state_queued(language)),
        Stage::Transcoding => (Tone::Info, say::state_transcoding(language)),
        Stage::Copying => (Tone::Info, say::state_copying(language)),
        Stage::Ready => (Tone::Success, say::state_ready(language)),
        Stage::Failed => (Tone::Danger, say::state_failed(language)),
        Stage::Cancelled => (Tone::Neutral, say::state_cancelled(language)),
    };
    view! { <Tag tone=tone text=word/> }.into_any()
}

fn card(language: Language, one: &Overview, uses: &[Use]) -> AnyView {
    let film = &one.film;
    let draft = uses.iter().find(|place| place.in_draft);
    let place = draft.map(|place| format!("/teaching/{}/units/{}/film", place.slug, place.unit));
    let heading = match &place {
        Some(href) => view! { <a href=href.clone()>{film.title.clone()}</a> }.into_any(),
        None => film.title.clone().into_any(),
    };
    let next = one.next.as_ref().filter(|next| next.film.state != Stage::Empty);
    view! {
        <section class="studio-film" id=format!("film-{}", film.id)>
            <h2>{heading}</h2>
            <p>{state_tag(language, film)}</p>
            {how(language, film)}
            <SummaryList rows=facts(language, one, uses)/>
            {buttons(language, film, place)}
            {next.map(|next| view! { <h3>{say::next_title(language)}</h3>{replacement(language, film, next)} })}
        </section>
    }
    .into_any()
}

/// Why it failed, or how far it is, kept fresh where there is script.
fn how(language: Language, film: &Film) -> AnyView {
    match film.state {
        Stage::Failed | Stage::Cancelled => {
            let why = shown::reason(language, film);
            view! { <Notice tone=Tone::Danger><p>{why}</p></Notice> }.into_any()
        }
        Stage::Queued | Stage::Transcoding | Stage::Copying => shown::progress(language, film),
        Stage::Ready => shown::warnings(language, film),
        Stage::Empty | Stage::Uploading => ().into_any(),
    }
}

fn facts(language: Language, one: &Overview, uses: &[Use]) -> Vec<SummaryRow> {
    let film = &one.film;
    let mut rows = Vec::new();
    if let Some(length) = film.length_ms {
        rows.push(SummaryRow::new(say::row_length(language), clock(length)));
    }
    if !one.made.is_empty() {
        let mut lines: Vec<String> = one.made.iter().map(|made| version(language, film, made)).collect();
        let saved = one.saved_percent().map(|percent| say::further_saved(language, &percent.to_string()));
        lines.extend(saved);
        rows.push(SummaryRow::view(say::row_versions(language), list(lines)));
    }
    if let Some(source) = film.source_bytes {
        let size = say::size(language, &megabytes(source), &megabytes(one.shown_bytes()));
        rows.push(SummaryRow::new(say::row_size(language), size));
    }
    if let Some(spent) = film.cpu_ms {
        let seconds = spent.div_ceil(1000).to_string();
        rows.push(SummaryRow::new(say::row_cost(language), say::cost(language, &seconds)));
    }
    let captions: Vec<String> = one
        .captions
        .iter()
        .map(|one| say::captions_line(language, &one.label, &cues::stand(language, one)))
        .collect();
    rows.push(if captions.is_empty() {
        SummaryRow::new(say::row_captions(language), say::captions_none(language))
    } else {
        SummaryRow::view(say::row_captions(language), list(captions))
    });
    if let Some(publisher) = &film.comes_from {
        rows.push(SummaryRow::new(say::row_from(language), publisher.clone()));
    }
    let places = uses.iter().map(|place| used(language, place)).collect_view();
    rows.push(SummaryRow::view(say::row_uses(language), view! { <ul>{places}</ul> }.into_any()));
    rows
}

fn used(language: Language, place: &Use) -> AnyView {
    let line = say::use_line(language, &place.title, &place.course);
    if place.in_draft {
        let href = format!("/teaching/{}/units/{}", place.slug, place.unit);
        view! { <li><a href=href>{line}</a></li> }.into_any()
    } else {
        view! { <li>{line}", "{say::use_published(language)}</li> }.into_any()
    }
}

fn list(lines: Vec<String>) -> AnyView {
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    view! { <ul>{lines}</ul> }.into_any()
}

/// "480p: 3:20 z 10:00", or "480p: gotowa, 24 MB".
fn version(language: Language, film: &Film, made: &Made) -> String {
    let lines = if made.second { format!("{}p AV1", made.height) } else { made.name.clone() };
    let name = if made.height == 0 { say::sound(language) } else { lines.as_str() };
    match film.length_ms {
        _ if made.complete => say::version_done(language, name, &megabytes(made.bytes)),
        Some(length) => say::version_part(language, name, &clock(made.made_ms), &clock(length)),
        None => say::version_begun(language, name, &clock(made.made_ms)),
    }
}

/// What can be done with a film in its state. `place`: the page where another file is sent.
fn buttons(language: Language, film: &Film, place: Option<String>) -> AnyView {
    let act = |act: &str, label: &'static str| post_button(film, act, label);
    let cancel = matches!(film.state, Stage::Queued | Stage::Transcoding | Stage::Copying)
        .then(|| act("cancel", say::act_cancel(language)));
    let retry = matches!(film.state, Stage::Failed | Stage::Cancelled)
        .then(|| act("retry", say::act_retry(language)));
    let subject = film.title.clone();
    let replace = place.filter(|_| film.state == Stage::Ready).map(|href| {
        view! { <a href=format!("{href}#replace")>{say::act_replace(language)}<span class="visually-hidden">" "{subject.clone()}</span></a> }
    });
    let subject = film.title.clone();
    let poster = (film.state == Stage::Ready).then(|| {
        let href = format!("/studio/{}/poster", film.id);
        let trim = format!("/studio/{}/trim", film.id);
        view! {
            <a href=href>{say::act_poster(language)}<span class="visually-hidden">" "{subject.clone()}</span></a>
            <a href=trim>{say::act_trim(language)}<span class="visually-hidden">" "{subject.clone()}</span></a>
        }
    });
    view! {
        <div class="actions">
            {cancel}
            {retry}
            {replace}
            {poster}
            <a href=format!("/studio/{}/delete", film.id)>
                {say::act_delete(language)}<span class="visually-hidden">" "{subject}</span>
            </a>
        </div>
    }
    .into_any()
}

fn post_button(film: &Film, act: &str, label: &'static str) -> AnyView {
    let subject = film.title.clone();
    view! {
        <PostForm action=format!("/studio/{}/{act}", film.id)>
            <SubmitButton label=label kind=ButtonKind::Secondary subject=subject/>
        </PostForm>
    }
    .into_any()
}

/// What is on its way to the place of a film that is shown.
pub fn replacement(language: Language, old: &Film, next: &Next) -> AnyView {
    let film = &next.film;
    let how = match film.state {
        Stage::Queued | Stage::Transcoding | Stage::Copying => shown::next_progress(language, old, film),
        _ => how(language, film),
    };
    let cancel = matches!(film.state, Stage::Queued | Stage::Transcoding | Stage::Copying)
        .then(|| post_button(film, "cancel", say::next_cancel(language)));
    let retry = matches!(film.state, Stage::Failed | Stage::Cancelled)
        .then(|| post_button(film, "retry", say::act_retry(language)));
    let said = match &film.comes_from {
        Some(publisher) => say::next_from(language, publisher),
        None => say::next_by(language, &next.by, &date::moment(next.since)),
    };
    view! {
        <p>{state_tag(language, film)}" "{said}</p>
        {how}
        <div class="actions">
            {cancel}
            {retry}
            <a href=format!("/studio/{}/delete", film.id)>{say::next_delete(language)}</a>
        </div>
    }
    .into_any()
}
