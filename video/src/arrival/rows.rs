//! The rows of a film that has come: all in one transaction, after its objects. What was changed here of captions and chapters stays.

use base::Tx;
use serde_json::Value;

use super::{Order, Original};
use crate::error::Error;
use crate::proof::Editable;
use crate::{FilmId, replace, sweep, trim};

/// A film that has come.
#[derive(Clone, Copy, Debug)]
pub struct Came {
    /// It; or the one whose place it took.
    pub film: FilmId,
    /// Its number: another one says that it was made anew here.
    pub fence: i64,
}

/// A number of the original that fits a column.
fn whole(value: &Value) -> Option<i32> {
    value.as_i64().and_then(|number| i32::try_from(number).ok())
}

/// Publishes what was copied; a film that was to take the place of another does so. `taken`: the fingerprints of captions and chapters
/// as they were taken before, by which it is seen what was changed here since.
///
/// Nothing when the film does not wait for it any more.
pub async fn settle(
    tx: &mut Tx,
    order: &Order,
    original: &Original,
    taken: &Value,
) -> Result<Option<Came>, Error> {
    replace::hold(tx, order.film).await?;
    let row = sqlx::query!(
        "select f.replaces, a.publisher, a.bytes from film f join film_arrival a on a.film_id = f.id
         where f.id = $1 and f.fence = $2 and f.state = 'copying' for update of f",
        order.film.0,
        order.fence,
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    publish(tx, order, original).await?;
    // What an attempt copied of something that the publisher changed meanwhile.
    sweep::later(tx, &order.prefix).await?;
    let film = row.replaces.map_or(order.film, FilmId);
    // In the whole of the old one, as they were taken, and before the length of the new one takes chapters away.
    if film != order.film {
        trim::undo(tx, &Editable::granted(film)).await?;
    }
    let own_chapters = has_own_chapters(tx, film, taken).await?;
    if film != order.film {
        replace::settle(tx, order.film).await?;
    }
    let organisation = tx.organisation()?;
    sqlx::query!(
        "insert into film_arrival (organisation_id, film_id, publisher, bytes, arrived_at) values ($1, $2, $3, $4, moment())
         on conflict (film_id) do update set publisher = excluded.publisher, bytes = excluded.bytes, arrived_at = excluded.arrived_at",
        organisation.0,
        film.0,
        row.publisher,
        row.bytes,
    )
    .execute(tx.connection())
    .await?;
    put_words(tx, film, original, (taken, own_chapters), &row.publisher).await?;
    let fence = sqlx::query_scalar!("select fence from film where id = $1", film.0)
        .fetch_one(tx.connection())
        .await?;
    Ok(Some(Came { film, fence }))
}

/// Brings captions and chapters of a film that came before up to those of its original. Errors: `NotFound`.
pub async fn words(tx: &mut Tx, proof: &Editable, original: &Original, taken: &Value) -> Result<(), Error> {
    let publisher =
        sqlx::query_scalar!("select publisher from film_arrival where film_id = $1", proof.film().0)
            .fetch_optional(tx.connection())
            .await?
            .ok_or(Error::NotFound)?;
    let own_chapters = has_own_chapters(tx, proof.film(), taken).await?;
    put_words(tx, proof.film(), original, (taken, own_chapters), &publisher).await
}

/// Whether the chapters of a film are others than those that were taken: changed here, or taken out.
async fn has_own_chapters(tx: &mut Tx, film: FilmId, taken: &Value) -> Result<bool, Error> {
    let own = sqlx::query_scalar!(r#"select film_words($1) ->> 'chapters' as "own?""#, film.0)
        .fetch_one(tx.connection())
        .await?;
    Ok(own.as_deref() != taken["chapters"].as_str())
}

async fn publish(tx: &mut Tx, order: &Order, original: &Original) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let part = |name: &str| original.body[name].clone();
    let place = |name: &str| original.body[name].as_str().map(|object| format!("{}{object}", order.prefix));
    sqlx::query!(
        "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs, bandwidth,
                                average_bandwidth, init_key, complete)
         select $1, $2, $3, r.name, r.kind, r.width, r.height, r.frame_rate_milli, r.codecs, r.bandwidth, r.average_bandwidth,
                $4::text || r.init, true
         from jsonb_to_recordset($5::jsonb) as r (name text, kind text, width integer, height integer, frame_rate_milli integer,
                                                  codecs text, bandwidth bigint, average_bandwidth bigint, init text)",
        organisation.0,
        order.film.0,
        order.fence,
        order.prefix,
        part("renditions"),
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes,
                              init_key)
         select $1, $2, $3, s.rendition, s.number, s.start_ms, s.length_ms, s.size_bytes, $4::text || s.object, s.key_bytes,
                $4::text || s.init
         from jsonb_to_recordset($5::jsonb) as s (rendition text, number integer, start_ms integer, length_ms integer, size_bytes integer,
                                                  object text, key_bytes integer, init text)",
        organisation.0,
        order.film.0,
        order.fence,
        order.prefix,
        part("segments"),
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into film_still (organisation_id, film_id, fence, at_ms, blob_key)
         select $1, $2, $3, s.at_ms, $4::text || s.object from jsonb_to_recordset($5::jsonb) as s (at_ms integer, object text)",
        organisation.0,
        order.film.0,
        order.fence,
        order.prefix,
        part("stills"),
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "update film set state = 'ready', per_mille = 1000, length_ms = $3, width = $4, height = $5, warning = $6, poster_key = $7,
                plain_key = $8, plain_bytes = $9, ready_at = moment(), parts_key = null, parts_id = null
         where id = $1 and fence = $2",
        order.film.0,
        order.fence,
        whole(&original.body["length_ms"]),
        whole(&original.body["width"]),
        whole(&original.body["height"]),
        original.body["warning"].as_str(),
        place("poster"),
        place("plain"),
        original.body["plain_bytes"].as_i64(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Captions and chapters as the publisher has them, but for those that were changed here.
async fn put_words(
    tx: &mut Tx,
    film: FilmId,
    original: &Original,
    (taken, own_chapters): (&Value, bool),
    publisher: &str,
) -> Result<(), Error> {
    // Those that were taken out here stay out.
    let (organisation, captions) = (tx.organisation()?, original.body["captions"].clone());
    sqlx::query!(
        "delete from caption c where c.film_id = $1 and md5(c.label || E'\\n' || c.vtt) = $2::jsonb ->> c.language
           and not exists (select 1 from jsonb_to_recordset($3::jsonb) as o (language text) where o.language = c.language)",
        film.0,
        taken.clone(),
        captions.clone(),
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into caption as c (organisation_id, film_id, language, label, vtt, automatic)
         select $1, $2, o.language, o.label, o.vtt, o.automatic
         from jsonb_to_recordset($4::jsonb) as o (language text, label text, vtt text, automatic boolean)
         where $3::jsonb ->> o.language is null
            or exists (select 1 from caption h where h.film_id = $1 and h.language = o.language)
         on conflict (film_id, language) do update
           set label = excluded.label, vtt = excluded.vtt, automatic = excluded.automatic, updated_at = moment()
           where md5(c.label || E'\\n' || c.vtt) = $3::jsonb ->> c.language",
        organisation.0,
        film.0,
        taken.clone(),
        captions.clone(),
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "update caption c set checked_at = moment(), checked_elsewhere = $3
         from jsonb_to_recordset($2::jsonb) as o (language text, vtt text, checked boolean)
         where c.film_id = $1 and c.language = o.language and c.vtt = o.vtt and o.checked and c.checked_at is null",
        film.0,
        captions,
        publisher,
    )
    .execute(tx.connection())
    .await?;
    if own_chapters {
        return Ok(());
    }
    sqlx::query!("delete from chapter where film_id = $1", film.0).execute(tx.connection()).await?;
    sqlx::query!(
        "insert into chapter (organisation_id, film_id, start_ms, title)
         select $1, $2, o.start_ms, o.title from jsonb_to_recordset($3::jsonb) as o (start_ms integer, title text)",
        organisation.0,
        film.0,
        original.body["chapters"].clone(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
