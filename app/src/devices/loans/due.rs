//! Things that end, and one edit that moves every loan tied to one: first the page that shows which, then the change.

use axum::extract::State;
use base::PersonId;
use devices::loans::event::{self, DueEvent, Moved};
use devices::loans::kind::EventKind;
use devices::{DueEventId, Error};
use identity::Problem as Wrong;
use identity::guardian;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, loans as say, settlements};

use super::said;
use crate::caller::Caller;
use crate::devices::retention;
use crate::devices::sections::section;
use crate::parts::{
    ButtonKind, CheckPage, Choice, DataTable, EmptyState, Field, FieldKind, FormErrors, HiddenField, Link,
    PageHead, PostForm, Select, SubmitButton,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// What was typed; an address may hold a search for a person, or name one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    q: String,
    person: String,
    kind: String,
    name: String,
    ends_on: String,
    version: String,
}

/// GET /devices/due
pub async fn list(State(app): State<App>, caller: Caller, Asked(typed): Asked<Typed>) -> Answer {
    let visit = caller.open(&app).await?;
    visit.me.devices_reader()?;
    all(visit, typed, FormErrors::new()).await
}

/// POST /devices/due
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let kind = EventKind::from_word(&typed.kind).unwrap_or(EventKind::Other);
    let person = match typed.person.as_str() {
        "" => Ok(None),
        id => id.parse::<PersonId>().map(Some).map_err(|_| Error::field("person", Wrong::Unknown)),
    };
    let made = match (person, said::typed_day("ends_on", &typed.ends_on)) {
        (Ok(person), Ok(day)) => event::create(&mut visit.tx, &proof, kind, &typed.name, person, day).await,
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    match made {
        Ok(_) => visit.commit_and_go("/devices/due", "loan_event_made").await,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            all(visit.afresh().await?, typed, errors).await
        }
    }
}

async fn all(mut visit: Visit, typed: Typed, errors: FormErrors) -> Answer {
    let proof = visit.me.devices_reader()?;
    let clerk = visit.me.device_clerk().is_ok();
    let events = event::all(&mut visit.tx, &proof).await?;
    let people = if clerk { candidates(&mut visit, &typed).await? } else { Vec::new() };
    let language = visit.language;
    let title = say::due_events_title(language);
    let page = |errors: FormErrors| {
        let form = clerk.then(|| {
            let kinds = EventKind::ALL
                .iter()
                .map(|kind| Choice::new(kind.word(), said::event(language, *kind)))
                .collect::<Vec<_>>();
            view! {
                <h2>{say::event_new(language)}</h2>
                <form class="form filter" method="get" action="/devices/due" role="search">
                    <Field name="q" label=say::label_person_search(language) note=frame::optional(language)
                        hint=settlements::event_person_hint(language) kind=FieldKind::Search value=typed.q.clone()/>
                    <SubmitButton label=say::look_up(language) kind=ButtonKind::Secondary/>
                </form>
                {
    let inside = view! {
                    <HiddenField name="q" value=typed.q/>
                    <Select name="person" label=settlements::event_person(language)
                        choices=or_none(settlements::event_of_nobody(language), people)
                        chosen=typed.person error=errors.of("person")/>
                    <Select name="kind" label=say::label_kind(language) choices=kinds chosen=typed.kind/>
                    <Field name="name" label=say::label_name(language) hint=say::event_name_hint(language) value=typed.name
                        error=errors.of("name")/>
                    <Field name="ends_on" kind=FieldKind::Date label=say::label_ends_on(language) hint=say::ends_on_hint(language)
                        value=typed.ends_on error=errors.of("ends_on")/>
                    <SubmitButton label=say::event_create(language) kind=ButtonKind::Secondary/>
                }.into_any();
    view! { <PostForm action="/devices/due">{inside}</PostForm> }
}
            }
        });
        view! {
            {said::summary(language, &errors)}
            <PageHead title=title lead=say::due_events_lead(language)/>
            {section(language, "/devices/due")}
            {table(language, events)}
            {form}
        }
        .into_any()
    };
    visit.form(title, errors, page)
}

/// People who fit the search, and the one who is chosen already.
async fn candidates(visit: &mut Visit, typed: &Typed) -> Result<Vec<Choice>, Problem> {
    let proof = visit.me.devices_reader()?;
    let mut cards = Vec::new();
    if !typed.q.trim().is_empty() {
        cards = guardian::find(&mut visit.tx, &proof, &typed.q, None, 30).await?;
    }
    if let Ok(id) = typed.person.parse::<PersonId>()
        && cards.iter().all(|card| card.id != id)
        && let Ok(card) = guardian::card(&mut visit.tx, &proof, id).await
    {
        cards.push(card);
    }
    Ok(cards.into_iter().map(|card| Choice::new(card.id.to_string(), card.name)).collect())
}

fn or_none(none: &str, people: Vec<Choice>) -> Vec<Choice> {
    [Choice::new("", none)].into_iter().chain(people).collect()
}

