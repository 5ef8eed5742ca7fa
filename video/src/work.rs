//! The job that makes a film: feeds the transcoding program and publishes what it makes, piece by piece.
//!
//! A piece is written to the object store first and published by its row afterwards, under the attempt's number
//! (`film.fence`). A late worker's number is lower: its rows are refused and its bytes are swept. What an attempt published before it
//! was killed is taken over by the next (`resume`).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use base::blob::BlobError;
use base::job::{JobError, Pulse};
use base::worker::Task;
use base::{Blobs, OrganisationId, Tx};
use bytes::Bytes;

use crate::child::{Transcoder, pipe};
use crate::failure::word;
use crate::plain::Plain;
use crate::publish::{self, Cut};
use crate::wire::{FromChild, Order, Reason, Rendition, RenditionSummary, ToChild};
use crate::{FilmId, ended, replace, resume, second, still, sweep};

/// The kind of job that makes a film.
pub const KIND: &str = "transcode";

/// What the job needs.
#[derive(Clone, Debug)]
pub struct Workshop {
    /// The object store.
    pub blobs: Blobs,
    /// The transcoding program.
    pub program: PathBuf,
    /// Longest film, in milliseconds.
    pub most_length_ms: u64,
    /// Processors that the program may run on, so that pages have others; none: all.
    pub cpus: Vec<u32>,
    /// Its niceness, 0 to 19.
    pub nice: i32,
    /// A program that says nothing for this long hangs: it tells its progress twice a second.
    pub silence: Duration,
    /// The codec of further sets.
    pub second: second::Setting,
}

pub(crate) struct Attempt {
    pub shop: Workshop,
    pub task: Task,
    pub film: FilmId,
    pub begun: resume::Begun,
    /// Where its objects lie.
    pub prefix: String,
    plain: Option<Plain>,
    poster: Option<String>,
}

pub(crate) fn store(error: BlobError) -> JobError {
    JobError::Retry(error.to_string())
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
    if let Some(plain) = attempt.plain.take()
        && let Err(error) = plain.throw_away(&attempt.shop.blobs).await
    {
        tracing::info!(film = %film, %error, "the parts of a plain MP4 wait for the next attempt");
    }
    if matches!(made, Err(JobError::Lost)) {
        // What this late worker stored last, after the newest had swept.
        let mut tx = task.db.begin(&task.held.actor()).await?;
        sweep::later(&mut tx, &format!("{}/", attempt.prefix)).await?;
        tx.commit().await?;
    }
    made
}

/// Takes the next attempt number.
async fn begin(
    shop: Workshop,
    task: Task,
    film: FilmId,
    organisation: OrganisationId,
) -> Result<Option<Attempt>, JobError> {
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let Some(begun) = resume::begin(&mut tx, film).await? else { return Ok(None) };
    tx.commit().await?;
    if let Some((key, parts)) = &begun.left_parts
        && let Err(error) = shop.blobs.drop_parts(key, parts).await
    {
        tracing::info!(film = %film, %error, "parts of an earlier attempt were not thrown away");
    }
    Ok(Some(Attempt::new(shop, task, film, organisation, begun)))
}

impl Attempt {
    pub(crate) fn new(
        shop: Workshop,
        task: Task,
        film: FilmId,
        organisation: OrganisationId,
        begun: resume::Begun,
    ) -> Self {
        let prefix = format!("films/{organisation}/{film}/{}", begun.fence);
        Self { film, prefix, begun, shop, task, plain: None, poster: None }
    }

