//! Who belongs where has changed: areas whose rules follow people do their part in a job that is asked for in the transaction
//! of the change. Identity knows none of them.

use base::{Tx, audit, job};
use serde_json::{Value, json};
use uuid::Uuid;

/// The kind of the job.
pub const KIND: &str = "people_moved";

/// After so many tries the job is dead; what happens every night brings it up.
const TRIES: i32 = 8;

/// Asks for the job, once a transaction. One that runs already may have read what was before this change, so each
/// transaction has its own.
pub(crate) async fn note(tx: &mut Tx) -> Result<(), sqlx::Error> {
    let organisation = tx.organisation()?;
    let transaction = sqlx::query_scalar!(r#"select pg_current_xact_id()::text as "id!""#)
        .fetch_one(tx.connection())
        .await?;
    job::enqueue(tx, KIND, &format!("{organisation} {transaction}"), TRIES, &json!({})).await
}

/// The same for a change that stands in the audit under these words.
pub(crate) async fn record(
    tx: &mut Tx,
    act: &str,
    kind: &str,
    subject: Uuid,
    detail: Value,
) -> Result<(), sqlx::Error> {
    note(tx).await?;
    audit::record(tx, act, kind, subject, detail).await
}
