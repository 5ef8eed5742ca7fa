//! GET /devices: the register; search, filters, fifty to a page by number.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Redirect};
use devices::Error;
use devices::register::find::{self, Filter, Shown};
use devices::register::{Asset, AssetKind, State};
use identity::permit::{Kind as Subject, Verb};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, register as say, reports};

use super::choices::Choices;
use super::{kind_name, picture, section, shown_name, state_tag};
use crate::caller::Caller;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Choice, DataTable, EmptyState, Field, FieldKind, Link, PageHead, Select,
    SubmitButton,
};
use crate::problem::Answer;
use crate::request::Asked;
use crate::state::App;
use crate::way::encoded;

const ON_A_PAGE: usize = 50;

/// What the list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: String,
    kind: String,
    state: String,
    place: String,
    programme: String,
    after: String,
}

impl Asking {
    /// As the area takes it; what is no id or word is not asked for.
    pub fn filter(&self) -> Filter {
        Filter {
            text: self.q.chars().take(200).collect(),
            kind: AssetKind::from_word(&self.kind),
            state: Shown::from_word(&self.state),
            place: self.place.parse().ok(),
            programme: self.programme.parse().ok(),
            after: self.after.chars().take(100).collect(),
        }
    }

    /// What is asked for, by name, without the place in the list.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, String)> {
        [
            ("q", &self.q),
            ("kind", &self.kind),
            ("state", &self.state),
            ("place", &self.place),
            ("programme", &self.programme),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, value.clone()))
        .collect::<Vec<_>>()
        .into_iter()
    }

    /// The same as the query of an address.
    pub fn query(&self) -> String {
        self.pairs().map(|(name, value)| format!("{name}={}", encoded(&value))).collect::<Vec<_>>().join("&")
    }
}

