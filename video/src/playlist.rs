//! HLS playlists (RFC 8216) written from rows, and the blobs behind what they name.

use std::fmt::Write as _;

use base::Tx;

use crate::error::Error;
use crate::proof::Watchable;

/// Segments are six seconds long; the target must not change while a playlist grows (RFC 8216 §4.3.3.1).
const TARGET_SECONDS: u32 = 6;

/// Ending of the name of a playlist of key pictures only.
const KEYS: &str = "-keys";

/// The master playlist: every rendition that can be played from its beginning by now; of an upload that still runs for those alone who may
/// change the film. For whom decodes the codec of further sets well,
/// their pictures stand in place of those of the same size, and the others beside them.
///
/// Errors: `NotFound` when there is none yet.
pub async fn master(tx: &mut Tx, proof: &Watchable, further: bool) -> Result<String, Error> {
    let rows = sqlx::query!(
        r#"select r.name, r.kind, r.width, r.height, r.frame_rate_milli, r.codecs, r.bandwidth, r.average_bandwidth,
                  (select max(s.key_bytes * 8000::bigint / s.length_ms) from segment s
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
    let sound = rows.iter().find(|row| row.kind == "sound");
    let mut text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n".to_owned();
    if let Some(sound) = sound {
        let name = &sound.name;
        let _infallible = writeln!(
            text,
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"sound\",DEFAULT=YES,AUTOSELECT=YES,URI=\"{name}.m3u8\""
        );
    }
    let mut pictures = 0;
    for row in rows.iter().filter(|row| row.kind == "picture") {
        pictures += 1;
        let (mut peak, mut average, mut codecs) = (row.bandwidth, row.average_bandwidth, row.codecs.clone());
        if let Some(sound) = sound {
            peak += sound.bandwidth;
            average += sound.average_bandwidth;
            let _infallible = write!(codecs, ",{}", sound.codecs);
        }
        let _infallible = write!(text, "#EXT-X-STREAM-INF:BANDWIDTH={peak}");
        if average > 0 {
            let _infallible = write!(text, ",AVERAGE-BANDWIDTH={average}");
        }
        let rate = f64::from(row.frame_rate_milli) / 1000.0;
        let _infallible =
            write!(text, ",CODECS=\"{codecs}\",RESOLUTION={}x{},FRAME-RATE={rate:.3}", row.width, row.height);
        let group = if sound.is_some() { ",AUDIO=\"sound\"" } else { "" };
        let _infallible = writeln!(text, "{group}\n{}.m3u8", row.name);
    }
    // The sound alone, for whoever listens, or has a line that carries no picture. Last: players begin with the first.
    if let Some(sound) = sound {
        let _infallible = write!(text, "#EXT-X-STREAM-INF:BANDWIDTH={}", sound.bandwidth);
        if sound.average_bandwidth > 0 {
            let _infallible = write!(text, ",AVERAGE-BANDWIDTH={}", sound.average_bandwidth);
        }
        let _infallible = writeln!(text, ",CODECS=\"{}\",AUDIO=\"sound\"\n{}.m3u8", sound.codecs, sound.name);
    }
    for row in rows.iter().filter(|row| row.kind == "picture") {
        let Some(bandwidth) = row.keys_bandwidth else { continue };
        let _infallible = writeln!(
            text,
            "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={bandwidth},CODECS=\"{}\",RESOLUTION={}x{},URI=\"{}{KEYS}.m3u8\"",
            row.codecs, row.width, row.height, row.name
        );
    }
    if pictures == 0 { Err(Error::NotFound) } else { Ok(text) }
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
    let rows = sqlx::query!(
        r#"select number, length_ms, key_bytes, name_tag(blob_key) as "tag!" from segment where film_id = $1 and fence = $2 and rendition = $3 order by number"#,
        proof.film().0,
        head.fence,
        name,
    )
    .fetch_all(tx.connection())
    .await?;
    let longest = rows.iter().map(|row| row.length_ms).max().unwrap_or(0);
    let target = TARGET_SECONDS.max(u32::try_from((longest + 500) / 1000).unwrap_or(0));
    let kind = if head.complete { "VOD" } else { "EVENT" };
    if keys_only && !rows.iter().any(|row| row.key_bytes.is_some()) {
        return Err(Error::NotFound);
    }
    let only = if keys_only { "#EXT-X-I-FRAMES-ONLY\n" } else { "" };
    let mut text = format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:{kind}\n{only}#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-START:TIME-OFFSET=0\n#EXT-X-MAP:URI=\"{name}/init-{}.mp4\"\n",
        head.init_tag
    );
    for (at, row) in rows.iter().enumerate() {
        if usize::try_from(row.number) != Ok(at) {
            break; // A gap: what follows is not playable yet.
        }
        let seconds = f64::from(row.length_ms) / 1000.0;
        let _infallible = writeln!(text, "#EXTINF:{seconds:.3},");
        if keys_only {
            let Some(bytes) = row.key_bytes else { break };
            let _infallible = writeln!(text, "#EXT-X-BYTERANGE:{bytes}@0");
        }
        let _infallible = writeln!(text, "{name}/{at}-{}.m4s", row.tag);
    }
    if head.complete {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    Ok(text)
}

/// What a player may fetch of a film. Beginnings and segments are named with a number made of the name of their object (`name_tag`),
/// which is never written twice: a name never stands for other bytes, so it may be cached for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The beginning of every segment of a rendition: `init-2.mp4`.
    Init(String, u32),
    /// A segment of a rendition: `7-2.m4s`.
    Segment(String, u32, u32),
    /// The poster.
    Poster,
    /// The whole film as one MP4.
    Plain,
}

impl Piece {
    /// The piece of a rendition that goes by this name; nothing when none does.
    pub fn of_name(rendition: String, file: &str) -> Option<Self> {
        // As it is written in playlists, and no other way: `+7` and `007` would be other names of the same bytes.
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| number.to_string() == text);
        if let Some(tag) = file.strip_prefix("init-") {
            return Some(Self::Init(rendition, number(tag.strip_suffix(".mp4")?)?));
        }
        let (at, tag) = file.strip_suffix(".m4s")?.split_once('-')?;
        Some(Self::Segment(rendition, number(at)?, number(tag)?))
    }
}

