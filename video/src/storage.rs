//! How much the films of an organisation take and may take, and how long the uploads that they were made from are kept.

use base::{Actor, Db, OrganisationId, Tx, audit};
use identity::{InstallationAdmin, PeopleAdmin};
use serde_json::json;

use crate::error::Error;
use crate::sweep;

/// The most that an organisation can be allowed, in bytes: a pebibyte.
pub const MOST_BYTES: u64 = 1 << 50;

/// What the films of an organisation take.
#[derive(Clone, Debug)]
pub struct Space {
    /// Segments, plain MP4s, uploads that films were made from, and uploads that are open, in bytes. What several films share counts
    /// once.
    pub used_bytes: u64,
    /// What they may take; `None`: as much as there is.
    pub most_bytes: Option<u64>,
}

impl Space {
    /// How many bytes may still come; `None`: as many as there is room for.
    pub fn free_bytes(&self) -> Option<u64> {
        self.most_bytes.map(|most| most.saturating_sub(self.used_bytes))
    }
}

/// The space of one organisation, in the list of all.
#[derive(Clone, Debug)]
pub struct Line {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// What its films take.
    pub space: Space,
}

fn space(used_bytes: Option<i64>, most_bytes: Option<i64>) -> Space {
    let count = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
    Space { used_bytes: used_bytes.map_or(0, count), most_bytes: most_bytes.map(count) }
}

/// The space of the organisation that the transaction speaks for.
pub async fn own(tx: &mut Tx) -> Result<Space, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        r#"select (select used_bytes from film_space where organisation_id = $1) as used_bytes,
                  (select most_bytes from film_quota where organisation_id = $1) as most_bytes"#,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(space(row.used_bytes, row.most_bytes))
}

/// The space of every organisation, in Polish order. The transaction speaks for its own actor again afterwards.
pub async fn of_all(tx: &mut Tx, _: &InstallationAdmin) -> Result<Vec<Line>, Error> {
    let actor = tx.actor().clone();
    tx.speak_for(&Actor::installation("film space")).await?;
    let rows = sqlx::query!(
        r#"select o.id, o.name, s.used_bytes as "used_bytes?", q.most_bytes as "most_bytes?"
           from organisation o
             left join film_space s on s.organisation_id = o.id
             left join film_quota q on q.organisation_id = o.id
           order by o.name collate "pl-x-icu""#
    )
    .fetch_all(tx.connection())
    .await?;
    tx.speak_for(&actor).await?;
    let line = |(id, name, space)| Line { organisation: OrganisationId(id), name, space };
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.name, space(row.used_bytes, row.most_bytes)))
        .map(line)
        .collect())
}

/// Says how many bytes the films of an organisation may take; `None`: as many as there is room for. What is there already stays, even
/// when it is more. The transaction speaks for its own actor again afterwards.
///
/// Errors: `NotFound` when there is no such organisation.
pub async fn allow(
    tx: &mut Tx,
    _: &InstallationAdmin,
    organisation: OrganisationId,
    most_bytes: Option<u64>,
) -> Result<(), Error> {
    let actor = tx.actor().clone();
    tx.speak_for(&Actor::installation("film space")).await?;
    let known = sqlx::query_scalar!(
        r#"select exists (select 1 from organisation where id = $1) as "known!""#,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    if !known {
        return Err(Error::NotFound);
    }
    match most_bytes {
        Some(bytes) => {
            sqlx::query!(
                "insert into film_quota (organisation_id, most_bytes) values ($1, $2)
                 on conflict (organisation_id) do update set most_bytes = excluded.most_bytes, set_at = moment()",
                organisation.0,
                i64::try_from(bytes).unwrap_or(i64::MAX),
            )
            .execute(tx.connection())
            .await?;
        }
        None => {
            sqlx::query!("delete from film_quota where organisation_id = $1", organisation.0)
                .execute(tx.connection())
                .await?;
        }
    }
    tx.speak_for(&actor).await?;
    let detail = json!({ "most_bytes": most_bytes });
    Ok(audit::record(tx, "film_quota", "organisation", organisation.0, detail).await?)
}

