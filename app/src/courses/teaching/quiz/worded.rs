//! A question in another language: its words beside the original, one form a question. GET and POST
//! /teaching/{slug}/units/{unit_id}/languages/{code}/questions/{question_key}, POST …/remove. The list of the questions of a test
//! stands on the page of the unit's text in that language.

use axum::extract::State;
use base::id::hexadecimal;
use courses::quiz::translated::{self, NewTexts, Translated};
use courses::quiz::wording::{Size, Texts};
use courses::quiz::{Flaw, Question, pool};
use courses::{Error, Taught, UnitId, check};
use leptos::prelude::*;
use words::{Language, courses as text, frame, quizzes as say, writing};

use super::{Place, faults, open};
use crate::caller::Caller;
use crate::courses::taught;
use crate::courses::teaching::{card, findings, languages, translations};
use crate::parts::{
    Actions, ButtonKind, Checkbox, DataTable, Field, FormErrors, HiddenField, Notice, PageHead, PostForm,
    SubmitButton, TextArea, Tone,
};
use crate::problem::{Answer, Problem};
use crate::refused;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// Most bytes of the form of a question.
const FORM_MOST_BYTES: usize = 2 << 20;

/// Where the page is: course, unit, language, key.
type Way = (String, UnitId, String, String);

/// The form as it was posted.
#[derive(Clone, Debug, Default)]
struct Typed {
    texts: Texts,
    revision: i32,
    /// The hash of the original that stood beside the form.
    original: String,
    /// Whether the words follow that original.
    follows: bool,
}

/// The name of a field in the form.
fn name_of(field: &str) -> String {
    format!("word-{}", field.replace('.', "-"))
}

impl Typed {
    fn read(question: &Question, posted: &[(String, String)]) -> Self {
        let value = |name: &str| {
            let found = posted.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let fields = question.wordings().into_iter();
        Self {
            texts: fields.map(|(field, ..)| (field.clone(), value(&name_of(&field)))).collect(),
            revision: value("revision").parse().unwrap_or(0),
            original: value("original"),
            follows: !value("follows").is_empty(),
        }
    }
}

struct Page {
    place: Place,
    question: Question,
    code: String,
    /// The words as they are kept.
    kept: Option<Translated>,
    typed: Typed,
    errors: FormErrors,
    /// Whether somebody else saved them after this form was opened.
    overtaken: bool,
}

async fn page(
    app: &App,
    caller: &Caller,
    (slug, id, code, key): &Way,
) -> Result<(Visit, Taught, Page), Problem> {
    let (mut visit, proof, place) = open(app, caller, slug, *id).await?;
    if !languages::others(&place.course).any(|other| other == code) {
        return Err(Problem::NotFound);
    }
    let questions = pool::can_ask(&mut visit.tx, &proof, *id).await?;
    let question = questions.into_iter().find(|question| question.key == *key).ok_or(Problem::NotFound)?;
    let kept = translated::one(&mut visit.tx, &proof, key, code).await?;
    let typed = Typed {
        texts: kept.as_ref().map(|one| one.texts.clone()).unwrap_or_default(),
        revision: kept.as_ref().map_or(0, |one| one.revision),
        original: hexadecimal(&question.texts_hash()),
        follows: false,
    };
    let code = code.clone();
    let page = Page { place, question, code, kept, typed, errors: FormErrors::new(), overtaken: false };
    Ok((visit, proof, page))
}

/// GET: the form beside the original.
pub async fn show(State(app): State<App>, caller: Caller, At(way): At<Way>) -> Answer {
    let (visit, _, page) = page(&app, &caller, &way).await?;
    let language = visit.language;
    visit.page(say::worded_title(language), move || view(language, page))
}

/// POST: saves the words.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At(way): At<Way>,
    Posted(posted): Posted<Vec<(String, String)>, FORM_MOST_BYTES>,
) -> Answer {
    let (mut visit, proof, mut page) = page(&app, &caller, &way).await?;
    let language = visit.language;
    let title = say::worded_title(language);
    let typed = Typed::read(&page.question, &posted);
    let flaws = page.question.flaws_in(&page.question.tidy_texts(&typed.texts));
    if !flaws.is_empty() {
        page.errors = errors(language, &flaws);
        page.typed = typed;
        return visit.refused(title, move || view(language, page));
    }
    let follows = translations::unhex(&typed.original).filter(|_| typed.follows || typed.revision == 0);
    let new = NewTexts { texts: typed.texts.clone(), revision: typed.revision, follows };
    let (slug, id, code, key) = &way;
    match translated::save(&mut visit.tx, &proof, key, code, &new).await {
        Ok(()) => {
            check::note(&mut visit.tx, &proof).await?;
            let path = format!("/teaching/{slug}/units/{id}/languages/{code}");
            visit.commit_and_go(&path, "question-worded").await
        }
        Err(Error::ChangedMeanwhile(_)) => {
            page.kept = translated::one(&mut visit.tx, &proof, key, code).await?;
            let revision = page.kept.as_ref().map_or(0, |one| one.revision);
            page.typed = Typed { revision, ..typed };
            page.overtaken = true;
            card::second(visit.refused(title, move || view(language, page)))
        }
        Err(error) => Err(error.into()),
    }
}

