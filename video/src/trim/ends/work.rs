//! Making the ends of a film, one rendition after another: pictures by the transcoding program, sound here.

use base::job::{JobError, Pulse};
use base::worker::Task;
use base::{Blobs, Tx};
use bytes::Bytes;

use crate::FilmId;
use crate::child::{Transcoder, pipe};
use crate::failure::word;
use crate::trim::boxes;
use crate::trim::rows::EndPiece;
use crate::trim::sound::{self, Shorter};
use crate::wire::{End, FromChild, Order, Reason, SecondCodec, Size, ToChild};
use crate::work::{Workshop, store};

/// Address space of the program, in bytes: what an encoder of AV1 asks for.
const MEMORY_BYTES: u64 = 2 << 30;
/// Moments of a film that was taken over from somebody else are not counted from its zero; it was allowed when it was made.
const MOST_LENGTH_MS: u64 = 1 << 40;

/// What is to be made.
pub(super) struct Work {
    /// The film's number.
    pub(super) fence: i64,
    /// What was asked for, in milliseconds of the whole.
    pub(super) wanted: (u32, u32),
    pub(super) whole_ms: u32,
    /// The first segment of the whole that is shown, if in part, and the first behind.
    pub(super) first: i32,
    pub(super) behind: i32,
    /// Whether the film is shown exactly already, and this is of renditions that came since.
    pub(super) is_further: bool,
    /// The renditions that get ends: all, or those.
    pub(super) renditions: Vec<String>,
    /// The segments that lie across the cut.
    pub(super) pieces: Vec<Piece>,
}

/// A segment of a rendition that lies across the cut.
pub(super) struct Piece {
    name: String,
    is_picture: bool,
    size: (u32, u32),
    frame_rate_milli: u32,
    is_second: bool,
    number: i32,
    /// Whether its rendition has a segment behind it.
    goes_on: bool,
    /// Where it begins and ends, in milliseconds of the whole.
    place: (u64, u64),
    /// The beginning of its rendition, and its own, if it has one.
    init_key: String,
    own_init_key: Option<String>,
    key: String,
}

/// What the program gives.
struct Encoded {
    beginning: Bytes,
    bytes: Bytes,
    start_ms: u64,
    length_ms: u64,
    key_bytes: u32,
}

/// The names of the renditions that stand under a number and are whole.
pub(super) async fn renditions(tx: &mut Tx, film: FilmId, under: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select name from rendition where film_id = $1 and fence = $2 and complete and init_key is not null order by name",
        film.0,
        under,
    )
    .fetch_all(tx.connection())
    .await
}

/// The segments of these renditions that have one of these numbers, pictures first.
pub(super) async fn pieces(
    tx: &mut Tx,
    (film, under): (FilmId, i64),
    names: &[String],
    numbers: &[i32],
) -> Result<Vec<Piece>, JobError> {
    let rows = sqlx::query!(
        r#"select r.name, r.kind, r.width, r.height, r.frame_rate_milli, r.second as "second!", r.init_key as "init_key!", s.number,
                  s.start_ms, s.length_ms, s.blob_key, s.init_key as own_init_key,
                  exists (select from segment n where n.film_id = s.film_id and n.fence = s.fence and n.rendition = s.rendition
                            and n.number = s.number + 1) as "goes_on!"
           from rendition r join segment s on s.film_id = r.film_id and s.fence = r.fence and s.rendition = r.name
           where r.film_id = $1 and r.fence = $2 and r.complete and r.init_key is not null and s.number = any($3)
             and r.name = any($4)
           order by r.kind, r.second, r.height, r.name, s.number"#,
        film.0,
        under,
        numbers,
        names,
    )
    .fetch_all(tx.connection())
    .await?;
    let small = |number: i32| u32::try_from(number).unwrap_or(0);
    let ms = |number: i32| u64::from(small(number));
    let piece = rows.into_iter().map(|row| Piece {
        is_picture: row.kind == "picture",
        size: (small(row.width), small(row.height)),
        frame_rate_milli: small(row.frame_rate_milli),
        is_second: row.second,
        number: row.number,
        goes_on: row.goes_on,
        place: (ms(row.start_ms), ms(row.start_ms) + ms(row.length_ms)),
        init_key: row.init_key,
        own_init_key: row.own_init_key,
        key: row.blob_key,
        name: row.name,
    });
    Ok(piece.collect())
}

fn broken() -> JobError {
    JobError::Fail(word(Reason::Broken))
}

impl Work {
    /// Makes all of them and keeps them in this folder.
    pub(super) async fn make(
        &self,
        shop: &Workshop,
        task: &Task,
        folder: &str,
    ) -> Result<Vec<EndPiece>, JobError> {
        let mut made: Vec<EndPiece> = Vec::new();
        let all = self.pieces.len().max(1);
        for (done, piece) in self.pieces.iter().enumerate() {
            task.tell(u16::try_from(done * 1000 / all).unwrap_or(999));
            let init = shop.blobs.get(&piece.init_key).await.map_err(store)?;
            let bytes = shop.blobs.get(&piece.key).await.map_err(store)?;
            let end = if piece.is_picture {
                let own = match &piece.own_init_key {
                    Some(key) => shop.blobs.get(key).await.map_err(store)?,
                    None => init.clone(),
                };
                let source = Bytes::from([&own[..], &bytes[..]].concat());
                let encoded = self.encode(shop, task, piece, &source).await?;
                Some(keep(&shop.blobs, folder, piece, (&init[..], encoded)).await?)
            } else {
                // A player's clock begins with the first picture, and sound before that is heard by nobody.
                let begins = made.iter().find(|end| end.number == piece.number && end.number == self.first);
                let from_ms = begins.map_or(u64::from(self.wanted.0), |picture| picture.start_ms);
                let wanted = (from_ms, u64::from(self.wanted.1));
                // Segments are numbered from the first one: of what is shown first something stays.
                let is_first = piece.goes_on && piece.number == self.first && piece.number + 1 < self.behind;
                let left = sound::shorter(&init, &bytes, (piece.place.0, is_first), wanted);
                keep_sound(&shop.blobs, folder, piece, left.ok_or_else(broken)?).await?
            };
            made.extend(end);
        }
        Ok(made)
    }

