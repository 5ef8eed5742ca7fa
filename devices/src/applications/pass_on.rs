//! A device that waited for somebody who does not take it: it is offered to the next of the waiting list, once. What was freed
//! is marked in the transaction that freed it; whoever passes it on takes the mark away in the transaction of the offer.

use base::mail::Letter;
use base::{PersonId, Tx, audit, job};
use identity::DeviceClerk;
use serde_json::json;

use super::decide::{self, Notice};
use super::list::Allocation;
use super::{expire, offer};
use crate::loans::agreement;
use crate::register::find;
use crate::{AgreementId, ApplicationId, Error, LoanId, ProgrammeId};

/// Holds the open offer of an application, always before the application itself: so nobody waits for each other.
pub(super) async fn hold(tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    sqlx::query!(
        "select 1 as one from allocation where application_id = $1 and ended_at is null for update",
        id.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(())
}

/// Whether the device still waits to be collected. Whoever hands over, or takes a device out, holds the agreement before its loan, so it is
/// held first here too: nobody waits for another in a ring, and what is answered stays so until the transaction ends.
///
/// Errors: `NotFound`.
pub(super) async fn still_waits(tx: &mut Tx, agreement: AgreementId, loan: LoanId) -> Result<bool, Error> {
    agreement::hold(tx, agreement).await?;
    let waits = sqlx::query_scalar!(
        r#"select handed_over_at is null and cancelled_at is null as "waits!" from loan where id = $1 and agreement_id = $2"#,
        loan.0,
        agreement.0
    )
    .fetch_optional(tx.connection())
    .await?;
    waits.ok_or(Error::NotFound)
}

/// Ends an open offer: the device is in stock again, and free for the next.
pub(super) async fn release(
    tx: &mut Tx,
    id: ApplicationId,
    outcome: &str,
    agreement: AgreementId,
    loan: LoanId,
) -> Result<(), Error> {
    sqlx::query!(
        "update allocation set ended_at = moment(), outcome = $2, to_pass_on = true
         where application_id = $1 and ended_at is null",
        id.0,
        outcome
    )
    .execute(tx.connection())
    .await?;
    agreement::take_out(tx, agreement, loan).await
}

/// The applicant gives it up: the application ends, and a device that waits is free for the next.
///
/// Errors: `Stays` when the device was collected.
pub(super) async fn give_up(tx: &mut Tx, id: ApplicationId, waits: Option<&Allocation>) -> Result<(), Error> {
    if let Some(waits) = waits {
        if waits.collected_at.is_some() {
            return Err(Error::Stays);
        }
        release(tx, id, "withdrawn", waits.agreement, waits.loan).await?;
    }
    sqlx::query!("update application set state = 'withdrawn' where id = $1", id.0)
        .execute(tx.connection())
        .await?;
    Ok(audit::record(tx, "withdrawn", "application", id.0, json!({})).await?)
}

/// Asks for a job that passes on what is free, for those who may not do it themselves.
pub(super) async fn ask(tx: &mut Tx, freed: LoanId) -> Result<(), Error> {
    let key = format!("{} {freed}", tx.organisation()?);
    Ok(job::enqueue(tx, expire::KIND, &key, 8, &json!({})).await?)
}

/// Takes a prepared device out of its agreement. When it waited for an applicant, the offer ends, and the device goes to the
/// next in the same act; the application stays granted, and another device can be named. Errors: `NotFound`.
pub async fn take_out(
    tx: &mut Tx,
    proof: &DeviceClerk,
    agreement: AgreementId,
    loan: LoanId,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<(), Error> {
    let offered = sqlx::query_scalar!(
        "select application_id from allocation where loan_id = $1 and agreement_id = $2 and ended_at is null for update",
        loan.0,
        agreement.0
    )
    .fetch_optional(tx.connection())
    .await?;
    match offered {
        Some(id) => release(tx, ApplicationId(id), "released", agreement, loan).await?,
        None => agreement::cancel_item(tx, proof, agreement, loan).await?,
    }
    pass_on(tx, proof, write).await?;
    Ok(())
}

/// Offers every device that is free to the first of its programme's waiting list who may have it now; answers how many were
/// offered. Whoever is second waits for the first and then finds nothing to do.
pub async fn pass_on(
    tx: &mut Tx,
    proof: &DeviceClerk,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<usize, Error> {
    let organisation = tx.organisation()?;
    let free = sqlx::query!(
        "select o.id, a.programme_id, s.label from allocation o join application a on a.id = o.application_id
           join loan l on l.id = o.loan_id join asset s on s.id = l.asset_id
         where o.organisation_id = $1 and o.to_pass_on order by o.id for update of o",
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let mut offered = 0;
    for row in free {
        sqlx::query!("update allocation set to_pass_on = false where id = $1", row.id)
            .execute(tx.connection())
            .await?;
        offered += usize::from(next(tx, proof, ProgrammeId(row.programme_id), &row.label, write).await?);
    }
    Ok(offered)
}

/// Whether somebody was there to whom it could be offered.
async fn next(
    tx: &mut Tx,
    proof: &DeviceClerk,
    programme: ProgrammeId,
    label: &str,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<bool, Error> {
    // A device that cannot go out now (it was reported missing, say, or a clerk prepared it for somebody) is offered to nobody.
    let asset = find::scanned(tx, &proof.reader(), label).await?;
    let prepared = sqlx::query_scalar!(
        r#"select exists (select 1 from loan where asset_id = $1 and handed_over_at is null and cancelled_at is null) as "prepared!""#,
        asset.id.0
    )
    .fetch_one(tx.connection())
    .await?;
    if prepared || !asset.is_free() {
        return Ok(false);
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
        return Ok(true);
    }
    Ok(false)
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
