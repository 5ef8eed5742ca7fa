//! A film: a row with a state. empty → uploading → queued → transcoding → ready, failed or cancelled; copying → ready, where it comes
//! from another organisation.

use base::{Tx, audit, job};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::edition::Edition;
use crate::error::Error;
use crate::proof::{Editable, Watchable};
use crate::wire::Sounds;
use crate::{FilmId, arrival, remark, second, share, still, sweep, trim, work};

/// How much of a source is worked on in a second, for telling short work from long: a guess on the slow side.
const SOURCE_BYTES_A_SECOND: u64 = 500_000;

/// Where a film is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing was uploaded yet.
    Empty,
    /// An upload is open.
    Uploading,
    /// Waits for a worker.
    Queued,
    /// A worker makes it.
    Transcoding,
    /// It is being copied from another organisation.
    Copying,
    /// Every rendition is there.
    Ready,
    /// It cannot be made; `reason` says why.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl State {
    /// The word in the database and the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Uploading => "uploading",
            Self::Queued => "queued",
            Self::Transcoding => "transcoding",
            Self::Copying => "copying",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that word; `Empty` for one that is none.
    pub fn from_word(word: &str) -> Self {
        [
            Self::Uploading,
            Self::Queued,
            Self::Transcoding,
            Self::Copying,
            Self::Ready,
            Self::Failed,
            Self::Cancelled,
        ]
        .into_iter()
        .find(|state| state.word() == word)
        .unwrap_or(Self::Empty)
    }
}

/// A film.
#[derive(Clone, Debug)]
pub struct Film {
    /// Its id.
    pub id: FilmId,
    /// Its title.
    pub title: String,
    /// Where it is on its way.
    pub state: State,
    /// Why it failed: a word of `wire::Reason`, or of `arrival`.
    pub reason: Option<String>,
    /// Progress of the transcoding, of the copying, or of the upload while that is open, in thousandths.
    pub per_mille: u16,
    /// Length, when it is known, in milliseconds.
    pub length_ms: Option<u32>,
    /// Width and height as shown, in pixels.
    pub size: Option<(u32, u32)>,
    /// Size of the upload, in bytes.
    pub source_bytes: Option<u64>,
    /// Whether there is a poster.
    pub has_poster: bool,
    /// Size of the plain MP4 for people without script, when it is complete, in bytes.
    pub plain_bytes: Option<u64>,
    /// Whether its beginning can be watched, by whoever asks.
    pub playable: bool,
    /// Processor time spent, in milliseconds.
    pub cpu_ms: Option<u64>,
    /// What the person should know although it worked (a cut file).
    pub warning: Option<String>,
    /// Which sound of its file it has, where that has several.
    pub sounds: Option<Sounds>,
    /// In which state of it moments are counted now.
    pub edition: Edition,
    /// The organisation that it was copied from, or is to be.
    pub comes_from: Option<String>,
}

/// Makes an empty film. The area that calls decides whether it may.
pub async fn create(tx: &mut Tx, title: &str) -> Result<Editable, Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, FilmId::new(tx.now()));
    sqlx::query!(
        "insert into film (id, organisation_id, title, created_by) values ($1, $2, $3, $4)",
        id.0,
        organisation.0,
        title.chars().take(200).collect::<String>(),
        person.0,
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "created", "film", id.0, json!({})).await?;
    Ok(Editable::granted(id))
}

/// The film that the proof is about.
pub async fn one(tx: &mut Tx, proof: &Watchable) -> Result<Film, Error> {
    let film = some(tx, &[proof.film()]).await?.pop().ok_or(Error::NotFound)?;
    let is_shown = film.state != State::Uploading || proof.is_early();
    Ok(Film { playable: film.playable && is_shown, ..film })
}

/// These films, in no order; one that is gone is left out. Whoever calls has a proof of each, and that they may change it.
pub(crate) async fn some(tx: &mut Tx, films: &[FilmId]) -> Result<Vec<Film>, Error> {
    let ids: Vec<Uuid> = films.iter().map(|film| film.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, title, state, reason, length_ms, width, height, source_bytes,
                  case when trim_from_ms is null then poster_key else shown_poster(id) end is not null as "poster!",
                  case when state = 'uploading'
                       then coalesce((select max(u.offset_bytes * 1000 / u.size_bytes) from upload u
                                      where u.film_id = film.id and u.state = 'open'), 0)::smallint
                       else per_mille end as "per_mille!",
                  plain_bytes, cpu_ms, warning, (extract(epoch from replaced_at) * 1000000)::bigint as made, trim_from_ms, trim_to_ms,
                  exists (select 1 from segment s join rendition r using (film_id, fence)
                          where s.film_id = film.id and s.fence = film.fence and s.rendition = r.name
                            and r.kind = 'picture'
                            -- Of what is sent now, and not of a file before it.
                            and case state when 'uploading' then made_from is distinct from source_key
                                           when 'queued' then made_from = source_key else true end) as "playable!",
                  (select a.publisher from film_arrival a where a.film_id = film.id) as "comes_from?"
           from film where id = any($1)"#,
        &ids
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(Film::from).collect())
}