/// POST: takes the words out of the draft.
pub async fn remove(State(app): State<App>, caller: Caller, At(way): At<Way>) -> Answer {
    let (mut visit, proof, _) = page(&app, &caller, &way).await?;
    let (slug, id, code, key) = &way;
    translated::remove(&mut visit.tx, &proof, key, code).await?;
    check::note(&mut visit.tx, &proof).await?;
    let path = format!("/teaching/{slug}/units/{id}/languages/{code}");
    visit.commit_and_go(&path, "translation-removed").await
}

fn errors(language: Language, flaws: &[Flaw]) -> FormErrors {
    let mut errors = FormErrors::new();
    for flaw in flaws {
        let name = name_of(&flaw.field);
        if errors.of(&name).is_none() {
            errors.add(name, faults::what(language, &flaw.what));
        }
    }
    errors
}

/// What a field is called on the page.
fn label(language: Language, field: &str) -> String {
    let parts: Vec<&str> = field.split('.').collect();
    let number = |at: usize| {
        let number = parts.get(at).and_then(|part| part.parse::<usize>().ok());
        number.map_or_else(String::new, |number| (number + 1).to_string())
    };
    let said = |what: String| say::worded_said(language, &what);
    match (parts[0], parts.get(2).copied()) {
        ("text", _) => say::worded_text(language).to_owned(),
        ("feedback", _) => say::worded_feedback(language).to_owned(),
        ("options", Some("feedback")) => said(say::worded_option(language, &number(1))),
        ("options", _) => say::worded_option(language, &number(1)),
        ("if_true", _) => said(say::is_true(language).to_owned()),
        ("if_false", _) => said(say::is_false(language).to_owned()),
        ("accepted", _) => say::worded_accepted(language).to_owned(),
        ("unit", _) => say::worded_unit(language).to_owned(),
        ("pairs", Some("left")) => say::worded_left(language, &number(1)),
        ("pairs", _) => say::worded_right(language, &number(1)),
        ("distractors", _) => say::worded_distractor(language, &number(1)),
        ("items", _) => say::worded_item(language, &number(1)),
        ("gaps", Some("accepted")) => say::worded_gap_accepted(language, &number(1)),
        ("gaps", _) => say::worded_gap_option(language, &number(1), &number(3)),
        ("alt", _) => say::worded_alt(language).to_owned(),
        ("areas", Some("feedback")) => said(say::worded_area(language, &number(1))),
        ("areas", _) => say::worded_area(language, &number(1)),
        ("rubric", Some("guidance")) => say::form_guidance(language, &number(1)),
        ("rubric", _) => say::worded_criterion(language, &number(1)),
        _ => field.to_owned(),
    }
}

