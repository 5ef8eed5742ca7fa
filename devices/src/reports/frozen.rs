//! Reports that were frozen for the auditor: a workbook and the same on paper, which stay as they were, each with its SHA-256.
//! The bytes are stored first, under a name of their own, and the row comes after them.

use aws_lc_rs::digest::{SHA256, digest};
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
    /// The workbook.
    pub workbook: Kept,
    /// The same on paper; reports of before have none.
    pub paper: Option<Kept>,
}

/// A file of a frozen report.
#[derive(Clone, Debug)]
pub struct Kept {
    /// SHA-256 of the file (FIPS 180-4).
    pub sha256: [u8; 32],
    /// Its size.
    pub size_bytes: i64,
    key: String,
}

impl Kept {
    /// The hash in hexadecimal digits.
    pub fn hash(&self) -> String {
        hexadecimal(&self.sha256)
    }
}

/// A file that is to be frozen.
#[derive(Clone, Debug)]
pub struct File {
    bytes: Vec<u8>,
    sha256: [u8; 32],
}

impl File {
    /// A file with its SHA-256.
    pub fn new(bytes: Vec<u8>) -> Self {
        let sha256 = sha256(&bytes);
        Self { bytes, sha256 }
    }

    /// The hash in hexadecimal digits.
    pub fn hash(&self) -> String {
        hexadecimal(&self.sha256)
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().unwrap_or_default()
}

fn hexadecimal(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
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
    let size = |file: &File| i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
    let (size, paper_size) = (size(&workbook), size(&paper));
    let (key, paper_key) =
        (format!("reports/{organisation}/{id}.xlsx"), format!("reports/{organisation}/{id}.pdf"));
    blobs.put(&key, "application/octet-stream", workbook.bytes).await?;
    blobs.put(&paper_key, "application/pdf", paper.bytes).await?;
    sqlx::query!(
        "insert into frozen_report
           (id, organisation_id, number, made_by, sha256, size_bytes, blob_key, paper_sha256, paper_size_bytes, paper_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        organisation.0,
        number,
        person.0,
        &workbook.sha256[..],
        size,
        key,
        &paper.sha256[..],
        paper_size,
        paper_key,
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
        workbook: Kept {
            sha256: row.sha256.try_into().unwrap_or_default(),
            size_bytes: row.size_bytes,
            key: row.blob_key,
        },
        paper: match (row.paper_sha256, row.paper_size_bytes, row.paper_key) {
            (Some(sha256), Some(size_bytes), Some(key)) => {
                Some(Kept { sha256: sha256.try_into().unwrap_or_default(), size_bytes, key })
            }
            _ => None,
        },
    });
    Ok(one.collect())
}

/// One of them. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, proof: &DevicesReader, id: FrozenId) -> Result<Frozen, Error> {
    all(tx, proof).await?.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)
}

/// The bytes of a file as they were frozen; `None` when they are others now. Errors: the object store does not answer.
pub async fn bytes(blobs: &Blobs, kept: &Kept) -> Result<Option<Vec<u8>>, Error> {
    let bytes = blobs.get(&kept.key).await?.to_vec();
    Ok((sha256(&bytes) == kept.sha256).then_some(bytes))
}