struct Row {
    id: Uuid,
    title: String,
    state: String,
    reason: Option<String>,
    per_mille: i16,
    length_ms: Option<i32>,
    width: Option<i32>,
    height: Option<i32>,
    source_bytes: Option<i64>,
    poster: bool,
    plain_bytes: Option<i64>,
    cpu_ms: Option<i64>,
    warning: Option<String>,
    made: Option<i64>,
    trim_from_ms: Option<i32>,
    trim_to_ms: Option<i32>,
    playable: bool,
    comes_from: Option<String>,
}

impl From<Row> for Film {
    fn from(row: Row) -> Self {
        let (warning, sounds) = remark::read(row.warning.as_deref().unwrap_or_default());
        Self {
            id: FilmId(row.id),
            title: row.title,
            state: State::from_word(&row.state),
            reason: row.reason,
            per_mille: u16::try_from(row.per_mille).unwrap_or(0),
            length_ms: row.length_ms.and_then(|length| u32::try_from(length).ok()),
            size: row
                .width
                .zip(row.height)
                .and_then(|(width, height)| Some((u32::try_from(width).ok()?, u32::try_from(height).ok()?))),
            source_bytes: row.source_bytes.and_then(|bytes| u64::try_from(bytes).ok()),
            has_poster: row.poster,
            plain_bytes: row.plain_bytes.and_then(|bytes| u64::try_from(bytes).ok()),
            playable: row.playable,
            cpu_ms: row.cpu_ms.and_then(|time| u64::try_from(time).ok()),
            warning,
            sounds,
            edition: Edition::of_row(row.made, row.trim_from_ms, row.trim_to_ms),
            comes_from: row.comes_from,
        }
    }
}

