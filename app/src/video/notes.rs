//! Notes at a time: a form and a list under the film, a page of their own, and a text to be kept. They are read by who wrote them.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use courses::film::for_watching;
use leptos::prelude::*;
use serde::Deserialize;
use video::film::{self, Film};
use video::note::{self, Change, Fault, LONGEST, Note};
use video::{FilmId, NoteId, Watchable, caption, chapter};
use words::{Language, frame, notes as say};

use crate::caller::Caller;
use crate::parts::{
    ButtonKind, EmptyState, Field, FormErrors, HiddenField, Notice, PageHead, PostForm, SubmitButton,
    TextArea, Tone,
};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    at: String,
    note: String,
    /// Of a note that is changed: the revision that the person saw.
    revision: i32,
}

impl Typed {
    /// The moment and the text. Errors: the sentences of the form.
    fn read(&self, language: Language, length_ms: Option<u32>) -> Result<(u32, String), FormErrors> {
        let (text, mut errors) = (note::tidy(&self.note), FormErrors::new());
        let at = caption::moment(&self.at);
        if at.is_none() {
            errors.add("at", say::at_malformed(language));
        }
        for fault in note::faults(at.unwrap_or(0), &text, length_ms) {
            match fault {
                Fault::BeyondFilm => errors.add("at", say::at_beyond(language)),
                Fault::NoText => errors.add("note", say::text_missing(language)),
                Fault::LongText => errors.add("note", say::text_long(language, &LONGEST.to_string())),
            }
        }
        at.filter(|_| errors.is_empty()).map(|at| (at, text)).ok_or(errors)
    }
}

async fn open(app: &App, caller: &Caller, id: FilmId) -> Result<(Visit, Watchable), Problem> {
    let mut visit = caller.open(app).await?;
    let proof = for_watching(&mut visit.tx, &visit.me, id).await?;
    Ok((visit, proof))
}

/// GET /films/{film}/notes
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let (visit, proof) = open(&app, &caller, id).await?;
    page(visit, &proof, Typed::default(), FormErrors::new()).await
}

/// POST /films/{film}/notes
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    At(id): At<FilmId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    let language = visit.language;
    let length = film::one(&mut visit.tx, &proof).await?.length_ms;
    let errors = match typed.read(language, length) {
        Ok((at, text)) => {
            if note::add(&mut visit.tx, &proof, at, &text).await?.is_some() {
                let back = way_back(&visit, id);
                return visit.commit_and_go(&back, "note-added").await;
            }
            FormErrors::one("", say::too_many(language, &note::MOST.to_string()))
        }
        Err(errors) => errors,
    };
    page(visit, &proof, typed, errors).await
}

/// GET /films/{film}/notes/{note}
pub async fn edit(State(app): State<App>, caller: Caller, At((id, which)): At<(FilmId, NoteId)>) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    let note = note::one(&mut visit.tx, &proof, which).await?;
    let typed = Typed { at: chapter::clock(note.at_ms), note: note.text, revision: note.revision };
    editing(visit, (id, which), typed, None, FormErrors::new())
}

/// POST /films/{film}/notes/{note}. Who comes second is shown what was saved before, beside what they typed.
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    At((id, which)): At<(FilmId, NoteId)>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    let language = visit.language;
    let length = film::one(&mut visit.tx, &proof).await?.length_ms;
    let (at, text) = match typed.read(language, length) {
        Ok(read) => read,
        Err(errors) => return editing(visit, (id, which), typed, None, errors),
    };
    let changed = note::change(&mut visit.tx, &proof, which, typed.revision, at, &text).await;
    match changed {
        Ok(Change::Done) => {
            let back = way_back(&visit, id);
            visit.commit_and_go(&back, "note-changed").await
        }
        Ok(Change::Meanwhile(now)) => {
            let typed = Typed { revision: now.revision, ..typed };
            let errors = FormErrors::one("", say::changed_meanwhile(language));
            editing(visit, (id, which), typed, Some(now), errors)
        }
        Err(video::Error::NotFound) => {
            page(visit, &proof, typed, FormErrors::one("", say::gone_meanwhile(language))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The form of one note; `now`: as it was saved meanwhile.
fn editing(
    visit: Visit,
    (film, note): (FilmId, NoteId),
    typed: Typed,
    now: Option<Note>,
    errors: FormErrors,
) -> Answer {
    let language = visit.language;
    let title = say::edit(language);
    visit.form(title, errors, move |errors| {
        let now = now.map(|now| {
            view! {
                <Notice tone=Tone::Warning title=say::now_title(language)>
                    <p>{chapter::clock(now.at_ms)}</p>
                    <p class="own-note">{now.text}</p>
                </Notice>
            }
            .into_any()
        });
        let (revision, back) = (typed.revision.to_string(), format!("/films/{film}/notes"));
        let fields = fields(language, typed, &errors);
        view! {
            {summary(language, &errors)}
            <PageHead title=title lead=say::private_text(language)/>
            <PostForm action=format!("/films/{film}/notes/{note}")>
                {now}
                <HiddenField name="revision" value=revision/>
                {fields}
                <SubmitButton label=say::save(language)/>
                <p><a href=back data-cancel="">{frame::cancel(language)}</a></p>
            </PostForm>
        }
        .into_any()
    })
}

/// POST /films/{film}/notes/{note}/remove
pub async fn remove(State(app): State<App>, caller: Caller, At((id, which)): At<(FilmId, NoteId)>) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    note::remove(&mut visit.tx, &proof, which).await?;
    let back = way_back(&visit, id);
    visit.commit_and_go(&back, "note-removed").await
}

/// GET /films/{film}/notes.txt: the notes as a text to be kept.
pub async fn download(State(app): State<App>, caller: Caller, At(id): At<FilmId>) -> Answer {
    let (mut visit, proof) = open(&app, &caller, id).await?;
    let text = note::write(&note::own(&mut visit.tx, &proof).await?);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"notatki.txt\"")),
    ];
    Ok((headers, text).into_response())
}

