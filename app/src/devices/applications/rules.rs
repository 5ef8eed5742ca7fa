//! The rules of a programme and what points are given for. GET and POST /devices/programmes/{programme}/rules.

use axum::extract::State as Program;
use devices::applications::{self, Criterion, Rules};
use devices::{CriterionId, Error, ProgrammeId};
use identity::{FieldProblem, Problem as Wrong};
use leptos::prelude::*;
use serde::Deserialize;
use time::Date;
use words::{Language, applications as say, frame, settlements};

use super::said;
use crate::caller::Caller;
use crate::parts::{
    Actions, ButtonKind, Checkbox, Field, FieldKind, FormErrors, HiddenField, Link, PageHead, PostForm,
    SubmitButton, TextArea,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    eligibility: String,
    apply_from: String,
    apply_until: String,
    excludes_holders: String,
    one_primary: String,
    durable_months: String,
    declare_months: String,
    collect_days: String,
    purpose: String,
    clauses: String,
}

impl Typed {
    fn of(rules: &Rules) -> Self {
        let tick = |yes: bool| if yes { "1" } else { "" }.to_owned();
        let number = |number: Option<i16>| number.map(|number| number.to_string()).unwrap_or_default();
        Self {
            eligibility: rules.eligibility.clone(),
            apply_from: rules.apply_from.map(said::machine).unwrap_or_default(),
            apply_until: rules.apply_until.map(said::machine).unwrap_or_default(),
            excludes_holders: tick(rules.excludes_holders),
            one_primary: tick(rules.one_primary),
            durable_months: number(rules.durable_months),
            declare_months: number(rules.declare_months),
            collect_days: rules.collect_days.to_string(),
            purpose: rules.purpose.clone(),
            clauses: rules.clauses.clone(),
        }
    }

    fn rules(&self) -> Result<Rules, Error> {
        let mut problems = Vec::new();
        let mut wrong = |field| problems.push(FieldProblem { field, problem: Wrong::Malformed });
        let mut day = |field, text: &str| -> Option<Date> {
            said::typed_day(field, text).unwrap_or_else(|_| {
                wrong(field);
                None
            })
        };
        let (apply_from, apply_until) =
            (day("apply_from", &self.apply_from), day("apply_until", &self.apply_until));
        let mut number = |field, text: &str| -> Option<i16> {
            let text = text.trim();
            match text.parse() {
                _ if text.is_empty() => None,
                Ok(number) => Some(number),
                Err(_) => {
                    wrong(field);
                    None
                }
            }
        };
        let durable_months = number("durable_months", &self.durable_months);
        let declare_months = number("declare_months", &self.declare_months);
        let collect_days = number("collect_days", &self.collect_days).unwrap_or(14);
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        Ok(Rules {
            eligibility: self.eligibility.clone(),
            apply_from,
            apply_until,
            excludes_holders: !self.excludes_holders.is_empty(),
            one_primary: !self.one_primary.is_empty(),
            durable_months,
            declare_months,
            collect_days,
            purpose: self.purpose.clone(),
            clauses: self.clauses.clone(),
            ..Rules::default()
        })
    }
}

/// GET /devices/programmes/{programme}/rules
pub async fn edit(Program(app): Program<App>, caller: Caller, At(id): At<ProgrammeId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let rules = applications::rules(&mut visit.tx, &proof, id).await?;
    page(visit, id, &Typed::of(&rules), &FormErrors::new()).await
}

/// POST /devices/programmes/{programme}/rules
pub async fn change(
    Program(app): Program<App>,
    caller: Caller,
    At(id): At<ProgrammeId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let set = match typed.rules() {
        Ok(rules) => applications::set_rules(&mut visit.tx, &proof, id, &rules).await,
        Err(error) => Err(error),
    };
    match set {
        Ok(()) => {
            visit.commit_and_go(&format!("/devices/programmes/{id}/applications"), "application_saved").await
        }
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            page(visit.afresh().await?, id, &typed, &errors).await
        }
    }
}

/// A criterion that is added.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Added {
    criterion: String,
    points: String,
}

/// POST /devices/programmes/{programme}/criteria
pub async fn add(
    Program(app): Program<App>,
    caller: Caller,
    At(id): At<ProgrammeId>,
    Posted(added): Posted<Added>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let most = added.points.trim().parse().unwrap_or(0);
    match applications::add_criterion(&mut visit.tx, &proof, id, &added.criterion, most).await {
        Ok(_) => visit.commit_and_go(&format!("/devices/programmes/{id}/rules"), "application_saved").await,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            let mut visit = visit.afresh().await?;
            let rules = applications::rules(&mut visit.tx, &proof, id).await?;
            page(visit, id, &Typed::of(&rules), &errors).await
        }
    }
}

/// A criterion that is no longer asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Retired {
    criterion: String,
}

