//! The report of training as tables and a picture. Page, CSV, workbook and paper are made of the same tables.

use base::Tx;
use courses::assign::mine::Standing;
use courses::report::tree::{self, Counts, Line};
use courses::report::{self, Filter, Oversight, Row};
use devices::table::{Cell, Table};
use identity::day;
use words::{Language, obligations as say};

use super::said;
use crate::devices::reports::picture::{Bar, Fill, Picture};

/// A report, made.
pub struct Built {
    /// The sums by unit.
    pub tree: Table,
    /// The rows.
    pub rows: Table,
    /// Where each row leads.
    pub links: Vec<String>,
    /// The sums as a picture.
    pub picture: Picture,
    /// How many rows there are on all pages.
    pub fitting: i64,
}

/// All rows of a report, as files have them.
pub const WHOLE: (i64, i64) = (0, report::MOST_ROWS);

/// Makes the report, with the rows after the first of `span`, as many as the second. Where a file would have more than it may, its last
/// row says how many.
pub async fn build(
    tx: &mut Tx,
    proof: &Oversight,
    language: Language,
    filter: &Filter,
    span: (i64, i64),
) -> Result<Built, courses::Error> {
    let (rows, fitting) = report::rows(tx, proof, filter, span).await?;
    let (lines, total) = tree::lines(tx, proof, filter).await?;
    let mut listing = listed(language, &rows);
    let rest = fitting - i64::try_from(rows.len()).unwrap_or(i64::MAX);
    if span == WHOLE && rest > 0 {
        let mut last = vec![Cell::Blank; listing.headers.len()];
        last[0] = say::rows_cut(language, rest).into();
        listing.rows.push(last);
    }
    Ok(Built {
        tree: sums(language, &lines, &total),
        links: rows.iter().map(|row| format!("/reports/training/takings/{}", row.taking)).collect(),
        picture: picture(language, &lines),
        rows: listing,
        fitting,
    })
}

fn listed(language: Language, rows: &[Row]) -> Table {
    let count = |number: i32| Cell::Count(i64::from(number));
    let row = |row: &Row| {
        let remark = match (&row.exempt_reason, row.extended) {
            (Some(reason), _) => reason.clone(),
            (None, true) => say::remark_extended(language).to_owned(),
            (None, false) => String::new(),
        };
        vec![
            row.name.clone().into(),
            row.unit.clone().into(),
            row.title.clone().into(),
            count(row.cycle),
            row.assigned_on.into(),
            row.deadline.into(),
            said::standing(language, row.standing).into(),
            row.done_on.into(),
            row.version.map_or(Cell::Blank, count),
            said::result(language, row.outcome, row.score).into(),
            if row.attempts > 0 { Cell::Count(row.attempts) } else { Cell::Blank },
            row.valid_until.into(),
            if row.late_days > 0 { count(row.late_days) } else { Cell::Blank },
            remark.into(),
        ]
    };
    let headers = [
        say::column_person(language),
        say::column_unit(language),
        say::column_course(language),
        say::column_cycle(language),
        say::column_assigned(language),
        say::column_due(language),
        say::column_state(language),
        say::column_done(language),
        say::column_version(language),
        say::column_result(language),
        say::column_attempts(language),
        say::column_valid(language),
        say::column_late_days(language),
        say::column_remark(language),
    ];
    Table {
        title: say::report_rows(language).to_owned(),
        headers: headers.map(str::to_owned).to_vec(),
        rows: rows.iter().map(row).collect(),
        sums: Vec::new(),
    }
}

fn sums(language: Language, lines: &[Line], total: &Counts) -> Table {
    let numbers = |name: String, counts: &Counts| {
        vec![
            Cell::from(name),
            Cell::Count(counts.all()),
            Cell::Count(counts.done),
            Cell::Count(counts.open),
            Cell::Count(counts.late),
            Cell::Count(counts.expired),
            Cell::Count(counts.exempt),
        ]
    };
    let headers = [
        say::column_unit(language),
        say::column_all(language),
        said::standing(language, Standing::Done),
        said::standing(language, Standing::Open),
        said::standing(language, Standing::Late),
        said::standing(language, Standing::Expired),
        said::standing(language, Standing::Exempt),
    ];
    Table {
        title: say::report_units(language).to_owned(),
        headers: headers.map(str::to_owned).to_vec(),
        rows: lines.iter().map(|line| numbers(name(language, line), &line.counts)).collect(),
        sums: if lines.is_empty() { Vec::new() } else { numbers(say::sum(language).to_owned(), total) },
    }
}

/// The name of a unit, further in the deeper it is: also where a file knows no indent.
fn name(language: Language, line: &Line) -> String {
    let name = if line.unit.is_none() { say::no_unit(language) } else { &line.name };
    format!("{}{name}", "– ".repeat(line.depth))
}

fn picture(language: Language, lines: &[Line]) -> Picture {
    let bars = lines.iter().map(|line| {
        let counts = &line.counts;
        Bar {
            name: name(language, line),
            parts: vec![
                (Fill::Lines, counts.done),
                (Fill::Plain, counts.open + counts.exempt),
                (Fill::Crosses, counts.late),
                (Fill::Dots, counts.expired),
            ],
            told: say::bar_told(
                language,
                &counts.done.to_string(),
                &counts.all().to_string(),
                &(counts.late + counts.expired).to_string(),
            ),
        }
    });
    Picture {
        caption: say::picture_caption(language).to_owned(),
        legend: vec![
            (Fill::Lines, said::standing(language, Standing::Done)),
            (Fill::Plain, say::legend_open(language)),
            (Fill::Crosses, said::standing(language, Standing::Late)),
            (Fill::Dots, said::standing(language, Standing::Expired)),
        ],
        bars: bars.collect(),
    }
}

/// What the report is about, in words: for paper and for the auditor.
pub fn scope(language: Language, unit: Option<&str>, course: Option<&str>, filter: &Filter) -> String {
    let mut said = vec![
        unit.map_or_else(|| say::scope_all(language).to_owned(), |unit| say::scope_unit(language, unit)),
    ];
    if let Some(course) = course {
        said.push(say::scope_course(language, course));
    }
    if let Some(standing) = filter.standing {
        said.push(say::scope_state(language, said::standing(language, standing)));
    }
    if let Some(outcome) = filter.outcome {
        said.push(say::scope_result(language, said::outcome(language, outcome)));
    }
    if let Some(from) = filter.from {
        said.push(say::scope_from(language, &day::spoken(from)));
    }
    if let Some(to) = filter.to {
        said.push(say::scope_to(language, &day::spoken(to)));
    }
    said.join("; ")
}
