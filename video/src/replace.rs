//! Replacing a film: the new one is a film of its own while it is sent and made, and the old one is shown meanwhile. When it is
//! ready its rows go over to the old one in one transaction, so whatever names that film (units, versions, places, chapters) stays.

use std::collections::BTreeMap;

use base::{PersonId, Tx, audit};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::Error;
use crate::film::{self, Film};
use crate::proof::Editable;
use crate::{FilmId, share, still, trim};

/// Lengths that differ by no more than this are one: what was seen still says the same. In milliseconds.
pub const SAME_LENGTH_MS: u32 = 1000;

/// A new film on its way to the place of another.
#[derive(Clone, Debug)]
pub struct Next {
    /// It.
    pub film: Film,
    /// Who sends it.
    pub by: String,
    /// Since when.
    pub since: OffsetDateTime,
}

/// What the last replacement did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// When.
    pub at: OffsetDateTime,
    /// Whether what people had seen was let go, because the new film has another length.
    pub seen_cleared: bool,
}

/// Where the bytes of a film go: into itself, or, when it is shown already, into the film that will replace it, which is made when there
/// is none. Nothing is held: whoever writes to what is answered looks at its state again.
///
/// Errors: `NotFound`; `WrongState` when it, or what will replace it, is being made; `BeingReplaced` when somebody else sends another one.
pub(crate) async fn place(tx: &mut Tx, film: FilmId) -> Result<FilmId, Error> {
    let state = sqlx::query_scalar!("select state from film where id = $1", film.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    if state != "ready" {
        return Ok(film);
    }
    let next = sqlx::query!("select id, state, created_by from film where replaces = $1", film.0)
        .fetch_optional(tx.connection())
        .await?;
    let person = tx.person()?;
    let Some(next) = next else { return begin(tx, film).await };
    match next.state.as_str() {
        "queued" | "transcoding" | "copying" => return Err(Error::WrongState(next.state)),
        "uploading" if PersonId(next.created_by) != person => return Err(Error::BeingReplaced),
        _ => {}
    }
    sqlx::query!("update film set created_by = $2 where id = $1", next.id, person.0)
        .execute(tx.connection())
        .await?;
    Ok(FilmId(next.id))
}

/// A film that will replace `film`. Of two people who begin in the same moment one is the first.
async fn begin(tx: &mut Tx, film: FilmId) -> Result<FilmId, Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, FilmId::new(tx.now()));
    let begun = sqlx::query!(
        "insert into film (id, organisation_id, title, created_by, replaces)
         select $1, $2, title, $3, id from film where id = $4
         on conflict (replaces) where replaces is not null do nothing",
        id.0,
        organisation.0,
        person.0,
        film.0,
    )
    .execute(tx.connection())
    .await?;
    if begun.rows_affected() == 0 {
        return Err(Error::BeingReplaced);
    }
    audit::record(tx, "began_replacing", "film", film.0, json!({ "by": id })).await?;
    Ok(id)
}

/// The film that is to take this one's place, if there is one.
pub async fn next(tx: &mut Tx, proof: &Editable) -> Result<Option<Next>, Error> {
    let film = proof.film();
    // One that takes the place between two looks is none any more.
    Ok(next_of_some(tx, &[film]).await?.remove(&film))
}

/// The same for several films, by the film whose place is taken; whoever calls has a proof of each.
pub(crate) async fn next_of_some(tx: &mut Tx, films: &[FilmId]) -> Result<BTreeMap<FilmId, Next>, Error> {
    let ids: Vec<Uuid> = films.iter().map(|film| film.0).collect();
    let rows = sqlx::query!(
        r#"select f.id, f.replaces as "replaces!", f.created_at, p.given_name, p.family_name
           from film f join person p on p.id = f.created_by where f.replaces = any($1)"#,
        &ids
    )
    .fetch_all(tx.connection())
    .await?;
    let sent: Vec<FilmId> = rows.iter().map(|row| FilmId(row.id)).collect();
    let films = film::some(tx, &sent).await?;
    let mut films: BTreeMap<FilmId, Film> = films.into_iter().map(|film| (film.id, film)).collect();
    let next = rows.into_iter().filter_map(|row| {
        let by = format!("{} {}", row.given_name, row.family_name);
        let film = films.remove(&FilmId(row.id))?;
        Some((FilmId(row.replaces), Next { film, by, since: row.created_at }))
    });
    Ok(next.collect())
}

