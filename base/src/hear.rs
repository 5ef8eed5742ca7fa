//! What PostgreSQL tells while it happens (NOTIFY, by triggers, on one channel), for those who keep in memory what
//! they read. Who hears nothing must not believe what they keep: so every few seconds a word is sent to oneself, the same way round.

use std::convert::Infallible;
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};

use crate::db::Db;

/// The channel of the triggers.
const CHANNEL: &str = "tablica_changes";
/// What a server sends to itself and to every other.
const BEAT: &str = "beat";
/// How often.
const EVERY: Duration = Duration::from_secs(4);
/// Whoever has heard no [`Word::Beat`] for so long hears nothing.
pub const DEAF: Duration = Duration::from_secs(10);
/// How long to wait before the next try to listen.
const AGAIN: Duration = Duration::from_secs(2);

/// What is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word<'a> {
    /// Something has changed, in the words of a trigger.
    Changed(&'a str),
    /// Everything that was committed until [`EVERY`] ago has been heard.
    Beat,
    /// Words may have been missed.
    Deaf,
}

/// Listens for as long as it is polled; over two connections of its own, so that it is heard while all others are busy.
pub async fn hear(db: &Db, tell: impl Fn(Word<'_>)) -> Infallible {
    loop {
        let Err(error) = listen(db, &tell).await;
        tell(Word::Deaf);
        tracing::warn!(%error, "nothing is heard of changes; everything is looked up");
        tokio::time::sleep(AGAIN).await;
    }
}

async fn listen(db: &Db, tell: &impl Fn(Word<'_>)) -> Result<Infallible, sqlx::Error> {
    let options = PgPoolOptions::new().max_connections(2).acquire_timeout(DEAF);
    let pool = options.max_lifetime(None).idle_timeout(None).connect_with(db.options()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    let hearing = async {
        while let Some(word) = listener.try_recv().await? {
            tell(if word.payload() == BEAT { Word::Beat } else { Word::Changed(word.payload()) });
        }
        Err(sqlx::Error::Io(std::io::ErrorKind::ConnectionAborted.into()))
    };
    let beating = async {
        loop {
            sqlx::query!("select pg_notify($1, $2)", CHANNEL, BEAT).execute(&pool).await?;
            tokio::time::sleep(EVERY).await;
        }
    };
    tokio::select! {
        ended = hearing => ended,
        ended = beating => ended,
    }
}
