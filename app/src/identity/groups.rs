//! Groups of an office, classes of a school: the list, a new one.

pub mod one;

use axum::extract::State;
use identity::Error;
use identity::group::Group;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, identity as say};

use super::fields;
use super::people::{counted, section, trail};
use crate::caller::Caller;
use crate::parts::{
    ActionLink, Actions, EmptyState, Field, FormErrors, Link, PageHead, PostForm, SubmitButton,
};
use crate::problem::Answer;
use crate::request::Posted;
use crate::state::App;

/// "Grupy" or "Klasy".
fn title(language: Language, school: bool) -> &'static str {
    if school { say::classes_title(language) } else { say::groups_title(language) }
}

fn new_label(language: Language, school: bool) -> &'static str {
    if school { say::class_new(language) } else { say::group_new(language) }
}

/// GET /groups
pub async fn list(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    visit.me.people_admin()?;
    let groups = identity::group::all(&mut visit.tx).await?;
    let (language, school) = (visit.language, visit.me.school);
    let title = title(language, school);
    visit.page(title, || {
        view! {
            <PageHead title=title/>
            {section(language, school, "/groups")}
            {table(language, school, groups)}
        }
        .into_any()
    })
}

fn table(language: Language, school: bool, groups: Vec<Group>) -> AnyView {
    let label = new_label(language, school);
    if groups.is_empty() {
        let none = if school { say::classes_none(language) } else { say::groups_none(language) };
        return view! {
            <EmptyState title=none text=say::groups_none_text(language) action=Some(Link::new(label, "/groups/new"))/>
        }
        .into_any();
    }
    let rows = groups.into_iter().map(|group| (group.id.to_string(), group.name, group.people));
    view! {
        <Actions><ActionLink label=label href="/groups/new"/></Actions>
        {counted(language, "groups", title(language, school), rows)}
    }
    .into_any()
}

/// The form of a new group.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
}

/// GET /groups/new
pub async fn show_new(State(app): State<App>, caller: Caller) -> Answer {
    answer(app, caller, None).await
}

/// POST /groups/new
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    answer(app, caller, Some(typed)).await
}

async fn answer(app: App, caller: Caller, typed: Option<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let mut errors = FormErrors::new();
    if let Some(typed) = &typed {
        match identity::group::create(&mut visit.tx, &proof, &typed.name).await {
            Ok(id) => return visit.commit_and_go(&format!("/groups/{id}"), "group_created").await,
            Err(Error::Invalid(wrong)) => errors = fields::errors(visit.language, &wrong),
            Err(error) => return Err(error.into()),
        }
    }
    let (language, school) = (visit.language, visit.me.school);
    let heading = if school { say::class_new_title(language) } else { say::group_new_title(language) };
    let typed = typed.unwrap_or_default();
    let page = move |errors: FormErrors| {
        view! {
            {fields::summary(language, &errors)}
            {trail(language, vec![Link::new(title(language, school), "/groups")], heading)}
            <PageHead title=heading/>
            <PostForm action="/groups/new">
                <Field
                    name="name"
                    label=say::label_name(language)
                    value=typed.name.clone()
                    autocomplete="off"
                    error=errors.of("name")
                />
                <Actions>
                    <SubmitButton label=new_label(language, school)/>
                    <a href="/groups">{frame::cancel(language)}</a>
                </Actions>
            </PostForm>
        }
        .into_any()
    };
    visit.form(heading, errors, page)
}
