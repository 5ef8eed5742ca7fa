//! What a clerk does with applications: entering one from paper, looking through, giving points.

use base::mail::Letter;
use base::{PersonId, Tx, audit};
use identity::guardian::{self, Signer};
use identity::{DeviceClerk, FieldProblem, Problem};
use serde_json::json;

use super::decide::{Notice, hold};
use super::kind::State;
use super::{list, offer, pass_on, rules};
use crate::{ApplicationId, CriterionId, Error, ProgrammeId};

/// The scan of a paper that lies in the object store.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its key.
    pub key: String,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
}

/// An application that came on paper.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The programme.
    pub programme: ProgrammeId,
    /// For whom.
    pub beneficiary: PersonId,
    /// The guardian who signed it, for a minor; the only one when none is named.
    pub signatory: Option<PersonId>,
    /// Why it is needed.
    pub need: String,
    /// Criteria that the applicant says are so.
    pub claimed: Vec<CriterionId>,
    /// The scan.
    pub paper: Option<Paper>,
}

/// Writes down an application that came on paper, at any time of the year.
///
/// Errors: `Invalid` on `programme`, `beneficiary`, `signatory`, `need`; `Applied`.
pub async fn enter(tx: &mut Tx, proof: &DeviceClerk, entry: &Entry) -> Result<ApplicationId, Error> {
    let unknown = |field| {
        move |error| {
            if matches!(error, Error::NotFound) { Error::field(field, Problem::Unknown) } else { error }
        }
    };
    rules::load(tx, entry.programme).await.map_err(unknown("programme"))?;
    if entry.need.trim().chars().count() > 4000 {
        return Err(Error::field("need", Problem::TooLong(4000)));
    }
    let signer = guardian::signer(tx, &proof.reader(), entry.beneficiary).await.map_err(Error::from);
    let applicant = match signer.map_err(unknown("beneficiary"))? {
        Signer::Themselves => entry.beneficiary,
        Signer::Guardians(all) => match (entry.signatory, all.as_slice()) {
            (Some(id), all) if all.iter().any(|one| one.guardian == id) => id,
            (None, [only]) => only.guardian,
            _ => return Err(Error::field("signatory", Problem::Missing)),
        },
    };
    let (organisation, id, by) = (tx.organisation()?, ApplicationId::new(tx.now()), tx.person()?);
    let number = offer::next_number(tx).await?;
    let (key, sha) = entry.paper.clone().map_or((None, None), |paper| (Some(paper.key), Some(paper.sha256)));
    sqlx::query!(
        "insert into application (id, organisation_id, programme_id, number, beneficiary_id, applicant_id, state, need, submitted_at,
                                  entered_by, paper_key, paper_sha256)
         values ($1, $2, $3, $4, $5, $6, 'submitted', $7, moment(), $8, $9, $10)",
        id.0,
        organisation.0,
        entry.programme.0,
        number,
        entry.beneficiary.0,
        applicant.0,
        entry.need.trim(),
        by.0,
        key,
        sha,
    )
    .execute(tx.connection())
    .await?;
    claim(tx, id, entry.programme, &entry.claimed).await?;
    audit::record(tx, "entered", "application", id.0, json!({ "number": number })).await?;
    Ok(id)
}

/// Keeps what the applicant says of every criterion of the programme.
pub(super) async fn claim(
    tx: &mut Tx,
    id: ApplicationId,
    programme: ProgrammeId,
    claimed: &[CriterionId],
) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    for one in rules::current(tx, programme).await? {
        sqlx::query!(
            "insert into application_score (organisation_id, application_id, programme_id, criterion_id, claimed, points_most)
             values ($1, $2, $3, $4, $5, $6) on conflict (application_id, criterion_id) do update set claimed = excluded.claimed",
            organisation.0,
            id.0,
            programme.0,
            one.id.0,
            claimed.contains(&one.id),
            one.most,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// Looked through: nothing is missing. Errors: `NotFound`, `Stays`.
pub async fn complete(tx: &mut Tx, _: &DeviceClerk, id: ApplicationId) -> Result<(), Error> {
    if hold(tx, id).await? != State::Submitted {
        return Err(Error::Stays);
    }
    sqlx::query!("update application set state = 'complete' where id = $1", id.0)
        .execute(tx.connection())
        .await?;
    Ok(audit::record(tx, "completed", "application", id.0, json!({})).await?)
}

/// Gives points for every criterion, before the decision or on the waiting list.
///
/// Errors: `NotFound`; `Stays` once it is decided for good; `Invalid` on `points` when one is missing or too high.
pub async fn score(
    tx: &mut Tx,
    _: &DeviceClerk,
    id: ApplicationId,
    points: &[(CriterionId, i16)],
) -> Result<(), Error> {
    let state = hold(tx, id).await?;
    if !matches!(state, State::Submitted | State::Complete | State::Scored | State::Waitlisted) {
        return Err(Error::Stays);
    }
    for one in list::scores(tx, id).await? {
        let given =
            points.iter().find(|(criterion, _)| *criterion == one.criterion).map(|(_, points)| *points);
        let problem = match given {
            None => Problem::Missing,
            Some(points) if !(0..=one.most).contains(&points) => Problem::Malformed,
            Some(_) => continue,
        };
        return Err(Error::Invalid(vec![FieldProblem { field: "points", problem }]));
    }
    for (criterion, points) in points {
        sqlx::query!(
            "update application_score set points = $3 where application_id = $1 and criterion_id = $2",
            id.0,
            criterion.0,
            points
        )
        .execute(tx.connection())
        .await?;
    }
    if state != State::Waitlisted {
        sqlx::query!("update application set state = 'scored' where id = $1", id.0)
            .execute(tx.connection())
            .await?;
    }
    let sum: i32 = points.iter().map(|(_, points)| i32::from(*points)).sum();
    Ok(audit::record(tx, "scored", "application", id.0, json!({ "points": sum })).await?)
}

/// The person says at the hand-over, or before, that they do not take it: the application ends, and a device that waits goes to
/// the next of the waiting list in the same act.
///
/// Errors: `NotFound`; `Stays` when nothing was granted, or the device was collected.
pub async fn decline(
    tx: &mut Tx,
    proof: &DeviceClerk,
    id: ApplicationId,
    write: &(impl Fn(&Notice) -> Letter + Sync),
) -> Result<(), Error> {
    pass_on::hold(tx, id).await?;
    if hold(tx, id).await? != State::Granted {
        return Err(Error::Stays);
    }
    let about = list::load_one(tx, id).await?;
    pass_on::give_up(tx, id, about.allocation.as_ref()).await?;
    pass_on::pass_on(tx, proof, write).await?;
    Ok(())
}
