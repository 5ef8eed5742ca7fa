//! The accessibility statements of the organisations: public pages, and the form behind each (`edit`).

pub mod edit;
mod page;

use axum::extract::State;
use axum::http::StatusCode;
use leptos::prelude::*;
use words::{Language, frame, identity as say};

use crate::caller::Caller;
use crate::parts::{EmptyState, PageHead};
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;
use crate::visit::Frame;

/// GET /statement: which organisations have one.
pub async fn list(State(app): State<App>, caller: Caller) -> Answer {
    let me = caller.try_open(&app).await?.map(|visit| visit.me);
    let statements = identity::organisation::with_statements(&app.db).await?;
    let language = me.as_ref().and_then(|me| Language::from_code(&me.language)).unwrap_or(caller.language);
    let title = say::statements_title(language);
    let frame = Frame { app: &app, caller: &caller, language, me: me.as_ref() };
    Ok(frame.render(StatusCode::OK, title, || {
        let list = if statements.is_empty() {
            view! { <EmptyState title=say::statements_none(language) text=say::statements_none_text(language)/> }
                .into_any()
        } else {
            let items = statements
                .into_iter()
                .map(|(slug, name)| view! { <li><a href=format!("/statement/{slug}")>{name}</a></li> })
                .collect_view();
            view! { <ul>{items}</ul> }.into_any()
        };
        view! { <PageHead title=title lead=say::statements_lead(language)/>{list} }.into_any()
    }))
}

/// GET /statement/{slug}: the statement of one organisation. Before it was filled in, a page that says so (404).
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let me = caller.try_open(&app).await?.map(|visit| visit.me);
    if !identity::organisation::well_formed_slug(&slug) {
        return Err(Problem::NotFound);
    }
    let (name, statement) = identity::organisation::statement(&app.db, &slug).await?;
    let language = me.as_ref().and_then(|me| Language::from_code(&me.language)).unwrap_or(caller.language);
    let frame = Frame { app: &app, caller: &caller, language, me: me.as_ref() };
    if !statement.problems().is_empty() {
        let title = say::statement_empty_title(language);
        return Ok(frame.render(StatusCode::NOT_FOUND, title, || {
            view! { <PageHead title=title/><p>{say::statement_empty_text(language, &name)}</p> }.into_any()
        }));
    }
    let change = me.as_ref().is_some_and(|me| me.organisation_slug == slug && me.people_admin().is_ok());
    let title = format!("{} – {name}", frame::statement(language));
    Ok(frame.render(StatusCode::OK, &title, || page::view(language, &name, &statement, change)))
}
