//! Runs jobs: claims, keeps the lease alive, and records how each ended. The list of kinds is `server/src/work.rs`.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::db::Db;
use crate::job::{self, Held, JobError, Pulse};

/// What is expected to take at most so many seconds is quick: a lane of its own does nothing else, so that a letter or a small thing is
/// not stuck behind a long one.
pub const QUICK_SECONDS: i32 = 120;

/// How often a worker looks whether somebody wants the work to stop.
const LOOK: Duration = Duration::from_millis(400);
/// Every so many looks it gives a sign of life.
const LOOKS_A_PULSE: u32 = 5;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Run = Arc<dyn Fn(Task) -> Boxed<Result<(), JobError>> + Send + Sync>;
type GiveUp = Arc<dyn Fn(Db, Held, String) -> Boxed<Result<(), JobError>> + Send + Sync>;

/// A held job as its handler sees it.
#[derive(Clone, Debug)]
pub struct Task {
    /// The database.
    pub db: Db,
    /// The job.
    pub held: Held,
    per_mille: Arc<AtomicU16>,
    stop: watch::Receiver<bool>,
}

impl Task {
    /// Tells how far the work is, in thousandths; written with the next sign of life.
    pub fn tell(&self, per_mille: u16) {
        self.per_mille.store(per_mille.min(1000), Ordering::Relaxed);
    }

    /// Waits until the work should stop: cancelled, lost, or the program is ending.
    pub async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // An error means that the watcher is gone, which is a reason to stop as well.
        let _gone = stop.wait_for(|stop| *stop).await.is_err();
    }

    /// Whether the work should stop.
    pub fn should_stop(&self) -> bool {
        *self.stop.borrow()
    }
}

/// The handlers by kind of job.
#[derive(Clone, Default)]
pub struct Handlers {
    by_kind: HashMap<String, (Run, GiveUp)>,
}

impl Handlers {
    /// Adds a kind. `run` does the work and marks it done with `Held::finish` in its own transaction; `give_up` records
    /// in the area's tables that it is over, marks the job with `Held::bury`, and is told the last error.
    pub fn add<R, RF, G, GF>(mut self, kind: &str, run: R, give_up: G) -> Self
    where
        R: Fn(Task) -> RF + Send + Sync + 'static,
        RF: Future<Output = Result<(), JobError>> + Send + 'static,
        G: Fn(Db, Held, String) -> GF + Send + Sync + 'static,
        GF: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let run: Run = Arc::new(move |task| Box::pin(run(task)));
        let give_up: GiveUp = Arc::new(move |db, held, why| Box::pin(give_up(db, held, why)));
        self.by_kind.insert(kind.to_owned(), (run, give_up));
        self
    }

    fn kinds(&self) -> Vec<String> {
        self.by_kind.keys().cloned().collect()
    }
}

/// Works until `ending` turns true, at most `at_once` jobs side by side, and one more that is quick.
pub async fn run(db: Db, handlers: Handlers, at_once: usize, ending: watch::Receiver<bool>) {
    let all = (0..at_once.max(1)).map(|_| None).chain([Some(QUICK_SECONDS)]);
    let lanes = all.map(|most_seconds| lane(db.clone(), handlers.clone(), most_seconds, ending.clone()));
    futures::future::join_all(lanes).await;
}

async fn lane(db: Db, handlers: Handlers, most_seconds: Option<i32>, mut ending: watch::Receiver<bool>) {
    let kinds = handlers.kinds();
    // A sender that is gone means that the program is going, too.
    while !*ending.borrow() && ending.has_changed().is_ok() {
        match job::claim(&db, &kinds, most_seconds).await {
            Ok(Some(held)) => work(&db, &handlers, held, ending.clone()).await,
            Ok(None) => pause(&mut ending, Duration::from_millis(500)).await,
            Err(error) => {
                tracing::warn!(%error, "no job could be claimed");
                pause(&mut ending, Duration::from_secs(2)).await;
            }
        }
    }
}

