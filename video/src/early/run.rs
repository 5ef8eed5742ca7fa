//! The job that makes a film early: feeds the transcoding program with what has come, waits for what comes next, and publishes what is made.

use std::time::Duration;

use base::blob::{BlobError, PART_BYTES};
use base::job::{Held, JobError, Pulse};
use base::worker::Task;
use base::{Db, Tx};
use bytes::{Bytes, BytesMut};

use super::coming::Coming;
use super::{Wish, head_bytes, let_go};
use crate::child::{Transcoder, pipe};
use crate::wire::{FromChild, Order, ToChild};
use crate::work::{Attempt, Workshop, store};
use crate::{UploadId, resume, sweep};

/// How often it is looked whether more has come.
const LOOK: Duration = Duration::from_millis(500);

struct Early {
    attempt: Attempt,
    upload: UploadId,
    coming: Coming,
}

/// How an attempt ended that did not break.
enum Ending {
    /// Nothing more can be made before the upload is complete: it brings nothing, it is read from behind, enough was kept of it, all that
    /// can be made is made, or the program says that it is no film, which is said again when all of it is there.
    Over,
    /// The work was asked to stop.
    Stopped,
}

fn wish(held: &Held) -> Result<Wish, JobError> {
    serde_json::from_value(held.args.clone())
        .map_err(|error| JobError::Fail(format!("no upload in the job: {error}")))
}

/// The handler of `KIND`.
pub async fn run(shop: Workshop, task: Task) -> Result<(), JobError> {
    let Wish { film, upload } = wish(&task.held)?;
    let organisation = task.held.organisation.ok_or_else(|| JobError::Fail("no organisation".to_owned()))?;
    let mut tx = task.db.begin(&task.held.actor()).await?;
    // The film is held before its upload, as by whoever completes it.
    let known = Coming::of(&mut tx, upload).await?;
    let begun = match &known {
        Some(coming) => resume::begin_early(&mut tx, film, &coming.key, coming.size).await?,
        None => None,
    };
    // It may have ended until the film was held.
    let (Some(begun), Some(coming)) = (begun, Coming::of(&mut tx, upload).await?) else {
        drop(tx);
        let mut tx = task.db.begin(&task.held.actor()).await?;
        over(&mut tx, &task.held, upload).await?;
        return Ok(tx.commit().await?);
    };
    tx.commit().await?;
    let mut early = Early { attempt: Attempt::new(shop, task, film, organisation, begun), upload, coming };
    match early.make().await {
        Ok(Ending::Over) => {
            let mut tx = early.begin().await?;
            over(&mut tx, &early.attempt.task.held, upload).await?;
            Ok(tx.commit().await?)
        }
        Ok(Ending::Stopped) => early.stopped().await,
        Err(JobError::Lost) => early.leave().await,
        Err(error) => Err(error),
    }
}

/// What was kept aside goes, and what is published stays.
pub async fn give_up(db: Db, held: Held, why: String) -> Result<(), JobError> {
    let mut tx = db.begin(&held.actor()).await?;
    if let Ok(Wish { upload, .. }) = wish(&held) {
        let_go(&mut tx, upload).await?;
    }
    held.bury(&mut tx, &why).await?;
    Ok(tx.commit().await?)
}

async fn over(tx: &mut Tx, held: &Held, upload: UploadId) -> Result<(), JobError> {
    let_go(tx, upload).await?;
    held.finish(tx).await
}

impl Early {
    async fn begin(&self) -> Result<Tx, JobError> {
        let task = &self.attempt.task;
        Ok(task.db.begin(&task.held.actor()).await?)
    }

    async fn make(&mut self) -> Result<Ending, JobError> {
        let (shop, begun) = (&self.attempt.shop, &self.attempt.begun);
        let order = Order {
            max_length_ms: shop.most_length_ms,
            nice: shop.nice,
            cpus: shop.cpus.clone(),
            published: begun.published.clone(),
            found: begun.found.clone(),
            head_bytes: head_bytes(),
            ..Order::of_bytes(self.coming.size)
        };
        let task = self.attempt.task.clone();
        let mut child = Transcoder::start(&shop.program, &order, shop.silence).await.map_err(pipe)?;
        loop {
            let Some((message, payload)) = child.hear(&task).await? else { return Ok(Ending::Stopped) };
            let handled = tokio::select! {
                handled = self.handle(&mut child, message, payload) => Some(handled),
                () = task.stopped() => None,
            };
            match handled {
                Some(Ok(true)) => {}
                Some(Ok(false)) => {
                    child.stop().await;
                    return Ok(Ending::Over);
                }
                Some(Err(error)) => return Err(error),
                None => {
                    child.stop().await;
                    return Ok(Ending::Stopped);
                }
            }
        }
    }

