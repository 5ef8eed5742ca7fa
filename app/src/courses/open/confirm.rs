//! GET and POST /confirm/{secret}: the link in the letter. Opening it uses nothing up: mail programs open links on their own.

use axum::extract::State;
use axum::response::Response;
use base::id::Secret;
use courses::Error;
use courses::open::request::{self, Confirmed, Pending};
use identity::password::check_twice;
use identity::resident::Known;
use identity::session::LONGEST;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as people, open as say};

use crate::caller::{Caller, KEEPER_COOKIE, SESSION_COOKIES};
use crate::identity::choose_password::{page_of_used_link, password_fields};
use crate::identity::fields;
use crate::identity::setup::status_and_title;
use crate::identity::sign_in::end_present;
use crate::parts::{FormErrors, Notice, PageHead, PostForm, SubmitButton, SummaryList, SummaryRow, Tone};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::{Frame, go, set_cookie};

/// Most bytes of the form.
const MOST_BYTES: usize = 8 << 10;

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    password: String,
    password_again: String,
}

/// The page.
pub async fn show(State(app): State<App>, caller: Caller, At(secret): At<String>) -> Answer {
    match request::pending(&app.db, &Secret::given(&secret)).await {
        Ok(pending) => Ok(page(&app, &caller, &secret, pending, FormErrors::new())),
        Err(Error::NotFound) => Ok(used_up(&app, &caller)),
        Err(error) => Err(error.into()),
    }
}

/// Makes the account, or enrols the one that is there.
pub async fn confirm(
    State(app): State<App>,
    caller: Caller,
    At(secret): At<String>,
    Posted(typed): Posted<Typed, MOST_BYTES>,
) -> Answer {
    let given = Secret::given(&secret);
    let pending = match request::pending(&app.db, &given).await {
        Ok(pending) => pending,
        Err(Error::NotFound) => return Ok(used_up(&app, &caller)),
        Err(error) => return Err(error.into()),
    };
    if pending.known == Known::Nobody
        && let Err(wrong) = check_twice(&typed.password, &typed.password_again)
    {
        let errors = fields::errors(caller.language, &[wrong]);
        return Ok(page(&app, &caller, &secret, pending, errors));
    }
    let group = say::group_name(Language::Pl);
    match request::confirm(&app.db, &given, typed.password, &caller.client, group).await {
        Ok(Confirmed::Made(session, course)) => {
            // Somebody else may be signed in on this computer.
            end_present(&app, &caller).await?;
            let mut response = go(&app, &format!("/courses/{course}"), "joined");
            let cookie = SESSION_COOKIES[usize::from(!app.secure())];
            set_cookie(&mut response, &app, cookie, session.reveal(), LONGEST.whole_seconds());
            set_cookie(&mut response, &app, KEEPER_COOKIE, "", 0);
            Ok(response)
        }
        Ok(Confirmed::Enrolled(course)) => {
            Ok(go(&app, &format!("/sign-in?next=%2Fcourses%2F{course}"), "joined"))
        }
        Ok(Confirmed::Suspended) => Ok(page(&app, &caller, &secret, pending, FormErrors::new())),
        Err(Error::NotFound) => Ok(used_up(&app, &caller)),
        // Somebody got the address at the same moment; the page knows them now.
        Err(Error::Invalid(_)) => Ok(go(&app, &format!("/confirm/{secret}"), "")),
        Err(error) => Err(error.into()),
    }
}

fn page(app: &App, caller: &Caller, secret: &str, pending: Pending, errors: FormErrors) -> Response {
    let language = caller.language;
    let title = say::confirm_title(language);
    let (status, whole) = status_and_title(language, title, &errors);
    Frame { app, caller, language, me: None }.render(status, &whole, || {
        let new = pending.known == Known::Nobody;
        let mut rows = vec![
            SummaryRow::new(say::confirm_course(language), pending.course),
            SummaryRow::new(people::label_organisation(language), pending.organisation),
            SummaryRow::new(people::label_email(language), pending.email),
        ];
        if new {
            rows.push(SummaryRow::new(say::confirm_name(language), pending.name));
        }
        let said = match pending.known {
            Known::Nobody => None,
            Known::Active(_) => Some((Tone::Info, say::confirm_known(language))),
            Known::Suspended => Some((Tone::Warning, say::confirm_suspended(language))),
        };
        let said = said.map(|(tone, text)| view! { <Notice tone=tone><p>{text}</p></Notice> });
        let inside = new.then(|| password_fields(language, &errors));
        let label = if new { say::confirm_button_new(language) } else { say::confirm_button_known(language) };
        let form = (pending.known != Known::Suspended).then(|| {
            view! {
                <PostForm action=format!("/confirm/{secret}")>
                    {inside}
                    <SubmitButton label=label/>
                </PostForm>
            }
        });
        let lead = if new { say::confirm_lead(language) } else { "" };
        view! {
            {fields::summary(language, &errors)}
            <div class="narrow">
                <PageHead title=title lead=lead/>
                <SummaryList rows=rows/>
                {said}
                {form}
            </div>
        }
        .into_any()
    })
}

fn used_up(app: &App, caller: &Caller) -> Response {
    page_of_used_link(app, caller, say::confirm_used(caller.language))
}
