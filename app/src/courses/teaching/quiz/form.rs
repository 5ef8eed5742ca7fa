//! The test of a unit in a form: its settings, and the list of its questions, which are added, moved and removed here. GET and POST
//! /teaching/{slug}/units/{unit_id}/test/form and below.

use axum::extract::State;
use courses::quiz::pool::{self, Tag};
use courses::quiz::store::{self, Draft};
use courses::quiz::{Question, Reveal, Settings, Supply, file};
use courses::{Error, Taught, UnitId, check};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, quizzes as say};

use super::kinds::{self, Fields};
use super::{Place, draws, open};
use crate::caller::Caller;
use crate::parts::{
    ActionLink, ButtonKind, Checkbox, Choice, EmptyState, Field, FieldKind, FormErrors, HiddenField,
    PageHead, PostForm, Radios, Select, SubmitButton,
};
use crate::problem::{Answer, Problem};
use crate::refused;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The settings as they were posted.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pass: String,
    attempts: String,
    minutes: String,
    shuffle: String,
    reveal: String,
    pretest: String,
    certainty: String,
    draws: Vec<draws::Row>,
    revision: i32,
}

impl Typed {
    fn of(settings: &Settings, revision: i32) -> Self {
        let mark = |on: bool| if on { "1".to_owned() } else { String::new() };
        let number = |number: Option<u16>| number.map(|number| number.to_string()).unwrap_or_default();
        Self {
            pass: settings.pass_percent.to_string(),
            attempts: number(settings.attempts),
            minutes: number(settings.minutes),
            shuffle: mark(settings.shuffle),
            reveal: reveal_word(settings.reveal).to_owned(),
            pretest: mark(settings.pretest),
            certainty: mark(settings.certainty),
            draws: draws::rows(settings),
            revision,
        }
    }

    fn read(fields: &Fields) -> Self {
        Self {
            pass: fields.get("pass"),
            attempts: fields.get("attempts"),
            minutes: fields.get("minutes"),
            shuffle: fields.get("shuffle"),
            reveal: fields.get("reveal"),
            pretest: fields.get("pretest"),
            certainty: fields.get("certainty"),
            draws: draws::read(fields),
            revision: fields.get("revision").parse().unwrap_or(0),
        }
    }

    /// What is no number becomes 0, which is refused. Draws of the test's own questions and the introduction stay as they are: they are
    /// in the text.
    fn settings(&self, before: &Settings) -> Settings {
        let number = |text: &str| (!text.trim().is_empty()).then(|| text.trim().parse().unwrap_or(0));
        Settings {
            pass_percent: self.pass.trim().trim_end_matches('%').parse().unwrap_or(0),
            attempts: number(&self.attempts),
            minutes: number(&self.minutes),
            shuffle: !self.shuffle.is_empty(),
            draws: draws::merged(&before.draws, &self.draws),
            reveal: match self.reveal.as_str() {
                "attempt" => Reveal::Attempt,
                "never" => Reveal::Never,
                _ => Reveal::End,
            },
            pretest: !self.pretest.is_empty(),
            certainty: !self.certainty.is_empty(),
            intro: before.intro.clone(),
        }
    }
}

fn reveal_word(reveal: Reveal) -> &'static str {
    match reveal {
        Reveal::Attempt => "attempt",
        Reveal::End => "end",
        Reveal::Never => "never",
    }
}

/// The draft, or an empty one.
pub(super) async fn draft(visit: &mut Visit, proof: &Taught, id: UnitId) -> Result<Draft, Problem> {
    let draft = store::draft_in_full(&mut visit.tx, proof, id).await?;
    Ok(draft.unwrap_or_else(|| Draft { settings: Settings::default(), questions: Vec::new(), revision: 0 }))
}

/// Saves the draft and goes to the form, or to another page of it; who was overtaken reads what is there now and is told.
pub(super) async fn save_and_go(
    mut visit: Visit,
    proof: &Taught,
    place: &Place,
    draft: &Draft,
    revision: i32,
    to: Option<String>,
) -> Answer {
    let test = (&draft.settings, draft.questions.as_slice());
    let path = format!("{}/form", place.path());
    match store::save_draft_since(&mut visit.tx, proof, place.unit.id, revision, test).await {
        Ok(_) => {
            check::note(&mut visit.tx, proof).await?;
            visit.commit_and_go(to.as_deref().unwrap_or(&path), "test-saved").await
        }
        Err(Error::ChangedMeanwhile(_)) => Ok(crate::visit::go(&visit.app, &path, "test-changed-meanwhile")),
        Err(error) => Err(error.into()),
    }
}

