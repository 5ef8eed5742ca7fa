//! Import of assets from a table: a dry run that names every bad row, then all or nothing, in a bounded number of statements.
//!
//! Columns are found by their header, in Polish or English. An asset is known by its inventory number; one whose serial is
//! known under another number is offered for re-tagging. Makers, models and places that are not there are made; units, people,
//! purchases and programmes must be there. What the file has no column for stays as it is.

use std::collections::HashMap;

use base::{Tx, audit};
use identity::import::RowProblem;
use identity::sheet::{self, Column, Sheet, SheetProblem};
use identity::{DeviceClerk, Problem, day};
use serde_json::json;

use crate::AssetId;
use crate::custody::{self, Kind};
use crate::error::Error;
use crate::register::asset::{self, NewAsset};
use crate::register::kind::AssetKind;

mod names;
mod rows;
pub mod workbook;

use names::Names;
use rows::Row;
use workbook::WorkbookProblem;

/// What an import would do, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Inventory numbers that come on the books.
    pub created: Vec<String>,
    /// Inventory numbers that are changed.
    pub changed: Vec<String>,
    /// Assets that stay as they are.
    pub same: usize,
    /// Assets known by their serial under another number: the old and the new one.
    pub retagged: Vec<(String, String)>,
    /// Every bad row; when there is one, nothing is done.
    pub problems: Vec<RowProblem>,
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no table.
    #[error("not a table: {0:?}")]
    Sheet(SheetProblem),
    /// It is a workbook that is not read.
    #[error("not a workbook: {0:?}")]
    Workbook(WorkbookProblem),
    /// Columns that must be there and are not.
    #[error("missing columns: {0:?}")]
    MissingColumns(Vec<&'static str>),
    /// Any other error of the area.
    #[error(transparent)]
    Area(#[from] Error),
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Area(error.into())
    }
}

/// Field, whether it must be there, and its headers; the first is the one that the export writes.
pub const COLUMNS: [Column; 16] = [
    (
        "inventory_no",
        true,
        &["nr_inwentarzowy", "numer inwentarzowy", "nr inwentarzowy", "inventory_no", "asset tag"],
    ),
    ("serial", false, &["nr_seryjny", "numer seryjny", "nr seryjny", "serial", "serial number"]),
    ("kind", false, &["rodzaj", "kategoria", "kind", "category"]),
    ("maker", true, &["producent", "maker", "manufacturer"]),
    ("model", true, &["model", "model name"]),
    ("owner_unit", false, &["jednostka", "unit", "department"]),
    ("custodian", false, &["opiekun", "opiekun sprzętu", "custodian"]),
    ("place", false, &["miejsce", "place", "location"]),
    ("lot", false, &["zakup", "dostawa", "lot", "purchase"]),
    ("programme", false, &["program", "programme"]),
    ("phone_no", false, &["nr_telefonu", "numer telefonu", "phone"]),
    ("plan", false, &["plan", "taryfa"]),
    ("plan_until", false, &["plan_do", "plan_until"]),
    ("mdm_id", false, &["mdm", "mdm_id"]),
    ("mdm_seen", false, &["mdm_widziano", "mdm_seen", "last seen"]),
    ("note", false, &["uwagi", "note", "notes"]),
];

/// The table of a file: a workbook (.xlsx) when it begins like one, else CSV. `wanted`: the sheet of a workbook, the first when
/// empty. Takes up to seconds of reckoning, so a server does it on a thread of its own.
pub fn table(bytes: &[u8], wanted: &str) -> Result<Sheet, ImportError> {
    if workbook::looks_like_one(bytes) {
        workbook::read(bytes, wanted).map_err(ImportError::Workbook)
    } else {
        sheet::read(bytes).map_err(ImportError::Sheet)
    }
}

/// Does what the table says inside the transaction; the caller commits only when there is no problem and it was not a dry run.
/// `retag`: assets whose serial is known under another number get the new one; else they stay as they are.
pub async fn assets(
    tx: &mut Tx,
    proof: &DeviceClerk,
    sheet: &Sheet,
    retag: bool,
) -> Result<Outcome, ImportError> {
    let (rows, mut problems) = rows::read(sheet)?;
    let mut outcome = Outcome::default();
    if problems.is_empty() {
        let names = Names::settle(tx, proof, &rows, &mut problems).await?;
        if problems.is_empty() {
            apply(tx, proof, &rows, &names, retag, &mut outcome, &mut problems).await?;
        }
    }
    problems.sort_by_key(|problem| problem.line);
    if !problems.is_empty() {
        outcome = Outcome { problems, ..Outcome::default() };
    }
    let organisation = tx.organisation()?;
    let numbers = json!({ "created": outcome.created.len(), "changed": outcome.changed.len(),
                          "retagged": outcome.retagged.len() });
    audit::record(tx, "imported_assets", "organisation", organisation.0, numbers).await?;
    Ok(outcome)
}

