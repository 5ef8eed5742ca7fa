//! How the making or the coming of a film ended, for the area above, which knows whom that concerns: a job, asked for in the transaction of
//! the end.

use base::job::{self, JobError};
use base::worker::Task;
use base::{PersonId, Tx};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::{FilmId, publish, replace, share};

/// The kind of the job; the area above does it.
pub const KIND: &str = "film_ended";

/// Of a film that was made sooner than this nobody is told: whoever sent it still looks at its page. In seconds.
pub const SOON_SECONDS: f64 = 120.0;

const TRIES: i32 = 8;

/// An end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ended {
    /// The film that is ready; or the one that failed, which may be one that was to take the place of another.
    pub film: FilmId,
    /// The number that it had then: each end has one of its own.
    pub number: i64,
    /// Why it failed, a word of `wire::Reason` or of `arrival`; nothing: it is ready.
    pub reason: Option<String>,
    /// Who sent it.
    pub by: PersonId,
}

impl Ended {
    /// The end that a job of this kind is about.
    pub fn of(task: &Task) -> Result<Self, JobError> {
        serde_json::from_value(task.held.args.clone())
            .map_err(|error| JobError::Fail(format!("no end of a film in the job: {error}")))
    }
}

/// The end of the making of a film: of all attempts only this one is shown, and it takes the place of the film that it was to replace.
/// Answers the film that consists of it.
pub(crate) async fn made(tx: &mut Tx, film: FilmId, fence: i64) -> Result<FilmId, JobError> {
    let again = |error: Error| JobError::Retry(error.to_string());
    publish::alone(tx, film, fence).await?;
    publish::parts(tx, film, fence, None).await?;
    share::sweep_earlier(tx, film).await.map_err(again)?;
    let sent = sent(tx, film).await?;
    let shown = replace::settle(tx, film).await.map_err(again)?;
    ready(tx, shown, sent).await?;
    Ok(shown)
}

/// Who sent a film, and whether that was so long ago that they have closed its page.
#[derive(Clone, Copy)]
struct Sent {
    by: PersonId,
    is_long_ago: bool,
}

/// It is asked before the film takes the place of another: then its row is gone.
async fn sent(tx: &mut Tx, film: FilmId) -> Result<Sent, sqlx::Error> {
    let row = sqlx::query!(
        r#"select coalesce(sent_by, created_by) as "by!",
                  coalesce(moment() - queued_at >= make_interval(secs => $2), true) as "is_long_ago!"
           from film where id = $1"#,
        film.0,
        SOON_SECONDS,
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(Sent { by: PersonId(row.by), is_long_ago: row.is_long_ago })
}

/// A film is ready, also when it took the place of another.
async fn ready(tx: &mut Tx, film: FilmId, sent: Sent) -> Result<(), sqlx::Error> {
    if !sent.is_long_ago {
        return Ok(());
    }
    let number = sqlx::query_scalar!("select fence from film where id = $1", film.0)
        .fetch_one(tx.connection())
        .await?;
    ask(tx, &Ended { film, number, reason: None, by: sent.by }).await
}

/// A film has failed; the reason stands in its row. Nothing when it is gone.
pub(crate) async fn failed(tx: &mut Tx, film: FilmId) -> Result<(), sqlx::Error> {
    let row = sqlx::query!(
        r#"select fence, reason as "reason!" from film where id = $1 and state = 'failed' and reason is not null"#,
        film.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(()) };
    let by = sent(tx, film).await?.by;
    ask(tx, &Ended { film, number: row.fence, reason: Some(row.reason), by }).await
}

async fn ask(tx: &mut Tx, ended: &Ended) -> Result<(), sqlx::Error> {
    job::enqueue(tx, KIND, &format!("{} {}", ended.film, ended.number), TRIES, ended).await
}
