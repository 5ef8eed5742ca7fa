//! The public page behind a label: "Znaleziono to urządzenie". It says whose it is and how to give it back, and takes a note. What
//! it is, who had it and what it is for are not said.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use devices::Error;
use devices::register::found::{self, Note, Owner};
use identity::statement::Statement;
use leptos::prelude::*;
use serde::Deserialize;
use words::{frame, register as say};

use super::fields;
use crate::caller::Caller;
use crate::parts::{
    Field, FormErrors, Notice, PageHead, PostForm, SubmitButton, SummaryList, SummaryRow, TextArea, Tone,
};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Frame;

/// Most bytes of a note.
const MOST_BYTES: usize = 16 << 10;

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    text: String,
    contact: String,
    /// People do not see this field; programs fill it.
    website: String,
}

/// How far the visitor is.
enum Step {
    Asked(Typed, FormErrors, StatusCode),
    Told,
}

/// GET /d/{label}
pub async fn show(State(app): State<App>, caller: Caller, At(label): At<String>) -> Answer {
    let owner = found::owner(&app.db, &label).await?;
    page(&app, &caller, &label, &owner, Step::Asked(Typed::default(), FormErrors::new(), StatusCode::OK))
        .await
}

/// POST /d/{label}
pub async fn tell(
    State(app): State<App>,
    caller: Caller,
    At(label): At<String>,
    Posted(typed): Posted<Typed, MOST_BYTES>,
) -> Answer {
    let owner = found::owner(&app.db, &label).await?;
    if !typed.website.is_empty() {
        return page(&app, &caller, &label, &owner, Step::Told).await;
    }
    let note = Note { text: typed.text.clone(), contact: typed.contact.clone() };
    let mut errors = FormErrors::new();
    let status = match found::tell(&app.db, &owner, &note).await {
        Ok(()) => return page(&app, &caller, &label, &owner, Step::Told).await,
        Err(Error::Invalid(wrong)) => {
            errors = fields::errors(caller.language, &wrong);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(Error::TooMany) => {
            errors.add("", say::found_too_many(caller.language));
            StatusCode::TOO_MANY_REQUESTS
        }
        Err(error) => return Err(error.into()),
    };
    page(&app, &caller, &label, &owner, Step::Asked(typed, errors, status)).await
}

async fn page(app: &App, caller: &Caller, label: &str, owner: &Owner, step: Step) -> Answer {
    let language = caller.language;
    let contact = match identity::organisation::statement(&app.db, &owner.slug).await {
        Ok((_, statement)) => statement,
        Err(identity::Error::NotFound) => Statement::default(),
        Err(error) => return Err(Problem::from(error)),
    };
    let (status, title) = match &step {
        Step::Asked(_, _, status) => (*status, say::found_title(language)),
        Step::Told => (StatusCode::OK, say::found_thanks(language)),
    };
    let whole = match &step {
        Step::Asked(_, errors, _) if !errors.is_empty() => {
            format!("{}: {title}", frame::error_title(language))
        }
        _ => title.to_owned(),
    };
    let mut rows = vec![SummaryRow::new(say::found_owner(language), owner.name.clone())];
    for (label, value) in [
        (say::found_address(language), &contact.address),
        (say::found_phone(language), &contact.contact_phone),
        (say::found_email(language), &contact.contact_email),
    ] {
        if !value.is_empty() {
            rows.push(SummaryRow::new(label, value.clone()));
        }
    }
    let action = format!("/d/{label}");
    let mut answer: Response = Frame { app, caller, language, me: None }.render(status, &whole, || {
        let wrong = match &step {
            Step::Asked(_, errors, _) => Some(summary(language, errors)),
            Step::Told => None,
        };
        let rest = match step {
            Step::Told => {
                view! { <Notice tone=Tone::Success><p>{say::found_thanks_text(language)}</p></Notice> }
                    .into_any()
            }
            Step::Asked(typed, errors, _) => view! {
                <h2>{say::found_tell(language)}</h2>
                <PostForm action=action>
                    <TextArea
                        name="text"
                        label=say::found_what(language)
                        hint=say::found_what_hint(language)
                        value=typed.text
                        rows=4
                        error=errors.of("text")
                    />
                    <Field
                        name="contact"
                        label=say::found_contact(language)
                        note=frame::optional(language)
                        hint=say::found_contact_hint(language)
                        value=typed.contact
                        error=errors.of("contact")
                    />
                    <div class="visually-hidden" aria-hidden="true">
                        <label for="website">"www"</label>
                        <input id="website" name="website" type="text" tabindex="-1" autocomplete="off"/>
                    </div>
                    <SubmitButton label=say::found_send(language)/>
                </PostForm>
            }
            .into_any(),
        };
        view! {
            {wrong}
            <PageHead title=title lead=say::found_lead(language)/>
            <SummaryList rows=rows/>
            {rest}
        }
        .into_any()
    });
    answer.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}
