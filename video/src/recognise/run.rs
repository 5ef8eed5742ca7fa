//! The job that drafts captions: the sound of the film as one file, the recogniser, and what it answers as captions that nobody has checked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base::job::{Held, JobError};
use base::worker::Task;
use base::{Blobs, Db, audit};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::{Recogniser, Refused, engine};
use crate::FilmId;
use crate::caption;

/// A recogniser may take this long for however short a film.
const LEAST_TIME: Duration = Duration::from_secs(600);
/// And so many times the length of the film.
const TIMES_ITS_LENGTH: u32 = 4;

/// What the job needs.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The object store.
    pub blobs: Blobs,
    /// Where the sound lies while it is listened to.
    pub folder: PathBuf,
    /// What the settings name.
    pub recogniser: Option<Recogniser>,
}

/// What is to be listened to.
struct Work {
    id: Uuid,
    film: FilmId,
    language: String,
    fence: i64,
    /// What of the film is shown.
    cut: (Option<i32>, Option<i32>),
    length_ms: u32,
    /// Beginning and segments of the sound, in order.
    pieces: Vec<String>,
}

/// A file that goes when the work ends, however it ends.
struct Sound(PathBuf);

impl Drop for Sound {
    fn drop(&mut self) {
        // One that is not there needs no removing.
        let _gone = std::fs::remove_file(&self.0);
    }
}

/// The handler of `KIND`.
pub async fn run(desk: Desk, task: Task) -> Result<(), JobError> {
    let Some(work) = look(&task).await? else {
        // The film was removed meanwhile, or the wish ended.
        let mut tx = task.db.begin(&task.held.actor()).await?;
        task.held.finish(&mut tx).await?;
        return Ok(tx.commit().await?);
    };
    let captions = tokio::select! {
        heard = listen(&desk, &work) => heard.map_err(|why| JobError::Fail(why.word().to_owned()))?,
        () = task.stopped() => return Err(JobError::Retry("the program is ending".to_owned())),
    };
    keep(&task, &work, &captions).await
}

