//! Blanking many files: a person confirms how many, or the organisation has it done by itself every day; a job does them one after
//! the other, each in a transaction of its own. What was held, reopened or done by somebody else meanwhile is left out.

use base::job::{self, Held, JobError};
use base::worker::Task;
use base::{Actor, Db, OrganisationId, PersonId, Tx, audit};
use identity::{DeviceClerk, DevicesReader, daily};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::file;
use super::{BatchId, FileId, blank};
use crate::Error;

/// The kind of the job.
pub const KIND: &str = "anonymise";

/// Most files of one batch; what is left waits for the next.
pub const FILES_MOST: i64 = 5000;

/// Files that were asked for together.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// When it was confirmed.
    pub asked_at: OffsetDateTime,
    /// By whom; `None` when nobody had to.
    pub asked_by: Option<String>,
    /// How many.
    pub files: i64,
    /// How many of them were blanked by it.
    pub done: i64,
    /// When it came to its end; what is not done then was held, reopened or done by somebody else.
    pub ended_at: Option<OffsetDateTime>,
}

/// Asks for everything that is due. `expected`: how many files the person saw when they confirmed.
///
/// Errors: `ClockRuns` when nothing is due; `ChangedMeanwhile` with how many are due now, when these are not as many.
pub async fn ask(tx: &mut Tx, _: &DeviceClerk, expected: i64) -> Result<BatchId, Error> {
    let files = file::load(tx, None, FILES_MOST).await?;
    let count = i64::try_from(files.len()).unwrap_or(i64::MAX);
    if count == 0 {
        return Err(Error::ClockRuns);
    }
    if count != expected {
        return Err(Error::ChangedMeanwhile(i32::try_from(count).unwrap_or(i32::MAX)));
    }
    let by = tx.person()?;
    insert(tx, Some(by), files.iter().map(|file| file.id.0).collect()).await
}

async fn insert(tx: &mut Tx, by: Option<PersonId>, files: Vec<Uuid>) -> Result<BatchId, Error> {
    let (organisation, id) = (tx.organisation()?, BatchId::new(tx.now()));
    sqlx::query!(
        "insert into anonymisation_batch (id, organisation_id, asked_by, files) values ($1, $2, $3, $4)",
        id.0,
        organisation.0,
        by.map(|id| id.0),
        &files,
    )
    .execute(tx.connection())
    .await?;
    job::enqueue(tx, KIND, &id.to_string(), 20, &json!({ "batch": id })).await?;
    audit::record(tx, "asked_to_anonymise", "anonymisation_batch", id.0, json!({ "files": files.len() }))
        .await?;
    Ok(id)
}

/// One batch. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, _: &DevicesReader, id: BatchId) -> Result<Batch, Error> {
    load(tx, Some(id), 1).await?.pop().ok_or(Error::NotFound)
}

/// The latest batches, the newest first.
pub async fn latest(tx: &mut Tx, _: &DevicesReader, most: i64) -> Result<Vec<Batch>, Error> {
    load(tx, None, most).await
}

async fn load(tx: &mut Tx, only: Option<BatchId>, most: i64) -> Result<Vec<Batch>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select b.id, b.asked_at, p.given_name || ' ' || p.family_name as asked_by, cardinality(b.files)::bigint as "files!",
                  (select count(*) from anonymisation n where n.batch_id = b.id) as "done!", b.ended_at
           from anonymisation_batch b left join person p on p.id = b.asked_by
           where b.organisation_id = $1 and ($2::uuid is null or b.id = $2) order by b.asked_at desc, b.id desc limit $3"#,
        organisation.0,
        only.map(|id| id.0),
        most,
    )
    .fetch_all(tx.connection())
    .await?;
    let batch = rows.into_iter().map(|row| Batch {
        id: BatchId(row.id),
        asked_at: row.asked_at,
        asked_by: row.asked_by,
        files: row.files,
        done: row.done,
        ended_at: row.ended_at,
    });
    Ok(batch.collect())
}

/// The handler of `KIND`. Begun again after a crash it goes on with what is not done.
pub async fn run(proof: DeviceClerk, task: Task) -> Result<(), JobError> {
    let id: BatchId = serde_json::from_value(task.held.args["batch"].clone())
        .map_err(|error| JobError::Fail(format!("no batch: {error}")))?;
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let batch = sqlx::query!("select asked_by, files from anonymisation_batch where id = $1", id.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or_else(|| JobError::Fail("the batch is not there".to_owned()))?;
    drop(tx);
    let by = batch.asked_by.map(PersonId);
    for (at, file) in batch.files.iter().enumerate() {
        if task.should_stop() {
            return Err(JobError::Retry("the program is ending".to_owned()));
        }
        let mut tx = task.db.begin(&task.held.actor()).await?;
        match blank::anonymise_for(&mut tx, &proof, FileId(*file), by, Some(id)).await {
            Ok(()) => tx.commit().await?,
            Err(Error::ClockRuns | Error::Held | Error::Blanked | Error::NotFound) => {}
            Err(error) => return Err(JobError::Retry(error.to_string())),
        }
        let share = (at + 1) * 1000 / batch.files.len().max(1);
        task.tell(u16::try_from(share).unwrap_or(1000));
    }
    let mut tx = task.db.begin(&task.held.actor()).await?;
    sqlx::query!("update anonymisation_batch set ended_at = moment() where id = $1", id.0)
        .execute(tx.connection())
        .await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// What to do when it could not be done: the batch is over, and what is left is still due.
pub async fn give_up(db: Db, held: Held, why: String) -> Result<(), JobError> {
    let mut tx = db.begin(&held.actor()).await?;
    let id: Option<BatchId> = serde_json::from_value(held.args["batch"].clone()).ok();
    sqlx::query!("update anonymisation_batch set ended_at = moment() where id = $1", id.map(|id| id.0))
        .execute(tx.connection())
        .await?;
    held.bury(&mut tx, &why).await?;
    Ok(tx.commit().await?)
}

/// Asks for what is due in every organisation that has it done by itself, once a day, from three in the morning in Warsaw.
pub async fn ask_daily(db: &Db) -> Result<(), Error> {
    let (mut tx, free) = daily::not_asked(db, KIND, 3).await?;
    let organisations = sqlx::query_scalar!(
        "select organisation_id from retention_setting where automatic and organisation_id = any($1)",
        &free
    );
    let organisations = organisations.fetch_all(tx.connection()).await?;
    drop(tx);
    for organisation in organisations {
        let mut tx = db.begin(&Actor::job(KIND, OrganisationId(organisation))).await?;
        if daily::first(&mut tx, KIND).await? {
            let files: Vec<Uuid> =
                file::load(&mut tx, None, FILES_MOST).await?.iter().map(|file| file.id.0).collect();
            if !files.is_empty() {
                insert(&mut tx, None, files).await?;
            }
            tx.commit().await?;
        }
    }
    Ok(())
}
