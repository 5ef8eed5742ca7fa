//! Questions from other programs and for them, GIFT and Moodle XML: what is read stands in the text of the test and is not saved
//! before the author has seen what could not be carried over. POST /teaching/{slug}/units/{unit_id}/test/import, GET …/export.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use courses::quiz::exchange::{self, Format, Loss, Lost};
use courses::quiz::file;
use courses::{Error, UnitId};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, quizzes as say};

use super::edit::{self, Shown, Typed};
use super::form::{draft, key_for};
use super::{faults, open};
use crate::caller::Caller;
use crate::parts::{
    ActionLink, ButtonKind, Encoding, FileField, FormErrors, Notice, PageHead, PostForm, SubmitButton, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Attached};
use crate::state::App;

/// POST: reads a file; its questions stand behind those of the test, in the text that can be saved.
pub async fn import(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    file: Attached<{ exchange::MOST_BYTES }>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let mut draft = draft(&mut visit, &proof, id).await?;
    let (language, saved) = (visit.language, draft.revision > 0);
    let title = say::title(language, &place.unit.title);
    let before = file::write(&draft.settings, &draft.questions);
    let read = match Format::of(&file.name) {
        Some(format) => format.read(&file.bytes),
        None => {
            let errors = FormErrors::one("file", say::import_format(language));
            let typed = Typed { text: before, revision: draft.revision };
            let shown = Shown { typed, saved, ..Shown::default() };
            return visit.refused(&title, move || edit::view(language, &place, shown, &errors));
        }
    };
    match read {
        Ok((questions, lost)) => {
            let count = i64::try_from(questions.len()).unwrap_or(i64::MAX);
            for mut question in questions {
                if draft.questions.iter().any(|other| other.key == question.key) {
                    question.key = key_for(&question, &draft.questions);
                }
                draft.questions.push(question);
            }
            let text = file::write(&draft.settings, &draft.questions);
            let typed = Typed { text, revision: draft.revision };
            let shown = Shown { typed, saved, imported: Some((count, lost)), ..Shown::default() };
            visit.page(&title, move || edit::view(language, &place, shown, &FormErrors::new()))
        }
        Err(faults) => {
            let errors = FormErrors::one("file", say::import_faulty(language));
            let typed = Typed { text: before, revision: draft.revision };
            let shown = Shown { typed, saved, faults, ..Shown::default() };
            visit.refused(&title, move || edit::view(language, &place, shown, &errors))
        }
    }
}

