//! Pages to be printed: the sheet (arkusz spisu z natury) and the protocol, with lines for signatures. GET
//! /devices/stocktakes/{id}/sheet and /devices/stocktakes/{id}/protocol.

use axum::extract::State;
use devices::StocktakeId;
use devices::papers::document::{self as papers_document, Of};
use devices::stocktake;
use leptos::prelude::*;
use serde_json::Value;
use words::{Language, stocktake as say};

use super::super::loans::said;
use super::document;
use crate::caller::Caller;
use crate::date;
use crate::devices::papers;
use crate::parts::{Actions, DataTable, Link, PageHead, SummaryList, SummaryRow};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// GET /devices/stocktakes/{id}/sheet: no borrower is named on paper that lies about.
pub async fn sheet(State(app): State<App>, caller: Caller, At(id): At<StocktakeId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let about = stocktake::one(&mut visit.tx, &proof, id).await?;
    let came = stocktake::result(&mut visit.tx, &proof, id).await?;
    let (language, organisation) = (visit.language, visit.me.organisation_name.clone());
    let title = say::sheet_title(language, &about.number);
    visit.page(&title, || {
        let facts = vec![
            SummaryRow::new(say::label_organisation(language), organisation),
            SummaryRow::new(say::label_name(language), about.name.clone()),
            SummaryRow::new(
                say::column_of(language),
                about.of.clone().unwrap_or_else(|| say::everywhere(language).to_owned()),
            ),
            SummaryRow::new(say::column_opened(language), date::moment(about.opened_at)),
            SummaryRow::new(say::label_counters(language), about.counters.join(", ")),
        ];
        let rows = came
            .lines
            .iter()
            .enumerate()
            .map(|(at, line)| {
                let lent = line.holder.as_ref().map(|_| say::is_lent(language));
                let found = line.how.as_ref().map_or("", |_| "✔");
                view! {
                    <tr>
                        <td class="number">{at + 1}</td>
                        <th scope="row">{line.inventory_no.clone()}</th>
                        <td>{line.model.clone()}</td>
                        <td>{line.serial.clone()}</td>
                        <td>{line.place.clone()}</td>
                        <td>{lent}</td>
                        <td>{found}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            {trail(language, id, &about.name, &title)}
            <PageHead title=title.clone()/>
            <SummaryList rows=facts/>
            <DataTable id="sheet" caption=title.clone()>
                <thead>
                    <tr>
                        <th scope="col" class="number">{say::column_line(language)}</th>
                        <th scope="col">{say::column_number(language)}</th>
                        <th scope="col">{say::column_model(language)}</th>
                        <th scope="col">{say::column_serial(language)}</th>
                        <th scope="col">{say::label_place(language)}</th>
                        <th scope="col">{say::column_remark(language)}</th>
                        <th scope="col">{say::column_found(language)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            {signatures(&about.counters)}
        }
        .into_any()
    })
}

fn trail(language: Language, id: StocktakeId, name: &str, title: &str) -> AnyView {
    let links = vec![
        Link::new(say::stocktakes(language), "/devices/stocktakes"),
        Link::new(name, format!("/devices/stocktakes/{id}")),
    ];
    said::trail(language, links, title)
}

fn signatures(counters: &[String; 2]) -> AnyView {
    let lines = counters.iter().map(|name| view! { <p>{name.clone()}</p> }).collect_view();
    view! { <div class="signatures">{lines}</div> }.into_any()
}

/// GET /devices/stocktakes/{id}/protocol
pub async fn protocol(State(app): State<App>, caller: Caller, At(id): At<StocktakeId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let about = stocktake::one(&mut visit.tx, &proof, id).await?;
    let stocktake::Protocol { id: protocol, number, made_at, body, .. } =
        stocktake::protocol(&mut visit.tx, &proof, id).await?;
    let seen = papers_document::for_reading(&proof, Of::Protocol(protocol));
    let document = papers::state(&mut visit, seen).await?;
    let (language, organisation) = (visit.language, visit.me.organisation_name.clone());
    let title = say::protocol_title(language, &number);
    visit.page(&title, || {
        let count = |name: &str| body[name].as_i64().unwrap_or(0).to_string();
        let mut facts = vec![
            SummaryRow::new(say::label_organisation(language), organisation),
            SummaryRow::new(say::label_name(language), about.name.clone()),
            SummaryRow::new(
                say::column_of(language),
                about.of.clone().unwrap_or_else(|| say::everywhere(language).to_owned()),
            ),
            SummaryRow::new(say::label_counters(language), about.counters.join(", ")),
            SummaryRow::new(say::column_opened(language), date::moment(about.opened_at)),
            SummaryRow::new(say::column_closed(language), date::moment(made_at)),
            SummaryRow::new(say::label_round(language), count("rounds")),
            SummaryRow::new(say::tally_expected(language), count("expected")),
            SummaryRow::new(say::tally_seen(language), count("seen")),
            SummaryRow::new(say::tally_declared(language), count("declared")),
            SummaryRow::new(say::tally_unconfirmed(language), count("unconfirmed")),
            SummaryRow::new(say::tally_missing(language), count("missing")),
            SummaryRow::new(say::tally_elsewhere(language), count("elsewhere")),
            SummaryRow::new(say::tally_unknown(language), count("unknown")),
        ];
        facts.extend(document::kept_row(language, &document));
        if let Some(note) = body["note"].as_str().filter(|note| !note.is_empty()) {
            facts.push(SummaryRow::new(say::label_note(language), note));
        }
        let lines = body["lines"].as_array().cloned().unwrap_or_default();
        let of = |lent: bool| {
            let some = |one: &&Value| one["how"].is_null() && one["lent"].as_bool() == Some(lent);
            lines.iter().filter(some).map(|line| text_of(&body, line)).collect::<Vec<_>>()
        };
        let strays = body["strays"].as_array().cloned().unwrap_or_default();
        let strays = strays.iter().map(|one| explained(&body, one, one["code"].as_str().unwrap_or_default()));
        let strays = strays.collect();
        view! {
            {trail(language, id, &about.name, &title)}
            <PageHead title=title.clone()/>
            <Actions>{papers::link(language, format!("/devices/stocktakes/{id}/document"))}</Actions>
            <SummaryList rows=facts/>
            {list(say::tally_missing(language), of(false))}
            {list(say::tally_unconfirmed(language), of(true))}
            {list(say::strays(language), strays)}
            {signatures(&about.counters)}
        }
        .into_any()
    })
}

fn text_of(body: &Value, line: &Value) -> String {
    let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
    explained(body, line, &format!("{} – {}", text("inventory_no"), text("model")))
}

/// With the explanation of the difference, where one was given.
fn explained(body: &Value, one: &Value, text: &str) -> String {
    let why = one["asset"].as_str().and_then(|asset| body["explained"][asset].as_str());
    why.map_or_else(|| text.to_owned(), |why| format!("{text}: {why}"))
}

fn list(title: &'static str, lines: Vec<String>) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    view! { <h2>{title}</h2><ul>{lines}</ul> }.into_any()
}
