//! GET and POST /people/new.

use axum::extract::State;
use identity::Error;
use leptos::prelude::*;
use words::{frame, identity as say};

use super::form::Typed;
use super::trail;
use crate::caller::Caller;
use crate::identity::fields;
use crate::parts::{Actions, FormErrors, Link, PageHead, PostForm, SubmitButton};
use crate::problem::Answer;
use crate::request::Posted;
use crate::state::App;

/// GET /people/new
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    answer(app, caller, None).await
}

/// POST /people/new
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    answer(app, caller, Some(typed)).await
}

async fn answer(app: App, caller: Caller, typed: Option<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let units = identity::unit::all(&mut visit.tx).await?;
    let mut errors = FormErrors::new();
    if let Some(typed) = &typed {
        let made = match typed.person() {
            Ok(person) => identity::person::create(&mut visit.tx, &proof, &person).await,
            Err(error) => Err(error),
        };
        match made {
            Ok(id) => return visit.commit_and_go(&format!("/people/{id}"), "person_created").await,
            Err(Error::Invalid(wrong)) => errors = fields::errors(visit.language, &wrong),
            Err(error) => return Err(error.into()),
        }
    }
    let language = visit.language;
    let title = say::person_new_title(language);
    let typed = typed.unwrap_or_default();
    let page = |errors: FormErrors| {
        let fields_of_person = typed.fields(language, &units, &errors);
        view! {
            {fields::summary(language, &errors)}
            {trail(language, vec![Link::new(say::people_title(language), "/people")], title)}
            <PageHead title=title lead=say::person_new_lead(language)/>
            <PostForm action="/people/new">
                {fields_of_person}
                <Actions>
                    <SubmitButton label=say::person_create(language)/>
                    <a href="/people">{frame::cancel(language)}</a>
                </Actions>
            </PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, page)
}
