//! What an organisation decided once about offers of another one that are directed at positions: they are adopted by themselves, with
//! a rule for the own positions that are meant by them, or they are only shown. Two jobs: `SPREAD` tells organisations that
//! there is something for them, `KIND` adopts it, as often as it likes.

use base::job::{self, JobError};
use base::worker::Task;
use base::{Actor, Blobs, OrganisationId, PersonId, Tx, audit};
use identity::{PeopleAdmin, PositionId, Problem, session};
use serde_json::json;
use uuid::Uuid;

use super::adopt::{self, Adopted};
use super::seen::Adopter;
use crate::enrolment::{self, Target};
use crate::error::Error;
use crate::rule::{Due, Rule};
use crate::{OfferId, VersionId, told};

pub use base::job::give_up;

/// The kind of the job that adopts, of the organisation that adopts.
pub const KIND: &str = "adopt_directed";

/// The kind of the job that asks for it everywhere, of the organisation that offers.
pub const SPREAD: &str = "spread_offer";

const TRIES: i32 = 8;

/// An organisation that offers something, and what was decided about it.
#[derive(Clone, Debug)]
pub struct Publisher {
    /// The organisation.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Open offers.
    pub offers: i64,
    /// Of them those that are directed at positions.
    pub directed: i64,
    /// Days that the rules give, when its directed offers are adopted by themselves.
    pub automatic: Option<i32>,
}

/// Everybody who offers something, by name.
pub async fn publishers(tx: &mut Tx, _: &PeopleAdmin) -> Result<Vec<Publisher>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select s.publisher_id as "id!", min(s.publisher) as "name!", count(*) as "offers!",
                  count(*) filter (where cardinality(s.positions) > 0) as "directed!", min(w.due_days) as "due_days?"
           from offers_seen(null) s left join adoption_wish w on w.publisher_id = s.publisher_id and w.organisation_id = $1
           group by s.publisher_id order by min(s.publisher) collate "pl-x-icu", s.publisher_id"#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let publisher = rows.into_iter().map(|row| Publisher {
        id: OrganisationId(row.id),
        name: row.name,
        offers: row.offers,
        directed: row.directed,
        automatic: row.due_days,
    });
    Ok(publisher.collect())
}