/// Resolves when the program is ending. (The guard that `wait_for` answers may not be held over an await.)
async fn ended(ending: &mut watch::Receiver<bool>) {
    let _guard_or_gone = ending.wait_for(|ending| *ending).await.is_ok();
}

async fn pause(ending: &mut watch::Receiver<bool>, length: Duration) {
    // Either the time is up or the program is ending; both are fine.
    let _over = tokio::time::timeout(length, ended(ending)).await.is_ok();
}

async fn work(db: &Db, handlers: &Handlers, held: Held, ending: watch::Receiver<bool>) {
    let Some((run, give_up)) = handlers.by_kind.get(&held.kind) else { return };
    let why = if held.attempt > held.attempts_most {
        Some("its worker was lost again and again".to_owned())
    } else {
        match attempt(db, run, &held, ending).await {
            Ok(()) | Err(JobError::Lost) => None,
            Err(JobError::Later) => {
                step_back(db, &held).await;
                None
            }
            Err(JobError::Fail(why)) => Some(why),
            Err(JobError::Retry(why)) if held.attempt >= held.attempts_most => Some(why),
            Err(JobError::Retry(why)) => {
                tracing::info!(
                    kind = held.kind,
                    key = held.key,
                    attempt = held.attempt,
                    why,
                    "will be tried again"
                );
                put_back(db, &held, &why).await;
                None
            }
        }
    };
    if let Some(why) = why {
        tracing::warn!(kind = held.kind, key = held.key, attempt = held.attempt, why, "given up");
        if let Err(error) = give_up(db.clone(), held.clone(), why).await {
            tracing::warn!(kind = held.kind, key = held.key, %error, "giving up was not recorded");
        }
    }
}

async fn put_back(db: &Db, held: &Held, why: &str) {
    let put = async {
        let mut tx = db.begin(&held.actor()).await?;
        held.put_back(&mut tx, why).await?;
        tx.commit().await?;
        Ok::<_, JobError>(())
    };
    if let Err(error) = put.await {
        tracing::warn!(kind = held.kind, key = held.key, %error, "could not be put back; its lease will end");
    }
}

async fn step_back(db: &Db, held: &Held) {
    let put = async {
        let mut tx = db.begin(&held.actor()).await?;
        held.step_back(&mut tx).await?;
        tx.commit().await?;
        Ok::<_, JobError>(())
    };
    if let Err(error) = put.await {
        tracing::warn!(kind = held.kind, key = held.key, %error, "could not be given back; its lease will end");
    }
}

/// One attempt under a beating heart: the lease is prolonged every few seconds until the handler returns, and a wish to stop is heard in
/// less than half a second.
async fn attempt(db: &Db, run: &Run, held: &Held, mut ending: watch::Receiver<bool>) -> Result<(), JobError> {
    let (stop, stopped) = watch::channel(false);
    let per_mille = Arc::new(AtomicU16::new(0));
    let task = Task { db: db.clone(), held: held.clone(), per_mille: per_mille.clone(), stop: stopped };
    let mut running = tokio::spawn(run(task));
    let mut beat = tokio::time::interval(LOOK);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looks = 0;
    let mut end_seen = false;
    loop {
        tokio::select! {
            done = &mut running => {
                return done.unwrap_or_else(|panic| Err(JobError::Retry(format!("the handler broke: {panic}"))));
            }
            () = ended(&mut ending), if !end_seen => {
                end_seen = true;
                let _no_listener = stop.send(true);
            }
            _ = beat.tick() => {
                let is_over = if looks % LOOKS_A_PULSE == 0 {
                    held.pulse(db, per_mille.load(Ordering::Relaxed)).await.map(|pulse| pulse != Pulse::Ours)
                } else {
                    held.is_over(db).await
                };
                looks += 1;
                match is_over {
                    Ok(false) => {}
                    Ok(true) => { let _no_listener = stop.send(true); }
                    Err(error) => tracing::warn!(%error, "a sign of life was not written"),
                }
            }
        }
    }
}
