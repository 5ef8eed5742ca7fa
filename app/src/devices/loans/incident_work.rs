//! What is known of an incident, and what a clerk may do with it: references, damage, settlement, repair, closing.

use devices::loans::incident::Incident;
use devices::loans::kind::IncidentKind;
use devices::loans::repair::Ticket;
use devices::retention::file::File;
use leptos::prelude::*;
use words::{Language, loans as say};

use super::incidents::Typed;
use super::said;
use crate::date;
use crate::devices::retention;
use crate::parts::{
    ButtonKind, Checkbox, Field, FormErrors, PostForm, SubmitButton, SummaryList, SummaryRow, TextArea,
};

/// What is known of an incident; of one without a loan, how long it is kept.
pub fn facts(language: Language, incident: &Incident, tickets: &[Ticket], note: Option<&File>) -> AnyView {
    let mut rows = vec![
        SummaryRow::new(
            say::column_device(language),
            format!("{} {}", incident.inventory_no, incident.model),
        ),
        SummaryRow::new(say::column_state(language), said::state(language, &incident.asset_state)),
        SummaryRow::new(say::label_happened_on(language), said::day(incident.happened_on)),
        SummaryRow::new(
            say::label_told(language),
            format!("{}, {}", retention::told(language, &incident.told_by), date::moment(incident.told_at)),
        ),
        SummaryRow::new(say::label_description(language), retention::told(language, &incident.description)),
    ];
    if let Some(loan) = incident.loan {
        let who = retention::told(language, &incident.who);
        rows.push(SummaryRow::view(
            say::column_who(language),
            view! { <a href=format!("/devices/loans/{loan}")>{who}</a> }.into_any(),
        ));
    }
    for ticket in tickets {
        let until = ticket.ended_on.map_or_else(|| say::repair_open(language).to_owned(), said::day);
        let cost = ticket.cost_grosze.map(|cost| format!(", {} zł", said::money(cost))).unwrap_or_default();
        let text = format!(
            "{}–{until}, {}{cost}. {}",
            said::day(ticket.begun_on),
            ticket.workshop,
            retention::told(language, &ticket.description)
        );
        rows.push(SummaryRow::new(say::label_repair(language), text));
    }
    let assessed = incident.work.assessed_grosze.map(said::money);
    for (label, value) in [
        (say::label_police(language), incident.work.police_ref.clone()),
        (say::label_insurer(language), incident.work.insurer_ref.clone()),
        (say::label_assessed(language), assessed.unwrap_or_default()),
    ] {
        if !value.is_empty() {
            rows.push(SummaryRow::new(label, value));
        }
    }
    if let Some(at) = incident.closed_at {
        rows.push(SummaryRow::new(say::incident_closed(language), date::moment(at)));
        rows.push(SummaryRow::new(say::label_settlement(language), incident.work.settlement.clone()));
    }
    rows.extend(note.map(|file| retention::row(language, file)));
    view! { <SummaryList rows=rows/> }.into_any()
}

/// What a clerk may do with an open one.
pub fn forms(
    language: Language,
    incident: &Incident,
    tickets: &[Ticket],
    typed: &Typed,
    errors: &FormErrors,
) -> AnyView {
    let id = incident.id;
    let gone = (matches!(incident.kind, IncidentKind::Theft | IncidentKind::Loss)
        && !matches!(incident.asset_state.as_str(), "stolen" | "missing"))
    .then(|| {
        view! {
                {
        let inside = view! {
                    <SubmitButton label=say::confirm_gone(language) kind=ButtonKind::Secondary/>
                }.into_any();
        view! { <PostForm action=format!("/devices/incidents/{id}/gone")>{inside}</PostForm> }
        }
            }
    });
    let repair = if tickets.iter().any(|ticket| ticket.ended_on.is_none()) {
        view! {
            <h2>{say::repair_end_title(language)}</h2>
            {
    let inside = view! {
                <Field name="cost" inputmode="decimal" label=say::label_cost(language) value=typed.cost.clone() error=errors.of("cost")/>
                <SubmitButton label=say::repair_end(language) kind=ButtonKind::Secondary/>
            }.into_any();
    view! { <PostForm action=format!("/devices/incidents/{id}/repaired")>{inside}</PostForm> }
    }
        }
        .into_any()
    } else {
        view! {
            <h2>{say::repair_title(language)}</h2>
            <p>{say::repair_loaner(language)}</p>
            {
    let inside = view! {
                <Field name="workshop" label=say::label_workshop(language) value=typed.workshop.clone()/>
                <TextArea name="description" rows=3 label=say::label_repair_what(language) value=typed.description.clone()
                    error=errors.of("description")/>
                <Checkbox name="warranty" label=say::label_warranty(language) checked=!typed.warranty.is_empty()/>
                <SubmitButton label=say::repair_begin(language) kind=ButtonKind::Secondary/>
            }.into_any();
    view! { <PostForm action=format!("/devices/incidents/{id}/repair")>{inside}</PostForm> }
    }
        }
        .into_any()
    };
    view! {
        <h2>{say::incident_work(language)}</h2>
        {
    let inside = view! {
            <Field name="police_ref" label=say::label_police(language) value=typed.police_ref.clone() error=errors.of("police_ref")/>
            <Field name="insurer_ref" label=say::label_insurer(language) value=typed.insurer_ref.clone() error=errors.of("insurer_ref")/>
            <Field name="assessed" inputmode="decimal" label=say::label_assessed(language) value=typed.assessed.clone()
                error=errors.of("assessed")/>
            <TextArea name="settlement" rows=3 label=say::label_settlement(language) value=typed.settlement.clone()
                error=errors.of("settlement")/>
            <SubmitButton label=say::save(language)/>
        }.into_any();
    view! { <PostForm action=format!("/devices/incidents/{id}")>{inside}</PostForm> }
    }
        {gone}
        {repair}
        <h2>{say::incident_close(language)}</h2>
        {
    let inside = view! {
            <SubmitButton label=say::incident_close(language) kind=ButtonKind::Secondary/>
        }.into_any();
    view! { <PostForm action=format!("/devices/incidents/{id}/close")>{inside}</PostForm> }
    }
    }
    .into_any()
}
