//! The title and the summary of a course in another language, written beside the original.

use axum::extract::State;
use base::id::hexadecimal;
use courses::course::Course;
use courses::title::{self, NewTitle, Title};
use courses::translation;
use courses::{Error, Taught};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, frame, writing as say};

use super::languages::others;
use super::translations::unhex;
use super::{card, findings};
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{
    Actions, ButtonKind, Checkbox, Field, FormErrors, HiddenField, Notice, PageHead, PostForm, SubmitButton,
    SummaryList, SummaryRow, TextArea, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    title: String,
    summary: String,
    revision: i32,
    /// The hash of the original that stood beside the form.
    original: String,
    /// Whether title and summary follow that original.
    follows: String,
}

struct Page {
    course: Course,
    code: String,
    /// Title and summary as they are kept.
    kept: Option<Title>,
    typed: Typed,
    errors: FormErrors,
    /// Whether somebody else saved them after this form was opened.
    overtaken: bool,
}

async fn kept(visit: &mut Visit, proof: &Taught, code: &str) -> Result<Option<Title>, Problem> {
    let titles = title::all(&mut visit.tx, proof).await?;
    Ok(titles.into_iter().find(|title| title.language == code))
}

async fn open(app: &App, caller: &Caller, slug: &str, code: &str) -> Result<(Visit, Taught, Page), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    if !others(&course).any(|other| other == code) {
        return Err(Problem::NotFound);
    }
    let kept = kept(&mut visit, &proof, code).await?;
    let typed = Typed {
        title: kept.as_ref().map(|one| one.title.clone()).unwrap_or_default(),
        summary: kept.as_ref().map(|one| one.summary.clone()).unwrap_or_default(),
        revision: kept.as_ref().map_or(0, |one| one.revision),
        original: hexadecimal(&translation::original_hash(&course.card.title, &course.card.summary)),
        ..Typed::default()
    };
    let code = code.to_owned();
    Ok((visit, proof, Page { course, code, kept, typed, errors: FormErrors::new(), overtaken: false }))
}

/// The form beside the original.
pub async fn write(State(app): State<App>, caller: Caller, At((slug, code)): At<(String, String)>) -> Answer {
    let (visit, _, page) = open(&app, &caller, &slug, &code).await?;
    let language = visit.language;
    visit.page(say::translation_card(language), move || view(language, page))
}

/// Saves title and summary.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, code)): At<(String, String)>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, mut page) = open(&app, &caller, &slug, &code).await?;
    let language = visit.language;
    let original = unhex(&typed.original);
    let new = NewTitle {
        title: typed.title.clone(),
        summary: typed.summary.clone(),
        revision: typed.revision,
        follows: original.filter(|_| !typed.follows.is_empty() || typed.revision == 0),
    };
    match title::save(&mut visit.tx, &proof, &code, &new).await {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}/languages"), "title-saved").await,
        Err(Error::ChangedMeanwhile(_)) => {
            page.kept = kept(&mut visit, &proof, &code).await?;
            let revision = page.kept.as_ref().map_or(0, |one| one.revision);
            page.typed = Typed { revision, ..typed };
            page.overtaken = true;
            card::second(visit.refused(say::translation_card(language), move || view(language, page)))
        }
        Err(Error::Invalid(problems)) => {
            page.errors = card::errors(language, &problems);
            page.typed = typed;
            visit.refused(say::translation_card(language), move || view(language, page))
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes title and summary out of the draft.
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    At((slug, code)): At<(String, String)>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    title::remove(&mut visit.tx, &proof, &code).await?;
    visit.commit_and_go(&format!("/teaching/{slug}/languages"), "translation-removed").await
}

/// Title and summary of somebody, as two lines.
fn pair(language: Language, title: &str, summary: &str) -> AnyView {
    let rows = vec![
        SummaryRow::new(text::card_title(language), title.to_owned()),
        SummaryRow::new(text::card_summary(language), summary.to_owned()),
    ];
    view! { <SummaryList rows=rows/> }.into_any()
}

fn view(language: Language, page: Page) -> AnyView {
    let Page { course, code, kept, typed, errors, overtaken } = page;
    let card = &course.card;
    let name = findings::name_of(&code);
    let path = format!("/teaching/{}/languages/{code}", card.slug);
    let all = format!("{}/languages", card.slug);
    let other = kept.as_ref().filter(|_| overtaken).map(|theirs| {
        let theirs = pair(language, &theirs.title, &theirs.summary);
        view! { <Notice tone=Tone::Warning title=text::overtaken_title(language)>{theirs}</Notice> }
    });
    let stale = kept.as_ref().is_some_and(|one| one.stale).then(|| {
        view! { <Notice tone=Tone::Warning title=say::translation_stale(language)><p>{say::translation_stale_text(language)}</p></Notice> }
    });
    let missing = kept.is_none().then(|| view! { <p>{say::translation_card_missing(language)}</p> });
    let follows = kept.is_some().then(|| {
        view! {
            <Checkbox
                name="follows"
                label=say::translation_follows(language)
                hint=say::translation_follows_hint(language)
                checked=!typed.follows.is_empty()
            />
        }
    });
    let remove = kept.is_some().then(|| {
        view! {
            <PostForm action=format!("{path}/remove")>
                <SubmitButton label=say::translation_remove(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
    });
    let fields = view! {
        <Field name="title" label=text::card_title(language) value=typed.title error=errors.of("title") autocomplete="off"/>
        <TextArea
            name="summary"
            label=text::card_summary(language)
            value=typed.summary
            rows=4
            error=errors.of("summary")
        />
        {follows}
        <HiddenField name="revision" value=typed.revision.to_string()/>
        <HiddenField name="original" value=typed.original/>
    };
    let back = format!("/teaching/{}/languages", card.slug);
    view! {
        {card::summary(language, &errors)}
        {taught::way(
            language,
            &[(&card.title, &card.slug), (say::languages_title(language), &all)],
            say::translation_card(language),
        )}
        <PageHead title=say::translation_card(language) kicker=name/>
        {stale}
        {missing}
        {other}
        <section class="sheet" aria-labelledby="original">
            <h2 id="original">{say::translation_original(language)}</h2>
            {pair(language, &card.title, &card.summary)}
        </section>
        <PostForm action=path>
            {fields}
            <Actions>
                <SubmitButton label=frame::save(language)/>
                <a href=back>{frame::cancel(language)}</a>
            </Actions>
        </PostForm>
        {remove}
    }
    .into_any()
}
