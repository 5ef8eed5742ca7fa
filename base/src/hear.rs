//! What PostgreSQL tells while it happens (NOTIFY, by triggers, on one channel), for those who keep in memory what they read.
//!
//! Who hears nothing must not believe what they keep: so every few seconds a word is sent to oneself, over another connection, by a
//! function of the database that keeps silent where a trigger is missing.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::db::Db;

/// The channel of the triggers.
const CHANNEL: &str = "tablica_changes";
/// What a server sends to itself begins so.
const BEAT: &str = "beat ";
/// How often.
const EVERY: Duration = Duration::from_secs(4);
/// Whoever has heard no [`Word::Beat`] that was sent within so long hears nothing.
pub const DEAF: Duration = Duration::from_secs(10);
/// How long to wait before the next try to listen.
const AGAIN: Duration = Duration::from_secs(2);

/// What is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word<'a> {
    /// Something has changed, in the words of a trigger.
    Changed(&'a str),
    /// Everything that was committed until this moment has been heard, if nothing was missed before.
    Beat(Instant),
    /// Words may have been missed.
    Deaf,
}

/// Listens for as long as it is polled; over two connections of its own, so that it is heard while all others are busy.
pub async fn hear(db: &Db, tell: impl Fn(Word<'_>)) -> Infallible {
    let mut known = false;
    loop {
        let Err(error) = listen(db, &tell).await;
        tell(Word::Deaf);
        if !std::mem::replace(&mut known, true) {
            tracing::warn!(%error, "nothing is heard of changes in the database: everything is looked up until it is");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Whether a program here hears what PostgreSQL tells; tried once.
pub async fn hears(db: &Db) -> Result<bool, sqlx::Error> {
    let heard = Notify::new();
    let tell = |word: Word<'_>| {
        if matches!(word, Word::Beat(_)) {
            heard.notify_one();
        }
    };
    tokio::select! {
        () = heard.notified() => Ok(true),
        Err(error) = listen(db, &tell) => Err(error),
        () = tokio::time::sleep(EVERY) => Ok(false),
    }
}

async fn listen(db: &Db, tell: &impl Fn(Word<'_>)) -> Result<Infallible, sqlx::Error> {
    let options = PgPoolOptions::new().max_connections(2).acquire_timeout(DEAF);
    let pool = options.max_lifetime(None).idle_timeout(None).connect_with(db.options()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    // Another server's beats say nothing of what is heard here.
    let last = Mutex::new((String::new(), Instant::now()));
    let hearing = async {
        loop {
            // A connection that is dead and does not know it says nothing at all.
            let heard = tokio::time::timeout(DEAF, listener.try_recv()).await.map_err(|_| broken())??;
            let heard = heard.ok_or_else(broken)?;
            match heard.payload().strip_prefix(BEAT) {
                Some(words) => {
                    let (own, sent) = last.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    if words == own {
                        tell(Word::Beat(sent));
                    }
                }
                None => tell(Word::Changed(heard.payload())),
            }
        }
    };
    let beating = async {
        loop {
            let words = Uuid::new_v4().to_string();
            *last.lock().unwrap_or_else(PoisonError::into_inner) = (words.clone(), Instant::now());
            sqlx::query!("select tell_beat($1)", words).execute(&pool).await?;
            tokio::time::sleep(EVERY).await;
        }
    };
    tokio::select! {
        ended = hearing => ended,
        ended = beating => ended,
    }
}

fn broken() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::ConnectionAborted.into())
}
