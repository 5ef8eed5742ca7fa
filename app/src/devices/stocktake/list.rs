//! Stocktakes and opening one. GET and POST /devices/stocktakes.

use axum::extract::State;
use devices::register::names;
use devices::stocktake::{self, NewStocktake, Stocktake};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as people, stocktake as say};

use super::super::loans::said;
use super::refusal;
use crate::caller::Caller;
use crate::date;
use crate::devices::sections::section;
use crate::identity::people::form::unit_choices;
use crate::parts::{
    Choice, DataTable, EmptyState, Field, FormErrors, PageHead, PostForm, Select, SubmitButton, Tag, Tone,
};
use crate::problem::Answer;
use crate::request::Posted;
use crate::state::App;
use crate::visit::Visit;

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    place: String,
    unit: String,
    counter_one: String,
    counter_two: String,
}

/// GET /devices/stocktakes
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    page(caller.open(&app).await?, Typed::default(), &FormErrors::new()).await
}

/// POST /devices/stocktakes
pub async fn open(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let new = NewStocktake {
        name: typed.name.clone(),
        place: typed.place.parse().ok(),
        unit: typed.unit.parse().ok(),
        counters: [typed.counter_one.clone(), typed.counter_two.clone()],
    };
    match stocktake::open(&mut visit.tx, &proof, &new).await {
        Ok(id) => visit.commit_and_go(&format!("/devices/stocktakes/{id}"), "stocktake_opened").await,
        Err(error) => {
            let errors = refusal(visit.language, error)?;
            page(visit.afresh().await?, typed, &errors).await
        }
    }
}

async fn page(mut visit: Visit, typed: Typed, errors: &FormErrors) -> Answer {
    let proof = visit.me.devices_reader()?;
    let clerk = visit.me.device_clerk().is_ok();
    let found = stocktake::all(&mut visit.tx, &proof).await?;
    let places = names::places(&mut visit.tx, &proof).await?;
    let units = identity::unit::all(&mut visit.tx).await?;
    let language = visit.language;
    let title = say::stocktakes(language);
    let view = |errors: &FormErrors| {
        let mut at = vec![Choice::new("", say::everywhere(language))];
        at.extend(places.into_iter().map(|place| Choice::new(place.id.to_string(), place.name)));
        let of = unit_choices(&units, people::none_chosen(language));
        let form = clerk.then(|| {
            let inside = view! {
                <Field name="name" label=say::label_name(language) hint=say::name_hint(language) value=typed.name
                    error=errors.of("name")/>
                <Select name="place" label=say::label_place(language) choices=at chosen=typed.place error=errors.of("place")/>
                <Select name="unit" label=say::label_unit(language) choices=of chosen=typed.unit/>
                <Field name="counter_one" label=say::label_counter_one(language) value=typed.counter_one error=errors.of("counter_one")/>
                <Field name="counter_two" label=say::label_counter_two(language) value=typed.counter_two error=errors.of("counter_two")/>
                <p class="hint">{say::open_hint(language)}</p>
                <SubmitButton label=say::open(language)/>
            }
            .into_any();
            view! { <h2>{say::open_title(language)}</h2><PostForm action="/devices/stocktakes">{inside}</PostForm> }
        });
        view! {
            {said::summary(language, errors)}
            <PageHead title=title/>
            {section(language, "/devices/stocktakes")}
            {table(language, &found)}
            <p><a href="/devices/declarations">{say::declarations(language)}</a></p>
            {form}
        }
        .into_any()
    };
    visit.form(title, errors, view)
}

fn table(language: Language, found: &[Stocktake]) -> AnyView {
    if found.is_empty() {
        return view! { <EmptyState title=say::none(language)/> }.into_any();
    }
    let rows = found
        .iter()
        .map(|one| {
            let state = match one.closed_at {
                Some(at) => view! { <Tag tone=Tone::Success text=say::closed_on(language, &date::day(at))/> }.into_any(),
                None => view! { <Tag tone=Tone::Info text=say::under_way(language)/> }.into_any(),
            };
            let of = one.of.clone().unwrap_or_else(|| say::everywhere(language).to_owned());
            view! {
                <tr>
                    <th scope="row"><a href=format!("/devices/stocktakes/{}", one.id)>{one.number.clone()}</a></th>
                    <td>{one.name.clone()}</td>
                    <td>{of}</td>
                    <td>{date::day(one.opened_at)}</td>
                    <td class="number">{say::of_all(language, &one.found.to_string(), &one.expected.to_string())}</td>
                    <td>{state}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="stocktakes" caption=say::stocktakes(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_number(language)}</th>
                    <th scope="col">{say::label_name(language)}</th>
                    <th scope="col">{say::column_of(language)}</th>
                    <th scope="col">{say::column_opened(language)}</th>
                    <th scope="col" class="number">{say::column_counted(language)}</th>
                    <th scope="col">{say::column_state(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}
