//! What belongs to moments of a film and moves with a cut: captions, chapters, places, what was seen.

use base::Tx;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Cut, between};
use crate::error::Error;
use crate::{FilmId, caption};

/// Milliseconds as the database keeps them.
pub(super) fn number(ms: u32) -> i32 {
    i32::try_from(ms).unwrap_or(i32::MAX)
}

/// Counts everything from the new beginning and keeps what falls outside.
pub(super) async fn cut(tx: &mut Tx, film: FilmId, cut: &Cut) -> Result<(), Error> {
    let (from, to) = (number(cut.from_ms), number(cut.to_ms));
    sqlx::query!(
        "update watch set position_ms = least(greatest(position_ms - $2::int4, 0), $3::int4 - $2::int4),
                seen_outside = seen - int4multirange(int4range($2, $3)),
                seen = coalesce((select range_agg(int4range(lower(r) - $2, upper(r) - $2))
                                 from unnest(seen * int4multirange(int4range($2, $3))) as r), '{}')
         where film_id = $1",
        film.0,
        from,
        to,
    )
    .execute(tx.connection())
    .await?;
    // The chapter that goes on over the cut begins with what is shown; those outside are kept apart.
    sqlx::query!(
        "insert into film_whole_chapter (organisation_id, film_id, start_ms, title)
         select organisation_id, film_id, start_ms, title from chapter where film_id = $1 and (start_ms < $2 or start_ms >= $3)",
        film.0,
        from,
        to,
    )
    .execute(tx.connection())
    .await?;
    let chapters = sqlx::query!("delete from chapter where film_id = $1 returning start_ms, title", film.0)
        .fetch_all(tx.connection())
        .await?;
    let open = chapters.iter().filter(|one| one.start_ms <= from).max_by_key(|one| one.start_ms);
    let inside = chapters.iter().filter(|one| one.start_ms > from && one.start_ms < to);
    for one in open.into_iter().chain(inside) {
        put_chapter(tx, film, (one.start_ms - from).max(0), &one.title).await?;
    }
    let captions = sqlx::query!("select language, vtt from caption where film_id = $1 for update", film.0)
        .fetch_all(tx.connection())
        .await?;
    for one in captions {
        cut_captions(tx, film, &one.language, between(&one.vtt, cut).as_deref()).await?;
    }
    Ok(())
}

