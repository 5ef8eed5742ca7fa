//! Reports that were frozen for the auditor: a workbook and the same on paper, which stay as they were, each with its SHA-256
//! (`base::kept`).

use base::{Blobs, Tx, audit};
use identity::{DevicesReader, day};
use serde_json::json;
use time::OffsetDateTime;

use crate::error::Error;
use crate::{FrozenId, number};

pub use base::kept::{File, Kept};

/// A frozen report.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// Its id.
    pub id: FrozenId,
    /// Its number: `RAP/3/2026`.
    pub number: String,
    /// When it was made.
    pub made_at: OffsetDateTime,
    /// By whom.
    pub made_by: String,
    /// The workbook.
    pub workbook: Kept,
    /// The same on paper; reports of before have none.
    pub paper: Option<Kept>,
}

/// Takes the next number. It is given back when the transaction is.
pub async fn next_number(tx: &mut Tx, _: &DevicesReader) -> Result<String, Error> {
    let year = day::today(tx).await?.year();
    Ok(number::next(tx, "RAP", i16::try_from(year).unwrap_or(i16::MAX)).await?)
}

/// Stores both files and writes their row.
pub async fn freeze(
    tx: &mut Tx,
    _: &DevicesReader,
    blobs: &Blobs,
    number: &str,
    workbook: File,
    paper: File,
) -> Result<FrozenId, Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, FrozenId::new(tx.now()));
    let path = format!("reports/{organisation}/{id}");
    let workbook = workbook.keep(blobs, format!("{path}.xlsx"), "application/octet-stream").await?;
    let paper = paper.keep(blobs, format!("{path}.pdf"), "application/pdf").await?;
    sqlx::query!(
        "insert into frozen_report
           (id, organisation_id, number, made_by, sha256, size_bytes, blob_key, paper_sha256, paper_size_bytes, paper_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        organisation.0,
        number,
        person.0,
        &workbook.sha256[..],
        workbook.size_bytes,
        workbook.key(),
        &paper.sha256[..],
        paper.size_bytes,
        paper.key(),
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "froze", "frozen_report", id.0, json!({ "number": number })).await?;
    Ok(id)
}

/// Every frozen report of the organisation, the newest first.
pub async fn all(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Frozen>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select f.id, f.number, f.made_at, p.given_name || ' ' || p.family_name as "made_by!", f.sha256, f.size_bytes, f.blob_key,
                  f.paper_sha256, f.paper_size_bytes, f.paper_key
           from frozen_report f join person p on p.id = f.made_by
           where f.organisation_id = $1 order by f.made_at desc, f.id desc limit 200"#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| Frozen {
        id: FrozenId(row.id),
        number: row.number,
        made_at: row.made_at,
        made_by: row.made_by,
        workbook: Kept::of_row(row.sha256, row.size_bytes, row.blob_key),
        paper: match (row.paper_sha256, row.paper_size_bytes, row.paper_key) {
            (Some(sha256), Some(size_bytes), Some(key)) => Some(Kept::of_row(sha256, size_bytes, key)),
            _ => None,
        },
    });
    Ok(one.collect())
}

/// One of them. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, proof: &DevicesReader, id: FrozenId) -> Result<Frozen, Error> {
    all(tx, proof).await?.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)
}
