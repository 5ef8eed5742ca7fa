//! Counting with a scanner: a plain form whose field has the focus; each scan is answered by text. GET
//! /devices/stocktakes/{id}, POST below it.

use axum::extract::State;
use devices::stocktake::{self, Counted, Heard, Line, Scan, Stocktake};
use devices::{AssetId, Error, StocktakeId};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, stocktake as say};

use super::super::loans::said;
use super::refusal;
use crate::caller::Caller;
use crate::devices::sections::section;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Choice, DataTable, FormErrors, HiddenField, Notice, PageHead, PostForm,
    Radios, SubmitButton, SummaryList, SummaryRow, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// Who counts, and a scan.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    code: String,
    counter: String,
}

impl Typed {
    fn counter(&self) -> i16 {
        if self.counter == "2" { 2 } else { 1 }
    }
}

/// GET /devices/stocktakes/{id}
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(id): At<StocktakeId>,
    Asked(typed): Asked<Typed>,
) -> Answer {
    page(caller.open(&app).await?, id, typed.counter(), None, &FormErrors::new()).await
}

/// POST /devices/stocktakes/{id}/scan. The same scan sent twice counts once.
pub async fn scan(
    State(app): State<App>,
    caller: Caller,
    At(id): At<StocktakeId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let scan = Scan { code: typed.code.clone(), counter: typed.counter() };
    let language = visit.language;
    match stocktake::scan(&mut visit.tx, &proof, id, &scan).await {
        Ok(heard) => {
            visit.tx.commit().await?;
            page(caller.open(&app).await?, id, typed.counter(), Some(heard), &FormErrors::new()).await
        }
        Err(error) => {
            let errors = match error {
                Error::Ambiguous(_) => FormErrors::one("code", say::ambiguous(language)),
                other => refusal(language, other)?,
            };
            page(visit.afresh().await?, id, typed.counter(), None, &errors).await
        }
    }
}

/// A lent device that its borrower has declared.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Confirmed {
    asset: String,
}

async fn went(visit: Visit, id: StocktakeId, did: Result<&str, Error>) -> Answer {
    match did {
        Ok(message) => visit.commit_and_go(&format!("/devices/stocktakes/{id}"), message).await,
        Err(error) => {
            let errors = refusal(visit.language, error)?;
            page(visit.afresh().await?, id, 1, None, &errors).await
        }
    }
}

/// POST /devices/stocktakes/{id}/confirm
pub async fn confirm(
    State(app): State<App>,
    caller: Caller,
    At(id): At<StocktakeId>,
    Posted(typed): Posted<Confirmed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let asset: AssetId = typed.asset.parse().map_err(|_| Problem::NotFound)?;
    let did = stocktake::confirm(&mut visit.tx, &proof, id, asset).await;
    went(visit, id, did.map(|()| "stocktake_confirmed")).await
}

/// POST /devices/stocktakes/{id}/recount
pub async fn recount(State(app): State<App>, caller: Caller, At(id): At<StocktakeId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let did = stocktake::recount(&mut visit.tx, &proof, id).await;
    went(visit, id, did.map(|_| "stocktake_recounted")).await
}

async fn page(
    mut visit: Visit,
    id: StocktakeId,
    counter: i16,
    heard: Option<Heard>,
    errors: &FormErrors,
) -> Answer {
    let proof = visit.me.devices_reader()?;
    let clerk = visit.me.device_clerk().is_ok();
    let about = stocktake::one(&mut visit.tx, &proof, id).await?;
    let came = stocktake::result(&mut visit.tx, &proof, id).await?;
    let language = visit.language;
    let title = about.name.clone();
    let open = about.closed_at.is_none() && clerk;
    let view = |errors: &FormErrors| {
        let answer = heard.map(|heard| said_of(language, &heard));
        let scan = open.then(|| scan_form(language, &about, counter, errors));
        view! {
            {said::summary(language, errors)}
            <PageHead title=title.clone() kicker=about.number.clone()/>
            {section(language, "/devices/stocktakes")}
            <div role="status" class="desk-said">{answer}</div>
            {scan}
            <SummaryList rows=figures(language, &about, &came)/>
            {acts(language, &about, open)}
            {lists(language, id, &came, open)}
        }
        .into_any()
    };
    visit.form(&title, errors, view)
}

fn said_of(language: Language, heard: &Heard) -> AnyView {
    let named = |asset: &devices::register::Asset| {
        format!("{} – {} {}", asset.inventory_no, asset.maker, asset.model)
    };
    let (tone, title) = match heard {
        Heard::Found(asset) => (Tone::Success, say::heard_found(language, &named(asset))),
        Heard::Again(asset) => (Tone::Info, say::heard_again(language, &named(asset))),
        Heard::Elsewhere(asset) => {
            let place = asset.place.clone().unwrap_or_else(|| "–".to_owned());
            (Tone::Warning, say::heard_elsewhere(language, &named(asset), &place))
        }
        Heard::Unknown(code) => (Tone::Danger, say::heard_unknown(language, code)),
    };
    view! { <Notice tone=tone title=title>""</Notice> }.into_any()
}

