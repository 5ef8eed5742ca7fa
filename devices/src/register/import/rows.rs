//! The rows of the file, checked without asking the database.

use std::collections::HashMap;

use identity::Problem;
use identity::import::RowProblem;
use identity::sheet::Sheet;
use serde_json::{Value, json};
use time::macros::format_description;
use time::{Date, format_description};

use super::names::Names;
use super::{COLUMNS, ImportError, kind_of};
use crate::AssetId;
use crate::register::asset::NewAsset;
use crate::register::kind::AssetKind;

/// A row of the file.
pub(super) struct Row {
    pub line: usize,
    pub inventory_no: String,
    pub serial: String,
    pub kind: Option<AssetKind>,
    pub maker: String,
    pub model: String,
    pub unit: String,
    pub custodian: String,
    pub place: String,
    pub lot: String,
    pub programme: String,
    pub mdm_seen: Option<Date>,
    phone_no: String,
    plan: String,
    plan_until: Option<Date>,
    mdm_id: String,
    note: String,
    /// Fields for which the file has a column.
    told: Vec<&'static str>,
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

impl Row {
    /// As a new asset.
    pub fn asset(&self, names: &Names) -> NewAsset {
        NewAsset {
            model: names.model(self),
            inventory_no: self.inventory_no.clone(),
            serial: self.serial.clone(),
            owner_unit: names.unit(self),
            custodian: names.custodian(self),
            place: names.place(self),
            lot: names.lot(self),
            programme: names.programme(self),
            phone_no: self.phone_no.clone(),
            plan: self.plan.clone(),
            plan_until: self.plan_until,
            mdm_id: self.mdm_id.clone(),
            note: self.note.clone(),
        }
    }

