//! The audit: who did what to what, written in the transaction of the act. Rows are only ever added.

use serde_json::Value;
use uuid::Uuid;

use crate::db::Tx;

/// Records `act` (a past-tense word such as `published`) on one row. `detail` holds no secret and no long text.
pub async fn record(
    tx: &mut Tx,
    act: &str,
    kind: &str,
    subject: Uuid,
    detail: Value,
) -> Result<(), sqlx::Error> {
    let organisation = tx.actor().organisation().map(|id| id.0);
    let person = tx.actor().person().map(|id| id.0);
    let actor = tx.actor().name().to_owned();
    sqlx::query!(
        "insert into audit_event (organisation_id, person_id, actor, act, subject_kind, subject_id, detail)
         values ($1, $2, $3, $4, $5, $6, $7)",
        organisation,
        person,
        actor,
        act,
        kind,
        subject,
        detail,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
