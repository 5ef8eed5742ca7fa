//! Writing the test of a unit as one readable text, settings and questions; every broken line is named, and nothing typed is
//! lost. GET and POST /teaching/{slug}/units/{unit_id}/test.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use courses::quiz::exchange::Lost;
use courses::quiz::file::{self, LineFault, MOST_BYTES, Sheet};
use courses::quiz::{Settings, Supply, pool, store};
use courses::{Error, UnitId, check};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, quizzes as say};

use super::{Place, draws, exchange, faults, open};
use crate::caller::Caller;
use crate::courses::taught::way;
use crate::courses::teaching::card;
use crate::parts::{
    ActionLink, Actions, ButtonKind, CheckPage, Details, FormErrors, HiddenField, Link, Notice, PageHead,
    PostForm, SubmitButton, TextArea, Tone,
};
use crate::problem::Answer;
use crate::refused;
use crate::request::{At, Posted};
use crate::state::App;

/// A text far over the limit still comes back to the one who wrote it.
const FORM_MOST_BYTES: usize = 16 << 20;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub(super) text: String,
    pub(super) revision: i32,
}

/// What the page shows besides the text.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) typed: Typed,
    /// The test is there already.
    pub(super) saved: bool,
    pub(super) faults: Vec<LineFault>,
    /// The draws of the saved test, each beside what there is for it.
    pub(super) supplies: Vec<Supply>,
    /// Questions that were read out of a file and are not saved yet, and what could not be carried over.
    pub(super) imported: Option<(i64, Vec<Lost>)>,
    /// What somebody else saved meanwhile.
    pub(super) theirs: Option<String>,
}

/// GET: the test as text; an example where there is none yet.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let draft = store::draft_in_full(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let shown = match draft {
        Some(draft) => Shown {
            supplies: pool::supplies(&mut visit.tx, &proof, &draft.settings, &draft.questions).await?,
            typed: Typed { text: file::write(&draft.settings, &draft.questions), revision: draft.revision },
            saved: true,
            ..Shown::default()
        },
        None => Shown {
            typed: Typed { text: file::write(&Settings::default(), &[]), revision: 0 },
            ..Shown::default()
        },
    };
    let title = say::title(language, &place.unit.title);
    visit.page(&title, move || view(language, &place, shown, &FormErrors::new()))
}

