//! GET /devices/loans: open, overdue, soon due, owed, said to be back, not collected; by text and class, in the order that is asked for, a
//! hundred to a page; print and CSV.

use axum::extract::State;
use devices::loans::kind::Outcome;
use devices::loans::list::{self, Filter, Line, Order, Show};
use devices::table::{Cell, Notes, Table};
use identity::GroupId;
use identity::group::Group;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, identity as people, loans as say, reports, settlements};

use super::said;
use crate::caller::Caller;
use crate::date;
use crate::devices::download::{self, Form};
use crate::devices::retention;
use crate::devices::sections::section;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Choice, DataTable, EmptyState, Field, FieldKind, Link, PageHead, Select,
    SubmitButton, Tag, Tone,
};
use crate::problem::Answer;
use crate::request::Asked;
use crate::state::App;
use crate::way::{encoded, page_asked, pages};

/// Loans on a page.
const ON_A_PAGE: i64 = 100;

/// What the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    show: String,
    q: String,
    group: String,
    order: String,
    page: String,
}

impl Asking {
    fn order(&self) -> Order {
        Order::from_word(&self.order).unwrap_or_default()
    }

    fn show(&self) -> Show {
        Show::from_word(&self.show).unwrap_or_default()
    }

    fn page(&self) -> u32 {
        page_asked(&self.page)
    }

    fn address(&self, path: &str) -> String {
        let (show, order) = (self.show().word(), self.order().word());
        format!("{path}?show={show}&q={}&group={}&order={order}", encoded(&self.q), encoded(&self.group))
    }

    fn filter(&self) -> Filter {
        Filter {
            show: self.show(),
            order: self.order(),
            text: self.q.clone(),
            group: self.group.parse::<GroupId>().ok(),
            person: None,
            skip: i64::from(self.page() - 1) * ON_A_PAGE,
            take: ON_A_PAGE,
        }
    }
}

/// The name of a list.
fn named(language: Language, show: Show) -> &'static str {
    match show {
        Show::Open => say::show_open(language),
        Show::Overdue => say::show_overdue(language),
        Show::Soon => say::show_soon(language),
        Show::Owed => say::show_owed(language),
        Show::Claimed => say::show_claimed(language),
        Show::Waiting => say::show_waiting(language),
        Show::Closed => say::show_closed(language),
        Show::All => say::show_all(language),
    }
}

/// The name of an order.
fn order_name(language: Language, order: Order) -> &'static str {
    match order {
        Order::Usual => say::order_usual(language),
        Order::Name => say::order_name(language),
        Order::Due => say::order_due(language),
        Order::DueDown => say::order_due_down(language),
    }
}

/// GET /devices/loans
pub async fn show(State(app): State<App>, caller: Caller, Asked(mut asked): Asked<Asking>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    asked.q = asked.q.chars().take(100).collect();
    let groups = identity::group::all(&mut visit.tx).await?;
    let (mut lines, mut total) = list::loans(&mut visit.tx, &proof, &asked.filter()).await?;
    if lines.is_empty() && total > 0 {
        // A page behind the last one.
        asked.page = String::new();
        (lines, total) = list::loans(&mut visit.tx, &proof, &asked.filter()).await?;
    }
    let language = visit.language;
    let clerk = visit.me.device_clerk().is_ok();
    visit.page(say::loans_title(language), || {
        let new = clerk.then(|| {
            view! { <ActionLink label=say::agreement_new(language) href="/devices/agreements/new"/> }
        });
        let csv = asked.address("/devices/loans.csv");
        let workbook = asked.address("/devices/loans.xlsx");
        view! {
            <PageHead title=say::loans_title(language)/>
            {section(language, "/devices/loans")}
            <Actions>
                {new}
                <ActionLink label=say::csv(language) href=csv kind=ButtonKind::Secondary/>
                <ActionLink label=reports::workbook(language) href=workbook kind=ButtonKind::Secondary/>
            </Actions>
            {search(language, &asked, groups)}
            {found(language, &asked, &lines, total)}
            {pages(language, asked.address("/devices/loans"), asked.page(), (total, ON_A_PAGE))}
        }
        .into_any()
    })
}

fn search(language: Language, asked: &Asking, groups: Vec<Group>) -> AnyView {
    let shows = Show::ALL.map(|show| Choice::new(show.word(), named(language, show))).to_vec();
    let orders = Order::ALL.map(|order| Choice::new(order.word(), order_name(language, order))).to_vec();
    let mut choices = vec![Choice::new("", say::all_classes(language))];
    choices.extend(groups.into_iter().map(|group| Choice::new(group.id.to_string(), group.name)));
    view! {
        <form class="form filter" method="get" action="/devices/loans" role="search">
            <Select name="show" label=say::label_show(language) choices=shows chosen=asked.show().word().to_owned()/>
            <Field
                name="q"
                label=say::label_search(language)
                hint=say::search_hint(language)
                kind=FieldKind::Search
                value=asked.q.clone()
            />
            <Select name="group" label=say::label_class(language) choices=choices chosen=asked.group.clone()/>
            <Select name="order" label=say::label_order(language) choices=orders chosen=asked.order().word()/>
            <SubmitButton label=people::people_show(language) kind=ButtonKind::Secondary/>
        </form>
    }
    .into_any()
}

