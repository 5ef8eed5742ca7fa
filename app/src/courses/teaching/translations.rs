//! The text of a unit in another language than the course's, written beside its original.

use axum::extract::State;
use base::id::hexadecimal;
use courses::course::Course;
use courses::markdown::{self, Finding};
use courses::outline::{self, Unit};
use courses::quiz::translated::{self, Translated};
use courses::quiz::{Question, pool};
use courses::translation::{self, NewText, Text};
use courses::{Error, Taught, UnitId, check, publish};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, frame, writing as say};

use super::languages::others;
use super::quiz::worded;
use super::{card, differences, editor, findings};
use crate::caller::Caller;
use crate::courses::taught;
use crate::parts::{
    Actions, ButtonKind, Checkbox, Field, FormErrors, HiddenField, Notice, PageHead, PostForm, SubmitButton,
    TextArea, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    title: String,
    text: String,
    revision: i32,
    /// The hash of the original that stood beside the form.
    original: String,
    /// Whether the text follows that original.
    follows: String,
}

struct Page {
    course: Course,
    unit: Unit,
    code: String,
    /// The text as it is kept.
    kept: Option<Text>,
    /// The questions that the unit's test can ask, and those of the course in other languages.
    questions: Vec<Question>,
    worded: Vec<Translated>,
    typed: Typed,
    place: Option<(usize, Vec<Finding>)>,
    errors: FormErrors,
    /// Whether somebody else saved it after this form was opened.
    overtaken: bool,
}

async fn open(
    app: &App,
    caller: &Caller,
    slug: &str,
    (id, code): (UnitId, &str),
) -> Result<(Visit, Taught, Page), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    if !others(&course).any(|other| other == code) {
        return Err(Problem::NotFound);
    }
    let kept = translation::one(&mut visit.tx, &proof, id, code).await?;
    let typed = Typed {
        title: kept.as_ref().map(|text| text.title.clone()).unwrap_or_default(),
        text: kept.as_ref().map(|text| text.markdown.clone()).unwrap_or_default(),
        revision: kept.as_ref().map_or(0, |text| text.revision),
        original: hexadecimal(&translation::original_hash(&unit.title, &unit.markdown)),
        ..Typed::default()
    };
    let questions = pool::can_ask(&mut visit.tx, &proof, id).await?;
    let worded = translated::all(&mut visit.tx, &proof).await?;
    let (code, errors) = (code.to_owned(), FormErrors::new());
    let page =
        Page { course, unit, code, kept, questions, worded, typed, place: None, errors, overtaken: false };
    Ok((visit, proof, page))
}

pub(super) fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(hash)
}

/// The form beside the original.
pub async fn write(
    State(app): State<App>,
    caller: Caller,
    At((slug, id, code)): At<(String, UnitId, String)>,
    Asked(asked): Asked<editor::Place>,
) -> Answer {
    let (mut visit, proof, mut page) = open(&app, &caller, &slug, (id, &code)).await?;
    if let Some(line) = asked.line() {
        let places = publish::places(&mut visit.tx, &proof).await?;
        let places = markdown::Places { language: code, ..places };
        page.place = Some((line, markdown::render(&page.typed.text, &places).findings));
    }
    let language = visit.language;
    visit.page(say::translation_title(language), move || view(language, page))
}

