//! Deleting bytes that no row points to any more: a job, after the row has gone.

use std::collections::HashSet;

use base::job::{self, JobError};
use base::worker::Task;
use base::{Blobs, Tx};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

pub use base::job::give_up;

/// The kind of job that deletes every object of a prefix.
pub const KIND: &str = "sweep";

/// Deletes what begins with `prefix` once this transaction is committed.
///
/// Each is a job of its own: one that was asked for before may look at the rows before they go with this transaction.
pub async fn later(tx: &mut Tx, prefix: &str) -> Result<(), sqlx::Error> {
    let key = format!("{prefix} {}", Uuid::new_v4());
    job::enqueue(tx, KIND, &key, 20, &json!({ "prefix": prefix })).await
}

/// Deletes what begins with `prefix` at `run_at`, unless somebody else has deleted it by then.
pub async fn at(tx: &mut Tx, prefix: &str, run_at: OffsetDateTime) -> Result<(), sqlx::Error> {
    job::enqueue_for(tx, run_at, KIND, prefix, 20, &json!({ "prefix": prefix })).await
}

/// What rows of films point to below a prefix: it stays. An attempt that went on where a killed one had stopped shows objects of both.
async fn pointed_to(task: &Task, prefix: &str) -> Result<HashSet<String>, JobError> {
    let end = format!("{prefix}\u{10FFFF}");
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let keys = sqlx::query_scalar!(
        r#"select blob_key as "key!" from segment where blob_key ~>=~ $1 and blob_key ~<~ $2
           union select init_key from rendition where init_key ~>=~ $1 and init_key ~<~ $2
           union select init_key from segment where init_key is not null and init_key ~>=~ $1 and init_key ~<~ $2
           union select blob_key from film_still where blob_key ~>=~ $1 and blob_key ~<~ $2
           union select k.key from film f, unnest(array[f.source_key, f.poster_key, f.plain_key, f.whole_plain_key]) k (key)
                 where k.key ~>=~ $1 and k.key ~<~ $2"#,
        prefix,
        end,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(keys.into_iter().collect())
}

/// The handler of `KIND`.
pub async fn run(blobs: Blobs, task: Task) -> Result<(), JobError> {
    let prefix = task.held.args["prefix"].as_str().unwrap_or("").to_owned();
    if prefix.len() < 20 {
        return Err(JobError::Fail(format!("the prefix {prefix:?} is too wide")));
    }
    let store = |error: base::blob::BlobError| JobError::Retry(error.to_string());
    let kept = pointed_to(&task, &prefix).await?;
    for key in blobs.list(&prefix).await.map_err(store)?.into_iter().filter(|key| !kept.contains(key)) {
        if task.should_stop() {
            return Err(JobError::Retry("the program is ending".to_owned()));
        }
        blobs.delete(&key).await.map_err(store)?;
    }
    let mut tx = task.db.begin(&task.held.actor()).await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}