/// One text: its original, what somebody else saved of it meanwhile, and its field.
fn field(language: Language, page: &Page, (field, size, original): (String, Size, String)) -> AnyView {
    let own = &page.place.course.card.language;
    let lang = |code: &str| (code != language.code()).then(|| code.to_owned());
    let (name, label) = (name_of(&field), label(language, &field));
    let value = page.typed.texts.get(&field).cloned().unwrap_or_default();
    let error = page.errors.of(&name);
    let theirs = page.kept.as_ref().filter(|_| page.overtaken).and_then(|kept| kept.texts.get(&field));
    let theirs = theirs.filter(|theirs| theirs.trim() != value.replace("\r\n", "\n").trim());
    let theirs = theirs.cloned().map(|theirs| {
        view! {
            <p>{say::worded_theirs(language)}</p>
            <p class="typed" lang=lang(&page.code)>{theirs}</p>
        }
    });
    let input = match size {
        Size::Block => {
            let hint = if original.contains("[[1]]") { say::worded_gaps_hint(language) } else { "" };
            view! { <TextArea name=name label=label hint=hint value=value rows=4 error=error/> }.into_any()
        }
        Size::Answers => {
            let hint = say::worded_accepted_hint(language);
            view! { <TextArea name=name label=label hint=hint value=value rows=2 error=error/> }.into_any()
        }
        Size::Line | Size::Optional => {
            let hint = if size == Size::Optional { say::worded_optional_hint(language) } else { "" };
            view! { <Field name=name label=label hint=hint value=value error=error autocomplete="off"/> }
                .into_any()
        }
    };
    view! {
        <p class="typed" lang=lang(own)>{original}</p>
        {theirs}
        {input}
    }
    .into_any()
}

fn view(language: Language, page: Page) -> AnyView {
    let slug = page.place.course.card.slug.clone();
    let unit = format!("/teaching/{slug}/units/{}/languages/{}", page.place.unit.id, page.code);
    let path = format!("{unit}/questions/{}", page.question.key);
    let name = findings::name_of(&page.code);
    let other = page.overtaken.then(|| {
        view! {
            <Notice tone=Tone::Warning title=text::overtaken_title(language)>
                <p>{say::worded_overtaken(language)}</p>
            </Notice>
        }
    });
    let stale = page.kept.as_ref().is_some_and(|kept| !kept.is_fit()).then(|| {
        view! {
            <Notice tone=Tone::Warning title=writing::translation_stale(language)>
                <p>{say::worded_stale(language)}</p>
            </Notice>
        }
    });
    let follows = page.kept.is_some().then(|| {
        view! {
            <Checkbox
                name="follows"
                label=writing::translation_follows(language)
                hint=writing::translation_follows_hint(language)
                checked=page.typed.follows
            />
        }
    });
    let remove = page.kept.is_some().then(|| {
        view! {
            <PostForm action=format!("{path}/remove")>
                <SubmitButton label=writing::translation_remove(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
    });
    let fields = page.question.wordings().into_iter().map(|one| field(language, &page, one)).collect_view();
    let all = format!("{slug}/languages");
    let of_unit = format!("{slug}/units/{}/languages/{}", page.place.unit.id, page.code);
    view! {
        {refused::summary(language, &page.errors)}
        {taught::way(
            language,
            &[
                (&page.place.course.card.title, &slug),
                (writing::languages_title(language), &all),
                (&page.place.unit.title, &of_unit),
            ],
            say::worded_title(language),
        )}
        <PageHead title=page.question.name() kicker=name lead=say::worded_lead(language)/>
        {stale}
        {other}
        <PostForm action=path>
            {fields}
            {follows}
            <HiddenField name="revision" value=page.typed.revision.to_string()/>
            <HiddenField name="original" value=page.typed.original.clone()/>
            <Actions>
                <SubmitButton label=frame::save(language)/>
                <a href=unit>{frame::cancel(language)}</a>
            </Actions>
        </PostForm>
        {remove}
    }
    .into_any()
}

/// The questions that a test can ask in one language, with the way to each; nothing without a question. `path`: the page of the unit's
/// text in it.
pub fn list(
    language: Language,
    path: &str,
    code: &str,
    questions: &[Question],
    worded: &[Translated],
) -> Option<AnyView> {
    if questions.is_empty() {
        return None;
    }
    let name = findings::name_of(code);
    let rows = questions.iter().map(|question| {
        let of_it = worded.iter().find(|one| one.question.key == question.key && one.language == code);
        let href = format!("{path}/questions/{}", question.key);
        let subject = format!(": {}, {name}", question.name());
        let cell = languages::cell(language, of_it.map(|one| !one.is_fit()), href, subject);
        view! { <tr><th scope="row">{question.name()}</th>{cell}</tr> }
    });
    let rows = rows.collect_view();
    let heads =
        view! { <th scope="col">{say::column_question(language)}</th><th scope="col">{name.clone()}</th> };
    Some(
        view! {
            <DataTable id="questions" caption=say::worded_questions(language)>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .into_any(),
    )
}
