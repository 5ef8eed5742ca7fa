//! Choosing a password with a one-time link: GET and POST /password/{secret}.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base::id::Secret;
use identity::Error;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, identity as say};

use super::fields;
use super::setup::status_and_title;
use crate::caller::Caller;
use crate::parts::{FormErrors, PageHead, PasswordField, PostForm, SubmitButton};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::{Frame, go};

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    password: String,
    password_again: String,
}

/// GET /password/{secret}. Opening it uses nothing up: mail programs open links on their own.
pub async fn show(State(app): State<App>, caller: Caller, At(secret): At<String>) -> Answer {
    page(&app, &caller, &secret, FormErrors::new()).await
}

/// POST /password/{secret}
pub async fn choose(
    State(app): State<App>,
    caller: Caller,
    At(secret): At<String>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let given = Secret::given(&secret);
    let chosen = match identity::password::check_twice(&typed.password, &typed.password_again) {
        Err(wrong) => Err(Error::Invalid(vec![wrong])),
        Ok(()) => identity::link::choose_password(&app.db, &given, typed.password).await,
    };
    match chosen {
        Ok(()) => Ok(go(&app, "/sign-in", "password_chosen")),
        Err(Error::LinkUsedUp) => Ok(used_up(&app, &caller)),
        Err(Error::Invalid(wrong)) => {
            page(&app, &caller, &secret, fields::errors(caller.language, &wrong)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(app: &App, caller: &Caller, secret: &str, errors: FormErrors) -> Answer {
    let Some((name, login)) = identity::link::password_owner(&app.db, &Secret::given(secret)).await? else {
        return Ok(used_up(app, caller));
    };
    let language = caller.language;
    let title = say::choose_title(language);
    let (status, whole) = status_and_title(language, title, &errors);
    Ok(Frame { app, caller, language, me: None }.render(status, &whole, || {
        let inside = password_fields(language, &errors);
        view! {
            {fields::summary(language, &errors)}
            <div class="narrow">
                <PageHead title=title lead=say::choose_lead(language, &name, &login)/>
                <PostForm action=format!("/password/{secret}")>
                    {inside}
                    <SubmitButton label=say::choose_save(language)/>
                </PostForm>
            </div>
        }
        .into_any()
    }))
}

fn used_up(app: &App, caller: &Caller) -> Response {
    page_of_used_link(app, caller, say::link_used_password(caller.language))
}

/// A new password, twice.
pub fn password_fields(language: Language, errors: &FormErrors) -> AnyView {
    let least = i64::try_from(identity::password::LEAST).unwrap_or(0);
    view! {
        <PasswordField
            name="password"
            label=say::label_new_password(language)
            autocomplete="new-password"
            hint=say::password_hint(language, least)
            error=errors.of("password")
        />
        <PasswordField
            name="password_again"
            label=say::label_password_again(language)
            autocomplete="new-password"
            error=errors.of("password_again")
        />
    }
    .into_any()
}

/// The page of a link that was used, is too old, or never was one: 404.
pub fn page_of_used_link(app: &App, caller: &Caller, text: &'static str) -> Response {
    let language = caller.language;
    let title = say::link_used_title(language);
    Frame { app, caller, language, me: None }.render(StatusCode::NOT_FOUND, title, || {
        view! {
            <PageHead title=title/>
            <p>{text}</p>
            <p><a href="/sign-in">{frame::sign_in(language)}</a></p>
        }
        .into_any()
    })
}
