//! A film is made while its upload still runs, where its file can be read from its beginning on, so that the beginning can be watched by
//! those who teach.
//!
//! A store shows nothing of the parts of an upload before they are joined. So while a film is made early each part is also kept as an
//! object of its own, up to [`MOST_PARTS`]; rows name them (`upload_part.aside_key`), and they go when the upload is complete, is given up,
//! or is not read early any more. What comes in, and when it counts as stored, is as for every upload.
//!
//! It is work of idle time: one film at a time, none while a film waits or is made whose upload is complete. It never ends a film: the job
//! that makes the whole goes on behind what is published, like behind a killed attempt (`resume`).

mod coming;
mod head;
mod run;

use base::blob::PART_BYTES;
use base::{Tx, job};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::{FilmId, UploadId, arrival, recognise, sweep, trim, work};

pub use run::{give_up, run};

/// The kind of job that makes a film early.
pub const KIND: &str = "transcode_early";

/// A shorter upload is not worth it, in bytes.
pub const LEAST_BYTES: u64 = 64 << 20;
/// Nor is one that will be here sooner: it is made as a whole then, and nothing of it is stored twice.
pub const WORTH: Duration = Duration::seconds(30);
/// So many parts have come when the work begins. As much of the source is looked around in.
pub const HEAD_PARTS: u32 = 2;
/// Parts that are kept aside, at most: half a gibibyte of a store that holds them twice for a while.
pub const MOST_PARTS: u32 = 64;

const TRIES: i32 = 4;

/// What the job needs to know.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Wish {
    film: FilmId,
    upload: UploadId,
}

/// The bytes that have come when the work begins.
fn head_bytes() -> u64 {
    u64::from(HEAD_PARTS) * PART_BYTES as u64
}

/// Whether it is worth making a film early of a file of `size` bytes, of which this is the first part, and whether it can be. `took`: how
/// long that part took.
pub(crate) fn allows(first_part: &[u8], size: u64, took: Duration) -> bool {
    size >= LEAST_BYTES && left_ms(size, took) >= WORTH.whole_milliseconds() && head::allows(first_part, size)
}

/// How long the rest will take, if it comes like the first part; in milliseconds.
fn left_ms(size: u64, took: Duration) -> i128 {
    let part = PART_BYTES as u64;
    took.whole_milliseconds() * i128::from(size.saturating_sub(part)) / i128::from(part)
}

/// Where a part is kept aside; nothing for one that is not. The number of the request is in it, so that a late one writes over nothing.
pub(crate) fn aside_key(upload_key: &str, number: u32, request: i64) -> Option<String> {
    (number <= MOST_PARTS).then(|| format!("{}{number}-{request}", prefix(upload_key)))
}

fn prefix(upload_key: &str) -> String {
    format!("{upload_key}-part-")
}

/// Asks for the beginning of a film to be made, once nothing else is to be done.
pub(crate) async fn ask(tx: &mut Tx, film: FilmId, upload: UploadId) -> Result<(), sqlx::Error> {
    // All long work that people wait for.
    let before = [work::KIND, recognise::KIND, arrival::KIND, trim::plain::KIND, trim::ends::KIND];
    job::enqueue_idle(tx, &before, KIND, &upload.to_string(), TRIES, &Wish { film, upload }).await
}

/// The upload is complete or given up: nothing reads it early any more, and what was kept aside goes.
pub(crate) async fn end(tx: &mut Tx, upload: UploadId) -> Result<(), sqlx::Error> {
    let_go(tx, upload).await?;
    job::ask_cancel(tx, KIND, &upload.to_string()).await?;
    Ok(())
}

/// What was kept aside goes, and no more is kept.
async fn let_go(tx: &mut Tx, upload: UploadId) -> Result<(), sqlx::Error> {
    let key = sqlx::query_scalar!(
        "update upload set early = false where id = $1 and size_bytes >= $2 returning blob_key",
        upload.0,
        i64::try_from(LEAST_BYTES).unwrap_or(i64::MAX),
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(key) = key else { return Ok(()) };
    sqlx::query!(
        "update upload_part set aside_key = null where upload_id = $1 and aside_key is not null",
        upload.0
    )
    .execute(tx.connection())
    .await?;
    // Also one that no row came to name.
    sweep::later(tx, &prefix(&key)).await
}

/// The upload is given up: what was made of it goes as well.
pub(crate) async fn forget(tx: &mut Tx, upload: UploadId) -> Result<(), sqlx::Error> {
    end(tx, upload).await?;
    let film = sqlx::query!(
        "update film f set fence = f.fence + 1, made_from = null, found = null, poster_key = null, length_ms = null, width = null,
                height = null, warning = null
         from upload u where u.id = $1 and f.id = u.film_id and f.made_from = u.blob_key
         returning f.id, f.organisation_id, f.fence",
        upload.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(film) = film else { return Ok(()) };
    sqlx::query!("delete from rendition where film_id = $1 and fence < $2", film.id, film.fence)
        .execute(tx.connection())
        .await?;
    sqlx::query!("delete from film_still where film_id = $1 and fence < $2", film.id, film.fence)
        .execute(tx.connection())
        .await?;
    for fence in 1..film.fence {
        sweep::later(tx, &format!("films/{}/{}/{fence}/", film.organisation_id, film.id)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::{WORTH, left_ms};

    #[test]
    fn what_is_here_soon_is_not_made_early() {
        let worth = |size: u64, took_ms: i64| {
            left_ms(size, Duration::milliseconds(took_ms)) >= WORTH.whole_milliseconds()
        };
        // A lecture of 2 GiB at 10 Mbit/s, at 100 Mbit/s, and in the network of the house; a short film at 10 Mbit/s.
        assert!(worth(2 << 30, 6_700) && worth(2 << 30, 670));
        assert!(!worth(2 << 30, 80));
        assert!(worth(64 << 20, 6_700) && !worth(64 << 20, 670));
        // A clock that went back meanwhile.
        assert!(!worth(2 << 30, -5));
    }
}