/// The page that the form was sent from: that of the unit, or that of the notes.
fn way_back(visit: &Visit, id: FilmId) -> String {
    let back = visit.caller().back.as_str();
    if back.starts_with("/courses/") { format!("{back}#notes") } else { format!("/films/{id}/notes") }
}

async fn page(mut visit: Visit, proof: &Watchable, typed: Typed, errors: FormErrors) -> Answer {
    let film = film::one(&mut visit.tx, proof).await?;
    let notes = note::own(&mut visit.tx, proof).await?;
    let spoken = !caption::languages(&mut visit.tx, proof).await?.is_empty();
    let language = visit.language;
    let title = say::notes_of(language, &film.title);
    visit.form(&title.clone(), errors, move |errors: FormErrors| {
        let transcript = spoken.then(|| {
            let href = format!("/films/{}/transcript?notes=on", film.id);
            view! { <li><a href=href>{say::print_with_transcript(language)}</a></li> }
        });
        let ways = (!notes.is_empty()).then(|| {
            view! {
                <ul>
                    {transcript}
                    <li><a href=format!("/films/{}/notes.txt", film.id)>{say::download(language)}</a></li>
                </ul>
            }
        });
        let mine = if notes.is_empty() {
            view! { <EmptyState title=say::empty(language) text=say::empty_text(language)/> }.into_any()
        } else {
            list(language, &film, &notes)
        };
        view! {
            {summary(language, &errors)}
            <PageHead title=title lead=say::private_text(language)/>
            {ways}
            {mine}
            <h2>{say::new_title(language)}</h2>
            {form(language, film.id, typed, &errors)}
        }
        .into_any()
    })
}

/// The notes under a film, with the form for another one. Works without script; `beside.js` fills the time in and spares the reload.
pub fn beside(language: Language, film: &Film, notes: &[Note]) -> AnyView {
    let count = i64::try_from(notes.len()).unwrap_or(i64::MAX);
    let (title, unfolded) = (say::notes_count(language, count), count > 0);
    let all = (!notes.is_empty())
        .then(|| view! { <p><a href=format!("/films/{}/notes", film.id)>{say::all_link(language)}</a></p> });
    view! {
        <details class="player-transcript film-notes" id="notes" data-notes="" open=unfolded>
            <summary>{title}</summary>
            <p class="hint">{say::private_text(language)}</p>
            <div data-notes-list="">{list(language, film, notes)}{all}</div>
            <p role="status" data-notes-said=""></p>
            {form(language, film.id, Typed::default(), &FormErrors::new())}
        </details>
    }
    .into_any()
}

fn form(language: Language, film: FilmId, typed: Typed, errors: &FormErrors) -> AnyView {
    let fields = fields(language, typed, errors);
    view! {
        <PostForm action=format!("/films/{film}/notes")>
            {fields}
            <SubmitButton label=say::add(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

fn fields(language: Language, typed: Typed, errors: &FormErrors) -> AnyView {
    let (at_error, note_error) = (errors.of("at"), errors.of("note"));
    view! {
        <Field
            name="at"
            label=say::at_label(language)
            hint=say::at_hint(language)
            value=typed.at
            size=8
            autocomplete="off"
            error=at_error
        />
        <TextArea
            name="note"
            label=say::text_label(language)
            value=typed.note
            rows=3
            error=note_error
        />
    }
    .into_any()
}

/// The notes with the way to their moments: into the file of the film without script, to the place in the player with it.
fn list(language: Language, film: &Film, notes: &[Note]) -> AnyView {
    let items = notes.iter().map(|note| {
        let time = chapter::clock(note.at_ms / 1000 * 1000);
        let place = film
            .plain_bytes
            .map(|_| format!("/films/{}/plain.mp4#t={}", film.id, f64::from(note.at_ms) / 1000.0));
        let place = place.unwrap_or_else(|| "#film".to_owned());
        let address = format!("/films/{}/notes/{}", film.id, note.id);
        let action = format!("{address}/remove");
        view! {
            <li data-note=note.id.to_string()>
                <a href=place data-go=note.at_ms>{time.clone()}</a>
                <p>{note.text.clone()}</p>
                <a class="button secondary" href=address data-edit="">
                    {say::edit(language)}<span class="visually-hidden">" "{time.clone()}</span>
                </a>
                <form method="post" action=action>
                    <SubmitButton label=say::remove(language) kind=ButtonKind::Secondary subject=time/>
                </form>
            </li>
        }
    });
    view! { <ol class="film-notes-list">{items.collect_view()}</ol> }.into_any()
}
