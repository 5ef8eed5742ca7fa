//! Positions of the office: GET and POST /positions, and one position with who holds it: GET /positions/{position}, POST …/add,
//! …/remove, GET and POST …/delete.

use axum::extract::State;
use identity::person::Person;
use identity::position::{self, Holder, Position};
use identity::{Error, PositionId};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as say, positions as text};

use super::fields;
use super::people::{counted, section, trail};
use super::somebody::{Act, Asking, Line, Somebody, found, people, search};
use crate::caller::Caller;
use crate::parts::{
    ActionLink, ButtonKind, CheckPage, EmptyState, Field, FormErrors, Link, PageHead, PostForm, SubmitButton,
};
use crate::problem::Answer;
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The form of a new position.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
}

/// GET /positions
pub async fn list(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    visit.me.people_admin()?;
    let positions = position::all(&mut visit.tx).await?;
    all(visit, positions, String::new(), FormErrors::new())
}

/// POST /positions
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    match position::create(&mut visit.tx, &proof, &typed.name).await {
        Ok(id) => visit.commit_and_go(&format!("/positions/{id}"), "position_created").await,
        Err(Error::Invalid(wrong)) => {
            let errors = fields::errors(visit.language, &wrong);
            let mut visit = visit.afresh().await?;
            let positions = position::all(&mut visit.tx).await?;
            all(visit, positions, typed.name, errors)
        }
        Err(error) => Err(error.into()),
    }
}

fn all(visit: Visit, positions: Vec<Position>, name: String, errors: FormErrors) -> Answer {
    let (language, school) = (visit.language, visit.me.school);
    let title = text::title(language);
    visit.form(title, errors, move |errors: FormErrors| {
        view! {
            {fields::summary(language, &errors)}
            <PageHead title=title lead=text::lead(language)/>
            {section(language, school, "/positions")}
            {table(language, positions)}
            <h2>{text::fresh(language)}</h2>
            <PostForm action="/positions">
                <Field
                    name="name"
                    label=say::label_name(language)
                    hint=text::name_hint(language)
                    value=name
                    autocomplete="off"
                    error=errors.of("name")
                />
                <SubmitButton label=text::fresh(language)/>
            </PostForm>
        }
        .into_any()
    })
}

fn table(language: Language, positions: Vec<Position>) -> AnyView {
    if positions.is_empty() {
        return view! { <EmptyState title=text::none(language) text=text::none_text(language)/> }.into_any();
    }
    let rows = positions.into_iter().map(|one| (one.id.to_string(), one.name, one.people));
    counted(language, "positions", text::title(language), rows)
}

/// GET /positions/{position}
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PositionId>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let (one, holders) = position::one(&mut visit.tx, &proof, id).await?;
    let sought = asked.text();
    let found = asked.found(&mut visit, &proof, None).await?;
    let language = visit.language;
    let name = one.name.clone();
    visit.page(&name, || {
        let found = found.map(|(people, _)| outside(language, id, people, &holders));
        view! {
            {trail(language, vec![Link::new(text::title(language), "/positions")], &one.name)}
            <PageHead title=one.name.clone()/>
            {held_by(language, id, &holders)}
            <h2>{text::add_title(language)}</h2>
            {search(language, &format!("/positions/{id}"), sought)}
            {found}
            <h2>{text::delete(language)}</h2>
            <p>
                <ActionLink
                    label=text::delete(language)
                    href=format!("/positions/{id}/delete")
                    kind=ButtonKind::Secondary
                />
            </p>
        }
        .into_any()
    })
}

fn held_by(language: Language, id: PositionId, holders: &[Holder]) -> AnyView {
    if holders.is_empty() {
        return view! { <EmptyState title=text::held_none(language) text=text::held_none_text(language)/> }
            .into_any();
    }
    let rows = holders
        .iter()
        .map(|holder| Line::noted(holder.id, holder.name.clone(), holder.unit.clone().unwrap_or_default()))
        .collect();
    people(
        language,
        "holders",
        text::held(language).to_owned(),
        rows,
        &Act { path: format!("/positions/{id}/remove"), label: text::take_away(language) },
    )
}

fn outside(language: Language, id: PositionId, people: Vec<Person>, holders: &[Holder]) -> AnyView {
    let others = people.into_iter().filter(|person| holders.iter().all(|holder| holder.id != person.id));
    let act = Act { path: format!("/positions/{id}/add"), label: text::give(language) };
    found(language, others.map(Line::with_unit).collect(), &act)
}

/// POST /positions/{position}/add
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PositionId>,
    Posted(somebody): Posted<Somebody>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    position::add(&mut visit.tx, &proof, id, somebody.id()?).await?;
    visit.commit_and_go(&format!("/positions/{id}"), "saved").await
}

/// POST /positions/{position}/remove
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    At(id): At<PositionId>,
    Posted(somebody): Posted<Somebody>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    position::one(&mut visit.tx, &proof, id).await?;
    position::remove(&mut visit.tx, &proof, id, somebody.id()?).await?;
    visit.commit_and_go(&format!("/positions/{id}"), "saved").await
}

/// GET /positions/{position}/delete: asks first.
pub async fn ask_delete(State(app): State<App>, caller: Caller, At(id): At<PositionId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let (one, _) = position::one(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let question = text::delete_question(language, &one.name);
    let title = question.clone();
    visit.page(&title, || {
        view! {
            <CheckPage
                question=question
                action=format!("/positions/{id}/delete")
                confirm=text::delete(language)
                cancel=Link::new(say::group_keep(language), format!("/positions/{id}"))
            >
                <p>{text::delete_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// POST /positions/{position}/delete
pub async fn delete(State(app): State<App>, caller: Caller, At(id): At<PositionId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    position::delete(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go("/positions", "deleted").await
}