fn table(language: Language, events: Vec<DueEvent>) -> AnyView {
    if events.is_empty() {
        return view! { <EmptyState title=say::events_none(language)/> }.into_any();
    }
    let rows = events
        .into_iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row">
                        <a href=format!("/devices/due/{}", one.id)>{retention::told(language, &one.name)}</a>
                    </th>
                    <td>{said::event(language, one.kind)}</td>
                    <td>{one.person.map(whose)}</td>
                    <td>{said::due(language, one.ends_on)}</td>
                    <td class="number">{one.loans}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="events" caption=say::due_events_title(language)>
            <thead>
                <tr>
                    <th scope="col">{say::label_name(language)}</th>
                    <th scope="col">{say::label_kind(language)}</th>
                    <th scope="col">{settlements::event_person(language)}</th>
                    <th scope="col">{say::label_ends_on(language)}</th>
                    <th scope="col" class="number">{say::column_loans(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn whose((id, name): (PersonId, String)) -> AnyView {
    view! { <a href=format!("/devices/people/{id}")>{name}</a> }.into_any()
}

/// GET /devices/due/{id}
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<DueEventId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let event = event::one(&mut visit.tx, &proof, id).await?;
    let typed = Typed {
        name: event.name.clone(),
        ends_on: event.ends_on.map(said::machine).unwrap_or_default(),
        version: event.version.to_string(),
        ..Typed::default()
    };
    one(visit, event, typed, FormErrors::new())
}

fn one(visit: Visit, event: DueEvent, typed: Typed, errors: FormErrors) -> Answer {
    let language = visit.language;
    let title = event.name.clone();
    let page = |errors: FormErrors| {
        view! {
            {said::summary(language, &errors)}
            {said::trail(language, vec![Link::new(say::due_events_title(language), "/devices/due")], &event.name)}
            <PageHead title=event.name.clone() kicker=said::event(language, event.kind) lead=say::event_loans(language, event.loans)/>
            {event.person.clone().map(|person| view! { <p>{settlements::event_person(language)}": "{whose(person)}</p> })}
            {
    let inside = view! {
                <HiddenField name="version" value=typed.version/>
                <Field name="name" label=say::label_name(language) value=typed.name error=errors.of("name")/>
                <Field name="ends_on" kind=FieldKind::Date label=say::label_ends_on(language) hint=say::ends_on_hint(language)
                    value=typed.ends_on error=errors.of("ends_on")/>
                <SubmitButton label=say::event_check(language)/>
            }.into_any();
    view! { <PostForm action=format!("/devices/due/{}/check", event.id)>{inside}</PostForm> }
}
        }
        .into_any()
    };
    visit.form(&title, errors, page)
}

/// POST /devices/due/{id}/check: nothing is changed.
pub async fn check(
    State(app): State<App>,
    caller: Caller,
    At(id): At<DueEventId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?.reader();
    let event = event::one(&mut visit.tx, &proof, id).await?;
    let ends_on = match said::typed_day("ends_on", &typed.ends_on) {
        Ok(day) => day,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            return one(visit, event, typed, errors);
        }
    };
    let moved = event::moved(&mut visit.tx, &proof, id, ends_on).await?;
    let language = visit.language;
    let count = i64::try_from(moved.len()).unwrap_or(i64::MAX);
    let question = say::event_question(language, &event.name, &said::due(language, ends_on));
    visit.page(&question.clone(), || {
        let fields = [("version", typed.version), ("name", typed.name), ("ends_on", typed.ends_on)]
            .map(|(name, value)| view! { <HiddenField name=name value=value/> })
            .collect_view()
            .into_any();
        view! {
            <CheckPage
                question=question
                action=format!("/devices/due/{id}")
                confirm=say::event_change(language)
                kind=ButtonKind::Primary
                cancel=Link::new(say::event_keep(language), format!("/devices/due/{id}"))
                fields=fields
            >
                <p>{say::event_moves(language, count)}</p>
                {moves(language, &moved)}
            </CheckPage>
        }
        .into_any()
    })
}

fn moves(language: Language, moved: &[Moved]) -> AnyView {
    if moved.is_empty() {
        return ().into_any();
    }
    let rows = moved
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/devices/loans/{}", one.loan)>{one.inventory_no.clone()}</a></th>
                    <td>{one.who.clone()}</td>
                    <td>{said::due(language, one.was)}</td>
                    <td>{said::due(language, one.becomes)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id="moves" caption=say::moves_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_number(language)}</th>
                    <th scope="col">{say::column_who(language)}</th>
                    <th scope="col">{say::column_was(language)}</th>
                    <th scope="col">{say::column_becomes(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// POST /devices/due/{id}
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    At(id): At<DueEventId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let version: i32 = typed.version.parse().map_err(|_| Problem::Malformed)?;
    let changed = match said::typed_day("ends_on", &typed.ends_on) {
        Ok(day) => event::change(&mut visit.tx, &proof, id, version, &typed.name, day).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(_) => visit.commit_and_go(&format!("/devices/due/{id}"), "loan_event_changed").await,
        Err(Error::NotFound) => Err(Problem::NotFound),
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            let mut visit = visit.afresh().await?;
            let event = event::one(&mut visit.tx, &proof.reader(), id).await?;
            let typed = Typed { version: event.version.to_string(), ..typed };
            one(visit, event, typed, errors)
        }
    }
}