/// GET /devices. A scan of one of our labels leads to its asset at once.
pub async fn show(Extract(app): Extract<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let clerk = visit.me.may(Verb::Change, Subject::Devices);
    if asked.q.contains("/d/") || devices::register::label::is_label(asked.q.trim()) {
        match find::scanned(&mut visit.tx, &proof, &asked.q).await {
            Ok(asset) => return Ok(Redirect::to(&format!("/devices/assets/{}", asset.id)).into_response()),
            Err(Error::NotFound | Error::Ambiguous(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let filter = asked.filter();
    let whole = filter == Filter::default();
    let most = i32::try_from(ON_A_PAGE + 1).unwrap_or(i32::MAX);
    let mut assets = find::list(&mut visit.tx, &proof, &filter, most).await?;
    let next = (assets.len() > ON_A_PAGE).then(|| assets.swap_remove(ON_A_PAGE));
    let next = next.and_then(|_| assets.last()).map(|last| {
        let after = encoded(&last.inventory_key);
        let query = asked.query();
        let joint = if query.is_empty() { "" } else { "&" };
        format!("/devices?{query}{joint}after={after}")
    });
    let counts = if whole { Some(find::counts(&mut visit.tx, &proof).await?) } else { None };
    let choices = Choices::filters(&mut visit.tx, &proof).await?;
    let language = visit.language;
    visit.page(say::devices_title(language), || {
        let picture = counts.map(|counts| picture::view(language, &counts));
        let from = format!("/devices/labels?{}", asked.query());
        let file = format!("/devices/export?{}", asked.query());
        let workbook = format!("/devices/export.xlsx?{}", asked.query());
        let acts = clerk.then(|| {
            view! {
                <Actions>
                    <ActionLink label=say::asset_new(language) href="/devices/new"/>
                    <ActionLink label=say::many_new(language) href="/devices/many" kind=ButtonKind::Secondary/>
                    <ActionLink label=say::export(language) href=file kind=ButtonKind::Secondary/>
                    <ActionLink label=reports::workbook(language) href=workbook kind=ButtonKind::Secondary/>
                    <ActionLink label=say::labels_print(language) href=from kind=ButtonKind::Secondary/>
                </Actions>
            }
        });
        let table = table(language, assets, whole, clerk);
        let first = (!asked.after.is_empty()).then(|| {
            let href = format!("/devices?{}", asked.query());
            view! { <a href=href>{say::list_first(language)}</a> }
        });
        let next = next.map(|href| view! { <a href=href rel="next">{say::list_next(language)}</a> });
        view! {
            <PageHead title=say::devices_title(language)/>
            {section(language, clerk, "/devices")}
            {picture}
            {acts}
            {search(language, &asked, choices)}
            {table}
            <p class="row">{first}{next}</p>
        }
        .into_any()
    })
}

fn search(language: Language, asked: &Asking, choices: Choices) -> AnyView {
    let any = || Choice::new("", say::any(language));
    let kinds = AssetKind::ALL.map(|kind| Choice::new(kind.word(), kind_name(language, kind)));
    let kinds: Vec<_> = [any()].into_iter().chain(kinds).collect();
    let states = [Shown::Lent].into_iter().chain(State::ALL.map(Shown::Is));
    let states: Vec<_> = [any()]
        .into_iter()
        .chain(states.map(|shown| Choice::new(shown.word(), shown_name(language, shown))))
        .collect();
    let places: Vec<_> = [any()].into_iter().chain(choices.places).collect();
    let programmes: Vec<_> = [any()].into_iter().chain(choices.programmes).collect();
    view! {
        <form class="form filter" method="get" action="/devices" role="search">
            <Field
                name="q"
                label=say::search(language)
                hint=say::search_hint(language)
                kind=FieldKind::Search
                value=asked.q.clone()
            />
            <Select name="kind" label=say::label_kind(language) choices=kinds chosen=asked.kind.clone()/>
            <Select name="state" label=say::label_state(language) choices=states chosen=asked.state.clone()/>
            <Select name="place" label=say::label_place(language) choices=places chosen=asked.place.clone()/>
            <Select
                name="programme"
                label=say::label_programme(language)
                choices=programmes
                chosen=asked.programme.clone()
            />
            <SubmitButton label=say::show(language) kind=ButtonKind::Secondary/>
        </form>
    }
    .into_any()
}

fn table(language: Language, assets: Vec<Asset>, whole: bool, clerk: bool) -> AnyView {
    if assets.is_empty() {
        let (title, text, link) = match (whole, clerk) {
            (true, true) => (
                say::empty_title(language),
                say::empty_text(language),
                Some(Link::new(say::section_import(language), "/devices/import")),
            ),
            (true, false) => (say::empty_title(language), "", None),
            (false, _) => (
                say::nothing_title(language),
                say::nothing_text(language),
                Some(Link::new(say::show_all(language), "/devices")),
            ),
        };
        return view! { <EmptyState title=title text=text action=link/> }.into_any();
    }
    let count = i64::try_from(assets.len()).unwrap_or(i64::MAX);
    let rows = assets.into_iter().map(|asset| row(language, asset)).collect_view();
    view! {
        <DataTable id="devices" caption=say::list_caption(language, count)>
            <thead>
                <tr>
                    <th scope="col">{say::label_inventory_no(language)}</th>
                    <th scope="col">{say::label_model(language)}</th>
                    <th scope="col">{say::label_serial(language)}</th>
                    <th scope="col">{say::label_state(language)}</th>
                    <th scope="col">{say::label_holder(language)}</th>
                    <th scope="col">{say::label_place(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn row(language: Language, asset: Asset) -> AnyView {
    let tag = state_tag(language, &asset);
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/devices/assets/{}", asset.id)>{asset.inventory_no}</a>
            </th>
            <td>{kind_name(language, asset.kind)}" "{asset.maker}" "{asset.model}</td>
            <td>{asset.serial}</td>
            <td>{tag}</td>
            <td>{asset.holder.map(|holder| holder.name)}</td>
            <td>{asset.place}</td>
        </tr>
    }
    .into_any()
}
