//! Signing in and out.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use identity::Error;
use identity::session::{ClientKind, LONGEST};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, identity as say};

use crate::caller::{Caller, KEEPER_COOKIE, SESSION_COOKIES};
use crate::parts::{
    DataTable, ErrorSummary, Field, FormErrors, HiddenField, PasswordField, PostForm, SafeUrl, SubmitButton,
};
use crate::problem::Answer;
use crate::request::{Asked, Posted};
use crate::state::App;
use crate::visit::{Frame, go, set_cookie};

/// The password of everybody in the demonstration.
const DEMONSTRATION_PASSWORD: &str = "tablica-demo";

/// Where to go on to after signing in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    next: String,
}

/// The form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    password: String,
    next: String,
}

/// GET /sign-in
pub async fn show(State(app): State<App>, caller: Caller, Asked(asking): Asked<Asking>) -> Answer {
    if caller.try_open(&app).await?.is_some() {
        return Ok(go(&app, &onward(&asking.next), ""));
    }
    let typed = Typed { next: asking.next, ..Typed::default() };
    Ok(page(&app, &caller, StatusCode::OK, typed, FormErrors::new()))
}

/// POST /sign-in
pub async fn sign_in(State(app): State<App>, caller: Caller, Posted(mut typed): Posted<Typed>) -> Answer {
    let (language, password) = (caller.language, std::mem::take(&mut typed.password));
    let mut errors = FormErrors::new();
    if typed.name.trim().is_empty() || password.is_empty() {
        errors.add("name", say::sign_in_empty(language));
        return Ok(page(&app, &caller, StatusCode::UNPROCESSABLE_ENTITY, typed, errors));
    }
    let begun =
        identity::sign_in::sign_in(&app.db, &typed.name, &password, ClientKind::Browser, &caller.client)
            .await;
    match begun {
        Ok((_, secret)) => {
            end_present(&app, &caller).await?;
            let mut response = go(&app, &onward(&typed.next), "");
            let cookie = SESSION_COOKIES[usize::from(!app.secure())];
            set_cookie(&mut response, &app, cookie, secret.reveal(), LONGEST.whole_seconds());
            set_cookie(&mut response, &app, KEEPER_COOKIE, "", 0);
            Ok(response)
        }
        Err(Error::WrongNameOrPassword) => {
            errors.add("name", say::sign_in_wrong(language));
            Ok(page(&app, &caller, StatusCode::UNPROCESSABLE_ENTITY, typed, errors))
        }
        Err(Error::TooManyTries(seconds)) => {
            errors.add("", say::sign_in_slow(language, i64::try_from(seconds).unwrap_or(i64::MAX)));
            let mut response = page(&app, &caller, StatusCode::TOO_MANY_REQUESTS, typed, errors);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /sign-out. Signing out twice is fine.
pub async fn sign_out(State(app): State<App>, caller: Caller) -> Answer {
    end_present(&app, &caller).await?;
    let mut response = go(&app, "/sign-in", "signed_out");
    for name in SESSION_COOKIES.into_iter().chain([KEEPER_COOKIE]) {
        set_cookie(&mut response, &app, name, "", 0);
    }
    Ok(response)
}

/// Ends the session that the request came with, if there is one.
pub(crate) async fn end_present(app: &App, caller: &Caller) -> Result<(), crate::Problem> {
    if let Some(mut visit) = caller.try_open(app).await? {
        match identity::session::end(&mut visit.tx, visit.me.session).await {
            Ok(()) => visit.tx.commit().await?,
            Err(Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// A path of ours, but not this page again.
fn onward(next: &str) -> String {
    let next = SafeUrl::new(next);
    let path = next.as_str();
    if path.starts_with('/') && !path.starts_with("/sign-") { path.to_owned() } else { "/".to_owned() }
}

fn page(app: &App, caller: &Caller, status: StatusCode, typed: Typed, errors: FormErrors) -> Response {
    let language = caller.language;
    let title = say::sign_in_title(language);
    let whole = if errors.is_empty() {
        title.to_owned()
    } else {
        format!("{}: {title}", frame::error_title(language))
    };
    let demonstration = app.settings.demonstration.then(|| demonstration(language));
    // Whoever has signed out leaves no film behind on this computer.
    let left = caller.flash.as_deref() == Some("signed_out") && !app.files.kept.is_empty();
    let wipe = left.then(|| view! { <script type="module" src=app.files.kept.clone()></script> });
    Frame { app, caller, language, me: None }.render(status, &whole, || {
        view! {
            <ErrorSummary title=say::sign_in_failed(language) errors=errors.clone()/>
            <div class="narrow">
                <h1>{title}</h1>
                <PostForm action="/sign-in">
                    <HiddenField name="next" value=typed.next/>
                    <Field
                        name="name"
                        label=say::sign_in_name(language)
                        value=typed.name
                        autocomplete="username"
                        error=errors.of("name")
                    />
                    <PasswordField
                        name="password"
                        label=say::label_password(language)
                        autocomplete="current-password"
                    />
                    <SubmitButton label=frame::sign_in(language)/>
                </PostForm>
                <h2>{say::forgotten_title(language)}</h2>
                <p>{say::forgotten_text(language)}</p>
            </div>
            {demonstration}
            {wipe}
        }
        .into_any()
    })
}

/// Some of the invented people of `demo/people.csv` and `demo/school.csv`.
fn demonstration(language: Language) -> AnyView {
    let people = [
        ("Ada Nowicka", "ada.nowicka", say::demo_instructor(language)),
        ("Marek Wrzosek", "marek.wrzosek", say::demo_official(language)),
        ("Oksana Melnyczuk", "oksana.melnyczuk", say::demo_ukrainian(language)),
        ("Jadwiga Olszańska", "admin", say::demo_admin(language)),
        ("Tomasz Leszczyna", "tomasz.leszczyna", say::demo_teacher(language)),
        ("Antonina Borówka", "antonina.borowka", say::demo_pupil(language)),
        ("Barbara Wierzbińska", "dyrektor", say::demo_head(language)),
        ("Konrad Lipowy", "konrad.lipowy", say::demo_clerk(language)),
        ("Wanda Kalinowa", "wanda.kalinowa", say::demo_clerk_school(language)),
    ];
    let rows = people
        .map(|(name, login, part)| {
            view! { <tr><th scope="row">{name}</th><td><code>{login}</code></td><td>{part}</td></tr> }
        })
        .collect_view();
    view! {
        <section>
            <h2>{say::demo_title(language)}</h2>
            <p>{say::demo_text(language, DEMONSTRATION_PASSWORD)}</p>
            <DataTable id="demo" caption=say::demo_caption(language)>
                <thead>
                    <tr>
                        <th scope="col">{say::demo_person(language)}</th>
                        <th scope="col">{say::label_login(language)}</th>
                        <th scope="col">{say::demo_part(language)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </section>
    }
    .into_any()
}