/// An asset that the file speaks of and that is there.
struct Known {
    id: AssetId,
    inventory_no: String,
}

/// The assets that are there, by the row that speaks of them: by number, and by serial.
async fn known(
    tx: &mut Tx,
    rows: &[Row],
    names: &Names,
) -> Result<(HashMap<usize, Known>, HashMap<usize, Known>), Error> {
    let organisation = tx.organisation()?;
    let asked: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| {
            json!({ "at": at, "no": row.inventory_no, "serial": row.serial, "maker": names.maker(row).map(|id| id.0) })
        })
        .collect();
    let found = sqlx::query!(
        r#"select r.at as "at!", a.id, a.inventory_no, true as "by_number!"
           from jsonb_to_recordset($2) as r (at int, no text) join asset a
             on a.organisation_id = $1 and a.inventory_key = code_key(r.no)
           union all
           select r.at, a.id, a.inventory_no, false
           from jsonb_to_recordset($2) as r (at int, serial text, maker uuid) join asset a
             on a.organisation_id = $1 and a.maker_id = r.maker and a.serial_key = code_key(r.serial)"#,
        organisation.0,
        json!(asked),
    )
    .fetch_all(tx.connection())
    .await?;
    let (mut by_number, mut by_serial) = (HashMap::new(), HashMap::new());
    for row in found {
        let (Ok(at), Some(id), Some(inventory_no)) = (usize::try_from(row.at), row.id, row.inventory_no)
        else {
            continue;
        };
        let known = Known { id: AssetId(id), inventory_no };
        if row.by_number {
            by_number.insert(at, known)
        } else {
            by_serial.insert(at, known)
        };
    }
    Ok((by_number, by_serial))
}

