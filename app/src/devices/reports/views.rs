//! GET /devices/reports/views and /devices/reports/views.xlsx: who looked at what is protected. For administrators.

use axum::extract::State;
use devices::privacy::{self, Look, Viewed};
use devices::table::{Cell, Notes, Table};
use leptos::prelude::*;
use uuid::Uuid;
use words::{Language, privacy as privacy_say, reports as say};

use super::page::shown;
use super::{tabs, trail};
use crate::caller::Caller;
use crate::date;
use crate::devices::download::{self, Form};
use crate::parts::{ActionLink, Actions, ButtonKind, EmptyState, PageHead};
use crate::problem::{Answer, Problem};
use crate::state::App;

/// Looks on the page, and in the file.
const MOST: (i64, i64) = (200, 20_000);

/// Writes a look down, in a transaction of its own that is over before anything is shown.
pub async fn log(app: &App, caller: &Caller, viewed: Viewed, subject: Uuid) -> Result<(), Problem> {
    let mut visit = caller.open(app).await?;
    privacy::record(&mut visit.tx, viewed, subject).await?;
    Ok(visit.tx.commit().await?)
}

fn named(language: Language, viewed: Viewed) -> &'static str {
    match viewed {
        Viewed::SimCodes => say::viewed_sim(language),
        Viewed::Person => say::viewed_person(language),
        Viewed::AssetProgramme => say::viewed_asset_programme(language),
        Viewed::AgreementProgramme => say::viewed_agreement_programme(language),
        Viewed::Register => say::viewed_register(language),
        Viewed::Programmes => privacy_say::viewed_programmes(language),
        Viewed::Programme => privacy_say::viewed_programme(language),
        Viewed::Application => privacy_say::viewed_application(language),
    }
}

fn table(language: Language, looks: Vec<Look>) -> Table {
    let headers = [
        say::views_when(language),
        say::views_who(language),
        say::views_what(language),
        say::views_of(language),
    ];
    let rows = looks.into_iter().map(|look| {
        vec![
            Cell::Text(date::moment(look.at)),
            look.who.into(),
            named(language, look.viewed).into(),
            look.subject.into(),
        ]
    });
    Table {
        title: say::views_title(language).to_owned(),
        headers: headers.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        sums: Vec::new(),
    }
}

/// GET /devices/reports/views
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let looks = privacy::looks(&mut visit.tx, &proof, MOST.0).await?;
    let language = visit.language;
    let title = say::views_title(language);
    visit.page(title, || {
        let list = if looks.is_empty() {
            view! { <EmptyState title=say::views_none(language) text=""/> }.into_any()
        } else {
            shown(language, "views", table(language, looks), &[])
        };
        view! {
            {trail(language, title)}
            <PageHead title=title lead=say::views_lead(language)/>
            {tabs(language, true, "/devices/reports/views")}
            <Actions>
                <ActionLink
                    label=say::workbook(language)
                    href="/devices/reports/views.xlsx"
                    kind=ButtonKind::Secondary
                />
            </Actions>
            {list}
        }
        .into_any()
    })
}

/// GET /devices/reports/views.xlsx
pub async fn workbook(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let looks = privacy::looks(&mut visit.tx, &proof, MOST.1).await?;
    let table = table(visit.language, looks);
    download::tables(Form::Workbook, "wglady", &[table], &Notes::default(), visit.tx.now())
}
