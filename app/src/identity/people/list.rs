//! GET /people: search, group, fifty to a page, in Polish order.

use axum::extract::State;
use identity::GroupId;
use identity::group::Group;
use identity::person::{Filter, Person};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as say};

use super::{role_name, section};
use crate::caller::Caller;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Choice, DataTable, EmptyState, Field, FieldKind, Link, PageHead, Select,
    SubmitButton, Tag, Tone,
};
use crate::problem::Answer;
use crate::request::Asked;
use crate::state::App;
use crate::way::{encoded, page_asked, pages};

const ON_A_PAGE: i64 = 50;

/// What the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: String,
    group: String,
    page: String,
}

impl Asking {
    fn page(&self) -> u32 {
        page_asked(&self.page)
    }

    fn address(&self) -> String {
        format!("/people?q={}&group={}", encoded(&self.q), encoded(&self.group))
    }
}

/// GET /people
pub async fn show(State(app): State<App>, caller: Caller, Asked(mut asked): Asked<Asking>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    asked.q = asked.q.chars().take(100).collect();
    let groups = identity::group::all(&mut visit.tx).await?;
    let group: Option<GroupId> =
        asked.group.parse().ok().filter(|id| groups.iter().any(|group| group.id == *id));
    let mut filter = Filter { text: asked.q.clone(), group, take: ON_A_PAGE, ..Filter::default() };
    filter.skip = i64::from(asked.page() - 1) * ON_A_PAGE;
    let (mut people, mut total) = identity::person::list(&mut visit.tx, &proof, &filter).await?;
    if people.is_empty() && filter.skip > 0 {
        (filter.skip, asked.page) = (0, String::new());
        (people, total) = identity::person::list(&mut visit.tx, &proof, &filter).await?;
    }
    let (language, school) = (visit.language, visit.me.school);
    visit.page(say::people_title(language), || {
        view! {
            <PageHead title=say::people_title(language)/>
            {section(language, school, "/people")}
            <Actions>
                <ActionLink label=say::people_new(language) href="/people/new"/>
                <ActionLink label=say::people_export(language) href="/people/export" kind=ButtonKind::Secondary/>
            </Actions>
            {search(language, school, &asked, groups)}
            {table(language, people, total)}
            {pages(language, asked.address(), asked.page(), (total, ON_A_PAGE))}
        }
        .into_any()
    })
}

fn search(language: Language, school: bool, asked: &Asking, groups: Vec<Group>) -> AnyView {
    let mut choices = vec![Choice::new("", say::people_all_groups(language))];
    choices.extend(groups.into_iter().map(|group| Choice::new(group.id.to_string(), group.name)));
    let label = if school { say::people_class(language) } else { say::people_group(language) };
    view! {
        <form class="form filter" method="get" action="/people" role="search">
            <Field
                name="q"
                label=say::people_search(language)
                hint=say::people_search_hint(language)
                kind=FieldKind::Search
                value=asked.q.clone()
            />
            <Select name="group" label=label choices=choices chosen=asked.group.clone()/>
            <SubmitButton label=say::people_show(language) kind=ButtonKind::Secondary/>
        </form>
    }
    .into_any()
}

fn table(language: Language, people: Vec<Person>, total: i64) -> AnyView {
    if people.is_empty() {
        return view! {
            <EmptyState
                title=say::people_nobody(language)
                text=say::people_nobody_text(language)
                action=Some(Link::new(say::people_show_all(language), "/people"))
            />
        }
        .into_any();
    }
    let rows = people.into_iter().map(|person| row(language, person)).collect_view();
    view! {
        <DataTable id="people" caption=say::people_caption(language, total)>
            <thead>
                <tr>
                    <th scope="col">{say::people_name(language)}</th>
                    <th scope="col">{say::label_login(language)}</th>
                    <th scope="col">{say::label_unit(language)}</th>
                    <th scope="col">{say::label_groups(language)}</th>
                    <th scope="col">{say::label_roles(language)}</th>
                    <th scope="col">{say::label_state(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn row(language: Language, person: Person) -> AnyView {
    let roles: Vec<_> = person.roles.granted().iter().map(|role| role_name(language, *role)).collect();
    let state = state(language, &person);
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/people/{}", person.id)>{person.family_name}" "{person.given_name}</a>
            </th>
            <td>{person.login}</td>
            <td>{person.unit_name}</td>
            <td>{person.groups.join(", ")}</td>
            <td>{roles.join(", ")}</td>
            <td>{state}</td>
        </tr>
    }
    .into_any()
}

/// Whether the person can sign in, as a tag.
pub fn state(language: Language, person: &Person) -> AnyView {
    let (tone, text) = match (person.suspended, person.has_password) {
        (true, _) => (Tone::Danger, say::state_suspended(language)),
        (false, false) => (Tone::Warning, say::state_no_password(language)),
        (false, true) => (Tone::Success, say::state_active(language)),
    };
    view! { <Tag tone=tone text=text/> }.into_any()
}
