//! Films that share bytes: a copy has rows of its own and points to the objects of its original, which are never changed. The
//! folder of a film in the object store goes with the last film that points into it.

use base::{Tx, audit};
use serde_json::json;

use crate::error::Error;
use crate::proof::{Editable, Watchable};
use crate::{FilmId, sweep, trim};

/// Makes a film of its own with what this one shows by now: its bytes are shared, its captions and chapters are copied. Whatever happens to one of
/// the two afterwards (another upload, other captions, its removal), the other stays as it is.
///
/// Errors: `NotFound`; `WrongState` for a film that is not ready.
pub async fn share(tx: &mut Tx, proof: &Watchable) -> Result<Editable, Error> {
    let (organisation, person, from, copy) =
        (tx.organisation()?, tx.person()?, proof.film(), FilmId::new(tx.now()));
    // Whoever removes the film or makes it anew comes before or after, never between.
    let row = sqlx::query!("select state, fence from film where id = $1 for share", from.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    if row.state != "ready" {
        return Err(Error::WrongState(row.state));
    }
    sqlx::query!(
        "insert into film (id, organisation_id, title, state, per_mille, source_key, source_bytes, length_ms, width, height, poster_key,
                           plain_key, plain_bytes, cpu_ms, warning, fence, created_by, ready_at, trim_from_ms, trim_to_ms, whole_ms,
                           whole_plain_key, whole_plain_bytes, ends_from_ms, ends_to_ms, ends_state, ends_reason)
         select $2, organisation_id, title, state, per_mille, source_key, source_bytes, length_ms, width, height, poster_key,
                plain_key, plain_bytes, cpu_ms, warning, fence, $3, ready_at, trim_from_ms, trim_to_ms, whole_ms, whole_plain_key,
                whole_plain_bytes, ends_from_ms, ends_to_ms, ends_state, ends_reason from film where id = $1",
        from.0,
        copy.0,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into film_bytes (organisation_id, film_id, folder)
         select $3::uuid, $2::uuid, $1::uuid union select $3::uuid, $2::uuid, folder from film_bytes where film_id = $1",
        from.0,
        copy.0,
        organisation.0,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into rendition (organisation_id, film_id, fence, name, kind, width, height, frame_rate_milli, codecs, bandwidth,
                                average_bandwidth, init_key, complete)
         select organisation_id, $2, fence, name, kind, width, height, frame_rate_milli, codecs, bandwidth,
                average_bandwidth, init_key, complete from rendition where film_id = $1 and fence in ($3, -$3::bigint)",
        from.0,
        copy.0,
        row.fence,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes,
                              init_key)
         select organisation_id, $2, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key, key_bytes, init_key
         from segment where film_id = $1 and fence in ($3, -$3::bigint)",
        from.0,
        copy.0,
        row.fence,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into film_second (organisation_id, film_id, fence, codec, state, reason, first_bytes, second_bytes, ended_at)
         select organisation_id, $2, fence, codec, state, reason, first_bytes, second_bytes, ended_at from film_second
         where film_id = $1 and fence = $3 and state <> 'making'",
        from.0,
        copy.0,
        row.fence,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into caption (organisation_id, film_id, language, label, vtt, checked_at, checked_by, checked_elsewhere, automatic)
         select organisation_id, $2, language, label, vtt, checked_at, checked_by, checked_elsewhere, automatic from caption
         where film_id = $1",
        from.0,
        copy.0,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into film_whole_caption (organisation_id, film_id, language, label, vtt, automatic, checked_at, checked_by,
                                         checked_elsewhere, shown_md5)
         select organisation_id, $2, language, label, vtt, automatic, checked_at, checked_by, checked_elsewhere, shown_md5
         from film_whole_caption where film_id = $1",
        from.0,
        copy.0,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into film_whole_chapter (organisation_id, film_id, start_ms, title)
         select organisation_id, $2, start_ms, title from film_whole_chapter where film_id = $1",
        from.0,
        copy.0,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into film_still (organisation_id, film_id, fence, at_ms, blob_key)
         select organisation_id, $2, fence, at_ms, blob_key from film_still where film_id = $1 and fence = $3",
        from.0,
        copy.0,
        row.fence,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into chapter (organisation_id, film_id, start_ms, title)
         select organisation_id, $2, start_ms, title from chapter where film_id = $1",
        from.0,
        copy.0,
    )
    .execute(tx.connection())
    .await?;
    trim::plain::of_copy(tx, copy).await?;
    trim::ends::of_copy(tx, copy).await?;
    audit::record(tx, "copied", "film", copy.0, json!({ "from": from })).await?;
    Ok(Editable::granted(copy))
}

