//! Objects that no row points to, and rows that point to no object: the store and the database compared, both ways.

use std::collections::{BTreeMap, BTreeSet};

use crate::actor::Actor;
use crate::blob::{BlobError, Blobs};
use crate::db::Db;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Objects that no row points to, and their lengths in bytes.
    pub forgotten: BTreeMap<String, u64>,
    /// Keys that a row names and the store does not have, each with the table and the column.
    pub missing: BTreeMap<String, String>,
}

/// Why it could not be found out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The object store.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// Compares both. Objects are listed first and rows are read afterwards: what is published meanwhile is in both. What waits to be deleted
/// is not forgotten.
pub async fn look(db: &Db, blobs: &Blobs) -> Result<Found, Error> {
    let mut forgotten: BTreeMap<String, u64> =
        blobs.entries("").await?.into_iter().map(|entry| (entry.key, entry.size_bytes)).collect();
    let known: BTreeSet<String> = forgotten.keys().cloned().collect();
    let mut missing = BTreeMap::new();
    let mut tx = db.begin(&Actor::installation("doctor")).await?;
    let rows = sqlx::query!(
        r#"select object_key as "key!", min(place) as "place!" from named_object group by object_key"#
    )
    .fetch_all(tx.connection())
    .await?;
    for row in rows {
        forgotten.remove(&row.key);
        if !known.contains(&row.key) {
            missing.insert(row.key, row.place);
        }
    }
    let going = sqlx::query_scalar!(
        r#"select args ->> 'prefix' as "prefix!" from job
           where state in ('waiting', 'running') and args ->> 'prefix' is not null"#
    )
    .fetch_all(tx.connection())
    .await?;
    drop(tx);
    forgotten.retain(|key, _| !going.iter().any(|prefix| key.starts_with(prefix)));
    // Those that came after the list was made.
    let mut gone = BTreeMap::new();
    for (key, place) in missing {
        if blobs.length(&key).await?.is_none() {
            gone.insert(key, place);
        }
    }
    Ok(Found { forgotten, missing: gone })
}