/// How many bytes may still come, for a page to tell; `None`: as many as there is room for. Nothing is added up where there is no limit.
pub async fn left(tx: &mut Tx) -> Result<Option<u64>, Error> {
    let organisation = tx.organisation()?;
    let limited = sqlx::query_scalar!(
        r#"select exists (select 1 from film_quota where organisation_id = $1) as "limited!""#,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    if limited { Ok(own(tx).await?.free_bytes()) } else { Ok(None) }
}

/// The same for an upload that begins now. Whoever asks next waits until this transaction has ended, so that two uploads are not both told that
/// the last place is theirs.
pub(crate) async fn free(tx: &mut Tx) -> Result<Option<u64>, Error> {
    if is_limited(tx).await? { Ok(own(tx).await?.free_bytes()) } else { Ok(None) }
}

/// Holds the limit of the organisation, if it has one, until this transaction has ended.
///
/// Whoever holds several rows takes them in one order, so that no two wait for each other: the course and its units, this limit, the film
/// that is shown, the one that is to take its place (`replace::hold`), what belongs to them (uploads, where a film comes from), and last the job
/// that makes or copies it. So this is called before a film is looked at by whoever may ask for room afterwards.
pub async fn hold(tx: &mut Tx) -> Result<(), Error> {
    is_limited(tx).await?;
    Ok(())
}

async fn is_limited(tx: &mut Tx) -> Result<bool, Error> {
    let organisation = tx.organisation()?;
    let limit = sqlx::query_scalar!(
        "select most_bytes from film_quota where organisation_id = $1 for no key update",
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(limit.is_some())
}

/// Refuses what would not fit. Errors: `NoRoom`.
pub(crate) async fn room(tx: &mut Tx, bytes: u64) -> Result<(), Error> {
    match free(tx).await? {
        Some(free) if bytes > free => Err(Error::NoRoom(free)),
        _ => Ok(()),
    }
}

/// After how many days the uploads that films were made from are deleted; `None`: never.
pub async fn source_days(tx: &mut Tx, _: &PeopleAdmin) -> Result<Option<u16>, Error> {
    let organisation = tx.organisation()?;
    let days = sqlx::query_scalar!(
        "select source_days from film_setting where organisation_id = $1",
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(days.flatten().and_then(|days| u16::try_from(days).ok()))
}

/// Most days that can be said.
pub const MOST_SOURCE_DAYS: u16 = 3650;

/// Says it; of more days than [`MOST_SOURCE_DAYS`] that many.
pub async fn keep_sources(tx: &mut Tx, _: &PeopleAdmin, days: Option<u16>) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    sqlx::query!(
        "insert into film_setting (organisation_id, source_days) values ($1, $2)
         on conflict (organisation_id) do update set source_days = excluded.source_days",
        organisation.0,
        days.map(|days| i32::from(days.clamp(1, MOST_SOURCE_DAYS))),
    )
    .execute(tx.connection())
    .await?;
    Ok(audit::record(tx, "film_sources", "organisation", organisation.0, json!({ "days": days })).await?)
}

/// Lets go of the uploads that organisations want to keep no longer. Films stay as they are; a film whose copy was made later than it
/// keeps the upload until both are old. Answers how many uploads went. Run now and then by the server.
pub async fn forget_sources(db: &Db) -> Result<u64, Error> {
    let mut tx = db.begin(&Actor::installation("film sources")).await?;
    let rows = sqlx::query!(
        r#"with old as (
             select f.organisation_id, f.source_key from film f join film_setting s on s.organisation_id = f.organisation_id
             where f.source_key is not null and s.source_days is not null
             group by f.organisation_id, f.source_key, s.source_days
             having bool_and(f.state = 'ready' and f.ready_at + make_interval(days => s.source_days) < moment())
             limit 200
           )
           update film f set source_key = null from old
           where f.organisation_id = old.organisation_id and f.source_key = old.source_key
           returning old.source_key as "key!""#
    )
    .fetch_all(tx.connection())
    .await?;
    let keys: std::collections::BTreeSet<String> = rows.into_iter().map(|row| row.key).collect();
    for key in &keys {
        sweep::later(&mut tx, key).await?;
    }
    tx.commit().await?;
    Ok(keys.len() as u64)
}
