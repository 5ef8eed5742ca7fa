//! One obligation of one person, for those who answer for it: GET /reports/training/takings/{taking}, POST …/extend and …/exempt.

use axum::extract::State;
use courses::assign::exempt::{self as area, Overseen};
use courses::assign::mine::{self, Duty};
use courses::{Error, TakingId};
use identity::{FieldProblem, Problem as Wrong, day};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, obligations as say};

use super::said;
use crate::caller::Caller;
use crate::date;
use crate::devices::read_day;
use crate::parts::{
    ButtonKind, Field, FieldKind, FormErrors, Link, PageHead, PostForm, SubmitButton, TextArea,
};
use crate::problem::{Answer, Problem, field_sentence};
use crate::refused;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;
use crate::way::trail;

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    to: String,
    reason: String,
}

/// Which form was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Extend,
    Exempt,
}

struct Page {
    proof: Overseen,
    duty: Duty,
    form: Form,
    typed: Typed,
}

async fn open(app: &App, caller: &Caller, id: TakingId) -> Result<(Visit, Page), Problem> {
    let mut visit = caller.open(app).await?;
    let proof = area::find(&mut visit.tx, &visit.me, id).await?;
    let duty = mine::of_somebody(&mut visit.tx, &proof).await?.ok_or(Problem::NotFound)?;
    Ok((visit, Page { proof, duty, form: Form::Extend, typed: Typed::default() }))
}

/// GET /reports/training/takings/{taking}
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<TakingId>) -> Answer {
    let (visit, page) = open(&app, &caller, id).await?;
    answer(visit, page, FormErrors::new())
}

/// POST /reports/training/takings/{taking}/extend
pub async fn extend(
    State(app): State<App>,
    caller: Caller,
    At(id): At<TakingId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, page) = open(&app, &caller, id).await?;
    let done = match read_day(&typed.to) {
        Ok(to) => area::extend(&mut visit.tx, &page.proof, to, &typed.reason).await,
        Err(()) => Err(Error::Invalid(vec![FieldProblem { field: "to", problem: Wrong::Malformed }])),
    };
    finish(visit, Page { form: Form::Extend, typed, ..page }, done, "taking-extended").await
}

/// POST /reports/training/takings/{taking}/exempt
pub async fn exempt(
    State(app): State<App>,
    caller: Caller,
    At(id): At<TakingId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, page) = open(&app, &caller, id).await?;
    let done = area::exempt(&mut visit.tx, &page.proof, &typed.reason).await;
    finish(visit, Page { form: Form::Exempt, typed, ..page }, done, "taking-exempted").await
}

async fn finish(visit: Visit, page: Page, done: Result<(), Error>, code: &str) -> Answer {
    let language = visit.language;
    match done {
        Ok(()) => {
            let path = format!("/reports/training/takings/{}", page.proof.taking());
            visit.commit_and_go(&path, code).await
        }
        Err(Error::Invalid(wrong)) => {
            let errors = refused::errors(&wrong, |one| match (one.field, &one.problem) {
                ("to", _) => say::wrong_to(language).to_owned(),
                ("reason", Wrong::Missing) => say::wrong_reason(language).to_owned(),
                (_, problem) => field_sentence(language, problem),
            });
            answer(visit, page, errors)
        }
        Err(Error::Closed) => answer(visit, page, FormErrors::one("", say::wrong_closed(language))),
        Err(error) => Err(error.into()),
    }
}

fn answer(visit: Visit, page: Page, errors: FormErrors) -> Answer {
    let (language, today) = (visit.language, date::local_day(visit.tx.now()));
    let title = page.proof.name().to_owned();
    visit.form(&title, errors, |errors: FormErrors| {
        let id = page.proof.taking();
        let (this, others): (Vec<_>, Vec<_>) =
            page.duty.cycles.iter().cloned().partition(|cycle| cycle.id == id);
        let facts = this.iter().map(|cycle| said::facts(language, cycle, today)).collect_view();
        let grounds: Vec<String> =
            page.duty.reasons.iter().map(|reason| said::ground(language, reason)).collect();
        let grounds = (!grounds.is_empty())
            .then(|| view! { <p>{say::assigned_on_ground(language, &grounds.join("; "))}</p> });
        let forms = page.proof.may_be_changed().then(|| forms(language, &page, &errors));
        view! {
            {refused::summary(language, &errors)}
            {trail(language, vec![Link::new(say::report_title(language), "/reports/training")], &title)}
            <PageHead title=title.clone() kicker=page.duty.title.clone()/>
            {grounds}
            {facts}
            {said::history(language, ("past", ""), &others, today)}
            {forms}
        }
        .into_any()
    })
}

fn forms(language: Language, page: &Page, errors: &FormErrors) -> AnyView {
    let path = format!("/reports/training/takings/{}", page.proof.taking());
    // What was typed stands in the form that was sent, and so do its errors.
    let of = |form: Form| if page.form == form { page.typed.clone() } else { Typed::default() };
    let error = |form: Form, field: &str| if page.form == form { errors.of(field) } else { None };
    // To the field of the form that was sent the summary leads; the other one has an id, and so a label, of its own.
    let other = |form: Form| if page.form == form { "" } else { "other" };
    let extend = page.proof.due_on().map(|due| {
        let typed = of(Form::Extend);
        let which = other(Form::Extend);
        let (wrong_to, wrong_reason) = (error(Form::Extend, "to"), error(Form::Extend, "reason"));
        view! {
            <h2>{say::extend_title(language)}</h2>
            <p>{say::extend_text(language, &day::spoken(due))}</p>
            <PostForm action=format!("{path}/extend")>
                <Field
                    name="to"
                    label=say::label_to(language)
                    kind=FieldKind::Date
                    value=typed.to
                    error=wrong_to
                />
                <TextArea
                    name="reason"
                    of=which
                    label=say::label_reason(language)
                    hint=say::hint_reason(language)
                    value=typed.reason
                    rows=3
                    error=wrong_reason
                />
                <SubmitButton label=say::extend(language)/>
            </PostForm>
        }
    });
    let typed = of(Form::Exempt);
    let which = other(Form::Exempt);
    let wrong_reason = error(Form::Exempt, "reason");
    view! {
        {extend}
        <h2>{say::exempt_title(language)}</h2>
        <p>{say::exempt_text(language)}</p>
        <PostForm action=format!("{path}/exempt")>
            <TextArea
                name="reason"
                of=which
                label=say::label_exempt_reason(language)
                hint=say::hint_reason(language)
                value=typed.reason
                rows=3
                error=wrong_reason
            />
            <SubmitButton label=say::exempt(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}
