//! The job queue: a table, a lease, a heartbeat and a fence. At-least-once; finishing counts only for the newest holder.
//!
//! A killed worker's job is free again when its lease ends (30 s), so it is taken up within a minute.

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::actor::Actor;
use crate::db::{Db, Tx};
use crate::id::{OrganisationId, row_id};

/// How long a worker holds a job without a sign of life, in seconds.
pub const LEASE_SECONDS: f64 = 30.0;

/// The longest that a job gives way to shorter ones, in seconds: nothing waits for ever.
pub const MOST_WAY_SECONDS: f64 = 3600.0;

/// Work of idle time is never short.
const IDLE_SECONDS: i32 = 86_400;

/// How a job ended badly.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The world was in the way (network, database, a killed child): try again later.
    #[error("{0}")]
    Retry(String),
    /// Trying again cannot help; the sentence says why.
    #[error("{0}")]
    Fail(String),
    /// Other work comes first, or the program is ending: again later, and this attempt does not count.
    #[error("other work comes first")]
    Later,
    /// Somebody newer holds the job, or it was cancelled: stop without a trace.
    #[error("the job is no longer ours")]
    Lost,
}

impl From<sqlx::Error> for JobError {
    fn from(error: sqlx::Error) -> Self {
        Self::Retry(format!("database: {error}"))
    }
}

/// A job that this worker holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// The row.
    pub id: Uuid,
    /// Whose work it is.
    pub organisation: Option<OrganisationId>,
    /// Which handler does it.
    pub kind: String,
    /// What it is about; one live job per kind and key.
    pub key: String,
    /// What the handler needs to know.
    pub args: Value,
    /// Rises with every claim; the newest number wins.
    pub fence: i64,
    /// How many times it was taken up, this time included.
    pub attempt: i32,
    /// After this many attempts it is dead.
    pub attempts_most: i32,
}

/// What the database says to a sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pulse {
    /// Go on.
    Ours,
    /// Somebody asked to stop it.
    CancelAsked,
    /// A newer holder exists, or the job ended: stop at once.
    Lost,
}

/// Asks for work, in the transaction of the act that needs it. Asking twice while it lives is asking once.
pub async fn enqueue(
    tx: &mut Tx,
    kind: &str,
    key: &str,
    attempts_most: i32,
    args: &impl Serialize,
) -> Result<(), sqlx::Error> {
    let now = tx.now();
    enqueue_for(tx, now, kind, key, attempts_most, args).await
}

