//! GET /devices/catalogue: what assets are chosen from: models, places, purchases, programmes.

use axum::extract::State;
use devices::privacy::Viewed;
use devices::register::{catalogue, purchase};
use identity::permit::{Kind, Verb};
use leptos::prelude::*;
use words::{Language, register as say};

use super::wording::{day, kind_name, money};
use super::{section, trail};
use crate::caller::Caller;
use crate::devices::reports::views::log;
use crate::parts::{ActionLink, Actions, ButtonKind, DataTable, PageHead};
use crate::problem::Answer;
use crate::state::App;

/// A row of these tables: the name with its way, and the other cells.
struct Line {
    href: String,
    name: String,
    cells: Vec<String>,
}

/// GET /devices/catalogue
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let clerk = visit.me.may(Verb::Change, Kind::Devices);
    let language = visit.language;
    let models = catalogue::models(&mut visit.tx, &proof).await?;
    let places = catalogue::places(&mut visit.tx, &proof).await?;
    let lots = purchase::lots(&mut visit.tx, &proof).await?;
    let neutral = purchase::programmes(&mut visit.tx, &proof).await?;
    let programmes: Vec<Line> = if clerk {
        let full = purchase::programmes_in_full(&mut visit.tx, &visit.me.device_clerk()?).await?;
        if full.iter().any(|one| one.programme.sensitive) {
            log(&app, &caller, Viewed::Programmes, visit.me.organisation.0).await?;
        }
        let line = full.into_iter().map(|one| Line {
            href: format!("/devices/programmes/{}", one.id),
            cells: vec![
                neutral
                    .iter()
                    .find(|known| known.id == one.id)
                    .map(|known| known.name.clone())
                    .unwrap_or_default(),
                one.assets.to_string(),
            ],
            name: one.programme.name,
        });
        line.collect()
    } else {
        let line = neutral.into_iter().map(|one| Line {
            href: format!("/devices?programme={}", one.id),
            name: one.name.clone(),
            cells: vec![one.name, String::new()],
        });
        line.collect()
    };
    let title = say::section_catalogue(language);
    visit.page(title, || {
        let models = models
            .into_iter()
            .map(|one| Line {
                href: format!("/devices/models/{}", one.id),
                name: format!("{} {}", one.maker, one.name),
                cells: vec![kind_name(language, one.kind).to_owned(), one.assets.to_string()],
            })
            .collect();
        let places = places
            .into_iter()
            .map(|one| Line {
                href: format!("/devices/places/{}", one.id),
                name: one.name,
                cells: vec![one.assets.to_string()],
            })
            .collect();
        let lots = lots
            .into_iter()
            .map(|one| Line {
                href: format!("/devices/lots/{}", one.id),
                name: one.lot.name,
                cells: vec![
                    one.lot.bought_on.map(day).unwrap_or_default(),
                    one.lot.unit_price_grosze.map(money).unwrap_or_default(),
                    one.lot.warranty_until.map(day).unwrap_or_default(),
                    one.assets.to_string(),
                ],
            })
            .collect();
        let heads = |heads: &[&'static str]| heads.to_vec();
        let (name, count) = (say::label_name(language), say::label_count(language));
        let models = table(
            language,
            clerk,
            "models",
            say::models_title(language),
            (say::model_new(language), "/devices/models/new"),
            &heads(&[name, say::label_kind(language), count]),
            models,
        );
        let places = table(
            language,
            clerk,
            "places",
            say::places_title(language),
            (say::place_new(language), "/devices/places/new"),
            &heads(&[name, count]),
            places,
        );
        let lots = table(
            language,
            clerk,
            "lots",
            say::lots_title(language),
            (say::lot_new(language), "/devices/lots/new"),
            &heads(&[
                name,
                say::label_bought_on(language),
                say::label_unit_price(language),
                say::label_warranty_until(language),
                count,
            ]),
            lots,
        );
        let programmes = table(
            language,
            clerk,
            "programmes",
            say::programmes_title(language),
            (say::programme_new(language), "/devices/programmes/new"),
            &heads(&[name, say::label_neutral_name(language), count]),
            programmes,
        );
        view! {
            {trail(language, Vec::new(), title)}
            <PageHead title=title lead=say::catalogue_lead(language)/>
            {section(language, clerk, "/devices/catalogue")}
            {models}
            {places}
            {lots}
            {programmes}
        }
        .into_any()
    })
}

fn table(
    language: Language,
    clerk: bool,
    id: &'static str,
    title: &'static str,
    new: (&'static str, &'static str),
    heads: &[&'static str],
    lines: Vec<Line>,
) -> AnyView {
    let act = clerk.then(|| {
        view! { <Actions><ActionLink label=new.0 href=new.1 kind=ButtonKind::Secondary/></Actions> }
    });
    if lines.is_empty() {
        return view! { <h2>{title}</h2><p>{say::none_yet(language)}</p>{act} }.into_any();
    }
    let count = heads.len();
    let heads = heads
        .iter()
        .enumerate()
        .map(|(at, head)| {
            let class = (at + 1 == count).then_some("number");
            view! { <th scope="col" class=class>{*head}</th> }
        })
        .collect_view();
    let rows = lines
        .into_iter()
        .map(|line| {
            let last = line.cells.len();
            let cells = line
                .cells
                .into_iter()
                .enumerate()
                .map(|(at, cell)| {
                    let class = (at + 1 == last).then_some("number");
                    view! { <td class=class>{cell}</td> }
                })
                .collect_view();
            let name = if clerk {
                view! { <a href=line.href>{line.name}</a> }.into_any()
            } else {
                line.name.into_any()
            };
            view! { <tr><th scope="row">{name}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <h2>{title}</h2>
        {act}
        <DataTable id=id caption=title>
            <thead><tr>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}
