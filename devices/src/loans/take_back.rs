//! Taking back. A return is never refused: it works on the device and not on the borrower, also for a device that is not
//! on loan, that was lost, or that was written off. What is missing stays owed after the device is back.

use base::{PersonId, Tx, audit};
use identity::{DeviceClerk, DevicesReader, Problem, day};
use serde_json::json;
use time::{Date, OffsetDateTime};

use super::kind::{Grade, Outcome, SignedBy};
use super::protocols::{self, NewProtocol, Of};
use super::remind;
use super::thing::{self, Thing};
use crate::custody::{self, Kind};
use crate::{AgreementId, AssetId, Error, LoanId, ProtocolId};

/// The open loan of a device, as the desk shows it.
#[derive(Clone, Debug)]
pub struct Open {
    /// The loan.
    pub loan: LoanId,
    /// Its agreement.
    pub agreement: AgreementId,
    /// The agreement's number.
    pub number: String,
    /// Who has it.
    pub who: String,
    /// For whom it is.
    pub beneficiary: Option<PersonId>,
    /// Since when.
    pub since: OffsetDateTime,
    /// The last day.
    pub due_on: Option<Date>,
    /// Condition when it went out.
    pub grade_out: Option<Grade>,
    /// What went along and is not back.
    pub accessories: Vec<String>,
}

/// What the desk knows about a scanned device.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// The device.
    pub thing: Thing,
    /// Its open loan.
    pub open: Option<Open>,
    /// What is owed from its last loan, when that is over.
    pub owed: Vec<String>,
    /// It was lost or stolen, and is found; also when it has left the books since.
    pub found: bool,
}

/// How a device came back.
#[derive(Clone, Debug)]
pub struct Back {
    /// The day when it is written down afterwards; today when none.
    pub on: Option<Date>,
    /// Its condition; unknown when many are collected at once.
    pub grade: Option<Grade>,
    /// Lines of the checklist that were ticked.
    pub checked: Vec<String>,
    /// Accessories that did not come back; all others did.
    pub missing: Vec<String>,
    /// It is damaged: to quarantine, not to stock.
    pub damaged: bool,
    /// Anything else.
    pub note: String,
    /// Who signed the protocol, and how; nobody when it was taken back without the borrower.
    pub signed: Option<(SignedBy, String)>,
}

impl Back {
    /// Everything is there, nobody signs: collecting many.
    pub fn complete() -> Self {
        Self {
            on: None,
            grade: None,
            checked: Vec::new(),
            missing: Vec::new(),
            damaged: false,
            note: String::new(),
            signed: None,
        }
    }
}

/// What came of a return.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Taken {
    /// The device.
    pub asset: AssetId,
    /// Its inventory number.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// Whose it was; `None` when it was not on loan.
    pub who: Option<String>,
    /// The loan that ended.
    pub loan: Option<LoanId>,
    /// The protocol.
    pub protocol: Option<ProtocolId>,
    /// It was lost or stolen, and is found.
    pub found: bool,
    /// Its data must be wiped before it is lent again.
    pub to_wipe: bool,
    /// What is owed now.
    pub owed: Vec<String>,
    /// The word of its state now.
    pub state: String,
}

/// What the device with that number is and whose it was. Errors: `NotFound`.
pub async fn look(tx: &mut Tx, proof: &DevicesReader, code: &str) -> Result<Scanned, Error> {
    let thing = thing::scanned(tx, proof, code).await?;
    let open = open(tx, thing.id).await?;
    let owed = if open.is_some() { Vec::new() } else { owed_of_asset(tx, thing.id).await? };
    let found = was_lost(tx, &thing).await?;
    Ok(Scanned { thing, open, owed, found })
}

/// Whether it counts as lost, or left the books after it was.
async fn was_lost(tx: &mut Tx, thing: &Thing) -> Result<bool, Error> {
    if thing.state != "written_off" {
        return Ok(matches!(thing.state.as_str(), "missing" | "stolen"));
    }
    let result = sqlx::query_scalar!(
        "select result from loan where asset_id = $1 and returned_at is not null order by returned_at desc limit 1",
        thing.id.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(result.flatten().as_deref() == Some(Outcome::Lost.word()))
}

async fn open(tx: &mut Tx, asset: AssetId) -> Result<Option<Open>, Error> {
    let row = sqlx::query!(
        r#"select l.id, l.agreement_id, a.number, l.beneficiary_id, l.handed_over_at as "since!", d.due_on as "due_on?", l.grade_out,
                  coalesce((select name from loan_party t where t.agreement_id = a.id and t.role = 'beneficiary' order by t.id limit 1),
                           '') as "who!",
                  array(select c.name from loan_accessory c where c.loan_id = l.id and c.returned_at is null and c.settled_at is null
                        order by c.id) as "accessories!"
           from loan l join loan_agreement a on a.id = l.agreement_id left join loan_due d on d.loan_id = l.id
           where l.asset_id = $1 and l.handed_over_at is not null and l.returned_at is null"#,
        asset.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Open {
        loan: LoanId(row.id),
        agreement: AgreementId(row.agreement_id),
        number: row.number,
        who: row.who,
        beneficiary: row.beneficiary_id.map(PersonId),
        since: row.since,
        due_on: row.due_on,
        grade_out: row.grade_out.as_deref().and_then(Grade::from_word),
        accessories: row.accessories,
    }))
}

