//! Which own positions an organisation means by those of the installation: POST /catalogue/decisions/positions, POST …/remove.

use axum::extract::State;
use courses::offer::wish;
use identity::{Error, PositionId, SharedPositionId, shared_position};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, sharing as say};

use super::decisions::{Page, answer, open};
use crate::caller::Caller;
use crate::parts::{
    ButtonKind, Choice, DataTable, EmptyState, HiddenField, Link, PostForm, Select, SubmitButton, TableWidth,
};
use crate::problem::{Answer, Problem};
use crate::request::Posted;
use crate::state::App;

/// Both positions as they were posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    own: String,
    shared: String,
}

impl Typed {
    fn ids(&self) -> Option<(PositionId, SharedPositionId)> {
        Some((self.own.parse().ok()?, self.shared.parse().ok()?))
    }
}

/// Says that an own position is meant; offers that are directed at it are looked for at once.
pub async fn mean(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let (mut visit, mut page) = open(&app, &caller).await?;
    let (proof, language) = (visit.me.people_admin()?, visit.language);
    if let Some((own, shared)) = typed.ids() {
        match shared_position::mean(&mut visit.tx, &proof, own, shared).await {
            Ok(()) => {
                wish::ask(&mut visit.tx).await?;
                return visit.commit_and_go("/catalogue/decisions", "saved").await;
            }
            Err(Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    page.errors.add("own", say::choose_positions(language));
    page.meaning = typed;
    answer(visit, page)
}

/// Takes that back.
pub async fn unmean(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let (own, shared) = typed.ids().ok_or(Problem::Malformed)?;
    shared_position::unmean(&mut visit.tx, &proof, own, shared).await?;
    visit.commit_and_go("/catalogue/decisions", "saved").await
}

/// What is meant, and the form that adds to it.
pub fn view(language: Language, page: &Page) -> AnyView {
    if page.shared.is_empty() {
        return view! {
            <EmptyState title=say::shared_none(language) text=say::shared_none_text(language) level=3/>
        }
        .into_any();
    }
    if page.own.is_empty() {
        let way = Some(Link::new(say::own_positions(language), "/positions"));
        return view! {
            <EmptyState title=say::own_none(language) text=say::own_none_text(language) action=way level=3/>
        }
        .into_any();
    }
    let rows = page.meant.iter().map(|one| {
        let name = page.shared.iter().find(|shared| shared.id == one.shared);
        let name = name.map(|shared| shared.name.clone()).unwrap_or_default();
        let subject = format!("{name}, {}", one.name);
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{one.name.clone()}</td>
                <td>
                    <form method="post" action="/catalogue/decisions/positions/remove">
                        <HiddenField name="own" value=one.own.to_string()/>
                        <HiddenField name="shared" value=one.shared.to_string()/>
                        <SubmitButton label=say::unmean_act(language) kind=ButtonKind::Secondary subject=subject/>
                    </form>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let table = (!page.meant.is_empty()).then(|| {
        view! {
            <DataTable id="meant" caption=say::meant_title(language) width=TableWidth::Scrolls>
                <thead>
                    <tr>
                        <th scope="col">{say::column_shared(language)}</th>
                        <th scope="col">{say::column_own(language)}</th>
                        <th scope="col">{say::column_acts(language)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
    });
    let choose = || Choice::new("", say::position_choose(language));
    let shared = page.shared.iter().map(|one| Choice::new(one.id.to_string(), one.name.clone()));
    let own = page.own.iter().map(|one| Choice::new(one.id.to_string(), one.name.clone()));
    let shared: Vec<Choice> = std::iter::once(choose()).chain(shared).collect();
    let own: Vec<Choice> = std::iter::once(choose()).chain(own).collect();
    let own = view! {
        <Select
            name="own"
            label=say::column_own(language)
            choices=own
            chosen=page.meaning.own.clone()
            error=page.errors.of("own")
        />
    };
    let shared = view! {
        <Select
            name="shared"
            label=say::column_shared(language)
            choices=shared
            chosen=page.meaning.shared.clone()
        />
    };
    view! {
        <p>{say::meant_text(language)}</p>
        {table}
        <PostForm action="/catalogue/decisions/positions">
            {own}
            {shared}
            <SubmitButton label=say::mean_act(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}
