//! Blanking a file: names, addresses, texts, documents and photographs go, what is counted stays. One transaction; the bytes are
//! deleted after it by a job. The row of `anonymisation` comes first: PostgreSQL refuses it unless the clock has run out and nobody
//! holds the file, and lets rows be blanked only by the transaction that wrote it.

use base::job::{self, Held, JobError};
use base::worker::Task;
use base::{Blobs, Db, PersonId, Tx, audit};
use identity::DeviceClerk;
use serde_json::json;
use uuid::Uuid;

use super::file::{self, FileKind};
use super::{BatchId, FileId, REMOVED};
use crate::Error;

/// The kind of the job that deletes bytes.
pub const KIND: &str = "forget_blobs";

impl FileKind {
    /// The three columns that name a file: agreement, application, incident.
    pub(super) fn ids(self, id: FileId) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
        let id = id.0;
        match self {
            Self::Loan => (Some(id), None, None),
            Self::Application => (None, Some(id), None),
            Self::Note => (None, None, Some(id)),
        }
    }

    /// What the audit calls it.
    pub(super) fn subject(self) -> &'static str {
        match self {
            Self::Loan => "loan_agreement",
            Self::Application => "application",
            Self::Note => "incident",
        }
    }
}

/// Blanks a file in the name of the acting person.
///
/// Errors: `NotFound`; `ClockRuns`, `Held`, `Blanked` when it may not be blanked (any more).
pub async fn anonymise(tx: &mut Tx, proof: &DeviceClerk, id: FileId) -> Result<(), Error> {
    let by = tx.person()?;
    anonymise_for(tx, proof, id, Some(by), None).await
}

/// The same in the name of who confirmed it before, or of nobody when the organisation has it done by itself.
pub(super) async fn anonymise_for(
    tx: &mut Tx,
    proof: &DeviceClerk,
    id: FileId,
    by: Option<PersonId>,
    batch: Option<BatchId>,
) -> Result<(), Error> {
    let (organisation, row) = (tx.organisation()?, base::id::row_id(tx.now()));
    let kind = file::one(tx, &proof.reader(), id).await?.kind;
    let (agreement, application, incident) = kind.ids(id);
    let events = events(tx, agreement).await?;
    sqlx::query!(
        "insert into anonymisation (id, organisation_id, agreement_id, application_id, incident_id, batch_id, done_by, ended_on)
         values ($1, $2, $3, $4, $5, $6, $7, (moment() at time zone 'Europe/Warsaw')::date)",
        row,
        organisation.0,
        agreement,
        application,
        incident,
        batch.map(|id| id.0),
        by.map(|id| id.0),
    )
    .execute(tx.connection())
    .await?;
    let keys = keys(tx, kind, id).await?;
    match kind {
        FileKind::Loan => agreement_goes(tx, id.0, &events).await?,
        FileKind::Application => applications_go(tx, id.0).await?,
        FileKind::Note => incidents_go(tx, id.0).await?,
    }
    sqlx::query!("update retention_hold set reason = $2 where file_id = $1", id.0, REMOVED)
        .execute(tx.connection())
        .await?;
    forget(tx, id, kind, keys).await?;
    let detail = json!({ "by": by, "batch": batch });
    Ok(audit::record(tx, "anonymised", kind.subject(), id.0, detail).await?)
}

/// Keys of every document, signature and photograph of the file.
async fn keys(tx: &mut Tx, kind: FileKind, id: FileId) -> Result<Vec<String>, Error> {
    let (agreement, application, incident) = kind.ids(id);
    let keys = sqlx::query_scalar!(
        r#"select key as "key!" from (
             select unnest(array[document_key, signature_key]) as key from loan_agreement where id = $1
             union select unnest(array[document_key, signature_key]) from protocol where agreement_id = $1
             union select blob_key from frozen_document d
               where d.agreement_id = $1 or d.protocol_id in (select p.id from protocol p where p.agreement_id = $1)
             union select unnest(array[blob_key, small_key]) from condition_photo h
               where h.incident_id = $3 or h.loan_id in (select l.id from loan l where l.agreement_id = $1)
                 or h.incident_id in (select i.id from incident i join loan l on l.id = i.loan_id where l.agreement_id = $1)
             union select paper_key from application a
               where a.id = $2 or a.id in (select o.application_id from allocation o where o.agreement_id = $1 and o.ended_at is null)
           ) k where key <> ''"#,
        agreement,
        application,
        incident,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(keys)
}

