//! "I have it": declarations of borrowers, and those that are overdue. GET and POST /my-devices/{id}/declare, GET and POST
//! /devices/declarations.

use axum::extract::State;
use devices::LoanId;
use devices::loans::mine;
use devices::stocktake::{self, Due, remind};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, declarations as letters, frame, loans, stocktake as say};

use super::super::loans::said;
use super::refusal;
use crate::caller::Caller;
use crate::devices::sections::section;
use crate::parts::{
    Actions, ButtonKind, Choice, DataTable, EmptyState, FormErrors, HiddenField, Link, PageHead, PostForm,
    Radios, SubmitButton, TextArea,
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

/// GET /devices/declarations: those that are overdue, and those for whom there is a letter on paper.
pub async fn due(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let due = stocktake::due(&mut visit.tx, &proof).await?;
    let on_paper = remind::on_paper(&mut visit.tx, &proof).await?;
    let clerk = visit.me.device_clerk().is_ok();
    let (record, letter) =
        if clerk { (Acts::Record, Acts::LetterAndRecord) } else { (Acts::Nothing, Acts::Nothing) };
    let language = visit.language;
    let title = say::declarations(language);
    visit.page(title, || {
        let hint = (clerk && !(due.is_empty() && on_paper.is_empty()))
            .then(|| view! { <p class="hint">{letters::record_hint(language)}</p> });
        let overdue = if due.is_empty() {
            view! { <EmptyState title=say::declarations_none(language)/> }.into_any()
        } else {
            table(language, "declarations", title, due, record)
        };
        let paper = (!on_paper.is_empty()).then(|| {
            view! {
                <h2>{letters::on_paper(language)}</h2>
                <p>{letters::on_paper_lead(language)}</p>
                {table(language, "on-paper", letters::on_paper(language), on_paper, letter)}
            }
        });
        view! {
            <PageHead title=title lead=say::declarations_lead(language)/>
            {section(language, "/devices/stocktakes")}
            {overdue}
            {paper}
            {hint}
        }
        .into_any()
    })
}

/// What can be done with a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Acts {
    Nothing,
    Record,
    LetterAndRecord,
}

fn table(language: Language, id: &'static str, caption: &'static str, due: Vec<Due>, acts: Acts) -> AnyView {
    let rows = due
        .into_iter()
        .map(|one| {
            let letter = (acts == Acts::LetterAndRecord).then(|| {
                let href = format!("/devices/loans/{}/declaration-letter", one.loan);
                view! { <a href=href>{letters::letter_open(language)}</a> }
            });
            let record = (acts != Acts::Nothing).then(|| {
                let number = one.inventory_no.clone();
                let inside = view! {
                    <HiddenField name="loan" value=one.loan.to_string()/>
                    <SubmitButton label=letters::record(language) kind=ButtonKind::Secondary subject=number/>
                }
                .into_any();
                view! { <PostForm action="/devices/declarations">{inside}</PostForm> }
            });
            view! {
                <tr>
                    <th scope="row"><a href=format!("/devices/loans/{}", one.loan)>{one.inventory_no.clone()}</a></th>
                    <td>{one.model}</td>
                    <td>{one.who}</td>
                    <td>{said::day(one.due_on)}</td>
                    {record.map(|record| view! { <td>{letter}{record}</td> })}
                </tr>
            }
        })
        .collect_view();
    let head =
        (acts != Acts::Nothing).then(|| view! { <th scope="col">{letters::column_act(language)}</th> });
    view! {
        <DataTable id=id caption=caption>
            <thead>
                <tr>
                    <th scope="col">{say::column_number(language)}</th>
                    <th scope="col">{say::column_model(language)}</th>
                    <th scope="col">{say::column_where(language)}</th>
                    <th scope="col">{say::column_due(language)}</th>
                    {head}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// A loan of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Recorded {
    loan: String,
}

/// POST /devices/declarations: the borrower said on paper or by telephone that the device is there and works.
pub async fn record(State(app): State<App>, caller: Caller, Posted(recorded): Posted<Recorded>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let loan: LoanId = recorded.loan.parse().map_err(|_| Problem::NotFound)?;
    stocktake::declare_for(&mut visit.tx, &proof, loan, true, "").await?;
    visit.commit_and_go("/devices/declarations", "declaration_recorded").await
}
