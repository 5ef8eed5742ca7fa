//! Devices that nobody collected: once a day the offer ends, and the device is offered to the next of the waiting list, in
//! one transaction with both letters. Whoever is second finds nothing to do. The same job passes on what was given up, at once.

use base::job::JobError;
use base::mail::Letter;
use base::worker::Task;
use base::{Db, Tx, audit};
use identity::{DeviceClerk, daily, day};
use serde_json::json;

use super::decide::{self, Notice, Told};
use super::pass_on;
use crate::{AgreementId, ApplicationId, Error, LoanId};

// The next day brings up what could not be done.
pub use base::job::give_up;

/// The kind of the daily job.
pub const KIND: &str = "allocations_expire";

/// Queues today's look at what was not collected, once a day for each organisation that has something, from six in Warsaw.
pub async fn ask_daily(db: &Db) -> Result<(), sqlx::Error> {
    let (mut tx, free) = daily::not_asked(db, KIND, 6).await?;
    let organisations = sqlx::query_scalar!(
        "select o.id from unnest($1::uuid[]) o (id) where exists
           (select 1 from allocation a where a.organisation_id = o.id
            and (a.to_pass_on or a.ended_at is null and a.collect_by < (moment() at time zone 'Europe/Warsaw')::date))",
        &free
    )
    .fetch_all(tx.connection())
    .await?;
    daily::queue(db, tx, KIND, organisations).await
}

/// The handler of `KIND`; `write` makes the letters.
pub async fn run<F>(proof: DeviceClerk, write: F, task: Task) -> Result<(), JobError>
where
    F: Fn(&Notice) -> Letter + Send + Sync,
{
    let mut tx = task.db.begin(&task.held.actor()).await?;
    expire(&mut tx, &proof, &write).await.map_err(|error| JobError::Retry(error.to_string()))?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Ends every offer of the organisation whose last day is over, and offers what is free to the next; answers how many ended.
pub async fn expire(
    tx: &mut Tx,
    proof: &DeviceClerk,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<usize, Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let over = sqlx::query!(
        "select o.application_id, o.agreement_id, o.loan_id
         from allocation o join application a on a.id = o.application_id join loan l on l.id = o.loan_id
         where o.organisation_id = $1 and o.ended_at is null and o.collect_by < $2 and l.handed_over_at is null
           and l.cancelled_at is null and a.state = 'granted'
         order by o.id for update of o, a",
        organisation.0,
        today
    )
    .fetch_all(tx.connection())
    .await?;
    let mut ended = 0;
    for row in over {
        let id = ApplicationId(row.application_id);
        let (agreement, loan) = (AgreementId(row.agreement_id), LoanId(row.loan_id));
        // Somebody may have come for it since it was looked for.
        if !pass_on::still_waits(tx, agreement, loan).await? {
            continue;
        }
        pass_on::release(tx, id, "expired", agreement, loan).await?;
        sqlx::query!("update application set state = 'expired' where id = $1", id.0)
            .execute(tx.connection())
            .await?;
        decide::tell(tx, id, Told::Expired, write).await?;
        audit::record(tx, "expired", "application", id.0, json!({ "loan": row.loan_id })).await?;
        ended += 1;
    }
    pass_on::pass_on(tx, proof, write).await?;
    Ok(ended)
}