/// The film whose place this one is to take, if it is one of those.
pub async fn of(tx: &mut Tx, proof: &Editable) -> Result<Option<FilmId>, Error> {
    let replaces = sqlx::query_scalar!("select replaces from film where id = $1", proof.film().0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    Ok(replaces.map(FilmId))
}

/// What the last replacement of a film did; `None` when it was never replaced.
pub async fn last(tx: &mut Tx, proof: &Editable) -> Result<Option<Replaced>, Error> {
    let row = sqlx::query!("select replaced_at, seen_cleared from film where id = $1", proof.film().0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    Ok(row.replaced_at.map(|at| Replaced { at, seen_cleared: row.seen_cleared }))
}

/// Holds a film that may be one that is to take the place of another, and first that other (see `storage::hold` for the order).
pub(crate) async fn hold(tx: &mut Tx, made: FilmId) -> Result<(), sqlx::Error> {
    let replaces = sqlx::query_scalar!("select replaces from film where id = $1", made.0)
        .fetch_optional(tx.connection())
        .await?
        .flatten();
    if let Some(old) = replaces {
        film::hold(tx, FilmId(old)).await?;
    }
    film::hold(tx, made).await
}

/// The end of the making of `made`: when it is to replace another film, that one consists of it from now on.
///
/// Captions stay and count as not checked. Places stay, as far as the new film is long; chapters likewise. What was seen stays when the
/// lengths are the same within a second, else it says nothing any more and is let go.
///
/// Answers the film that consists of it.
pub(crate) async fn settle(tx: &mut Tx, made: FilmId) -> Result<FilmId, Error> {
    let replaces = sqlx::query_scalar!("select replaces from film where id = $1", made.0)
        .fetch_optional(tx.connection())
        .await?
        .flatten();
    let Some(old) = replaces.map(FilmId) else { return Ok(made) };
    // Marks are counted in the whole of the old one before they go over.
    trim::undo(tx, &Editable::granted(old)).await?;
    let before = sqlx::query!(
        "select fence, length_ms, source_key, poster_key from film where id = $1 for update",
        old.0
    )
    .fetch_one(tx.connection())
    .await?;
    let length = sqlx::query_scalar!("select length_ms from film where id = $1", made.0)
        .fetch_one(tx.connection())
        .await?
        .unwrap_or(0);
    let cleared =
        before.length_ms.is_none_or(|length_before| length_before.abs_diff(length) > SAME_LENGTH_MS);
    move_rows(tx, made, old, cleared).await?;
    keep_marks(tx, old, length, cleared).await?;
    audit::record(tx, "replaced", "film", old.0, json!({ "by": made, "seen_cleared": cleared })).await?;
    let_go(tx, made, old, before.source_key.as_deref()).await?;
    still::let_go(tx, before.poster_key.as_deref()).await?;
    Ok(old)
}

async fn move_rows(tx: &mut Tx, made: FilmId, old: FilmId, cleared: bool) -> Result<(), Error> {
    sqlx::query!(
        "update film o set fence = o.fence + 1, source_key = n.source_key, source_bytes = n.source_bytes, length_ms = n.length_ms,
                width = n.width, height = n.height, poster_key = n.poster_key, plain_key = n.plain_key,
                plain_bytes = n.plain_bytes, cpu_ms = n.cpu_ms, warning = n.warning, ready_at = n.ready_at,
                replaced_at = moment(), seen_cleared = $3
         from film n where o.id = $1 and n.id = $2",
        old.0,
        made.0,
        cleared,
    )
    .execute(tx.connection())
    .await?;
    // It comes from nobody any more; of one that does it is written down anew.
    sqlx::query!("delete from film_arrival where film_id = $1", old.0).execute(tx.connection()).await?;
    sqlx::query!("delete from rendition where film_id = $1", old.0).execute(tx.connection()).await?;
    // Its further set was of the pictures before.
    sqlx::query!("delete from film_second where film_id = $1", old.0).execute(tx.connection()).await?;
    sqlx::query!(
        "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs, bandwidth,
                                average_bandwidth, init_key, complete)
         select r.organisation_id, o.id, o.fence, r.name, r.kind, r.width, r.height, r.frame_rate_milli, r.codecs, r.bandwidth,
                r.average_bandwidth, r.init_key, r.complete
         from film o, film n join rendition r on r.film_id = n.id and r.fence = n.fence where o.id = $1 and n.id = $2",
        old.0,
        made.0,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes,
                              init_key)
         select s.organisation_id, o.id, o.fence, s.rendition, s.number, s.start_ms, s.length_ms, s.size_bytes, s.blob_key, s.key_bytes,
                s.init_key
         from film o, film n join segment s on s.film_id = n.id and s.fence = n.fence where o.id = $1 and n.id = $2",
        old.0,
        made.0,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("delete from film_still where film_id = $1", old.0).execute(tx.connection()).await?;
    sqlx::query!(
        "insert into film_still (organisation_id, film_id, fence, at_ms, blob_key)
         select s.organisation_id, o.id, o.fence, s.at_ms, s.blob_key
         from film o, film n join film_still s on s.film_id = n.id and s.fence = n.fence where o.id = $1 and n.id = $2",
        old.0,
        made.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

async fn keep_marks(tx: &mut Tx, film: FilmId, length_ms: i32, cleared: bool) -> Result<(), Error> {
    sqlx::query!("update caption set checked_at = null, checked_by = null where film_id = $1", film.0)
        .execute(tx.connection())
        .await?;
    sqlx::query!("delete from chapter where film_id = $1 and start_ms >= $2", film.0, length_ms)
        .execute(tx.connection())
        .await?;
    sqlx::query!(
        "update watch set position_ms = least(position_ms, $2),
                seen = case when $3 then '{}'::int4multirange else seen * int4multirange(int4range(0, $2)) end
         where film_id = $1",
        film.0,
        length_ms,
        cleared,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Takes the row of the new film away, which has nothing of its own any more, and has the bytes of the old one deleted that no copy shows.
async fn let_go(tx: &mut Tx, made: FilmId, old: FilmId, source: Option<&str>) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let folders = sqlx::query_scalar!("delete from film_bytes where film_id = $1 returning folder", old.0)
        .fetch_all(tx.connection())
        .await?;
    sqlx::query!(
        "insert into film_bytes (organisation_id, film_id, folder) values ($1, $2, $3)",
        organisation.0,
        old.0,
        made.0,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("delete from film where id = $1", made.0).execute(tx.connection()).await?;
    for folder in folders.into_iter().map(FilmId).chain([old]) {
        share::let_go(tx, folder).await?;
    }
    share::let_go_source(tx, source).await
}
