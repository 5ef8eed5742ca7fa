//! An asset as loans see it: what it is, whether it may go out, what belongs to it.

use base::Tx;
use identity::DevicesReader;

use crate::{AssetId, Error, LoanId, ProgrammeId};

/// A thing of the register.
#[derive(Clone, Debug)]
pub struct Thing {
    /// Its id.
    pub id: AssetId,
    /// Inventory number.
    pub inventory_no: String,
    /// Serial number.
    pub serial: Option<String>,
    /// Maker and model.
    pub model: String,
    /// `laptop`, `tablet`, …
    pub kind: String,
    /// `in_stock`, `missing`, …
    pub state: String,
    /// Data must be wiped before it is lent.
    pub to_wipe: bool,
    /// Its model keeps data.
    pub holds_data: bool,
    /// What is looked at, line by line.
    pub checklist: Vec<String>,
    /// What goes along with it.
    pub accessories: Vec<String>,
    /// Whose money bought it.
    pub programme: Option<ProgrammeId>,
}

/// The thing with that inventory number, serial number or label (also as the whole address of a label). Letters and
/// digits count alone: `abC-12 34` is `ABC1234`.
///
/// Errors: `NotFound`, also for a thing of another organisation; and when two makers use the serial.
pub async fn scanned(tx: &mut Tx, _: &DevicesReader, code: &str) -> Result<Thing, Error> {
    let code = code.trim();
    let label = code.rsplit('/').next().unwrap_or(code);
    let organisation = tx.organisation()?;
    let ids = sqlx::query_scalar!(
        r#"select id from asset where organisation_id = $1
           and (inventory_key = code_key($2) or serial_key = code_key($2) or label = $3)
           order by (inventory_key = code_key($2)) desc limit 2"#,
        organisation.0,
        code,
        label,
    )
    .fetch_all(tx.connection())
    .await?;
    let Some(id) = ids.first() else { return Err(Error::NotFound) };
    let thing = load(tx, AssetId(*id)).await?;
    let by_number = key(&thing.inventory_no) == key(code);
    if ids.len() > 1 && !by_number { Err(Error::NotFound) } else { Ok(thing) }
}

/// One thing. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, _: &DevicesReader, id: AssetId) -> Result<Thing, Error> {
    load(tx, id).await
}

fn key(code: &str) -> String {
    code.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

pub(crate) async fn load(tx: &mut Tx, id: AssetId) -> Result<Thing, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        r#"select s.id, s.inventory_no, s.serial, k.name || ' ' || m.name as "model!", s.kind, s.state, s.to_wipe,
                  m.holds_data, m.checklist, m.accessories, s.programme_id
           from asset s join asset_model m on m.id = s.model_id join maker k on k.id = s.maker_id
           where s.id = $1 and s.organisation_id = $2"#,
        id.0,
        organisation.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Thing {
        id: AssetId(row.id),
        inventory_no: row.inventory_no,
        serial: row.serial,
        model: row.model,
        kind: row.kind,
        state: row.state,
        to_wipe: row.to_wipe,
        holds_data: row.holds_data,
        checklist: row.checklist,
        accessories: row.accessories,
        programme: row.programme_id.map(ProgrammeId),
    })
}

/// Holds these things until the end of the transaction: of two who take one back, end its loan, change it or tell of it, the second sees
/// what the first has done.
///
/// So that nobody waits for another in a ring, events by which loans end are held before things, things in the order of their ids, and
/// loans after their things. Whatever changes an open loan comes here first, because the line of custody at its end holds the thing too.
pub(super) async fn hold(tx: &mut Tx, things: &[AssetId]) -> Result<(), Error> {
    let ids: Vec<_> = things.iter().map(|id| id.0).collect();
    sqlx::query_scalar!("select id from asset where id = any($1) order by id for no key update", &ids)
        .fetch_all(tx.connection())
        .await?;
    Ok(())
}

/// Holds the thing of a loan, whose loan is then read anew or held. Errors: `NotFound`.
pub(crate) async fn hold_of_loan(tx: &mut Tx, loan: LoanId) -> Result<AssetId, Error> {
    let organisation = tx.organisation()?;
    let asset = sqlx::query_scalar!(
        "select asset_id from loan where id = $1 and organisation_id = $2",
        loan.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .map(AssetId)
    .ok_or(Error::NotFound)?;
    hold(tx, &[asset]).await?;
    Ok(asset)
}

/// Things that wait to be wiped and are not lent, by their numbers.
pub async fn to_wipe(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<(AssetId, String, String)>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select s.id, s.inventory_no, k.name || ' ' || m.name as "model!"
           from asset s join asset_model m on m.id = s.model_id join maker k on k.id = s.maker_id
           where s.organisation_id = $1 and s.to_wipe and s.state in ('in_stock', 'quarantine')
             and not exists (select 1 from loan l where l.asset_id = s.id and l.handed_over_at is not null and l.returned_at is null)
           order by s.inventory_key limit 500"#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (AssetId(row.id), row.inventory_no, row.model)).collect())
}
