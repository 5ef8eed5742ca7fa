//! The first set-up of an installation: GET and POST /setup/{secret}. The link is printed once at the first start.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base::id::Secret;
use identity::link::Setup;
use identity::{Error, FieldProblem, Problem};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, identity as say};

use super::choose_password::{page_of_used_link, password_fields};
use super::fields;
use super::organisations::form::Typed as Organisation;
use super::people::form::{Typed as Person, Whose};
use crate::caller::Caller;
use crate::parts::{FormErrors, PageHead, PostForm, SubmitButton};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::{Frame, go};

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    #[serde(flatten)]
    organisation: Organisation,
    #[serde(flatten)]
    admin: Person,
    password: String,
    password_again: String,
}

/// GET /setup/{secret}
pub async fn show(State(app): State<App>, caller: Caller, At(secret): At<String>) -> Answer {
    if !identity::link::setup_is_open(&app.db, &Secret::given(&secret)).await? {
        return Ok(used_up(&app, &caller));
    }
    Ok(page(&app, &caller, &secret, &Typed::default(), &FormErrors::new()))
}

/// POST /setup/{secret}: signs nobody in, so that the new password is tried at once.
pub async fn set_up(
    State(app): State<App>,
    caller: Caller,
    At(secret): At<String>,
    Posted(mut typed): Posted<Typed>,
) -> Answer {
    let given = Secret::given(&secret);
    if !identity::link::setup_is_open(&app.db, &given).await? {
        return Ok(used_up(&app, &caller));
    }
    let (password, again) = (std::mem::take(&mut typed.password), std::mem::take(&mut typed.password_again));
    let wrong = typed.problems(&password, &again);
    if !wrong.is_empty() {
        return Ok(page(&app, &caller, &secret, &typed, &fields::errors(caller.language, &wrong)));
    }
    let setup =
        Setup { organisation: typed.organisation.organisation()?, admin: typed.admin.person()?, password };
    match identity::link::set_up(&app.db, &given, setup).await {
        Ok(_) => Ok(go(&app, "/sign-in", "set_up")),
        Err(Error::LinkUsedUp) => Ok(used_up(&app, &caller)),
        Err(Error::Invalid(wrong)) => {
            Ok(page(&app, &caller, &secret, &typed, &fields::errors(caller.language, &wrong)))
        }
        Err(error) => Err(error.into()),
    }
}

impl Typed {
    fn problems(&self, password: &str, again: &str) -> Vec<FieldProblem> {
        let mut wrong = self.organisation.problems();
        match self.admin.person() {
            Ok(admin) => wrong.extend(admin.problems()),
            Err(Error::Invalid(more)) => wrong.extend(more),
            Err(_) => {}
        }
        match identity::password::check(password) {
            Err(problem) => wrong.push(FieldProblem { field: "password", problem }),
            Ok(()) if password != again => {
                wrong.push(FieldProblem { field: "password_again", problem: Problem::Differs });
            }
            Ok(()) => {}
        }
        wrong
    }
}

fn used_up(app: &App, caller: &Caller) -> Response {
    page_of_used_link(app, caller, say::link_used_setup(caller.language))
}

fn page(app: &App, caller: &Caller, secret: &str, typed: &Typed, errors: &FormErrors) -> Response {
    let language = caller.language;
    let title = say::setup_title(language);
    let (status, whole) = status_and_title(language, title, errors);
    Frame { app, caller, language, me: None }.render(status, &whole, || {
        let organisation = typed.organisation.fields(language, errors);
        let admin = typed.admin.name_fields(language, Whose::Own, errors);
        let password = password_fields(language, errors);
        view! {
            {fields::summary(language, errors)}
            <PageHead title=title lead=say::setup_lead(language)/>
            <PostForm action=format!("/setup/{secret}")>
                <h2>{say::organisation_part(language)}</h2>
                {organisation}
                <h2>{say::setup_admin_part(language)}</h2>
                {admin}
                {password}
                <SubmitButton label=say::setup_create(language)/>
            </PostForm>
        }
        .into_any()
    })
}

/// 200 and the title, or 422 and the title that says that something is wrong.
pub fn status_and_title(language: Language, title: &str, errors: &FormErrors) -> (StatusCode, String) {
    if errors.is_empty() {
        (StatusCode::OK, title.to_owned())
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, format!("{}: {title}", frame::error_title(language)))
    }
}
