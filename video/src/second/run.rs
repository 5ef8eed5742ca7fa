//! The job that makes a further set: feeds the transcoding program and puts aside what it makes, segment by segment, until it is seen whether
//! it is worth being kept.

use base::job::{Held, JobError, Pulse};
use base::worker::Task;
use base::{Db, Tx};
use bytes::Bytes;

use super::rows::{self, Begun, Refused};
use super::staged;
use crate::child::Transcoder;
use crate::failure::word;
use crate::publish::{self, Cut};
use crate::wire::{FromChild, Order, Reason, ToChild};
use crate::work::Workshop;
use crate::{FilmId, sweep};

/// Address space of the program, in bytes: SVT-AV1 takes 1.3 GB for four sizes of up to 1280 by 720, and touches 0.8 GB of it.
const MEMORY_BYTES: u64 = 2 << 30;
/// The niceness of idle time.
const NICE: i32 = 19;
/// After every so many segments it is looked whether they save anything.
const LOOK: u32 = 10;

struct Attempt {
    shop: Workshop,
    task: Task,
    film: FilmId,
    begun: Begun,
    prefix: String,
}

/// What became of an attempt.
enum Ending {
    /// Everything is there; processor time in milliseconds.
    Done(u64),
    /// It need not be finished.
    Refused(Refused),
}

fn store(error: impl std::fmt::Display) -> JobError {
    JobError::Retry(error.to_string())
}

/// The handler of `KIND`.
pub async fn run(shop: Workshop, task: Task) -> Result<(), JobError> {
    let film: FilmId = serde_json::from_value(task.held.args["film"].clone())
        .map_err(|error| JobError::Fail(format!("no film in the job: {error}")))?;
    let organisation = task.held.organisation.ok_or_else(|| JobError::Fail("no organisation".to_owned()))?;
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let begun = match shop.second.codec() {
        Some(codec) => rows::begin(&mut tx, film, codec).await?,
        None => {
            // Wanted no longer: what earlier attempts put aside takes no room any more.
            rows::end(&mut tx, film, Some(Refused::Failed), 0).await?;
            None
        }
    };
    let Some(begun) = begun else {
        // The film was removed meanwhile, is made anew, or was tried; or further sets are wanted no longer.
        task.held.finish(&mut tx).await?;
        return Ok(tx.commit().await?);
    };
    tx.commit().await?;
    let prefix = rows::prefix(organisation.0, film, begun.fence, begun.attempt);
    let mut attempt = Attempt { shop, task, film, begun, prefix };
    let made = attempt.make().await;
    if matches!(made, Err(JobError::Lost)) {
        // What this late worker stored last, after the film had gone or was replaced.
        let mut tx = attempt.task.db.begin(&attempt.task.held.actor()).await?;
        sweep::later(&mut tx, &format!("{}/", attempt.prefix)).await?;
        tx.commit().await?;
    }
    made
}

/// Says that the film has no further set, and will have none.
pub async fn give_up(db: Db, held: Held, why: String) -> Result<(), JobError> {
    let film: Option<FilmId> = serde_json::from_value(held.args["film"].clone()).ok();
    let mut tx = db.begin(&held.actor()).await?;
    if let Some(film) = film {
        rows::end(&mut tx, film, Some(Refused::Failed), 0).await?;
    }
    held.bury(&mut tx, &why).await?;
    Ok(tx.commit().await?)
}

impl Attempt {
    async fn make(&mut self) -> Result<(), JobError> {
        if !self.begun.fits {
            return self.finish(Ending::Refused(Refused::NoRoom)).await;
        }
        if self.begun.second.sizes.is_empty() {
            return self.finish(Ending::Refused(Refused::Larger)).await;
        }
        self.begun.source.measure(&self.shop.blobs).await.map_err(store)?;
        let order = Order {
            found: self.begun.found.clone(),
            memory_bytes: MEMORY_BYTES,
            max_length_ms: self.shop.most_length_ms,
            nice: NICE,
            cpus: self.shop.cpus.clone(),
            published: self.begun.published.clone(),
            second: Some(self.begun.second.clone()),
            ..Order::of_bytes(self.begun.source.length())
        };
        let task = self.task.clone();
        let started = Transcoder::start(&self.shop.program, &order, self.shop.silence);
        let mut child = started.await.map_err(store)?;
        loop {
            let Some((message, payload)) = child.hear(&task).await? else { return self.stopped().await };
            match message {
                FromChild::Done { cpu_ms, .. } => return self.finish(Ending::Done(cpu_ms)).await,
                FromChild::Failed { reason, detail } => {
                    tracing::info!(film = %self.film, ?reason, detail, "the further set cannot be made");
                    let what = word(reason);
                    let again = reason.worth_retrying() || reason == Reason::Cancelled;
                    return Err(if again { JobError::Retry(what) } else { JobError::Fail(what) });
                }
                message => {
                    let handled = tokio::select! {
                        handled = self.handle(&mut child, message, payload) => Some(handled),
                        () = task.stopped() => None,
                    };
                    match handled {
                        None => {
                            child.stop().await;
                            return self.stopped().await;
                        }
                        Some(handled) => {
                            if let Some(refused) = handled? {
                                child.stop().await;
                                return self.finish(Ending::Refused(refused)).await;
                            }
                        }
                    }
                }
            }
        }
    }