/// Where a piece lies.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its key in the object store.
    pub key: String,
    /// How long it is, in bytes, where that was written down: a store that gives another length is not believed.
    pub size_bytes: Option<u64>,
}

/// The blob of a piece. Errors: `NotFound`.
pub async fn blob(tx: &mut Tx, proof: &Watchable, piece: &Piece) -> Result<Stored, Error> {
    let film = proof.film().0;
    let mut size_bytes = None;
    let key = match piece {
        Piece::Init(name, tag) => sqlx::query_scalar!(
            "select r.init_key from rendition r join film f on f.id = r.film_id and f.fence = r.fence
                 where r.film_id = $1 and r.name = $2 and name_tag(r.init_key) = $3 and (f.state <> 'uploading' or $4)",
            film,
            name,
            i64::from(*tag),
            proof.is_early(),
        )
        .fetch_optional(tx.connection())
        .await?
        .flatten(),
        Piece::Segment(name, number, tag) => {
            let row = sqlx::query!(
                "select s.blob_key, s.size_bytes from segment s join film f on f.id = s.film_id and f.fence = s.fence
                 where s.film_id = $1 and s.rendition = $2 and s.number = $3 and name_tag(s.blob_key) = $4
                   and (f.state <> 'uploading' or $5)",
                film,
                name,
                i32::try_from(*number).unwrap_or(-1),
                i64::from(*tag),
                proof.is_early(),
            )
            .fetch_optional(tx.connection())
            .await?;
            row.map(|row| {
                size_bytes = u64::try_from(row.size_bytes).ok();
                row.blob_key
            })
        }
        Piece::Poster => sqlx::query_scalar!(
            "select poster_key from film where id = $1 and (state <> 'uploading' or $2)",
            film,
            proof.is_early(),
        )
        .fetch_optional(tx.connection())
        .await?
        .flatten(),
        Piece::Plain => {
            sqlx::query_scalar!("select plain_key from film where id = $1 and plain_bytes is not null", film)
                .fetch_optional(tx.connection())
                .await?
                .flatten()
        }
    };
    Ok(Stored { key: key.ok_or(Error::NotFound)?, size_bytes })
}

#[cfg(test)]
mod tests {
    use super::Piece;

    #[test]
    fn a_piece_has_one_name() {
        let piece = |file: &str| Piece::of_name("720p".to_owned(), file);
        assert_eq!(piece("init-2.mp4"), Some(Piece::Init("720p".to_owned(), 2)));
        assert_eq!(piece("7-2.m4s"), Some(Piece::Segment("720p".to_owned(), 7, 2)));
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
