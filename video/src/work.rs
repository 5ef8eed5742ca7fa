//! The job that makes a film: feeds the transcoding program and publishes what it makes, piece by piece.
//!
//! A piece is written to the object store first and published by its row afterwards, under the attempt's number
//! (`film.fence`). A late worker's number is lower: its rows are refused and its bytes are swept.

use std::path::PathBuf;
use std::time::Duration;

use base::blob::BlobError;
use base::job::{JobError, Pulse};
use base::worker::Task;
use base::{Blobs, OrganisationId, Tx};
use bytes::Bytes;

use crate::child::Transcoder;
use crate::failure::word;
use crate::plain::Plain;
use crate::wire::{FromChild, Order, Reason, Rendition, RenditionKind, RenditionSummary, ToChild};
use crate::{FilmId, share};

/// The kind of job that makes a film.
pub const KIND: &str = "transcode";

/// A child that says nothing for this long hangs: it tells its progress twice a second.
const SILENCE: Duration = Duration::from_secs(180);

/// What the job needs.
#[derive(Clone, Debug)]
pub struct Workshop {
    /// The object store.
    pub blobs: Blobs,
    /// The transcoding program.
    pub program: PathBuf,
    /// Longest film, in milliseconds.
    pub most_length_ms: u64,
}

struct Attempt {
    shop: Workshop,
    task: Task,
    film: FilmId,
    fence: i64,
    source: String,
    source_bytes: u64,
    prefix: String,
    plain: Option<Plain>,
    poster: Option<String>,
}

fn store(error: BlobError) -> JobError {
    JobError::Retry(error.to_string())
}

fn pipe(error: std::io::Error) -> JobError {
    JobError::Retry(format!("the transcoding program: {error}"))
}

/// The handler of `KIND`.
pub async fn run(shop: Workshop, task: Task) -> Result<(), JobError> {
    let film: FilmId = serde_json::from_value(task.held.args["film"].clone())
        .map_err(|error| JobError::Fail(format!("no film in the job: {error}")))?;
    let organisation = task.held.organisation.ok_or_else(|| JobError::Fail("no organisation".to_owned()))?;
    let Some(mut attempt) = begin(shop, task.clone(), film, organisation).await? else {
        // The film was removed meanwhile.
        let mut tx = task.db.begin(&task.held.actor()).await?;
        task.held.finish(&mut tx).await?;
        return Ok(tx.commit().await?);
    };
    let made = attempt.make().await;
    if let (Err(_), Some(plain)) = (&made, attempt.plain.take()) {
        plain.throw_away(&attempt.shop.blobs).await.map_err(store)?;
    }
    made
}

/// Takes the next attempt number; everything of earlier attempts disappears from view.
async fn begin(
    shop: Workshop,
    task: Task,
    film: FilmId,
    organisation: OrganisationId,
) -> Result<Option<Attempt>, JobError> {
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let row = sqlx::query!(
        "update film set fence = fence + 1, state = 'transcoding', per_mille = 0, reason = null
         where id = $1 and source_key is not null returning fence, source_key, source_bytes",
        film.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    tx.commit().await?;
    Ok(Some(Attempt {
        film,
        fence: row.fence,
        source: row.source_key.unwrap_or_default(),
        source_bytes: row.source_bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0),
        prefix: format!("films/{organisation}/{film}/{}", row.fence),
        shop,
        task,
        plain: None,
        poster: None,
    }))
}

impl Attempt {
    async fn make(&mut self) -> Result<(), JobError> {
        let order = Order { max_length_ms: self.shop.most_length_ms, ..Order::of_bytes(self.source_bytes) };
        let mut child = Transcoder::start(&self.shop.program, &order).await.map_err(pipe)?;
        loop {
            // The race is only between a whole message and the wish to stop; after a stop nothing more is heard.
            let heard = tokio::select! {
                heard = tokio::time::timeout(SILENCE, child.hear()) => match heard {
                    Ok(heard) => heard.map_err(pipe)?,
                    Err(_) => {
                        child.stop().await;
                        return Err(JobError::Retry(word(Reason::TimedOut)));
                    }
                },
                () = self.task.stopped() => {
                    child.stop().await;
                    return self.stopped().await;
                }
            };
            let Some((message, payload)) = heard else {
                let ending = child.ending().await;
                return Err(JobError::Retry(format!("the transcoding program ended: {ending}")));
            };
            match message {
                FromChild::Done { renditions, length_ms, warnings, cpu_ms } => {
                    return self.finish(&renditions, length_ms, &warnings, cpu_ms).await;
                }
                FromChild::Failed { reason, detail } => {
                    tracing::info!(film = %self.film, ?reason, detail, "the film cannot be made");
                    let reason = if reason == Reason::Cancelled { Reason::Internal } else { reason };
                    let what = word(reason);
                    return Err(if reason.worth_retrying() {
                        JobError::Retry(what)
                    } else {
                        JobError::Fail(what)
                    });
                }
                message => self.handle(&mut child, message, payload).await?,
            }
        }
    }

