//! One scan: found, elsewhere (on the books but not on this sheet), counted before, or a label that nobody knows, which is
//! kept as it was read.

use base::{Tx, audit};
use identity::{DeviceClerk, Problem};
use serde_json::json;

use crate::custody::{self, Kind};
use crate::register::{Asset, find};
use crate::{AssetId, Error, StocktakeId};

/// A scan.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What the scanner read.
    pub code: String,
    /// Which of the two counts: 1 or 2.
    pub counter: i16,
}

/// What a scan was.
#[derive(Clone, Debug)]
pub enum Heard {
    /// On the sheet, and counted now.
    Found(Box<Asset>),
    /// On the books, but expected elsewhere; counted now.
    Elsewhere(Box<Asset>),
    /// Counted in this round before: nothing is written twice.
    Again(Box<Asset>),
    /// Nobody knows this label; kept as it was read.
    Unknown(String),
}

/// Counts what was scanned.
///
/// Errors: `NotFound` (also for another organisation's stocktake); `Stays` when it is closed; `Ambiguous`; `Invalid` on
/// `code`, `counter`.
pub async fn scan(tx: &mut Tx, proof: &DeviceClerk, id: StocktakeId, scan: &Scan) -> Result<Heard, Error> {
    super::one(tx, &proof.reader(), id).await?;
    let code: String = scan.code.trim().chars().filter(|letter| !letter.is_control()).take(300).collect();
    if code.is_empty() {
        return Err(Error::field("code", Problem::Missing));
    }
    if !(1..=2).contains(&scan.counter) {
        return Err(Error::field("counter", Problem::Unknown));
    }
    let asset = match find::scanned(tx, &proof.reader(), &code).await {
        Ok(asset) => Some(asset),
        Err(Error::NotFound) => None,
        Err(other) => return Err(other),
    };
    let fresh = insert(tx, id, asset.as_ref().map(|asset| asset.id), &code, "seen", scan.counter).await?;
    let Some(asset) = asset else { return Ok(Heard::Unknown(code)) };
    let asset = Box::new(asset);
    if !fresh {
        return Ok(Heard::Again(asset));
    }
    let at = tx.now();
    custody::record(tx, asset.id, at, Kind::Counted, json!({ "stocktake": id })).await?;
    let expected = sqlx::query_scalar!(
        r#"select exists (select 1 from stocktake_line where stocktake_id = $1 and asset_id = $2) as "expected!""#,
        id.0,
        asset.id.0
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(if expected { Heard::Found(asset) } else { Heard::Elsewhere(asset) })
}

/// The clerk confirms a lent device of the sheet by its borrower's declaration on paper or by telephone.
///
/// Errors: `NotFound` when it is not on the sheet or was not lent; `Stays` when it is closed.
pub async fn confirm(tx: &mut Tx, proof: &DeviceClerk, id: StocktakeId, asset: AssetId) -> Result<(), Error> {
    super::one(tx, &proof.reader(), id).await?;
    declared(tx, id, asset).await?;
    Ok(audit::record(tx, "confirmed", "stocktake", id.0, json!({ "asset": asset })).await?)
}

/// Writes a declaration of a lent device of the sheet; once is enough.
pub(super) async fn declared(tx: &mut Tx, id: StocktakeId, asset: AssetId) -> Result<(), Error> {
    let number = sqlx::query_scalar!(
        "select inventory_no from stocktake_line where stocktake_id = $1 and asset_id = $2 and loan_id is not null",
        id.0,
        asset.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if insert(tx, id, Some(asset), &number, "declared", 1).await? {
        let at = tx.now();
        custody::record(tx, asset, at, Kind::Counted, json!({ "stocktake": id, "declared": true })).await?;
    }
    Ok(())
}

/// Answers whether it was counted now. The database lets one of many at once in.
async fn insert(
    tx: &mut Tx,
    id: StocktakeId,
    asset: Option<AssetId>,
    code: &str,
    how: &str,
    counter: i16,
) -> Result<bool, Error> {
    let (organisation, by) = (tx.organisation()?, tx.person()?);
    let row = base::id::row_id(tx.now());
    let done = sqlx::query!(
        "insert into stocktake_scan (id, organisation_id, stocktake_id, asset_id, code, how, counter, round, scanned_by)
         select $1, $2, t.id, $4, $5, $6, $7, t.round, $8 from stocktake t where t.id = $3 on conflict do nothing",
        row,
        organisation.0,
        id.0,
        asset.map(|id| id.0),
        code,
        how,
        counter,
        by.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}
