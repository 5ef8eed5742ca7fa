//! Cutting the beginning and the end of a film off, and taking that back.

use axum::extract::State;
use leptos::prelude::*;
use serde::Deserialize;
use video::caption;
use video::film::{self, Film};
use video::trim::{self, Cut, NotCut};
use video::{Editable, FilmId};
use words::{Language, frame, studio as say};

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
    typed: Typed,
}

async fn read(app: &App, caller: &Caller, id: FilmId) -> Result<(Visit, Editable, Page), Problem> {
    let (mut visit, proof) = open(app, caller, id).await?;
    let film = film::one(&mut visit.tx, &proof.watchable()).await?;
    let cut = trim::of(&mut visit.tx, &proof).await?;
    let (start, end) = match cut {
        Some(cut) => (cut.from_ms, cut.to_ms),
        None => (0, film.length_ms.unwrap_or(0)),
    };
    let typed = Typed { start: clock(start), end: clock(end) };
    Ok((visit, proof, Page { film, cut, typed }))
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
    let Page { film, cut, typed } = page;
    let path = format!("/studio/{}/trim", film.id);
    let whole_ms = cut.map_or(film.length_ms.unwrap_or(0), |cut| cut.whole_ms);
    let whole = clock(whole_ms);
    let now = cut.map(|cut| {
        let said = say::trim_now(language, &clock(cut.from_ms), &clock(cut.to_ms), &whole);
        // Until the file of the part is made, or where there is none of the whole.
        let plain = film.plain_bytes.is_none().then(|| view! { <p>{say::trim_now_plain(language)}</p> });
        view! {
            <Notice tone=Tone::Info><p>{said}</p>{plain}</Notice>
            <PostForm action=format!("{path}/undo")>
                <SubmitButton label=say::trim_undo(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
    });
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
