//! What becomes of a certificate later: revoked, replaced by one with the present name, or without the name of anybody.

use base::{PersonId, Tx, audit, job};
use identity::PeopleAdmin;
use serde_json::json;

use super::{State, issue, one_of_course};
use crate::error::{Error, text_problem};
use crate::find::Taught;
use crate::{CertificateId, TakingId};

/// Longest reason, in letters.
pub const MOST_REASON: usize = 500;
/// The job that deletes bytes which no row names any more; it takes keys of any area.
const FORGET_BLOBS: &str = "forget_blobs";

/// Revokes a certificate. The reason is shown to whoever checks it.
///
/// Errors: `NotFound`; `Invalid` on `reason`; `NotValid` for one that was revoked before.
pub async fn revoke(tx: &mut Tx, proof: &Taught, id: CertificateId, reason: &str) -> Result<(), Error> {
    one_of_course(tx, proof, id).await?;
    end(tx, id, "revoked", reason).await
}

/// Issues a certificate with the person's present name in place of this one, which is revoked as replaced. What was finished, and
/// until when it counts, stays. Answers the new one.
///
/// Errors: `NotFound`; `Invalid` on `reason`; `NotValid` for one that was revoked, or whose holder was erased.
pub async fn replace(
    tx: &mut Tx,
    proof: &Taught,
    id: CertificateId,
    reason: &str,
) -> Result<CertificateId, Error> {
    let old = one_of_course(tx, proof, id).await?;
    if old.holder.is_none() || matches!(old.state, State::Revoked(..) | State::Replaced(..)) {
        return Err(Error::NotValid);
    }
    end(tx, id, "replaced", reason).await?;
    let taking = sqlx::query_scalar!("select taking_id from certificate where id = $1", id.0)
        .fetch_one(tx.connection())
        .await?;
    let mut facts = issue::facts(tx, TakingId(taking)).await?;
    facts.result_per_mille = old.result_per_mille;
    issue::write(tx, &facts, Some(id)).await
}

async fn end(tx: &mut Tx, id: CertificateId, kind: &str, reason: &str) -> Result<(), Error> {
    if let Some(problem) = text_problem("reason", reason, MOST_REASON) {
        return Err(Error::Invalid(vec![problem]));
    }
    let (organisation, by) = (tx.organisation()?, tx.person()?);
    let ended = sqlx::query!(
        "insert into certificate_revocation (certificate_id, organisation_id, kind, reason, revoked_by)
         values ($1, $2, $3, $4, $5) on conflict do nothing",
        id.0,
        organisation.0,
        kind,
        reason.trim(),
        by.0,
    )
    .execute(tx.connection())
    .await?;
    if ended.rows_affected() == 0 {
        return Err(Error::NotValid);
    }
    Ok(audit::record(tx, kind, "certificate", id.0, json!({})).await?)
}

/// How many certificates name a person.
pub async fn held_by(tx: &mut Tx, _: &PeopleAdmin, person: PersonId) -> Result<i64, Error> {
    let organisation = tx.organisation()?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from certificate_holder where person_id = $1 and organisation_id = $2"#,
        person.0,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(count)
}

/// Takes the name, the address and the document of every certificate of a person away (art. 17 RODO). The certificates stay, and
/// who holds the paper can have the name on it compared. Answers how many there were.
///
/// Errors: `NotFound` for nobody of the organisation.
pub async fn erase(tx: &mut Tx, _: &PeopleAdmin, person: PersonId) -> Result<u64, Error> {
    let (organisation, by) = (tx.organisation()?, tx.person()?);
    let known = sqlx::query_scalar!(
        r#"select exists (select from person where id = $1 and organisation_id = $2) as "known!""#,
        person.0,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    if !known {
        return Err(Error::NotFound);
    }
    let erased = sqlx::query!(
        "insert into certificate_erasure (certificate_id, organisation_id, erased_by)
         select certificate_id, organisation_id, $3 from certificate_holder where person_id = $1 and organisation_id = $2
         order by certificate_id on conflict do nothing",
        person.0,
        organisation.0,
        by.0,
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    let keys = sqlx::query_scalar!(
        "delete from certificate_document d using certificate_holder h
         where h.certificate_id = d.certificate_id and h.person_id = $1 and h.organisation_id = $2 returning d.blob_key",
        person.0,
        organisation.0,
    )
    .fetch_all(tx.connection())
    .await?;
    sqlx::query!(
        "delete from certificate_holder where person_id = $1 and organisation_id = $2",
        person.0,
        organisation.0
    )
    .execute(tx.connection())
    .await?;
    if !keys.is_empty() {
        let key = base::id::row_id(tx.now()).to_string();
        job::enqueue(tx, FORGET_BLOBS, &key, 20, &json!({ "keys": keys, "folders": [] })).await?;
    }
    audit::record(tx, "erased_certificates", "person", person.0, json!({ "certificates": erased })).await?;
    Ok(erased)
}
