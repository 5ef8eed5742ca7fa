//! One question in a form. GET /teaching/{slug}/units/{unit_id}/test/form/new and …/form/questions/{question_key}, POST
//! …/form/questions. The revision of the test lets a form that was sent twice add its question once.

use axum::extract::State;
use courses::UnitId;
use courses::quiz::Question;
use courses::quiz::question::MOST_PARTS;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, quizzes as say};

use super::form::{draft, has_form, key_for, name_of, save_and_go};
use super::kinds::{self, Fields};
use super::{Place, faults, open};
use crate::caller::Caller;
use crate::parts::{
    Actions, Checkbox, Choice, Field, FieldKind, FormErrors, HiddenField, PageHead, PostForm, Radios,
    SubmitButton, TextArea,
};
use crate::problem::{Answer, Problem};
use crate::refused;
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::{self, Visit};

/// Most bytes of the form of a question.
const FORM_MOST_BYTES: usize = 2 << 20;

/// The kind of a new question.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct New {
    kind: String,
}

struct Page {
    place: Place,
    /// Its key; a new one has none yet.
    key: Option<String>,
    kind: &'static str,
    revision: i32,
    fields: Fields,
}

/// GET: an empty question of that kind.
pub async fn fresh(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Asked(New { kind }): Asked<New>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let revision = draft(&mut visit, &proof, id).await?.revision;
    let kind = kinds::OFFERED.into_iter().find(|word| *word == kind).unwrap_or(kinds::OFFERED[0]);
    let fields = Fields(vec![("points".to_owned(), "1".to_owned())]);
    Page { place, key: None, kind, revision, fields }.answer(visit, FormErrors::new())
}

/// GET: a question; one that the form does not know is in the text.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At((slug, id, key)): At<(String, UnitId, String)>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let draft = draft(&mut visit, &proof, id).await?;
    let question = draft.questions.iter().find(|question| question.key == key).ok_or(Problem::NotFound)?;
    if !has_form(&question.kind) {
        return Ok(visit::go(&app, &place.path(), ""));
    }
    let (kind, fields) = (kinds::word(&question.kind), kinds::fields(question));
    Page { place, key: Some(key), kind, revision: draft.revision, fields }.answer(visit, FormErrors::new())
}

/// POST: saves a question, or adds it at the end.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(posted): Posted<Vec<(String, String)>, FORM_MOST_BYTES>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let mut draft = draft(&mut visit, &proof, id).await?;
    let fields = Fields(posted);
    let key = fields.some("question_key");
    let kind = fields.get("question_kind");
    let kind = kinds::OFFERED.into_iter().find(|word| *word == kind).ok_or(Problem::Malformed)?;
    let revision = fields.get("revision").parse().unwrap_or(-1);
    let at = key.as_ref().map(|key| draft.questions.iter().position(|question| question.key == *key));
    if at == Some(None) {
        return Err(Problem::NotFound);
    }
    let before = at.flatten().map(|at| draft.questions[at].clone());
    let mut question = kinds::read(kind, &fields, before.as_ref()).ok_or(Problem::Malformed)?;
    if question.key.is_empty() {
        question.key = key_for(&question, &draft.questions);
    }
    let errors = errors(visit.language, &question);
    if !errors.is_empty() {
        return Page { place, key, kind, revision, fields }.answer(visit, errors);
    }
    match at.flatten() {
        Some(at) => draft.questions[at] = question,
        None => draft.questions.push(question),
    }
    save_and_go(visit, &proof, &place, &draft, revision).await
}

/// The flaws of a question at the fields of its form.
fn errors(language: Language, question: &Question) -> FormErrors {
    let mut errors = FormErrors::new();
    for flaw in question.flaws() {
        let parts: Vec<&str> = flaw.field.split('.').collect();
        let row = parts.get(1).and_then(|row| row.parse::<usize>().ok()).map_or(1, |row| row + 1);
        let field = match (parts[0], parts.get(2).copied()) {
            ("options", Some("feedback")) => format!("said-{row}"),
            ("options", _) => format!("option-{row}"),
            ("accepted", _) => format!("accepted-{row}"),
            ("pairs", Some("right")) => format!("right-{row}"),
            ("pairs", _) => format!("left-{row}"),
            ("distractors", _) => format!("distractor-{row}"),
            ("items", _) => format!("item-{row}"),
            ("rubric", _) => format!("criterion-{row}"),
            (name, _) => name.to_owned(),
        };
        errors.add(field, faults::what(language, &flaw.what));
    }
    errors
}

impl Page {
    fn answer(self, visit: Visit, errors: FormErrors) -> Answer {
        let language = visit.language;
        let title = match &self.key {
            Some(_) => {
                let named = kinds::read(self.kind, &self.fields, None).map(|question| name_of(&question));
                named.filter(|name| !name.is_empty())
            }
            None => None,
        };
        let title = title.unwrap_or_else(|| say::form_new(language).to_owned());
        visit.form(&title.clone(), errors, move |errors| self.view(language, title, &errors))
    }

    fn view(self, language: Language, title: String, errors: &FormErrors) -> AnyView {
        let path = format!("{}/form", self.place.path());
        let head = self.place.head(language, say::tab_form(language));
        let key = self.key.clone().unwrap_or_default();
        let kicker = kinds::offered_name(language, self.kind);
        let inside = Form { language, fields: &self.fields, errors }.view(self.kind);
        let (revision, kind) = (self.revision.to_string(), self.kind);
        let action = format!("{path}/questions");
        view! {
            {refused::summary(language, errors)}
            {head}
            <PageHead title=title kicker=kicker/>
            <PostForm action=action>
                <HiddenField name="revision" value=revision/>
                <HiddenField name="question_key" value=key/>
                <HiddenField name="question_kind" value=kind/>
                {inside}
                <Actions>
                    <SubmitButton label=say::form_save_question(language)/>
                    <a href=path>{say::form_back(language)}</a>
                </Actions>
            </PostForm>
        }
        .into_any()
    }
}

