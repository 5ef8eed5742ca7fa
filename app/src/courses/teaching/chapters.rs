//! The chapters of a unit's film: lines of a time and a title in one field.

use axum::extract::State;
use courses::UnitId;
use leptos::prelude::*;
use serde::Deserialize;
use video::chapter::{self, Fault};
use video::film as area;
use words::{Language, films as say};

use super::film_part::{self, FilmPart, Head};
use crate::caller::Caller;
use crate::parts::{PostForm, SubmitButton, TextArea};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    chapters: String,
}

/// The form.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, _, editable, part) = film_part::open(&app, &caller, &slug, id).await?;
    let chapters = chapter::all(&mut visit.tx, &editable.watchable()).await?;
    answer(visit, part, chapter::write(&chapters))
}

/// Keeps them.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, _, editable, mut part) = film_part::open(&app, &caller, &slug, id).await?;
    let length = area::one(&mut visit.tx, &editable.watchable()).await?.length_ms;
    match chapter::read(&typed.chapters, length) {
        Ok(chapters) => {
            chapter::replace(&mut visit.tx, &editable, &chapters).await?;
            visit.commit_and_go(&format!("/teaching/{slug}/units/{id}/film"), "chapters-saved").await
        }
        Err((line, fault)) => {
            part.errors.add("chapters", sentence(visit.language, line, fault));
            answer(visit, part, typed.chapters)
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

fn answer(visit: Visit, part: FilmPart, typed: String) -> Answer {
    let language = visit.language;
    let head = Head {
        title: say::chapters_of(language, &part.unit.title),
        short: say::chapters_short(language),
        lead: say::chapters_lead(language),
    };
    film_part::answer(visit, part, head, move |film_page, errors| {
        let error = errors.of("chapters");
        view! {
            <PostForm action=format!("{film_page}/chapters")>
                <TextArea
                    name="chapters"
                    label=say::chapters_label(language)
                    hint=say::chapters_hint(language)
                    value=typed
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