/// The folders that the bytes of a film may lie in: its own, and those of the films that it was copied from.
pub(crate) async fn folders(tx: &mut Tx, film: FilmId) -> Result<Vec<FilmId>, Error> {
    let folders =
        sqlx::query_scalar!("select folder from film_bytes where film_id = $1 order by folder", film.0)
            .fetch_all(tx.connection())
            .await?;
    Ok(std::iter::once(film).chain(folders.into_iter().map(FilmId)).collect())
}

/// Has the bytes of a folder deleted unless a film still points into it; asked for after the row of one that did has gone.
pub(crate) async fn let_go(tx: &mut Tx, folder: FilmId) -> Result<(), Error> {
    // Of the last two that go in one moment, the second sees that it is the last.
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('film_bytes ' || $1::text, 0))",
        folder.to_string()
    )
    .execute(tx.connection())
    .await?;
    if is_pointed_to(tx, folder).await? {
        return Ok(());
    }
    let ready = sqlx::query_scalar!("select state = 'ready' as \"ready!\" from film where id = $1", folder.0)
        .fetch_optional(tx.connection())
        .await?;
    match ready {
        None => {
            let organisation = tx.organisation()?;
            Ok(sweep::later(tx, &format!("films/{organisation}/{folder}/")).await?)
        }
        Some(true) => sweep_earlier(tx, folder).await,
        // Its own end does it.
        Some(false) => Ok(()),
    }
}

/// Has an upload deleted that no film names any more.
pub(crate) async fn let_go_source(tx: &mut Tx, source: Option<&str>) -> Result<(), Error> {
    let Some(source) = source else { return Ok(()) };
    let needed = sqlx::query_scalar!(
        r#"select exists (select 1 from film where source_key = $1) as "needed!""#,
        source
    )
    .fetch_one(tx.connection())
    .await?;
    if !needed {
        sweep::later(tx, source).await?;
    }
    Ok(())
}

/// Has what earlier attempts of a film left deleted, unless a copy shows it.
pub(crate) async fn sweep_earlier(tx: &mut Tx, film: FilmId) -> Result<(), Error> {
    if is_pointed_to(tx, film).await? {
        return Ok(());
    }
    let organisation = tx.organisation()?;
    let newest = sqlx::query_scalar!("select fence from film where id = $1", film.0)
        .fetch_optional(tx.connection())
        .await?
        .unwrap_or(0);
    for fence in 1..newest {
        sweep::later(tx, &format!("films/{organisation}/{film}/{fence}/")).await?;
    }
    let sources = sqlx::query_scalar!(
        "select u.blob_key from upload u join film f on f.id = u.film_id
         where u.film_id = $1 and u.state = 'complete' and u.blob_key is distinct from f.source_key",
        film.0
    )
    .fetch_all(tx.connection())
    .await?;
    for source in sources {
        sweep::later(tx, &source).await?;
    }
    Ok(())
}

async fn is_pointed_to(tx: &mut Tx, folder: FilmId) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select 1 from film_bytes where folder = $1) as "pointed!""#,
        folder.0
    )
    .fetch_one(tx.connection())
    .await?)
}
