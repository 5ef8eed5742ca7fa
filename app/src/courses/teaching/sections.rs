//! Renaming a section, and the pages that ask before a section or a unit is removed.

use axum::extract::State;
use courses::course::Course;
use courses::outline::{self, Section};
use courses::{Error, SectionId, UnitId, check};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, frame};

use super::card;
use crate::caller::Caller;
use crate::courses::taught::{self, way};
use crate::parts::{
    Actions, CheckPage, Field, FormErrors, HiddenField, Link, PageHead, PostForm, SubmitButton,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The form of a name.
#[derive(Debug, Deserialize)]
pub struct Name {
    #[serde(default)]
    title: String,
    /// The revision that the person saw.
    #[serde(default)]
    revision: Option<i32>,
}

/// What stands in the form.
struct Typed {
    title: String,
    revision: i32,
    /// What somebody called the section before; it is shown above.
    theirs: Option<String>,
}

async fn one(visit: &mut Visit, proof: &courses::Taught, id: SectionId) -> Result<Section, Problem> {
    let sections = outline::draft(&mut visit.tx, proof).await?;
    Ok(sections.into_iter().find(|section| section.id == id).ok_or(Error::NotFound)?)
}

async fn open(
    app: &App,
    caller: &Caller,
    slug: &str,
    id: SectionId,
) -> Result<(Visit, courses::Taught, Course, Section), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let section = one(&mut visit, &proof, id).await?;
    Ok((visit, proof, course, section))
}

/// The form that renames a section.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, SectionId)>) -> Answer {
    let (visit, _, course, section) = open(&app, &caller, &slug, id).await?;
    let language = visit.language;
    let typed = Typed { title: section.title, revision: section.revision, theirs: None };
    visit.page(text::rename_section(language), move || form(language, &course, id, typed, &FormErrors::new()))
}

fn form(language: Language, course: &Course, id: SectionId, typed: Typed, errors: &FormErrors) -> AnyView {
    let slug = &course.card.slug;
    let draft = format!("/teaching/{slug}");
    let Typed { title, revision, theirs } = typed;
    let theirs = theirs.map(|theirs| card::meanwhile(language, view! { <p>{theirs}</p> }.into_any()));
    let field = view! {
        <HiddenField name="revision" value=revision.to_string()/>
        <Field name="title" label=text::section_title(language) value=title error=errors.of("title") autocomplete="off"/>
    };
    view! {
        {card::summary(language, errors)}
        {way(language, &[(&course.card.title, slug)], text::rename_section(language))}
        <PageHead title=text::rename_section(language)/>
        {theirs}
        <PostForm action=format!("{draft}/sections/{id}")>
            {field}
            <Actions>
                <SubmitButton label=frame::save(language)/>
                <a href=draft>{frame::cancel(language)}</a>
            </Actions>
        </PostForm>
    }
    .into_any()
}

/// Renames it, when nobody did since the form was shown; else both names are shown.
pub async fn rename(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, SectionId)>,
    Posted(name): Posted<Name>,
) -> Answer {
    let (mut visit, proof, course, section) = open(&app, &caller, &slug, id).await?;
    let revision = name.revision.unwrap_or(section.revision);
    match outline::rename_section(&mut visit.tx, &proof, id, Some(revision), &name.title).await {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}"), "saved").await,
        Err(Error::Invalid(problems)) => {
            let language = visit.language;
            let errors = card::errors(language, &problems);
            let typed = Typed { title: name.title, revision, theirs: None };
            visit.refused(text::rename_section(language), move || form(language, &course, id, typed, &errors))
        }
        Err(Error::ChangedMeanwhile(_)) => {
            let now = one(&mut visit, &proof, id).await?;
            let language = visit.language;
            let typed = Typed { title: name.title, revision: now.revision, theirs: Some(now.title) };
            let page = move || form(language, &course, id, typed, &FormErrors::new());
            card::second(visit.refused(text::rename_section(language), page))
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks before a section is removed.
pub async fn ask_remove(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, SectionId)>,
) -> Answer {
    let (visit, _, course, section) = open(&app, &caller, &slug, id).await?;
    if !section.units.is_empty() {
        return Err(Problem::NotAllowed);
    }
    let language = visit.language;
    let question = text::remove_section_question(language, &section.title);
    visit.page(&question.clone(), move || {
        view! {
            {way(language, &[(&course.card.title, &course.card.slug)], text::remove_section(language))}
            <CheckPage
                question=question
                action=format!("/teaching/{slug}/sections/{id}/remove")
                confirm=text::remove_section(language)
                cancel=Link::new(text::keep_section(language), format!("/teaching/{slug}"))
            >
                <p>{text::remove_section_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// Removes an empty section.
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, SectionId)>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    outline::remove_section(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go(&format!("/teaching/{slug}"), "section-removed").await
}

/// Asks before a unit is removed.
pub async fn ask_remove_unit(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let question = text::remove_unit_question(language, &unit.title);
    visit.page(&question.clone(), move || {
        view! {
            {way(language, &[(&course.card.title, &course.card.slug)], text::remove_unit(language))}
            <CheckPage
                question=question
                action=format!("/teaching/{slug}/units/{id}/remove")
                confirm=text::remove_unit(language)
                cancel=Link::new(text::keep_unit(language), format!("/teaching/{slug}"))
            >
                <p>{text::remove_unit_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// Removes a unit from the draft.
pub async fn remove_unit(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    outline::remove_unit(&mut visit.tx, &proof, id).await?;
    check::note(&mut visit.tx, &proof).await?;
    visit.commit_and_go(&format!("/teaching/{slug}"), "unit-removed").await
}
