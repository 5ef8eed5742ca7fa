//! Holding a file: a dispute, a control, a request of the person (art. 18 RODO). A file that is held is not blanked until somebody
//! lifts the hold. Why it is held is told on its page alone; the audit says only that it was.

use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, Problem};
use serde_json::json;
use time::OffsetDateTime;

use super::file::{self, FileKind};
use super::{FileId, HoldId};
use crate::Error;

/// Longest reason, in letters.
pub const REASON_MOST: usize = 500;

/// A hold.
#[derive(Clone, Debug)]
pub struct Hold {
    /// The kind of the file.
    pub kind: FileKind,
    /// The file.
    pub file: FileId,
    /// Its number.
    pub number: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub placed_at: OffsetDateTime,
    /// By whom.
    pub placed_by: String,
    /// When and by whom it was lifted.
    pub lifted: Option<(OffsetDateTime, String)>,
}

/// Holds a file.
///
/// Errors: `Invalid` on `reason`; `NotFound`; `Held` when somebody does already; `Blanked` when it is too late.
pub async fn place(tx: &mut Tx, proof: &DeviceClerk, id: FileId, reason: &str) -> Result<(), Error> {
    let reason = reason.trim();
    match reason.chars().count() {
        0 => return Err(Error::field("reason", Problem::Missing)),
        count if count > REASON_MOST => return Err(Error::field("reason", Problem::TooLong(REASON_MOST))),
        _ => {}
    }
    let kind = file::one(tx, &proof.reader(), id).await?.kind;
    let (organisation, by, hold) = (tx.organisation()?, tx.person()?, HoldId::new(tx.now()));
    let (agreement, application, incident) = kind.ids(id);
    sqlx::query!(
        "insert into retention_hold (id, organisation_id, agreement_id, application_id, incident_id, reason, placed_by)
         values ($1, $2, $3, $4, $5, $6, $7)",
        hold.0,
        organisation.0,
        agreement,
        application,
        incident,
        reason,
        by.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(audit::record(tx, "held", kind.subject(), id.0, json!({ "hold": hold })).await?)
}

/// Lifts the hold of a file. Errors: `NotFound` when nobody holds it.
pub async fn lift(tx: &mut Tx, proof: &DeviceClerk, id: FileId) -> Result<(), Error> {
    let kind = file::one(tx, &proof.reader(), id).await?.kind;
    let (organisation, by) = (tx.organisation()?, tx.person()?);
    let hold = sqlx::query_scalar!(
        "update retention_hold set lifted_at = moment(), lifted_by = $3
         where organisation_id = $1 and file_id = $2 and lifted_at is null returning id",
        organisation.0,
        id.0,
        by.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(audit::record(tx, "lifted_hold", kind.subject(), id.0, json!({ "hold": hold })).await?)
}

/// Every hold of one file, lifted ones as well, the newest first.
pub async fn of_file(tx: &mut Tx, _: &DevicesReader, id: FileId) -> Result<Vec<Hold>, Error> {
    load(tx, Some(id)).await
}

/// Files that are held, the one that is held longest first.
pub async fn standing(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Hold>, Error> {
    load(tx, None).await
}

async fn load(tx: &mut Tx, only: Option<FileId>) -> Result<Vec<Hold>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select f.kind as "kind!", h.file_id as "file!", f.number as "number!", h.reason, h.placed_at,
                  p.given_name || ' ' || p.family_name as "placed_by!", h.lifted_at,
                  coalesce(l.given_name || ' ' || l.family_name, '') as "lifted_by!"
           from retention_hold h join retention_file f on f.id = h.file_id join person p on p.id = h.placed_by
             left join person l on l.id = h.lifted_by
           where h.organisation_id = $1 and ($2::uuid is null and h.lifted_at is null or h.file_id = $2)
           order by case when $2::uuid is null then h.placed_at end, h.placed_at desc limit 500"#,
        organisation.0,
        only.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    let hold = rows.into_iter().filter_map(|row| {
        Some(Hold {
            kind: FileKind::from_word(&row.kind)?,
            file: FileId(row.file),
            number: row.number,
            reason: row.reason,
            placed_at: row.placed_at,
            placed_by: row.placed_by,
            lifted: row.lifted_at.map(|at| (at, row.lifted_by)),
        })
    });
    Ok(hold.collect())
}