/// Decides: `Some(days)` adopts what this publisher directs at positions of one's own, with so many days from the assignment; `None`
/// only shows it. What was adopted before stays.
///
/// Errors: `NotFound` for one who offers nothing; `Invalid` on `due_days`.
pub async fn decide(
    tx: &mut Tx,
    proof: &PeopleAdmin,
    publisher: OrganisationId,
    automatic: Option<i32>,
) -> Result<(), Error> {
    if automatic.is_some_and(|days| !(1..=3650).contains(&days)) {
        return Err(Error::field("due_days", Problem::Malformed));
    }
    if !publishers(tx, proof).await?.iter().any(|one| one.id == publisher) {
        return Err(Error::NotFound);
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    sqlx::query!(
        "insert into adoption_wish (organisation_id, publisher_id, automatic, due_days, decided_by) values ($1, $2, $3, $4, $5)
         on conflict (organisation_id, publisher_id) do update set automatic = excluded.automatic, due_days = excluded.due_days,
           decided_by = excluded.decided_by, decided_at = moment()",
        organisation.0,
        publisher.0,
        automatic.is_some(),
        automatic,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "decided_offers", "organisation", publisher.0, json!({ "days": automatic })).await?;
    ask(tx).await?;
    Ok(())
}

/// Asks for the job of the actor's organisation, once a transaction: one that runs already may have read what was before.
pub async fn ask(tx: &mut Tx) -> Result<(), sqlx::Error> {
    queue(tx, KIND).await
}

/// Asks for the job that asks everywhere.
pub(super) async fn spread(tx: &mut Tx) -> Result<(), sqlx::Error> {
    queue(tx, SPREAD).await
}

/// Asks for a job of the actor's organisation, once a transaction.
pub(super) async fn queue(tx: &mut Tx, kind: &str) -> Result<(), sqlx::Error> {
    let organisation = tx.organisation()?;
    let transaction = sqlx::query_scalar!(r#"select pg_current_xact_id()::text as "id!""#)
        .fetch_one(tx.connection())
        .await?;
    job::enqueue(tx, kind, &format!("{organisation} {transaction}"), TRIES, &json!({})).await
}

/// The handler of `SPREAD`: every organisation that adopts by itself what this one offers looks for it.
pub async fn run_spread(task: Task) -> Result<(), JobError> {
    let Some(publisher) = task.held.organisation else {
        return Err(JobError::Fail("the job names no organisation".to_owned()));
    };
    let mut all = task.db.begin(&Actor::installation(SPREAD)).await?;
    let waiting = sqlx::query_scalar!(
        "select organisation_id from adoption_wish where publisher_id = $1 and automatic order by organisation_id",
        publisher.0
    )
    .fetch_all(all.connection())
    .await?;
    drop(all);
    for organisation in waiting {
        let mut tx = task.db.begin(&Actor::job(KIND, OrganisationId(organisation))).await?;
        ask(&mut tx).await?;
        tx.commit().await?;
    }
    let mut tx = task.db.begin(&task.held.actor()).await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Something to be adopted, and in whose name.
struct Directed {
    offer: OfferId,
    version: VersionId,
    days: i32,
    positions: Vec<Uuid>,
    person: PersonId,
}

/// The handler of `KIND`: each offer in a transaction of its own, so that one that cannot be had stops no other. What is there already
/// is left as it is.
pub async fn run(blobs: Blobs, task: Task) -> Result<(), JobError> {
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let organisation = tx.organisation()?;
    let directed = directed(&mut tx).await.map_err(again)?;
    drop(tx);
    let mut failed = None;
    for one in directed {
        let mut tx = task.db.begin(&session::on_behalf(organisation, one.person)).await?;
        match by_decision(&mut tx, &blobs, &one).await {
            Ok(()) => tx.commit().await?,
            // Withdrawn meanwhile.
            Err(Error::NotFound) => drop(tx),
            Err(error) => failed = Some(error),
        }
    }
    if let Some(error) = failed {
        return Err(again(error));
    }
    let mut tx = task.db.begin(&task.held.actor()).await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

fn again(error: Error) -> JobError {
    JobError::Retry(error.to_string())
}

/// Open offers that are directed at a position that is meant here, of publishers whose offers are adopted by themselves. It is done in
/// the name of who decided it, as long as they administer the organisation, else of who has done so longest.
async fn directed(tx: &mut Tx) -> Result<Vec<Directed>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"with admin as (
             select p.id, g.granted_at from person p join role_grant g on g.person_id = p.id and g.role = 'organisation_admin'
             where p.organisation_id = $1 and p.state = 'active')
           select s.offer_id as "offer!", s.version_id as "version!", w.due_days as "days!", s.positions as "positions!: Vec<Uuid>",
                  coalesce((select a.id from admin a where a.id = w.decided_by),
                           (select a.id from admin a order by a.granted_at, a.id limit 1)) as "person?"
           from adoption_wish w join offers_seen(null) s on s.publisher_id = w.publisher_id
           where w.organisation_id = $1 and w.automatic
             and exists (select 1 from position_share m where m.organisation_id = $1 and m.shared_position_id = any (s.positions))
           order by s.offer_id"#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let directed = rows.into_iter().filter_map(|row| {
        Some(Directed {
            offer: OfferId(row.offer),
            version: VersionId(row.version),
            days: row.days,
            positions: row.positions,
            person: PersonId(row.person?),
        })
    });
    Ok(directed.collect())
}

async fn by_decision(tx: &mut Tx, blobs: &Blobs, one: &Directed) -> Result<(), Error> {
    let Adopted { course, fresh, .. } =
        adopt::adopt(tx, blobs, &Adopter::decided(), one.offer, one.version, true).await?;
    let automatic = sqlx::query_scalar!("select automatic from adoption where course_id = $1", course.id().0)
        .fetch_one(tx.connection())
        .await?;
    if !automatic {
        // Somebody adopted it by hand, and says whom it is for.
        return Ok(());
    }
    let organisation = tx.organisation()?;
    let missing = sqlx::query_scalar!(
        "select distinct m.position_id from position_share m
         where m.organisation_id = $1 and m.shared_position_id = any ($2::uuid[])
           and not exists (select 1 from adoption_rule r where r.course_id = $3 and r.position_id = m.position_id)
         order by m.position_id",
        organisation.0,
        &one.positions,
        course.id().0,
    )
    .fetch_all(tx.connection())
    .await?;
    for position in missing {
        let rule = Rule { mandatory: true, due: Due::After(one.days), valid_months: None };
        match enrolment::direct(tx, &course, Target::Position(PositionId(position)), &rule).await {
            // There is a rule of somebody's own for it.
            Ok(()) | Err(Error::Invalid(_)) => {}
            Err(error) => return Err(error),
        }
        sqlx::query!(
            "insert into adoption_rule (organisation_id, course_id, position_id) values ($1, $2, $3) on conflict do nothing",
            organisation.0,
            course.id().0,
            position,
        )
        .execute(tx.connection())
        .await?;
    }
    if fresh {
        told::teaching(tx, &course, one.person).await?;
    }
    Ok(())
}