    async fn handle(
        &mut self,
        child: &mut Transcoder,
        message: FromChild,
        payload: Bytes,
    ) -> Result<(), JobError> {
        let hands_over = message.hands_over();
        match message {
            FromChild::Read { offset, length } => {
                let end = (offset + u64::from(length)).min(self.source_bytes);
                let bytes =
                    self.shop.blobs.get_range(&self.source, offset.min(end)..end).await.map_err(store)?;
                child.say(&ToChild::Bytes, &bytes).await.map_err(pipe)?;
            }
            FromChild::Probed(probed) => {
                let number = |number: u32| i32::try_from(number).unwrap_or(0);
                let length = Some(probed.length_ms)
                    .filter(|length| *length > 0)
                    .and_then(|length| i32::try_from(length).ok());
                let mut tx = self.begin().await?;
                sqlx::query!(
                    "update film set length_ms = $3, width = $4, height = $5 where id = $1 and fence = $2",
                    self.film.0,
                    self.fence,
                    length,
                    number(probed.width),
                    number(probed.height),
                )
                .execute(tx.connection())
                .await?;
                tx.commit().await?;
            }
            FromChild::Rendition(rendition) => self.announce(&rendition).await?,
            FromChild::Init { rendition } => {
                let key = format!("{}/{rendition}/init.mp4", self.prefix);
                self.shop.blobs.put(&key, "video/mp4", payload).await.map_err(store)?;
                let mut tx = self.begin().await?;
                sqlx::query!(
                    "update rendition set init_key = $4 where film_id = $1 and fence = $2 and name = $3",
                    self.film.0,
                    self.fence,
                    rendition,
                    key,
                )
                .execute(tx.connection())
                .await?;
                tx.commit().await?;
            }
            FromChild::Segment { rendition, number, start_ms, length_ms } => {
                self.segment(&rendition, number, start_ms, length_ms, payload).await?;
            }
            FromChild::Plain { offset } => self.plain(offset, &payload).await?,
            FromChild::Poster => {
                let key = format!("{}/poster.jpg", self.prefix);
                self.shop.blobs.put(&key, "image/jpeg", payload).await.map_err(store)?;
                let mut tx = self.begin().await?;
                sqlx::query!(
                    "update film set poster_key = $3 where id = $1 and fence = $2",
                    self.film.0,
                    self.fence,
                    key
                )
                .execute(tx.connection())
                .await?;
                tx.commit().await?;
                self.poster = Some(key);
            }
            FromChild::Progress { done_ms, total_ms } => {
                let per_mille =
                    u16::try_from(done_ms.saturating_mul(1000) / total_ms.max(1)).unwrap_or(999).min(999);
                self.task.tell(per_mille);
                let mut tx = self.begin().await?;
                sqlx::query!(
                    "update film set per_mille = $3 where id = $1 and fence = $2",
                    self.film.0,
                    self.fence,
                    i16::try_from(per_mille).unwrap_or(999),
                )
                .execute(tx.connection())
                .await?;
                tx.commit().await?;
            }
            FromChild::Done { .. } | FromChild::Failed { .. } => {}
        }
        if hands_over {
            child.say(&ToChild::Taken, &[]).await.map_err(pipe)?;
        }
        Ok(())
    }

    /// A transaction of the job's organisation that holds only while no newer attempt exists.
    async fn begin(&self) -> Result<Tx, JobError> {
        let mut tx = self.task.db.begin(&self.task.held.actor()).await?;
        let newest = sqlx::query_scalar!(
            "select 1 from film where id = $1 and fence = $2 for no key update",
            self.film.0,
            self.fence
        )
        .fetch_optional(tx.connection())
        .await?;
        if newest.is_none() { Err(JobError::Lost) } else { Ok(tx) }
    }