    /// As a change of an asset that is there.
    pub fn change(&self, id: AssetId, names: &Names) -> Value {
        json!({
            "id": id.0,
            "told": self.told,
            "inventory_no": self.inventory_no,
            "serial": filled(&self.serial),
            "model_id": names.model(self).map(|id| id.0),
            "owner_unit_id": names.unit(self).map(|id| id.0),
            "custodian_id": names.custodian(self).map(|id| id.0),
            "place_id": names.place(self).map(|id| id.0),
            "lot_id": names.lot(self).map(|id| id.0),
            "programme_id": names.programme(self).map(|id| id.0),
            "phone_no": filled(&self.phone_no),
            "plan": filled(&self.plan),
            "plan_until": self.plan_until.map(identity::day::written),
            "mdm_id": filled(&self.mdm_id),
            "note": self.note,
        })
    }
}

/// Letters and digits alone, in capitals: what PostgreSQL's `code_key` compares by.
fn key(code: &str) -> String {
    code.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// A day as `2026-08-31` or `31.08.2026`; a time after it is not looked at.
fn day(text: &str) -> Option<Date> {
    const FORMS: [&[format_description::BorrowedFormatItem<'_>]; 2] =
        [format_description!("[year]-[month]-[day]"), format_description!("[day].[month].[year]")];
    let text = text.split(['T', ' ']).next()?;
    FORMS.iter().find_map(|form| Date::parse(text, form).ok())
}

/// A cell as it was before an export made it harmless for spreadsheets.
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}

/// Every row, and everything that is wrong with them.
pub(super) fn read(sheet: &Sheet) -> Result<(Vec<Row>, Vec<RowProblem>), ImportError> {
    let places = sheet.places(&COLUMNS).map_err(ImportError::MissingColumns)?;
    let told: Vec<&'static str> =
        COLUMNS.iter().map(|(field, ..)| *field).filter(|field| places.contains_key(field)).collect();
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let mut seen: HashMap<(&str, String), usize> = HashMap::new();
    for (line, cells) in &sheet.rows {
        let cell = |field: &str| {
            places.get(field).and_then(|at| cells.get(*at)).map_or("", |cell| plain(cell)).to_owned()
        };
        let mut bad = |field: &'static str, problem: Problem| {
            problems.push(RowProblem { line: *line, field, value: cell(field), problem });
        };
        let row = Row {
            line: *line,
            inventory_no: cell("inventory_no"),
            serial: cell("serial"),
            kind: kind_of(&cell("kind")),
            maker: cell("maker"),
            model: cell("model"),
            unit: cell("owner_unit"),
            custodian: cell("custodian"),
            place: cell("place"),
            lot: cell("lot"),
            programme: cell("programme"),
            mdm_seen: day(&cell("mdm_seen")),
            phone_no: cell("phone_no"),
            plan: cell("plan"),
            plan_until: day(&cell("plan_until")),
            mdm_id: cell("mdm_id"),
            note: cell("note"),
            told: told.clone(),
        };
        // The model is found by its name later; here it only has to be told.
        let stand_in = NewAsset {
            model: Some(crate::ModelId(uuid::Uuid::nil())),
            inventory_no: row.inventory_no.clone(),
            serial: row.serial.clone(),
            phone_no: row.phone_no.clone(),
            plan: row.plan.clone(),
            mdm_id: row.mdm_id.clone(),
            note: row.note.clone(),
            ..NewAsset::default()
        };
        for wrong in stand_in.problems() {
            bad(wrong.field, wrong.problem);
        }
        for (field, text, most, must_be) in [
            ("maker", &row.maker, 100, true),
            ("model", &row.model, 200, true),
            ("place", &row.place, 200, false),
        ] {
            match text.chars().count() {
                0 if must_be => bad(field, Problem::Missing),
                count if count > most => bad(field, Problem::TooLong(most)),
                _ if text.chars().any(char::is_control) => bad(field, Problem::Malformed),
                _ => {}
            }
        }
        if row.kind.is_none() && !cell("kind").is_empty() {
            bad("kind", Problem::Unknown);
        }
        for (field, read) in [("plan_until", row.plan_until), ("mdm_seen", row.mdm_seen)] {
            if read.is_none() && !cell(field).is_empty() {
                bad(field, Problem::Malformed);
            }
        }
        let serial = format!("{} {}", row.maker.to_lowercase(), key(&row.serial));
        for (field, value, told) in [
            ("inventory_no", key(&row.inventory_no), !row.inventory_no.is_empty()),
            ("serial", serial, !row.serial.is_empty()),
        ] {
            if !told {
                continue;
            }
            if let Some(first) = seen.get(&(field, value.clone())) {
                bad(field, Problem::Doubled(*first));
            } else {
                seen.insert((field, value), *line);
            }
        }
        rows.push(row);
    }
    Ok((rows, problems))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<(usize, &'static str)> {
        let sheet = identity::sheet::read(text.as_bytes()).unwrap();
        read(&sheet).unwrap().1.into_iter().map(|problem| (problem.line, problem.field)).collect()
    }

    #[test]
    fn every_bad_row_is_named() {
        let head = "nr_inwentarzowy;nr_seryjny;rodzaj;producent;model;plan_do\n";
        assert!(problems(&format!("{head}UM/1;AB 1;laptop;Dell;3520;\n")).is_empty());
        let text = format!(
            "{head}UM/1;ab-1;laptop;Dell;3520;\num-1;x;laptop;Dell;3520;\nUM/3;AB1;czajnik;dell;;jutro\n;;;;;x\n"
        );
        assert_eq!(
            problems(&text),
            [
                (3, "inventory_no"),
                (4, "model"),
                (4, "kind"),
                (4, "plan_until"),
                (4, "serial"),
                (5, "inventory_no"),
                (5, "maker"),
                (5, "model"),
                (5, "plan_until"),
            ]
        );
    }

    #[test]
    fn what_an_export_made_harmless_is_read_as_it_was() {
        assert_eq!(plain("'=HYPERLINK(1)"), "=HYPERLINK(1)");
        assert_eq!(plain("'t Hooft"), "'t Hooft");
        assert_eq!(day("31.08.2026"), day("2026-08-31T10:00:00Z"));
        assert_eq!(day("31/08"), None);
    }
}