/// The list, or what to do when nothing fits.
fn found(language: Language, asked: &Asking, lines: &[Line], total: i64) -> AnyView {
    let narrow = !asked.q.trim().is_empty() || asked.group.parse::<GroupId>().is_ok();
    if lines.is_empty() && narrow {
        let all = format!("/devices/loans?show={}", asked.show().word());
        return view! {
            <EmptyState
                title=say::loans_none(language)
                text=say::loans_none_text(language)
                action=Some(Link::new(say::loans_show_all(language), all))
            />
        }
        .into_any();
    }
    table(language, lines, named(language, asked.show()), total)
}

/// Loans as a table; shared by the pages of a person and of a class.
pub fn table(language: Language, lines: &[Line], caption: &str, total: i64) -> AnyView {
    if lines.is_empty() {
        return view! { <EmptyState title=say::loans_none(language) text=say::loans_none_text(language)/> }
            .into_any();
    }
    let rows = lines.iter().map(|line| row(language, line)).collect_view();
    view! {
        <DataTable id="loans" caption=format!("{caption}: {total}")>
            <thead>
                <tr>
                    <th scope="col">{say::column_who(language)}</th>
                    <th scope="col">{say::column_device(language)}</th>
                    <th scope="col">{say::column_since(language)}</th>
                    <th scope="col">{say::column_due(language)}</th>
                    <th scope="col">{say::column_state(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn row(language: Language, line: &Line) -> AnyView {
    let who = match line.person {
        Some(id) => view! { <a href=format!("/devices/people/{id}")>{line.who.clone()}</a> }.into_any(),
        None => retention::told(language, &line.who).into_any(),
    };
    let groups = (!line.groups.is_empty()).then(|| format!(", {}", line.groups.join(", ")));
    view! {
        <tr>
            <th scope="row">{who}{groups}</th>
            <td>
                <a href=format!("/devices/loans/{}", line.loan)>{line.inventory_no.clone()}</a>
                " "{line.model.clone()}
            </td>
            <td>{line.handed_over_at.map(date::day)}</td>
            <td>{said::due_of(language, line)}</td>
            <td>{state(language, line)}</td>
        </tr>
    }
    .into_any()
}

/// What there is to know of a loan, as tags.
pub fn state(language: Language, line: &Line) -> AnyView {
    let mut tags: Vec<(Tone, String)> = Vec::new();
    if let Some(days) = line.overdue_days() {
        tags.push((Tone::Danger, say::overdue_days(language, i64::from(days))));
    } else if line.is_open() && line.given {
        tags.push((Tone::Info, settlements::given(language).to_owned()));
    } else if line.is_open() {
        match line.days {
            Some(0) => tags.push((Tone::Warning, say::due_today(language).to_owned())),
            Some(days) if days <= 30 => {
                tags.push((Tone::Warning, say::due_in_days(language, i64::from(days))));
            }
            _ => tags.push((Tone::Success, say::state_lent(language).to_owned())),
        }
    } else if let Some(outcome) = line.outcome {
        tags.push((Tone::Neutral, said::outcome(language, outcome).to_owned()));
    } else {
        tags.push((Tone::Info, say::state_waiting(language).to_owned()));
    }
    if line.claimed {
        tags.push((Tone::Warning, say::state_claimed(language).to_owned()));
    }
    if line.returned_at.is_some() && !line.accessories.is_empty() {
        tags.push((Tone::Warning, say::state_owes(language, &line.accessories.join(", "))));
    }
    tags.into_iter().map(|(tone, text)| view! { <Tag tone=tone text=text/>" " }).collect_view().into_any()
}

/// GET /devices/loans.csv: the whole list, all of its pages.
pub async fn csv(State(app): State<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    download(app, caller, asked, Form::Csv).await
}

/// GET /devices/loans.xlsx: the same as a workbook.
pub async fn workbook(State(app): State<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    download(app, caller, asked, Form::Workbook).await
}

async fn download(app: App, caller: Caller, asked: Asking, form: Form) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let filter = Filter { skip: 0, take: list::MOST, ..asked.filter() };
    let (lines, _) = list::loans(&mut visit.tx, &proof, &filter).await?;
    let table = as_table(visit.language, named(visit.language, asked.show()), &lines);
    download::tables(form, asked.show().word(), &[table], &Notes::default(), visit.tx.now())
}

/// Loans as a table for a file.
pub fn as_table(language: Language, title: &str, lines: &[Line]) -> Table {
    let headers = [
        say::column_who(language),
        say::label_class(language),
        say::column_number(language),
        say::column_model(language),
        say::column_agreement(language),
        say::column_since(language),
        say::column_back(language),
        say::column_due(language),
        say::column_overdue(language),
        say::column_owed(language),
    ];
    let rows = lines.iter().map(|line| {
        let owed = if line.returned_at.is_some() { line.accessories.join(", ") } else { String::new() };
        vec![
            line.who.clone().into(),
            line.groups.join(", ").into(),
            line.inventory_no.clone().into(),
            line.model.clone().into(),
            line.number.clone().into(),
            line.handed_over_at.map(date::local_day).into(),
            // What never came back has no day of a return.
            line.returned_at
                .filter(|_| line.outcome.is_none_or(Outcome::is_return))
                .map(date::local_day)
                .into(),
            line.due_on.into(),
            line.overdue_days().map_or(Cell::Blank, |days| Cell::Count(days.into())),
            owed.into(),
        ]
    });
    Table {
        title: title.to_owned(),
        headers: headers.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        sums: Vec::new(),
    }
}
