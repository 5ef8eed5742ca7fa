//! The objects of a film that comes: copied inside the store, several at once, each once.

use std::collections::HashMap;
use std::pin::pin;

use base::blob::{BlobError, PART_BYTES};
use base::job::{JobError, Pulse};
use base::worker::Task;
use base::{Blobs, Tx};
use futures::{StreamExt as _, stream};

use super::{NO_ROOM, Object, Order, Original};
use crate::error::Error;
use crate::{publish, storage, sweep};

/// So many are on their way at once.
const AT_ONCE: usize = 6;

/// What is larger goes in parts: a store may take long to answer, and single copies have a limit (5 GB with Amazon).
const MOST_BYTES: u64 = 256 << 20;

fn store(error: BlobError) -> JobError {
    JobError::Retry(error.to_string())
}

/// Copies what is missing of the film into the folder of the wish. Whoever comes after a killed worker finds what that has copied.
///
/// Errors: `Retry` and `Fail` as for every job; `Lost` when it was stopped or somebody newer holds it.
pub async fn carry(blobs: &Blobs, task: &Task, order: &Order, original: &Original) -> Result<(), JobError> {
    let carried = copy_all(blobs, task, order, original).await;
    if carried.is_err() {
        let mut tx = task.db.begin(&task.held.actor()).await?;
        // What was copied last of a film that nobody waits for, after that was swept; of one that somebody newer copies nothing is taken away.
        if !order.is_awaited(&mut tx).await? {
            sweep::later(&mut tx, &order.prefix).await?;
        }
        tx.commit().await?;
    }
    carried
}

async fn copy_all(blobs: &Blobs, task: &Task, order: &Order, original: &Original) -> Result<(), JobError> {
    begin(blobs, task, order, original).await?;
    let there: HashMap<String, u64> = blobs
        .entries(&order.prefix)
        .await
        .map_err(store)?
        .into_iter()
        .map(|entry| (entry.key, entry.size_bytes))
        .collect();
    // One whose length nobody wrote down may be half there: it is small, and copied again.
    let is_there = |object: &Object| {
        object.bytes.is_some()
            && there.get(&format!("{}{}", order.prefix, object.name)).copied() == object.bytes
    };
    let (done, missing): (Vec<&Object>, Vec<&Object>) =
        original.objects.iter().partition(|object| is_there(object));
    let mut far = Far { task, order, done: done.into_iter().map(weight).sum(), told: 0, total: 0 };
    far.total = far.done + missing.iter().map(|object| weight(object)).sum::<u64>();
    let (large, small): (Vec<&Object>, Vec<&Object>) =
        missing.into_iter().partition(|object| object.bytes.is_some_and(|bytes| bytes > MOST_BYTES));
    let small: Vec<(String, String, u64)> = small
        .into_iter()
        .map(|object| (object.key.clone(), format!("{}{}", order.prefix, object.name), weight(object)))
        .collect();
    let copier = blobs.clone();
    let copies = stream::iter(small).map(move |(from, to, bytes)| {
        let blobs = copier.clone();
        async move { blobs.copy(&from, &to).await.map(|()| bytes) }
    });
    let mut copies = pin!(copies.buffer_unordered(AT_ONCE));
    loop {
        let copied = tokio::select! {
            copied = copies.next() => copied,
            () = task.stopped() => return Err(stopped(task, order).await?),
        };
        let Some(copied) = copied else { break };
        far.on(copied.map_err(store)?).await?;
    }
    for object in large {
        in_parts(blobs, &mut far, object).await?;
    }
    Ok(())
}

/// What an object counts in the progress; nobody knows how long the smallest are.
fn weight(object: &Object) -> u64 {
    object.bytes.unwrap_or(1)
}

/// Makes sure that there is room for what the film takes by now, and throws the parts away that a killed worker left.
async fn begin(blobs: &Blobs, task: &Task, order: &Order, original: &Original) -> Result<(), JobError> {
    let again = |error: Error| match error {
        Error::NoRoom(_) => JobError::Fail(NO_ROOM.to_owned()),
        other => JobError::Retry(other.to_string()),
    };
    let mut tx = task.db.begin(&task.held.actor()).await?;
    storage::hold(&mut tx).await.map_err(again)?;
    let mut tx = still(tx, order).await?;
    let row = sqlx::query!(
        "select f.parts_key, f.parts_id, a.bytes from film f join film_arrival a on a.film_id = f.id where f.id = $1",
        order.film.0
    )
    .fetch_one(tx.connection())
    .await?;
    let more = original.bytes.saturating_sub(u64::try_from(row.bytes).unwrap_or(0));
    if more > 0 {
        storage::room(&mut tx, more).await.map_err(again)?;
    }
    sqlx::query!(
        "update film_arrival set bytes = $2 where film_id = $1",
        order.film.0,
        i64::try_from(original.bytes).unwrap_or(i64::MAX),
    )
    .execute(tx.connection())
    .await?;
    publish::parts(&mut tx, order.film, order.fence, None).await?;
    tx.commit().await?;
    if let Some((key, id)) = row.parts_key.zip(row.parts_id) {
        blobs.drop_parts(&key, &id).await.map_err(store)?;
    }
    Ok(())
}

