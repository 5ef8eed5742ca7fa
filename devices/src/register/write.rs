//! Putting assets on the books, and changing what is written of them.

use base::{PersonId, Tx, audit};
use identity::{DeviceClerk, FieldProblem, OrgUnitId, Problem, day};
use serde::Serialize;
use serde_json::json;
use time::Date;
use uuid::Uuid;

use crate::custody::{self, Kind};
use crate::error::Error;
use crate::register::label;
use crate::{AssetId, LotId, ModelId, PlaceId, ProgrammeId};

/// What is written of an asset; text is trimmed, empty text is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAsset {
    /// Its model; none is refused.
    pub model: Option<ModelId>,
    /// Number in the books; unique by its letters and digits.
    pub inventory_no: String,
    /// The maker's number; unique for the maker by its letters and digits.
    pub serial: String,
    /// The unit that owns it.
    pub owner_unit: Option<OrgUnitId>,
    /// Who answers for it day by day.
    pub custodian: Option<PersonId>,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// The purchase that it came with.
    pub lot: Option<LotId>,
    /// The programme that says who may have it.
    pub programme: Option<ProgrammeId>,
    /// Telephone number; SIM cards only.
    pub phone_no: String,
    /// Data plan; SIM cards only.
    pub plan: String,
    /// Last day of the plan; SIM cards only.
    pub plan_until: Option<Date>,
    /// Its id at the management of devices (MDM).
    pub mdm_id: String,
    /// Anything else.
    pub note: String,
}

impl NewAsset {
    /// Everything that is wrong without asking the database.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut bad = |field, problem| problems.push(FieldProblem { field, problem });
        if self.model.is_none() {
            bad("model", Problem::Missing);
        }
        for (field, text, most, must_be) in [
            ("inventory_no", &self.inventory_no, 60, true),
            ("serial", &self.serial, 100, false),
            ("phone_no", &self.phone_no, 30, false),
            ("plan", &self.plan, 200, false),
            ("mdm_id", &self.mdm_id, 200, false),
            ("note", &self.note, 2000, false),
        ] {
            let text = text.trim();
            if text.is_empty() && must_be {
                bad(field, Problem::Missing);
            } else if text.chars().count() > most {
                bad(field, Problem::TooLong(most));
            } else if text
                .chars()
                .any(|letter| letter.is_control() && !(field == "note" && letter.is_whitespace()))
            {
                bad(field, Problem::Malformed);
            }
        }
        for (field, text) in [("inventory_no", &self.inventory_no), ("serial", &self.serial)] {
            if !text.trim().is_empty() && !text.chars().any(char::is_alphanumeric) {
                bad(field, Problem::Malformed);
            }
        }
        problems
    }
}

/// A row on its way into the database.
#[derive(Serialize)]
struct Row<'a> {
    id: Uuid,
    label: String,
    model_id: Option<Uuid>,
    inventory_no: &'a str,
    serial: Option<&'a str>,
    owner_unit_id: Option<Uuid>,
    custodian_id: Option<Uuid>,
    place_id: Option<Uuid>,
    lot_id: Option<Uuid>,
    programme_id: Option<Uuid>,
    phone_no: Option<&'a str>,
    plan: Option<&'a str>,
    plan_until: Option<String>,
    mdm_id: Option<&'a str>,
    note: &'a str,
}

/// Text that is there.
fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

impl<'a> Row<'a> {
    fn of(id: AssetId, new: &'a NewAsset) -> Result<Self, Error> {
        Ok(Self {
            id: id.0,
            label: label::fresh()?,
            model_id: new.model.map(|id| id.0),
            inventory_no: new.inventory_no.trim(),
            serial: filled(&new.serial),
            owner_unit_id: new.owner_unit.map(|id| id.0),
            custodian_id: new.custodian.map(|id| id.0),
            place_id: new.place.map(|id| id.0),
            lot_id: new.lot.map(|id| id.0),
            programme_id: new.programme.map(|id| id.0),
            phone_no: filled(&new.phone_no),
            plan: filled(&new.plan),
            plan_until: new.plan_until.map(day::written),
            mdm_id: filled(&new.mdm_id),
            note: new.note.trim(),
        })
    }
}