/// Deletes the bytes once the transaction is committed. A photograph that another file shows as well stays.
async fn forget(tx: &mut Tx, id: FileId, kind: FileKind, keys: Vec<String>) -> Result<(), Error> {
    let keys = sqlx::query_scalar!(
        r#"select key as "key!" from unnest($1::text[]) key
           where not exists (select from condition_photo where blob_key = key or small_key = key)"#,
        &keys
    )
    .fetch_all(tx.connection())
    .await?;
    // What a refused signing has left lies in the folders of the agreement.
    let organisation = tx.organisation()?;
    let folders: Vec<String> = match kind {
        FileKind::Loan => {
            ["agreements", "signatures"].iter().map(|name| format!("{name}/{organisation}/{id}/")).collect()
        }
        _ => Vec::new(),
    };
    Ok(job::enqueue(tx, KIND, &id.to_string(), 20, &json!({ "keys": keys, "folders": folders })).await?)
}

/// Events of one person to which the agreement is tied. They are held before its loans, as an edit of an event holds them.
async fn events(tx: &mut Tx, agreement: Option<Uuid>) -> Result<Vec<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select e.id from due_event e where e.person_id is not null
           and e.id in (select r.event_id from due_rule r join loan l on l.id = r.loan_id where l.agreement_id = $1)
         order by e.id for update",
        agreement
    )
    .fetch_all(tx.connection())
    .await?)
}

