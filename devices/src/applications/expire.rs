//! Devices that nobody collected: once a day the offer ends, and the device is offered to the next of the waiting list, in
//! one transaction with both letters. Whoever is second finds nothing to do.

use base::job::{self, JobError};
use base::mail::Letter;
use base::worker::Task;
use base::{Actor, Db, OrganisationId, PersonId, Tx, audit};
use identity::{DeviceClerk, day};
use serde_json::json;

use super::decide::{self, Notice, Told};
use super::offer;
use crate::loans::agreement;
use crate::register::find;
use crate::{AgreementId, ApplicationId, Error, LoanId, ProgrammeId};

/// The kind of the daily job.
pub const KIND: &str = "allocations_expire";

/// Queues today's look at what was not collected, once a day for each organisation that has something, from six in Warsaw.
pub async fn ask_daily(db: &Db) -> Result<(), sqlx::Error> {
    let mut tx = db.begin(&Actor::installation(KIND)).await?;
    let organisations = sqlx::query_scalar!(
        "select o.id from organisation o
         where extract(hour from moment() at time zone 'Europe/Warsaw') >= 6
           and exists (select 1 from allocation a where a.organisation_id = o.id and a.ended_at is null
                       and a.collect_by < (moment() at time zone 'Europe/Warsaw')::date)
           and not exists (select 1 from allocation_run r where r.organisation_id = o.id
                           and r.day = (moment() at time zone 'Europe/Warsaw')::date)"
    )
    .fetch_all(tx.connection())
    .await?;
    drop(tx);
    for organisation in organisations {
        let mut tx = db.begin(&Actor::job(KIND, OrganisationId(organisation))).await?;
        let today = day::today(&mut tx).await?;
        let fresh = sqlx::query!(
            "insert into allocation_run (organisation_id, day) values ($1, $2) on conflict do nothing",
            organisation,
            today
        )
        .execute(tx.connection())
        .await?;
        if fresh.rows_affected() == 1 {
            job::enqueue(&mut tx, KIND, &format!("{organisation} {today}"), 8, &json!({})).await?;
            tx.commit().await?;
        }
    }
    Ok(())
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

/// What to do when it could not be done: it stays on the dead list, and the next day brings it up.
pub async fn give_up(db: Db, held: job::Held, why: String) -> Result<(), JobError> {
    let mut tx = db.begin(&held.actor()).await?;
    held.bury(&mut tx, &why).await?;
    Ok(tx.commit().await?)
}

/// Ends every offer of the organisation whose last day is over and offers the device to the next; answers how many ended.
pub async fn expire(
    tx: &mut Tx,
    proof: &DeviceClerk,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<usize, Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let over = sqlx::query!(
        "select o.id, o.application_id, o.agreement_id, o.loan_id, a.programme_id, s.label
         from allocation o join application a on a.id = o.application_id join loan l on l.id = o.loan_id
           join asset s on s.id = l.asset_id
         where o.organisation_id = $1 and o.ended_at is null and o.collect_by < $2 and l.handed_over_at is null
           and l.cancelled_at is null and a.state = 'granted'
         order by o.id for update of o, a, l",
        organisation.0,
        today
    )
    .fetch_all(tx.connection())
    .await?;
    let count = over.len();
    for row in over {
        let id = ApplicationId(row.application_id);
        release(tx, id, "expired").await?;
        agreement::take_out(tx, AgreementId(row.agreement_id), LoanId(row.loan_id)).await?;
        sqlx::query!("update application set state = 'expired' where id = $1", id.0)
            .execute(tx.connection())
            .await?;
        decide::tell(tx, id, Told::Expired, write).await?;
        audit::record(tx, "expired", "application", id.0, json!({ "loan": row.loan_id })).await?;
        next(tx, proof, ProgrammeId(row.programme_id), &row.label, write).await?;
    }
    Ok(count)
}

/// Ends the open offer of an application.
pub(super) async fn release(tx: &mut Tx, id: ApplicationId, outcome: &str) -> Result<(), Error> {
    sqlx::query!(
        "update allocation set ended_at = moment(), outcome = $2 where application_id = $1 and ended_at is null",
        id.0,
        outcome
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Offers the device to the first of the waiting list who may have it now.
async fn next(
    tx: &mut Tx,
    proof: &DeviceClerk,
    programme: ProgrammeId,
    label: &str,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<(), Error> {
    // A device that cannot go out now (it was reported missing, say) is offered to nobody.
    if !find::scanned(tx, &proof.reader(), label).await?.is_free() {
        return Ok(());
    }
    let waiting = sqlx::query!(
        r#"select a.id, a.recorded_by as "recorded_by!" from application a join waiting_list w on w.application_id = a.id
           where a.programme_id = $1 and a.state = 'waitlisted' order by w.position for update of a"#,
        programme.0
    )
    .fetch_all(tx.connection())
    .await?;
    for row in waiting {
        let id = ApplicationId(row.id);
        let about = super::list::load_one(tx, id).await?;
        match decide::may_have(tx, &about).await {
            Ok(()) => {}
            Err(Error::Excluded | Error::HasPrimary) => continue,
            Err(other) => return Err(other),
        }
        if !signs(tx, proof, &about).await? {
            continue;
        }
        sqlx::query!("update application set state = 'granted' where id = $1", id.0)
            .execute(tx.connection())
            .await?;
        offer::prepare(tx, proof, id, label, PersonId(row.recorded_by), write).await?;
        audit::record(tx, "moved_up", "application", id.0, json!({})).await?;
        return Ok(());
    }
    Ok(())
}

/// Whether the applicant may still sign for the person: a guardianship may have ended.
async fn signs(tx: &mut Tx, proof: &DeviceClerk, about: &super::Application) -> Result<bool, Error> {
    use identity::guardian::{self, Signer};
    let beneficiary = about.beneficiary.ok_or(Error::NotFound)?;
    Ok(match guardian::signer(tx, &proof.reader(), beneficiary).await? {
        Signer::Themselves => true,
        Signer::Guardians(all) => all.iter().any(|one| Some(one.guardian) == about.applicant),
    })
}
