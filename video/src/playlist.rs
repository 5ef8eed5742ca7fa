//! HLS playlists (RFC 8216) written from rows, and the blobs behind what they name.

pub mod write;

use base::Tx;

use crate::error::Error;
use crate::proof::Watchable;
use write::{Part, Shape, Version};

/// Ending of the name of a playlist of key pictures only.
const KEYS: &str = "-keys";

/// The master playlist: every rendition that can be played from its beginning by now; of an upload that still runs for those alone who may
/// change the film. For whom decodes the codec of further sets well,
/// their pictures stand in place of those of the same size, and the others beside them.
///
/// Errors: `NotFound` when there is none yet.
pub async fn master(tx: &mut Tx, proof: &Watchable, further: bool) -> Result<String, Error> {
    let rows = sqlx::query_as!(
        Version,
        r#"select r.name, r.kind, r.width, r.height, r.frame_rate_milli, r.codecs, r.bandwidth, r.average_bandwidth,
                  (select max(s.key_bytes * 8000::bigint / greatest(s.length_ms, 1000)) from segment s
                   where s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name) as keys_bandwidth
           from rendition r join film f on f.id = r.film_id and f.fence = r.fence
           where r.film_id = $1 and r.init_key is not null and (f.state <> 'uploading' or $3)
             and exists (select 1 from segment s where s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name)
             and case when r.second then $2::boolean and r.complete
                      else not $2 or not exists (select from rendition o where o.film_id = r.film_id and o.fence = r.fence and o.second
                                                   and o.complete and o.height = r.height) end
           order by r.kind, r.bandwidth, r.height"#,
        proof.film().0,
        further,
        proof.is_early(),
    )
    .fetch_all(tx.connection())
    .await?;
    write::master(&rows).ok_or(Error::NotFound)
}

/// The playlist of one rendition: `EVENT` while it grows, `VOD` with an end once it is complete. `720p-keys` names the key
/// pictures of `720p`, one a segment (RFC 8216 §4.3.3.6).
///
/// Errors: `NotFound` when there is no such rendition, or its key pictures are not known.
pub async fn rendition(tx: &mut Tx, proof: &Watchable, name: &str) -> Result<String, Error> {
    let (name, keys_only) = name.strip_suffix(KEYS).map_or((name, false), |name| (name, true));
    let head = sqlx::query!(
        r#"select r.fence, r.complete, name_tag(r.init_key) as "init_tag!" from rendition r join film f on f.id = r.film_id and f.fence = r.fence
         where r.film_id = $1 and r.name = $2 and r.init_key is not null and (f.state <> 'uploading' or $3)"#,
        proof.film().0,
        name,
        proof.is_early(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let rows = sqlx::query_as!(
        Part,
        r#"select number, length_ms, key_bytes, name_tag(blob_key) as "tag!", name_tag(init_key) as own_init
           from segment where film_id = $1 and fence = $2 and rendition = $3 order by number"#,
        proof.film().0,
        head.fence,
        name,
    )
    .fetch_all(tx.connection())
    .await?;
    let shape = Shape { keys_only, complete: head.complete, init_tag: head.init_tag };
    write::rendition(name, &shape, &rows).ok_or(Error::NotFound)
}

/// Whether a name is that of a beginning.
pub fn is_init(file: &str) -> bool {
    file.starts_with("init-")
}

/// Where something of a film lies.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its key in the object store.
    pub key: String,
    /// How long it is, in bytes, where that was written down: a store that gives another length is not believed.
    pub size_bytes: Option<u64>,
}

/// Everything that a player may fetch of a rendition, by the names that its playlist has for it: `720p/init-2.mp4`, `720p/7-2.m4s`.
/// They hold a number made of the name of the object (`name_tag`), which is never written twice: a name never stands for other bytes, so it
/// may be cached for ever. Nothing when there is no such rendition.
pub async fn pieces(tx: &mut Tx, proof: &Watchable, rendition: &str) -> Result<Vec<(String, Stored)>, Error> {
    let rows = sqlx::query!(
        r#"with shown as (
             select r.film_id, r.fence, r.name, r.init_key from rendition r join film f on f.id = r.film_id and f.fence = r.fence
             where r.film_id = $1 and r.name = $2 and (f.state <> 'uploading' or $3)
           ), its as (
             select s.number, s.blob_key, s.size_bytes, s.init_key
             from shown r join segment s on s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name
           )
           select null::integer as number, name_tag(init_key) as "tag!", init_key as "key!", null::bigint as size_bytes
           from shown where init_key is not null
           union select null, name_tag(init_key), init_key, null from its where init_key is not null
           union all select number, name_tag(blob_key), blob_key, size_bytes from its"#,
        proof.film().0,
        rendition,
        proof.is_early(),
    )
    .fetch_all(tx.connection())
    .await?;
    let piece = rows.into_iter().map(|row| {
        let name = match row.number {
            Some(number) => write::segment_name(rendition, number, row.tag),
            None => write::init_name(rendition, row.tag),
        };
        let size_bytes = row.size_bytes.and_then(|bytes| u64::try_from(bytes).ok());
        (name, Stored { key: row.key, size_bytes })
    });
    Ok(piece.collect())
}

/// The poster. Errors: `NotFound`.
pub async fn poster(tx: &mut Tx, proof: &Watchable) -> Result<String, Error> {
    let key = sqlx::query_scalar!(
        "select shown_poster(id) as key from film where id = $1 and (state <> 'uploading' or $2)",
        proof.film().0,
        proof.is_early(),
    );
    key.fetch_optional(tx.connection()).await?.flatten().ok_or(Error::NotFound)
}

/// The whole film as one MP4. Errors: `NotFound`.
pub async fn plain(tx: &mut Tx, proof: &Watchable) -> Result<String, Error> {
    let key = sqlx::query_scalar!(
        "select plain_key from film where id = $1 and plain_bytes is not null",
        proof.film().0
    );
    key.fetch_optional(tx.connection()).await?.flatten().ok_or(Error::NotFound)
}
