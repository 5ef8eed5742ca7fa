//! The past of an asset: its loans, the cards that were in it, and the chain of custody.

use devices::AssetId;
use devices::register::State;
use devices::register::history::{Chain, Event, PastLoan};
use devices::register::sim::Placement;
use leptos::prelude::*;
use serde_json::Value;
use words::{Language, register as say};

use super::fields;
use super::wording::{day, event_name, state_name};
use crate::date;
use crate::devices::retention;
use crate::parts::{DataTable, Notice, Tone};

fn when(at: time::OffsetDateTime) -> AnyView {
    view! { <time datetime=date::machine(at)>{date::moment(at)}</time> }.into_any()
}

/// Who had it.
pub fn loans(language: Language, loans: Vec<PastLoan>) -> AnyView {
    if loans.is_empty() {
        return view! { <h2>{say::loans_title(language)}</h2><p>{say::loans_none(language)}</p> }.into_any();
    }
    let rows = loans
        .into_iter()
        .map(|loan| {
            let until = match (loan.returned_at, loan.handed_over_at, loan.due_on) {
                (Some(at), _, _) => when(at),
                (None, None, _) => say::loan_prepared(language).into_any(),
                (None, Some(_), Some(due)) => say::loan_due(language, &day(due)).into_any(),
                (None, Some(_), None) => say::loan_without_end(language).into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{loan.number}</th>
                    <td>{retention::told(language, &loan.name)}</td>
                    <td>{loan.handed_over_at.map(when)}</td>
                    <td>{until}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h2>{say::loans_title(language)}</h2>
        <DataTable id="loans" caption=say::loans_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say::loan_agreement(language)}</th>
                    <th scope="col">{say::label_holder(language)}</th>
                    <th scope="col">{say::since(language)}</th>
                    <th scope="col">{say::until(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// Cards that were in it, or devices that it was in.
pub fn placements(language: Language, id: AssetId, placements: Vec<Placement>) -> AnyView {
    if placements.is_empty() {
        return ().into_any();
    }
    let rows = placements
        .into_iter()
        .map(|one| {
            let (to, no) = if one.sim == id { (one.device, one.device_no) } else { (one.sim, one.sim_no) };
            view! {
                <tr>
                    <th scope="row"><a href=format!("/devices/assets/{to}")>{no}</a></th>
                    <td class="number">{one.slot}</td>
                    <td>{when(one.placed_at)}</td>
                    <td>{one.removed_at.map(when)}</td>
                    <td>{one.placed_by}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h2>{say::swaps_title(language)}</h2>
        <DataTable id="swaps" caption=say::swaps_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say::label_inventory_no(language)}</th>
                    <th scope="col" class="number">{say::label_slot(language)}</th>
                    <th scope="col">{say::since(language)}</th>
                    <th scope="col">{say::until(language)}</th>
                    <th scope="col">{say::who(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// The chain, and whether it is whole.
pub fn chain(language: Language, chain: Chain) -> AnyView {
    let shown = i64::try_from(chain.events.len()).unwrap_or(i64::MAX);
    let (tone, text) = if chain.intact {
        (Tone::Success, say::chain_intact(language, chain.length))
    } else {
        (Tone::Danger, say::chain_broken(language).to_owned())
    };
    let more =
        (chain.length > shown).then(|| view! { <p>{say::chain_more(language, chain.length - shown)}</p> });
    let rows = chain
        .events
        .into_iter()
        .map(|event| {
            let detail = detail(language, &event);
            let person = event.person.map_or_else(
                || say::by_program(language).to_owned(),
                |name| retention::told(language, &name),
            );
            view! {
                <tr>
                    <th scope="row" class="number">{event.number}</th>
                    <td>{when(event.at)}</td>
                    <td>{event_name(language, event.kind)}</td>
                    <td>{detail}</td>
                    <td>{person}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h2>{say::chain_title(language)}</h2>
        <Notice tone=tone><p>{text}</p></Notice>
        <DataTable id="chain" caption=say::chain_caption(language)>
            <thead>
                <tr>
                    <th scope="col" class="number">{say::chain_number(language)}</th>
                    <th scope="col">{say::when(language)}</th>
                    <th scope="col">{say::what(language)}</th>
                    <th scope="col">{say::detail(language)}</th>
                    <th scope="col">{say::who(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        {more}
    }
    .into_any()
}

/// What else is told of a line, in words; what is not ours to say is left out.
fn detail(language: Language, event: &Event) -> String {
    let text = |name: &str| event.detail.get(name).and_then(Value::as_str).unwrap_or_default();
    let state = |name: &str| State::from_word(text(name)).map(|state| state_name(language, state));
    let mut parts = Vec::new();
    if let (Some(from), Some(to)) = (state("from"), state("to")) {
        parts.push(format!("{from} → {to}"));
    }
    if let Some(names) = event.detail.get("fields").and_then(Value::as_array) {
        let labels: Vec<_> =
            names.iter().filter_map(Value::as_str).map(|name| fields::label(language, name)).collect();
        parts.push(labels.join(", "));
    }
    for name in ["reason", "method", "sim", "device"] {
        let said = text(name);
        if !said.is_empty() {
            parts.push(said.to_owned());
        }
    }
    parts.join(" · ")
}
