//! One group: its people, putting in, taking out, deleting.

use axum::extract::State;
use base::PersonId;
use identity::GroupId;
use identity::group::Group;
use identity::person::{Filter, Person};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as say};

use super::title;
use crate::caller::Caller;
use crate::identity::people::trail;
use crate::parts::{
    ActionLink, ButtonKind, CheckPage, DataTable, EmptyState, Field, FieldKind, HiddenField, Link, PageHead,
    SubmitButton, TableWidth,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;

const MOST_FOUND: i64 = 20;

/// Whom to look for outside the group.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: String,
}

/// Who is put in or taken out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Member {
    person: String,
}

impl Member {
    fn id(&self) -> Result<PersonId, Problem> {
        self.person.parse().map_err(|_| Problem::NotFound)
    }
}

/// GET /groups/{id}
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(id): At<GroupId>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let (group, people) = identity::group::one(&mut visit.tx, &proof, id).await?;
    let text: String = asked.q.trim().chars().take(100).collect();
    let found = if text.is_empty() {
        None
    } else {
        let filter = Filter { text: text.clone(), outside: Some(id), take: MOST_FOUND, ..Filter::default() };
        Some(identity::person::list(&mut visit.tx, &proof, &filter).await?)
    };
    let (language, school) = (visit.language, visit.me.school);
    let name = group.name.clone();
    visit.page(&name, || {
        let delete = if school { say::class_delete(language) } else { say::group_delete(language) };
        view! {
            {trail(language, vec![Link::new(title(language, school), "/groups")], &group.name)}
            <PageHead title=group.name.clone()/>
            {members(language, &group, people)}
            <h2>{say::group_add_title(language)}</h2>
            <form class="form filter" method="get" action=format!("/groups/{id}") role="search">
                <Field
                    name="q"
                    label=say::people_search(language)
                    hint=say::people_search_hint(language)
                    kind=FieldKind::Search
                    value=text
                />
                <SubmitButton label=say::people_show(language) kind=ButtonKind::Secondary/>
            </form>
            {found.map(|(people, total)| outside(language, id, people, total))}
            <h2>{delete}</h2>
            <p>
                <ActionLink label=delete href=format!("/groups/{id}/delete") kind=ButtonKind::Secondary/>
            </p>
        }
        .into_any()
    })
}

fn members(language: Language, group: &Group, people: Vec<(PersonId, String)>) -> AnyView {
    if people.is_empty() {
        return view! {
            <EmptyState title=say::group_empty(language) text=say::group_empty_text(language)/>
        }
        .into_any();
    }
    let id = group.id;
    let rows = people
        .into_iter()
        .map(|(person, name)| {
            let act = one_button(language, Act::Remove, id, person, &name);
            view! { <tr><th scope="row"><a href=format!("/people/{person}")>{name}</a></th><td>{act}</td></tr> }
        })
        .collect_view();
    people_table(language, "members", say::group_members(language, group.people), rows.into_any())
}

fn outside(language: Language, group: GroupId, people: Vec<Person>, total: i64) -> AnyView {
    if people.is_empty() {
        return view! { <p role="status">{say::people_nobody(language)}</p> }.into_any();
    }
    let rows = people
        .into_iter()
        .map(|person| {
            let name = format!("{} {}", person.family_name, person.given_name);
            let act = one_button(language, Act::Add, group, person.id, &name);
            view! { <tr><th scope="row">{name}" "<span class="muted">{person.login}</span></th><td>{act}</td></tr> }
        })
        .collect_view();
    let more = (total > MOST_FOUND).then(|| view! { <p>{say::group_found_more(language)}</p> });
    let table = people_table(language, "found", say::group_found(language).to_owned(), rows.into_any());
    view! { {table}{more} }.into_any()
}

fn people_table(language: Language, id: &'static str, caption: String, rows: AnyView) -> AnyView {
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

enum Act {
    Add,
    Remove,
}

fn one_button(language: Language, act: Act, group: GroupId, person: PersonId, name: &str) -> AnyView {
    let (path, label) = match act {
        Act::Add => ("add", say::group_add(language)),
        Act::Remove => ("remove", say::group_remove(language)),
    };
    view! {
        <form method="post" action=format!("/groups/{group}/{path}")>
            <HiddenField name="person" value=person.to_string()/>
            <SubmitButton label=label subject=name.to_owned() kind=ButtonKind::Secondary/>
        </form>
    }
    .into_any()
}

/// POST /groups/{id}/add
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    At(id): At<GroupId>,
    Posted(member): Posted<Member>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    identity::group::add(&mut visit.tx, &proof, id, member.id()?).await?;
    visit.commit_and_go(&format!("/groups/{id}"), "member_added").await
}

/// POST /groups/{id}/remove
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    At(id): At<GroupId>,
    Posted(member): Posted<Member>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    identity::group::remove(&mut visit.tx, &proof, id, member.id()?).await?;
    visit.commit_and_go(&format!("/groups/{id}"), "member_removed").await
}

/// GET /groups/{id}/delete: asks first.
pub async fn ask_delete(State(app): State<App>, caller: Caller, At(id): At<GroupId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let (group, _) = identity::group::one(&mut visit.tx, &proof, id).await?;
    let (language, school) = (visit.language, visit.me.school);
    let question = say::group_delete_question(language, &group.name);
    let title = question.clone();
    visit.page(&title, || {
        view! {
            <CheckPage
                question=question
                action=format!("/groups/{id}/delete")
                confirm=if school { say::class_delete(language) } else { say::group_delete(language) }
                cancel=Link::new(say::group_keep(language), format!("/groups/{id}"))
            >
                <p>{say::group_members(language, group.people)}</p>
                <p>{say::group_delete_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// POST /groups/{id}/delete
pub async fn delete(State(app): State<App>, caller: Caller, At(id): At<GroupId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    identity::group::delete(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go("/groups", "deleted").await
}
