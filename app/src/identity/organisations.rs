//! The organisations of the installation, for its administrator: the list, a new one with its first administrator.

pub mod form;

use axum::extract::State;
use identity::Error;
use identity::organisation::Organisation;
use identity::person::NewPerson;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, identity as say};

use super::fields;
use super::people::card::{self, Card};
use super::people::form::{Typed as Person, Whose};
use super::people::trail;
use crate::caller::Caller;
use crate::parts::{
    ActionLink, Actions, ButtonKind, DataTable, FormErrors, Link, Notice, PageHead, PostForm, SubmitButton,
    Tone,
};
use crate::problem::Answer;
use crate::request::Posted;
use crate::state::App;
use crate::visit::Visit;

/// GET /organisations
pub async fn list(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.installation_admin()?;
    let organisations = identity::organisation::all(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let title = say::organisations_title(language);
    visit.page(title, || {
        view! {
            <PageHead title=title lead=say::organisations_lead(language)>
                <ActionLink label=say::organisations_new(language) href="/organisations/new"/>
                <ActionLink
                    label=words::sharing::shared_title(language)
                    href="/organisations/positions"
                    kind=ButtonKind::Secondary
                />
                <ActionLink
                    label=words::storage::title(language)
                    href="/organisations/films"
                    kind=ButtonKind::Secondary
                />
            </PageHead>
            {table(language, organisations)}
        }
        .into_any()
    })
}

fn table(language: Language, organisations: Vec<Organisation>) -> AnyView {
    let rows = organisations
        .into_iter()
        .map(|organisation| {
            let kind =
                if organisation.school { say::kind_school(language) } else { say::kind_office(language) };
            view! {
                <tr>
                    <th scope="row">{organisation.name}</th>
                    <td>{organisation.slug}</td>
                    <td>{kind}</td>
                    <td class="number">{organisation.people}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="organisations" caption=say::organisations_title(language)>
            <thead>
                <tr>
                    <th scope="col">{say::label_name(language)}</th>
                    <th scope="col">{say::label_organisation_slug(language)}</th>
                    <th scope="col">{say::label_kind(language)}</th>
                    <th scope="col" class="number">{say::label_people(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// What was typed of an organisation and its first administrator.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    #[serde(flatten)]
    organisation: form::Typed,
    #[serde(flatten)]
    admin: Person,
}

/// GET /organisations/new
pub async fn show_new(State(app): State<App>, caller: Caller) -> Answer {
    page(&app, &caller, Typed::default(), FormErrors::new()).await
}

/// POST /organisations/new: the answer shows the administrator's link, once.
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let (proof, language) = (visit.me.installation_admin()?, visit.language);
    let made = match (typed.organisation.organisation(), typed.admin.person()) {
        (Ok(organisation), Ok(admin)) => {
            identity::organisation::create_with_admin(&mut visit.tx, &proof, &organisation, &admin).await
        }
        (organisation, admin) => Err(together(organisation.err(), admin)),
    };
    match made {
        Ok((admin, secret)) => {
            let card = Card::new(&app, admin, &secret);
            card.post_letter(&mut visit.tx, typed.organisation.name()).await?;
            shown(visit, typed.organisation.name(), &card).await
        }
        Err(Error::Invalid(wrong)) => {
            drop(visit);
            page(&app, &caller, typed, fields::errors(language, &wrong)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Everything that is wrong in both halves of the form.
fn together(organisation: Option<Error>, admin: Result<NewPerson, Error>) -> Error {
    let problems = |error| if let Error::Invalid(wrong) = error { wrong } else { Vec::new() };
    let mut wrong = organisation.map(problems).unwrap_or_default();
    wrong.extend(admin.map_or_else(problems, |admin| admin.problems()));
    Error::Invalid(wrong)
}

async fn page(app: &App, caller: &Caller, typed: Typed, errors: FormErrors) -> Answer {
    let visit = caller.open(app).await?;
    visit.me.installation_admin()?;
    let language = visit.language;
    let title = say::organisation_new_title(language);
    let page = |errors: FormErrors| {
        let organisation = typed.organisation.fields(language, &errors);
        let admin = typed.admin.name_fields(language, Whose::Others, &errors);
        view! {
            {fields::summary(language, &errors)}
            {trail(language, vec![Link::new(say::organisations_title(language), "/organisations")], title)}
            <PageHead title=title/>
            <PostForm action="/organisations/new">
                <h2>{say::organisation_part(language)}</h2>
                {organisation}
                <h2>{say::organisation_admin_part(language)}</h2>
                <p>{say::organisation_admin_text(language)}</p>
                {admin}
                <Actions>
                    <SubmitButton label=say::organisation_create(language)/>
                    <a href="/organisations">{frame::cancel(language)}</a>
                </Actions>
            </PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, page)
}

async fn shown(visit: Visit, organisation: &str, card: &Card) -> Answer {
    let language = visit.language;
    let title = say::organisation_created_title(language);
    let view = || {
        let sent = card.email.as_ref().map(|email| view! { <p>{say::link_sent(language, email)}</p> });
        view! {
            {trail(language, vec![Link::new(say::organisations_title(language), "/organisations")], title)}
            <PageHead title=title/>
            <Notice tone=Tone::Warning><p>{card::once(language)}</p>{sent}</Notice>
            {card.view(language, organisation, 2)}
            <Actions><a href="/organisations">{say::organisations_back(language)}</a></Actions>
        }
        .into_any()
    };
    visit.commit_and_page(title, view).await
}