/// GET: settings and questions.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let draft = draft(&mut visit, &proof, id).await?;
    let typed = Typed::of(&draft.settings, draft.revision);
    let drawn = drawn(&mut visit, &proof, &draft, id).await?;
    page(visit, place, draft, (typed, drawn), FormErrors::new())
}

/// POST: saves the settings.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let mut draft = draft(&mut visit, &proof, id).await?;
    let typed = Typed::read(&Fields(fields));
    let settings = typed.settings(&draft.settings);
    let mut errors = FormErrors::new();
    for flaw in settings.flaws() {
        let (field, label) = match flaw.field.as_str() {
            "pass_percent" => ("pass", say::fact_pass(visit.language)),
            "attempts" => ("attempts", say::form_attempts(visit.language)),
            "minutes" => ("minutes", say::form_minutes(visit.language)),
            _ => ("", say::tab_edit(visit.language)),
        };
        let drawn = draws::field(visit.language, &settings, &flaw);
        let (field, label) = drawn.unwrap_or_else(|| (field.to_owned(), label.to_owned()));
        errors.add(field, draws::wrong(visit.language, &label, &flaw));
    }
    if !errors.is_empty() {
        let drawn = drawn(&mut visit, &proof, &draft, id).await?;
        return page(visit, place, draft, (typed, drawn), errors);
    }
    draft.settings = settings;
    save_and_go(visit, &proof, &place, &draft, typed.revision, None).await
}

/// What the test draws from: the tags of the bank, and each draw of the draft beside what there is for it.
struct Drawn {
    tags: Vec<Tag>,
    supplies: Vec<Supply>,
}

async fn drawn(visit: &mut Visit, proof: &Taught, draft: &Draft, id: UnitId) -> Result<Drawn, Problem> {
    let supplies = pool::supplies(&mut visit.tx, proof, &draft.settings, &draft.questions).await?;
    Ok(Drawn { tags: pool::tags(&mut visit.tx, proof, id).await?, supplies })
}

fn page(
    visit: Visit,
    place: Place,
    draft: Draft,
    (typed, drawn): (Typed, Drawn),
    errors: FormErrors,
) -> Answer {
    let language = visit.language;
    let title = say::title(language, &place.unit.title);
    visit.form(&title.clone(), errors, move |errors| {
        view! {
            {refused::summary(language, &errors)}
            {place.head(language, say::tab_form(language))}
            <PageHead title=title/>
            {draws::notice(language, &drawn.supplies)}
            <h2>{say::form_settings(language)}</h2>
            {settings(language, &place.path(), (typed, &drawn.tags), &errors)}
            <h2>{say::navigator(language)}</h2>
            {questions(language, &place.path(), &draft)}
            {adding(language, &place.path())}
            <p><a href=format!("/teaching/{}/questions", place.course.card.slug)>{say::bank_from(language)}</a></p>
        }
        .into_any()
    })
}