async fn owed_of_asset(tx: &mut Tx, asset: AssetId) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar!(
        "select c.name from loan_accessory c join loan l on l.id = c.loan_id
         where l.asset_id = $1 and l.returned_at is not null and c.returned_at is null and c.settled_at is null order by c.id",
        asset.0
    )
    .fetch_all(tx.connection())
    .await?)
}

/// Takes the device back, whatever its state and whoever had it. Scanned twice it is taken back once.
///
/// Errors: `NotFound` for a number that is not in the register; `Invalid` on `on` for a day ahead or before it went out.
pub async fn take_back(tx: &mut Tx, proof: &DeviceClerk, code: &str, back: &Back) -> Result<Taken, Error> {
    let asset = thing::scanned(tx, &proof.reader(), code).await?.id;
    thing::hold(tx, &[asset]).await?;
    let thing = thing::load(tx, asset).await?;
    let today = day::today(tx).await?;
    let at = match back.on {
        Some(day) if day > today => return Err(Error::field("on", Problem::Malformed)),
        Some(day) if day < today => day::midday(tx, day).await?,
        _ => tx.now(),
    };
    let mut taken = Taken {
        asset,
        inventory_no: thing.inventory_no.clone(),
        model: thing.model.clone(),
        who: None,
        loan: None,
        protocol: None,
        found: was_lost(tx, &thing).await?,
        to_wipe: thing.to_wipe,
        owed: Vec::new(),
        state: thing.state.clone(),
    };
    if let Some(open) = open(tx, asset).await? {
        let at = after_hand_over(tx, &open, at, back).await?;
        end_loan(tx, &thing, &open, back, at, &mut taken).await?;
        taken.who = Some(open.who);
    } else {
        let detail = json!({ "at_desk": true, "note": short(&back.note) });
        custody::record(tx, asset, at, if taken.found { Kind::Found } else { Kind::Scanned }, detail).await?;
    }
    settle_state(tx, &thing, back, &mut taken).await?;
    taken.owed = owed_of_asset(tx, asset).await?;
    let detail = json!({ "loan": taken.loan, "found": taken.found, "state": taken.state });
    audit::record(tx, "took_back", "asset", asset.0, detail).await?;
    Ok(taken)
}

/// A return on the day of the hand-over, written down for midday, may not lie before it.
async fn after_hand_over(
    tx: &mut Tx,
    open: &Open,
    at: OffsetDateTime,
    back: &Back,
) -> Result<OffsetDateTime, Error> {
    if at >= open.since {
        return Ok(at);
    }
    let out = day::of(tx, open.since).await?;
    match back.on {
        Some(day) if day < out => Err(Error::field("on", Problem::Malformed)),
        _ => Ok(open.since),
    }
}

async fn end_loan(
    tx: &mut Tx,
    thing: &Thing,
    open: &Open,
    back: &Back,
    at: OffsetDateTime,
    taken: &mut Taken,
) -> Result<(), Error> {
    let protocol = protocol(tx, thing, open, back, at).await?;
    let missing: Vec<&String> = open.accessories.iter().filter(|name| back.missing.contains(name)).collect();
    let outcome = match (back.damaged, missing.is_empty()) {
        (true, _) => Outcome::Damaged,
        (false, false) => Outcome::ItemsMissing,
        (false, true) => Outcome::Fine,
    };
    sqlx::query!(
        "update loan set returned_at = $2, return_id = $3, result = $4, grade_back = $5 where id = $1",
        open.loan.0,
        at,
        protocol.0,
        outcome.word(),
        back.grade.map(Grade::word),
    )
    .execute(tx.connection())
    .await?;
    remind::over(tx, &[open.loan.0]).await?;
    sqlx::query!(
        "update loan_accessory set returned_at = $2
         where loan_id = $1 and returned_at is null and settled_at is null and name <> all($3)",
        open.loan.0,
        at,
        &back.missing,
    )
    .execute(tx.connection())
    .await?;
    // The borrower was right: what they said is settled by the return itself.
    sqlx::query!(
        "update incident set closed_at = moment() where loan_id = $1 and kind = 'claimed_returned' and closed_at is null",
        open.loan.0
    )
    .execute(tx.connection())
    .await?;
    let detail = json!({ "loan": open.loan, "agreement": open.number, "protocol": protocol, "result": outcome.word(),
                         "grade": back.grade.map(Grade::word), "missing": missing, "note": short(&back.note) });
    custody::record(tx, thing.id, at, Kind::Returned, detail).await?;
    (taken.loan, taken.protocol) = (Some(open.loan), Some(protocol));
    Ok(())
}

