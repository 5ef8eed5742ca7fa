//! "I have it": declarations of borrowers, and those that are overdue. GET and POST /my-devices/{id}/declare, GET
//! /devices/declarations.

use axum::extract::State;
use devices::LoanId;
use devices::loans::mine;
use devices::stocktake;
use leptos::prelude::*;
use serde::Deserialize;
use words::{frame, loans, stocktake as say};

use super::super::loans::said;
use super::refusal;
use crate::caller::Caller;
use crate::devices::sections::section;
use crate::parts::{
    Actions, Choice, DataTable, EmptyState, FormErrors, Link, PageHead, PostForm, Radios, SubmitButton,
    TextArea,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// What is declared.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    works: String,
    note: String,
}

/// GET /my-devices/{id}/declare
pub async fn ask(State(app): State<App>, caller: Caller, At(id): At<LoanId>) -> Answer {
    page(caller.open(&app).await?, id, &Typed::default(), &FormErrors::new()).await
}

/// POST /my-devices/{id}/declare
pub async fn declare(
    State(app): State<App>,
    caller: Caller,
    At(id): At<LoanId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    match stocktake::declare(&mut visit.tx, id, typed.works != "no", &typed.note).await {
        Ok(()) => visit.commit_and_go("/my-devices", "device_declared").await,
        Err(error) => {
            let errors = refusal(visit.language, error)?;
            page(visit.afresh().await?, id, &typed, &errors).await
        }
    }
}

async fn page(mut visit: Visit, id: LoanId, typed: &Typed, errors: &FormErrors) -> Answer {
    let line = mine::loan(&mut visit.tx, id).await?;
    if !line.is_open() {
        return Err(Problem::NotFound);
    }
    let language = visit.language;
    let title = say::declare_title(language, &line.model);
    let view = |errors: &FormErrors| {
        let yes = Choice { chosen: typed.works != "no", ..Choice::new("yes", say::declare_works(language)) };
        let no = Choice { chosen: typed.works == "no", ..Choice::new("no", say::declare_broken(language)) };
        let inside = view! {
            <Radios name="works" legend=say::declare_legend(language) choices=vec![yes, no]/>
            <TextArea name="note" label=say::declare_note(language) note=frame::optional(language) rows=3 value=typed.note.clone()
                error=errors.of("note")/>
            <Actions>
                <SubmitButton label=say::declare(language)/>
                <a href="/my-devices">{frame::cancel(language)}</a>
            </Actions>
        }
        .into_any();
        view! {
            {said::summary(language, errors)}
            {said::trail(language, vec![Link::new(loans::mine_title(language), "/my-devices")], &title)}
            <PageHead title=title.clone() lead=say::declare_lead(language, &line.inventory_no)/>
            <PostForm action=format!("/my-devices/{id}/declare")>{inside}</PostForm>
        }
        .into_any()
    };
    visit.form(&title, errors, view)
}

/// GET /devices/declarations
pub async fn due(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let due = stocktake::due(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let title = say::declarations(language);
    visit.page(title, || {
        let rows = due
            .iter()
            .map(|one| {
                view! {
                    <tr>
                        <th scope="row"><a href=format!("/devices/loans/{}", one.loan)>{one.inventory_no.clone()}</a></th>
                        <td>{one.model.clone()}</td>
                        <td>{one.who.clone()}</td>
                        <td>{said::day(one.due_on)}</td>
                    </tr>
                }
            })
            .collect_view();
        let table = if due.is_empty() {
            view! { <EmptyState title=say::declarations_none(language)/> }.into_any()
        } else {
            view! {
                <DataTable id="declarations" caption=title>
                    <thead>
                        <tr>
                            <th scope="col">{say::column_number(language)}</th>
                            <th scope="col">{say::column_model(language)}</th>
                            <th scope="col">{say::column_where(language)}</th>
                            <th scope="col">{say::column_due(language)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </DataTable>
            }
            .into_any()
        };
        view! {
            <PageHead title=title lead=say::declarations_lead(language)/>
            {section(language, "/devices/stocktakes")}
            {table}
        }
        .into_any()
    })
}