/// Puts an asset on the books. Errors: `Invalid` with every field that is wrong.
pub async fn register(tx: &mut Tx, proof: &DeviceClerk, new: &NewAsset) -> Result<AssetId, Error> {
    let ids = register_all(tx, proof, std::slice::from_ref(new)).await?;
    ids.first().copied().ok_or(Error::NotFound)
}

/// Puts several on the books, in three statements whatever their number; all or none.
///
/// Errors: `Invalid` with what is wrong with the first that cannot be taken.
pub async fn register_all(tx: &mut Tx, _: &DeviceClerk, new: &[NewAsset]) -> Result<Vec<AssetId>, Error> {
    if let Some(problems) = new.iter().map(NewAsset::problems).find(|problems| !problems.is_empty()) {
        return Err(Error::Invalid(problems));
    }
    let (organisation, now) = (tx.organisation()?, tx.now());
    let ids: Vec<AssetId> = new.iter().map(|_| AssetId::new(now)).collect();
    let rows = ids.iter().zip(new).map(|(id, new)| Row::of(*id, new)).collect::<Result<Vec<_>, _>>()?;
    let rows = serde_json::to_value(rows).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let made = sqlx::query!(
        "insert into asset (id, organisation_id, model_id, maker_id, kind, inventory_no, serial, owner_unit_id, custodian_id,
                            place_id, lot_id, programme_id, label, phone_no, plan, plan_until, mdm_id, note)
         select r.id, $1, m.id, m.maker_id, m.kind, r.inventory_no, r.serial, r.owner_unit_id, r.custodian_id, r.place_id,
                r.lot_id, r.programme_id, r.label,
                case m.kind when 'sim_card' then r.phone_no end, case m.kind when 'sim_card' then r.plan end,
                case m.kind when 'sim_card' then r.plan_until end, r.mdm_id, r.note
         from jsonb_to_recordset($2) as r (id uuid, label text, model_id uuid, inventory_no text, serial text,
              owner_unit_id uuid, custodian_id uuid, place_id uuid, lot_id uuid, programme_id uuid, phone_no text, plan text,
              plan_until date, mdm_id text, note text)
         join asset_model m on m.id = r.model_id and m.organisation_id = $1",
        organisation.0,
        rows,
    )
    .execute(tx.connection())
    .await
    .map_err(unknown)?
    .rows_affected();
    if made != u64::try_from(new.len()).unwrap_or(u64::MAX) {
        return Err(Error::field("model", Problem::Unknown));
    }
    custody::record_all(tx, &ids, now, Kind::Registered, &json!({})).await?;
    let numbers = json!({ "count": ids.len() });
    if let Some(first) = ids.first() {
        audit::record(tx, "registered", "asset", first.0, numbers).await?;
    }
    Ok(ids)
}

/// Everything that the form of an asset shows.
#[derive(Clone, Debug)]
pub struct Written {
    /// What can be changed.
    pub fields: NewAsset,
    /// One higher with every change; a change names the one it began from.
    pub revision: i32,
}

/// What is written of an asset, to be changed. Errors: `NotFound`.
pub async fn written_of(tx: &mut Tx, _: &DeviceClerk, id: AssetId) -> Result<Written, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        "select model_id, inventory_no, serial, owner_unit_id, custodian_id, place_id, lot_id, programme_id, phone_no, plan,
                plan_until, mdm_id, note, revision
         from asset where id = $1 and organisation_id = $2",
        id.0,
        organisation.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Written {
        revision: row.revision,
        fields: NewAsset {
            model: Some(ModelId(row.model_id)),
            inventory_no: row.inventory_no,
            serial: row.serial.unwrap_or_default(),
            owner_unit: row.owner_unit_id.map(OrgUnitId),
            custodian: row.custodian_id.map(PersonId),
            place: row.place_id.map(PlaceId),
            lot: row.lot_id.map(LotId),
            programme: row.programme_id.map(ProgrammeId),
            phone_no: row.phone_no.unwrap_or_default(),
            plan: row.plan.unwrap_or_default(),
            plan_until: row.plan_until,
            mdm_id: row.mdm_id.unwrap_or_default(),
            note: row.note,
        },
    })
}