/// POST /devices/programmes/{programme}/criteria/retire
pub async fn retire(
    Program(app): Program<App>,
    caller: Caller,
    At(id): At<ProgrammeId>,
    Posted(retired): Posted<Retired>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let criterion: CriterionId = retired.criterion.parse().map_err(|_| Problem::NotFound)?;
    applications::retire_criterion(&mut visit.tx, &proof, id, criterion).await?;
    visit.commit_and_go(&format!("/devices/programmes/{id}/rules"), "application_saved").await
}

async fn page(mut visit: Visit, id: ProgrammeId, typed: &Typed, errors: &FormErrors) -> Answer {
    let proof = visit.me.device_clerk()?;
    let rules = applications::rules(&mut visit.tx, &proof, id).await?;
    let criteria = applications::criteria(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let title = say::rules_title(language);
    let back = format!("/devices/programmes/{id}/applications");
    let version = (!rules.clauses.is_empty()).then(|| {
        let text = settlements::clauses_version(language, &rules.clauses_version.to_string());
        view! { <p>{text}</p> }
    });
    let view = |errors: &FormErrors| {
        let links = vec![
            Link::new(say::applications_title(language), "/devices/applications"),
            Link::new(rules.neutral_name.clone(), back.clone()),
        ];
        view! {
            {said::summary(language, errors)}
            {said::trail(language, links, title)}
            <PageHead title=title kicker=rules.neutral_name.clone()/>
            {fields(language, id, typed, errors, back.clone())}
            {version}
            {points(language, id, &criteria, errors)}
        }
        .into_any()
    };
    visit.form(title, errors, view)
}

fn fields(language: Language, id: ProgrammeId, typed: &Typed, errors: &FormErrors, back: String) -> AnyView {
    let optional = frame::optional(language);
    let inside = view! {
        <TextArea name="eligibility" label=say::label_eligibility(language) hint=say::eligibility_hint(language)
            value=typed.eligibility.clone() rows=4 error=errors.of("eligibility")/>
        <Field name="apply_from" kind=FieldKind::Date label=say::label_apply_from(language) note=optional
            hint=say::apply_hint(language) value=typed.apply_from.clone() error=errors.of("apply_from")/>
        <Field name="apply_until" kind=FieldKind::Date label=say::label_apply_until(language) note=optional
            value=typed.apply_until.clone() error=errors.of("apply_until")/>
        <Checkbox name="excludes_holders" label=say::label_excludes(language) checked=!typed.excludes_holders.is_empty()/>
        <Checkbox name="one_primary" label=say::label_one_primary(language) checked=!typed.one_primary.is_empty()/>
        <Field name="durable_months" kind=FieldKind::Number min="1" max="240" label=say::label_durable_months(language)
            note=optional value=typed.durable_months.clone() error=errors.of("durable_months")/>
        <Field name="declare_months" kind=FieldKind::Number min="1" max="60" label=say::label_declare_months(language)
            note=optional value=typed.declare_months.clone() error=errors.of("declare_months")/>
        <Field name="collect_days" kind=FieldKind::Number min="1" max="90" label=say::label_collect_days(language)
            value=typed.collect_days.clone() error=errors.of("collect_days")/>
        <Field name="purpose" label=say::label_purpose(language) note=optional value=typed.purpose.clone()
            error=errors.of("purpose")/>
        <TextArea name="clauses" rows=6 label=settlements::clauses_label(language) note=optional
            hint=settlements::clauses_hint(language) value=typed.clauses.clone() error=errors.of("clauses")/>
        <Actions>
            <SubmitButton label=frame::save(language)/>
            <a href=back>{frame::cancel(language)}</a>
        </Actions>
    }
    .into_any();
    view! { <PostForm action=format!("/devices/programmes/{id}/rules")>{inside}</PostForm> }.into_any()
}

fn points(language: Language, id: ProgrammeId, criteria: &[Criterion], errors: &FormErrors) -> AnyView {
    let lines = criteria
        .iter()
        .map(|one| {
            let inside = view! {
                <HiddenField name="criterion" value=one.id.to_string()/>
                <SubmitButton label=say::criterion_retire(language) kind=ButtonKind::Secondary subject=one.name.clone()/>
            }
            .into_any();
            let line = say::criterion_line(language, &one.name, &one.most.to_string());
            let action = format!("/devices/programmes/{id}/criteria/retire");
            view! { <li>{line}<PostForm action=action>{inside}</PostForm></li> }
        })
        .collect_view();
    let inside = view! {
        <Field name="criterion" label=say::label_criterion(language) error=errors.of("criterion")/>
        <Field name="points" kind=FieldKind::Number min="1" max="100" label=say::label_points_most(language)
            error=errors.of("points")/>
        <SubmitButton label=say::criterion_add(language) kind=ButtonKind::Secondary/>
    }
    .into_any();
    view! {
        <h2>{say::criteria(language)}</h2>
        <ul>{lines}</ul>
        <PostForm action=format!("/devices/programmes/{id}/criteria")>{inside}</PostForm>
    }
    .into_any()
}