async fn look(task: &Task) -> Result<Option<Work>, JobError> {
    let id: Uuid = serde_json::from_value(task.held.args["draft"].clone())
        .map_err(|error| JobError::Fail(format!("no draft in the job: {error}")))?;
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let row = sqlx::query!(
        r#"select d.film_id, d.language, f.fence, f.length_ms, f.trim_from_ms, f.trim_to_ms, f.state = 'ready' as "ready!"
           from caption_draft d join film f on f.id = d.film_id where d.id = $1 and d.ended_at is null"#,
        id
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut pieces = Vec::new();
    if row.ready {
        let sound = sqlx::query!(
            r#"select r.name, r.init_key as "init_key!" from rendition r
               where r.film_id = $1 and r.fence = $2 and r.kind = 'sound' and r.complete and r.init_key is not null"#,
            row.film_id,
            row.fence,
        )
        .fetch_optional(tx.connection())
        .await?;
        if let Some(sound) = sound {
            pieces.push(sound.init_key);
            let segments = sqlx::query_scalar!(
                "select blob_key from segment where film_id = $1 and fence = $2 and rendition = $3 order by number",
                row.film_id,
                row.fence,
                sound.name,
            )
            .fetch_all(tx.connection())
            .await?;
            pieces.extend(segments);
        }
    }
    Ok(Some(Work {
        id,
        film: FilmId(row.film_id),
        language: row.language,
        fence: row.fence,
        cut: (row.trim_from_ms, row.trim_to_ms),
        length_ms: row.length_ms.and_then(|length| u32::try_from(length).ok()).unwrap_or(0),
        pieces,
    }))
}

/// The captions that the recogniser hears, read and found to be some.
async fn listen(desk: &Desk, work: &Work) -> Result<Vec<u8>, Refused> {
    let recogniser = desk.recogniser.as_ref().ok_or(Refused::None)?;
    if work.pieces.is_empty() {
        return Err(Refused::NoSound);
    }
    // Whole: the program does not run where we do.
    let path = std::path::absolute(desk.folder.join(format!("{}.m4a", work.id)));
    let sound = Sound(path.map_err(|_| Refused::NoSound)?);
    write(desk, &sound.0, &work.pieces).await.map_err(|error| {
        tracing::warn!(%error, "the sound of a film could not be put together");
        Refused::NoSound
    })?;
    let most = LEAST_TIME.max(Duration::from_millis(u64::from(work.length_ms)) * TIMES_ITS_LENGTH);
    let heard = tokio::time::timeout(most, engine::recognise(recogniser, &sound.0, &work.language)).await;
    let captions = heard.map_err(|_| Refused::TimedOut)??;
    caption::parse(&captions).map_err(|error| {
        tracing::warn!(%error, "what the recogniser answered are no captions");
        Refused::NotCaptions
    })?;
    Ok(captions)
}

/// The sound as one file: a beginning and its segments are a whole fragmented MP4 (ISO 14496-12 §8.8).
async fn write(desk: &Desk, path: &Path, pieces: &[String]) -> std::io::Result<()> {
    tokio::fs::create_dir_all(&desk.folder).await?;
    let mut file = tokio::fs::File::create(path).await?;
    for key in pieces {
        let bytes = desk.blobs.get(key).await.map_err(std::io::Error::other)?;
        file.write_all(&bytes).await?;
    }
    file.flush().await
}

/// Keeps them, unless a person gave captions in this language meanwhile. Of a film that was replaced or cut since it was listened to the
/// moments are others: it is listened to again.
async fn keep(task: &Task, work: &Work, captions: &[u8]) -> Result<(), JobError> {
    let (text, cues) =
        caption::parse(captions).map_err(|_| JobError::Fail(Refused::NotCaptions.word().to_owned()))?;
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let same = sqlx::query_scalar!(
        "select 1 from film where id = $1 and fence = $2 and trim_from_ms is not distinct from $3 and trim_to_ms is not distinct from $4
         for share",
        work.film.0,
        work.fence,
        work.cut.0,
        work.cut.1,
    )
    .fetch_optional(tx.connection())
    .await?;
    if same.is_none() {
        return Err(JobError::Retry("the film is another one by now".to_owned()));
    }
    let kept = sqlx::query!(
        "insert into caption (organisation_id, film_id, language, label, vtt, automatic)
         select organisation_id, id, $2, $3, $4, true from film where id = $1
         on conflict (film_id, language) do update set vtt = excluded.vtt, updated_at = moment()
           where caption.automatic and caption.checked_at is null",
        work.film.0,
        work.language,
        caption::name_of(&work.language),
        text,
    )
    .execute(tx.connection())
    .await?;
    if kept.rows_affected() == 0 {
        return Err(JobError::Fail(Refused::Exists.word().to_owned()));
    }
    sqlx::query!("update caption_draft set ended_at = moment() where id = $1", work.id)
        .execute(tx.connection())
        .await?;
    let detail = json!({ "language": work.language, "cues": cues.len() });
    audit::record(&mut tx, "drafted_captions", "film", work.film.0, detail).await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Says on the wish that it is over, and why.
pub async fn give_up(db: Db, held: Held, why: String) -> Result<(), JobError> {
    let draft: Option<Uuid> = serde_json::from_value(held.args["draft"].clone()).ok();
    let mut tx = db.begin(&held.actor()).await?;
    if let Some(draft) = draft {
        sqlx::query!(
            "update caption_draft set ended_at = moment(), reason = $2 where id = $1 and ended_at is null",
            draft,
            Refused::from_word(&why).word(),
        )
        .execute(tx.connection())
        .await?;
    }
    held.bury(&mut tx, &why).await?;
    Ok(tx.commit().await?)
}
