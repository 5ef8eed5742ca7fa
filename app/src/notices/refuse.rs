//! Refusing letters from the link in one of them: without signing in, by one press, or by the mail program itself (RFC 8058).

use axum::extract::State;
use axum::http::StatusCode;
use leptos::prelude::*;
use notices::refuse;
use words::notices as say;

use crate::caller::Caller;
use crate::parts::{ActionLink, Actions, PageHead, PostForm, SubmitButton};
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;
use crate::visit::Frame;

/// GET /letters/{token}: asks, because programs that look at links follow them.
pub async fn ask(State(app): State<App>, caller: Caller, At(token): At<String>) -> Answer {
    let person = refuse::read(&app.seal_key, &token).ok_or(Problem::NotFound)?;
    let address = refuse::address(&app.db, person).await?;
    let language = caller.language;
    let frame = Frame { app: &app, caller: &caller, language, me: None };
    Ok(frame.render(StatusCode::OK, say::refuse_title(language), || {
        view! {
            <div class="check-page">
                <PageHead title=say::refuse_title(language)/>
                <p>{say::refuse_text(language, &address)}</p>
                <p>{say::refuse_stays(language)}</p>
                <PostForm action=format!("/letters/{token}")>
                    <SubmitButton label=say::refuse_do(language)/>
                </PostForm>
            </div>
        }
        .into_any()
    }))
}

/// POST /letters/{token}: done, whatever the body says.
pub async fn refuse(State(app): State<App>, caller: Caller, At(token): At<String>) -> Answer {
    let person = refuse::read(&app.seal_key, &token).ok_or(Problem::NotFound)?;
    refuse::refuse(&app.db, person).await?;
    let language = caller.language;
    let frame = Frame { app: &app, caller: &caller, language, me: None };
    Ok(frame.render(StatusCode::OK, say::refused_title(language), || {
        view! {
            <PageHead title=say::refused_title(language)/>
            <p>{say::refused_text(language)}</p>
            <Actions><ActionLink label=say::settings(language) href="/notices/settings"/></Actions>
        }
        .into_any()
    }))
}
