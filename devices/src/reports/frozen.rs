//! Reports that were frozen for the auditor: a file that stays as it was, with its SHA-256. The bytes are stored first, under a
//! name of their own, and the row comes after them.

use base::{Blobs, Tx, audit};
use identity::{DevicesReader, day};
use serde_json::json;
use time::OffsetDateTime;

use crate::error::Error;
use crate::{FrozenId, number};

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
    /// SHA-256 of the file (FIPS 180-4).
    pub sha256: [u8; 32],
    /// Its size.
    pub size_bytes: i64,
    key: String,
}

impl Frozen {
    /// The hash in hexadecimal digits.
    pub fn hash(&self) -> String {
        self.sha256.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Takes the next number. It is given back when the transaction is.
pub async fn next_number(tx: &mut Tx, _: &DevicesReader) -> Result<String, Error> {
    let year = day::today(tx).await?.year();
    Ok(number::next(tx, "RAP", i16::try_from(year).unwrap_or(i16::MAX)).await?)
}

/// Stores the file and writes its row. `sha256`: of the bytes.
pub async fn freeze(
    tx: &mut Tx,
    _: &DevicesReader,
    blobs: &Blobs,
    number: &str,
    bytes: Vec<u8>,
    sha256: [u8; 32],
) -> Result<FrozenId, Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, FrozenId::new(tx.now()));
    let (key, size) =
        (format!("reports/{organisation}/{id}.xlsx"), i64::try_from(bytes.len()).unwrap_or(i64::MAX));
    blobs.put(&key, "application/octet-stream", bytes).await?;
    sqlx::query!(
        "insert into frozen_report (id, organisation_id, number, made_by, sha256, size_bytes, blob_key)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        organisation.0,
        number,
        person.0,
        &sha256[..],
        size,
        key,
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
        r#"select f.id, f.number, f.made_at, p.given_name || ' ' || p.family_name as "made_by!", f.sha256, f.size_bytes, f.blob_key
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
        sha256: row.sha256.try_into().unwrap_or_default(),
        size_bytes: row.size_bytes,
        key: row.blob_key,
    });
    Ok(one.collect())
}

/// One of them with its bytes. Errors: `NotFound`.
pub async fn one(
    tx: &mut Tx,
    proof: &DevicesReader,
    blobs: &Blobs,
    id: FrozenId,
) -> Result<(Frozen, Vec<u8>), Error> {
    let found = all(tx, proof).await?.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
    let bytes = blobs.get(&found.key).await?.to_vec();
    Ok((found, bytes))
}
