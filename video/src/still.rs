//! The poster of a film: the transcoder's, one of the stills that it made, or a picture of one's own.

use base::{Tx, audit};
use serde_json::json;

use crate::error::Error;
use crate::proof::Editable;
use crate::{FilmId, sweep};

/// A still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Still {
    /// Its moment in the whole film, in milliseconds; names it.
    pub at_ms: u32,
    /// Its moment in what is shown of the film.
    pub shown_ms: u32,
    /// Whether it is the poster.
    pub chosen: bool,
}

/// Keeps a still of the attempt `fence`: its moment in milliseconds and its blob. One that was taken over from a killed attempt gives way,
/// and is swept with what that left.
pub(crate) async fn keep(
    tx: &mut Tx,
    film: FilmId,
    fence: i64,
    (at_ms, key): (u64, &str),
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into film_still (organisation_id, film_id, fence, at_ms, blob_key)
         select organisation_id, id, $2, $3, $4 from film where id = $1
         on conflict (film_id, fence, at_ms) do update set blob_key = excluded.blob_key",
        film.0,
        fence,
        i32::try_from(at_ms).unwrap_or(i32::MAX),
        key,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The poster that the attempt `fence` made, while the film is still being made.
pub(crate) async fn poster(tx: &mut Tx, film: FilmId, fence: i64, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("update film set poster_key = $3 where id = $1 and fence = $2", film.0, fence, key)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// The stills of what is shown of a film, in order.
pub async fn all(tx: &mut Tx, proof: &Editable) -> Result<Vec<Still>, Error> {
    let rows = sqlx::query!(
        r#"select s.at_ms, s.at_ms - coalesce(f.trim_from_ms, 0) as "shown_ms!", s.blob_key is not distinct from shown_poster(f.id) as "chosen!"
           from film_still s join film f on f.id = s.film_id and f.fence = s.fence
           where f.id = $1 and s.at_ms >= coalesce(f.trim_from_ms, 0) and (f.trim_to_ms is null or s.at_ms < f.trim_to_ms)
           order by s.at_ms"#,
        proof.film().0
    )
    .fetch_all(tx.connection())
    .await?;
    let number = |ms: i32| u32::try_from(ms).unwrap_or(0);
    let still = rows.into_iter().map(|row| Still {
        at_ms: number(row.at_ms),
        shown_ms: number(row.shown_ms),
        chosen: row.chosen,
    });
    Ok(still.collect())
}

/// The blob of a still. Errors: `NotFound`.
pub async fn blob(tx: &mut Tx, proof: &Editable, at_ms: u32) -> Result<String, Error> {
    sqlx::query_scalar!(
        "select s.blob_key from film_still s join film f on f.id = s.film_id and f.fence = s.fence where f.id = $1 and s.at_ms = $2",
        proof.film().0,
        i32::try_from(at_ms).unwrap_or(-1),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)
}

/// Makes a still the poster. Errors: `NotFound`; `WrongState` when the film is not ready.
pub async fn choose(tx: &mut Tx, proof: &Editable, at_ms: u32) -> Result<(), Error> {
    let key = blob(tx, proof, at_ms).await?;
    put(tx, proof, &key).await?;
    Ok(audit::record(tx, "chose_poster", "film", proof.film().0, json!({ "at_ms": at_ms })).await?)
}

/// Where a picture of one's own is to be stored, which is done before `own` names it.
pub fn own_key(tx: &Tx, proof: &Editable) -> Result<String, Error> {
    let (organisation, film) = (tx.organisation()?, proof.film());
    Ok(format!("films/{organisation}/{film}/poster-{}.jpg", base::id::row_id(tx.now())))
}

/// Makes the picture at `key` (of `own_key`) the poster. Errors: `WrongState` when the film is not ready.
pub async fn own(tx: &mut Tx, proof: &Editable, key: &str) -> Result<(), Error> {
    put(tx, proof, key).await?;
    Ok(audit::record(tx, "gave_poster", "film", proof.film().0, json!({})).await?)
}

async fn put(tx: &mut Tx, proof: &Editable, key: &str) -> Result<(), Error> {
    let before = sqlx::query!("select state, poster_key from film where id = $1 for update", proof.film().0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    if before.state != "ready" {
        return Err(Error::WrongState(before.state));
    }
    sqlx::query!("update film set poster_key = $2 where id = $1", proof.film().0, key)
        .execute(tx.connection())
        .await?;
    let_go(tx, before.poster_key.as_deref()).await
}

/// Has a picture of one's own deleted that no film shows any more; the transcoder's pictures go with their attempt.
pub(crate) async fn let_go(tx: &mut Tx, key: Option<&str>) -> Result<(), Error> {
    let Some(key) = key.filter(|key| key.contains("/poster-")) else { return Ok(()) };
    let shown =
        sqlx::query_scalar!(r#"select exists (select 1 from film where poster_key = $1) as "shown!""#, key)
            .fetch_one(tx.connection())
            .await?;
    if !shown {
        sweep::later(tx, key).await?;
    }
    Ok(())
}
