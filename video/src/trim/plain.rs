//! The MP4 for people without script of the part of a film that is shown: a job puts the shown segments of one picture and of the sound
//! into one file. Nothing is encoded again.

use base::blob::BlobError;
use base::job::{self, JobError};
use base::worker::Task;
use base::{Blobs, Tx};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::Cut;
use super::mux::Mux;
use crate::error::Error;
use crate::plain::Plain;
use crate::proof::Editable;
use crate::{FilmId, sweep};

pub use base::job::give_up;

/// The kind of job that makes it.
pub const KIND: &str = "cut_plain";

/// Of which film, and how it is cut.
#[derive(Debug, Deserialize)]
struct Wish {
    film: Uuid,
    from_ms: i32,
    to_ms: i32,
}

/// What is to be put together.
struct Work {
    wish: Wish,
    fence: i64,
    length_ms: u32,
    /// Under which the file is kept: beside that of the whole, so it goes when the film goes.
    prefix: String,
    /// Key and id of parts that a killed worker left.
    left: Option<(String, String)>,
    /// The picture, and the sound if there is one.
    tracks: Vec<Track>,
}

struct Track {
    init_key: String,
    /// Where each segment begins, in milliseconds, and where it lies.
    pieces: Vec<(i32, String)>,
}

fn store(error: BlobError) -> JobError {
    JobError::Retry(error.to_string())
}

fn broken() -> JobError {
    JobError::Fail("a segment is not as our muxer writes it".to_owned())
}

/// What becomes of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// The film is shown whole, or the file is there.
    There,
    /// It is being made, or will be as soon as the exact ends are there.
    Coming,
    /// There is none, and none is being made: there was none of the whole, all pictures have ends with a beginning of their own, or it could
    /// not be made.
    Missing,
}