/// The same for work that is not to be done before `run_at`.
pub async fn enqueue_for(
    tx: &mut Tx,
    run_at: OffsetDateTime,
    kind: &str,
    key: &str,
    attempts_most: i32,
    args: &impl Serialize,
) -> Result<(), sqlx::Error> {
    let args = serde_json::to_value(args).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let id = row_id(tx.now());
    let organisation = tx.actor().organisation().map(|id| id.0);
    sqlx::query!(
        "insert into job (id, organisation_id, kind, key, attempts_most, args, run_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (kind, key) where state in ('waiting', 'running') do nothing",
        id,
        organisation,
        kind,
        key,
        attempts_most,
        args,
        run_at,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The same for work of idle time: it is done by one worker at a time, only while no job of the kinds `gives_way_to` waits or is worked
/// on, and its holder hears a wish to stop as soon as one does.
pub async fn enqueue_idle(
    tx: &mut Tx,
    gives_way_to: &[&str],
    kind: &str,
    key: &str,
    attempts_most: i32,
    args: &impl Serialize,
) -> Result<(), sqlx::Error> {
    enqueue(tx, kind, key, attempts_most, args).await?;
    let kinds: Vec<String> = gives_way_to.iter().map(|kind| (*kind).to_owned()).collect();
    sqlx::query!(
        "update job set gives_way_to = $3, cost_seconds = $4 where kind = $1 and key = $2 and state = 'waiting'",
        kind,
        key,
        &kinds,
        IDLE_SECONDS,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Says how many seconds a job that waits is expected to take, counted from what it is about. One that is said to be long gives way to
/// short ones that were asked for up to [`MOST_WAY_SECONDS`] later, and is left alone by the lane for quick work.
pub async fn expect(tx: &mut Tx, kind: &str, key: &str, seconds: u64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update job set cost_seconds = $3 where kind = $1 and key = $2 and state = 'waiting'",
        kind,
        key,
        i32::try_from(seconds).unwrap_or(i32::MAX),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Asks the holder of a live job to stop; a waiting one ends at once. Answers whether there was one.
pub async fn ask_cancel(tx: &mut Tx, kind: &str, key: &str) -> Result<bool, sqlx::Error> {
    let changed = sqlx::query!(
        "update job set cancel_asked = true,
                state = case state when 'waiting' then 'cancelled' else state end,
                ended_at = case state when 'waiting' then moment() end
         where kind = $1 and key = $2 and state in ('waiting', 'running')",
        kind,
        key,
    )
    .execute(tx.connection())
    .await?;
    Ok(changed.rows_affected() > 0)
}

/// Takes the job whose turn it is, or one whose holder gave no sign of life in time. A job counts as asked for later by as many seconds
/// as it is expected to take: the shortest first, and none for ever last. With `most_seconds` only jobs that are expected to be as short.
/// Work of idle time comes when nothing else does.
pub async fn claim(
    db: &Db,
    kinds: &[String],
    most_seconds: Option<i32>,
) -> Result<Option<Held>, sqlx::Error> {
    let mut tx = db.begin(&Actor::installation("worker")).await?;
    let row = sqlx::query!(
        r#"update job set state = 'running', attempt = attempt + 1, fence = fence + 1,
                  lease_until = moment() + make_interval(secs => $2)
           where id = (select id from job j
                       where kind = any($1) and (state = 'waiting' and run_at <= moment()
                                              or state = 'running' and lease_until < moment())
                             and cost_seconds <= coalesce($3::integer, cost_seconds)
                             and (gives_way_to is null or not gives_way(j.id, gives_way_to))
                       order by gives_way_to is not null, run_at + make_interval(secs => least(cost_seconds::float8, $4::float8)) limit 1
                       for update of j skip locked)
           returning id, organisation_id, kind, key, args, fence, attempt, attempts_most"#,
        kinds,
        LEASE_SECONDS,
        most_seconds,
        MOST_WAY_SECONDS,
    )
    .fetch_optional(tx.connection())
    .await;
    let row = match row {
        // Of two workers who take work of idle time in one moment, one is the first.
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("job_idle_once") => return Ok(None),
        row => row?,
    };
    tx.commit().await?;
    Ok(row.map(|row| Held {
        id: row.id,
        organisation: row.organisation_id.map(OrganisationId),
        kind: row.kind,
        key: row.key,
        args: row.args,
        fence: row.fence,
        attempt: row.attempt,
        attempts_most: row.attempts_most,
    }))
}

impl Held {
    /// The actor that works for the job's organisation.
    pub fn actor(&self) -> Actor {
        match self.organisation {
            Some(organisation) => Actor::job(&self.kind, organisation),
            None => Actor::installation("job"),
        }
    }

    /// A sign of life: prolongs the lease and tells the progress in thousandths.
    pub async fn pulse(&self, db: &Db, per_mille: u16) -> Result<Pulse, sqlx::Error> {
        let mut tx = db.begin(&Actor::installation("worker")).await?;
        let cancel = sqlx::query_scalar!(
            "update job set lease_until = moment() + make_interval(secs => $3), per_mille = $4
             where id = $1 and fence = $2 and state = 'running' returning cancel_asked",
            self.id,
            self.fence,
            LEASE_SECONDS,
            i16::try_from(per_mille.min(1000)).unwrap_or(1000),
        )
        .fetch_optional(tx.connection())
        .await?;
        tx.commit().await?;
        Ok(match cancel {
            Some(false) => Pulse::Ours,
            Some(true) => Pulse::CancelAsked,
            None => Pulse::Lost,
        })
    }

    /// Whether somebody asked to stop the job, it is no longer ours, or it gives way to what has come since. It writes nothing, so it may
    /// be asked often.
    pub async fn is_over(&self, db: &Db) -> Result<bool, sqlx::Error> {
        let mut tx = db.begin(&Actor::installation("worker")).await?;
        let goes_on = sqlx::query_scalar!(
            r#"select not cancel_asked and (gives_way_to is null or not gives_way(id, gives_way_to)) as "goes_on!"
               from job where id = $1 and fence = $2 and state = 'running'"#,
            self.id,
            self.fence,
        )
        .fetch_optional(tx.connection())
        .await?;
        Ok(!goes_on.unwrap_or(false))
    }

    /// Marks the job done in the transaction of its effect; what it was told is forgotten (a letter may hold a one-time
    /// link). Errors: `Lost` when a newer holder exists: roll back.
    pub async fn finish(&self, tx: &mut Tx) -> Result<(), JobError> {
        self.end(tx, "done", None).await
    }

    /// Ends a job whose cancellation was asked for.
    pub async fn cancelled(&self, tx: &mut Tx) -> Result<(), JobError> {
        self.end(tx, "cancelled", None).await
    }

    /// Puts the job on the dead list, with the sentence that says why.
    pub async fn bury(&self, tx: &mut Tx, why: &str) -> Result<(), JobError> {
        self.end(tx, "dead", Some(why)).await
    }

    async fn end(&self, tx: &mut Tx, state: &str, why: Option<&str>) -> Result<(), JobError> {
        let ended = sqlx::query!(
            "update job set state = $3, last_error = coalesce($4, last_error), ended_at = moment(), lease_until = null,
                    per_mille = case $3 when 'done' then 1000 else per_mille end,
                    args = case $3 when 'done' then '{}' else args end
             where id = $1 and fence = $2 and state = 'running'",
            self.id,
            self.fence,
            state,
            why,
        )
        .execute(tx.connection())
        .await?;
        if ended.rows_affected() == 1 { Ok(()) } else { Err(JobError::Lost) }
    }

    /// Gives the job back, to be tried again after a pause that doubles with every attempt (2 s, 4 s, … 10 min).
    pub async fn put_back(&self, tx: &mut Tx, why: &str) -> Result<(), JobError> {
        let pause = 2f64.powi(self.attempt.clamp(1, 9)).min(600.0);
        let put = sqlx::query!(
            "update job set state = 'waiting', run_at = moment() + make_interval(secs => $3), last_error = $4,
                    lease_until = null
             where id = $1 and fence = $2 and state = 'running'",
            self.id,
            self.fence,
            pause,
            why,
        )
        .execute(tx.connection())
        .await?;
        if put.rows_affected() == 1 { Ok(()) } else { Err(JobError::Lost) }
    }

    /// Gives the job back as if it had not been taken up.
    pub async fn step_back(&self, tx: &mut Tx) -> Result<(), JobError> {
        let put = sqlx::query!(
            "update job set state = 'waiting', attempt = greatest(attempt - 1, 0), lease_until = null
             where id = $1 and fence = $2 and state = 'running'",
            self.id,
            self.fence,
        )
        .execute(tx.connection())
        .await?;
        if put.rows_affected() == 1 { Ok(()) } else { Err(JobError::Lost) }
    }
}

/// The end of a job that could not be done and that nobody waits for: it stays on the dead list, where an administrator sees it.
pub async fn give_up(db: Db, held: Held, why: String) -> Result<(), JobError> {
    let mut tx = db.begin(&held.actor()).await?;
    held.bury(&mut tx, &why).await?;
    Ok(tx.commit().await?)
}
