//! Publishing at a day and hour: the form on the page before publishing, what became of the last plan, and the letter about one that
//! was refused.

use axum::extract::State;
use base::mail::Letter;
use courses::Error;
use courses::plan::{self, Notice as Told, Outcome, Plan, Refusal};
use leptos::prelude::*;
use serde::Deserialize;
use time::macros::format_description;
use time::{Date, PrimitiveDateTime, Time};
use words::{Language, writing as say};

use super::publish;
use crate::caller::Caller;
use crate::courses::taught;
use crate::date;
use crate::parts::{ButtonKind, Field, FieldKind, FormErrors, Notice, PostForm, SubmitButton, Tone};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;

/// The form as it was posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    day: String,
    hour: String,
}

impl Typed {
    fn local(&self) -> Option<PrimitiveDateTime> {
        // As the field of a browser sends it, or as it is typed where the browser has no such field.
        let day = self.day.trim();
        let day = Date::parse(day, format_description!("[year]-[month]-[day]"))
            .or_else(|_| {
                Date::parse(day, format_description!("[day padding:none].[month padding:none].[year]"))
            })
            .ok()?;
        let hour = Time::parse(self.hour.trim(), format_description!("[hour padding:none]:[minute]")).ok()?;
        Some(PrimitiveDateTime::new(day, hour))
    }
}

/// Plans.
pub async fn set(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, mut page) = publish::open(&app, &caller, &slug).await?;
    let language = visit.language;
    let set = match typed.local() {
        Some(local) => plan::set(&mut visit.tx, &proof, local).await,
        None => Err(Error::field("day", identity::Problem::Malformed)),
    };
    match set {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}/publish"), "publication-planned").await,
        Err(Error::Invalid(problems)) => {
            for problem in problems {
                let (field, sentence) = match (problem.field, problem.problem) {
                    ("day", _) => ("day", say::plan_malformed(language)),
                    (_, identity::Problem::Malformed) => ("hour", say::plan_no_such_hour(language)),
                    (_, identity::Problem::Taken) => ("day", say::plan_over(language)),
                    _ => ("day", say::plan_far(language)),
                };
                page.errors.add(field, sentence);
            }
            page.planning = typed;
            publish::refused(visit, page)
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes the plan back; one that is over already is left.
pub async fn cancel(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let path = format!("/teaching/{slug}/publish");
    match plan::cancel(&mut visit.tx, &proof).await {
        Ok(()) => visit.commit_and_go(&path, "publication-cancelled").await,
        Err(Error::NotFound) => Ok(crate::visit::go(&app, &path, "")),
        Err(error) => Err(error.into()),
    }
}

/// The open plan with the way to take it back, or the form.
pub fn panel(
    language: Language,
    slug: &str,
    plan: Option<&Plan>,
    typed: &Typed,
    errors: &FormErrors,
) -> AnyView {
    let path = format!("/teaching/{slug}/plan");
    let body = match plan {
        Some(Plan { at, by, outcome: None, .. }) => view! {
            <p>{say::plan_open(language, &date::moment(*at), by)}</p>
            <PostForm action=format!("{path}/cancel")>
                <SubmitButton label=say::plan_cancel(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
        .into_any(),
        _ => form(language, path, typed, errors),
    };
    view! {
        <h2 id="plan">{say::plan_title(language)}</h2>
        {plan.and_then(|plan| ended(language, plan))}
        {body}
    }
    .into_any()
}

fn form(language: Language, path: String, typed: &Typed, errors: &FormErrors) -> AnyView {
    let fields = view! {
        <Field
            name="day"
            label=say::plan_day(language)
            kind=FieldKind::Date
            value=typed.day.clone()
            error=errors.of("day")
        />
        <Field
            name="hour"
            label=say::plan_hour(language)
            hint=say::plan_hour_hint(language)
            kind=FieldKind::Time
            value=typed.hour.clone()
            error=errors.of("hour")
        />
    };
    view! {
        <p>{say::plan_text(language)}</p>
        <PostForm action=path>
            {fields}
            <SubmitButton label=say::plan_set(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

/// What became of a plan that was refused: it stays here until another is made or somebody publishes.
fn ended(language: Language, plan: &Plan) -> Option<AnyView> {
    let Some(Outcome::Refused(refusal)) = plan.outcome else { return None };
    let title = say::plan_refused(language, &date::moment(plan.at));
    Some(view! { <Notice tone=Tone::Warning title=title><p>{why(language, refusal)}</p></Notice> }.into_any())
}

fn why(language: Language, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Nothing => words::courses::publish_nothing(language),
        Refusal::Films => words::courses::films_unfit(language),
        Refusal::Tests => words::quizzes::unfit_publish(language),
        Refusal::Findings => say::refused_findings(language),
        Refusal::Review => say::review_first(language),
        Refusal::Teacher => say::refused_teacher(language),
        Refusal::Archived => say::refused_archived(language),
    }
}

/// The letter to whoever planned a publication that was refused.
pub fn letter(told: &Told) -> Letter {
    let language = Language::from_code(&told.language).unwrap_or_default();
    let subject = say::plan_letter_subject(language, &told.title);
    let path = format!("/teaching/{}/publish", told.slug);
    let when = date::moment(told.at);
    let why = why(language, told.refusal);
    let text = say::plan_letter_text(language, &told.name, &told.title, &when, why, &path);
    Letter { to: told.email.clone(), subject, text }
}
