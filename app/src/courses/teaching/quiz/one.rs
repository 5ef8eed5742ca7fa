//! One question in a form. GET /teaching/{slug}/units/{unit_id}/test/form/new and …/form/questions/{question_key}, POST
//! …/form/questions. The revision of the test lets a form that was sent twice add its question once.

use axum::extract::State;
use courses::check::{self, Found};
use courses::markdown::Places;
use courses::quiz::{Question, What, file, pictures};
use courses::{Taught, UnitId};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, quizzes as say};

use super::form::{draft, key_for, name_of, save_and_go};
use super::inputs::Form;
use super::kinds::{self, Fields};
use super::{Place, faults, open, placed};
use crate::caller::Caller;
use crate::courses::quiz::controls::{self, Asked as Control};
use crate::courses::teaching::findings;
use crate::parts::{Actions, ButtonKind, FormErrors, HiddenField, PageHead, PostForm, SubmitButton};
use crate::problem::{Answer, Problem};
use crate::refused;
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;

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
    /// Addresses of pictures, for the kinds that show them here.
    places: Places,
    /// What is shown below the form as learners have it, or as far as it goes.
    preview: Option<Question>,
    /// What its author should look at, in the question as it is saved.
    found: Vec<Found>,
}

/// The kinds whose look depends on where things stand: they can be looked at from here.
fn is_looked_at(kind: &str) -> bool {
    matches!(kind, "gaps" | "hotspot")
}

async fn places(visit: &mut Visit, proof: &Taught, kind: &str) -> Result<Places, Problem> {
    if is_looked_at(kind) {
        Ok(pictures::draft_places(&mut visit.tx, proof).await?)
    } else {
        Ok(Places::default())
    }
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
    let places = places(&mut visit, &proof, kind).await?;
    Page { place, key: None, kind, revision, fields, places, preview: None, found: Vec::new() }
        .answer(visit, FormErrors::new())
}

/// GET: a question; below it, as learners have it, one with gaps or places on a picture.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At((slug, id, key)): At<(String, UnitId, String)>,
) -> Answer {
    let (mut visit, proof, place) = open(&app, &caller, &slug, id).await?;
    let draft = draft(&mut visit, &proof, id).await?;
    let question = draft.questions.iter().find(|question| question.key == key).ok_or(Problem::NotFound)?;
    let (kind, fields) = (kinds::word(&question.kind), kinds::fields(question));
    let places = pictures::draft_places(&mut visit.tx, &proof).await?;
    let preview = is_looked_at(kind).then(|| question.clone());
    let found = check::of_asked((id, &place.unit.title), question, &places);
    Page { place, key: Some(key), kind, revision: draft.revision, fields, places, preview, found }
        .answer(visit, FormErrors::new())
}

/// POST: saves a question, or adds it at the end; with `act=show` it is only shown.
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
    let places = places(&mut visit, &proof, kind).await?;
    let language = visit.language;
    let errors = errors(language, &question, kind, &fields, &places);
    let shows = is_looked_at(kind) && fields.get("act") == "show";
    if shows || !errors.is_empty() {
        // What is only looked at may still lack things; what cannot be read is told.
        let errors = if shows { unread(language, kind, &fields) } else { errors };
        let preview = shows.then_some(question);
        return Page { place, key, kind, revision, fields, places, preview, found: Vec::new() }
            .answer(visit, errors);
    }
    let to = is_looked_at(kind).then(|| format!("{}/form/questions/{}", place.path(), question.key));
    match at.flatten() {
        Some(at) => draft.questions[at] = question,
        None => draft.questions.push(question),
    }
    save_and_go(visit, &proof, &place, &draft, revision, to).await
}

/// What was typed and is no gap, or no number of a place.
fn unread(language: Language, kind: &str, fields: &Fields) -> FormErrors {
    match kind {
        "hotspot" => placed::unread(language, fields),
        "gaps" => {
            let mut errors = FormErrors::new();
            // A blank line in front is left out before it is read, so lines are counted as they are shown.
            let text = fields.get("text");
            let skipped = text.len() - text.trim_start().len();
            let above = text[..skipped].matches('\n').count();
            for fault in file::read_gaps(text.trim()).err().into_iter().flatten() {
                let line = (fault.line + above).to_string();
                errors.add(
                    "text",
                    say::form_gap_line(language, &line, &faults::sentence(language, &fault.what)),
                );
            }
            errors
        }
        _ => FormErrors::new(),
    }
}

