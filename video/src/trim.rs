//! Cutting the beginning and the end of a film off without making it anew: whole segments are left out, so a cut falls where one begins.
//! What is shown is counted from the new beginning (segments, captions, chapters, places, what was seen), so nothing else knows of the cut;
//! the whole is kept beside it and comes back when the cut is taken back.

mod marks;
mod mux;
pub mod plain;

use base::{Tx, audit};
use serde_json::json;

use crate::error::Error;
use crate::proof::Editable;
use crate::{FilmId, caption, sweep};

/// A cut, in milliseconds of the whole film.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// What is shown begins here.
    pub from_ms: u32,
    /// And ends here.
    pub to_ms: u32,
    /// Length of the whole.
    pub whole_ms: u32,
}

/// Why a film is not cut.
#[derive(Debug, thiserror::Error)]
pub enum NotCut {
    /// The film cannot be reached, or is not ready.
    #[error(transparent)]
    Film(#[from] Error),
    /// The beginning lies behind the end, or one of them behind the end of the film.
    #[error("nothing would be left")]
    NothingLeft,
}

impl From<sqlx::Error> for NotCut {
    fn from(error: sqlx::Error) -> Self {
        Self::Film(error.into())
    }
}

/// The cut of a film, if it has one.
pub async fn of(tx: &mut Tx, proof: &Editable) -> Result<Option<Cut>, Error> {
    let row =
        sqlx::query!("select trim_from_ms, trim_to_ms, whole_ms from film where id = $1", proof.film().0)
            .fetch_optional(tx.connection())
            .await?
            .ok_or(Error::NotFound)?;
    let number = |number: i32| u32::try_from(number).unwrap_or(0);
    let cut = row.trim_from_ms.zip(row.trim_to_ms).zip(row.whole_ms);
    Ok(cut.map(|((from, to), whole)| Cut {
        from_ms: number(from),
        to_ms: number(to),
        whole_ms: number(whole),
    }))
}

/// Where cuts can fall: the moments at which segments begin, in milliseconds of the whole.
async fn borders(tx: &mut Tx, film: FilmId) -> Result<Vec<u32>, Error> {
    let starts = sqlx::query_scalar!(
        "select s.start_ms from film f join segment s on s.film_id = f.id and s.fence = f.fence
         where f.id = $1 and s.rendition = (select r.name from rendition r where r.film_id = f.id and r.fence = f.fence and r.kind = 'picture'
                                            order by r.height, r.name limit 1)
         order by s.number",
        film.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(starts.into_iter().map(|start| u32::try_from(start).unwrap_or(0)).collect())
}

/// Shows a film from one moment to another (of the whole; no `to`: its end), as nearly as segments allow: nothing of what was asked for is
/// left out, so a cut may show a few seconds more. Answers where it fell. A cut that was there before is taken back first.
///
/// Errors: see [`NotCut`].
pub async fn set(tx: &mut Tx, proof: &Editable, from: u32, to: Option<u32>) -> Result<Cut, NotCut> {
    undo(tx, proof).await?;
    let film = proof.film();
    let row = sqlx::query!("select state, fence, length_ms from film where id = $1 for update", film.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    if row.state != "ready" {
        return Err(Error::WrongState(row.state).into());
    }
    let whole_ms = row.length_ms.and_then(|length| u32::try_from(length).ok()).unwrap_or(0);
    let borders = borders(tx, film).await?;
    let (cut, first, behind) = snapped(&borders, whole_ms, from, to).ok_or(NotCut::NothingLeft)?;
    if (cut.from_ms, cut.to_ms) == (0, whole_ms) {
        return Ok(cut);
    }
    shift_rows(tx, film, row.fence, (first, behind), &cut).await?;
    plain::later(tx, film, &cut).await?;
    marks::cut(tx, film, &cut).await?;
    let detail = json!({ "from_ms": cut.from_ms, "to_ms": cut.to_ms });
    audit::record(tx, "trimmed", "film", film.0, detail).await?;
    Ok(cut)
}

/// Where a cut falls: the last border that is not after `from`, the first that is not before `to`; with the numbers of the first segment
/// that is shown and of the first behind. `None` when nothing is left.
fn snapped(borders: &[u32], whole_ms: u32, from: u32, to: Option<u32>) -> Option<(Cut, i32, i32)> {
    let to = to.unwrap_or(whole_ms);
    if from >= to || from >= whole_ms || borders.is_empty() {
        return None;
    }
    let first = borders.iter().rposition(|border| *border <= from).unwrap_or(0);
    let behind = borders.iter().position(|border| *border >= to).unwrap_or(borders.len());
    let from_ms = if first == 0 { 0 } else { borders.get(first).copied()? };
    let to_ms = borders.get(behind).copied().unwrap_or(whole_ms);
    let cut = Cut { from_ms, to_ms, whole_ms };
    (from_ms < to_ms).then_some((cut, i32::try_from(first).ok()?, i32::try_from(behind).ok()?))
}

/// Puts the whole aside and leaves what is shown, numbered from its beginning.
async fn shift_rows(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    (first, behind): (i32, i32),
    cut: &Cut,
) -> Result<(), Error> {
    copy_rows(tx, film, fence, -fence).await?;
    sqlx::query!("delete from segment where film_id = $1 and fence = $2", film.0, fence)
        .execute(tx.connection())
        .await?;
    sqlx::query!(
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes)
         select organisation_id, film_id, -fence, rendition, number - $3, greatest(start_ms - $5, 0), length_ms, size_bytes, blob_key, key_bytes
         from segment where film_id = $1 and fence = -$2::bigint and number >= $3 and number < $4",
        film.0,
        fence,
        first,
        behind,
        marks::number(cut.from_ms),
    )
    .execute(tx.connection())
    .await?;
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
async fn copy_rows(tx: &mut Tx, film: FilmId, from: i64, to: i64) -> Result<(), Error> {
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
    sqlx::query!(
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes)
         select organisation_id, film_id, $3, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes
         from segment where film_id = $1 and fence = $2",
        film.0,
        from,
        to,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Shows the whole film again; one that was not cut stays as it is. What was changed meanwhile (captions, chapters, what was seen) stays.
pub async fn undo(tx: &mut Tx, proof: &Editable) -> Result<(), Error> {
    let film = proof.film();
    let fence = sqlx::query_scalar!("select fence from film where id = $1 for update", film.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    let Some(cut) = of(tx, proof).await? else { return Ok(()) };
    let part = sqlx::query_scalar!("select plain_key from film where id = $1", film.0)
        .fetch_one(tx.connection())
        .await?;
    sqlx::query!("delete from rendition where film_id = $1 and fence = $2", film.0, fence)
        .execute(tx.connection())
        .await?;
    copy_rows(tx, film, -fence, fence).await?;
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
    if let Some(part) = part {
        sweep::later(tx, &part).await?;
    }
    marks::uncut(tx, film, &cut).await?;
    Ok(audit::record(tx, "untrimmed", "film", film.0, json!({})).await?)
}

/// What remains of a caption file between two moments, counted from the first; `None` when no cue does.
fn between(vtt: &str, cut: &Cut) -> Option<String> {
    let (_, cues) = caption::parse(vtt.as_bytes()).ok()?;
    caption::moved(vtt, &cues, |start, end| {
        let (start, end) = (start.max(cut.from_ms), end.min(cut.to_ms));
        (start < end).then(|| (start - cut.from_ms, end - cut.from_ms))
    })
}

#[cfg(test)]
mod tests {
    use super::{Cut, between, snapped};

    #[test]
    fn a_cut_falls_where_segments_begin_and_leaves_out_nothing_that_was_asked_for() {
        let borders = [0, 6000, 12_000, 18_000];
        let check = |from, to, expected: Option<(u32, u32, i32, i32)>| {
            let found = snapped(&borders, 20_500, from, to);
            let found = found.map(|(cut, first, behind)| (cut.from_ms, cut.to_ms, first, behind));
            assert_eq!(found, expected, "{from} to {to:?}");
        };
        check(0, None, Some((0, 20_500, 0, 4)));
        check(6500, Some(12_500), Some((6000, 18_000, 1, 3)));
        check(6000, Some(12_000), Some((6000, 12_000, 1, 2)));
        check(5999, Some(99_000), Some((0, 20_500, 0, 4)));
        check(19_000, None, Some((18_000, 20_500, 3, 4)));
        check(12_000, Some(12_000), None);
        check(20_500, None, None);
    }

    #[test]
    fn captions_are_cut_with_their_film() {
        let cut = Cut { from_ms: 6000, to_ms: 12_000, whole_ms: 20_000 };
        let vtt = "WEBVTT\n\nraz\n00:01.000 --> 00:03.000\nRaz\n\nNOTE uwaga\n\n00:05.000 --> 00:07.500 align:start\nDwa\n\n\
                   00:10.000 --> 00:13.000\nTrzy\n\n00:12.000 --> 00:14.000\nCztery\n";
        let text = between(vtt, &cut).unwrap();
        assert!(text.contains("00:00:00.000 --> 00:00:01.500 align:start\nDwa\n"), "{text}");
        assert!(
            text.contains("00:00:04.000 --> 00:00:06.000\nTrzy\n") && text.contains("NOTE uwaga"),
            "{text}"
        );
        assert!(!text.contains("Raz") && !text.contains("raz\n") && !text.contains("Cztery"), "{text}");
        let none = Cut { from_ms: 15_000, to_ms: 20_000, whole_ms: 20_000 };
        assert_eq!(between(vtt, &none), None);
    }
}