async fn apply(
    tx: &mut Tx,
    proof: &DeviceClerk,
    rows: &[Row],
    names: &Names,
    retag: bool,
    outcome: &mut Outcome,
    problems: &mut Vec<RowProblem>,
) -> Result<(), ImportError> {
    let (mut by_number, mut by_serial) = known(tx, rows, names).await?;
    let (mut new, mut old, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    for (at, row) in rows.iter().enumerate() {
        let (by_number, by_serial) = (by_number.remove(&at), by_serial.remove(&at));
        match (by_number, by_serial) {
            (Some(one), Some(other)) if one.id != other.id => problems.push(RowProblem {
                line: row.line,
                field: "serial",
                value: row.serial.clone(),
                problem: Problem::Taken,
            }),
            (Some(known), _) => old.push((known.id, row)),
            (None, Some(known)) => {
                outcome.retagged.push((known.inventory_no.clone(), row.inventory_no.clone()));
                if retag {
                    old.push((known.id, row));
                }
            }
            (None, None) if names.model(row).is_none() => problems.push(RowProblem {
                line: row.line,
                field: "kind",
                value: String::new(),
                problem: Problem::Missing,
            }),
            (None, None) => {
                outcome.created.push(row.inventory_no.clone());
                new.push(row);
            }
        }
    }
    if !problems.is_empty() {
        return Ok(());
    }
    let written: Vec<NewAsset> = new.iter().map(|row| row.asset(names)).collect();
    let ids = asset::register_all(tx, proof, &written).await?;
    seen.extend(ids.iter().copied().zip(new.iter().copied()));
    let changed = change(tx, &old, names).await?;
    let numbers: HashMap<AssetId, &str> =
        old.iter().map(|(id, row)| (*id, row.inventory_no.as_str())).collect();
    outcome.changed = changed.iter().filter_map(|id| numbers.get(id)).map(|no| (*no).to_owned()).collect();
    outcome.changed.sort();
    outcome.same = old.len() - outcome.changed.len();
    let now = tx.now();
    custody::record_all(tx, &changed, now, Kind::Changed, &json!({ "fields": ["import"] })).await?;
    seen.extend(old.iter().copied());
    see(tx, &seen).await?;
    Ok(())
}

/// Changes what differs, in one statement; answers which. A column that the file has not is `null` and stays.
async fn change(tx: &mut Tx, old: &[(AssetId, &Row)], names: &Names) -> Result<Vec<AssetId>, Error> {
    let organisation = tx.organisation()?;
    let rows: Vec<_> = old.iter().map(|(id, row)| row.change(*id, names)).collect();
    let changed = sqlx::query_scalar!(
        "update asset a set inventory_no = w.inventory_no, serial = w.serial, model_id = w.model_id, maker_id = w.maker_id,
                kind = w.kind, owner_unit_id = w.owner_unit_id, custodian_id = w.custodian_id, place_id = w.place_id,
                lot_id = w.lot_id, programme_id = w.programme_id, phone_no = w.phone_no, plan = w.plan,
                plan_until = w.plan_until, mdm_id = w.mdm_id, note = w.note, revision = a.revision + 1, updated_at = moment()
         from (
           select b.id, r.inventory_no, case when r.told ? 'serial' then r.serial else b.serial end as serial,
                  m.id as model_id, m.maker_id, m.kind,
                  case when r.told ? 'owner_unit' then r.owner_unit_id else b.owner_unit_id end as owner_unit_id,
                  case when r.told ? 'custodian' then r.custodian_id else b.custodian_id end as custodian_id,
                  case when r.told ? 'place' then r.place_id else b.place_id end as place_id,
                  case when r.told ? 'lot' then r.lot_id else b.lot_id end as lot_id,
                  case when r.told ? 'programme' then r.programme_id else b.programme_id end as programme_id,
                  case when m.kind <> 'sim_card' then null when r.told ? 'phone_no' then r.phone_no else b.phone_no end as phone_no,
                  case when m.kind <> 'sim_card' then null when r.told ? 'plan' then r.plan else b.plan end as plan,
                  case when m.kind <> 'sim_card' then null when r.told ? 'plan_until' then r.plan_until else b.plan_until end
                    as plan_until,
                  case when r.told ? 'mdm_id' then r.mdm_id else b.mdm_id end as mdm_id,
                  case when r.told ? 'note' then coalesce(r.note, '') else b.note end as note
           from jsonb_to_recordset($2) as r (id uuid, told jsonb, inventory_no text, serial text, model_id uuid,
                owner_unit_id uuid, custodian_id uuid, place_id uuid, lot_id uuid, programme_id uuid, phone_no text, plan text,
                plan_until date, mdm_id text, note text)
           join asset b on b.id = r.id and b.organisation_id = $1
           join asset_model m on m.id = coalesce(r.model_id, b.model_id) and m.organisation_id = $1
         ) w
         where a.id = w.id and a.organisation_id = $1
           and (a.inventory_no, a.serial, a.model_id, a.owner_unit_id, a.custodian_id, a.place_id, a.lot_id, a.programme_id,
                a.phone_no, a.plan, a.plan_until, a.mdm_id, a.note) is distinct from
               (w.inventory_no, w.serial, w.model_id, w.owner_unit_id, w.custodian_id, w.place_id, w.lot_id, w.programme_id,
                w.phone_no, w.plan, w.plan_until, w.mdm_id, w.note)
         returning a.id",
        organisation.0,
        json!(rows),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(changed.into_iter().map(AssetId).collect())
}

/// Takes over when the management of devices last saw each; an older day does not replace a later one.
async fn see(tx: &mut Tx, seen: &[(AssetId, &Row)]) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let rows: Vec<_> = seen
        .iter()
        .filter_map(|(id, row)| Some(json!({ "id": id.0, "day": day::written(row.mdm_seen?) })))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update asset a set mdm_seen_at = greatest(a.mdm_seen_at, r.day at time zone 'Europe/Warsaw')
         from jsonb_to_recordset($2) as r (id uuid, day timestamp)
         where a.id = r.id and a.organisation_id = $1
           and a.mdm_seen_at is distinct from greatest(a.mdm_seen_at, r.day at time zone 'Europe/Warsaw')",
        organisation.0,
        json!(rows),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The kind that a word of a file names, in Polish or as the API says it.
pub fn kind_of(word: &str) -> Option<AssetKind> {
    let word = word.trim().to_lowercase();
    let polish = match word.as_str() {
        "komputer przenośny" | "notebook" => AssetKind::Laptop,
        "telefon" | "smartfon" => AssetKind::Phone,
        "drukarka" | "urządzenie drukujące" => AssetKind::Printer,
        "karta sim" | "sim" => AssetKind::SimCard,
        "zestaw" => AssetKind::Kit,
        "akcesorium" => AssetKind::Accessory,
        word => return AssetKind::from_word(word),
    };
    Some(polish)
}
