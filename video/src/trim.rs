//! Cutting the beginning and the end of a film off without making it anew. Whole segments are left out at once; of the two that lie across
//! the cut a job makes shorter ones (`ends`), and then the film begins and ends where it was asked for. Between the ends nothing is touched.
//! What is shown is counted from the new beginning (segments, captions, chapters, places, what was seen), so nothing else knows of the cut;
//! the whole is kept beside it and comes back when the cut is taken back.

mod boxes;
pub mod ends;
mod marks;
mod mux;
pub mod plain;
mod rows;
mod sound;

use base::{Tx, audit};
use serde_json::json;

use self::ends::Wish;
pub(crate) use self::rows::made;
use crate::error::Error;
use crate::proof::Editable;
use crate::{FilmId, caption};

/// The shortest part of a film that can be shown, in milliseconds.
pub const LEAST_MS: u32 = 1000;
/// How long a picture of a film is shown of which that is not known, in milliseconds.
const USUAL_PICTURE_MS: u32 = 40;

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
    /// The beginning lies behind the end or less than [`LEAST_MS`] before it, or one of them behind the end of the film.
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

/// Where segments begin, in milliseconds of the whole, and how long a picture is shown, rounded up.
async fn borders(tx: &mut Tx, film: FilmId) -> Result<(Vec<u32>, u32), Error> {
    let rows = sqlx::query!(
        "select s.start_ms, r.frame_rate_milli from film f
           join rendition r on r.film_id = f.id and r.fence = f.fence
           join segment s on s.film_id = f.id and s.fence = f.fence and s.rendition = r.name
         where f.id = $1 and r.name = (select o.name from rendition o where o.film_id = f.id and o.fence = f.fence and o.kind = 'picture'
                                       order by o.height, o.name limit 1)
         order by s.number",
        film.0
    )
    .fetch_all(tx.connection())
    .await?;
    let number = |number: i32| u32::try_from(number).unwrap_or(0);
    let rate = rows.first().map_or(0, |row| number(row.frame_rate_milli));
    let picture_ms = if rate == 0 { USUAL_PICTURE_MS } else { 1_000_000_u32.div_ceil(rate) };
    Ok((rows.into_iter().map(|row| number(row.start_ms)).collect(), picture_ms))
}

/// Shows a film from one moment to another (of the whole; no `to`: its end), to the picture. A cut that was there before is taken back first.
/// Answers the cut that holds from now on: it falls where segments begin and shows what was asked for and up to a segment more at either
/// end, until the job that makes the ends (`ends`) has put the exact one in its place, mostly within seconds. It could hide more meanwhile,
/// but should the ends never be made, something would be missing for good that was asked for; the page says which of the two is shown.
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
    let (borders, picture_ms) = borders(tx, film).await?;
    let to = to.unwrap_or(whole_ms).min(whole_ms);
    if from.saturating_add(LEAST_MS) > to {
        return Err(NotCut::NothingLeft);
    }
    let near = |at| near(&borders, whole_ms, picture_ms, at);
    let (from, to) = (near(from), near(to));
    let (cut, shown) = snapped(&borders, whole_ms, from, Some(to)).ok_or(NotCut::NothingLeft)?;
    let is_exact = (cut.from_ms, cut.to_ms) == (from, to);
    let is_whole = (cut.from_ms, cut.to_ms) == (0, whole_ms);
    if is_whole && is_exact {
        return Ok(cut);
    }
    if !is_whole {
        rows::shift(tx, film, row.fence, shown, &cut).await?;
        marks::cut(tx, film, &cut).await?;
    }
    if is_exact {
        plain::later(tx, film, &cut).await?;
    } else {
        ends::later(tx, film, &Wish { film: film.0, from_ms: from, to_ms: to }).await?;
    }
    let detail = json!({ "from_ms": from, "to_ms": to });
    audit::record(tx, "trimmed", "film", film.0, detail).await?;
    Ok(cut)
}

/// A moment, or the border behind it when no picture begins between the two.
fn near(borders: &[u32], whole_ms: u32, picture_ms: u32, at: u32) -> u32 {
    let next = borders.iter().copied().chain([whole_ms]).filter(|border| *border >= at).min();
    next.filter(|border| border - at < picture_ms).unwrap_or(at)
}

/// Where a cut falls: the last border that is not after `from`, the first that is not before `to`; with the numbers of the first segment
/// that is shown and of the first behind. `None` when nothing is left.
fn snapped(borders: &[u32], whole_ms: u32, from: u32, to: Option<u32>) -> Option<(Cut, (i32, i32))> {
    let to = to.unwrap_or(whole_ms);
    if from >= to || from >= whole_ms || borders.is_empty() {
        return None;
    }
    let first = borders.iter().rposition(|border| *border <= from).unwrap_or(0);
    let behind = borders.iter().position(|border| *border >= to).unwrap_or(borders.len());
    let from_ms = if first == 0 { 0 } else { borders.get(first).copied()? };
    let to_ms = borders.get(behind).copied().unwrap_or(whole_ms);
    let cut = Cut { from_ms, to_ms, whole_ms };
    (from_ms < to_ms).then_some((cut, (i32::try_from(first).ok()?, i32::try_from(behind).ok()?)))
}

/// Shows the whole film again; one that was not cut stays as it is. What was changed meanwhile (captions, chapters, what was seen) stays.
pub async fn undo(tx: &mut Tx, proof: &Editable) -> Result<(), Error> {
    let film = proof.film();
    let row = sqlx::query!("select fence, ends_state from film where id = $1 for update", film.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    let cut = of(tx, proof).await?;
    if cut.is_none() && row.ends_state.is_none() {
        return Ok(());
    }
    rows::unshift(tx, film, row.fence, cut.as_ref()).await?;
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
    use super::{Cut, between, near, snapped};

    #[test]
    fn a_cut_falls_where_segments_begin_and_leaves_out_nothing_that_was_asked_for() {
        let borders = [0, 6000, 12_000, 18_000];
        let check = |from, to, expected: Option<(u32, u32, i32, i32)>| {
            let found = snapped(&borders, 20_500, from, to);
            let found = found.map(|(cut, (first, behind))| (cut.from_ms, cut.to_ms, first, behind));
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
    fn a_moment_within_the_last_picture_of_a_segment_is_the_next_border() {
        let near = |at| near(&[0, 6000, 12_000], 17_990, 40, at);
        assert_eq!([0, 1, 5960, 5961, 6000, 6001].map(near), [0, 1, 5960, 6000, 6000, 6001]);
        assert_eq!([17_940, 17_951, 17_990].map(near), [17_940, 17_990, 17_990]);
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