/// Saves the text.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, id, code)): At<(String, UnitId, String)>,
    Posted(typed): Posted<Typed, { editor::FORM_MOST_BYTES }>,
) -> Answer {
    let (mut visit, proof, mut page) = open(&app, &caller, &slug, (id, &code)).await?;
    let language = visit.language;
    let original = unhex(&typed.original);
    let new = NewText {
        title: typed.title.clone(),
        markdown: typed.text.clone(),
        revision: typed.revision,
        follows: original.filter(|_| !typed.follows.is_empty() || typed.revision == 0),
    };
    match translation::save(&mut visit.tx, &proof, &page.unit, &code, &new).await {
        Ok(()) => {
            check::note(&mut visit.tx, &proof).await?;
            let path = format!("/teaching/{slug}/units/{id}/languages/{code}");
            visit.commit_and_go(&path, "unit-saved").await
        }
        Err(Error::ChangedMeanwhile(_)) => {
            page.kept = translation::one(&mut visit.tx, &proof, id, &code).await?;
            let revision = page.kept.as_ref().map_or(0, |text| text.revision);
            page.typed = Typed { revision, ..typed };
            page.overtaken = true;
            card::second(visit.refused(say::translation_title(language), move || view(language, page)))
        }
        Err(Error::Invalid(problems)) => {
            page.errors = card::errors(language, &problems);
            page.typed = typed;
            visit.refused(say::translation_title(language), move || view(language, page))
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes the text out of the draft.
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    At((slug, id, code)): At<(String, UnitId, String)>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    match translation::remove(&mut visit.tx, &proof, id, &code).await {
        Ok(()) => {
            check::note(&mut visit.tx, &proof).await?;
            visit.commit_and_go(&format!("/teaching/{slug}/languages"), "translation-removed").await
        }
        Err(error) => Err(error.into()),
    }
}

fn view(language: Language, page: Page) -> AnyView {
    let Page { course, unit, code, kept, questions, worded, typed, place, errors, overtaken } = page;
    let slug = course.card.slug.clone();
    let path = format!("/teaching/{slug}/units/{}/languages/{code}", unit.id);
    let questions = worded::list(language, &path, &code, &questions, &worded);
    let name = findings::name_of(&code);
    let other = overtaken.then(|| {
        let theirs = kept.as_ref().map(|text| text.markdown.clone()).unwrap_or_default();
        view! {
            <Notice tone=Tone::Warning title=text::overtaken_title(language)>
                <p>{say::translation_overtaken(language)}</p>
            </Notice>
            {differences::text(language, "", &theirs, &typed.text.replace("\r\n", "\n"))}
        }
    });
    let stale = kept.as_ref().is_some_and(|text| text.stale);
    let stale_notice = stale.then(|| {
        view! { <Notice tone=Tone::Warning title=say::translation_stale(language)><p>{say::translation_stale_text(language)}</p></Notice> }
    });
    let follows = (kept.is_some()).then(|| {
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
    let place = place.map(|(line, found)| findings::place(language, &found, &typed.text, line));
    let original_lang = (course.card.language != language.code()).then(|| course.card.language.clone());
    let fields = view! {
        <Field name="title" label=text::unit_title(language) value=typed.title error=errors.of("title") autocomplete="off"/>
        <TextArea
            name="text"
            label=say::translation_text(language, &name)
            hint=text::unit_text_hint(language)
            value=typed.text
            rows=24
            code=true
            error=errors.of("text")
        />
        {follows}
        <HiddenField name="revision" value=typed.revision.to_string()/>
        <HiddenField name="original" value=typed.original/>
    };
    let all = format!("{slug}/languages");
    view! {
        {card::summary(language, &errors)}
        {taught::way(
            language,
            &[(&course.card.title, &slug), (say::languages_title(language), &all)],
            say::translation_title(language),
        )}
        <PageHead title=unit.title.clone() kicker=name/>
        {stale_notice}
        {other}
        {place}
        <section class="sheet">
            <h2 id="original">{say::translation_original(language)}</h2>
            <pre class="theirs" tabindex="0" role="region" aria-labelledby="original" lang=original_lang>{unit.markdown.clone()}</pre>
        </section>
        <PostForm action=path>
            {fields}
            <Actions>
                <SubmitButton label=frame::save(language)/>
                <a href=format!("/teaching/{slug}/languages")>{frame::cancel(language)}</a>
            </Actions>
        </PostForm>
        {remove}
        {questions}
    }
    .into_any()
}
