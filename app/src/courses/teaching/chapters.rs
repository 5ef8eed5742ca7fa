//! The chapters of a unit's film: lines of a time and a title in one field.

use axum::extract::State;
use courses::UnitId;
use courses::course::Course;
use courses::outline::{self, Unit};
use leptos::prelude::*;
use serde::Deserialize;
use video::chapter::{self, Fault};
use video::{Editable, film as area};
use words::{Language, courses as text, films as say};

use super::{card, film};
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{FormErrors, PageHead, PostForm, SubmitButton, TextArea};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    chapters: String,
}

struct Page {
    course: Course,
    unit: Unit,
    typed: String,
    errors: FormErrors,
}

async fn open(
    app: &App,
    caller: &Caller,
    slug: &str,
    id: UnitId,
) -> Result<(Visit, Editable, Page), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    let editable = film::editable(&mut visit, &proof, id).await?;
    let chapters = chapter::all(&mut visit.tx, &editable.watchable()).await?;
    let page = Page { course, unit, typed: chapter::write(&chapters), errors: FormErrors::new() };
    Ok((visit, editable, page))
}

/// The form.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (visit, _, page) = open(&app, &caller, &slug, id).await?;
    answer(visit, page)
}

/// Keeps them.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, editable, mut page) = open(&app, &caller, &slug, id).await?;
    let length = area::one(&mut visit.tx, &editable.watchable()).await?.length_ms;
    match chapter::read(&typed.chapters, length) {
        Ok(chapters) => {
            chapter::replace(&mut visit.tx, &editable, &chapters).await?;
            visit.commit_and_go(&format!("/teaching/{slug}/units/{id}/film"), "chapters-saved").await
        }
        Err((line, fault)) => {
            page.errors.add("chapters", sentence(visit.language, line, fault));
            page.typed = typed.chapters;
            answer(visit, page)
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

fn answer(visit: Visit, page: Page) -> Answer {
    let language = visit.language;
    let title = say::chapters_of(language, &page.unit.title);
    if page.errors.is_empty() {
        visit.page(&title.clone(), move || view(language, title, page))
    } else {
        visit.refused(&title.clone(), move || view(language, title, page))
    }
}

fn view(language: Language, title: String, page: Page) -> AnyView {
    let Page { course, unit, typed, errors } = page;
    let slug = course.card.slug.clone();
    let below = format!("{slug}/units/{}", unit.id);
    let film_page = format!("{below}/film");
    let between = [
        (course.card.title.as_str(), slug.as_str()),
        (unit.title.as_str(), below.as_str()),
        (text::film_title(language), film_page.as_str()),
    ];
    view! {
        {card::summary(language, &errors)}
        {taught::way(language, &between, say::chapters_short(language))}
        <PageHead title=title lead=say::chapters_lead(language)/>
        <PostForm action=format!("/teaching/{below}/film/chapters")>
            <TextArea
                name="chapters"
                label=say::chapters_label(language)
                hint=say::chapters_hint(language)
                value=typed
                rows=12
                code=true
                error=errors.of("chapters")
            />
            <SubmitButton label=say::chapters_save(language)/>
        </PostForm>
    }
    .into_any()
}