    async fn make(&mut self) -> Result<(), JobError> {
        // Should going on be what fails, the last attempt makes everything.
        let is_last = self.task.held.attempt >= self.task.held.attempts_most;
        let published = if is_last { BTreeMap::new() } else { self.begun.published.clone() };
        let order = Order {
            max_length_ms: self.shop.most_length_ms,
            nice: self.shop.nice,
            cpus: self.shop.cpus.clone(),
            published,
            found: self.begun.found.clone(),
            ..Order::of_bytes(self.begun.source_bytes)
        };
        let task = self.task.clone();
        let started = Transcoder::start(&self.shop.program, &order, self.shop.silence);
        let mut child = started.await.map_err(pipe)?;
        loop {
            let Some((message, payload)) = child.hear(&task).await? else { return self.stopped().await };
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
                message => {
                    let handled = tokio::select! {
                        handled = self.handle(&mut child, message, payload) => Some(handled),
                        // A store that answers slowly does not keep a film from being stopped.
                        () = task.stopped() => None,
                    };
                    let Some(handled) = handled else {
                        child.stop().await;
                        return self.stopped().await;
                    };
                    handled?;
                }
            }
        }
    }

    /// Does what a message asks for.
    pub(crate) async fn handle(
        &mut self,
        child: &mut Transcoder,
        message: FromChild,
        payload: Bytes,
    ) -> Result<(), JobError> {
        let hands_over = message.hands_over();
        match message {
            FromChild::Read { offset, length } => {
                let end = (offset + u64::from(length)).min(self.begun.source_bytes);
                let source = &self.begun.source;
                let range = offset.min(end)..end;
                let bytes = self.shop.blobs.get_range(source, range.clone()).await.map_err(store)?;
                if bytes.len() as u64 != range.end - range.start {
                    // Taken for the end of the film, half of it would be lost without a word.
                    return Err(JobError::Retry(format!(
                        "the store gave {} bytes of {range:?}",
                        bytes.len()
                    )));
                }
                child.say(&ToChild::Bytes, &bytes).await.map_err(pipe)?;
            }
            FromChild::Probed(probed) => {
                let mut tx = self.begin().await?;
                publish::probed(&mut tx, self.film, self.begun.fence, &probed).await?;
                tx.commit().await?;
            }
            FromChild::Found(found) => {
                let mut tx = self.begin().await?;
                resume::found(&mut tx, self.film, self.begun.fence, &found).await?;
                tx.commit().await?;
            }
            FromChild::Anew => {
                let mut tx = self.begin().await?;
                resume::anew(&mut tx, self.film, self.begun.fence).await?;
                tx.commit().await?;
                self.begun.published.clear();
            }
            FromChild::Rendition(rendition) => self.announce(&rendition).await?,
            // The last attempt makes everything, and what is published stays.
            FromChild::Init { rendition } if self.begun.published.contains_key(&rendition) => {}
            FromChild::Segment { rendition, number, .. }
                if self.begun.published.get(&rendition).is_some_and(|published| number < *published) => {}
            FromChild::Init { rendition } => {
                let key = format!("{}/{rendition}/init.mp4", self.prefix);
                self.shop.blobs.put(&key, "video/mp4", payload).await.map_err(store)?;
                let mut tx = self.begin().await?;
                publish::init(&mut tx, self.film, self.begun.fence, &rendition, &key).await?;
                tx.commit().await?;
            }
            FromChild::Segment { rendition, number, start_ms, length_ms, key_bytes } => {
                let cut = Cut { number, start_ms, length_ms, key_bytes, ..Cut::default() };
                self.segment(&rendition, cut, payload).await?;
            }
            FromChild::Plain { offset } => self.plain(offset, &payload).await?,
            FromChild::Poster => {
                let key = format!("{}/poster.jpg", self.prefix);
                self.shop.blobs.put(&key, "image/jpeg", payload).await.map_err(store)?;
                let mut tx = self.begin().await?;
                still::poster(&mut tx, self.film, self.begun.fence, &key).await?;
                tx.commit().await?;
                self.poster = Some(key);
            }
            FromChild::Still { at_ms } => {
                let key = format!("{}/still-{at_ms}.jpg", self.prefix);
                self.shop.blobs.put(&key, "image/jpeg", payload).await.map_err(store)?;
                let mut tx = self.begin().await?;
                still::keep(&mut tx, self.film, self.begun.fence, (at_ms, &key)).await?;
                tx.commit().await?;
            }
            FromChild::Progress { done_ms, total_ms } => {
                let per_mille =
                    u16::try_from(done_ms.saturating_mul(1000) / total_ms.max(1)).unwrap_or(999).min(999);
                self.task.tell(per_mille);
                let mut tx = self.begin().await?;
                publish::progress(&mut tx, self.film, self.begun.fence, per_mille).await?;
                tx.commit().await?;
            }
            FromChild::Done { .. } | FromChild::Failed { .. } | FromChild::Judged { .. } => {}
        }
        if hands_over {
            child.say(&ToChild::Taken, &[]).await.map_err(pipe)?;
        }
        Ok(())
    }

    /// A transaction of the job's organisation that holds only while no newer attempt exists.
    async fn begin(&self) -> Result<Tx, JobError> {
        self.newest(self.task.db.begin(&self.task.held.actor()).await?).await
    }

    async fn newest(&self, mut tx: Tx) -> Result<Tx, JobError> {
        let newest = sqlx::query_scalar!(
            "select 1 from film where id = $1 and fence = $2 for no key update",
            self.film.0,
            self.begun.fence
        )
        .fetch_optional(tx.connection())
        .await?;
        if newest.is_none() { Err(JobError::Lost) } else { Ok(tx) }
    }

    async fn announce(&self, rendition: &Rendition) -> Result<(), JobError> {
        let mut tx = self.begin().await?;
        publish::rendition(&mut tx, self.film, self.begun.fence, rendition).await?;
        Ok(tx.commit().await?)
    }

    async fn segment(&self, rendition: &str, mut cut: Cut, payload: Bytes) -> Result<(), JobError> {
        cut.blob_key = format!("{}/{rendition}/{}.m4s", self.prefix, cut.number);
        cut.size_bytes = payload.len();
        self.shop.blobs.put(&cut.blob_key, "video/iso.segment", payload).await.map_err(store)?;
        let mut tx = self.begin().await?;
        publish::segment(&mut tx, self.film, self.begun.fence, rendition, &cut).await?;
        Ok(tx.commit().await?)
    }

    async fn plain(&mut self, offset: u64, payload: &[u8]) -> Result<(), JobError> {
        let plain = match &mut self.plain {
            Some(plain) => plain,
            none => {
                let plain = Plain::begin(&self.shop.blobs, &self.prefix).await.map_err(store)?;
                let mut tx = self.task.db.begin(&self.task.held.actor()).await?;
                publish::parts(&mut tx, self.film, self.begun.fence, Some(plain.parts())).await?;
                tx.commit().await?;
                none.insert(plain)
            }
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
        let mut tx = self.task.db.begin(&self.task.held.actor()).await?;
        replace::hold(&mut tx, self.film).await?;
        let mut tx = self.newest(tx).await?;
        for summary in renditions {
            sqlx::query!(
                "update rendition set bandwidth = $4, average_bandwidth = $5, complete = true
                 where film_id = $1 and fence = $2 and name = $3",
                self.film.0,
                self.begun.fence,
                summary.name,
                big(summary.bandwidth),
                big(summary.average_bandwidth),
            )
            .execute(tx.connection())
            .await?;
            if self.begun.published.contains_key(&summary.name) {
                resume::weigh(&mut tx, self.film, self.begun.fence, &summary.name).await?;
            }
        }
        sqlx::query!(
            "update film set state = 'ready', per_mille = 1000, length_ms = $3, plain_key = $4, plain_bytes = $5, cpu_ms = $6,
                    warning = nullif(concat_ws(E'\\n', $7::text, warning), ''), poster_key = coalesce($8, poster_key), ready_at = moment()
             where id = $1 and fence = $2",
            self.film.0,
            self.begun.fence,
            i32::try_from(length_ms).unwrap_or(i32::MAX),
            plain.as_ref().map(|plain| plain.0.clone()),
            plain.as_ref().map(|plain| big(plain.1)),
            big(cpu_ms),
            warnings.first(),
            self.poster,
        )
        .execute(tx.connection())
        .await?;
        let shown = ended::made(&mut tx, self.film, self.begun.fence).await?;
        if self.shop.second.codec().is_some() {
            second::ask(&mut tx, shown).await?;
        }
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
                    self.begun.fence
                )
                .execute(tx.connection())
                .await?;
                sweep::later(&mut tx, &format!("{}/", self.prefix)).await?;
                self.task.held.cancelled(&mut tx).await?;
                Ok(tx.commit().await?)
            }
        }
    }
}
