//! Positions of the office: GET and POST /positions, and one position with who holds it: GET /positions/{position}, POST …/add,
//! …/remove, GET and POST …/delete.

use axum::extract::State;
use base::PersonId;
use identity::person::{self, Filter, Person};
use identity::position::{self, Holder, Position};
use identity::{Error, PositionId};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as say, positions as text};

use super::fields;
use super::people::{section, trail};
use crate::caller::Caller;
use crate::parts::{
    ActionLink, ButtonKind, CheckPage, DataTable, EmptyState, Field, FieldKind, FormErrors, HiddenField,
    Link, PageHead, PostForm, SubmitButton, TableWidth,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;

const MOST_FOUND: i64 = 20;

/// The form of a new position.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
}

/// Whom to look for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: String,
}

impl Asking {
    /// What is sought, as long as a name may be.
    pub fn text(&self) -> String {
        self.q.trim().chars().take(100).collect()
    }
}

/// Who is given a position, or loses it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Somebody {
    person: String,
}

impl Somebody {
    /// Errors: `NotFound` for what is no id.
    pub fn id(&self) -> Result<PersonId, Problem> {
        self.person.parse().map_err(|_| Problem::NotFound)
    }
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
    let rows = positions
        .into_iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/positions/{}", one.id)>{one.name}</a></th>
                    <td class="number">{one.people}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="positions" caption=text::title(language) width=TableWidth::Fits>
            <thead>
                <tr>
                    <th scope="col">{say::label_name(language)}</th>
                    <th scope="col" class="number">{say::label_people(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
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
    let found = if sought.is_empty() {
        None
    } else {
        let filter = Filter { text: sought.clone(), take: MOST_FOUND, ..Filter::default() };
        Some(person::list(&mut visit.tx, &proof, &filter).await?.0)
    };
    let language = visit.language;
    let name = one.name.clone();
    visit.page(&name, || {
        let found = found.map(|people| outside(language, id, people, &holders));
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

/// The form that looks for people.
pub fn search(language: Language, action: &str, sought: String) -> AnyView {
    view! {
        <form class="form filter" method="get" action=action.to_owned() role="search">
            <Field
                name="q"
                label=say::people_search(language)
                hint=say::people_search_hint(language)
                kind=FieldKind::Search
                value=sought
            />
            <SubmitButton label=say::people_show(language) kind=ButtonKind::Secondary/>
        </form>
    }
    .into_any()
}

fn held_by(language: Language, id: PositionId, holders: &[Holder]) -> AnyView {
    if holders.is_empty() {
        return view! { <EmptyState title=text::held_none(language) text=text::held_none_text(language)/> }
            .into_any();
    }
    let rows = holders
        .iter()
        .map(|holder| Line {
            person: holder.id,
            name: holder.name.clone(),
            note: holder.unit.clone().unwrap_or_default(),
        })
        .collect();
    people(
        language,
        "holders",
        text::held(language),
        rows,
        &Act { path: format!("/positions/{id}/remove"), label: text::take_away(language) },
    )
}

fn outside(language: Language, id: PositionId, found: Vec<Person>, holders: &[Holder]) -> AnyView {
    let rows: Vec<Line> = found
        .into_iter()
        .filter(|person| holders.iter().all(|holder| holder.id != person.id))
        .map(|person| Line {
            person: person.id,
            name: format!("{} {}", person.family_name, person.given_name),
            note: person.unit_name.unwrap_or(person.login),
        })
        .collect();
    if rows.is_empty() {
        return view! { <p role="status">{say::people_nobody(language)}</p> }.into_any();
    }
    people(
        language,
        "found",
        say::group_found(language),
        rows,
        &Act { path: format!("/positions/{id}/add"), label: text::give(language) },
    )
}

/// A person in a table with one button.
pub struct Line {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What tells them from others of that name.
    pub note: String,
}

/// What the button does.
pub struct Act {
    /// Where it is sent.
    pub path: String,
    /// What it says.
    pub label: &'static str,
}

/// People with one button each.
pub fn people(
    language: Language,
    id: &'static str,
    caption: &'static str,
    lines: Vec<Line>,
    act: &Act,
) -> AnyView {
    let rows = lines
        .into_iter()
        .map(|line| {
            view! {
                <tr>
                    <th scope="row">
                        <a href=format!("/people/{}", line.person)>{line.name.clone()}</a>
                        " "
                        <span class="muted">{line.note}</span>
                    </th>
                    <td>
                        <form method="post" action=act.path.clone()>
                            <HiddenField name="person" value=line.person.to_string()/>
                            <SubmitButton label=act.label kind=ButtonKind::Secondary subject=line.name/>
                        </form>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id=id caption=caption width=TableWidth::Fits>
            <thead>
                <tr>
                    <th scope="col">{say::people_name(language)}</th>
                    <th scope="col">{say::session_act(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
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
