//! Each report as tables and a picture. Page, CSV, workbook and the auditor's copy are made of the same tables.

use base::Tx;
use devices::loans::list::{self, Filter, Show};
use devices::reports::cost;
use devices::reports::ending::{self, Ending};
use devices::reports::summary::{self, By, Line};
use devices::table::{Cell, Table};
use identity::{DeviceClerk, DevicesReader};
use words::{Language, register, reports as say};

use super::picture::{Bar, Fill, Picture};
use crate::devices::loans::as_table;
use crate::devices::money;

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// By unit.
    Units,
    /// By programme.
    Programmes,
    /// By model.
    Models,
    /// Loans after their last day.
    Overdue,
    /// Warranties that end.
    Warranty,
    /// Data plans that end.
    Plans,
    /// What it cost.
    Cost,
}

impl Report {
    /// In the order of the pages.
    pub const ALL: [Self; 7] =
        [Self::Units, Self::Programmes, Self::Models, Self::Overdue, Self::Warranty, Self::Plans, Self::Cost];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Programmes => "programmes",
            Self::Models => "models",
            Self::Overdue => "overdue",
            Self::Warranty => "warranty",
            Self::Plans => "plans",
            Self::Cost => "cost",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|report| report.word() == word)
    }

    /// Whether it looks ahead by a number of days.
    pub fn looks_ahead(self) -> bool {
        matches!(self, Self::Warranty | Self::Plans)
    }
}

/// What a report is called.
pub fn name(language: Language, report: Report) -> &'static str {
    match report {
        Report::Units => say::report_units(language),
        Report::Programmes => say::report_programmes(language),
        Report::Models => say::report_models(language),
        Report::Overdue => say::report_overdue(language),
        Report::Warranty => say::report_warranty(language),
        Report::Plans => say::report_plans(language),
        Report::Cost => say::report_cost(language),
    }
}

/// A report, made.
pub struct Built {
    /// Its tables; the first is the report itself.
    pub tables: Vec<Table>,
    /// Where the first cell of each row of the first table leads; empty when nowhere.
    pub links: Vec<String>,
    /// Its picture.
    pub picture: Option<Picture>,
}

