//! The rows that publish what an attempt has made. What is published already, by an attempt before it, stays as it is.

use base::Tx;
use base::job::JobError;

use crate::wire::{Probed, Rendition, RenditionKind};
use crate::{FilmId, remark};

/// A segment that lies in the object store.
#[derive(Default)]
pub(crate) struct Cut {
    /// Its number in its rendition.
    pub number: u32,
    /// Where it begins, in milliseconds.
    pub start_ms: u64,
    /// How long it lasts, in milliseconds.
    pub length_ms: u32,
    /// The bytes up to the end of its first picture; 0 for sound.
    pub key_bytes: u32,
    /// Its length in bytes.
    pub size_bytes: usize,
    /// Where it lies.
    pub blob_key: String,
}

/// Writes down what the source turned out to be.
pub(crate) async fn probed(tx: &mut Tx, film: FilmId, fence: i64, probed: &Probed) -> Result<(), JobError> {
    let number = |number: u32| i32::try_from(number).unwrap_or(0);
    let length = Some(probed.length_ms).filter(|length| *length > 0);
    sqlx::query!(
        "update film set length_ms = $3, width = $4, height = $5, warning = $6 where id = $1 and fence = $2",
        film.0,
        fence,
        length.and_then(|length| i32::try_from(length).ok()),
        number(probed.width),
        number(probed.height),
        probed.sounds.as_ref().and_then(remark::line),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Says how far it is, in thousandths.
pub(crate) async fn progress(tx: &mut Tx, film: FilmId, fence: i64, per_mille: u16) -> Result<(), JobError> {
    sqlx::query!(
        "update film set per_mille = $3 where id = $1 and fence = $2",
        film.0,
        fence,
        i16::try_from(per_mille).unwrap_or(999),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Announces a rendition.
pub(crate) async fn rendition(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    rendition: &Rendition,
) -> Result<(), JobError> {
    let organisation = tx.organisation()?;
    let number = |number: u32| i32::try_from(number).unwrap_or(0);
    let estimate = i64::try_from(rendition.bandwidth_estimate).unwrap_or(0);
    sqlx::query!(
        "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs,
                                bandwidth, average_bandwidth)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0) on conflict (film_id, fence, name) do nothing",
        organisation.0,
        film.0,
        fence,
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
    Ok(())
}

/// Publishes the beginning of a rendition.
pub(crate) async fn init(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    rendition: &str,
    key: &str,
) -> Result<(), JobError> {
    sqlx::query!(
        "update rendition set init_key = $4 where film_id = $1 and fence = $2 and name = $3",
        film.0,
        fence,
        rendition,
        key,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Writes down where the parts of the plain MP4 wait, so that the next attempt throws them away when this one is killed; nothing once
/// they are joined.
pub(crate) async fn parts(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    parts: Option<(&str, &str)>,
) -> Result<(), JobError> {
    sqlx::query!(
        "update film set parts_key = $3, parts_id = $4 where id = $1 and fence = $2",
        film.0,
        fence,
        parts.map(|parts| parts.0),
        parts.map(|parts| parts.1),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Publishes a segment.
pub(crate) async fn segment(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    rendition: &str,
    cut: &Cut,
) -> Result<(), JobError> {
    let organisation = tx.organisation()?;
    sqlx::query!(
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key,
                              key_bytes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (film_id, fence, rendition, number) do nothing",
        organisation.0,
        film.0,
        fence,
        rendition,
        i32::try_from(cut.number).unwrap_or(i32::MAX),
        i32::try_from(cut.start_ms).unwrap_or(i32::MAX),
        i32::try_from(cut.length_ms).unwrap_or(i32::MAX),
        i32::try_from(cut.size_bytes).unwrap_or(i32::MAX),
        cut.blob_key,
        i32::try_from(cut.key_bytes).ok().filter(|bytes| *bytes > 0),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Puts the segments that stand under one number under another one as well.
pub(crate) async fn segments(tx: &mut Tx, film: FilmId, from: i64, to: i64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes,
                              init_key)
         select organisation_id, film_id, $3, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes, init_key
         from segment where film_id = $1 and fence = $2",
        film.0,
        from,
        to,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Leaves of all attempts what this one shows. What an earlier one announced and this one did not make is shown no longer either, and
/// stills of another file name their objects no longer.
pub(crate) async fn alone(tx: &mut Tx, film: FilmId, fence: i64) -> Result<(), JobError> {
    sqlx::query!(
        "delete from rendition where film_id = $1 and (fence < $2 or fence = $2 and not complete)",
        film.0,
        fence
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("delete from film_still where film_id = $1 and fence < $2", film.0, fence)
        .execute(tx.connection())
        .await?;
    Ok(())
}
