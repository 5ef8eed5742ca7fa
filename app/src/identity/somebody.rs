//! People one by one: whom to look for, and a table of people with one button each. Groups, positions and heads of units share it.

use base::PersonId;
use identity::person::{self, Filter, Person};
use identity::{Error, GroupId, PeopleAdmin};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as say};

use crate::parts::{ButtonKind, DataTable, Field, FieldKind, HiddenField, SubmitButton, TableWidth};
use crate::problem::Problem;
use crate::visit::Visit;

/// Most people that are shown of those who were found.
pub const MOST_FOUND: i64 = 20;

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

    /// The first of those who fit and are not in that group, with the number of all; `None` when nobody is sought.
    pub async fn found(
        &self,
        visit: &mut Visit,
        proof: &PeopleAdmin,
        outside: Option<GroupId>,
    ) -> Result<Option<(Vec<Person>, i64)>, Error> {
        let text = self.text();
        if text.is_empty() {
            return Ok(None);
        }
        let filter = Filter { text, outside, take: MOST_FOUND, ..Filter::default() };
        Ok(Some(person::list(&mut visit.tx, proof, &filter).await?))
    }
}

/// Who is put in, or taken out.
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

/// A person in a table with one button.
pub struct Line {
    person: PersonId,
    name: String,
    head: AnyView,
}

impl Line {
    /// Their name, which leads to their page.
    pub fn of(person: PersonId, name: String) -> Self {
        let shown = name.clone();
        let head = view! { <th scope="row"><a href=format!("/people/{person}")>{shown}</a></th> };
        Self { person, name, head: head.into_any() }
    }

    /// The same with what tells them from others of that name.
    pub fn noted(person: PersonId, name: String, note: String) -> Self {
        let shown = name.clone();
        let head = view! {
            <th scope="row">
                <a href=format!("/people/{person}")>{shown}</a>
                " "
                <span class="muted">{note}</span>
            </th>
        };
        Self { person, name, head: head.into_any() }
    }

    /// Somebody who was found, by name and login.
    pub fn with_login(found: Person) -> Self {
        let (name, login) = (name_of(&found), found.login);
        let shown = name.clone();
        let head = view! { <th scope="row">{shown}" "<span class="muted">{login}</span></th> };
        Self { person: found.id, name, head: head.into_any() }
    }

    /// Somebody who was found, with their unit; whoever is in none, with their login.
    pub fn with_unit(found: Person) -> Self {
        let name = name_of(&found);
        Self::noted(found.id, name, found.unit_name.unwrap_or(found.login))
    }
}

fn name_of(person: &Person) -> String {
    format!("{} {}", person.family_name, person.given_name)
}

/// What the button does.
pub struct Act {
    /// Where it is sent.
    pub path: String,
    /// What it says.
    pub label: &'static str,
}

/// People with one button each.
pub fn people(language: Language, id: &'static str, caption: String, lines: Vec<Line>, act: &Act) -> AnyView {
    let rows = lines
        .into_iter()
        .map(|line| {
            view! {
                <tr>
                    {line.head}
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

/// Those who were found, or that nobody was.
pub fn found(language: Language, lines: Vec<Line>, act: &Act) -> AnyView {
    if lines.is_empty() {
        return view! { <p role="status">{say::people_nobody(language)}</p> }.into_any();
    }
    people(language, "found", say::group_found(language).to_owned(), lines, act)
}