/// POST: saves the test when every line can be read.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(typed): Posted<Typed, FORM_MOST_BYTES>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let (language, title) = (visit.language, say::title(visit.language, &place.unit.title));
    let before = store::draft_in_full(&mut visit.tx, &proof, id).await?;
    let (saved, path) = (before.is_some(), place.path());
    let sheet = match file::read(&typed.text) {
        Ok(sheet) => sheet,
        Err(faults) => {
            let count = i64::try_from(faults.len()).unwrap_or(i64::MAX);
            let errors = FormErrors::one("text", say::lines_wrong(language, count));
            let shown = Shown { typed, saved, faults, ..Shown::default() };
            return visit.refused(&title, move || view(language, &place, shown, &errors));
        }
    };
    let Sheet { settings, questions } = &sheet;
    let test = (settings, questions.as_slice());
    match store::save_draft_since(&mut visit.tx, &proof, id, typed.revision, test).await {
        Ok(_) => {
            check::note(&mut visit.tx, &proof).await?;
            visit.commit_and_go(&path, "test-saved").await
        }
        Err(Error::ChangedMeanwhile(revision)) => {
            let theirs = before.map(|draft| file::write(&draft.settings, &draft.questions));
            let typed = Typed { revision, ..typed };
            let shown = Shown { typed, saved, theirs, ..Shown::default() };
            card::second(visit.refused(&title, move || view(language, &place, shown, &FormErrors::new())))
        }
        Err(Error::TestNotReady | Error::Invalid(_)) => {
            let errors = FormErrors::one("text", say::test_unfit(language));
            let shown = Shown { typed, saved, ..Shown::default() };
            visit.refused(&title, move || view(language, &place, shown, &errors))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) fn view(language: Language, place: &Place, shown: Shown, errors: &FormErrors) -> AnyView {
    let (path, wrong) = (place.path(), errors.of("text"));
    let drawn = draws::notice(language, &shown.supplies);
    let items = shown
        .faults
        .iter()
        .map(|fault| {
            let line = say::line(language, &fault.line.to_string());
            view! { <li><strong>{line}</strong>" "{faults::sentence(language, &fault.what)}</li> }
        })
        .collect_view();
    let faults = (!shown.faults.is_empty()).then(|| {
        view! { <Notice tone=Tone::Danger title=say::lines_title(language)><ul>{items}</ul></Notice> }
    });
    let imported = shown.imported.map(|(count, lost)| exchange::told(language, count, &lost));
    let theirs = shown.theirs.map(|text| {
        view! {
            <Notice tone=Tone::Warning title=say::overtaken(language)><p>{say::overtaken_text(language)}</p></Notice>
            <section class="sheet">
                <h2 id="theirs">{say::theirs(language)}</h2>
                <pre class="theirs" tabindex="0" role="region" aria-labelledby="theirs">{text}</pre>
            </section>
        }
    });
    let more = shown.saved.then(|| {
        let (file, gone) = (format!("{path}/file"), format!("{path}/remove"));
        let gift = format!("{path}/export?format=gift");
        let xml = format!("{path}/export?format=xml");
        view! {
            <Actions>
                <ActionLink label=say::download(language) href=file kind=ButtonKind::Secondary/>
                <ActionLink label=say::export(language, "GIFT") href=gift kind=ButtonKind::Secondary/>
                <ActionLink label=say::export(language, "Moodle XML") href=xml kind=ButtonKind::Secondary/>
                <ActionLink label=say::remove(language) href=gone kind=ButtonKind::Secondary/>
            </Actions>
        }
    });
    view! {
        {refused::summary(language, errors)}
        {place.head(language, say::tab_edit(language))}
        <PageHead title=say::title(language, &place.unit.title) lead=say::edit_lead(language)/>
        {imported}
        {faults}
        {drawn}
        {theirs}
        <PostForm action=path.clone()>
            <TextArea
                name="text"
                label=say::edit_text(language)
                hint=say::edit_text_hint(language)
                value=shown.typed.text
                rows=28
                code=true
                error=wrong
            />
            <Details summary=say::help(language)>
                <pre class="markdown-help" tabindex="0" role="region" aria-label=say::help(language)>{say::help_example(language)}</pre>
            </Details>
            <HiddenField name="revision" value=shown.typed.revision.to_string()/>
            <Actions><SubmitButton label=say::save(language)/></Actions>
        </PostForm>
        {exchange::form(language, &path, errors)}
        {more}
    }
    .into_any()
}

/// GET: the test as a file of the course folder.
pub async fn download(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let draft = store::draft(&mut visit.tx, &proof, id).await?.ok_or(Error::NotFound)?;
    let name = format!("attachment; filename=\"{}.quiz.md\"", place.unit.slug);
    let mut response = file::write(&draft.0, &draft.1).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/markdown; charset=utf-8"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// GET: asks before the test is taken out of the unit.
pub async fn ask_remove(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    store::draft(&mut visit.tx, &proof, id).await?.ok_or(Error::NotFound)?;
    let language = visit.language;
    let question = say::remove_question(language, &place.unit.title);
    visit.page(&question.clone(), move || {
        let (path, course) = (place.path(), &place.course.card);
        view! {
            {way(language, &[(&course.title, &course.slug)], say::remove(language))}
            <CheckPage
                question=question
                action=format!("{path}/remove")
                confirm=say::remove(language)
                cancel=Link::new(say::keep(language), path)
            >
                <p>{say::remove_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// POST: takes the test out of the unit.
pub async fn remove(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    store::remove_draft(&mut visit.tx, &proof, id).await?;
    check::note(&mut visit.tx, &proof).await?;
    let path = format!("/teaching/{slug}/units/{}", place.unit.id);
    visit.commit_and_go(&path, "test-removed").await
}

/// The text is no longer than a file of a course folder may be.
const _: () = assert!(FORM_MOST_BYTES > MOST_BYTES);