async fn put_chapter(tx: &mut Tx, film: FilmId, start_ms: i32, title: &str) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    sqlx::query!(
        "insert into chapter (organisation_id, film_id, start_ms, title) values ($1, $2, $3, $4)
         on conflict (film_id, start_ms) do nothing",
        organisation.0,
        film.0,
        start_ms,
        title,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Who has read the captions of a language, and when.
#[derive(Debug)]
pub(super) struct Read {
    language: String,
    at: Option<OffsetDateTime>,
    by: Option<Uuid>,
    elsewhere: Option<String>,
}

/// Who has read the captions of a film by now.
pub(super) async fn read(tx: &mut Tx, film: FilmId) -> Result<Vec<Read>, sqlx::Error> {
    sqlx::query_as!(
        Read,
        "select language, checked_at as at, checked_by as by, checked_elsewhere as elsewhere from caption
           where film_id = $1 and checked_at is not null",
        film.0
    )
    .fetch_all(tx.connection())
    .await
}

/// Puts that word behind captions that were cut otherwise since, within what these people have read: nobody changed the text.
pub(super) async fn read_still(tx: &mut Tx, film: FilmId, read: &[Read]) -> Result<(), sqlx::Error> {
    for one in read {
        sqlx::query!(
            "update caption set checked_at = $3, checked_by = $4, checked_elsewhere = $5
             where film_id = $1 and language = $2 and checked_at is null",
            film.0,
            one.language,
            one.at,
            one.by,
            one.elsewhere,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// Puts the whole captions aside; `shown` is what is left of them. Who has read the whole has read the part.
async fn cut_captions(tx: &mut Tx, film: FilmId, language: &str, shown: Option<&str>) -> Result<(), Error> {
    sqlx::query!(
        "insert into film_whole_caption (organisation_id, film_id, language, label, vtt, automatic, checked_at, checked_by,
                                         checked_elsewhere, shown_md5)
         select organisation_id, film_id, language, label, vtt, automatic, checked_at, checked_by, checked_elsewhere, md5($3::text)
         from caption where film_id = $1 and language = $2",
        film.0,
        language,
        shown,
    )
    .execute(tx.connection())
    .await?;
    let Some(shown) = shown else {
        sqlx::query!("delete from caption where film_id = $1 and language = $2", film.0, language)
            .execute(tx.connection())
            .await?;
        return Ok(());
    };
    put_captions(tx, film, language, shown).await
}

async fn put_text(tx: &mut Tx, film: FilmId, language: &str, vtt: &str) -> Result<(), Error> {
    sqlx::query!("update caption set vtt = $3 where film_id = $1 and language = $2", film.0, language, vtt)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Writes a text and, since a trigger takes the word of who has read it away, that word again, as it stands with the whole.
async fn put_captions(tx: &mut Tx, film: FilmId, language: &str, vtt: &str) -> Result<(), Error> {
    put_text(tx, film, language, vtt).await?;
    sqlx::query!(
        "update caption c set checked_at = w.checked_at, checked_by = w.checked_by, checked_elsewhere = w.checked_elsewhere
         from film_whole_caption w
         where c.film_id = $1 and c.language = $2 and w.film_id = c.film_id and w.language = c.language",
        film.0,
        language,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Counts everything from the beginning of the whole again and brings back what was outside.
pub(super) async fn uncut(tx: &mut Tx, film: FilmId, cut: &Cut) -> Result<(), Error> {
    let from = number(cut.from_ms);
    sqlx::query!(
        "update watch set position_ms = position_ms + $2, seen_outside = '{}',
                seen = seen_outside + coalesce((select range_agg(int4range(lower(r) + $2, upper(r) + $2)) from unnest(seen) as r), '{}')
         where film_id = $1",
        film.0,
        from,
    )
    .execute(tx.connection())
    .await?;
    let shown = sqlx::query!("delete from chapter where film_id = $1 returning start_ms, title", film.0)
        .fetch_all(tx.connection())
        .await?;
    let outside =
        sqlx::query!("delete from film_whole_chapter where film_id = $1 returning start_ms, title", film.0)
            .fetch_all(tx.connection())
            .await?;
    // The chapter that went on over the cut is there once.
    let open = outside.iter().filter(|one| one.start_ms < from).max_by_key(|one| one.start_ms);
    for one in shown.iter().filter(|one| one.start_ms > 0 || open.is_none_or(|open| open.title != one.title))
    {
        put_chapter(tx, film, one.start_ms + from, &one.title).await?;
    }
    for one in &outside {
        put_chapter(tx, film, one.start_ms, &one.title).await?;
    }
    uncut_captions(tx, film, cut).await
}

/// Captions that nobody changed since the cut are what they were; of others what was changed stays, with the cues from outside.
async fn uncut_captions(tx: &mut Tx, film: FilmId, cut: &Cut) -> Result<(), Error> {
    let rows = sqlx::query!(
        r#"select w.language, w.vtt as whole, w.shown_md5 is null as "gone!", c.vtt as "shown?",
                  coalesce(w.shown_md5 = md5(c.vtt), false) as "same!"
           from film_whole_caption w left join caption c on c.film_id = w.film_id and c.language = w.language where w.film_id = $1"#,
        film.0
    )
    .fetch_all(tx.connection())
    .await?;
    for row in &rows {
        match &row.shown {
            Some(_) if row.same => put_captions(tx, film, &row.language, &row.whole).await?,
            None if row.gone => {
                sqlx::query!(
                    "insert into caption (organisation_id, film_id, language, label, vtt, automatic, checked_at, checked_by,
                                          checked_elsewhere)
                     select organisation_id, film_id, language, label, vtt, automatic, checked_at, checked_by, checked_elsewhere
                     from film_whole_caption where film_id = $1 and language = $2",
                    film.0,
                    row.language,
                )
                .execute(tx.connection())
                .await?;
            }
            Some(shown) => {
                if let Some(text) = together(shown, &row.whole, cut) {
                    put_text(tx, film, &row.language, &text).await?;
                }
            }
            // Somebody took them away.
            None => {}
        }
    }
    // Captions that came with the cut film: later by what was cut.
    let fresh = sqlx::query!(
        "select language, vtt from caption c where film_id = $1
           and not exists (select 1 from film_whole_caption w where w.film_id = c.film_id and w.language = c.language)",
        film.0
    )
    .fetch_all(tx.connection())
    .await?;
    for row in fresh {
        let Some(text) = later(&row.vtt, cut) else { continue };
        put_text(tx, film, &row.language, &text).await?;
    }
    sqlx::query!("delete from film_whole_caption where film_id = $1", film.0)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// A caption file of the part as one of the whole.
fn later(vtt: &str, cut: &Cut) -> Option<String> {
    let (_, cues) = caption::parse(vtt.as_bytes()).ok()?;
    let by = cut.from_ms;
    caption::moved(vtt, &cues, |start, end| Some((start.saturating_add(by), end.saturating_add(by))))
}

/// The same with the cues of the whole that lie outside.
fn together(shown: &str, whole: &str, cut: &Cut) -> Option<String> {
    let text = later(shown, cut)?;
    let (_, kept) = caption::parse(text.as_bytes()).ok()?;
    let (_, cues) = caption::parse(whole.as_bytes()).ok()?;
    let outside: Vec<&caption::Cue> =
        cues.iter().filter(|cue| cue.end_ms <= cut.from_ms || cue.start_ms >= cut.to_ms).collect();
    let all = caption::with_cues(&text, &kept, (whole, &outside));
    // Larger than captions may be, nobody could read them any more.
    Some(if all.len() > caption::MOST_BYTES { text } else { all })
}

#[cfg(test)]
mod tests {
    use super::super::Cut;
    use super::together;

    #[test]
    fn what_was_changed_in_the_part_stays_and_what_was_outside_comes_back() {
        let cut = Cut { from_ms: 6000, to_ms: 12_000, whole_ms: 20_000 };
        let whole = "WEBVTT\n\n00:01.000 --> 00:03.000\nRaz\n\n00:07.000 --> 00:08.000\nDwa\n\n00:13.000 --> 00:14.000 align:start\nTrzy\n";
        let text = together("WEBVTT\n\n00:01.000 --> 00:02.000\nDwa, poprawione\n", whole, &cut).unwrap();
        let (_, cues) = crate::caption::parse(text.as_bytes()).unwrap();
        let read: Vec<(u32, &str)> = cues.iter().map(|cue| (cue.start_ms, cue.text.as_str())).collect();
        assert_eq!(read, [(1000, "Raz"), (7000, "Dwa, poprawione"), (13_000, "Trzy")]);
        assert!(text.contains("00:00:13.000 --> 00:00:14.000 align:start\nTrzy\n"), "{text}");
    }

    #[test]
    fn many_cues_come_back_at_once() {
        let cut = Cut { from_ms: 40_000_000, to_ms: 40_001_000, whole_ms: 40_001_000 };
        let cue = |number: u32| {
            let at = |ms: u32| crate::caption::clock(number * 1000 + ms);
            format!("{} --> {}\nx\n\n", at(0), at(900))
        };
        let whole = (0..20_000).map(cue).fold("WEBVTT\n\n".to_owned(), |text, cue| text + &cue);
        let begun = std::time::Instant::now();
        let text = together("WEBVTT\n\n00:00.100 --> 00:00.500\nNowe\n", &whole, &cut).unwrap();
        // Each by itself would read the whole file once more: minutes.
        assert!(begun.elapsed() < std::time::Duration::from_secs(60));
        assert_eq!(crate::caption::parse(text.as_bytes()).unwrap().1.len(), 20_001);
    }
}
