//! HLS playlists (RFC 8216) written from rows, and the blobs behind what they name.

use std::fmt::Write as _;

use base::Tx;

use crate::error::Error;
use crate::proof::Watchable;

/// Segments are four seconds long; the target must not change while a playlist grows (RFC 8216 §4.3.3.1).
const TARGET_SECONDS: u32 = 4;

/// The master playlist: every rendition that can be played from its beginning by now.
///
/// Errors: `NotFound` when there is none yet.
pub async fn master(tx: &mut Tx, proof: &Watchable) -> Result<String, Error> {
    let rows = sqlx::query!(
        r#"select r.name, r.kind, r.width, r.height, r.frame_rate_milli, r.codecs, r.bandwidth, r.average_bandwidth
           from rendition r join film f on f.id = r.film_id and f.fence = r.fence
           where r.film_id = $1 and r.init_key is not null
             and exists (select 1 from segment s where s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name)
           order by r.kind, r.bandwidth, r.height"#,
        proof.film().0
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
    if pictures == 0 { Err(Error::NotFound) } else { Ok(text) }
}

/// The playlist of one rendition: `EVENT` while it grows, `VOD` with an end once it is complete.
pub async fn rendition(tx: &mut Tx, proof: &Watchable, name: &str) -> Result<String, Error> {
    let head = sqlx::query!(
        "select r.fence, r.complete from rendition r join film f on f.id = r.film_id and f.fence = r.fence
         where r.film_id = $1 and r.name = $2 and r.init_key is not null",
        proof.film().0,
        name,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let rows = sqlx::query!(
        "select number, length_ms from segment where film_id = $1 and fence = $2 and rendition = $3 order by number",
        proof.film().0,
        head.fence,
        name,
    )
    .fetch_all(tx.connection())
    .await?;
    let longest = rows.iter().map(|row| row.length_ms).max().unwrap_or(0);
    let target = TARGET_SECONDS.max(u32::try_from((longest + 500) / 1000).unwrap_or(0));
    let kind = if head.complete { "VOD" } else { "EVENT" };
    let mut text = format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:{kind}\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-START:TIME-OFFSET=0\n#EXT-X-MAP:URI=\"{name}/init.mp4\"\n"
    );
    for (at, row) in rows.iter().enumerate() {
        if usize::try_from(row.number) != Ok(at) {
            break; // A gap: what follows is not playable yet.
        }
        let seconds = f64::from(row.length_ms) / 1000.0;
        let _infallible = writeln!(text, "#EXTINF:{seconds:.3},\n{name}/{at}.m4s");
    }
    if head.complete {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    Ok(text)
}

/// What a player may fetch of a film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The beginning of every segment of a rendition.
    Init(String),
    /// A segment of a rendition.
    Segment(String, u32),
    /// The poster.
    Poster,
    /// The whole film as one MP4.
    Plain,
}

/// The blob of a piece. Errors: `NotFound`.
pub async fn blob(tx: &mut Tx, proof: &Watchable, piece: &Piece) -> Result<String, Error> {
    let film = proof.film().0;
    let key = match piece {
        Piece::Init(name) => sqlx::query_scalar!(
            "select r.init_key from rendition r join film f on f.id = r.film_id and f.fence = r.fence
                 where r.film_id = $1 and r.name = $2",
            film,
            name
        )
        .fetch_optional(tx.connection())
        .await?
        .flatten(),
        Piece::Segment(name, number) => {
            sqlx::query_scalar!(
                "select s.blob_key from segment s join film f on f.id = s.film_id and f.fence = s.fence
                 where s.film_id = $1 and s.rendition = $2 and s.number = $3",
                film,
                name,
                i32::try_from(*number).unwrap_or(-1),
            )
            .fetch_optional(tx.connection())
            .await?
        }
        Piece::Poster => sqlx::query_scalar!("select poster_key from film where id = $1", film)
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
    key.ok_or(Error::NotFound)
}