/// The flaws of a question at the fields of its form.
fn errors(
    language: Language,
    question: &Question,
    kind: &str,
    fields: &Fields,
    places: &Places,
) -> FormErrors {
    let mut errors = unread(language, kind, fields);
    let (unread, areas) = (!errors.is_empty(), placed::rows(fields));
    if kind == "hotspot"
        && !fields.get("picture").is_empty()
        && !places.media.contains_key(&fields.get("picture"))
    {
        errors.add("picture", say::flaw_picture_gone(language));
    }
    for flaw in question.flaws() {
        // The echo of what could not be read.
        if unread && (flaw.field == "gaps" || flaw.what == What::OffThePicture) {
            continue;
        }
        if flaw.field == "gaps" && matches!(flaw.what, What::TooFew(_)) {
            errors.add("text", say::flaw_no_gaps(language));
            continue;
        }
        let parts: Vec<&str> = flaw.field.split('.').collect();
        let at = parts.get(1).and_then(|row| row.parse::<usize>().ok());
        let row = at.map_or(1, |row| row + 1);
        let area = at.and_then(|at| areas.get(at).copied()).unwrap_or(row);
        let field = match (parts[0], parts.get(2).copied()) {
            ("options", Some("feedback")) => format!("said-{row}"),
            ("options", _) => format!("option-{row}"),
            ("accepted", _) => format!("accepted-{row}"),
            ("pairs", Some("right")) => format!("right-{row}"),
            ("pairs", _) => format!("left-{row}"),
            ("distractors", _) => format!("distractor-{row}"),
            ("items", _) => format!("item-{row}"),
            ("rubric", _) => format!("criterion-{row}"),
            ("areas", Some("place")) => format!("left-{area}"),
            ("areas", Some("feedback")) => format!("said-{area}"),
            ("areas", _) => format!("area-{area}"),
            ("gaps", _) => "text".to_owned(),
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
        let inside = Form { language, fields: &self.fields, errors, places: &self.places }.view(self.kind);
        let look = is_looked_at(self.kind).then(|| {
            view! { <SubmitButton label=say::form_show(language) kind=ButtonKind::Secondary name="act" value="show"/> }
        });
        let preview = self.preview.as_ref().map(|question| look_at(language, question, &self.places));
        let found = looked_at(language, &self.found);
        let (revision, kind) = (self.revision.to_string(), self.kind);
        let action = format!("{path}/questions");
        view! {
            {refused::summary(language, errors)}
            {head}
            <PageHead title=title kicker=kicker/>
            {found}
            <PostForm action=action>
                <HiddenField name="revision" value=revision/>
                <HiddenField name="question_key" value=key/>
                <HiddenField name="question_kind" value=kind/>
                {inside}
                <Actions>
                    <SubmitButton label=say::form_save_question(language)/>
                    {look}
                    <a href=path>{say::form_back(language)}</a>
                </Actions>
            </PostForm>
            {preview}
        }
        .into_any()
    }
}

/// What is found in the question, said once more where it can be mended; nothing when there is nothing.
fn looked_at(language: Language, found: &[Found]) -> Option<AnyView> {
    let items = found.iter().map(|one| view! { <li>{findings::found(language, one)}</li> }).collect_view();
    let title = text::findings_title(language);
    (!found.is_empty())
        .then(|| view! { <div class="findings"><p>{title}</p><ul>{items}</ul></div> }.into_any())
}

/// The question as learners have it; as long as it is not whole, its picture with what stands on it so far.
fn look_at(language: Language, question: &Question, places: &Places) -> AnyView {
    let whole = question.flaws().is_empty();
    let inside = if whole {
        let (shown, errors) = (question.shown(0), FormErrors::new());
        let one = Control { shown: &shown, fields: &[], errors: &errors, places, language };
        view! { <form class="form" method="get" novalidate>{controls::question(&one)}</form> }.into_any()
    } else {
        let drawn = placed::drawing(question, places);
        view! { <p>{say::form_not_whole(language)}</p>{drawn} }.into_any()
    };
    view! {
        <section class="sheet" aria-labelledby="look">
            <h2 id="look">{say::form_look(language)}</h2>
            {inside}
        </section>
    }
    .into_any()
}