    /// Answers whether the program goes on.
    async fn handle(
        &mut self,
        child: &mut Transcoder,
        message: FromChild,
        payload: Bytes,
    ) -> Result<bool, JobError> {
        match message {
            FromChild::Read { offset, length } => {
                let Some(bytes) = self.read(offset, length).await? else { return Ok(false) };
                child.say(&ToChild::Bytes, &bytes).await.map_err(pipe)?;
            }
            // It is written from its beginning on by whoever makes the whole.
            FromChild::Plain { .. } => child.say(&ToChild::Taken, &[]).await.map_err(pipe)?,
            // What is told is how much has come.
            FromChild::Progress { .. } => {}
            FromChild::Done { .. } => return Ok(false),
            FromChild::Failed { reason, detail } => {
                tracing::info!(film = %self.attempt.film, ?reason, detail, "the film is not made early");
                return Ok(false);
            }
            message => self.attempt.handle(child, message, payload).await?,
        }
        Ok(true)
    }

    /// These bytes of the upload, once they have come; nothing when they are not waited for.
    async fn read(&mut self, offset: u64, length: u32) -> Result<Option<Bytes>, JobError> {
        let part_bytes = PART_BYTES as u64;
        let end = (offset + u64::from(length)).min(self.coming.size);
        let (mut at, mut bytes) = (offset.min(end), BytesMut::new());
        while at < end {
            let before = at / part_bytes;
            let number = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
            let begins = before * part_bytes;
            let to = end.min(begins + part_bytes);
            let Some(key) = self.part(number).await? else { return Ok(None) };
            let piece = match self.attempt.shop.blobs.get_range(&key, at - begins..to - begins).await {
                Ok(piece) => piece,
                // The upload has ended since it was looked at.
                Err(BlobError::Missing(_)) => return Ok(None),
                Err(error) => return Err(store(error)),
            };
            if piece.len() as u64 != to - at {
                return Err(JobError::Retry(format!(
                    "the store gave {} bytes of part {number}",
                    piece.len()
                )));
            }
            bytes.extend_from_slice(&piece);
            at = to;
        }
        Ok(Some(bytes.freeze()))
    }

    /// Where a part is kept, once it has come. An upload that brings no part for a third of the time that a program may be silent is not
    /// waited for any longer: a place at work is not held for somebody whose line is down.
    async fn part(&mut self, number: u32) -> Result<Option<String>, JobError> {
        let mut waited = Duration::ZERO;
        loop {
            if let Some(key) = self.coming.part(number) {
                return Ok(Some(key.to_owned()));
            }
            // What is known may be from long ago: whether a part is near is said of how it stands now.
            let mut tx = self.begin().await?;
            let Some(coming) = Coming::of(&mut tx, self.upload).await? else { return Ok(None) };
            drop(tx);
            if coming.came > self.coming.came {
                waited = Duration::ZERO;
            }
            self.coming = coming;
            if self.coming.part(number).is_some() {
                continue;
            }
            if !self.coming.is_near(number) || waited >= self.attempt.shop.silence / 3 {
                return Ok(None);
            }
            tokio::time::sleep(LOOK).await;
            waited += LOOK;
        }
    }

    /// The work was asked to stop: the upload is complete or given up, other work comes first, or the program is ending.
    async fn stopped(&self) -> Result<(), JobError> {
        let task = &self.attempt.task;
        match task.held.pulse(&task.db, 0).await? {
            Pulse::Ours => Err(JobError::Later),
            Pulse::Lost | Pulse::CancelAsked => self.leave().await,
        }
    }

    /// Somebody else has the film: what was stored last, after they had swept, goes.
    async fn leave(&self) -> Result<(), JobError> {
        let mut tx = self.begin().await?;
        sweep::later(&mut tx, &format!("{}/", self.attempt.prefix)).await?;
        let ended = self.attempt.task.held.cancelled(&mut tx).await;
        tx.commit().await?;
        if ended.is_ok() {
            // No newer work on this upload exists that would read what was kept aside. In a transaction of its own: an upload is held
            // before its job.
            let mut tx = self.begin().await?;
            let_go(&mut tx, self.upload).await?;
            tx.commit().await?;
        }
        ended
    }
}