async fn protocol(
    tx: &mut Tx,
    thing: &Thing,
    open: &Open,
    back: &Back,
    at: OffsetDateTime,
) -> Result<ProtocolId, Error> {
    let (signed_by, signatory) = protocols::other_side(&open.who, back.signed.as_ref());
    let body = json!({ "items": [{ "loan": open.loan, "asset": thing.id, "inventory_no": thing.inventory_no,
        "serial": thing.serial, "model": thing.model, "grade": back.grade.map(Grade::word), "checked": back.checked,
        "accessories": open.accessories.iter().filter(|name| !back.missing.contains(name)).collect::<Vec<_>>(),
        "missing": open.accessories.iter().filter(|name| back.missing.contains(name)).collect::<Vec<_>>(),
        "damaged": back.damaged, "note": short(&back.note) }] });
    let agreement = Some(open.agreement);
    let new = NewProtocol { of: Of::Return, agreement, at, signed_by, signatory: &signatory, body: &body };
    protocols::write(tx, new).await
}

/// Where the device is in its life from here on. What was written off stays written off, and is only noted as seen.
async fn settle_state(tx: &mut Tx, thing: &Thing, back: &Back, taken: &mut Taken) -> Result<(), Error> {
    let state = match thing.state.as_str() {
        "in_stock" | "missing" | "stolen" if back.damaged => "quarantine",
        "missing" | "stolen" => "in_stock",
        state => state,
    };
    let to_wipe = thing.to_wipe || taken.loan.is_some() && thing.holds_data;
    if state != thing.state || to_wipe != thing.to_wipe {
        sqlx::query!(
            "update asset set state = $2, to_wipe = $3, revision = revision + 1, updated_at = moment() where id = $1",
            thing.id.0,
            state,
            to_wipe
        )
        .execute(tx.connection())
        .await?;
    }
    if taken.found {
        sqlx::query!(
            "update incident set closed_at = moment() where asset_id = $1 and kind in ('loss', 'theft') and closed_at is null",
            thing.id.0
        )
        .execute(tx.connection())
        .await?;
        if taken.loan.is_some() {
            let at = tx.now();
            custody::record(tx, thing.id, at, Kind::Found, json!({ "was": thing.state })).await?;
        }
    }
    (taken.state, taken.to_wipe) = (state.to_owned(), to_wipe);
    Ok(())
}

fn short(text: &str) -> String {
    text.trim().chars().take(200).collect()
}

/// Records that the data of a device were wiped, and how: from here on it may be lent again.
///
/// Errors: `NotFound` when it is unknown or nothing waits to be wiped; `Lent` while somebody has it; `Invalid` on `how`.
pub async fn wipe(tx: &mut Tx, proof: &DeviceClerk, code: &str, how: &str) -> Result<AssetId, Error> {
    let how = how.trim();
    if how.is_empty() || how.chars().count() > 200 {
        return Err(Error::field("how", Problem::Missing));
    }
    let asset = thing::scanned(tx, &proof.reader(), code).await?.id;
    let wiped = sqlx::query!(
        "update asset set to_wipe = false, revision = revision + 1, updated_at = moment() where id = $1 and to_wipe",
        asset.0
    )
    .execute(tx.connection())
    .await?;
    if wiped.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    if open(tx, asset).await?.is_some() {
        return Err(Error::Lent);
    }
    let (at, body) = (tx.now(), json!({ "asset": asset, "how": how }));
    let new =
        NewProtocol { of: Of::Wipe, agreement: None, at, signed_by: "absent", signatory: "–", body: &body };
    let id = protocols::write(tx, new).await?;
    custody::record(tx, asset, at, Kind::Wiped, json!({ "how": how, "protocol": id })).await?;
    audit::record(tx, "wiped", "asset", asset.0, json!({ "how": how })).await?;
    Ok(asset)
}