/// What becomes of the file of a film. Errors: `NotFound`.
pub async fn outlook(tx: &mut Tx, proof: &Editable) -> Result<Outlook, Error> {
    let row = sqlx::query!(
        r#"select (f.trim_from_ms is null or f.plain_key is not null) as "there!",
                  (f.whole_plain_key is not null and (f.ends_state is not distinct from 'making' or exists (
                     select from job j where j.kind = $2 and j.key = concat(f.id, '/', f.trim_from_ms, '-', f.trim_to_ms)
                       and j.state in ('waiting', 'running')))) as "coming!"
           from film f where f.id = $1"#,
        proof.film().0,
        KIND,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(match (row.there, row.coming) {
        (true, _) => Outlook::There,
        (false, true) => Outlook::Coming,
        (false, false) => Outlook::Missing,
    })
}

/// Asks for it once this transaction is committed; a film that has none of the whole gets none of a part.
pub(super) async fn later(tx: &mut Tx, film: FilmId, cut: &Cut) -> Result<(), sqlx::Error> {
    let whole = sqlx::query_scalar!("select whole_plain_key from film where id = $1", film.0)
        .fetch_one(tx.connection())
        .await?;
    if whole.is_none() {
        return Ok(());
    }
    let Cut { from_ms, to_ms, .. } = *cut;
    let args = json!({ "film": film.0, "from_ms": from_ms, "to_ms": to_ms });
    job::enqueue(tx, KIND, &format!("{}/{from_ms}-{to_ms}", film.0), 8, &args).await
}

/// The same of a film that is cut and has none of the part yet: a copy that was made before there was one. While its exact ends are made
/// it waits for these.
pub(crate) async fn of_copy(tx: &mut Tx, copy: FilmId) -> Result<(), sqlx::Error> {
    let row = sqlx::query!(
        "select trim_from_ms, trim_to_ms, whole_ms from film
         where id = $1 and trim_from_ms is not null and plain_key is null and ends_state is distinct from 'making'",
        copy.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let cut = row.and_then(|row| {
        let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
        let (from_ms, to_ms) = number(row.trim_from_ms).zip(number(row.trim_to_ms))?;
        Some(Cut { from_ms, to_ms, whole_ms: number(row.whole_ms)? })
    });
    match cut {
        Some(cut) => later(tx, copy, &cut).await,
        None => Ok(()),
    }
}

/// The handler of `KIND`. Of a film that is cut otherwise by now nothing is made.
pub async fn run(blobs: Blobs, task: Task) -> Result<(), JobError> {
    let made = match look(&task).await? {
        Some(work) => Some((make(&blobs, &task, &work).await?, work)),
        None => None,
    };
    let mut tx = task.db.begin(&task.held.actor()).await?;
    if let Some(((key, bytes), work)) = made {
        publish(&mut tx, &work, &key, bytes).await?;
    }
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

async fn look(task: &Task) -> Result<Option<Work>, JobError> {
    let wish: Wish = serde_json::from_value(task.held.args.clone())
        .map_err(|error| JobError::Fail(format!("no film in the job: {error}")))?;
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let row = sqlx::query!(
        "select fence, length_ms, whole_plain_key, parts_key, parts_id from film
         where id = $1 and state = 'ready' and trim_from_ms = $2 and trim_to_ms = $3 and plain_key is null",
        wish.film,
        wish.from_ms,
        wish.to_ms,
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let folder =
        row.whole_plain_key.as_deref().and_then(|key| key.rsplit_once('/')).map(|(folder, _)| folder);
    let Some(folder) = folder else { return Ok(None) };
    // Of the pictures that everybody plays: 480 lines, or the next below, or the smallest. Not one whose ends have another beginning (the
    // largest, when it is the upload's own): browsers read the first description of samples in a file of fragments and no other.
    let shown = sqlx::query!(
        r#"select distinct on (r.kind) r.kind, r.name, r.init_key as "init_key!" from rendition r
           where r.film_id = $1 and r.fence = $2 and r.complete and not r.second and r.init_key is not null
             and not exists (select from segment s where s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name
                               and s.init_key is not null)
           order by r.kind, least(r.width, r.height) > 480, abs(least(r.width, r.height) - 480), r.name"#,
        wish.film,
        row.fence,
    )
    .fetch_all(tx.connection())
    .await?;
    if shown.first().is_none_or(|one| one.kind != "picture") {
        return Ok(None);
    }
    let mut tracks = Vec::new();
    for one in shown {
        let pieces = sqlx::query!(
            "select start_ms, blob_key from segment where film_id = $1 and fence = $2 and rendition = $3 order by number",
            wish.film,
            row.fence,
            one.name,
        )
        .fetch_all(tx.connection())
        .await?;
        let pieces = pieces.into_iter().map(|piece| (piece.start_ms, piece.blob_key)).collect();
        tracks.push(Track { init_key: one.init_key, pieces });
    }
    Ok(Some(Work {
        // A name of its own each time: what is swept after a cut was taken back is never what another attempt makes. A short one: the
        // embedded store names a file after the key, and such names have an end.
        prefix: format!("{folder}/cut-{:016x}", base::id::row_id(tx.now()).as_u64_pair().1),
        fence: row.fence,
        length_ms: row.length_ms.and_then(|length| u32::try_from(length).ok()).unwrap_or(0),
        left: row.parts_key.zip(row.parts_id),
        wish,
        tracks,
    }))
}

/// Makes the file; answers its key and its length in bytes.
async fn make(blobs: &Blobs, task: &Task, work: &Work) -> Result<(String, u64), JobError> {
    // They may be gone already, and an embedded store that was started anew gives them to nobody: neither is in the way of this file.
    if let Some((key, id)) = &work.left
        && let Err(error) = blobs.drop_parts(key, id).await
    {
        tracing::info!(film = %work.wish.film, %error, "parts of an earlier attempt were not thrown away");
    }
    let mut plain = Plain::begin(blobs, &work.prefix).await.map_err(store)?;
    match write(blobs, task, work, &mut plain).await {
        Ok(()) => plain.join(blobs).await.map_err(store),
        Err(error) => {
            if let Err(left) = plain.throw_away(blobs).await {
                tracing::info!(film = %work.wish.film, error = %left, "the parts of a plain MP4 wait for the next attempt");
            }
            Err(error)
        }
    }
}

async fn write(blobs: &Blobs, task: &Task, work: &Work, plain: &mut Plain) -> Result<(), JobError> {
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let (key, id) = plain.parts();
    sqlx::query!(
        "update film set parts_key = $3, parts_id = $4 where id = $1 and fence = $2",
        work.wish.film,
        work.fence,
        key,
        id,
    )
    .execute(tx.connection())
    .await?;
    tx.commit().await?;
    let mut inits = Vec::new();
    for track in &work.tracks {
        inits.push(blobs.get(&track.init_key).await.map_err(store)?.to_vec());
    }
    let (mut mux, head) = Mux::begin(&inits, work.length_ms).ok_or_else(broken)?;
    plain.take(blobs, &head).await.map_err(store)?;
    for (track, key) in in_order(&work.tracks) {
        if task.should_stop() {
            return Err(JobError::Retry("the program is ending".to_owned()));
        }
        let piece = blobs.get(key).await.map_err(store)?;
        let fragment = mux.fragment(track, piece.to_vec()).ok_or_else(broken)?;
        plain.take(blobs, &fragment).await.map_err(store)?;
    }
    Ok(())
}

/// The segments of all tracks as they are played; of two that begin together that of the picture comes first.
fn in_order(tracks: &[Track]) -> Vec<(usize, &str)> {
    let mut all: Vec<(i32, usize, &str)> = Vec::new();
    for (number, track) in tracks.iter().enumerate() {
        all.extend(track.pieces.iter().map(|(start, key)| (*start, number, key.as_str())));
    }
    all.sort_by_key(|(start, number, _)| (*start, *number));
    all.into_iter().map(|(_, number, key)| (number, key)).collect()
}

/// Names the file, unless the film was cut otherwise or replaced meanwhile: then it goes.
async fn publish(tx: &mut Tx, work: &Work, key: &str, bytes: u64) -> Result<(), JobError> {
    let named = sqlx::query!(
        "update film set plain_key = $5, plain_bytes = $6, parts_key = null, parts_id = null
         where id = $1 and fence = $2 and trim_from_ms = $3 and trim_to_ms = $4 and plain_key is null",
        work.wish.film,
        work.fence,
        work.wish.from_ms,
        work.wish.to_ms,
        key,
        i64::try_from(bytes).unwrap_or(i64::MAX),
    )
    .execute(tx.connection())
    .await?;
    if named.rows_affected() == 0 {
        sweep::later(tx, key).await?;
    }
    Ok(())
}