    async fn announce(&self, rendition: &Rendition) -> Result<(), JobError> {
        let mut tx = self.begin().await?;
        let organisation = tx.organisation()?;
        let number = |number: u32| i32::try_from(number).unwrap_or(0);
        let estimate = i64::try_from(rendition.bandwidth_estimate).unwrap_or(0);
        sqlx::query!(
            "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs,
                                    bandwidth, average_bandwidth)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
            organisation.0,
            self.film.0,
            self.fence,
            rendition.name,
            if rendition.kind == RenditionKind::Sound { "sound" } else { "picture" },
            number(rendition.width),
            number(rendition.height),
            number(rendition.frame_rate_milli),
            rendition.codecs,
            estimate,
        )
        .execute(tx.connection())
        .await?;
        Ok(tx.commit().await?)
    }

    async fn segment(
        &self,
        rendition: &str,
        number: u32,
        start_ms: u64,
        length_ms: u32,
        payload: Bytes,
    ) -> Result<(), JobError> {
        let key = format!("{}/{rendition}/{number}.m4s", self.prefix);
        let bytes = i32::try_from(payload.len()).unwrap_or(i32::MAX);
        self.shop.blobs.put(&key, "video/iso.segment", payload).await.map_err(store)?;
        let mut tx = self.begin().await?;
        let organisation = tx.organisation()?;
        sqlx::query!(
            "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            organisation.0,
            self.film.0,
            self.fence,
            rendition,
            i32::try_from(number).unwrap_or(i32::MAX),
            i32::try_from(start_ms).unwrap_or(i32::MAX),
            i32::try_from(length_ms).unwrap_or(i32::MAX),
            bytes,
            key,
        )
        .execute(tx.connection())
        .await?;
        Ok(tx.commit().await?)
    }

    async fn plain(&mut self, offset: u64, payload: &[u8]) -> Result<(), JobError> {
        let plain = match &mut self.plain {
            Some(plain) => plain,
            none => none.insert(Plain::begin(&self.shop.blobs, &self.prefix).await.map_err(store)?),
        };
        if offset != plain.total() {
            return Err(JobError::Fail(word(Reason::Internal)));
        }
        plain.take(&self.shop.blobs, payload).await.map_err(store)
    }

    /// Publishes the end: the film is ready, and what earlier attempts left is swept.
    async fn finish(
        &mut self,
        renditions: &[RenditionSummary],
        length_ms: u64,
        warnings: &[String],
        cpu_ms: u64,
    ) -> Result<(), JobError> {
        let plain = match self.plain.take() {
            Some(plain) => Some(plain.join(&self.shop.blobs).await.map_err(store)?),
            None => None,
        };
        let big = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let mut tx = self.begin().await?;
        for summary in renditions {
            sqlx::query!(
                "update rendition set bandwidth = $4, average_bandwidth = $5, complete = true
                 where film_id = $1 and fence = $2 and name = $3",
                self.film.0,
                self.fence,
                summary.name,
                big(summary.bandwidth),
                big(summary.average_bandwidth),
            )
            .execute(tx.connection())
            .await?;
        }
        sqlx::query!(
            "update film set state = 'ready', per_mille = 1000, length_ms = $3, plain_key = $4, plain_bytes = $5, cpu_ms = $6,
                    warning = $7, poster_key = $8, ready_at = moment()
             where id = $1 and fence = $2",
            self.film.0,
            self.fence,
            i32::try_from(length_ms).unwrap_or(i32::MAX),
            plain.as_ref().map(|plain| plain.0.clone()),
            plain.as_ref().map(|plain| big(plain.1)),
            big(cpu_ms),
            warnings.first(),
            self.poster,
        )
        .execute(tx.connection())
        .await?;
        sqlx::query!("delete from rendition where film_id = $1 and fence < $2", self.film.0, self.fence)
            .execute(tx.connection())
            .await?;
        let swept = share::sweep_earlier(&mut tx, self.film).await;
        swept.map_err(|error| JobError::Retry(error.to_string()))?;
        self.task.held.finish(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// The work was asked to stop: cancelled by a person, lost to a newer worker, or the program is ending.
    async fn stopped(&self) -> Result<(), JobError> {
        match self.task.held.pulse(&self.task.db, 0).await? {
            Pulse::Ours => Err(JobError::Retry("the program is ending".to_owned())),
            Pulse::Lost => Err(JobError::Lost),
            Pulse::CancelAsked => {
                let mut tx = self.begin().await?;
                sqlx::query!(
                    "update film set state = 'cancelled' where id = $1 and fence = $2",
                    self.film.0,
                    self.fence
                )
                .execute(tx.connection())
                .await?;
                self.task.held.cancelled(&mut tx).await?;
                Ok(tx.commit().await?)
            }
        }
    }
}
