//! The document of a stocktake: the sheet as it was counted (arkusz spisu z natury), what differs and why, lines to sign on.
//! What it must say: art. 26 ust. 1 pkt 1 and art. 27 of the Polish Accounting Act (ustawa o rachunkowości): quantities without
//! prices, which the books add.

use devices::stocktake::Protocol;
use documents::{Align, Block, Lies, Report, Signature, Table};
use serde_json::Value;
use time::OffsetDateTime;
use words::{Language, protocol as say, stocktake};

use crate::date;

/// Version of how the document is built.
pub const VERSION: i32 = 1;
/// Letters of a number that stand in its column side by side.
const COLUMN_LETTERS: usize = 16;
/// Most letters of a number on paper; the protocol has all.
const CODE_MOST: usize = 80;
const PL: Language = Language::Pl;

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn count(body: &Value, name: &str) -> i64 {
    body[name].as_i64().unwrap_or(0)
}

/// The document.
pub fn report(protocol: &Protocol, organisation: &str) -> Report {
    let body = &protocol.body;
    let lines = body["lines"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sheet = text(body, "stocktake");
    let mut blocks = vec![
        heading(say::part_sheet(PL)),
        Block::Table(counted(body, lines)),
        Block::Text { text: say::ended_at(PL, &lines.len().to_string()) },
        heading(say::part_sums(PL)),
        Block::Facts { rows: sums(body) },
        heading(say::part_differences(PL)),
    ];
    let differences = differences(body, lines);
    blocks.push(if differences.rows.is_empty() {
        Block::Text { text: say::no_differences(PL).to_owned() }
    } else {
        Block::Table(differences)
    });
    let note = text(body, "note");
    if !note.is_empty() {
        blocks.extend([heading(stocktake::label_note(PL)), Block::Text { text: note }]);
    }
    blocks.push(Block::Text { text: say::no_prices(PL).to_owned() });
    Report {
        title: say::title(PL, &sheet),
        subtitle: say::subtitle(PL, &protocol.number),
        language: PL.code().to_owned(),
        organisation: organisation.to_owned(),
        place_and_day: date::day(protocol.made_at),
        facts: facts(protocol, organisation),
        blocks,
        signatures: signatures(body),
        foot: format!("{sheet}, {}", protocol.number),
        lies: Lies::Aside,
        ..Report::default()
    }
}

fn heading(text: &str) -> Block {
    Block::Heading { level: 2, text: text.to_owned() }
}

fn counters(body: &Value) -> Vec<String> {
    let names = body["counters"].as_array().map(Vec::as_slice).unwrap_or_default();
    names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn facts(protocol: &Protocol, organisation: &str) -> Vec<(String, String)> {
    let body = &protocol.body;
    let opened = OffsetDateTime::from_unix_timestamp(count(body, "opened_at")).map(date::moment);
    let of = body["of"].as_str().map_or_else(|| stocktake::everywhere(PL).to_owned(), str::to_owned);
    [
        (stocktake::label_organisation(PL), organisation.to_owned()),
        (stocktake::label_name(PL), text(body, "name")),
        (say::label_way(PL), say::way(PL).to_owned()),
        (say::label_field(PL), of),
        (say::label_begun(PL), opened.unwrap_or_default()),
        (say::label_ended(PL), date::moment(protocol.made_at)),
        (stocktake::label_counters(PL), counters(body).join(", ")),
        (say::label_rounds(PL), count(body, "rounds").to_string()),
        (say::label_closed_by(PL), protocol.made_by.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// A number within its column: what a scanner read may be one word of three hundred letters.
fn folded(code: &str) -> String {
    let (mut told, mut run) = (String::new(), 0);
    for letter in code.chars().take(CODE_MOST) {
        run = if letter.is_whitespace() { 0 } else { run + 1 };
        if run > COLUMN_LETTERS {
            told.push('\n');
            run = 1;
        }
        told.push(letter);
    }
    if code.chars().count() > CODE_MOST { told + "…" } else { told }
}

/// How a line of the sheet was confirmed, in words.
fn confirmed(line: &Value) -> &'static str {
    match (line["how"].as_str(), line["lent"].as_bool()) {
        (Some("declared"), _) => say::by_declaration(PL),
        (Some(_), _) => say::by_sight(PL),
        (None, Some(true)) => say::not_confirmed(PL),
        (None, _) => say::missing(PL),
    }
}

fn counted(body: &Value, lines: &[Value]) -> Table {
    let unit = say::piece(PL).to_owned();
    let row = |(at, line): (usize, &Value)| {
        vec![
            (at + 1).to_string(),
            folded(&text(line, "inventory_no")),
            text(line, "model"),
            folded(&text(line, "serial")),
            text(line, "place"),
            unit.clone(),
            "1".to_owned(),
            if line["how"].is_null() { "0" } else { "1" }.to_owned(),
            confirmed(line).to_owned(),
        ]
    };
    let mut rows: Vec<Vec<String>> = lines.iter().enumerate().map(row).collect();
    let found = count(body, "seen") + count(body, "declared");
    let (expected, found) = (count(body, "expected").to_string(), found.to_string());
    let (sum, none) = (say::sum(PL).to_owned(), String::new);
    rows.push(vec![none(), sum, none(), none(), none(), unit.clone(), expected, found, none()]);
    Table {
        caption: say::table_sheet(PL).to_owned(),
        columns: [
            stocktake::column_line(PL),
            say::column_inventory(PL),
            say::column_name(PL),
            say::column_serial(PL),
            stocktake::label_place(PL),
            say::column_unit(PL),
            say::column_expected(PL),
            say::column_counted(PL),
            say::column_how(PL),
        ]
        .map(str::to_owned)
        .to_vec(),
        align: [Align::End]
            .into_iter()
            .chain([Align::Start; 5])
            .chain([Align::End; 2])
            .chain([Align::Start])
            .collect(),
        shares: vec![8, 26, 36, 26, 34, 9, 16, 20, 25],
        rows,
        sum: true,
    }
}

fn sums(body: &Value) -> Vec<(String, String)> {
    [
        (stocktake::tally_expected(PL), "expected"),
        (stocktake::tally_seen(PL), "seen"),
        (stocktake::tally_declared(PL), "declared"),
        (stocktake::tally_unconfirmed(PL), "unconfirmed"),
        (stocktake::tally_missing(PL), "missing"),
        (stocktake::tally_elsewhere(PL), "elsewhere"),
        (stocktake::tally_unknown(PL), "unknown"),
    ]
    .map(|(label, name)| (label.to_owned(), count(body, name).to_string()))
    .to_vec()
}

/// What differs, line by line, and why: shortages first, then what is not on the sheet.
fn differences(body: &Value, lines: &[Value]) -> Table {
    let marked: Vec<&str> = body["marked"]
        .as_array()
        .map(|all| all.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let why = |one: &Value| {
        let asset = one["asset"].as_str().unwrap_or_default();
        let told = text(&body["explained"], asset);
        let mark = (!asset.is_empty() && marked.contains(&asset)).then(|| say::marked(PL).to_owned());
        let parts: Vec<String> = [told].into_iter().filter(|told| !told.is_empty()).chain(mark).collect();
        if parts.is_empty() { "–".to_owned() } else { parts.join("; ") }
    };
    let short = lines.iter().enumerate().filter(|(_, line)| line["how"].is_null()).map(|(at, line)| {
        let lent = line["lent"].as_bool() == Some(true);
        let what = if lent { say::difference_unconfirmed(PL) } else { say::difference_missing(PL) };
        vec![
            (at + 1).to_string(),
            folded(&text(line, "inventory_no")),
            text(line, "model"),
            what.to_owned(),
            why(line),
        ]
    });
    let strays = body["strays"].as_array().map(Vec::as_slice).unwrap_or_default();
    let strays = strays.iter().map(|one| {
        let what = match (one["asset"].is_null(), one["place"].as_str()) {
            (true, _) => say::difference_unknown(PL).to_owned(),
            (false, Some(place)) => say::difference_elsewhere(PL, place),
            (false, None) => say::difference_nowhere(PL).to_owned(),
        };
        vec!["–".to_owned(), folded(&text(one, "code")), String::new(), what, why(one)]
    });
    Table {
        caption: say::table_differences(PL).to_owned(),
        columns: [
            say::column_position(PL),
            say::column_inventory(PL),
            say::column_name(PL),
            say::column_difference(PL),
            say::column_why(PL),
        ]
        .map(str::to_owned)
        .to_vec(),
        align: vec![Align::End],
        shares: vec![11, 30, 38, 50, 71],
        rows: short.chain(strays).collect(),
        ..Table::default()
    }
}

fn signatures(body: &Value) -> Vec<Signature> {
    let line = |role: &str, name: String| Signature { role: role.to_owned(), name, ..Signature::default() };
    let team = counters(body).into_iter().map(|name| line(say::role_counts(PL), name));
    team.chain([line(say::role_keeper(PL), String::new()), line(say::role_head(PL), String::new())]).collect()
}
