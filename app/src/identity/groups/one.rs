//! One group: its people, putting in, taking out, deleting.

use axum::extract::State;
use base::PersonId;
use identity::GroupId;
use identity::group::Group;
use identity::person::Person;
use leptos::prelude::*;
use words::{Language, identity as say};

use super::title;
use crate::caller::Caller;
use crate::identity::people::trail;
use crate::identity::somebody::{self, Act, Asking, Line, MOST_FOUND, Somebody, search};
use crate::parts::{ActionLink, ButtonKind, CheckPage, EmptyState, Link, PageHead};
use crate::problem::Answer;
use crate::request::{Asked, At, Posted};
use crate::state::App;

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
    let found = asked.found(&mut visit, &proof, Some(id)).await?;
    let (language, school) = (visit.language, visit.me.school);
    let name = group.name.clone();
    visit.page(&name, || {
        let delete = if school { say::class_delete(language) } else { say::group_delete(language) };
        view! {
            {trail(language, vec![Link::new(title(language, school), "/groups")], &group.name)}
            <PageHead title=group.name.clone()/>
            {members(language, &group, people)}
            <h2>{say::group_add_title(language)}</h2>
            {search(language, &format!("/groups/{id}"), asked.text())}
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
    let lines = people.into_iter().map(|(person, name)| Line::of(person, name)).collect();
    let act = Act { path: format!("/groups/{}/remove", group.id), label: say::group_remove(language) };
    somebody::people(language, "members", say::group_members(language, group.people), lines, &act)
}

fn outside(language: Language, group: GroupId, people: Vec<Person>, total: i64) -> AnyView {
    let nobody = people.is_empty();
    let act = Act { path: format!("/groups/{group}/add"), label: say::group_add(language) };
    let table = somebody::found(language, people.into_iter().map(Line::with_login).collect(), &act);
    if nobody {
        return table;
    }
    let more = (total > MOST_FOUND).then(|| view! { <p>{say::group_found_more(language)}</p> });
    view! { {table}{more} }.into_any()
}

/// POST /groups/{id}/add
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    At(id): At<GroupId>,
    Posted(somebody): Posted<Somebody>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    identity::group::add(&mut visit.tx, &proof, id, somebody.id()?).await?;
    visit.commit_and_go(&format!("/groups/{id}"), "member_added").await
}

/// POST /groups/{id}/remove
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    At(id): At<GroupId>,
    Posted(somebody): Posted<Somebody>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    identity::group::remove(&mut visit.tx, &proof, id, somebody.id()?).await?;
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
