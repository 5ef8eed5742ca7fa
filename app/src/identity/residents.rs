//! GET and POST /organisation/residents: whether residents make accounts themselves, and how they reach the office.

use axum::extract::State;
use identity::resident::{self, Setting};
use identity::{Error, FieldProblem, Problem};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, open as say};

use super::fields;
use super::people::section;
use crate::caller::Caller;
use crate::parts::{Checkbox, FormErrors, PageHead, PostForm, SubmitButton, TextArea};
use crate::problem::{Answer, field_sentence};
use crate::refused::{self, after_colon};
use crate::request::Posted;
use crate::state::App;
use crate::visit::Visit;

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    self_registration: String,
    contact: String,
    data_officer: String,
}

/// The form.
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let setting = resident::setting(&mut visit.tx, &proof).await?;
    answer(visit, setting, FormErrors::new()).await
}

/// Saves it.
pub async fn save(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let setting = Setting {
        self_registration: !typed.self_registration.is_empty(),
        contact: typed.contact.replace("\r\n", "\n"),
        data_officer: typed.data_officer.replace("\r\n", "\n"),
    };
    match resident::set(&mut visit.tx, &proof, &setting).await {
        Ok(()) => visit.commit_and_go("/organisation/residents", "saved").await,
        Err(Error::Invalid(wrong)) => {
            let language = visit.language;
            let errors = refused::errors(&wrong, |one| sentence(language, one));
            answer(visit, setting, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

fn sentence(language: Language, wrong: &FieldProblem) -> String {
    let label = match (wrong.field, &wrong.problem) {
        ("contact", Problem::Missing) => return say::residents_contact_missing(language).to_owned(),
        ("contact", _) => say::residents_contact(language),
        _ => say::residents_officer(language),
    };
    format!("{label}: {}", after_colon(&field_sentence(language, &wrong.problem)))
}

async fn answer(mut visit: Visit, setting: Setting, errors: FormErrors) -> Answer {
    let (language, school) = (visit.language, visit.me.school);
    let any = courses::open::any(&mut visit.tx).await?;
    let href = format!("/o/{}", visit.me.organisation_slug);
    let title = say::residents_title(language);
    visit.form(title, errors, move |errors: FormErrors| {
        let list = any.then(|| view! { <p><a href=href>{say::residents_see(language)}</a></p> });
        let inside = view! {
            <Checkbox
                name="self_registration"
                label=say::residents_self(language)
                hint=say::residents_self_hint(language)
                checked=setting.self_registration
            />
            <TextArea
                name="contact"
                label=say::residents_contact(language)
                hint=say::residents_contact_hint(language)
                value=setting.contact
                rows=4
                error=errors.of("contact")
            />
            <TextArea
                name="data_officer"
                label=say::residents_officer(language)
                note=frame::optional(language)
                hint=say::residents_officer_hint(language)
                value=setting.data_officer
                rows=3
                error=errors.of("data_officer")
            />
        }
        .into_any();
        view! {
            {fields::summary(language, &errors)}
            {section(language, school, "/organisation/residents")}
            <PageHead title=title lead=say::residents_lead(language)/>
            {list}
            <PostForm action="/organisation/residents">
                {inside}
                <SubmitButton label=frame::save(language)/>
            </PostForm>
        }
        .into_any()
    })
}