async fn agreement_goes(tx: &mut Tx, id: Uuid, events: &[Uuid]) -> Result<(), Error> {
    let people = sqlx::query_scalar!(
        r#"select person_id as "id!" from loan_party where agreement_id = $1 and person_id is not null
           union select beneficiary_id from loan where agreement_id = $1 and beneficiary_id is not null"#,
        id
    )
    .fetch_all(tx.connection())
    .await?;
    custody_goes(tx, id, &people).await?;
    sqlx::query!(
        "update stocktake_scan s set scanned_by = null from stocktake_line n join loan l on l.id = n.loan_id
         where l.agreement_id = $1 and s.stocktake_id = n.stocktake_id and s.asset_id = n.asset_id and s.how = 'declared'",
        id
    )
    .execute(tx.connection())
    .await?;
    // A rule that names the end of one person's mandate or school time becomes the day itself.
    sqlx::query!(
        "update due_rule r set kind = 'fixed', event_id = null,
                on_day = coalesce(e.ends_on, warsaw_day(coalesce(l.returned_at, l.cancelled_at, l.prepared_at)))
         from due_event e, loan l where e.id = r.event_id and e.person_id is not null and l.id = r.loan_id and l.agreement_id = $1",
        id
    )
    .execute(tx.connection())
    .await?;
    // Its name tells of the person: it goes with the last file that was tied to it.
    sqlx::query!(
        "delete from due_event e where e.id = any($1) and not exists (select from due_rule r where r.event_id = e.id)",
        events
    )
    .execute(tx.connection())
    .await?;
    incidents_go(tx, id).await?;
    applications_go(tx, id).await?;
    papers_go(tx, id).await?;
    sqlx::query!(
        "update loan_accessory set settlement = '' where loan_id in (select id from loan where agreement_id = $1) and settlement <> ''",
        id
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("update loan set beneficiary_id = null, note = '' where agreement_id = $1", id)
        .execute(tx.connection())
        .await?;
    sqlx::query!(
        "update loan_party set person_id = null, name = $2, address = '', email = null, phone = '' where agreement_id = $1",
        id,
        REMOVED
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "update loan_agreement set purpose = $2, terms = $2, document_key = null, document_sha256 = null, signature_key = null
         where id = $1",
        id,
        REMOVED
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// What was signed, sent and declared.
async fn papers_go(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update frozen_document set blob_key = '' where agreement_id = $1 or protocol_id in (select id from protocol where agreement_id = $1)",
        id
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        r#"update protocol set signatory = $2, signature_key = null, body = '{"items": []}', document_key = null, document_sha256 = null
           where agreement_id = $1"#,
        id,
        REMOVED
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "update reminder_sent set sent_to = null where loan_id in (select id from loan where agreement_id = $1)",
        id
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "update declaration_reminder set sent_to = null where loan_id in (select id from loan where agreement_id = $1)",
        id
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "update declaration set declared_by = null, note = '' where loan_id in (select id from loan where agreement_id = $1)",
        id
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "update condition_photo set blob_key = '', small_key = '', alt = ''
         where loan_id in (select id from loan where agreement_id = $1) and blob_key <> ''",
        id
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Incidents of an agreement, or the one note: what was told of them, photographs, repairs.
async fn incidents_go(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    let incidents = sqlx::query_scalar!(
        "select id from incident where id = $1 or loan_id in (select l.id from loan l where l.agreement_id = $1)",
        id
    )
    .fetch_all(tx.connection())
    .await?;
    sqlx::query!(
        "update condition_photo set blob_key = '', small_key = '', alt = '' where incident_id = any($1) and blob_key <> ''",
        &incidents
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "update repair_ticket set description = $2 where incident_id = any($1)",
        &incidents,
        REMOVED
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "update incident set told_by = null, description = $2, police_ref = '', insurer_ref = '', settlement = '' where id = any($1)",
        &incidents,
        REMOVED
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The one application, or those that the agreement came of.
async fn applications_go(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "update application set beneficiary_id = null, applicant_id = null, need = '', decided_note = '', paper_key = null,
                paper_sha256 = null
         where id = $1 or id in (select o.application_id from allocation o where o.agreement_id = $1 and o.ended_at is null)",
        id
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Lines of the chain keep their place and seal: free text goes, and who reported or declared when it was the borrower.
async fn custody_goes(tx: &mut Tx, id: Uuid, people: &[Uuid]) -> Result<(), Error> {
    sqlx::query!(
        r#"update custody_event e set detail = e.detail - 'note' - 'reason', blanked = true,
                  person_id = case when e.person_id = any($2) then null else e.person_id end
           from loan l
           where l.agreement_id = $1 and e.asset_id = l.asset_id
             and (e.detail->>'loan' = l.id::text
                  or e.detail->>'incident' in (select i.id::text from incident i where i.loan_id = l.id)
                  or e.detail ? 'declared' and e.at between l.handed_over_at and coalesce(l.returned_at, 'infinity'))
             and (e.person_id = any($2) or coalesce(e.detail->>'note', '') <> '' or coalesce(e.detail->>'reason', '') <> '')"#,
        id,
        people,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The handler of `KIND`.
pub async fn run(blobs: Blobs, task: Task) -> Result<(), JobError> {
    let texts = |name: &str| -> Vec<String> {
        let list = task.held.args[name].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let store = |error: base::blob::BlobError| JobError::Retry(error.to_string());
    let mut keys = texts("keys");
    for folder in texts("folders") {
        keys.extend(blobs.list(&folder).await.map_err(store)?);
    }
    for key in keys {
        if task.should_stop() {
            return Err(JobError::Retry("the program is ending".to_owned()));
        }
        blobs.delete(&key).await.map_err(store)?;
    }
    let mut tx = task.db.begin(&task.held.actor()).await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// What to do when it cannot be done: it stays on the dead list with its keys, where an administrator sees it.
pub async fn give_up(db: Db, held: Held, why: String) -> Result<(), JobError> {
    let mut tx = db.begin(&held.actor()).await?;
    held.bury(&mut tx, &why).await?;
    Ok(tx.commit().await?)
}