/// Changes what is written of an asset that still has this revision.
///
/// Errors: `NotFound`, `Invalid`, `ChangedMeanwhile` with the revision that it has now.
pub async fn change(
    tx: &mut Tx,
    proof: &DeviceClerk,
    id: AssetId,
    revision: i32,
    new: &NewAsset,
) -> Result<(), Error> {
    let problems = new.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (organisation, now) = (tx.organisation()?, tx.now());
    sqlx::query_scalar!(
        "select id from asset where id = $1 and organisation_id = $2 for no key update",
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let before = written_of(tx, proof, id).await?;
    if before.revision != revision {
        return Err(Error::ChangedMeanwhile(before.revision));
    }
    if before.fields == *new {
        return Ok(());
    }
    let row = Row::of(id, new)?;
    let changed = sqlx::query!(
        "update asset a set model_id = m.id, maker_id = m.maker_id, kind = m.kind, inventory_no = $4, serial = $5,
                owner_unit_id = $6, custodian_id = $7, place_id = $8, lot_id = $9, programme_id = $10,
                phone_no = case m.kind when 'sim_card' then $11 end, plan = case m.kind when 'sim_card' then $12 end,
                plan_until = case m.kind when 'sim_card' then $13::date end,
                secrets_sealed = case m.kind when 'sim_card' then a.secrets_sealed end, mdm_id = $14, note = $15,
                revision = a.revision + 1, updated_at = moment()
         from asset_model m
         where a.id = $1 and a.organisation_id = $2 and m.id = $3 and m.organisation_id = $2",
        id.0,
        organisation.0,
        row.model_id,
        row.inventory_no,
        row.serial,
        row.owner_unit_id,
        row.custodian_id,
        row.place_id,
        row.lot_id,
        row.programme_id,
        row.phone_no,
        row.plan,
        new.plan_until,
        row.mdm_id,
        row.note,
    )
    .execute(tx.connection())
    .await
    .map_err(unknown)?
    .rows_affected();
    if changed != 1 {
        return Err(Error::field("model", Problem::Unknown));
    }
    let (moved, fields) = differences(&before.fields, new);
    let detail = json!({ "fields": fields });
    custody::record(tx, id, now, if moved { Kind::Moved } else { Kind::Changed }, detail.clone()).await?;
    audit::record(tx, "changed", "asset", id.0, detail).await?;
    Ok(())
}

/// Whether it stands elsewhere or belongs to somebody else, and the names of the fields that differ.
fn differences(old: &NewAsset, new: &NewAsset) -> (bool, Vec<&'static str>) {
    let moved = [
        ("owner_unit", old.owner_unit != new.owner_unit),
        ("custodian", old.custodian != new.custodian),
        ("place", old.place != new.place),
    ];
    let rest = [
        ("model", old.model != new.model),
        ("inventory_no", old.inventory_no != new.inventory_no.trim()),
        ("serial", old.serial != new.serial.trim()),
        ("lot", old.lot != new.lot),
        ("programme", old.programme != new.programme),
        ("phone_no", old.phone_no != new.phone_no.trim()),
        ("plan", old.plan != new.plan.trim()),
        ("plan_until", old.plan_until != new.plan_until),
        ("mdm_id", old.mdm_id != new.mdm_id.trim()),
        ("note", old.note != new.note.trim()),
    ];
    let names = moved.iter().chain(&rest).filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
    (moved.iter().any(|(_, differs)| *differs), names)
}

/// A choice that is not there (or is another organisation's) is unknown.
pub(crate) fn unknown(error: sqlx::Error) -> Error {
    if let sqlx::Error::Database(refusal) = &error
        && refusal.is_foreign_key_violation()
    {
        let name = refusal.constraint().unwrap_or_default();
        let field = ["owner_unit", "custodian", "place", "lot", "programme", "maker", "model"]
            .into_iter()
            .find(|field| name.contains(field));
        if let Some(field) = field {
            return Error::field(field, Problem::Unknown);
        }
    }
    error.into()
}
