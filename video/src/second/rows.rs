//! The rows of a further set: what it stands beside, what is there of it, whether it is worth being kept, and how it goes over.

use std::collections::BTreeMap;

use base::Tx;
use base::job::JobError;

use super::source::Source;
use super::{MOST_LINES, staged, word};
use crate::wire::{Found, Second, SecondCodec, Size};
use crate::{FilmId, publish, resume, storage, sweep, trim};

/// Most that the further set may take of what the first takes, in per cent.
const MOST_PERCENT: i64 = 70;
/// Of this many segments nothing is expected any more when they take more than so much, in per cent.
const HOPELESS: (i64, i64) = (20, 85);
/// How much more may be lost of the likeness to what the pictures were made of: a part of what H.264 loses, and of the whole. Both are less than
/// anybody sees.
const MORE_LOST: (f64, f64) = (1.02, 0.0005);

/// Why a further set is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It saves too little.
    Larger,
    /// Its pictures are worse.
    Worse,
    /// Its segments do not fit those of the first.
    Uneven,
    /// The films of the organisation may not take as much.
    NoRoom,
    /// It cannot be made.
    Failed,
}

impl Refused {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Larger => "larger",
            Self::Worse => "worse",
            Self::Uneven => "uneven",
            Self::NoRoom => "no_room",
            Self::Failed => "failed",
        }
    }
}

/// An attempt that begins.
pub(super) struct Begun {
    /// The film's number.
    pub(super) fence: i64,
    /// The number of this attempt.
    pub(super) attempt: i64,
    /// What it is made of.
    pub(super) source: Source,
    /// What is to be made.
    pub(super) second: Second,
    /// What the first set was made by.
    pub(super) found: Option<Found>,
    /// How many segments of each version are there already.
    pub(super) published: BTreeMap<String, u32>,
    /// Whether there is room for it.
    pub(super) fits: bool,
}

/// Begins the next attempt. Nothing when the film is gone or not ready, or has been tried in this codec.
pub(super) async fn begin(tx: &mut Tx, film: FilmId, codec: SecondCodec) -> Result<Option<Begun>, JobError> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        "select fence, state, source_key, source_bytes, trim_from_ms, found from film where id = $1 and replaces is null for update",
        film.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row.filter(|row| row.state == "ready") else { return Ok(None) };
    let begun = sqlx::query!(
        "insert into film_second as s (organisation_id, film_id, fence, codec) values ($1, $2, $3, $4)
         on conflict (film_id) do update set attempt = s.attempt + 1, fence = $3, codec = $4,
           state = case when s.fence = $3 then s.state else 'making' end,
           reason = case when s.fence = $3 then s.reason end,
           ended_at = case when s.fence = $3 then s.ended_at end
         returning attempt, state",
        organisation.0,
        film.0,
        row.fence,
        word(codec),
    )
    .fetch_one(tx.connection())
    .await?;
    if begun.state != "making" {
        return Ok(None);
    }
    // The whole of a film whose ends are cut off stands under its number with a minus.
    let whole = if row.trim_from_ms.is_some() { -row.fence } else { row.fence };
    let has_upload = row.source_key.is_some() && row.source_bytes.is_some();
    // A version is read as one file behind its one beginning: not one whose ends have their own, as those that came from elsewhere may.
    let versions = sqlx::query!(
        r#"select r.name, r.width, r.height, r.frame_rate_milli, r.init_key as "init_key!", sum(s.size_bytes)::bigint as "bytes!"
           from rendition r join segment s on s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name
           where r.film_id = $1 and r.fence = $2 and r.kind = 'picture' and r.complete and not r.second and r.init_key is not null
             and ($3::boolean or not exists (select from segment o where o.film_id = r.film_id and o.fence = r.fence and o.rendition = r.name
                                      and o.init_key is not null))
           group by r.name, r.width, r.height, r.frame_rate_milli, r.init_key order by r.height desc, r.name"#,
        film.0,
        whole,
        has_upload,
    )
    .fetch_all(tx.connection())
    .await?;
    let Some(top) = versions.first() else {
        end(tx, film, Some(Refused::Failed), 0).await?;
        return Ok(None);
    };
    let segments = sqlx::query!(
        "select start_ms, size_bytes, blob_key from segment where film_id = $1 and fence = $2 and rendition = $3 order by number",
        film.0,
        whole,
        top.name,
    )
    .fetch_all(tx.connection())
    .await?;
    let count = |number: i32| u32::try_from(number).unwrap_or(0);
    let bytes = |number: i64| u64::try_from(number).unwrap_or(0);
    let small: Vec<_> =
        versions.iter().filter(|version| count(version.width.min(version.height)) <= MOST_LINES).collect();
    let first_bytes: u64 = small.iter().map(|version| bytes(version.bytes)).sum();
    let free = storage::own(tx).await.map_err(|error| JobError::Retry(error.to_string()))?.free_bytes();
    let size = |name: &str, width: i32, height: i32| Size {
        name: format!("{name}{}", word(codec)),
        width: count(width),
        height: count(height),
    };
    let second = Second {
        codec,
        frame_rate_milli: count(top.frame_rate_milli),
        starts_ms: segments.iter().map(|segment| bytes(segment.start_ms.into())).collect(),
        sizes: small.iter().map(|version| size(&version.name, version.width, version.height)).collect(),
        of_version: !has_upload,
    };
    let pieces = match (row.source_key, row.source_bytes) {
        (Some(key), Some(length)) => vec![(key, bytes(length))],
        _ => {
            let beginning = (top.init_key.clone(), 0);
            let segments =
                segments.into_iter().map(|segment| (segment.blob_key, bytes(segment.size_bytes.into())));
            std::iter::once(beginning).chain(segments).collect()
        }
    };
    Ok(Some(Begun {
        fence: row.fence,
        attempt: begun.attempt,
        published: there(tx, film, row.fence).await?,
        source: Source::new(pieces),
        fits: free.is_none_or(|free| free >= first_bytes / 100 * MOST_PERCENT.unsigned_abs()),
        found: resume::read(row.found.as_deref()),
        second,
    }))
}