/// A transaction of the job's organisation, which holds the film as long as it waits for this order.
async fn awaited(task: &Task, order: &Order) -> Result<Tx, JobError> {
    still(task.db.begin(&task.held.actor()).await?, order).await
}

async fn still(mut tx: Tx, order: &Order) -> Result<Tx, JobError> {
    let film = sqlx::query_scalar!(
        "select 1 from film where id = $1 and fence = $2 and state = 'copying' for no key update",
        order.film.0,
        order.fence,
    )
    .fetch_optional(tx.connection())
    .await?;
    // Removed or stopped: the next attempt finds nothing to do.
    if film.is_none() { Err(JobError::Retry("the film does not wait any more".to_owned())) } else { Ok(tx) }
}

/// How far the copying is.
struct Far<'a> {
    task: &'a Task,
    order: &'a Order,
    done: u64,
    total: u64,
    /// What was told last, in thousandths.
    told: u16,
}

impl Far<'_> {
    /// So many bytes further. It is written down a hundred times at most.
    async fn on(&mut self, bytes: u64) -> Result<(), JobError> {
        self.done = self.done.saturating_add(bytes);
        let per_mille =
            u16::try_from(self.done.saturating_mul(1000) / self.total.max(1)).unwrap_or(999).min(999);
        self.task.tell(per_mille);
        if per_mille >= self.told + 10 {
            self.told = per_mille;
            let mut tx = awaited(self.task, self.order).await?;
            sqlx::query!(
                "update film set per_mille = $2 where id = $1",
                self.order.film.0,
                i16::try_from(per_mille).unwrap_or(999),
            )
            .execute(tx.connection())
            .await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Copies a long object piece by piece. Where its parts wait is written down before the first of them.
async fn in_parts(blobs: &Blobs, far: &mut Far<'_>, object: &Object) -> Result<(), JobError> {
    let (task, order) = (far.task, far.order);
    let to = format!("{}{}", order.prefix, object.name);
    let id = blobs.begin_parts(&to, "video/mp4").await.map_err(store)?;
    let mut tx = awaited(task, order).await?;
    publish::parts(&mut tx, order.film, order.fence, Some((&to, &id))).await?;
    tx.commit().await?;
    let (mut at, mut number, mut parts) = (0, 1, Vec::new());
    let length = object.bytes.unwrap_or(0);
    while at < length {
        let end = (at + PART_BYTES as u64).min(length);
        let part = async {
            let bytes = blobs.get_range(&object.key, at..end).await?;
            if bytes.len() as u64 != end - at {
                return Err(BlobError::Store(format!("the store gave {} bytes of {at}..{end}", bytes.len())));
            }
            blobs.put_part(&to, &id, number, bytes).await
        };
        let part = tokio::select! {
            part = part => part,
            () = task.stopped() => {
                if let Err(error) = blobs.drop_parts(&to, &id).await {
                    tracing::info!(film = %order.film, %error, "the parts of a copy wait for the next attempt");
                }
                return Err(stopped(task, order).await?);
            }
        };
        parts.push((number, part.map_err(store)?));
        far.on(end - at).await?;
        (at, number) = (end, number + 1);
    }
    blobs.join_parts(&to, &id, parts).await.map_err(store)?;
    let mut tx = awaited(task, order).await?;
    publish::parts(&mut tx, order.film, order.fence, None).await?;
    Ok(tx.commit().await?)
}

/// The work was asked to stop: by a person, by a newer worker, or because the program is ending.
async fn stopped(task: &Task, order: &Order) -> Result<JobError, JobError> {
    Ok(match task.held.pulse(&task.db, 0).await? {
        Pulse::Ours => JobError::Retry("the program is ending".to_owned()),
        Pulse::Lost => JobError::Lost,
        Pulse::CancelAsked => {
            let mut tx = task.db.begin(&task.held.actor()).await?;
            sqlx::query!(
                "update film set state = 'cancelled', fence = fence + 1 where id = $1 and fence = $2 and state = 'copying'",
                order.film.0,
                order.fence,
            )
            .execute(tx.connection())
            .await?;
            sweep::later(&mut tx, &order.prefix).await?;
            task.held.cancelled(&mut tx).await?;
            tx.commit().await?;
            JobError::Lost
        }
    })
}