/// The fields of a form in the making.
struct Form<'a> {
    language: Language,
    fields: &'a Fields,
    errors: &'a FormErrors,
}

impl Form<'_> {
    fn view(&self, kind: &str) -> AnyView {
        let language = self.language;
        let shuffles = matches!(kind, "single" | "multiple");
        let fixed = shuffles.then(|| self.check("fixed", say::form_fixed(language)));
        view! {
            {self.line("title", say::form_title(language).to_owned(), say::form_title_hint(language))}
            {self.block("text", say::form_question(language), 4)}
            {self.number("points", say::form_points(language).to_owned())}
            {self.of_kind(kind)}
            {fixed}
            {self.block("feedback", say::form_feedback(language), 3)}
            {self.line("tags", say::form_tags(language).to_owned(), say::form_tags_hint(language))}
        }
        .into_any()
    }

    fn of_kind(&self, kind: &str) -> AnyView {
        let language = self.language;
        match kind {
            "single" | "multiple" => self.rows("option", |row| {
                let number = row.to_string();
                view! {
                    {self.line(&format!("option-{row}"), say::form_option(language, &number), "")}
                    {self.check(&format!("right-{row}"), say::form_right(language))}
                    {self.line(&format!("said-{row}"), say::form_said(language, &number), "")}
                }
                .into_any()
            }),
            "true_false" => {
                let choice = |value: &str, label: &str| Choice {
                    chosen: self.fields.get("truth") == value,
                    ..Choice::new(value, label)
                };
                let choices =
                    vec![choice("true", say::is_true(language)), choice("false", say::is_false(language))];
                view! {
                    <Radios name="truth" legend=say::form_truth(language) choices=choices/>
                    {self.line("if_true", say::form_if_true(language).to_owned(), "")}
                    {self.line("if_false", say::form_if_false(language).to_owned(), "")}
                }
                .into_any()
            }
            "short" => {
                let rows = self.rows("accepted", |row| {
                    self.line(&format!("accepted-{row}"), say::form_accepted(language, &row.to_string()), "")
                });
                view! { {rows}{self.check("case", say::form_case(language))} }.into_any()
            }
            "number" => view! {
                {self.line("value", say::form_value(language).to_owned(), "")}
                {self.line("tolerance", say::form_tolerance(language).to_owned(), "")}
                {self.line("unit", say::form_unit(language).to_owned(), "")}
            }
            .into_any(),
            "matching" => {
                let pairs = self.rows("left", |row| {
                    let number = row.to_string();
                    view! {
                        {self.line(&format!("left-{row}"), say::form_left(language, &number), "")}
                        {self.line(&format!("right-{row}"), say::form_match(language, &number), "")}
                    }
                    .into_any()
                });
                let more = self.rows("distractor", |row| {
                    let label = say::form_distractor(language, &row.to_string());
                    self.line(&format!("distractor-{row}"), label, "")
                });
                view! { {pairs}{more} }.into_any()
            }
            "ordering" => self.rows("item", |row| {
                self.line(&format!("item-{row}"), say::form_item(language, &row.to_string()), "")
            }),
            _ => {
                let rows = self.rows("criterion", |row| {
                    let number = row.to_string();
                    view! {
                        {self.line(&format!("criterion-{row}"), say::form_criterion(language, &number), "")}
                        {self.number(&format!("worth-{row}"), say::form_worth(language, &number))}
                        {self.line(&format!("guidance-{row}"), say::form_guidance(language, &number), "")}
                    }
                    .into_any()
                });
                view! { {self.number("words_most", say::form_words(language).to_owned())}{rows} }.into_any()
            }
        }
    }

    /// The rows that are filled in and two more, four at least: without script rows are added by saving.
    fn rows(&self, name: &str, row: impl Fn(usize) -> AnyView) -> AnyView {
        let filled = (1..=MOST_PARTS).filter(|row| self.fields.some(&format!("{name}-{row}")).is_some());
        let count = (filled.max().unwrap_or(0) + 2).clamp(4, MOST_PARTS);
        (1..=count).map(row).collect_view().into_any()
    }

    fn line(&self, name: &str, label: String, hint: &'static str) -> AnyView {
        let (value, error) = (self.fields.get(name), self.errors.of(name));
        view! { <Field name=name.to_owned() label=label hint=hint value=value autocomplete="off" error=error/> }
            .into_any()
    }

    fn number(&self, name: &str, label: String) -> AnyView {
        let (value, error) = (self.fields.get(name), self.errors.of(name));
        view! {
            <Field name=name.to_owned() label=label kind=FieldKind::Number min="0" value=value error=error/>
        }
        .into_any()
    }

    fn block(&self, name: &str, label: &'static str, rows: u32) -> AnyView {
        let (value, error) = (self.fields.get(name), self.errors.of(name));
        view! { <TextArea name=name.to_owned() label=label value=value rows=rows error=error/> }.into_any()
    }

    fn check(&self, name: &str, label: &'static str) -> AnyView {
        let checked = self.fields.some(name).is_some();
        view! { <Checkbox name=name.to_owned() label=label checked=checked/> }.into_any()
    }
}
