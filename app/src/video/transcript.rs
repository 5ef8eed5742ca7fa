//! The film in words on a page of its own: to be read, and to be printed.

use axum::extract::State;
use courses::film::for_watching;
use leptos::prelude::*;
use serde::Deserialize;
use video::caption::{self, Captions, Cue};
use video::chapter::{self, Chapter};
use video::note::{self, Note};
use video::{FilmId, film};
use words::{Language, films as say};

use crate::caller::Caller;
use crate::parts::PageHead;
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At};
use crate::state::App;

/// A paragraph ends with a sentence once it is this long, and anyway at twice that; in milliseconds.
const PARAGRAPH_MS: u32 = 30_000;

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

/// A chapter with its paragraphs; without chapters, one part without a name.
#[derive(Debug, Default, PartialEq, Eq)]
struct Part {
    title: String,
    paragraphs: Vec<Paragraph>,
}

/// A paragraph of the film, or a note of the person.
#[derive(Debug, PartialEq, Eq)]
struct Paragraph {
    /// When it begins, in milliseconds.
    start_ms: u32,
    text: String,
    /// It was not said: the reader wrote it.
    noted: bool,
}

fn parts(cues: &[Cue], chapters: &[Chapter], notes: &[Note]) -> Vec<Part> {
    let said = cues.iter().filter(|cue| !cue.text.is_empty()).map(|cue| (cue.start_ms, &cue.text, false));
    let mut all: Vec<(u32, &String, bool)> =
        said.chain(notes.iter().map(|note| (note.at_ms, &note.text, true))).collect();
    // What is said at a moment stands before what was noted there.
    all.sort_by_key(|(start, _, noted)| (*start, *noted));
    let mut parts = vec![Part::default()];
    let mut left = chapters.iter().peekable();
    for (start_ms, text, noted) in all {
        while let Some(chapter) = left.next_if(|chapter| chapter.start_ms <= start_ms) {
            parts.push(Part { title: chapter.title.clone(), paragraphs: Vec::new() });
        }
        let Some(part) = parts.last_mut() else { continue };
        match part.paragraphs.last_mut() {
            Some(last)
                if !noted && !last.noted && !is_full(start_ms.saturating_sub(last.start_ms), &last.text) =>
            {
                last.text.push(' ');
                last.text.push_str(text);
            }
            _ => part.paragraphs.push(Paragraph { start_ms, text: text.clone(), noted }),
        }
    }
    parts.retain(|part| !part.paragraphs.is_empty() || !part.title.is_empty());
    parts
}

fn is_full(length_ms: u32, text: &str) -> bool {
    let sentence = text.trim_end().ends_with(['.', '!', '?', '…']);
    length_ms >= PARAGRAPH_MS && sentence || length_ms >= 2 * PARAGRAPH_MS
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

#[cfg(test)]
mod tests {
    use video::NoteId;
    use video::caption::parse;
    use video::chapter::read;

    use super::{Note, parts};

    #[test]
    fn cues_become_paragraphs_under_their_chapters() {
        let vtt = "WEBVTT\n\n00:00.000 --> 00:10.000\nRaz,\n\n00:10.000 --> 00:31.000\ndwa.\n\n00:31.000 --> 00:40.000\nTrzy\n\n\
                   01:00.000 --> 01:10.000\nCztery\n\n01:10.000 --> 01:20.000\n<i></i>\n";
        let (_, cues) = parse(vtt.as_bytes()).unwrap();
        let chapters = read("00:00 Wstęp\n01:00 Koniec\n02:00 Cisza", None).unwrap();
        let shown = |notes: &[Note]| -> Vec<(String, Vec<(u32, String)>)> {
            let one = |part: super::Part| {
                let paragraphs = part.paragraphs.into_iter();
                (part.title, paragraphs.map(|paragraph| (paragraph.start_ms, paragraph.text)).collect())
            };
            parts(&cues, &chapters, notes).into_iter().map(one).collect()
        };
        let said = |start, text: &str| (start, text.to_owned());
        let expected = vec![
            ("Wstęp".to_owned(), vec![said(0, "Raz, dwa."), said(31_000, "Trzy")]),
            ("Koniec".to_owned(), vec![said(60_000, "Cztery")]),
        ];
        assert_eq!(shown(&[]), expected);
        assert_eq!(parts(&cues, &[], &[]).len(), 1);
        // A note stands where it belongs and parts what is said before it from what comes after.
        let note =
            Note { id: NoteId(uuid::Uuid::nil()), at_ms: 9_000, text: "Ważne".to_owned(), revision: 1 };
        let first = shown(&[note]).remove(0).1;
        assert_eq!(first, [said(0, "Raz,"), said(9_000, "Ważne"), said(10_000, "dwa. Trzy")]);
    }
}
