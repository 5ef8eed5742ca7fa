//! The rows of a film that is cut: those that are shown stand under its number and are counted from the new beginning, the whole stands under
//! the same number with a minus.

use base::Tx;

use super::{Cut, marks};
use crate::error::Error;
use crate::{FilmId, publish, sweep};

/// One end of a rendition, made for a cut.
#[derive(Clone, Debug)]
pub(super) struct EndPiece {
    /// The name of the rendition.
    pub(super) rendition: String,
    /// The number of the segment of the whole that it is shown in place of.
    pub(super) number: i32,
    /// When it begins, in milliseconds of the whole.
    pub(super) start_ms: u64,
    /// How long it lasts, in milliseconds.
    pub(super) length_ms: u64,
    /// Its length in bytes.
    pub(super) bytes: usize,
    /// Where it lies.
    pub(super) key: String,
    /// The bytes up to the end of its first picture; 0 for sound.
    pub(super) key_bytes: u32,
    /// Its beginning, where that of its rendition does not fit.
    pub(super) init_key: Option<String>,
}

/// Puts the whole aside and leaves the segments from the first number up to the second, numbered from 0.
pub(super) async fn shift(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    (first, behind): (i32, i32),
    cut: &Cut,
) -> Result<(), Error> {
    copy(tx, film, fence, -fence).await?;
    sqlx::query!("delete from segment where film_id = $1 and fence = $2", film.0, fence)
        .execute(tx.connection())
        .await?;
    show(tx, film, fence, ((first, behind), first), cut.from_ms).await?;
    tell(tx, film, cut).await
}

/// The same with ends of their own: of the segments from `first` on those before `behind` are shown, or what was made in their place. A
/// rendition of which no end was made (a further set that came meanwhile) is left out rather than shown with more than was asked for.
pub(super) async fn shift_exactly(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    ((first, behind), renditions): ((i32, i32), &[String]),
    (cut, pieces): (&Cut, &[EndPiece]),
) -> Result<(), Error> {
    copy(tx, film, fence, -fence).await?;
    sqlx::query!(
        "delete from rendition where film_id = $1 and fence = $2 and name <> all($3)",
        film.0,
        fence,
        renditions,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("delete from segment where film_id = $1 and fence = $2", film.0, fence)
        .execute(tx.connection())
        .await?;
    put(tx, film, fence, (first, behind), (cut.from_ms, pieces)).await?;
    tell(tx, film, cut).await
}

/// Shows renditions of the whole beside those that are shown exactly already, which stay as they are, with ends of their own.
pub(super) async fn add_exactly(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    (numbers, renditions): ((i32, i32), &[String]),
    shown: (u32, &[EndPiece]),
) -> Result<(), Error> {
    sqlx::query!(
        "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs, bandwidth,
                                average_bandwidth, init_key, complete)
         select organisation_id, film_id, $2, name, kind, width, height, frame_rate_milli, codecs, bandwidth, average_bandwidth, init_key,
                complete from rendition where film_id = $1 and fence = -$2::bigint and name = any($3)",
        film.0,
        fence,
        renditions,
    )
    .execute(tx.connection())
    .await?;
    put(tx, film, fence, numbers, shown).await
}

/// The names of those renditions of the whole of which nothing is shown: they came when the film was shown exactly already.
pub(super) async fn hidden(tx: &mut Tx, film: FilmId, fence: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select w.name from rendition w where w.film_id = $1 and w.fence = -$2::bigint and w.complete and w.init_key is not null
           and not exists (select from rendition s where s.film_id = w.film_id and s.fence = $2 and s.name = w.name)
         order by w.name",
        film.0,
        fence,
    )
    .fetch_all(tx.connection())
    .await
}