/// The upload that a film is made from, or that it is about to be made from anew: its blob and size in bytes; nothing before it is complete.
pub async fn source(tx: &mut Tx, proof: &Editable) -> Result<Option<(String, u64)>, Error> {
    let row = sqlx::query!(
        r#"select coalesce(n.source_key, f.source_key) as "source_key?", coalesce(n.source_bytes, f.source_bytes) as "source_bytes?"
           from film f left join film n on n.replaces = f.id and n.state in ('queued', 'transcoding') where f.id = $1"#,
        proof.film().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(row.source_key.zip(row.source_bytes.and_then(|bytes| u64::try_from(bytes).ok())))
}

/// Hands the stored source to the workers.
pub(crate) async fn queue(
    tx: &mut Tx,
    film: FilmId,
    source_key: &str,
    source_bytes: u64,
) -> Result<(), Error> {
    let bytes = i64::try_from(source_bytes).unwrap_or(i64::MAX);
    let by = tx.actor().person().map(|person| person.0);
    let before = sqlx::query_scalar!("select source_key from film where id = $1 for update", film.0)
        .fetch_optional(tx.connection())
        .await?
        .flatten();
    // What was made of another file, perhaps of one that has come in part, is shown to nobody from now on, and its maker finds that it is
    // late.
    sqlx::query!(
        "update film set state = 'queued', source_key = $2, source_bytes = $3, reason = null, warning = null, per_mille = 0,
                queued_at = moment(), sent_by = coalesce($4, sent_by),
                fence = fence + case when made_from is null or made_from = $2 then 0 else 1 end
         where id = $1",
        film.0,
        source_key,
        bytes,
        by,
    )
    .execute(tx.connection())
    .await?;
    job::enqueue(tx, work::KIND, &film.to_string(), 4, &json!({ "film": film })).await?;
    job::expect(tx, work::KIND, &film.to_string(), source_bytes / SOURCE_BYTES_A_SECOND).await?;
    // Somebody sends a film of their own: it comes from nobody any more.
    sqlx::query!("delete from film_arrival where film_id = $1", film.0).execute(tx.connection()).await?;
    // What was uploaded before goes, unless a copy of the film is still to be made from it.
    if let Some(before) = before.filter(|before| before != source_key) {
        sweep::later(tx, &before).await?;
    }
    Ok(())
}

/// Holds a film until this transaction has ended, for whoever changes what belongs to it first (see `storage::hold` for the order).
pub(crate) async fn hold(tx: &mut Tx, film: FilmId) -> Result<(), sqlx::Error> {
    sqlx::query!("select 1 as one from film where id = $1 for update", film.0)
        .fetch_optional(tx.connection())
        .await?;
    Ok(())
}

/// Stops the making or the copying of a film. Errors: `WrongState` when nothing is being made.
pub async fn cancel(tx: &mut Tx, proof: &Editable) -> Result<(), Error> {
    let film = proof.film();
    hold(tx, film).await?;
    let coming = arrival::cancel(tx, film).await?;
    if !coming && !job::ask_cancel(tx, work::KIND, &film.to_string()).await? {
        return Err(Error::WrongState("not being made".to_owned()));
    }
    // A waiting job is over at once; a running one says so itself when its child has ended.
    sqlx::query!("update film set state = 'cancelled' where id = $1 and state = 'queued'", film.0)
        .execute(tx.connection())
        .await?;
    Ok(audit::record(tx, "cancelled", "film", film.0, json!({})).await?)
}

/// Tries a failed or cancelled film again: from its stored source, or from the organisation that it was to come from.
///
/// Errors: `WrongState`; `NoRoom` for one that comes from another organisation.
pub async fn retry(tx: &mut Tx, proof: &Editable) -> Result<(), Error> {
    let film = proof.film();
    if arrival::retry(tx, film).await? {
        return Ok(audit::record(tx, "retried", "film", film.0, json!({})).await?);
    }
    let row =
        sqlx::query!("select state, source_key, source_bytes from film where id = $1 for update", film.0)
            .fetch_optional(tx.connection())
            .await?
            .ok_or(Error::NotFound)?;
    let (Some(key), Some(bytes), "failed" | "cancelled") =
        (row.source_key, row.source_bytes, row.state.as_str())
    else {
        return Err(Error::WrongState(row.state));
    };
    queue(tx, film, &key, u64::try_from(bytes).unwrap_or(0)).await?;
    Ok(audit::record(tx, "retried", "film", film.0, json!({})).await?)
}

/// Has whatever makes or copies a film stop.
async fn stop(tx: &mut Tx, film: FilmId) -> Result<(), Error> {
    job::ask_cancel(tx, work::KIND, &film.to_string()).await?;
    arrival::cancel(tx, film).await?;
    Ok(())
}

/// Removes a film that no page shows any more: its row now, by a job those of its bytes that no copy of it shows.
///
/// Errors: `WrongState` when something still refers to it.
pub async fn remove(tx: &mut Tx, proof: &Editable) -> Result<(), Error> {
    let film = proof.film();
    let kept = sqlx::query!(
        r#"select source_key, poster_key, case when trim_from_ms is not null then plain_key end as "part_key?"
           from film where id = $1 for update"#,
        film.0
    )
    .fetch_optional(tx.connection())
    .await?;
    stop(tx, film).await?;
    second::forget(tx, film).await?;
    let mut folders = share::folders(tx, film).await?;
    let ends = trim::made(tx, film).await?;
    // What was to replace it goes with it.
    let next = sqlx::query_scalar!("select id from film where replaces = $1", film.0)
        .fetch_optional(tx.connection())
        .await?
        .map(FilmId);
    if let Some(next) = next {
        stop(tx, next).await?;
        folders.push(next);
    }
    sqlx::query!("delete from film where id = $1", film.0).execute(tx.connection()).await.map_err(
        |error| match &error {
            sqlx::Error::Database(database) if database.is_foreign_key_violation() => {
                Error::WrongState("shown somewhere".to_owned())
            }
            _ => Error::Database(error),
        },
    )?;
    for folder in folders {
        share::let_go(tx, folder).await?;
    }
    // What a copy was the last to name lies in the folder of its original, which stays when that was replaced since.
    if let Some(kept) = kept {
        share::let_go_source(tx, kept.source_key.as_deref()).await?;
        still::let_go(tx, kept.poster_key.as_deref()).await?;
        // So does the file of the part that is shown of a film that is cut.
        if let Some(part) = &kept.part_key {
            sweep::later(tx, part).await?;
        }
        // And its ends, which a copy shows, too.
        for folder in &ends {
            sweep::later(tx, folder).await?;
        }
    }
    Ok(audit::record(tx, "removed", "film", film.0, json!({})).await?)
}
