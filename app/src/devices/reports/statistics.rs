//! The open page of an organisation's statistics: GET /statistics/{slug}, and the same as CSV and JSON. Nobody need be signed in;
//! 404 until the organisation has switched it on.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use devices::register::AssetKind;
use devices::statistics::{self, Name, Protected, Statistics};
use devices::table::{Cell, Table};
use leptos::prelude::*;
use serde_json::{Value, json};
use words::{Language, reports as say};

use crate::caller::Caller;
use crate::date;
use crate::devices::kind_name;
use crate::parts::{ActionLink, Actions, ButtonKind, DataTable, EmptyState, PageHead, TableWidth};
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;
use crate::visit::Frame;

async fn counted(app: &App, slug: &str) -> Result<Statistics, Problem> {
    if !identity::organisation::well_formed_slug(slug) {
        return Err(Problem::NotFound);
    }
    Ok(statistics::public(&app.db, slug).await?)
}

/// GET /statistics/{slug}
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let me = caller.try_open(&app).await?.map(|visit| visit.me);
    let statistics = counted(&app, &slug).await?;
    let language = me.as_ref().and_then(|me| Language::from_code(&me.language)).unwrap_or(caller.language);
    let title = format!("{} – {}", say::statistics_title(language), statistics.organisation);
    let frame = Frame { app: &app, caller: &caller, language, me: me.as_ref() };
    Ok(frame.render(StatusCode::OK, &title, || {
        let lead = say::statistics_lead(language, &date::day(app.clock().now()));
        view! {
            <PageHead title=say::statistics_title(language) kicker=statistics.organisation.clone() lead=lead/>
            <Actions>
                <ActionLink label=say::csv(language) href=format!("/statistics/{slug}/csv") kind=ButtonKind::Secondary/>
                <ActionLink label=say::json(language) href=format!("/statistics/{slug}/json") kind=ButtonKind::Secondary/>
            </Actions>
            {tables(language, &statistics)}
        }
        .into_any()
    }))
}

/// Both tables, and what a mark in them means.
pub fn tables(language: Language, statistics: &Statistics) -> AnyView {
    if statistics.programmes.rows.is_empty() {
        return view! { <EmptyState title=say::statistics_none(language) text=say::statistics_none_text(language)/> }
            .into_any();
    }
    let left_out = statistics.programmes.leaves_out() || statistics.units.leaves_out();
    let note = left_out.then(|| view! { <p>{say::statistics_left_out(language)}</p> });
    view! {
        {table(language, "programmes", say::statistics_programmes(language), &statistics.programmes)}
        {table(language, "units", say::statistics_units(language), &statistics.units)}
        {note}
        <p>{say::statistics_other(language)}</p>
    }
    .into_any()
}

fn called(language: Language, id: &str, name: &Name) -> String {
    match name {
        Name::Called(name) => name.clone(),
        Name::Kind(word) => AssetKind::from_word(word)
            .map_or_else(|| word.clone(), |kind| kind_name(language, kind).to_owned()),
        Name::None if id == "units" => say::no_unit(language).to_owned(),
        Name::None => say::no_programme(language).to_owned(),
        Name::Other if id == "units" => say::other_units(language).to_owned(),
        Name::Other if id == "kinds" => say::other_kinds(language).to_owned(),
        Name::Other => say::other_programmes(language).to_owned(),
    }
}

fn table(language: Language, id: &'static str, caption: &'static str, table: &Protected<Name>) -> AnyView {
    let heads = table
        .columns
        .iter()
        .map(|name| view! { <th scope="col" class="number">{called(language, "kinds", name)}</th> })
        .collect_view();
    let rows = table
        .rows
        .iter()
        .zip(&table.cells)
        .zip(&table.row_totals)
        .map(|((name, cells), total)| {
            let cells = cells
                .iter()
                .map(|cell| match cell {
                    Some(count) => view! { <td class="number">{*count}</td> }.into_any(),
                    None => {
                        let told = say::statistics_cell(language);
                        view! { <td class="number"><abbr title=told>"•"</abbr></td> }.into_any()
                    }
                })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">{called(language, id, name)}</th>
                    {cells}
                    <td class="number"><strong>{*total}</strong></td>
                </tr>
            }
        })
        .collect_view();
    let totals =
        table.column_totals.iter().map(|total| view! { <td class="number">{*total}</td> }).collect_view();
    let whole = table.total();
    let first =
        if id == "units" { say::column_unit(language) } else { words::register::label_programme(language) };
    view! {
        <DataTable id=id caption=caption width=TableWidth::Scrolls>
            <thead>
                <tr>
                    <th scope="col">{first}</th>
                    {heads}
                    <th scope="col" class="number">{say::sum(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
            <tfoot>
                <tr>
                    <th scope="row">{say::sum(language)}</th>
                    {totals}
                    <td class="number">{whole}</td>
                </tr>
            </tfoot>
        </DataTable>
    }
    .into_any()
}

/// GET /statistics/{slug}/csv: a row a cell; what is left out has no number.
pub async fn csv(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let statistics = counted(&app, &slug).await?;
    let language = caller.language;
    let mut rows = Vec::new();
    for (id, table) in [("programmes", &statistics.programmes), ("units", &statistics.units)] {
        for (name, cells) in table.rows.iter().zip(&table.cells) {
            for (kind, count) in table.columns.iter().zip(cells) {
                rows.push(vec![
                    id.into(),
                    called(language, id, name).into(),
                    called(language, "kinds", kind).into(),
                    count.map_or(Cell::Blank, Cell::Count),
                    if count.is_none() { say::statistics_cell(language) } else { "" }.into(),
                ]);
            }
        }
        let totals = table.rows.iter().zip(&table.row_totals);
        rows.extend(totals.map(|(name, total)| {
            vec![
                id.into(),
                called(language, id, name).into(),
                say::sum(language).into(),
                Cell::Count(*total),
                Cell::Blank,
            ]
        }));
        let totals = table.columns.iter().zip(&table.column_totals);
        rows.extend(totals.map(|(kind, total)| {
            vec![
                id.into(),
                say::sum(language).into(),
                called(language, "kinds", kind).into(),
                Cell::Count(*total),
                Cell::Blank,
            ]
        }));
    }
    let headers = [
        say::csv_table(language),
        say::csv_row(language),
        words::register::label_kind(language),
        say::csv_count(language),
        say::csv_remark(language),
    ];
    let table = Table {
        title: say::statistics_title(language).to_owned(),
        headers: headers.map(str::to_owned).to_vec(),
        rows,
        sums: Vec::new(),
    };
    let name = format!("attachment; filename=\"statystyka-{slug}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, table.csv()?).into_response())
}

/// GET /statistics/{slug}/json: `null` is left out.
pub async fn json(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let statistics = counted(&app, &slug).await?;
    let language = caller.language;
    let table = |id: &str, table: &Protected<Name>| -> Value {
        let columns: Vec<String> = table.columns.iter().map(|name| called(language, "kinds", name)).collect();
        let rows: Vec<Value> = table
            .rows
            .iter()
            .zip(&table.cells)
            .zip(&table.row_totals)
            .map(|((name, cells), total)| json!({ "name": called(language, id, name), "cells": cells, "total": total }))
            .collect();
        json!({ "columns": columns, "rows": rows, "column_totals": table.column_totals, "total": table.total() })
    };
    Ok(Json(json!({
        "organisation": statistics.organisation,
        "counted": "devices lent now",
        "left_out": "null: a number under five, or one from which such a number could be reckoned",
        "programmes": table("programmes", &statistics.programmes),
        "units": table("units", &statistics.units),
    }))
    .into_response())
}
