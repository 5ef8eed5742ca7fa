//! The clerk's list of applications. GET /devices/applications.

use axum::extract::State as Program;
use devices::applications::{self, Application, Filter, State};
use devices::register::purchase;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, applications as say, identity as people};

use super::said;
use crate::caller::Caller;
use crate::date;
use crate::devices::retention;
use crate::devices::sections::section;
use crate::parts::{
    ActionLink, ButtonKind, Choice, DataTable, EmptyState, Field, FieldKind, PageHead, Select, SubmitButton,
};
use crate::problem::Answer;
use crate::request::Asked;
use crate::state::App;

/// Which ones.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: String,
    programme: String,
    state: String,
}

/// GET /devices/applications
pub async fn show(Program(app): Program<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let filter = Filter {
        programme: asked.programme.parse().ok(),
        state: State::from_word(&asked.state),
        text: asked.q.clone(),
        take: 500,
        ..Filter::default()
    };
    let found = applications::all(&mut visit.tx, &proof, &filter).await?;
    let programmes = purchase::programmes(&mut visit.tx, &proof.reader()).await?;
    let language = visit.language;
    let title = say::applications_title(language);
    visit.page(title, || {
        let links = programmes
            .iter()
            .map(|one| {
                let href = format!("/devices/programmes/{}/applications", one.id);
                view! { <li><a href=href>{one.name.clone()}</a></li> }
            })
            .collect_view();
        let mut paid = vec![Choice::new("", say::any(language))];
        paid.extend(programmes.iter().map(|one| Choice::new(one.id.to_string(), one.name.clone())));
        let mut states = vec![Choice::new("", say::any(language))];
        states.extend(
            State::ALL
                .iter()
                .filter(|state| **state != State::Draft)
                .map(|state| Choice::new(state.word(), said::state_name(language, *state))),
        );
        view! {
            <PageHead title=title>
                <ActionLink label=say::paper_new(language) href="/devices/applications/new"/>
            </PageHead>
            {section(language, "/devices/applications")}
            <form class="form filter" method="get" action="/devices/applications" role="search">
                <Field name="q" label=say::label_search(language) kind=FieldKind::Search value=asked.q/>
                <Select name="programme" label=say::label_programme(language) choices=paid chosen=asked.programme/>
                <Select name="state" label=say::column_state(language) choices=states chosen=asked.state/>
                <SubmitButton label=people::people_show(language) kind=ButtonKind::Secondary/>
            </form>
            {table(language, &found, title, true)}
            <h2>{say::programmes(language)}</h2>
            <ul>{links}</ul>
        }
        .into_any()
    })
}

/// Applications as a table, with the programme where several are shown.
pub fn table(language: Language, found: &[Application], caption: &str, several: bool) -> AnyView {
    if found.is_empty() {
        return view! { <EmptyState title=say::applications_none(language)/> }.into_any();
    }
    let rows = found
        .iter()
        .map(|one| {
            let number = one.number.clone().unwrap_or_default();
            let programme = several.then(|| view! { <td>{one.programme_name.clone()}</td> });
            let position = one.position.map(|place| place.to_string()).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row"><a href=format!("/devices/applications/{}", one.id)>{number}</a></th>
                    <td>{retention::told(language, &one.who)}</td>
                    {programme}
                    <td>{one.submitted_at.map(date::day).unwrap_or_default()}</td>
                    <td class="number">{one.points}</td>
                    <td class="number">{position}</td>
                    <td>{said::state(language, one.state)}</td>
                </tr>
            }
        })
        .collect_view();
    let programme = several.then(|| view! { <th scope="col">{say::label_programme(language)}</th> });
    view! {
        <DataTable id="applications" caption=caption.to_owned()>
            <thead>
                <tr>
                    <th scope="col">{say::column_number(language)}</th>
                    <th scope="col">{say::label_beneficiary(language)}</th>
                    {programme}
                    <th scope="col">{say::column_sent(language)}</th>
                    <th scope="col" class="number">{say::label_points(language)}</th>
                    <th scope="col" class="number">{say::column_position(language)}</th>
                    <th scope="col">{say::column_state(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}