    /// Answers why it need not go on, if it need not.
    async fn handle(
        &mut self,
        child: &mut Transcoder,
        message: FromChild,
        payload: Bytes,
    ) -> Result<Option<Refused>, JobError> {
        let hands_over = message.hands_over();
        let (film, under) = (self.film, staged(self.begun.fence));
        let mut look = false;
        match message {
            FromChild::Read { offset, length } => {
                let end = (offset + u64::from(length)).min(self.begun.source.length());
                let range = offset.min(end)..end;
                let read = self.begun.source.read(&self.shop.blobs, range.clone()).await;
                let bytes = read.map_err(store)?;
                if bytes.len() as u64 != range.end - range.start {
                    return Err(JobError::Retry(format!(
                        "the store gave {} bytes of {range:?}",
                        bytes.len()
                    )));
                }
                child.say(&ToChild::Bytes, &bytes).await.map_err(store)?;
            }
            FromChild::Rendition(rendition) => {
                let mut tx = self.begin().await?;
                publish::rendition(&mut tx, film, under, &rendition).await?;
                tx.commit().await?;
            }
            FromChild::Init { rendition } => {
                let key = format!("{}/{rendition}/init.mp4", self.prefix);
                self.shop.blobs.put(&key, "video/mp4", payload).await.map_err(store)?;
                let mut tx = self.begin().await?;
                sqlx::query!(
                    "update rendition set init_key = $4 where film_id = $1 and fence = $2 and name = $3",
                    film.0,
                    under,
                    rendition,
                    key,
                )
                .execute(tx.connection())
                .await?;
                tx.commit().await?;
            }
            FromChild::Segment { rendition, number, start_ms, length_ms, key_bytes } => {
                let blob_key = format!("{}/{rendition}/{number}.m4s", self.prefix);
                let cut = Cut { number, start_ms, length_ms, key_bytes, size_bytes: payload.len(), blob_key };
                self.shop.blobs.put(&cut.blob_key, "video/iso.segment", payload).await.map_err(store)?;
                let mut tx = self.begin().await?;
                publish::segment(&mut tx, film, under, &rendition, &cut).await?;
                tx.commit().await?;
                look = number > 0 && number.is_multiple_of(LOOK);
            }
            FromChild::Judged { pictures, second, first, .. } => {
                let mut tx = self.begin().await?;
                rows::judged(&mut tx, film, pictures, (first, second)).await?;
                tx.commit().await?;
            }
            FromChild::Progress { done_ms, total_ms } => {
                let per_mille = done_ms.saturating_mul(1000) / total_ms.max(1);
                self.task.tell(u16::try_from(per_mille).unwrap_or(999).min(999));
            }
            // A further set has none of these; the ends are heard where it is listened.
            FromChild::Probed(_)
            | FromChild::Found(_)
            | FromChild::Anew
            | FromChild::Plain { .. }
            | FromChild::Poster
            | FromChild::Still { .. }
            | FromChild::Done { .. }
            | FromChild::Failed { .. } => {}
        }
        if hands_over {
            child.say(&ToChild::Taken, &[]).await.map_err(store)?;
        }
        if !look {
            return Ok(None);
        }
        let mut tx = self.begin().await?;
        let is_hopeless = rows::is_hopeless(&mut tx, film, self.begun.fence, self.begun.second.codec).await?;
        Ok(is_hopeless.then_some(Refused::Larger))
    }

    /// A transaction of the job's organisation that holds only while the film is the same and no newer attempt exists.
    async fn begin(&self) -> Result<Tx, JobError> {
        let mut tx = self.task.db.begin(&self.task.held.actor()).await?;
        let newest = sqlx::query_scalar!(
            "select 1 from film f join film_second s on s.film_id = f.id and s.fence = f.fence and s.attempt = $3 and s.state = 'making'
             where f.id = $1 and f.fence = $2 and f.state = 'ready' for no key update of f",
            self.film.0,
            self.begun.fence,
            self.begun.attempt,
        )
        .fetch_optional(tx.connection())
        .await?;
        if newest.is_none() { Err(JobError::Lost) } else { Ok(tx) }
    }

    async fn finish(&self, ending: Ending) -> Result<(), JobError> {
        let mut tx = self.begin().await?;
        let (film, fence, second) = (self.film, self.begun.fence, &self.begun.second);
        let (refused, cpu_ms) = match ending {
            Ending::Refused(refused) => (Some(refused), 0),
            Ending::Done(cpu_ms) => (rows::verdict(&mut tx, film, fence, second).await?, cpu_ms),
        };
        if refused.is_none() {
            rows::keep(&mut tx, film, fence, second).await?;
        }
        tracing::info!(%film, ?refused, cpu_ms, "a further set was made");
        rows::end(&mut tx, film, refused, cpu_ms).await?;
        self.task.held.finish(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// The work was asked to stop: its film goes, a newer worker holds it, other work comes first, or the program is ending.
    async fn stopped(&self) -> Result<(), JobError> {
        match self.task.held.pulse(&self.task.db, 0).await? {
            Pulse::Ours => Err(JobError::Later),
            Pulse::Lost => Err(JobError::Lost),
            Pulse::CancelAsked => {
                let mut tx = self.task.db.begin(&self.task.held.actor()).await?;
                sweep::later(&mut tx, &format!("{}/", self.prefix)).await?;
                self.task.held.cancelled(&mut tx).await?;
                Ok(tx.commit().await?)
            }
        }
    }
}
