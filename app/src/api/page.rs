//! The page for people who write programs: every operation and every refusal, from the document itself.

use axum::extract::State;
use axum::http::StatusCode;
use leptos::prelude::*;
use utoipa::openapi::path::Operation;
use words::{Language, api};

use crate::api::document::document;
use crate::api::problem_json::details;
use crate::api::refusal::Refusal;
use crate::caller::Caller;
use crate::parts::{self, DataTable, SummaryList, SummaryRow, TableWidth};
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;
use crate::visit::{Frame, Visit};

struct Row {
    method: &'static str,
    path: String,
    summary: String,
}

/// The operations of a tag, in the order of their addresses.
fn rows() -> Vec<(String, Vec<Row>)> {
    let document = document();
    let mut tables: Vec<(String, Vec<Row>)> =
        document.tags.unwrap_or_default().into_iter().map(|tag| (tag.name, Vec::new())).collect();
    for (path, item) in document.paths.paths {
        let methods = [
            ("GET", item.get),
            ("POST", item.post),
            ("PUT", item.put),
            ("PATCH", item.patch),
            ("DELETE", item.delete),
        ];
        for (method, operation) in methods {
            let Some(Operation { tags, summary, .. }) = operation else { continue };
            let tag = tags.and_then(|tags| tags.into_iter().next()).unwrap_or_default();
            if let Some((_, rows)) = tables.iter_mut().find(|(name, _)| *name == tag) {
                rows.push(Row { method, path: path.clone(), summary: summary.unwrap_or_default() });
            }
        }
    }
    tables
}

async fn shown(
    app: &App,
    caller: &Caller,
    title: impl Fn(Language) -> String,
    view: impl FnOnce(Language) -> AnyView,
) -> Answer {
    let visit = caller.try_open(app).await?;
    let (me, language) = match &visit {
        Some(Visit { me, language, .. }) => (Some(me), *language),
        None => (None, caller.language),
    };
    let frame = Frame { app, caller, language, me };
    Ok(frame.render(StatusCode::OK, &title(language), || view(language)))
}

/// `/api/v1`
pub async fn operations(State(app): State<App>, caller: Caller) -> Answer {
    shown(&app, &caller, |language| api::title(language).to_owned(), operations_view).await
}

fn operations_view(language: Language) -> AnyView {
    let tables = rows().into_iter().map(|(tag, rows)| {
        let lines = rows.into_iter().map(|row| {
            view! {
                <tr><td><code>{row.method}</code></td><td><code>{row.path}</code></td><td lang="en">{row.summary}</td></tr>
            }
        });
        view! {
            <DataTable id=format!("operations-{tag}") caption=tag>
                <thead><tr>
                    <th scope="col">{api::method(language)}</th>
                    <th scope="col">{api::address(language)}</th>
                    <th scope="col">{api::does(language)}</th>
                </tr></thead>
                <tbody>{lines.collect_view()}</tbody>
            </DataTable>
        }
    });
    let refusals = Refusal::examples().into_iter().map(move |refusal| {
        let said = details(&refusal, language);
        view! {
            <tr>
                <td><a href=said.kind.clone()>{refusal.code()}</a></td>
                <td class="number">{said.status}</td>
                <td>{said.title}</td>
            </tr>
        }
    });
    view! {
        <parts::PageHead title=api::title(language) lead=api::lead(language)/>
        <p><a href="/api/v1/openapi.json">{api::document(language)}</a></p>
        <h2>{api::begin_title(language)}</h2>
        <p>{api::begin_text(language)}</p>
        {tables.collect_view()}
        <DataTable id="refusals" caption=api::refusals(language) width=TableWidth::Scrolls>
            <thead><tr>
                <th scope="col">{api::code(language)}</th>
                <th scope="col" class="number">{api::status(language)}</th>
                <th scope="col">{api::meaning(language)}</th>
            </tr></thead>
            <tbody>{refusals.collect_view()}</tbody>
        </DataTable>
    }
    .into_any()
}

/// `/problems/{code}`: what the `type` of a refusal leads to.
pub async fn problem(State(app): State<App>, caller: Caller, At(code): At<String>) -> Answer {
    let refusal =
        Refusal::examples().into_iter().find(|refusal| refusal.code() == code).ok_or(Problem::NotFound)?;
    let title = |language| details(&refusal, language).title;
    shown(&app, &caller, title, |language| {
        let said = details(&refusal, language);
        let rows = vec![
            SummaryRow::new(api::code(language), refusal.code()),
            SummaryRow::new(api::status(language), said.status.to_string()),
            SummaryRow::new(api::meaning(language), said.detail),
        ];
        view! {
            <parts::PageHead title=said.title/>
            <SummaryList rows=rows/>
            <p><a href="/api/v1">{api::title(language)}</a></p>
        }
        .into_any()
    })
    .await
}
