//! Deleting bytes that no row points to any more: a job, after the row has gone.

use base::job::{self, JobError};
use base::worker::Task;
use base::{Blobs, Tx};
use serde_json::json;
use time::OffsetDateTime;

pub use base::job::give_up;

/// The kind of job that deletes every object of a prefix.
pub const KIND: &str = "sweep";

/// Deletes what begins with `prefix` once this transaction is committed.
pub async fn later(tx: &mut Tx, prefix: &str) -> Result<(), sqlx::Error> {
    job::enqueue(tx, KIND, prefix, 20, &json!({ "prefix": prefix })).await
}

/// Deletes what begins with `prefix` at `run_at`, unless somebody else has deleted it by then.
pub async fn at(tx: &mut Tx, prefix: &str, run_at: OffsetDateTime) -> Result<(), sqlx::Error> {
    job::enqueue_for(tx, run_at, KIND, prefix, 20, &json!({ "prefix": prefix })).await
}

/// The handler of `KIND`.
pub async fn run(blobs: Blobs, task: Task) -> Result<(), JobError> {
    let prefix = task.held.args["prefix"].as_str().unwrap_or("").to_owned();
    if prefix.len() < 20 {
        return Err(JobError::Fail(format!("the prefix {prefix:?} is too wide")));
    }
    let store = |error: base::blob::BlobError| JobError::Retry(error.to_string());
    for key in blobs.list(&prefix).await.map_err(store)? {
        if task.should_stop() {
            return Err(JobError::Retry("the program is ending".to_owned()));
        }
        blobs.delete(&key).await.map_err(store)?;
    }
    let mut tx = task.db.begin(&task.held.actor()).await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}