/// Makes a report. Programmes have their real names with a clerk's proof only.
pub async fn build(
    tx: &mut Tx,
    proof: &DevicesReader,
    clerk: Option<&DeviceClerk>,
    language: Language,
    report: Report,
    within_days: i32,
) -> Result<Built, devices::Error> {
    Ok(match report {
        Report::Units => counted(language, report, &summary::lines(tx, proof, clerk, By::Unit).await?),
        Report::Programmes => {
            counted(language, report, &summary::lines(tx, proof, clerk, By::Programme).await?)
        }
        Report::Models => counted(language, report, &summary::lines(tx, proof, clerk, By::Model).await?),
        Report::Overdue => {
            let filter = Filter { show: Show::Overdue, take: list::MOST, ..Filter::default() };
            let (lines, _) = list::loans(tx, proof, &filter).await?;
            let days: Vec<i32> = lines.iter().filter_map(list::Line::overdue_days).collect();
            Built {
                links: lines.iter().map(|line| format!("/devices/loans/{}", line.loan)).collect(),
                picture: Some(late(language, &days)),
                tables: vec![as_table(language, name(language, report), &lines)],
            }
        }
        Report::Warranty => {
            let lines = ending::lines(tx, proof, Ending::Warranty, within_days).await?;
            ends(language, report, &lines)
        }
        Report::Plans => {
            let lines = ending::lines(tx, proof, Ending::Plan, within_days).await?;
            ends(language, report, &lines)
        }
        Report::Cost => {
            let (lines, payers) = cost::lines(tx, proof, clerk).await?;
            spent(language, &lines, &payers)
        }
    })
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn counted(language: Language, report: Report, lines: &[Line]) -> Built {
    let nameless = match report {
        Report::Programmes => say::no_programme(language),
        _ => say::no_unit(language),
    };
    let name_of = |line: &Line| line.name.clone().unwrap_or_else(|| nameless.to_owned());
    let numbers = |name: Cell, line: &Line| {
        vec![
            name,
            Cell::Count(line.on_books),
            Cell::Count(line.lent),
            Cell::Count(line.overdue),
            Cell::Count(line.in_stock()),
            Cell::Count(line.in_repair),
            Cell::Count(line.missing),
            Cell::Money(line.worth_grosze),
        ]
    };
    let first = match report {
        Report::Units => say::column_unit(language),
        Report::Programmes => register::label_programme(language),
        _ => register::label_model(language),
    };
    let sum = Line::sum(lines);
    let bars = lines.iter().map(|line| Bar {
        name: name_of(line),
        parts: vec![
            (Fill::Lines, line.lent),
            (Fill::Plain, line.in_stock()),
            (Fill::Dots, line.in_repair),
            (Fill::Crosses, line.missing),
        ],
        told: say::bar_told(language, line.on_books, &line.lent.to_string()),
    });
    Built {
        picture: Some(Picture {
            caption: say::picture_counted(language, sum.on_books),
            legend: vec![
                (Fill::Lines, say::column_lent(language)),
                (Fill::Plain, say::column_in_stock(language)),
                (Fill::Dots, say::column_in_repair(language)),
                (Fill::Crosses, say::column_missing(language)),
            ],
            bars: bars.collect(),
        }),
        links: Vec::new(),
        tables: vec![Table {
            title: name(language, report).to_owned(),
            headers: texts(&[
                first,
                say::column_on_books(language),
                say::column_lent(language),
                say::column_overdue(language),
                say::column_in_stock(language),
                say::column_in_repair(language),
                say::column_missing(language),
                say::column_worth(language),
            ]),
            rows: lines.iter().map(|line| numbers(name_of(line).into(), line)).collect(),
            sums: numbers(say::sum(language).into(), &sum),
        }],
    }
}

/// How late what is overdue is.
fn late(language: Language, days: &[i32]) -> Picture {
    let groups = [(1, 7), (8, 14), (15, 30), (31, i32::MAX)];
    let bars = groups.map(|(least, most)| {
        let count = days.iter().filter(|days| (least..=most).contains(*days)).count();
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let name = if most == i32::MAX {
            say::late_more(language, &(least - 1).to_string())
        } else {
            say::late_between(language, &least.to_string(), &most.to_string())
        };
        Bar { name, parts: vec![(Fill::Crosses, count)], told: say::devices_count(language, count) }
    });
    let caption = say::picture_late(language).to_owned();
    Picture { caption, legend: Vec::new(), bars: bars.to_vec() }
}

fn ends(language: Language, report: Report, lines: &[ending::Line]) -> Built {
    let card = report == Report::Plans;
    let of = if card { register::label_plan(language) } else { register::label_lot(language) };
    let inside = if card { say::column_inside(language) } else { register::label_holder(language) };
    let mut headers = vec![
        register::label_inventory_no(language),
        register::label_model(language),
        of,
        say::column_ends(language),
        say::column_days(language),
        inside,
    ];
    if card {
        headers.extend([register::label_phone_no(language), register::label_holder(language)]);
    }
    let rows = lines.iter().map(|line| {
        let inside = if card { line.inside.clone() } else { line.holder.clone() };
        let mut cells = vec![
            line.inventory_no.clone().into(),
            line.model.clone().into(),
            line.of.clone().into(),
            Cell::Day(line.ends_on),
            Cell::Count(line.days.into()),
            inside.into(),
        ];
        if card {
            cells.extend([line.phone_no.clone().into(), line.holder.clone().into()]);
        }
        cells
    });
    let mut months: Vec<(String, i64)> = Vec::new();
    for line in lines {
        let month = format!("{:02}.{}", u8::from(line.ends_on.month()), line.ends_on.year());
        match months.iter_mut().find(|(known, _)| *known == month) {
            Some((_, count)) => *count += 1,
            None => months.push((month, 1)),
        }
    }
    let bars = months.into_iter().map(|(name, count)| Bar {
        name,
        parts: vec![(Fill::Lines, count)],
        told: say::devices_count(language, count),
    });
    Built {
        picture: Some(Picture {
            caption: say::picture_ends(language).to_owned(),
            legend: Vec::new(),
            bars: bars.collect(),
        }),
        links: lines.iter().map(|line| format!("/devices/assets/{}", line.asset)).collect(),
        tables: vec![Table {
            title: name(language, report).to_owned(),
            headers: texts(&headers),
            rows: rows.collect(),
            sums: Vec::new(),
        }],
    }
}

fn spent(language: Language, lines: &[cost::Line], payers: &[cost::Payer]) -> Built {
    let name_of = |line: &cost::Line| line.name.clone().unwrap_or_else(|| say::no_lot(language).to_owned());
    let rows = lines.iter().map(|line| {
        vec![
            name_of(line).into(),
            line.invoice_no.clone().into(),
            line.bought_on.into(),
            Cell::Count(line.devices),
            line.unit_price.map_or(Cell::Blank, Cell::Money),
            Cell::Money(line.price()),
            Cell::Money(line.repairs),
            Cell::Money(line.damage),
        ]
    });
    let sum = |of: fn(&cost::Line) -> i64| Cell::Money(lines.iter().map(of).sum());
    let bars = lines.iter().map(|line| Bar {
        name: name_of(line),
        parts: vec![(Fill::Plain, line.price()), (Fill::Dots, line.repairs), (Fill::Crosses, line.damage)],
        told: money(line.price() + line.repairs + line.damage),
    });
    let payer = |payer: &cost::Payer| {
        let name = payer.programme.clone().unwrap_or_else(|| say::no_payer(language).to_owned());
        vec![name.into(), Cell::Money(payer.amount)]
    };
    Built {
        picture: Some(Picture {
            caption: say::picture_cost(language).to_owned(),
            legend: vec![
                (Fill::Plain, say::column_price(language)),
                (Fill::Dots, say::column_repairs(language)),
                (Fill::Crosses, say::column_damage(language)),
            ],
            bars: bars.collect(),
        }),
        links: Vec::new(),
        tables: vec![
            Table {
                title: name(language, Report::Cost).to_owned(),
                headers: texts(&[
                    register::label_lot(language),
                    register::label_invoice_no(language),
                    register::label_bought_on(language),
                    say::column_devices(language),
                    register::label_unit_price(language),
                    say::column_price(language),
                    say::column_repairs(language),
                    say::column_damage(language),
                ]),
                rows: rows.collect(),
                sums: vec![
                    say::sum(language).into(),
                    Cell::Blank,
                    Cell::Blank,
                    Cell::Count(lines.iter().map(|line| line.devices).sum()),
                    Cell::Blank,
                    sum(cost::Line::price),
                    sum(|line| line.repairs),
                    sum(|line| line.damage),
                ],
            },
            Table {
                title: say::payers(language).to_owned(),
                headers: texts(&[register::label_programme(language), say::column_paid(language)]),
                rows: payers.iter().map(payer).collect(),
                sums: vec![
                    say::sum(language).into(),
                    Cell::Money(payers.iter().map(|payer| payer.amount).sum()),
                ],
            },
        ],
    }
}
