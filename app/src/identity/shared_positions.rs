//! Positions that the organisations of the installation have in common, for its administrator: GET and POST
//! /organisations/positions, POST …/remove.

use axum::extract::State;
use identity::shared_position::{self, SharedPosition};
use identity::{Error, SharedPositionId};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as labels, sharing as say};

use super::fields;
use crate::caller::Caller;
use crate::parts::{
    ButtonKind, DataTable, EmptyState, Field, FormErrors, HiddenField, Link, PageHead, PostForm,
    SubmitButton, TableWidth,
};
use crate::problem::{Answer, Problem};
use crate::request::Posted;
use crate::state::App;
use crate::visit::Visit;
use crate::way::trail;

/// The form of a new one, and the one to be taken off.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    position: String,
}

/// The list.
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    visit.me.installation_admin()?;
    let shared = shared_position::all(&mut visit.tx).await?;
    page(visit, shared, String::new(), FormErrors::new())
}

/// Puts one on the list.
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.installation_admin()?;
    match shared_position::create(&mut visit.tx, &proof, &typed.name).await {
        Ok(_) => visit.commit_and_go("/organisations/positions", "saved").await,
        Err(Error::Invalid(wrong)) => {
            let errors = fields::errors(visit.language, &wrong);
            let mut visit = visit.afresh().await?;
            let shared = shared_position::all(&mut visit.tx).await?;
            page(visit, shared, typed.name, errors)
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes one off the list.
pub async fn remove(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.installation_admin()?;
    let position: SharedPositionId = typed.position.parse().map_err(|_| Problem::NotFound)?;
    shared_position::delete(&mut visit.tx, &proof, position).await?;
    visit.commit_and_go("/organisations/positions", "deleted").await
}

fn page(visit: Visit, shared: Vec<SharedPosition>, name: String, errors: FormErrors) -> Answer {
    let language = visit.language;
    let title = say::shared_title(language);
    visit.form(title, errors, move |errors: FormErrors| {
        let way = vec![Link::new(labels::organisations_title(language), "/organisations")];
        view! {
            {fields::summary(language, &errors)}
            {trail(language, way, title)}
            <PageHead title=title lead=say::shared_lead(language)/>
            {table(language, shared)}
            <h2>{say::shared_new(language)}</h2>
            <PostForm action="/organisations/positions">
                <Field
                    name="name"
                    label=labels::label_name(language)
                    hint=say::shared_name_hint(language)
                    value=name
                    autocomplete="off"
                    error=errors.of("name")
                />
                <SubmitButton label=say::shared_new(language)/>
            </PostForm>
        }
        .into_any()
    })
}

fn table(language: Language, shared: Vec<SharedPosition>) -> AnyView {
    if shared.is_empty() {
        return view! { <EmptyState title=say::shared_empty(language) text=say::shared_empty_text(language)/> }
            .into_any();
    }
    let rows = shared.into_iter().map(|one| {
        let id = one.id.to_string();
        view! {
            <tr>
                <th scope="row">{one.name.clone()}</th>
                <td>
                    <form method="post" action="/organisations/positions/remove">
                        <HiddenField name="position" value=id/>
                        <SubmitButton
                            label=say::shared_remove(language)
                            kind=ButtonKind::Secondary
                            subject=one.name
                        />
                    </form>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <p>{say::shared_remove_text(language)}</p>
        <DataTable id="shared" caption=say::shared_title(language) width=TableWidth::Fits>
            <thead>
                <tr>
                    <th scope="col">{labels::label_name(language)}</th>
                    <th scope="col">{say::column_acts(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}
