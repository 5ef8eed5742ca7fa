//! Reports that were frozen for an auditor: a workbook and the same on paper, which stay as they were, each with its SHA-256
//! (`base::kept`).

use base::{Blobs, Tx, audit};
use identity::day;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Oversight;
use crate::TrainingReportId;
use crate::error::Error;

pub use base::kept::{File, Kept};

/// A frozen report.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// Its id.
    pub id: TrainingReportId,
    /// Its number: `SZK/3/2026`.
    pub number: String,
    /// When it was made.
    pub made_at: OffsetDateTime,
    /// By whom.
    pub made_by: String,
    /// What it is about.
    pub scope: String,
    /// The workbook.
    pub workbook: Kept,
    /// The same on paper.
    pub paper: Kept,
}

/// The number of a report that is about to be made. It is given back when the transaction is.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    year: i16,
    number: i32,
}

impl Number {
    /// As people write it.
    pub fn written(self) -> String {
        format!("SZK/{}/{}", self.number, self.year)
    }
}

/// The next number of the year. Whoever comes second waits until the first report is made or given up.
///
/// Errors: `NotAllowed` for those who only teach.
pub async fn next_number(tx: &mut Tx, proof: &Oversight) -> Result<Number, Error> {
    if !proof.everybody && proof.headed.is_empty() {
        return Err(Error::NotAllowed);
    }
    let organisation = tx.organisation()?;
    let year = i16::try_from(day::today(tx).await?.year()).unwrap_or(i16::MAX);
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('training_report ' || $1::text, 0))",
        organisation.0.to_string()
    )
    .fetch_one(tx.connection())
    .await?;
    let number = sqlx::query_scalar!(
        r#"select coalesce(max(number), 0) + 1 as "number!" from training_report where organisation_id = $1 and year = $2"#,
        organisation.0,
        year,
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(Number { year, number })
}

/// Stores both files and writes their row.
pub async fn freeze(
    tx: &mut Tx,
    proof: &Oversight,
    blobs: &Blobs,
    number: Number,
    scope: &str,
    files: (File, File),
) -> Result<TrainingReportId, Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, TrainingReportId::new(tx.now()));
    let (workbook, paper) = files;
    let path = format!("training-reports/{organisation}/{id}");
    let units: Option<Vec<Uuid>> =
        (!proof.everybody).then(|| proof.headed.iter().map(|unit| unit.0).collect());
    let workbook = workbook.keep(blobs, format!("{path}.xlsx"), "application/octet-stream").await?;
    let paper = paper.keep(blobs, format!("{path}.pdf"), "application/pdf").await?;
    sqlx::query!(
        "insert into training_report (id, organisation_id, year, number, made_by, scope, unit_ids, sha256, size_bytes, blob_key,
                                      paper_sha256, paper_size_bytes, paper_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id.0,
        organisation.0,
        number.year,
        number.number,
        person.0,
        scope,
        units.as_deref(),
        &workbook.sha256[..],
        workbook.size_bytes,
        workbook.key(),
        &paper.sha256[..],
        paper.size_bytes,
        paper.key(),
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "froze", "training_report", id.0, json!({ "number": number.written() })).await?;
    Ok(id)
}

/// The frozen reports that one may see, the newest first: administrators all, a head their own of units that they still head.
pub async fn all(tx: &mut Tx, proof: &Oversight) -> Result<Vec<Frozen>, Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let headed: Vec<Uuid> = proof.headed.iter().map(|unit| unit.0).collect();
    let rows = sqlx::query!(
        r#"select f.id, f.year, f.number, f.made_at, f.scope, p.given_name || ' ' || p.family_name as "made_by!", f.sha256, f.size_bytes,
                  f.blob_key, f.paper_sha256, f.paper_size_bytes, f.paper_key
           from training_report f join person p on p.id = f.made_by
           where f.organisation_id = $1 and ($2 or f.made_by = $3 and f.unit_ids is not null and f.unit_ids <@ $4::uuid[])
           order by f.made_at desc, f.id desc limit 200"#,
        organisation.0,
        proof.everybody,
        person.0,
        &headed,
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| Frozen {
        id: TrainingReportId(row.id),
        number: format!("SZK/{}/{}", row.number, row.year),
        made_at: row.made_at,
        made_by: row.made_by,
        scope: row.scope,
        workbook: Kept::of_row(row.sha256, row.size_bytes, row.blob_key),
        paper: Kept::of_row(row.paper_sha256, row.paper_size_bytes, row.paper_key),
    });
    Ok(one.collect())
}

/// One of them. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, proof: &Oversight, id: TrainingReportId) -> Result<Frozen, Error> {
    all(tx, proof).await?.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)
}
