//! Resumable uploads (tus 1.0: creation, termination, checksum, expiration), straight into multipart object storage.
//!
//! What is told as the offset is safely stored: whole parts of 8 MiB, and a tail that is kept as an object of its own
//! until the next part is full. A later request takes an upload over from an earlier one that hangs; the fence says whose
//! bytes count.

use base::blob::PART_BYTES;
use base::{Actor, Blobs, Db, Tx};
use time::{Duration, OffsetDateTime};

use crate::error::Error;
use crate::proof::Editable;
use crate::take::Part;
use crate::{FilmId, UploadId, early, film, replace, storage, sweep, take};

/// An upload that gets no byte for this long is thrown away.
pub const LIFE: Duration = Duration::days(3);

/// An upload as the protocol tells it.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The film it is for.
    pub film: FilmId,
    /// Announced size, in bytes.
    pub size: u64,
    /// Safely stored, in bytes.
    pub offset: u64,
    /// When it will be thrown away.
    pub expires_at: OffsetDateTime,
    /// Whether every byte is there and the film was handed to the workers.
    pub complete: bool,
    /// The `Upload-Metadata` header as it came.
    pub metadata: String,
}

/// What a creation announces.
#[derive(Clone, Debug, Default)]
pub struct Announced {
    /// `Upload-Length`, in bytes.
    pub size: u64,
    /// Name of the file; only shown.
    pub file_name: String,
    /// `Upload-Metadata`, kept as it came.
    pub metadata: String,
}

pub(crate) struct Open {
    pub key: String,
    pub multipart: String,
    pub size: u64,
    pub offset: u64,
    pub tail: Option<String>,
    pub tail_bytes: usize,
    pub fence: i64,
    pub film: FilmId,
    /// Since when it is sent.
    pub since: OffsetDateTime,
    /// Whether its parts are kept so that they can be read before it is complete.
    pub early: bool,
}

