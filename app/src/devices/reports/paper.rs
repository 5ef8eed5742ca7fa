//! GET /devices/reports/{report}/pdf: a report as PDF/UA-1, to be printed or handed to an auditor. Programmes have their
//! neutral names in it: it leaves the office.

use axum::extract::State;
use devices::table::{Cell, Table};
use documents::{Align, Block, Lies, Report as Paper};
use words::{Language, bundle as auditor, reports as say};

use super::built::{self, Report, build};
use super::page::{Asking, spoken};
use crate::caller::Caller;
use crate::date;
use crate::devices::download;
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At};
use crate::state::App;

/// Rows of one table that are put on paper; the workbook has all.
const MOST_ROWS: usize = 1000;
/// Most columns on an upright page.
const UPRIGHT_COLUMNS: usize = 5;

/// GET /devices/reports/{report}/pdf
pub async fn pdf(
    State(app): State<App>,
    caller: Caller,
    At(report): At<String>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let report = Report::from_word(&report).ok_or(Problem::NotFound)?;
    let (language, now) = (visit.language, visit.tx.now());
    let built = build(&mut visit.tx, &proof, None, language, report, asked.days()).await?;
    let paper = Paper {
        title: built::name(language, report).to_owned(),
        subtitle: say::notes_when(language, &date::moment(now), &visit.me.name),
        language: language.code().to_owned(),
        organisation: visit.me.organisation_name.clone(),
        lies: lies(&built.tables),
        blocks: built.tables.iter().flat_map(|table| blocks(language, table)).collect(),
        foot: visit.me.organisation_name.clone(),
        ..Paper::default()
    };
    // The page's transaction is over before the document is made.
    drop(visit);
    let bytes = app.documents.report(&paper, now.unix_timestamp(), &[]).await.map_err(|error| {
        tracing::error!(%error, "a report could not be put on paper");
        Problem::Unavailable(10)
    })?;
    Ok(download::file(bytes, "application/pdf", &format!("{}-{}.pdf", report.word(), date::machine_day(now))))
}

/// On its side when a table has more columns than an upright page holds.
pub fn lies(tables: &[Table]) -> Lies {
    if tables.iter().any(|table| table.headers.len() > UPRIGHT_COLUMNS) { Lies::Aside } else { Lies::Upright }
}

/// The report for the auditor on paper: the notes of the workbook, its SHA-256, and every table.
pub fn bundle(
    language: Language,
    organisation: &str,
    notes: &[String],
    hash: &str,
    tables: &[Table],
) -> Paper {
    let (title, lines) = notes.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let mut items = lines.to_vec();
    items.push(auditor::workbook_hash(language, hash));
    let tables_of = tables.iter().flat_map(|table| {
        let heading = Block::Heading { level: 2, text: table.title.clone() };
        [heading].into_iter().chain(blocks(language, table))
    });
    Paper {
        title: title.to_owned(),
        language: language.code().to_owned(),
        organisation: organisation.to_owned(),
        blocks: [Block::List { items }].into_iter().chain(tables_of).collect(),
        foot: title.to_owned(),
        lies: lies(tables),
        ..Paper::default()
    }
}

/// A table with its heading, and what of it is left out.
pub fn blocks(language: Language, table: &Table) -> Vec<Block> {
    let left_out = table.rows.len().saturating_sub(MOST_ROWS);
    let number = |at: usize| {
        let mut cells = table.rows.iter().filter_map(|row| row.get(at)).peekable();
        cells.peek().is_some()
            && cells.all(|cell| matches!(cell, Cell::Count(_) | Cell::Money(_) | Cell::Blank))
    };
    let align =
        (0..table.headers.len()).map(|at| if number(at) { Align::End } else { Align::Start }).collect();
    let sum = !table.sums.is_empty();
    let sums = sum.then_some(&table.sums);
    let rows = table.rows.iter().take(MOST_ROWS).chain(sums).map(|row| row.iter().map(spoken).collect());
    let mut blocks = vec![if table.rows.is_empty() {
        Block::Text { text: format!("{}: {}", table.title, say::none_title(language)) }
    } else {
        Block::Table(documents::Table {
            caption: table.title.clone(),
            align,
            shares: shares(table),
            rows: rows.collect(),
            sum,
            columns: table.headers.clone(),
        })
    }];
    if left_out > 0 {
        blocks.push(Block::Text { text: say::paper_left_out(language, &left_out.to_string()) });
    }
    blocks
}

/// Widths of the columns: as much as their longest word or cell asks for, so that no word runs out of its column.
fn shares(table: &Table) -> Vec<u16> {
    let longest = |text: &str| text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
    let share = |(at, header): (usize, &String)| {
        let cells = table.rows.iter().chain([&table.sums]).filter_map(|row| row.get(at)).map(spoken);
        let cell = cells.map(|text| text.chars().count().min(24).max(longest(&text))).max().unwrap_or(0);
        // Bold heads are wider; two letters are the space between columns.
        u16::try_from((longest(header) * 5 / 4).max(cell) + 2).unwrap_or(u16::MAX)
    };
    table.headers.iter().enumerate().map(share).collect()
}