    /// Has the program encode what is wanted of a segment.
    async fn encode(
        &self,
        shop: &Workshop,
        task: &Task,
        piece: &Piece,
        source: &Bytes,
    ) -> Result<Encoded, JobError> {
        let order = Order {
            memory_bytes: MEMORY_BYTES,
            max_length_ms: MOST_LENGTH_MS,
            nice: shop.nice,
            cpus: shop.cpus.clone(),
            end: Some(self.order(piece)),
            ..Order::of_bytes(source.len() as u64)
        };
        let started = Transcoder::start(&shop.program, &order, shop.silence);
        let mut child = started.await.map_err(pipe)?;
        let (mut beginning, mut segment) = (None, None);
        loop {
            let Some((message, payload)) = child.hear(task).await? else { return Err(stopped(task).await?) };
            let hands_over = message.hands_over();
            match message {
                FromChild::Read { offset, length } => {
                    let end = source.len() as u64;
                    let range = offset.min(end)..offset.saturating_add(u64::from(length)).min(end);
                    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
                    let range = source.get(place(range.start)..place(range.end)).unwrap_or_default();
                    child.say(&ToChild::Bytes, range).await.map_err(pipe)?;
                }
                FromChild::Init { .. } => beginning = Some(payload),
                FromChild::Segment { start_ms, length_ms, key_bytes, .. } => {
                    segment = Some((payload, start_ms, u64::from(length_ms), key_bytes));
                }
                FromChild::Done { .. } => {
                    let (beginning, segment) =
                        beginning.zip(segment).ok_or_else(|| JobError::Fail(word(Reason::Internal)))?;
                    let (bytes, start_ms, length_ms, key_bytes) = segment;
                    return Ok(Encoded { beginning, bytes, start_ms, length_ms, key_bytes });
                }
                FromChild::Failed { reason, detail } => {
                    tracing::info!(
                        rendition = piece.name,
                        ?reason,
                        detail,
                        "the end of a film cannot be made"
                    );
                    let reason = if reason == Reason::Cancelled { Reason::Internal } else { reason };
                    let what = word(reason);
                    let again = reason.worth_retrying();
                    return Err(if again { JobError::Retry(what) } else { JobError::Fail(what) });
                }
                _ => {}
            }
            if hands_over {
                child.say(&ToChild::Taken, &[]).await.map_err(pipe)?;
            }
        }
    }

    fn order(&self, piece: &Piece) -> End {
        let (start_ms, end_ms) = piece.place;
        let (width, height) = piece.size;
        End {
            size: Size { name: piece.name.clone(), width, height },
            codec: piece.is_second.then_some(SecondCodec::Av1),
            frame_rate_milli: piece.frame_rate_milli,
            start_ms,
            from_ms: start_ms.max(u64::from(self.wanted.0)),
            to_ms: end_ms.min(u64::from(self.wanted.1)),
        }
    }
}

/// Stores what the program gave, and its beginning if that of its rendition does not fit: one that fits spares players a change.
async fn keep(
    blobs: &Blobs,
    folder: &str,
    piece: &Piece,
    (init, encoded): (&[u8], Encoded),
) -> Result<EndPiece, JobError> {
    let place = format!("{folder}{}-{}", piece.name, piece.number);
    let init_key = if boxes::is_alike(init, &encoded.beginning) {
        None
    } else {
        let key = format!("{place}-init.mp4");
        blobs.put(&key, "video/mp4", encoded.beginning).await.map_err(store)?;
        Some(key)
    };
    let (key, length) = (format!("{place}.m4s"), encoded.bytes.len());
    blobs.put(&key, "video/iso.segment", encoded.bytes).await.map_err(store)?;
    Ok(EndPiece {
        rendition: piece.name.clone(),
        number: piece.number,
        start_ms: encoded.start_ms,
        length_ms: encoded.length_ms,
        bytes: length,
        key,
        key_bytes: encoded.key_bytes,
        init_key,
    })
}

/// Stores what is left of a segment of the sound; of its last one nothing may be.
async fn keep_sound(
    blobs: &Blobs,
    folder: &str,
    piece: &Piece,
    left: Shorter,
) -> Result<Option<EndPiece>, JobError> {
    if left.length_ms == 0 {
        return Ok(None);
    }
    let (key, length) = (format!("{folder}{}-{}.m4s", piece.name, piece.number), left.bytes.len());
    blobs.put(&key, "video/iso.segment", left.bytes).await.map_err(store)?;
    Ok(Some(EndPiece {
        rendition: piece.name.clone(),
        number: piece.number,
        start_ms: left.start_ms,
        length_ms: left.length_ms,
        bytes: length,
        key,
        key_bytes: 0,
        init_key: None,
    }))
}

/// Why the work is to stop: a newer worker holds it, or the program is ending.
async fn stopped(task: &Task) -> Result<JobError, JobError> {
    Ok(match task.held.pulse(&task.db, 0).await? {
        Pulse::Ours => JobError::Later,
        Pulse::Lost => JobError::Lost,
        Pulse::CancelAsked => {
            let mut tx = task.db.begin(&task.held.actor()).await?;
            task.held.cancelled(&mut tx).await?;
            tx.commit().await?;
            JobError::Lost
        }
    })
}
