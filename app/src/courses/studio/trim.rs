//! Cutting the beginning and the end of a film off, and taking that back.

use axum::extract::State;
use leptos::prelude::*;
use serde::Deserialize;
use video::caption;
use video::film::{self, Film};
use video::trim::ends::{self, Ends};
use video::trim::plain::{self, Outlook};
use video::trim::{self, Cut, NotCut};
use video::wire::Reason;
use video::{Editable, FilmId};
use words::{Language, frame, player, studio as say};

use super::open;
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{Actions, ButtonKind, Field, FormErrors, Notice, PageHead, PostForm, SubmitButton, Tone};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{At, Posted};
use crate::state::App;
use crate::video::clock;
use crate::visit::Visit;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    start: String,
    end: String,
}

struct Page {
    film: Film,
    cut: Option<Cut>,
    ends: Option<Ends>,
    plain: Outlook,
    typed: Typed,
}

async fn read(app: &App, caller: &Caller, id: FilmId) -> Result<(Visit, Editable, Page), Problem> {
    let (mut visit, proof) = open(app, caller, id).await?;
    let film = film::one(&mut visit.tx, &proof.watchable()).await?;
    let cut = trim::of(&mut visit.tx, &proof).await?;
    let ends = ends::of(&mut visit.tx, &proof).await?;
    let plain = plain::outlook(&mut visit.tx, &proof).await?;
    let (start, end) = match (ends, cut) {
        (Some(ends), _) => (ends.from_ms, ends.to_ms),
        (None, Some(cut)) => (cut.from_ms, cut.to_ms),
        (None, None) => (0, film.length_ms.unwrap_or(0)),
    };
    let language = visit.language;
    let typed = Typed { start: moment(language, start), end: moment(language, end) };
    Ok((visit, proof, Page { film, cut, ends, plain, typed }))
}

/// A moment to a thousandth of a second, without zeros behind: a film ends where it ends, and the form that is sent as it is changes nothing.
fn moment(language: Language, ms: u32) -> String {
    let parts = format!("{:03}", ms % 1000);
    let parts = parts.trim_end_matches('0');
    let sign = if language == Language::En { '.' } else { ',' };
    if parts.is_empty() { clock(ms) } else { format!("{}{sign}{parts}", clock(ms)) }
}

/// A moment to a tenth of a second, as it is read: a picture begins a little before or after.
fn tenths(language: Language, ms: u32) -> String {
    moment(language, ms.saturating_add(50) / 100 * 100)
}

/// The form.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let (visit, _, page) = read(&app, &caller, id).await?;
    answer(visit, page, FormErrors::new())
}

fn answer(visit: Visit, page: Page, errors: FormErrors) -> Answer {
    let language = visit.language;
    let title = say::trim_of(language, &page.film.title);
    visit.form(&title.clone(), errors, |errors| view(language, title, &page, &errors))
}

fn view(language: Language, title: String, page: &Page, errors: &FormErrors) -> AnyView {
    let Page { film, cut, typed, .. } = page;
    let path = format!("/studio/{}/trim", film.id);
    let whole_ms = cut.map_or(film.length_ms.unwrap_or(0), |cut| cut.whole_ms);
    let whole = tenths(language, whole_ms);
    let now =
        (cut.is_some() || page.ends.is_some()).then(|| now(language, page, (path.as_str(), whole.as_str())));
    let hint = say::trim_hint(language, &whole);
    let (start, end) = (typed.start.clone(), typed.end.clone());
    let (wrong_start, wrong_end) = (errors.of("start"), errors.of("end"));
    let form = if film.state == film::State::Ready {
        view! {
            <PostForm action=path>
                <Field
                    name="start"
                    label=say::trim_start(language)
                    hint=hint
                    value=start
                    error=wrong_start
                    autocomplete="off"
                />
                <Field
                    name="end"
                    label=say::trim_end(language)
                    value=end
                    error=wrong_end
                    autocomplete="off"
                />
                <Actions>
                    <SubmitButton label=say::trim_save(language)/>
                    <a href="/studio">{frame::cancel(language)}</a>
                </Actions>
            </PostForm>
        }
        .into_any()
    } else {
        view! { <Notice tone=Tone::Info><p>{say::trim_not_ready(language)}</p></Notice> }.into_any()
    };
    view! {
        {summary(language, errors)}
        {taught::way(language, &[], say::trim_title(language))}
        <PageHead title=title lead=say::trim_lead(language)/>
        {now}
        {form}
    }
    .into_any()
}

/// What is shown now, what becomes of the exact ends, and the way back.
fn now(language: Language, page: &Page, (path, whole): (&str, &str)) -> AnyView {
    let said = match page.cut {
        Some(cut) => {
            say::trim_now(language, &tenths(language, cut.from_ms), &tenths(language, cut.to_ms), whole)
        }
        None => say::trim_now_whole(language, whole),
    };
    let asked = page.ends.map(|ends| (moment(language, ends.from_ms), moment(language, ends.to_ms)));
    let (from, to) = asked.unwrap_or_default();
    let (tone, ends) = match page.ends.map(|ends| ends.state) {
        Some(ends::State::Making) => {
            let again = view! { <p><a href=path.to_owned()>{say::refresh(language)}</a></p> };
            let making = say::trim_making(language, &from, &to);
            (Tone::Info, Some(view! { <p>{making}</p>{again} }.into_any()))
        }
        Some(ends::State::Failed(reason)) => {
            // What is read is our own: other reasons than these say nothing of the film.
            let why = match reason {
                Reason::OutOfMemory => player::reason_out_of_memory(language),
                Reason::TimedOut => player::reason_timed_out(language),
                _ => player::reason_internal(language),
            };
            let failed = say::trim_failed(language, &from, &to);
            (Tone::Warning, Some(view! { <p>{failed}</p><p>{why}</p> }.into_any()))
        }
        Some(ends::State::Made) | None => (Tone::Info, None),
    };
    let plain = match page.plain {
        Outlook::There => None,
        Outlook::Coming => Some(say::trim_now_plain(language)),
        Outlook::Missing => Some(say::trim_no_plain(language)),
    };
    let plain = plain.map(|said| view! { <p>{said}</p> });
    view! {
        <Notice tone=tone><p>{said}</p>{ends}{plain}</Notice>
        <PostForm action=format!("{path}/undo")>
            <SubmitButton label=say::trim_undo(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

/// Cuts it. What cannot be read is said beside its field, and what was typed stays.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At(id): At<FilmId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, mut page) = read(&app, &caller, id).await?;
    let language = visit.language;
    let mut errors = FormErrors::new();
    let (start, end) = (caption::moment(&typed.start), caption::moment(&typed.end));
    if start.is_none() {
        errors.add("start", say::trim_bad_time(language));
    }
    if end.is_none() {
        errors.add("end", say::trim_bad_time(language));
    }
    if let (Some(start), Some(end)) = (start, end) {
        match trim::set(&mut visit.tx, &proof, start, Some(end)).await {
            Ok(_) => return visit.commit_and_go(&format!("/studio/{id}/trim"), "film-trimmed").await,
            Err(NotCut::NothingLeft) => errors.add("end", say::trim_nothing_left(language)),
            Err(NotCut::Film(video::Error::WrongState(_))) => {
                errors.add("", say::trim_not_ready(language));
            }
            Err(NotCut::Film(error)) => return Err(error.into()),
        }
    }
    page.typed = typed;
    answer(visit, page, errors)
}

/// Shows the whole again.
pub async fn undo(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    trim::undo(&mut visit.tx, &proof).await?;
    visit.commit_and_go(&format!("/studio/{id}/trim"), "film-untrimmed").await
}