/// Shows the segments between the ends, and the ends, of those renditions of which none is shown yet.
async fn put(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    (first, behind): (i32, i32),
    (from_ms, pieces): (u32, &[EndPiece]),
) -> Result<(), Error> {
    let is_made = |number: i32| pieces.iter().any(|piece| piece.number == number);
    let middle = (first + i32::from(is_made(first)), behind - i32::from(is_made(behind - 1)));
    show(tx, film, fence, (middle, first), from_ms).await?;
    let organisation = tx.organisation()?;
    let number = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
    for piece in pieces {
        sqlx::query!(
            "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key,
                                  key_bytes, init_key)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            organisation.0,
            film.0,
            fence,
            piece.rendition,
            piece.number - first,
            number(piece.start_ms.saturating_sub(u64::from(from_ms))),
            number(piece.length_ms),
            i32::try_from(piece.bytes).unwrap_or(i32::MAX),
            piece.key,
            i32::try_from(piece.key_bytes).ok().filter(|bytes| *bytes > 0),
            piece.init_key,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// Shows segments of the whole, those numbers that are given, counted from `first` and from a moment, of renditions that show none yet.
async fn show(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    ((from, behind), first): ((i32, i32), i32),
    from_ms: u32,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes,
                              init_key)
         select s.organisation_id, s.film_id, r.fence, s.rendition, s.number - $5, greatest(s.start_ms - $6, 0), s.length_ms, s.size_bytes,
                s.blob_key, s.key_bytes, s.init_key
         from segment s join rendition r on r.film_id = s.film_id and r.fence = $2 and r.name = s.rendition
         where s.film_id = $1 and s.fence = -$2::bigint and s.number >= $3 and s.number < $4
           and not exists (select from segment o where o.film_id = s.film_id and o.fence = $2 and o.rendition = s.rendition)",
        film.0,
        fence,
        from,
        behind,
        first,
        marks::number(from_ms),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Writes the cut down.
async fn tell(tx: &mut Tx, film: FilmId, cut: &Cut) -> Result<(), Error> {
    // The MP4 for people without script is one file of the whole: while a part of the film is shown a job makes one of that part.
    sqlx::query!(
        "update film set length_ms = $3::int4 - $2::int4, trim_from_ms = $2, trim_to_ms = $3, whole_ms = $4, whole_plain_key = plain_key,
                whole_plain_bytes = plain_bytes, plain_key = null, plain_bytes = null
         where id = $1",
        film.0,
        marks::number(cut.from_ms),
        marks::number(cut.to_ms),
        marks::number(cut.whole_ms),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Copies renditions and segments of one number to another.
async fn copy(tx: &mut Tx, film: FilmId, from: i64, to: i64) -> Result<(), Error> {
    sqlx::query!(
        "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs, bandwidth,
                                average_bandwidth, init_key, complete)
         select organisation_id, film_id, $3, name, kind, width, height, frame_rate_milli, codecs, bandwidth, average_bandwidth, init_key,
                complete from rendition where film_id = $1 and fence = $2",
        film.0,
        from,
        to,
    )
    .execute(tx.connection())
    .await?;
    Ok(publish::segments(tx, film, from, to).await?)
}

/// Shows the whole again, if a part was shown, and wishes for exact ends no longer. What was made for the part goes.
pub(super) async fn unshift(tx: &mut Tx, film: FilmId, fence: i64, cut: Option<&Cut>) -> Result<(), Error> {
    sqlx::query!(
        "update film set ends_from_ms = null, ends_to_ms = null, ends_state = null, ends_reason = null where id = $1",
        film.0
    )
    .execute(tx.connection())
    .await?;
    let Some(cut) = cut else { return Ok(()) };
    let made = made(tx, film).await?;
    let part = sqlx::query_scalar!("select plain_key from film where id = $1", film.0)
        .fetch_one(tx.connection())
        .await?;
    sqlx::query!("delete from rendition where film_id = $1 and fence = $2", film.0, fence)
        .execute(tx.connection())
        .await?;
    copy(tx, film, -fence, fence).await?;
    sqlx::query!("delete from rendition where film_id = $1 and fence = $2", film.0, -fence)
        .execute(tx.connection())
        .await?;
    sqlx::query!(
        "update film set length_ms = whole_ms, plain_key = whole_plain_key, plain_bytes = whole_plain_bytes, trim_from_ms = null,
                trim_to_ms = null, whole_ms = null, whole_plain_key = null, whole_plain_bytes = null
         where id = $1",
        film.0
    )
    .execute(tx.connection())
    .await?;
    for prefix in part.iter().chain(&made) {
        sweep::later(tx, prefix).await?;
    }
    marks::uncut(tx, film, cut).await
}

/// The folders of what was made for the part of a film that is shown, and is no piece of the whole. A copy of the film may show it, too:
/// whoever sweeps them spares what rows name.
pub(crate) async fn made(tx: &mut Tx, film: FilmId) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select distinct substring(s.blob_key from '^.*/') as "folder!" from film f
             join segment s on s.film_id = f.id and s.fence = f.fence
           where f.id = $1 and f.trim_from_ms is not null
             and not exists (select from segment w where w.film_id = f.id and w.fence = -f.fence and w.rendition = s.rendition
                               and w.blob_key = s.blob_key)"#,
        film.0
    )
    .fetch_all(tx.connection())
    .await
}