fn settings(language: Language, path: &str, (typed, tags): (Typed, &[Tag]), errors: &FormErrors) -> AnyView {
    let errors = errors.clone();
    let draws = draws::fields(language, &typed.draws, tags, &errors);
    let reveal =
        |word: &str, label: &str| Choice { chosen: typed.reveal == word, ..Choice::new(word, label) };
    let reveals = vec![
        reveal("end", say::form_reveal_end(language)),
        reveal("attempt", say::form_reveal_attempt(language)),
        reveal("never", say::form_reveal_never(language)),
    ];
    view! {
        <PostForm action=format!("{path}/form")>
            <HiddenField name="revision" value=typed.revision.to_string()/>
            <Field
                name="pass"
                label=say::form_pass(language)
                kind=FieldKind::Number
                min="1"
                max="100"
                value=typed.pass
                error=errors.of("pass")
            />
            <Field
                name="attempts"
                label=say::form_attempts(language)
                hint=say::form_empty_any(language)
                kind=FieldKind::Number
                min="1"
                max="100"
                value=typed.attempts
                error=errors.of("attempts")
            />
            <Field
                name="minutes"
                label=say::form_minutes(language)
                hint=say::form_empty_any(language)
                kind=FieldKind::Number
                min="1"
                max="600"
                value=typed.minutes
                error=errors.of("minutes")
            />
            <Radios name="reveal" legend=say::form_reveal(language) choices=reveals/>
            <Checkbox name="shuffle" label=say::form_shuffle(language) checked=!typed.shuffle.is_empty()/>
            <Checkbox
                name="pretest"
                label=say::form_pretest(language)
                hint=say::form_pretest_hint(language)
                checked=!typed.pretest.is_empty()
            />
            <Checkbox
                name="certainty"
                label=say::form_certainty(language)
                hint=say::form_certainty_hint(language)
                checked=!typed.certainty.is_empty()
            />
            {draws}
            <SubmitButton label=say::form_save(language)/>
        </PostForm>
    }
    .into_any()
}

fn questions(language: Language, path: &str, draft: &Draft) -> AnyView {
    if draft.questions.is_empty() {
        return view! { <EmptyState title=say::no_questions(language) level=3/> }.into_any();
    }
    let last = draft.questions.len() - 1;
    let lines = draft
        .questions
        .iter()
        .enumerate()
        .map(|(at, question)| {
            let base = format!("{path}/form/questions/{}", question.key);
            let name = name_of(question);
            let act = |label: &'static str, value: &'static str, shown: bool| {
                let (name, revision) = (name.clone(), draft.revision.to_string());
                shown.then(|| {
                    view! {
                        <form method="post" action=format!("{base}/move")>
                            <HiddenField name="revision" value=revision/>
                            <SubmitButton
                                label=label
                                kind=ButtonKind::Secondary
                                name="act"
                                value=value
                                subject=name
                            />
                        </form>
                    }
                })
            };
            view! {
                <li class="row">
                    <a class="grow" href=base.clone()>{name.clone()}</a>
                    <span class="hint">{kinds::name(language, &question.kind)}</span>
                    {act(say::form_up(language), "up", at > 0)}
                    {act(say::form_down(language), "down", at < last)}
                    {act(say::form_remove(language), "remove", true)}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="test-questions">{lines}</ol> }.into_any()
}

/// What authors call a question.
pub(super) fn name_of(question: &Question) -> String {
    question.name()
}

fn adding(language: Language, path: &str) -> AnyView {
    let choices = kinds::OFFERED
        .into_iter()
        .map(|word| Choice::new(word, kinds::offered_name(language, word)))
        .collect::<Vec<_>>();
    view! {
        <form class="form" method="get" action=format!("{path}/form/new")>
            <Select name="kind" label=say::form_kind(language) choices=choices/>
            <SubmitButton label=say::form_add(language) kind=ButtonKind::Secondary/>
        </form>
        <p><ActionLink label=say::tab_edit(language) href=path.to_owned() kind=ButtonKind::Secondary/></p>
    }
    .into_any()
}

/// A question that is moved or removed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Act {
    act: String,
    revision: i32,
}

/// POST: moves a question up or down, or removes it from the test; it stays in the bank of the course.
pub async fn act(
    State(app): State<App>,
    caller: Caller,
    At((slug, id, key)): At<(String, UnitId, String)>,
    Posted(posted): Posted<Act>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let mut draft = draft(&mut visit, &proof, id).await?;
    let at = draft.questions.iter().position(|question| question.key == key).ok_or(Problem::NotFound)?;
    match posted.act.as_str() {
        "up" if at > 0 => draft.questions.swap(at - 1, at),
        "down" if at + 1 < draft.questions.len() => draft.questions.swap(at, at + 1),
        "remove" => drop(draft.questions.remove(at)),
        "up" | "down" => {}
        _ => return Err(Problem::Malformed),
    }
    save_and_go(visit, &proof, &place, &draft, posted.revision, None).await
}

/// A key for a question that has none yet.
pub(super) fn key_for(question: &Question, others: &[Question]) -> String {
    let taken: Vec<String> = others.iter().map(|other| other.key.clone()).collect();
    file::key_for(question, &taken)
}
