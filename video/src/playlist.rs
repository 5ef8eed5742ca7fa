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

/// What a player may fetch of a rendition. Beginnings and segments are named with a number made of the name of their object (`name_tag`),
/// which is never written twice: a name never stands for other bytes, so it may be cached for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The beginning of every segment: `init-2.mp4`.
    Init(u32),
    /// A segment: `7-2.m4s`.
    Segment(u32, u32),
}

impl Piece {
    /// The piece that goes by this name; nothing when none does.
    pub fn of_name(file: &str) -> Option<Self> {
        // As it is written in playlists, and no other way: `+7` and `007` would be other names of the same bytes.
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| number.to_string() == text);
        if let Some(tag) = file.strip_prefix("init-") {
            return Some(Self::Init(number(tag.strip_suffix(".mp4")?)?));
        }
        let (at, tag) = file.strip_suffix(".m4s")?.split_once('-')?;
        Some(Self::Segment(number(at)?, number(tag)?))
    }
}

/// Where something of a film lies.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its key in the object store.
    pub key: String,
    /// How long it is, in bytes, where that was written down: a store that gives another length is not believed.
    pub size_bytes: Option<u64>,
}

/// Where a piece of a rendition lies, if there is one of its number, and so many that are asked for after it; by the names that the
/// playlist has for them (`720p/7-2.m4s`). The beginnings that they need are among them.
pub async fn pieces(
    tx: &mut Tx,
    proof: &Watchable,
    rendition: &str,
    piece: Piece,
    ahead: i32,
) -> Result<Vec<(String, Stored)>, Error> {
    let from = match piece {
        Piece::Init(_) => 0,
        // No film has so many.
        Piece::Segment(number, _) => i32::try_from(number).map_err(|_| Error::NotFound)?,
    };
    let rows = sqlx::query!(
        r#"with shown as (
             select r.film_id, r.fence, r.name, r.init_key from rendition r join film f on f.id = r.film_id and f.fence = r.fence
             where r.film_id = $1 and r.name = $2 and (f.state <> 'uploading' or $3)
           ), its as (
             select s.number, s.blob_key, s.size_bytes, s.init_key
             from shown r join segment s on s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name
             where s.number between $4 and $5
           )
           select null::integer as number, name_tag(init_key) as "tag!", init_key as "key!", null::bigint as size_bytes
           from shown where init_key is not null
           union all
           select null, name_tag(i.init_key), i.init_key, null
           from (select distinct s.init_key from shown r join segment s on s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name
                 where s.init_key is not null and $6
                 union select init_key from its where init_key is not null) i
           union all select number, name_tag(blob_key), blob_key, size_bytes from its"#,
        proof.film().0,
        rendition,
        proof.is_early(),
        from,
        from.saturating_add(ahead),
        matches!(piece, Piece::Init(_)),
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

#[cfg(test)]
mod tests {
    use super::Piece;

    #[test]
    fn a_piece_has_one_name() {
        let piece = |file: &str| Piece::of_name(file);
        assert_eq!(piece("init-2.mp4"), Some(Piece::Init(2)));
        assert_eq!(piece("7-2.m4s"), Some(Piece::Segment(7, 2)));
        for other in [
            "7.m4s",
            "07-2.m4s",
            "+7-2.m4s",
            "7-2-1.m4s",
            "7-02.m4s",
            "init.mp4",
            "init-.mp4",
            "init-x.mp4",
            "7-2.mp4",
            "",
        ] {
            assert_eq!(piece(other), None, "{other}");
        }
    }
}