/// How many segments of each version earlier attempts have left.
async fn there(tx: &mut Tx, film: FilmId, fence: i64) -> Result<BTreeMap<String, u32>, JobError> {
    let rows = sqlx::query!(
        r#"select rendition, count(*) as "count!", max(number) as "last!" from segment where film_id = $1 and fence = $2
           group by rendition"#,
        film.0,
        staged(fence),
    )
    .fetch_all(tx.connection())
    .await?;
    let whole = rows.into_iter().filter(|row| row.count == i64::from(row.last) + 1);
    Ok(whole.filter_map(|row| Some((row.rendition, u32::try_from(row.count).ok()?))).collect())
}

/// Adds how alike some pictures are.
pub(super) async fn judged(
    tx: &mut Tx,
    film: FilmId,
    pictures: u32,
    (first, second): (f64, f64),
) -> Result<(), JobError> {
    sqlx::query!(
        "update film_second set pictures = pictures + $2, alike_first = alike_first + $3, alike_second = alike_second + $4
         where film_id = $1",
        film.0,
        i64::from(pictures),
        first,
        second,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// What the segments that are there of both sets take, in bytes, how many segments of each version those are, and how many segments
/// begin or end elsewhere.
struct Sums {
    first: i64,
    second: i64,
    segments: i64,
    uneven: i64,
}

async fn sums(tx: &mut Tx, film: FilmId, fence: i64, codec: SecondCodec) -> Result<Sums, JobError> {
    let row = sqlx::query!(
        r#"with whole as (
             select case when trim_from_ms is null then fence else -fence end as fence from film where id = $1
           )
           select coalesce(sum(f.size_bytes), 0)::bigint as "first!", coalesce(sum(s.size_bytes), 0)::bigint as "second!",
                  coalesce(min(n.count), 0)::bigint as "segments!",
                  count(*) filter (where abs(f.start_ms - s.start_ms) > 50 or abs(f.length_ms - s.length_ms) > 250) as "uneven!"
           from segment s
             join whole w on true
             join segment f on f.film_id = s.film_id and f.fence = w.fence and f.rendition || $3::text = s.rendition and f.number = s.number
             join (select rendition, count(*) as count from segment where film_id = $1 and fence = $2 group by rendition) n
               on n.rendition = s.rendition
           where s.film_id = $1 and s.fence = $2"#,
        film.0,
        staged(fence),
        word(codec),
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(Sums { first: row.first, second: row.second, segments: row.segments, uneven: row.uneven })
}

/// Whether so much of it is there that it can be seen to save too little.
pub(super) async fn is_hopeless(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    codec: SecondCodec,
) -> Result<bool, JobError> {
    let sums = sums(tx, film, fence, codec).await?;
    Ok(sums.segments >= HOPELESS.0 && sums.second * 100 > sums.first * HOPELESS.1)
}

/// Whether all of it is kept: nothing, or why it is not. Its bytes are written down either way.
pub(super) async fn verdict(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    second: &Second,
) -> Result<Option<Refused>, JobError> {
    let sums = sums(tx, film, fence, second.codec).await?;
    let row = sqlx::query!(
        "update film_second set first_bytes = $2, second_bytes = $3 where film_id = $1
         returning pictures, alike_first, alike_second",
        film.0,
        sums.first,
        sums.second,
    )
    .fetch_one(tx.connection())
    .await?;
    let there = there(tx, film, fence).await?;
    let wanted = u32::try_from(second.starts_ms.len()).unwrap_or(u32::MAX);
    let is_even = sums.uneven == 0 && second.sizes.iter().all(|size| there.get(&size.name) == Some(&wanted));
    let pictures = f64::from(i32::try_from(row.pictures.max(1)).unwrap_or(i32::MAX));
    let lost = |alike: f64| 1.0 - alike / pictures;
    Ok(if !is_even {
        Some(Refused::Uneven)
    } else if sums.second * 100 > sums.first * MOST_PERCENT {
        Some(Refused::Larger)
    } else if row.pictures == 0 || lost(row.alike_second) > lost(row.alike_first) * MORE_LOST.0 + MORE_LOST.1
    {
        Some(Refused::Worse)
    } else {
        None
    })
}

/// Shows it beside the first set, from now on.
pub(super) async fn keep(tx: &mut Tx, film: FilmId, fence: i64, second: &Second) -> Result<(), JobError> {
    for size in &second.sizes {
        resume::weigh(tx, film, staged(fence), &size.name).await?;
    }
    let row = sqlx::query!(
        r#"select trim_from_ms is not null as "cut!", ends_state is not distinct from 'made' as "exact!" from film where id = $1"#,
        film.0
    )
    .fetch_one(tx.connection())
    .await?;
    if !row.cut {
        versions(tx, film, staged(fence), fence).await?;
        return Ok(publish::segments(tx, film, staged(fence), fence).await?);
    }
    versions(tx, film, staged(fence), -fence).await?;
    publish::segments(tx, film, staged(fence), -fence).await?;
    if row.exact {
        // It is shown once it begins and ends where the others do.
        return Ok(trim::ends::again(tx, film).await?);
    }
    versions(tx, film, staged(fence), fence).await?;
    shown_segments(tx, film, fence).await
}

async fn versions(tx: &mut Tx, film: FilmId, from: i64, to: i64) -> Result<(), JobError> {
    sqlx::query!(
        "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs, bandwidth,
                                average_bandwidth, init_key, complete)
         select organisation_id, film_id, $3, name, kind, width, height, frame_rate_milli, codecs, bandwidth, average_bandwidth, init_key,
                true from rendition where film_id = $1 and fence = $2 and init_key is not null",
        film.0,
        from,
        to,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Of a film whose ends are cut off, the segments that are shown, counted as those of the first set are.
async fn shown_segments(tx: &mut Tx, film: FilmId, fence: i64) -> Result<(), JobError> {
    sqlx::query!(
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes)
         select n.organisation_id, n.film_id, $2, n.rendition, shown.number, shown.start_ms, n.length_ms, n.size_bytes, n.blob_key, n.key_bytes
         from (select name from rendition where film_id = $1 and fence = $2 and kind = 'picture' and not second order by height, name limit 1) one
           join segment shown on shown.film_id = $1 and shown.fence = $2 and shown.rendition = one.name
           join segment w on w.film_id = $1 and w.fence = -$2::bigint and w.rendition = one.name and w.blob_key = shown.blob_key
           join segment n on n.film_id = $1 and n.fence = -$2::bigint and n.number = w.number
           join rendition r on r.film_id = $1 and r.fence = -$2::bigint and r.name = n.rendition and r.second",
        film.0,
        fence,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Ends it: what stood aside stands there no longer, and objects that no row names are swept.
pub(super) async fn end(
    tx: &mut Tx,
    film: FilmId,
    refused: Option<Refused>,
    cpu_ms: u64,
) -> Result<(), JobError> {
    let organisation = tx.organisation()?;
    let ended = sqlx::query!(
        "update film_second set state = case when $2::text is null then 'kept' else 'refused' end, reason = $2, ended_at = moment(),
                cpu_ms = cpu_ms + $3
         where film_id = $1 and state = 'making' returning fence, attempt",
        film.0,
        refused.map(Refused::word),
        i64::try_from(cpu_ms).unwrap_or(i64::MAX),
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(ended) = ended else { return Ok(()) };
    sqlx::query!("delete from rendition where film_id = $1 and fence = $2", film.0, staged(ended.fence))
        .execute(tx.connection())
        .await?;
    for attempt in 1..=ended.attempt {
        sweep::later(tx, &format!("{}/", prefix(organisation.0, film, ended.fence, attempt))).await?;
    }
    Ok(())
}

/// Where the objects of an attempt lie: below the film's attempt, with which they go.
pub(super) fn prefix(organisation: uuid::Uuid, film: FilmId, fence: i64, attempt: i64) -> String {
    format!("films/{organisation}/{film}/{fence}/second-{attempt}")
}
