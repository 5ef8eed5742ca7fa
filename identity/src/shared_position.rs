//! Positions that organisations of an installation have in common. The administrator of the installation keeps the list; each
//! organisation says which of its own positions it means by them. Who holds one is known to their own organisation alone.

use base::{Actor, Tx, audit};
use serde_json::json;

use crate::error::{Error, Problem};
use crate::permit::{InstallationAdmin, PeopleAdmin};
use crate::{PositionId, SharedPositionId};

/// A position of the installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedPosition {
    /// Its id.
    pub id: SharedPositionId,
    /// Its name.
    pub name: String,
}

/// The list, names in Polish order. Any organisation reads it.
pub async fn all(tx: &mut Tx) -> Result<Vec<SharedPosition>, Error> {
    let rows = sqlx::query!(r#"select shared_id as "id!", name as "name!" from shared_positions()"#)
        .fetch_all(tx.connection())
        .await?;
    Ok(rows.into_iter().map(|row| SharedPosition { id: SharedPositionId(row.id), name: row.name }).collect())
}

/// Puts a position on the list. Errors: `Invalid` on `name`.
pub async fn create(tx: &mut Tx, _: &InstallationAdmin, name: &str) -> Result<SharedPositionId, Error> {
    let name = name.trim();
    match name.chars().count() {
        0 => return Err(Error::field("name", Problem::Missing)),
        101.. => return Err(Error::field("name", Problem::TooLong(100))),
        _ if name.chars().any(char::is_control) => return Err(Error::field("name", Problem::Malformed)),
        _ => {}
    }
    let (actor, id) = (tx.actor().clone(), SharedPositionId::new(tx.now()));
    tx.speak_for(&Actor::installation("shared positions")).await?;
    // A refused insert ends the transaction, so that nothing more is said in it with this reach.
    sqlx::query!("insert into shared_position (id, name) values ($1, $2)", id.0, name)
        .execute(tx.connection())
        .await
        .map_err(|error| Error::taken(error, &[("shared_position_name", "name")]))?;
    tx.speak_for(&actor).await?;
    audit::record(tx, "created", "shared_position", id.0, json!({ "name": name })).await?;
    Ok(id)
}

/// Takes a position off the list, and with it what organisations meant by it and which offers were directed at it. Their own
/// positions, rules and courses stay. Errors: `NotFound`.
pub async fn delete(tx: &mut Tx, _: &InstallationAdmin, id: SharedPositionId) -> Result<(), Error> {
    let actor = tx.actor().clone();
    tx.speak_for(&Actor::installation("shared positions")).await?;
    let gone =
        sqlx::query!("delete from shared_position where id = $1", id.0).execute(tx.connection()).await?;
    tx.speak_for(&actor).await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "deleted", "shared_position", id.0, json!({})).await?)
}

/// What the actor's organisation means by a position of the installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    /// The position of the installation.
    pub shared: SharedPositionId,
    /// A position of one's own.
    pub own: PositionId,
    /// Its name.
    pub name: String,
}

/// Everything that the actor's organisation means, own names in Polish order.
pub async fn meant(tx: &mut Tx) -> Result<Vec<Meant>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select s.shared_position_id, s.position_id, k.name from position_share s join position k on k.id = s.position_id
           where s.organisation_id = $1 order by k.name collate "pl-x-icu", k.id"#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let meant = rows.into_iter().map(|row| Meant {
        shared: SharedPositionId(row.shared_position_id),
        own: PositionId(row.position_id),
        name: row.name,
    });
    Ok(meant.collect())
}

/// Says that a position of one's own is meant by one of the installation; said twice it is said once.
///
/// Errors: `NotFound` for a position of others, or one that is not on the list.
pub async fn mean(
    tx: &mut Tx,
    _: &PeopleAdmin,
    own: PositionId,
    shared: SharedPositionId,
) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    sqlx::query_scalar!(
        "select id from position where id = $1 and organisation_id = $2",
        own.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if !all(tx).await?.iter().any(|one| one.id == shared) {
        return Err(Error::NotFound);
    }
    let made = sqlx::query!(
        "insert into position_share (organisation_id, position_id, shared_position_id) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        own.0,
        shared.0,
    )
    .execute(tx.connection())
    .await?;
    if made.rows_affected() == 0 {
        return Ok(());
    }
    Ok(audit::record(tx, "shared", "position", own.0, json!({ "shared": shared })).await?)
}

/// Takes that back. Rules that were made because of it stay. Errors: `NotFound`.
pub async fn unmean(
    tx: &mut Tx,
    _: &PeopleAdmin,
    own: PositionId,
    shared: SharedPositionId,
) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let gone = sqlx::query!(
        "delete from position_share where organisation_id = $1 and position_id = $2 and shared_position_id = $3",
        organisation.0,
        own.0,
        shared.0,
    )
    .execute(tx.connection())
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "unshared", "position", own.0, json!({ "shared": shared })).await?)
}
