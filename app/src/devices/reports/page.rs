//! GET /devices/reports and /devices/reports/{report}: a report with its picture, and the same as CSV and as a workbook.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect};
use devices::privacy::{self, Viewed};
use devices::table::{Cell, Notes, Table};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as people, reports as say};

use super::built::{self, Built, Report, build};
use super::views::log;
use super::{picture, tabs, trail};
use crate::caller::Caller;
use crate::devices::download::{self, Form};
use crate::devices::{money, spoken_day};
use crate::parts::{
    ActionLink, Actions, ButtonKind, Choice, DataTable, EmptyState, PageHead, Select, SubmitButton,
    TableWidth,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At};
use crate::state::App;
use crate::visit::Visit;

/// Days that a report looks ahead.
pub const AHEAD: [i32; 4] = [30, 90, 180, 365];
/// Days that it looks ahead when nobody says.
pub const USUAL_AHEAD: i32 = 90;
/// Rows that a page shows; the files have all.
const MOST_SHOWN: usize = 200;

/// What a report is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    within: String,
}

impl Asking {
    pub(super) fn days(&self) -> i32 {
        self.within.parse().ok().filter(|days| AHEAD.contains(days)).unwrap_or(USUAL_AHEAD)
    }
}

/// GET /devices/reports: leads to the first report.
pub async fn first(State(app): State<App>, caller: Caller) -> Answer {
    let visit = caller.open(&app).await?;
    visit.me.devices_reader()?;
    Ok(Redirect::to("/devices/reports/units").into_response())
}

/// The report; a clerk's look at real names of protected programmes is written down.
async fn made(
    app: &App,
    caller: &Caller,
    visit: &mut Visit,
    report: &str,
    asked: &Asking,
) -> Result<(Report, Built), Problem> {
    let proof = visit.me.devices_reader()?;
    let clerk = visit.me.device_clerk().ok();
    let report = Report::from_word(report).ok_or(Problem::NotFound)?;
    if let (Some(clerk), Report::Programmes | Report::Cost) = (&clerk, report)
        && privacy::any_protected(&mut visit.tx, clerk).await?
    {
        log(app, caller, Viewed::Programmes, visit.me.organisation.0).await?;
    }
    let language = visit.language;
    Ok((report, build(&mut visit.tx, &proof, clerk.as_ref(), language, report, asked.days()).await?))
}

/// GET /devices/reports/{report}
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(report): At<String>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let (report, built) = made(&app, &caller, &mut visit, &report, &asked).await?;
    let language = visit.language;
    let admin = visit.me.people_admin().is_ok();
    let path = format!("/devices/reports/{}", report.word());
    let title = built::name(language, report);
    visit.page(title, || {
        let query = if report.looks_ahead() { format!("?within={}", asked.days()) } else { String::new() };
        let empty = built.tables.iter().all(|table| table.rows.is_empty());
        let tables = if empty {
            view! { <EmptyState title=say::none_title(language) text=say::none_text(language)/> }.into_any()
        } else {
            let links = built.links;
            let tables = built.tables.into_iter().enumerate();
            tables
                .map(|(at, table)| {
                    shown(language, &format!("report-{at}"), table, if at == 0 { &links } else { &[] })
                })
                .collect_view()
                .into_any()
        };
        let ahead = report.looks_ahead().then(|| ahead(language, &path, asked.days()));
        view! {
            {trail(language, title)}
            <PageHead title=title/>
            {tabs(language, admin, &path)}
            <Actions>
                <ActionLink label=say::paper(language) href=format!("{path}/pdf{query}") kind=ButtonKind::Secondary/>
                <ActionLink label=say::csv(language) href=format!("{path}/csv{query}") kind=ButtonKind::Secondary/>
                <ActionLink label=say::workbook(language) href=format!("{path}/xlsx{query}") kind=ButtonKind::Secondary/>
            </Actions>
            {ahead}
            {built.picture.map(picture::view)}
            {tables}
        }
        .into_any()
    })
}

fn ahead(language: Language, path: &str, days: i32) -> AnyView {
    let choices =
        AHEAD.map(|days| Choice::new(days.to_string(), say::days_ahead(language, i64::from(days)))).to_vec();
    view! {
        <form class="form filter" method="get" action=path.to_owned()>
            <Select name="within" label=say::label_within(language) choices=choices chosen=days.to_string()/>
            <SubmitButton label=people::people_show(language) kind=ButtonKind::Secondary/>
        </form>
    }
    .into_any()
}

/// A table of a report on a page. `links`: where the first cell of each row leads.
pub fn shown(language: Language, id: &str, table: Table, links: &[String]) -> AnyView {
    let numbers: Vec<bool> = (0..table.headers.len())
        .map(|at| {
            let mut cells = table.rows.iter().filter_map(|row| row.get(at)).peekable();
            cells.peek().is_some()
                && cells.all(|cell| matches!(cell, Cell::Count(_) | Cell::Money(_) | Cell::Blank))
        })
        .collect();
    let class = |at: usize| numbers.get(at).copied().unwrap_or(false).then_some("number");
    let heads = table
        .headers
        .into_iter()
        .enumerate()
        .map(|(at, header)| view! { <th scope="col" class=class(at)>{header}</th> })
        .collect_view();
    let row = |cells: Vec<Cell>, link: Option<&String>| {
        let cells = cells
            .into_iter()
            .enumerate()
            .map(|(at, cell)| {
                let text = spoken(&cell);
                match (at, link) {
                    (0, Some(href)) => {
                        view! { <th scope="row"><a href=href.clone()>{text}</a></th> }.into_any()
                    }
                    (0, None) => view! { <th scope="row">{text}</th> }.into_any(),
                    _ => view! { <td class=class(at)>{text}</td> }.into_any(),
                }
            })
            .collect_view();
        view! { <tr>{cells}</tr> }
    };
    let rest = table.rows.len().saturating_sub(MOST_SHOWN);
    let more = (rest > 0).then(|| {
        let rest = i64::try_from(rest).unwrap_or(i64::MAX);
        view! { <p>{say::more(language, rest)}</p> }
    });
    let sums = (!table.sums.is_empty()).then(|| view! { <tfoot>{row(table.sums, None)}</tfoot> });
    let rows = table
        .rows
        .into_iter()
        .take(MOST_SHOWN)
        .enumerate()
        .map(|(at, cells)| row(cells, links.get(at)))
        .collect_view();
    view! {
        <DataTable id=id caption=table.title width=TableWidth::Scrolls>
            <thead><tr>{heads}</tr></thead>
            <tbody>{rows}</tbody>
            {sums}
        </DataTable>
        {more}
    }
    .into_any()
}

/// A cell as people read it.
pub(super) fn spoken(cell: &Cell) -> String {
    match cell {
        Cell::Money(grosze) => money(*grosze),
        Cell::Day(day) => spoken_day(*day),
        other => other.plain(),
    }
}

/// GET /devices/reports/{report}/csv
pub async fn csv(
    State(app): State<App>,
    caller: Caller,
    At(report): At<String>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    file(app, caller, report, asked, Form::Csv).await
}

/// GET /devices/reports/{report}/xlsx
pub async fn workbook(
    State(app): State<App>,
    caller: Caller,
    At(report): At<String>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    file(app, caller, report, asked, Form::Workbook).await
}

async fn file(app: App, caller: Caller, report: String, asked: Asking, form: Form) -> Answer {
    let mut visit = caller.open(&app).await?;
    let (report, built) = made(&app, &caller, &mut visit, &report, &asked).await?;
    download::tables(form, report.word(), &built.tables, &Notes::default(), visit.tx.now())
}