/// The form that sends a file.
pub fn form(language: Language, path: &str, errors: &FormErrors) -> AnyView {
    let wrong = errors.of("file");
    view! {
        <h2>{say::import(language)}</h2>
        <PostForm action=format!("{path}/import") encoding=Encoding::Multipart>
            <FileField
                name="file"
                label=say::import_file(language)
                accept=".gift,.txt,.xml,.md"
                hint=say::import_hint(language)
                error=wrong
            />
            <SubmitButton label=say::import_read(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

/// What came of reading a file: how many questions, and what could not be carried over.
pub fn told(language: Language, count: i64, lost: &[Lost]) -> AnyView {
    let tone = if lost.is_empty() { Tone::Success } else { Tone::Warning };
    let list = losses(language, lost, say::line);
    view! {
        <Notice tone=tone title=say::import_count(language, count)>
            <p>{say::import_look(language)}</p>
            {list}
        </Notice>
    }
    .into_any()
}

/// `place`: how the number of a loss is said, a line or a question.
fn losses(language: Language, lost: &[Lost], place: fn(Language, &str) -> String) -> AnyView {
    if lost.is_empty() {
        return ().into_any();
    }
    let items = lost
        .iter()
        .map(|one| {
            let at = place(language, &one.line.to_string());
            let title = (!one.title.is_empty()).then(|| format!(" „{}” ", one.title));
            view! { <li><strong>{at}</strong>{title}" "{loss(language, &one.what)}</li> }
        })
        .collect_view();
    view! { <p>{say::lost(language)}</p><ul>{items}</ul> }.into_any()
}

fn loss(language: Language, what: &Loss) -> String {
    let fixed = match what {
        Loss::TooLarge(most) => return say::loss_large(language, &(most / 1024).to_string()),
        Loss::TooManyQuestions(most) => return say::loss_many(language, &most.to_string()),
        Loss::Kind(kind) => return say::loss_kind(language, kind),
        Loss::Flawed(flaw) => return say::loss_flawed(language, &faults::what(language, &flaw.what)),
        Loss::Picture(name) => return say::loss_picture(language, name),
        Loss::Markup(name) => return say::loss_markup(language, name),
        Loss::Points(points) => return say::loss_points(language, &points.to_string()),
        Loss::NotThisFormat => say::loss_format(language),
        Loss::BrokenXml => say::loss_broken(language),
        Loss::OwnEntities => say::loss_entities(language),
        Loss::TooDeep => say::loss_deep(language),
        Loss::NotUnderstood => say::loss_not_understood(language),
        Loss::BracesDiffer => say::loss_braces(language),
        Loss::Weights => say::loss_weights(language),
        Loss::AllWanted => say::loss_all_wanted(language),
        Loss::Wildcard => say::loss_wildcard(language),
        Loss::AnswerFeedback => say::loss_answer_feedback(language),
        Loss::OtherFeedback => say::loss_other_feedback(language),
        Loss::Table => say::loss_table(language),
        Loss::Units => say::loss_units(language),
        Loss::Unit => say::loss_unit(language),
        Loss::Case => say::loss_case(language),
        Loss::GapTolerance => say::loss_gap_tolerance(language),
        Loss::Rubric => say::loss_rubric(language),
        Loss::WordLimit => say::loss_word_limit(language),
        Loss::OptionOrder => say::loss_option_order(language),
        Loss::PointsUnsaid => say::loss_points_unsaid(language),
    };
    fixed.to_owned()
}

/// In which form the questions are asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    format: String,
    download: String,
}

/// GET: what the other form cannot say; with `download` the file itself.
pub async fn export(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Asked(wanted): Asked<Wanted>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let (format, ending, name) = match wanted.format.as_str() {
        "gift" => (Format::Gift, "gift", "GIFT"),
        "xml" => (Format::Moodle, "xml", "Moodle XML"),
        _ => return Err(Problem::NotFound),
    };
    let draft = draft(&mut visit, &proof, id).await?;
    let from_bank = draft.settings.draws_from_bank();
    if draft.questions.is_empty() && !from_bank {
        return Err(Error::NotFound.into());
    }
    let (text, lost) = format.write(&draft.questions);
    if !wanted.download.is_empty() {
        let mut response = text.into_response();
        let file = format!("attachment; filename=\"{}.{ending}\"", place.unit.slug);
        let headers = response.headers_mut();
        let kind = if ending == "xml" { "application/xml" } else { "text/plain; charset=utf-8" };
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Ok(file) = HeaderValue::from_str(&file) {
            headers.insert(header::CONTENT_DISPOSITION, file);
        }
        return Ok(response);
    }
    let language = visit.language;
    let title = say::export(language, name);
    visit.page(&title.clone(), move || {
        let href = format!("{}/export?format={ending}&download=1", place.path());
        let whole = (lost.is_empty() && !from_bank).then(|| view! { <p>{say::export_whole(language)}</p> });
        let without = from_bank.then(|| view! { <p>{words::draws::export_without(language)}</p> });
        view! {
            {place.head(language, say::tab_edit(language))}
            <PageHead title=title kicker=place.unit.title.clone()/>
            {whole}
            {without}
            {losses(language, &lost, say::question_number)}
            <p><ActionLink label=say::export_download(language) href=href/></p>
        }
        .into_any()
    })
}
