//! The film in words on a page of its own: to be read, and to be printed.

use axum::extract::State;
use courses::film::for_watching;
use leptos::prelude::*;
use serde::Deserialize;
use video::caption::{self, Captions};
use video::transcript::{Paragraph, Part, parts};
use video::{FilmId, chapter, film, note};
use words::{Language, films as say};

use crate::caller::Caller;
use crate::parts::PageHead;
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At};
use crate::state::App;

/// In which language, and whether with the person's own notes (`notes=on`).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    language: String,
    notes: String,
}

/// GET /films/{film}/transcript
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(id): At<FilmId>,
    Asked(wanted): Asked<Wanted>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = for_watching(&mut visit.tx, &visit.me, id).await?;
    let all = caption::languages(&mut visit.tx, &proof).await?;
    let chosen = all.iter().find(|one| one.language == wanted.language).or(all.first()).cloned();
    let chosen = chosen.ok_or(Problem::NotFound)?;
    let text = caption::file(&mut visit.tx, &proof, &chosen.language).await?;
    let (_, cues) = caption::parse(text.as_bytes())?;
    let chapters = chapter::all(&mut visit.tx, &proof).await?;
    let film = film::one(&mut visit.tx, &proof).await?;
    let notes = if wanted.notes == "on" { note::own(&mut visit.tx, &proof).await? } else { Vec::new() };
    let language = visit.language;
    let title = say::transcript_of(language, &film.title);
    visit.page(&title.clone(), move || {
        view(language, title, id, (all.as_slice(), &chosen), parts(&cues, &chapters, &notes))
    })
}

fn view(
    language: Language,
    title: String,
    film: FilmId,
    (all, chosen): (&[Captions], &Captions),
    parts: Vec<Part>,
) -> AnyView {
    let others = all.iter().filter(|one| one.language != chosen.language).map(|one| {
        let href = format!("/films/{film}/transcript?language={}", one.language);
        view! { <li><a href=href lang=one.language.clone()>{one.label.clone()}</a></li> }
    });
    let others = (all.len() > 1).then(|| view! { <ul>{others.collect_view()}</ul> });
    let unchecked = chosen.checked.is_none().then(|| {
        let said = if chosen.automatic {
            words::studio::transcript_automatic(language)
        } else {
            say::transcript_unchecked(language)
        };
        view! { <p>{said}</p> }
    });
    let parts = parts.into_iter().map(|part| {
        let heading = (!part.title.is_empty()).then(|| view! { <h2>{part.title}</h2> });
        let paragraphs = part.paragraphs.into_iter().map(|paragraph| {
            let Paragraph { start_ms, text, noted } = paragraph;
            let (class, mine) = (noted.then_some("own-note"), noted.then(|| mine(language)));
            let time = chapter::clock(start_ms / 1000 * 1000);
            view! { <p class=class><span class="player-line-time">{time}</span>" "{mine}{text}</p> }
        });
        view! { {heading}{paragraphs.collect_view()} }
    });
    let parts = parts.collect_view();
    view! {
        <PageHead title=title>
            <p class="hint">{say::transcript_how(language)}</p>
            {others}
        </PageHead>
        {unchecked}
        <div class="prose" lang=chosen.language.clone()>{parts}</div>
    }
    .into_any()
}

/// What stands before a note, in the language of the reader: around it is that of the film.
fn mine(language: Language) -> AnyView {
    view! { <strong lang=language.code()>{words::notes::mine(language)}</strong>" " }.into_any()
}
