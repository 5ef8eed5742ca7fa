//! The chapters of a unit's film: lines of a time and a title in one field.

use axum::extract::State;
use courses::UnitId;
use leptos::prelude::*;
use serde::Deserialize;
use video::chapter::{self, Change, Fault};
use video::film as area;
use words::{Language, courses as text, films as say};

use super::card;
use super::film_part::{self, FilmPart, Head};
use crate::caller::Caller;
use crate::parts::{HiddenField, PostForm, SubmitButton, TextArea};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    chapters: String,
    /// The revision that the person saw.
    revision: Option<i32>,
}

/// The form.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, _, editable, part) = film_part::open(&app, &caller, &slug, id).await?;
    let (revision, chapters) = chapter::seen(&mut visit.tx, &editable.watchable()).await?;
    answer(visit, part, Typed { chapters: chapter::write(&chapters), revision: Some(revision) }, None)
}

/// Keeps them, when nobody changed them since the form was shown; else both are shown.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, _, editable, mut part) = film_part::open(&app, &caller, &slug, id).await?;
    let length = area::one(&mut visit.tx, &editable.watchable()).await?.length_ms;
    match chapter::read(&typed.chapters, length) {
        Ok(chapters) => match chapter::replace(&mut visit.tx, &editable, typed.revision, &chapters).await? {
            Change::Done => {
                visit.commit_and_go(&format!("/teaching/{slug}/units/{id}/film"), "chapters-saved").await
            }
            Change::Meanwhile { revision, chapters } => {
                part.errors.add("", text::meanwhile_title(visit.language));
                let typed = Typed { revision: Some(revision), ..typed };
                card::second(answer(visit, part, typed, Some(chapter::write(&chapters))))
            }
        },
        Err((line, fault)) => {
            part.errors.add("chapters", sentence(visit.language, line, fault));
            answer(visit, part, typed, None)
        }
    }
}

fn sentence(language: Language, line: usize, fault: Fault) -> String {
    let line = line.to_string();
    match fault {
        Fault::NoTime => say::chapter_no_time(language, &line),
        Fault::NoTitle => say::chapter_no_title(language, &line),
        Fault::LongTitle => say::chapter_long(language, &line, &chapter::LONGEST_TITLE.to_string()),
        Fault::BeyondFilm => say::chapter_beyond(language, &line),
        Fault::Twice => say::chapter_twice(language, &line),
        Fault::TooMany => say::chapter_many(language, &line, &chapter::MOST.to_string()),
    }
}

/// The form; `theirs`: the lines that somebody saved before.
fn answer(visit: Visit, part: FilmPart, typed: Typed, theirs: Option<String>) -> Answer {
    let language = visit.language;
    let head = Head {
        title: say::chapters_of(language, &part.unit.title),
        short: say::chapters_short(language),
        lead: say::chapters_lead(language),
    };
    film_part::answer(visit, part, head, move |film_page, errors| {
        let error = errors.of("chapters");
        let theirs = theirs
            .map(|lines| card::meanwhile(language, view! { <p class="own-note">{lines}</p> }.into_any()));
        let seen = typed.revision.map(|revision| {
            view! { <HiddenField name="revision" value=revision.to_string()/> }
        });
        view! {
            {theirs}
            <PostForm action=format!("{film_page}/chapters")>
                {seen}
                <TextArea
                    name="chapters"
                    label=say::chapters_label(language)
                    hint=say::chapters_hint(language)
                    value=typed.chapters
                    rows=12
                    code=true
                    error=error
                />
                <SubmitButton label=say::chapters_save(language)/>
            </PostForm>
        }
        .into_any()
    })
}
