//! What an earlier attempt of the same source has published: the next one takes it over, and goes on behind it. Nothing that could be
//! watched disappears, and nothing of it is made twice but what the plain MP4 needs.

use std::collections::BTreeMap;

use base::Tx;

use crate::FilmId;
use crate::wire::Found;

/// An attempt that begins.
pub(crate) struct Begun {
    /// Its number.
    pub fence: i64,
    /// The blob of the source.
    pub source: String,
    /// Length of the source, in bytes.
    pub source_bytes: u64,
    /// Key and id of the parts that a killed attempt left.
    pub left_parts: Option<(String, String)>,
    /// How many segments of each rendition are published.
    pub published: BTreeMap<String, u32>,
    /// What was found in the source by whoever made them.
    pub found: Option<Found>,
}

/// Takes the next attempt number. What earlier attempts published stays in view when it was made from the same source, and disappears
/// when it was not. Nothing when the film is gone, or has no source.
pub(crate) async fn begin(tx: &mut Tx, film: FilmId) -> Result<Option<Begun>, sqlx::Error> {
    let row = sqlx::query!(
        r#"with before as (
             select id, made_from is not distinct from source_key as same, parts_key, parts_id
             from film where id = $1 and source_key is not null for update
           )
           update film f set fence = f.fence + 1, state = 'transcoding', reason = null, made_from = f.source_key, parts_key = null, parts_id = null,
                  per_mille = case when before.same then f.per_mille else 0 end,
                  -- Who goes on behind the moment of the poster does not come by it again.
                  poster_key = case when before.same then f.poster_key end, found = case when before.same then f.found end
           from before where f.id = before.id
           returning f.fence, f.found, f.source_key, f.source_bytes, before.same as "same!", before.parts_key, before.parts_id"#,
        film.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let published = if row.same { take_over(tx, film, row.fence).await? } else { BTreeMap::new() };
    Ok(Some(Begun {
        fence: row.fence,
        source: row.source_key.unwrap_or_default(),
        source_bytes: row.source_bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0),
        left_parts: row.parts_key.zip(row.parts_id),
        published,
        found: read(row.found.as_deref()),
    }))
}

/// What was found, as it is kept.
pub(crate) fn read(found: Option<&str>) -> Option<Found> {
    serde_json::from_str(found?).ok()
}

/// The same for a film whose source, of which key and length in bytes are given, has come in part: it stays in the state that it is in.
/// Nothing when it does not wait for an upload.
pub(crate) async fn begin_early(
    tx: &mut Tx,
    film: FilmId,
    source: &str,
    source_bytes: u64,
) -> Result<Option<Begun>, sqlx::Error> {
    let row = sqlx::query!(
        r#"with before as (
             select id, made_from is not distinct from $2 as same from film where id = $1 and state = 'uploading' for update
           )
           update film f set fence = f.fence + 1, made_from = $2, poster_key = case when before.same then f.poster_key end,
                  found = case when before.same then f.found end
           from before where f.id = before.id
           returning f.fence, f.found, before.same as "same!""#,
        film.0,
        source,
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let published = if row.same { take_over(tx, film, row.fence).await? } else { BTreeMap::new() };
    let found = read(row.found.as_deref());
    Ok(Some(Begun {
        fence: row.fence,
        source: source.to_owned(),
        source_bytes,
        left_parts: None,
        published,
        found,
    }))
}

/// Keeps what an attempt has found in its source.
pub(crate) async fn found(tx: &mut Tx, film: FilmId, fence: i64, found: &Found) -> Result<(), sqlx::Error> {
    let found = serde_json::to_string(found).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query!("update film set found = $3 where id = $1 and fence = $2", film.0, fence, found)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Lets go of what this attempt has taken over, and of what it was taken from: the attempt makes everything anew.
pub(crate) async fn anew(tx: &mut Tx, film: FilmId, fence: i64) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from rendition where film_id = $1 and fence <= $2", film.0, fence)
        .execute(tx.connection())
        .await?;
    sqlx::query!("delete from film_still where film_id = $1 and fence <= $2", film.0, fence)
        .execute(tx.connection())
        .await?;
    sqlx::query!("update film set poster_key = null where id = $1 and fence = $2", film.0, fence)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Shows the rows of the newest earlier attempt under the number of this one; the objects stay where they are.
async fn take_over(tx: &mut Tx, film: FilmId, fence: i64) -> Result<BTreeMap<String, u32>, sqlx::Error> {
    sqlx::query!(
        "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs, bandwidth,
                                average_bandwidth, init_key)
         select organisation_id, film_id, $2::bigint, name, kind, width, height, frame_rate_milli, codecs, bandwidth, average_bandwidth, init_key
         from rendition r
         where film_id = $1 and fence = (select max(fence) from rendition where film_id = $1 and fence < $2)
           and init_key is not null
           and exists (select 1 from segment s where s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name)",
        film.0,
        fence,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes)
         select s.organisation_id, s.film_id, r.fence, s.rendition, s.number, s.start_ms, s.length_ms, s.size_bytes, s.blob_key, s.key_bytes
         from rendition r
         join segment s on s.film_id = r.film_id and s.rendition = r.name
                       and s.fence = (select max(fence) from rendition where film_id = $1 and fence < $2)
         where r.film_id = $1 and r.fence = $2",
        film.0,
        fence,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into film_still (organisation_id, film_id, fence, at_ms, blob_key)
         select organisation_id, film_id, $2, at_ms, blob_key from film_still
         where film_id = $1 and fence = (select max(fence) from rendition where film_id = $1 and fence < $2)",
        film.0,
        fence,
    )
    .execute(tx.connection())
    .await?;
    let rows = sqlx::query!(
        r#"select rendition, count(*) as "count!", max(number) as "last!" from segment where film_id = $1 and fence = $2
           group by rendition"#,
        film.0,
        fence,
    )
    .fetch_all(tx.connection())
    .await?;
    // They are published in order; with a gap nothing is counted on.
    let whole = rows.into_iter().filter(|row| row.count == i64::from(row.last) + 1);
    Ok(whole.filter_map(|row| Some((row.rendition, u32::try_from(row.count).ok()?))).collect())
}

/// The bandwidths of what was made in several attempts, by its segments (RFC 8216 §4.3.4.2): the highest of all that are no short end,
/// and the mean.
pub(crate) async fn weigh(tx: &mut Tx, film: FilmId, fence: i64, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update rendition r set bandwidth = greatest(w.peak, w.average), average_bandwidth = w.average
         from (select coalesce(max(size_bytes * 8000::bigint / length_ms)
                               filter (where length_ms * 2 >= (select max(length_ms) from segment
                                                               where film_id = $1 and fence = $2 and rendition = $3)), 0) as peak,
                      (sum(size_bytes::bigint) * 8000 / sum(length_ms::bigint))::bigint as average
               from segment where film_id = $1 and fence = $2 and rendition = $3) w
         where r.film_id = $1 and r.fence = $2 and r.name = $3 and w.average is not null",
        film.0,
        fence,
        name,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
