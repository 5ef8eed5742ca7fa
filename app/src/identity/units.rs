//! The tree of units: seeing it, adding, deleting what is empty.

use axum::extract::State;
use identity::unit::OrgUnit;
use identity::{Error, OrgUnitId, Problem};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as say};

use super::fields;
use super::people::form::unit_choices;
use super::people::{section, trail};
use crate::caller::Caller;
use crate::parts::{
    CheckPage, EmptyState, Field, FormErrors, Link, PageHead, PostForm, Select, SubmitButton,
};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The form of a new unit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    parent: String,
}

/// GET /units
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    visit.me.people_admin()?;
    let units = identity::unit::all(&mut visit.tx).await?;
    answer(visit, &units, &Typed::default(), FormErrors::new())
}

/// POST /units
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let units = identity::unit::all(&mut visit.tx).await?;
    let parent: Result<Option<OrgUnitId>, _> = match typed.parent.as_str() {
        "" => Ok(None),
        id => id.parse().map(Some),
    };
    let made = match parent {
        Ok(parent) => identity::unit::create(&mut visit.tx, &proof, parent, &typed.name).await,
        Err(_) => Err(Error::field("parent", Problem::Unknown)),
    };
    match made {
        Ok(_) => visit.commit_and_go("/units", "unit_created").await,
        Err(Error::Invalid(wrong)) => {
            let errors = fields::errors(visit.language, &wrong);
            answer(visit, &units, &typed, errors)
        }
        Err(error) => Err(error.into()),
    }
}

fn answer(visit: Visit, units: &[OrgUnit], typed: &Typed, errors: FormErrors) -> Answer {
    let (language, school) = (visit.language, visit.me.school);
    let title = say::units_title(language);
    let (tree, choices) = (tree(language, units), unit_choices(units, say::unit_top(language)));
    let (name, parent) = (typed.name.clone(), typed.parent.clone());
    let page = move |errors: FormErrors| {
        view! {
            {fields::summary(language, &errors)}
            <PageHead title=title lead=say::units_lead(language)/>
            {section(language, school, "/units")}
            {tree}
            <h2>{say::unit_new(language)}</h2>
            <PostForm action="/units">
                <Field
                    name="name"
                    label=say::label_name(language)
                    value=name
                    autocomplete="off"
                    error=errors.of("name")
                />
                <Select
                    name="parent"
                    label=say::label_parent(language)
                    choices=choices
                    chosen=parent
                    error=errors.of("parent")
                />
                <SubmitButton label=say::unit_new(language)/>
            </PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, page)
}

fn tree(language: Language, units: &[OrgUnit]) -> AnyView {
    if units.is_empty() {
        return view! { <EmptyState title=say::units_none(language)/> }.into_any();
    }
    branches(language, units, 0)
}

/// The units at `depth` with everything below each; `units` are in the order of the tree.
fn branches(language: Language, units: &[OrgUnit], depth: i32) -> AnyView {
    let tops: Vec<usize> = (0..units.len()).filter(|at| units[*at].depth == depth).collect();
    if tops.is_empty() {
        return ().into_any();
    }
    let ends = tops.iter().skip(1).copied().chain([units.len()]);
    let items = tops
        .iter()
        .zip(ends)
        .map(|(at, end)| {
            let (unit, below) = (&units[*at], &units[at + 1..end]);
            let empty = unit.people == 0 && below.is_empty();
            let delete = empty.then(|| {
                view! {
                    " "
                    <a href=format!("/units/{}/delete", unit.id)>
                        {say::unit_delete(language)}
                        <span class="visually-hidden">" "{unit.name.clone()}</span>
                    </a>
                }
            });
            view! {
                <li>
                    {unit.name.clone()}" "
                    <span class="muted">{say::units_people(language, unit.people)}</span>
                    " "
                    <a href=format!("/units/{}/heads", unit.id)>
                        {words::positions::heads(language)}
                        <span class="visually-hidden">": "{unit.name.clone()}</span>
                    </a>
                    {delete}
                    {branches(language, below, depth + 1)}
                </li>
            }
        })
        .collect_view();
    view! { <ul>{items}</ul> }.into_any()
}

/// GET /units/{id}/delete: asks first.
pub async fn ask_delete(State(app): State<App>, caller: Caller, At(id): At<OrgUnitId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    visit.me.people_admin()?;
    let unit = one(&mut visit, id).await?;
    check(visit, unit, FormErrors::new())
}

/// POST /units/{id}/delete
pub async fn delete(State(app): State<App>, caller: Caller, At(id): At<OrgUnitId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let unit = one(&mut visit, id).await?;
    match identity::unit::delete(&mut visit.tx, &proof, id).await {
        Ok(()) => visit.commit_and_go("/units", "deleted").await,
        Err(Error::NotAllowed) => {
            let errors = FormErrors::one("", say::unit_not_empty(visit.language));
            check(visit, unit, errors)
        }
        Err(error) => Err(error.into()),
    }
}

/// One unit. Errors: `NotFound`.
pub(super) async fn one(visit: &mut Visit, id: OrgUnitId) -> Result<OrgUnit, Error> {
    identity::unit::all(&mut visit.tx).await?.into_iter().find(|unit| unit.id == id).ok_or(Error::NotFound)
}

fn check(visit: Visit, unit: OrgUnit, errors: FormErrors) -> Answer {
    let language = visit.language;
    let question = say::unit_delete_question(language, &unit.name);
    let title = question.clone();
    let page = |errors: FormErrors| {
        view! {
            {fields::summary(language, &errors)}
            {trail(language, vec![Link::new(say::units_title(language), "/units")], &unit.name)}
            <CheckPage
                question=question
                action=format!("/units/{}/delete", unit.id)
                confirm=say::unit_delete_confirm(language)
                cancel=Link::new(say::group_keep(language), "/units")
            >
                <p>{say::unit_delete_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    };
    visit.form(&title, errors, page)
}