/// Begins an upload for a film, or for what will replace it when it is shown already. An earlier open one of the same film is given up.
///
/// Errors: `BadSize`; `NoRoom`; `WrongState` when the film is being made; `BeingReplaced` when somebody else sends another one.
pub async fn create(
    db: &Db,
    blobs: &Blobs,
    actor: &Actor,
    proof: &Editable,
    announced: &Announced,
    most_bytes: u64,
) -> Result<Upload, Error> {
    // S3 takes at most 10,000 parts.
    let most_bytes = most_bytes.min(9_999 * PART_BYTES as u64);
    if announced.size == 0 || announced.size > most_bytes {
        return Err(Error::BadSize(most_bytes));
    }
    let mut tx = db.begin(actor).await?;
    storage::hold(&mut tx).await?;
    // A film that is shown already stays as it is until the new one is made.
    let film = replace::place(&mut tx, proof.film()).await?;
    let state = sqlx::query_scalar!("select state from film where id = $1 for update", film.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    if matches!(state.as_str(), "queued" | "transcoding" | "copying" | "ready") {
        return Err(Error::WrongState(state));
    }
    let earlier = sqlx::query!(
        "update upload set state = 'ended' where film_id = $1 and state = 'open' returning id, blob_key, multipart_id, tail_key",
        film.0
    )
    .fetch_all(tx.connection())
    .await?;
    for earlier in &earlier {
        early::forget(&mut tx, UploadId(earlier.id)).await?;
    }
    // Before its first byte; what was begun before and is given up now takes no room any more.
    storage::room(&mut tx, announced.size).await?;
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let (id, expires_at) = (UploadId::new(tx.now()), tx.now() + LIFE);
    let key = format!("films/{organisation}/{film}/source-{id}");
    let multipart = blobs.begin_parts(&key, "application/octet-stream").await?;
    let size = i64::try_from(announced.size).unwrap_or(i64::MAX);
    sqlx::query!(
        "insert into upload (id, organisation_id, film_id, person_id, size_bytes, file_name, metadata, blob_key, multipart_id, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        organisation.0,
        film.0,
        person.0,
        size,
        announced.file_name.chars().take(200).collect::<String>(),
        announced.metadata.chars().take(4000).collect::<String>(),
        key,
        multipart,
        expires_at,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("update film set state = 'uploading', reason = null where id = $1", film.0)
        .execute(tx.connection())
        .await?;
    tx.commit().await?;
    for earlier in earlier {
        blobs.drop_parts(&earlier.blob_key, &earlier.multipart_id).await?;
        if let Some(tail) = earlier.tail_key {
            blobs.delete(&tail).await?;
        }
    }
    let metadata = announced.metadata.clone();
    Ok(Upload { id, film, size: announced.size, offset: 0, expires_at, complete: false, metadata })
}

/// The film that an upload is for, so that the area above can look who may write to it. Errors: `NotFound`.
pub async fn film_of(tx: &mut Tx, id: UploadId) -> Result<FilmId, Error> {
    let film = sqlx::query_scalar!("select film_id from upload where id = $1", id.0)
        .fetch_optional(tx.connection())
        .await?;
    film.map(FilmId).ok_or(Error::NotFound)
}

/// Where an upload stands. Errors: `NotFound`; `Expired`, also for one that was given up.
pub async fn one(tx: &mut Tx, proof: &Editable, id: UploadId) -> Result<Upload, Error> {
    let row = sqlx::query!(
        r#"select size_bytes, offset_bytes, state, expires_at, metadata from upload where id = $1 and film_id = $2"#,
        id.0,
        proof.film().0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if row.state == "ended" || row.state == "open" && row.expires_at < tx.now() {
        return Err(Error::Expired);
    }
    Ok(Upload {
        id,
        film: proof.film(),
        size: u64::try_from(row.size_bytes).unwrap_or(0),
        offset: u64::try_from(row.offset_bytes).unwrap_or(0),
        expires_at: row.expires_at,
        complete: row.state == "complete",
        metadata: row.metadata,
    })
}

/// The open upload of a film, or of what will replace it, if there is one: lets a browser go on after a reload.
pub async fn open_of(tx: &mut Tx, proof: &Editable) -> Result<Option<Upload>, Error> {
    let row = sqlx::query!(
        "select u.id, u.film_id from upload u join film f on f.id = u.film_id
         where (f.id = $1 or f.replaces = $1) and u.state = 'open' and u.expires_at > moment() order by u.id desc limit 1",
        proof.film().0
    )
    .fetch_optional(tx.connection())
    .await?;
    match row {
        Some(row) => one(tx, &Editable::granted(FilmId(row.film_id)), UploadId(row.id)).await.map(Some),
        None => Ok(None),
    }
}

/// Takes the upload over for one request: the fence rises, so an earlier request that still hangs loses it.
pub(crate) async fn take_over(
    db: &Db,
    actor: &Actor,
    proof: &Editable,
    id: UploadId,
    offset: u64,
) -> Result<Open, Error> {
    let mut tx = db.begin(actor).await?;
    let upload = one(&mut tx, proof, id).await?;
    if upload.offset != offset || upload.complete {
        return Err(Error::WrongOffset(upload.offset));
    }
    let row = sqlx::query!(
        "update upload set fence = fence + 1 where id = $1 and state = 'open' and offset_bytes = $2
         returning blob_key, multipart_id, size_bytes, tail_key, tail_bytes, fence, film_id, created_at, early",
        id.0,
        i64::try_from(offset).unwrap_or(i64::MAX),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::TakenOver)?;
    tx.commit().await?;
    Ok(Open {
        key: row.blob_key,
        multipart: row.multipart_id,
        size: u64::try_from(row.size_bytes).unwrap_or(0),
        offset,
        tail: row.tail_key,
        tail_bytes: usize::try_from(row.tail_bytes).unwrap_or(0),
        fence: row.fence,
        film: FilmId(row.film_id),
        since: row.created_at,
        early: row.early,
    })
}

/// Writes down what is safely stored by now. Answers whether its parts are kept aside; from the first one on, if at all.
///
/// Errors: `TakenOver` when a newer request has the upload.
pub(crate) async fn settle(
    db: &Db,
    actor: &Actor,
    id: UploadId,
    fence: i64,
    parts: &[Part],
    offset: u64,
    tail: Option<(&str, usize)>,
) -> Result<bool, Error> {
    let mut tx = db.begin(actor).await?;
    let expires_at = tx.now() + LIFE;
    let kept = |number: u32| parts.iter().any(|part| part.number == number && part.aside.is_some());
    let settled = sqlx::query!(
        "update upload set offset_bytes = $3, tail_key = $4, tail_bytes = $5, expires_at = $6, early = early or $7
         where id = $1 and fence = $2 and state = 'open' returning film_id, early",
        id.0,
        fence,
        i64::try_from(offset).unwrap_or(i64::MAX),
        tail.map(|tail| tail.0),
        tail.map_or(0, |tail| i32::try_from(tail.1).unwrap_or(0)),
        expires_at,
        kept(1),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::TakenOver)?;
    let organisation = tx.organisation()?;
    for part in parts {
        sqlx::query!(
            "insert into upload_part (organisation_id, upload_id, number, etag, size_bytes, aside_key) values ($1, $2, $3, $4, $5, $6)
             on conflict (upload_id, number)
               do update set etag = excluded.etag, size_bytes = excluded.size_bytes, aside_key = excluded.aside_key",
            organisation.0,
            id.0,
            i32::try_from(part.number).unwrap_or(0),
            part.etag,
            i32::try_from(part.bytes).unwrap_or(0),
            part.aside.as_deref().filter(|_| settled.early),
        )
        .execute(tx.connection())
        .await?;
    }
    if settled.early && kept(early::HEAD_PARTS) {
        early::ask(&mut tx, FilmId(settled.film_id), id).await?;
    }
    tx.commit().await?;
    Ok(settled.early)
}

/// Joins the parts and hands the film to the workers. Safe to repeat: the object may be joined already. Of a film that got another file
/// meanwhile it is given up.
///
/// Errors: `WrongState` then.
pub(crate) async fn complete(
    db: &Db,
    blobs: &Blobs,
    actor: &Actor,
    id: UploadId,
    open: &Open,
) -> Result<(), Error> {
    let mut tx = db.begin(actor).await?;
    let parts =
        sqlx::query!("select number, etag from upload_part where upload_id = $1 order by number", id.0)
            .fetch_all(tx.connection())
            .await?;
    drop(tx);
    let parts = parts.into_iter().map(|part| (u32::try_from(part.number).unwrap_or(0), part.etag)).collect();
    if let Err(error) = blobs.join_parts(&open.key, &open.multipart, parts).await
        && blobs.length(&open.key).await? != Some(open.size)
    {
        return Err(error.into());
    }
    let mut tx = db.begin(actor).await?;
    film::hold(&mut tx, open.film).await?;
    let first = sqlx::query!(
        "update upload set state = 'complete' where id = $1 and state = 'open' and offset_bytes = size_bytes",
        id.0
    )
    .execute(tx.connection())
    .await?;
    if first.rows_affected() == 1 {
        early::end(&mut tx, id).await?;
        if let Err(error) = take::writable(&mut tx, open.film).await {
            // What was made of the other file stays as it is; nothing points to this one.
            sqlx::query!("update upload set state = 'ended', fence = fence + 1 where id = $1", id.0)
                .execute(tx.connection())
                .await?;
            sweep::later(&mut tx, &open.key).await?;
            tx.commit().await?;
            return Err(error);
        }
        film::queue(&mut tx, open.film, &open.key, open.size).await?;
    }
    Ok(tx.commit().await?)
}

/// Gives an upload up (tus termination). Errors: `NotFound`, `WrongState` when it is complete.
pub async fn terminate(
    db: &Db,
    blobs: &Blobs,
    actor: &Actor,
    proof: &Editable,
    id: UploadId,
) -> Result<(), Error> {
    let mut tx = db.begin(actor).await?;
    film::hold(&mut tx, proof.film()).await?;
    let row = sqlx::query!(
        "update upload set state = 'ended', fence = fence + 1 where id = $1 and film_id = $2 and state = 'open'
         returning blob_key, multipart_id, tail_key",
        id.0,
        proof.film().0,
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else {
        return match one(&mut tx, proof, id).await {
            Ok(_) => Err(Error::WrongState("complete".to_owned())),
            Err(error) => Err(error),
        };
    };
    early::forget(&mut tx, id).await?;
    broken_off(&mut tx, proof.film()).await?;
    tx.commit().await?;
    blobs.drop_parts(&row.blob_key, &row.multipart_id).await?;
    if let Some(tail) = row.tail_key {
        blobs.delete(&tail).await?;
    }
    Ok(())
}

/// Nothing is sent any more for a film. One that was to come from another organisation before can be asked for again.
async fn broken_off(tx: &mut Tx, film: FilmId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update film f set state = case when exists (select 1 from film_arrival a where a.film_id = f.id and a.arrived_at is null)
                                        then 'cancelled' else 'empty' end
         where f.id = $1 and f.state = 'uploading'",
        film.0
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Throws away uploads that waited too long. Run now and then by the server.
pub async fn expire(db: &Db, blobs: &Blobs) -> Result<u64, Error> {
    let mut tx = db.begin(&Actor::installation("upload expiry")).await?;
    sqlx::query!(
        "select 1 as one from film where id in (select film_id from upload where state = 'open' and expires_at < moment())
         order by id for update"
    )
    .fetch_all(tx.connection())
    .await?;
    let rows = sqlx::query!(
        "update upload set state = 'ended', fence = fence + 1 where state = 'open' and expires_at < moment()
         returning id, blob_key, multipart_id, tail_key, film_id"
    )
    .fetch_all(tx.connection())
    .await?;
    for row in &rows {
        early::forget(&mut tx, UploadId(row.id)).await?;
        broken_off(&mut tx, FilmId(row.film_id)).await?;
    }
    tx.commit().await?;
    for row in &rows {
        blobs.drop_parts(&row.blob_key, &row.multipart_id).await?;
        if let Some(tail) = &row.tail_key {
            blobs.delete(tail).await?;
        }
    }
    Ok(rows.len() as u64)
}