fn scan_form(language: Language, about: &Stocktake, counter: i16, errors: &FormErrors) -> AnyView {
    let who = about
        .counters
        .iter()
        .zip(["1", "2"])
        .map(|(name, value)| Choice {
            chosen: value == counter.to_string(),
            ..Choice::new(value, name.clone())
        })
        .collect::<Vec<_>>();
    let wrong = errors.of("code").map(|_| "true");
    view! {
        <form class="form scan" method="post" action=format!("/devices/stocktakes/{}/scan", about.id) novalidate>
            <div class="field">
                <label for="f-code">{say::label_code(language)}</label>
                <input id="f-code" name="code" type="text" autocomplete="off" autofocus aria-invalid=wrong/>
            </div>
            <SubmitButton label=say::count(language)/>
            <Radios name="counter" legend=say::label_counter(language) choices=who/>
        </form>
    }
    .into_any()
}

fn figures(language: Language, about: &Stocktake, came: &Counted) -> Vec<SummaryRow> {
    let tally = came.tally();
    [
        (say::column_of(language), about.of.clone().unwrap_or_else(|| say::everywhere(language).to_owned())),
        (say::label_counters(language), about.counters.join(", ")),
        (say::label_round(language), about.round.to_string()),
        (say::tally_expected(language), tally.expected.to_string()),
        (say::tally_seen(language), tally.seen.to_string()),
        (say::tally_declared(language), tally.declared.to_string()),
        (say::tally_unconfirmed(language), tally.unconfirmed.to_string()),
        (say::tally_missing(language), tally.missing.to_string()),
        (say::tally_elsewhere(language), tally.elsewhere.to_string()),
        (say::tally_unknown(language), tally.unknown.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| SummaryRow::new(name, value))
    .collect()
}

fn acts(language: Language, about: &Stocktake, open: bool) -> AnyView {
    let base = format!("/devices/stocktakes/{}", about.id);
    let sheet = format!("{base}/sheet");
    let protocol = about.closed_at.map(|_| {
        view! { <ActionLink label=say::protocol(language) href=format!("{base}/protocol")/> }
    });
    let close = open.then(|| {
        view! { <ActionLink label=say::close(language) href=format!("{base}/close") kind=ButtonKind::Secondary/> }
    });
    let recount = open.then(|| {
        let inside =
            view! { <SubmitButton label=say::recount(language) kind=ButtonKind::Secondary/> }.into_any();
        view! { <PostForm action=format!("{base}/recount")>{inside}</PostForm> }
    });
    view! {
        <Actions>
            {protocol}
            {close}
            <ActionLink label=say::sheet(language) href=sheet kind=ButtonKind::Secondary/>
            {recount}
        </Actions>
    }
    .into_any()
}

fn lists(language: Language, id: StocktakeId, came: &Counted, open: bool) -> AnyView {
    let missing: Vec<_> = came.missing().collect();
    let lent: Vec<_> = came.unconfirmed().collect();
    let strays = came
        .strays
        .iter()
        .map(|one| {
            let what = if one.asset.is_some() { say::is_elsewhere(language) } else { say::is_unknown(language) };
            let name = match one.asset {
                Some(asset) => {
                    view! { <a href=format!("/devices/assets/{asset}")>{one.code.clone()}</a> }.into_any()
                }
                None => one.code.clone().into_any(),
            };
            let place = one.place.clone().unwrap_or_default();
            view! { <tr><th scope="row">{name}</th><td>{what}</td><td>{place}</td><td>{said::moment(Some(one.at))}</td></tr> }
        })
        .collect_view();
    let strays = (!came.strays.is_empty()).then(|| {
        view! {
            <h2>{say::strays(language)}</h2>
            <DataTable id="strays" caption=say::strays(language)>
                <thead>
                    <tr>
                        <th scope="col">{say::column_number(language)}</th>
                        <th scope="col">{say::column_what(language)}</th>
                        <th scope="col">{say::label_place(language)}</th>
                        <th scope="col">{say::column_when(language)}</th>
                    </tr>
                </thead>
                <tbody>{strays}</tbody>
            </DataTable>
        }
    });
    view! {
        {strays}
        {lines(language, id, "missing", say::tally_missing(language), &missing, false)}
        {lines(language, id, "lent", say::tally_unconfirmed(language), &lent, open)}
    }
    .into_any()
}

fn lines(
    language: Language,
    id: StocktakeId,
    name: &'static str,
    title: &'static str,
    lines: &[&Line],
    confirms: bool,
) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let rows = lines
        .iter()
        .map(|line| {
            let confirm = confirms.then(|| {
                let inside = view! {
                    <HiddenField name="asset" value=line.asset.to_string()/>
                    <SubmitButton label=say::confirm(language) kind=ButtonKind::Secondary subject=line.inventory_no.clone()/>
                }
                .into_any();
                view! { <PostForm action=format!("/devices/stocktakes/{id}/confirm")>{inside}</PostForm> }
            });
            let at = line.holder.clone().or_else(|| line.place.clone()).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row"><a href=format!("/devices/assets/{}", line.asset)>{line.inventory_no.clone()}</a></th>
                    <td>{line.model.clone()}</td>
                    <td>{at}{confirm}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h2>{title}</h2>
        <DataTable id=name caption=title>
            <thead>
                <tr>
                    <th scope="col">{say::column_number(language)}</th>
                    <th scope="col">{say::column_model(language)}</th>
                    <th scope="col">{say::column_where(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}
