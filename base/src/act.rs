//! Writes that can be repeated: the same key gives the same answer and has one effect.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::actor::Actor;
use crate::db::{Db, Tx};

/// What came of presenting a key.
#[derive(Debug)]
pub enum Once<T> {
    /// First time: do the act, then `remember` the answer.
    First,
    /// The act was done before; this was its answer.
    Again(T),
}

/// Takes `key` for the acting person. A second request with it waits for the first to commit, then gets its answer.
///
/// Errors: `RowNotFound` when no person acts.
pub async fn once<T: DeserializeOwned>(tx: &mut Tx, key: &str) -> Result<Once<T>, sqlx::Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let fresh = sqlx::query!(
        "insert into act_key (organisation_id, person_id, key) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        person.0,
        key,
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if fresh == 1 {
        return Ok(Once::First);
    }
    let answer = sqlx::query_scalar!(
        "select answer from act_key where organisation_id = $1 and person_id = $2 and key = $3",
        organisation.0,
        person.0,
        key,
    )
    .fetch_one(tx.connection())
    .await?
    .and_then(|answer| serde_json::from_value(answer).ok());
    answer.map(Once::Again).ok_or(sqlx::Error::RowNotFound)
}

/// Keeps the answer of the act that `once` called the first.
pub async fn remember<T: Serialize>(tx: &mut Tx, key: &str, answer: &T) -> Result<(), sqlx::Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let answer = serde_json::to_value(answer).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query!(
        "update act_key set answer = $4 where organisation_id = $1 and person_id = $2 and key = $3",
        organisation.0,
        person.0,
        key,
        answer,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// How long an answer is kept for somebody who asks again; it may hold a name.
const KEPT: time::Duration = time::Duration::days(90);

/// Forgets keys and answers that nobody will ask for again.
pub async fn forget_old(db: &Db) -> Result<(), sqlx::Error> {
    let mut tx = db.begin(&Actor::installation("act keys")).await?;
    let since = tx.now() - KEPT;
    sqlx::query!("delete from act_key where created_at < $1", since).execute(tx.connection()).await?;
    tx.commit().await
}
