//! GET /devices/labels: QR labels on A4 sheets of 3 × 8, printed by the browser. A label holds the address of a public page, the
//! inventory number and the owner's name: nothing personal.

use axum::extract::State;
use base::qr;
use devices::register::{Asset, find};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, register as say};

use super::list::Asking;
use super::{section, trail};
use crate::caller::Caller;
use crate::parts::{
    ButtonKind, EmptyState, Field, FieldKind, HiddenField, Link, Notice, PageHead, SubmitButton, Tone,
};
use crate::problem::Answer;
use crate::request::Asked;
use crate::state::App;

/// Labels on a sheet: three across, eight down.
const ON_A_SHEET: usize = 24;
/// Most labels at once: ten sheets.
const MOST: usize = 240;

/// Where on the first sheet to begin.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    start: String,
}

/// GET /devices/labels
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<Asking>,
    Asked(begin): Asked<Begin>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?.reader();
    let most = i32::try_from(MOST + 1).unwrap_or(i32::MAX);
    let mut filter = asked.filter();
    // A label's own address names one asset.
    let mut assets = match filter.text.rsplit_once("/d/").map(|(_, token)| token.to_owned()) {
        Some(token) => vec![find::scanned(&mut visit.tx, &proof, &token).await?],
        None => {
            filter.after = String::new();
            find::list(&mut visit.tx, &proof, &filter, most).await?
        }
    };
    let more = assets.len() > MOST;
    assets.truncate(MOST);
    let start = begin.start.parse::<usize>().unwrap_or(1).clamp(1, ON_A_SHEET);
    let (language, organisation) = (visit.language, visit.me.organisation_name.clone());
    let address = app.settings.public_url.clone();
    let title = say::labels_title(language);
    visit.page(title, || {
        if assets.is_empty() {
            return view! {
                {trail(language, Vec::new(), title)}
                <PageHead title=title/>
                <EmptyState
                    title=say::nothing_title(language)
                    text=say::nothing_text(language)
                    action=Some(Link::new(say::show_all(language), "/devices"))
                />
            }
            .into_any();
        }
        let count = i64::try_from(assets.len()).unwrap_or(i64::MAX);
        let hidden = asked.pairs().map(|(name, value)| view! { <HiddenField name=name value=value/> }).collect_view();
        let too_many = more.then(|| {
            view! { <Notice tone=Tone::Warning><p>{say::labels_too_many(language, &MOST.to_string())}</p></Notice> }
        });
        let sheets = sheets(&assets, start, &address, &organisation, language);
        view! {
            <div class="no-print">
                {trail(language, Vec::new(), title)}
                <PageHead title=title lead=say::labels_lead(language, count)/>
                {section(language, true, "/devices/labels")}
                {too_many}
                <form class="form filter" method="get" action="/devices/labels">
                    {hidden}
                    <Field
                        name="start"
                        label=say::labels_start(language)
                        hint=say::labels_start_hint(language)
                        kind=FieldKind::Number
                        min="1"
                        max="24"
                        value=start.to_string()
                    />
                    <SubmitButton label=say::labels_arrange(language) kind=ButtonKind::Secondary/>
                </form>
                <p>{say::labels_how(language)}</p>
            </div>
            <div class="scroller label-sheets" role="region" aria-label=title tabindex="0">{sheets}</div>
        }
        .into_any()
    })
}

fn sheets(assets: &[Asset], start: usize, address: &str, organisation: &str, language: Language) -> AnyView {
    let gap = std::iter::repeat_n(None, start - 1);
    let cells: Vec<Option<&Asset>> = gap.chain(assets.iter().map(Some)).collect();
    cells
        .chunks(ON_A_SHEET)
        .map(|sheet| {
            let cells = sheet
                .iter()
                .map(|cell| match cell {
                    Some(asset) => one(asset, address, organisation, language),
                    None => view! { <li class="label empty-label" aria-hidden="true"></li> }.into_any(),
                })
                .collect_view();
            view! { <ol class="label-sheet">{cells}</ol> }
        })
        .collect_view()
        .into_any()
}

fn one(asset: &Asset, address: &str, organisation: &str, language: Language) -> AnyView {
    let code = qr::path(&format!("{address}/d/{}", asset.label)).map(|(width, path)| {
        // Four light squares around it, as the standard asks.
        let view_box = format!("-4 -4 {} {}", width + 8, width + 8);
        view! {
            <svg class="qr" viewBox=view_box shape-rendering="crispEdges" role="img" aria-label=say::qr_label(language)>
                <path d=path></path>
            </svg>
        }
    });
    view! {
        <li class="label">
            {code}
            <div class="label-text">
                <strong>{asset.inventory_no.clone()}</strong>
                <span>{organisation.to_owned()}</span>
                <span>{say::label_found(language)}</span>
            </div>
        </li>
    }
    .into_any()
}
