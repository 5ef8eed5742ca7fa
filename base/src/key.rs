//! Keys that sign short tickets, and the one that seals. They live in the database, so that every machine of an installation shares them.

use crate::actor::Actor;
use crate::db::Db;
use crate::id::row_id;

/// What a key signs; a ticket of one purpose is worth nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Playlists and segments.
    Media,
    /// The REST API.
    Api,
    /// What is kept sealed in the database (PIN and PUK of SIM cards).
    Seal,
}

impl Purpose {
    /// The word in the database and in the ticket's `typ`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::Api => "api",
            Self::Seal => "seal",
        }
    }
}

/// The present key for `purpose` (32 bytes), made when there is none.
///
/// Errors: the database cannot be reached, or the system has no randomness.
pub async fn current(db: &Db, purpose: Purpose) -> Result<Vec<u8>, sqlx::Error> {
    let mut secret = vec![0u8; 32];
    getrandom::fill(&mut secret).map_err(|error| sqlx::Error::Protocol(format!("no randomness: {error}")))?;
    let mut tx = db.begin(&Actor::installation("keys")).await?;
    let id = row_id(tx.now());
    sqlx::query!(
        "insert into signing_key (id, purpose, secret) values ($1, $2, $3) on conflict do nothing",
        id,
        purpose.word(),
        secret,
    )
    .execute(tx.connection())
    .await?;
    let secret = sqlx::query_scalar!(
        "select secret from signing_key where purpose = $1 and retired_at is null",
        purpose.word()
    )
    .fetch_one(tx.connection())
    .await?;
    tx.commit().await?;
    Ok(secret)
}
