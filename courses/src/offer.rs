//! The catalogue of the installation: an organisation offers a published course to the others, and they make courses of their own of
//! it. What is offered is title, summary and units of the newest version; nothing of people, and nothing of what they did.

pub mod adopt;
pub mod arrive;
pub mod content;
mod difference;
pub mod films;
pub mod newer;
pub mod seen;
pub mod takeover;
pub mod wish;

use base::{PersonId, Tx, audit};
use identity::{Problem, SharedPositionId, shared_position};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::enrolment::area;
use crate::error::Error;
use crate::find::Taught;
use crate::plan::{self, Refusal};
use crate::publish::{self, Asks};
use crate::quiz::pool;
use crate::{OfferId, VersionId};

/// How a course of one's own stands in the catalogue of the installation.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The offer.
    pub id: OfferId,
    /// Since when it is offered.
    pub since: OffsetDateTime,
    /// Whether it is not offered any more.
    pub withdrawn: bool,
    /// The positions that it is directed at.
    pub positions: Vec<SharedPositionId>,
    /// How many organisations adopted it.
    pub adopters: i64,
}

/// The offer of a course; `None` when it was never offered.
pub async fn standing(tx: &mut Tx, proof: &Taught) -> Result<Option<Standing>, Error> {
    let row = sqlx::query!(
        r#"select o.id, o.offered_at, o.withdrawn_at is not null as "withdrawn!",
                  array(select p.shared_position_id from offer_position p where p.offer_id = o.id) as "positions!: Vec<Uuid>"
           from catalogue_offer o where o.course_id = $1"#,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let adopters = sqlx::query_scalar!(r#"select offer_adopters($1) as "adopters!""#, row.id)
        .fetch_one(tx.connection())
        .await?;
    Ok(Some(Standing {
        id: OfferId(row.id),
        since: row.offered_at,
        withdrawn: row.withdrawn,
        positions: row.positions.into_iter().map(SharedPositionId).collect(),
        adopters,
    }))
}

/// Whether a course was made of another organisation's offer; such a course is not offered on.
pub async fn is_adopted(tx: &mut Tx, proof: &Taught) -> Result<bool, Error> {
    let there = sqlx::query_scalar!(
        r#"select exists (select 1 from adoption where course_id = $1) as "there!""#,
        proof.id().0
    );
    Ok(there.fetch_one(tx.connection()).await?)
}

/// Puts the published course into the catalogue of the installation, directed at these positions of it (none: at nobody in
/// particular). An offer that is open gets other positions; one that was withdrawn is open again.
///
/// Errors: `NothingToPublish` when the course is not published; `NotAllowed` for one that was adopted itself; `Invalid` on `positions`.
pub async fn make(tx: &mut Tx, proof: &Taught, positions: &[SharedPositionId]) -> Result<OfferId, Error> {
    let known = shared_position::all(tx).await.map_err(area)?;
    if positions.iter().any(|wanted| !known.iter().any(|one| one.id == *wanted)) {
        return Err(Error::field("positions", Problem::Unknown));
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    // Whoever publishes or puts the course away at this moment comes before or after.
    let course =
        sqlx::query!("select state, published_version_id from course where id = $1 for update", proof.id().0)
            .fetch_one(tx.connection())
            .await?;
    if is_adopted(tx, proof).await? {
        return Err(Error::NotAllowed);
    }
    let version = course.published_version_id.filter(|_| course.state == "published");
    let version = version.map(VersionId).ok_or(Error::NothingToPublish)?;
    let fresh = OfferId::new(tx.now());
    let id = sqlx::query_scalar!(
        "insert into catalogue_offer as o (id, organisation_id, course_id, version_id, offered_by) values ($1, $2, $3, $4, $5)
         on conflict (course_id) do update set version_id = excluded.version_id, offered_by = excluded.offered_by,
           offered_at = case when o.withdrawn_at is null then o.offered_at else moment() end,
           withdrawn_by = null, withdrawn_at = null
         returning id",
        fresh.0,
        organisation.0,
        proof.id().0,
        version.0,
        person.0,
    )
    .fetch_one(tx.connection())
    .await?;
    let ids: Vec<Uuid> = positions.iter().map(|one| one.0).collect();
    sqlx::query!("delete from offer_position where offer_id = $1", id).execute(tx.connection()).await?;
    sqlx::query!(
        "insert into offer_position (organisation_id, offer_id, shared_position_id)
         select distinct $1::uuid, $2::uuid, p.id from unnest($3::uuid[]) p (id)",
        organisation.0,
        id,
        &ids,
    )
    .execute(tx.connection())
    .await?;
    if !ids.is_empty() {
        wish::spread(tx).await?;
    }
    // Offered again, those who adopted it before may be behind.
    newer::published(tx, proof).await?;
    let detail = json!({ "offer": id, "positions": ids.len() });
    audit::record(tx, "offered", "course", proof.id().0, detail).await?;
    Ok(OfferId(id))
}

/// Takes the course out of the catalogue of the installation. Who adopted it keeps what they have; they get no newer versions.
///
/// Errors: `NotFound` when it is not offered.
pub async fn withdraw(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    let person = tx.person()?;
    let ended = sqlx::query!(
        "update catalogue_offer set withdrawn_at = moment(), withdrawn_by = $2 where course_id = $1 and withdrawn_at is null",
        proof.id().0,
        person.0
    )
    .execute(tx.connection())
    .await?;
    if ended.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "withdrew_offer", "course", proof.id().0, json!({})).await?)
}

/// Publishes what was taken over in the name of a person, unless something stands in the way; then the draft waits, and the answer says
/// for what.
async fn publish_if_fit(
    tx: &mut Tx,
    proof: &Taught,
    person: PersonId,
    asks: Asks,
) -> Result<Option<Refusal>, Error> {
    // Asked before: publishing finds it out only after it has begun to write.
    if !pool::unfit(tx, proof).await?.is_empty() {
        return Ok(Some(Refusal::Tests));
    }
    match publish::publish_for(tx, proof, person, asks).await {
        Ok(_) => {
            plan::overtaken(tx, proof).await?;
            Ok(None)
        }
        Err(Error::NothingToPublish) => Ok(Some(Refusal::Nothing)),
        Err(Error::FilmsNotReady) => Ok(Some(Refusal::Films)),
        Err(Error::FindingsInTheWay(_)) => Ok(Some(Refusal::Findings)),
        Err(Error::ReviewFirst) => Ok(Some(Refusal::Review)),
        Err(error) => Err(error),
    }
}
