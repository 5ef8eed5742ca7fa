//! Taking bytes in: from a tus request into parts and a tail, and from a plain form into a whole object. At most one
//! part is in memory.

use std::sync::Arc;

use base::blob::PART_BYTES;
use base::{Actor, Blobs, Db, Tx};
use bytes::{Bytes, BytesMut};
use sha1::Digest as _;
use tokio::sync::mpsc;

use crate::error::Error;
use crate::proof::Editable;
use crate::upload::{self, Open};
use crate::{FilmId, UploadId, early, film, replace, storage};

/// A checksum that a request carries (tus extension "checksum").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-1, the one that every server must know.
    Sha1(Vec<u8>),
    /// SHA-256.
    Sha256(Vec<u8>),
}

/// Algorithms told in `Tus-Checksum-Algorithm`.
pub const CHECKSUM_ALGORITHMS: &str = "sha1,sha256";

impl Checksum {
    /// Reads `Upload-Checksum: sha1 <base64>`.
    pub fn read(header: &str) -> Option<Self> {
        use base64::Engine as _;
        let (algorithm, sum) = header.trim().split_once(' ')?;
        let sum = base64::engine::general_purpose::STANDARD.decode(sum.trim()).ok()?;
        match algorithm {
            "sha1" => Some(Self::Sha1(sum)),
            "sha256" => Some(Self::Sha256(sum)),
            _ => None,
        }
    }
}

enum Hasher {
    None,
    Sha1(sha1::Sha1, Vec<u8>),
    Sha256(sha2::Sha256, Vec<u8>),
}

impl Hasher {
    fn new(checksum: Option<Checksum>) -> Self {
        match checksum {
            None => Self::None,
            Some(Checksum::Sha1(sum)) => Self::Sha1(sha1::Sha1::new(), sum),
            Some(Checksum::Sha256(sum)) => Self::Sha256(sha2::Sha256::new(), sum),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::None => {}
            Self::Sha1(hasher, _) => hasher.update(bytes),
            Self::Sha256(hasher, _) => hasher.update(bytes),
        }
    }

    fn fits(self) -> bool {
        match self {
            Self::None => true,
            Self::Sha1(hasher, sum) => hasher.finalize().as_slice() == sum,
            Self::Sha256(hasher, sum) => hasher.finalize().as_slice() == sum,
        }
    }
}

/// The store, the database and who acts.
#[derive(Clone, Debug)]
pub struct Place {
    /// The database.
    pub db: Db,
    /// The object store.
    pub blobs: Blobs,
    /// Who sends.
    pub actor: Actor,
}

/// Takes the bytes of one request that begins at `offset` and answers where the upload stands afterwards.
///
/// `bytes` ends when the request ends or breaks; what arrived is kept either way, unless there is a checksum and it does
/// not fit. Run it in a task of its own, so that a broken connection does not end it half-way.
///
/// Errors: `WrongOffset`, `TooManyBytes` (nothing over the announced size is kept), `ChecksumMismatch`, `TakenOver`, `Expired`.
pub async fn append(
    place: Place,
    proof: Editable,
    id: UploadId,
    offset: u64,
    checksum: Option<Checksum>,
    mut bytes: mpsc::Receiver<Bytes>,
) -> Result<u64, Error> {
    let Place { db, blobs, actor } = &place;
    let open = upload::take_over(db, actor, &proof, id, offset).await?;
    let checked = checksum.is_some();
    let mut hasher = Hasher::new(checksum);
    let mut buffer = BytesMut::new();
    if let Some(tail) = &open.tail {
        buffer.extend_from_slice(&blobs.get(tail).await?);
        if buffer.len() != open.tail_bytes {
            return Err(Error::WrongState("its tail is damaged".to_owned()));
        }
    }
    // Everything before the buffer is in parts.
    let mut stored = open.offset - buffer.len() as u64;
    let mut parts: Vec<Part> = Vec::new();
    let mut is_early = open.early;
    while let Some(piece) = bytes.recv().await {
        if stored + (buffer.len() + piece.len()) as u64 > open.size {
            drop_aside(blobs, &parts).await?;
            return Err(Error::TooManyBytes);
        }
        hasher.update(&piece);
        buffer.extend_from_slice(&piece);
        while buffer.len() >= PART_BYTES {
            let part = buffer.split_to(PART_BYTES).freeze();
            if stored == 0 {
                is_early = early::allows(&part, open.size, db.clock().now() - open.since);
            }
            parts.push(put_part(blobs, &open, stored, part, is_early).await?);
            stored += PART_BYTES as u64;
            if !checked {
                is_early = settle(&place, id, &open, &parts, stored, None).await?;
                parts.clear();
            }
        }
    }
    if !hasher.fits() {
        drop_aside(blobs, &parts).await?;
        return Err(Error::ChecksumMismatch);
    }
    let end = stored + buffer.len() as u64;
    if end == open.size {
        if !buffer.is_empty() {
            parts.push(put_part(blobs, &open, stored, buffer.freeze(), false).await?);
        }
        settle(&place, id, &open, &parts, end, None).await?;
        upload::complete(db, blobs, actor, id, &open).await?;
    } else {
        let (tail_key, tail_bytes) = (format!("{}-tail-{end}-{}", open.key, open.fence), buffer.len());
        if tail_bytes > 0 {
            blobs.put(&tail_key, "application/octet-stream", buffer.freeze()).await?;
        }
        let tail = (tail_bytes > 0).then_some((tail_key.as_str(), tail_bytes));
        settle(&place, id, &open, &parts, end, tail).await?;
    }
    if let Some(tail) = &open.tail {
        blobs.delete(tail).await?;
    }
    Ok(end)
}

/// A part that is stored, and the object of its own that it is as well.
pub(crate) struct Part {
    pub number: u32,
    pub etag: String,
    pub bytes: usize,
    pub aside: Option<String>,
}

/// Stores a part, and once more as an object of its own where it is to be read before the upload is complete. That an upload cannot be read
/// early is no failure of it.
async fn put_part(blobs: &Blobs, open: &Open, at: u64, part: Bytes, is_early: bool) -> Result<Part, Error> {
    let number = u32::try_from(at / PART_BYTES as u64).unwrap_or(u32::MAX).saturating_add(1);
    let bytes = part.len();
    let aside = if is_early { early::aside_key(&open.key, number, open.fence) } else { None };
    let kept = async {
        let key = aside?;
        blobs.put(&key, "application/octet-stream", part.clone()).await.ok().map(|()| key)
    };
    let (etag, aside) = tokio::join!(blobs.put_part(&open.key, &open.multipart, number, part.clone()), kept);
    match (etag, aside) {
        (Ok(etag), aside) => Ok(Part { number, etag, bytes, aside }),
        (Err(error), None) => Err(error.into()),
        (Err(error), Some(key)) => {
            // The upload was given up meanwhile, perhaps.
            blobs.delete(&key).await?;
            Err(error.into())
        }
    }
}

/// Writes down what is stored by now; answers whether parts are kept aside. What was kept aside of an upload that is not read early any more,
/// or that somebody else has by now, is deleted: nobody else knows of it.
async fn settle(
    place: &Place,
    id: UploadId,
    open: &Open,
    parts: &[Part],
    offset: u64,
    tail: Option<(&str, usize)>,
) -> Result<bool, Error> {
    let settled = upload::settle(&place.db, &place.actor, id, open.fence, parts, offset, tail).await;
    if matches!(settled, Ok(false) | Err(Error::TakenOver)) {
        drop_aside(&place.blobs, parts).await?;
    }
    settled
}

/// Deletes what was kept aside of parts that no row came to name.
async fn drop_aside(blobs: &Blobs, parts: &[Part]) -> Result<(), Error> {
    for key in parts.iter().filter_map(|part| part.aside.as_deref()) {
        blobs.delete(key).await?;
    }
    Ok(())
}

/// The line on which [`whole`] is told the bytes. A request that is dropped in the middle, because its sender hung up, says so on it:
/// half a film must not be taken for a whole one.
#[derive(Debug)]
pub struct Line(Option<mpsc::Sender<Result<Bytes, Arc<str>>>>);

impl Line {
    /// A line that is open.
    pub fn new(sender: mpsc::Sender<Result<Bytes, Arc<str>>>) -> Self {
        Self(Some(sender))
    }

    /// Says the next bytes, or why no more come. Waits for room on the line; when nobody listens any more nothing happens.
    pub async fn say(&self, said: Result<Bytes, Arc<str>>) {
        if let Some(sender) = &self.0 {
            let _refused = sender.send(said).await;
        }
    }

    /// Everything was said.
    pub fn end(mut self) {
        self.0 = None;
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let (Some(sender), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                let _ended = sender.send(Err("the request broke off".into())).await;
            });
        }
    }
}

/// Takes a whole film from a plain form (no script, so nothing to resume) and hands it to the workers.
///
/// Errors: `BadSize` for nothing or too much; `NoRoom`; `WrongState` when the film is being made; `BeingReplaced`.
pub async fn whole(
    place: Place,
    proof: Editable,
    most_bytes: u64,
    mut bytes: mpsc::Receiver<Result<Bytes, Arc<str>>>,
) -> Result<u64, Error> {
    let Place { db, blobs, actor } = &place;
    let mut tx = db.begin(actor).await?;
    storage::hold(&mut tx).await?;
    let film = replace::place(&mut tx, proof.film()).await?;
    writable(&mut tx, film).await?;
    // Nobody says before how much will come.
    let free = storage::free(&mut tx).await?.unwrap_or(u64::MAX);
    if free == 0 {
        return Err(Error::NoRoom(0));
    }
    let organisation = tx.organisation()?;
    let id = UploadId::new(tx.now());
    tx.commit().await?;
    let key = format!("films/{organisation}/{film}/source-{id}");
    let multipart = blobs.begin_parts(&key, "application/octet-stream").await?;
    let mut parts = Vec::new();
    let mut buffer = BytesMut::new();
    let mut total = 0u64;
    let filled = async {
        while let Some(piece) = bytes.recv().await {
            let piece = piece.map_err(|broken| Error::WrongState(broken.to_string()))?;
            total += piece.len() as u64;
            if total > most_bytes {
                return Err(Error::BadSize(most_bytes));
            }
            if total > free {
                return Err(Error::NoRoom(free));
            }
            buffer.extend_from_slice(&piece);
            while buffer.len() >= PART_BYTES {
                let number = u32::try_from(parts.len()).unwrap_or(u32::MAX) + 1;
                let part = buffer.split_to(PART_BYTES).freeze();
                parts.push((number, blobs.put_part(&key, &multipart, number, part).await?));
            }
        }
        if total == 0 {
            return Err(Error::BadSize(most_bytes));
        }
        if !buffer.is_empty() {
            let number = u32::try_from(parts.len()).unwrap_or(u32::MAX) + 1;
            parts.push((number, blobs.put_part(&key, &multipart, number, buffer.split().freeze()).await?));
        }
        Ok(blobs.join_parts(&key, &multipart, parts).await?)
    };
    if let Err(error) = filled.await {
        blobs.drop_parts(&key, &multipart).await?;
        return Err(error);
    }
    let mut tx = db.begin(actor).await?;
    // Somebody else's may have come first.
    if let Err(error) = writable(&mut tx, film).await {
        blobs.delete(&key).await?;
        return Err(error);
    }
    film::queue(&mut tx, film, &key, total).await?;
    tx.commit().await?;
    Ok(total)
}

/// Holds a film that bytes go into. Errors: `WrongState` when it is being made, was made, or is gone.
pub(crate) async fn writable(tx: &mut Tx, film: FilmId) -> Result<(), Error> {
    let state = sqlx::query_scalar!("select state from film where id = $1 for update", film.0)
        .fetch_optional(tx.connection())
        .await?
        .unwrap_or_else(|| "ready".to_owned());
    let busy = matches!(state.as_str(), "queued" | "transcoding" | "copying" | "ready");
    if busy { Err(Error::WrongState(state)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Line, mpsc};

    #[tokio::test]
    async fn a_request_that_is_dropped_in_the_middle_is_no_end_of_a_film() {
        for whole in [true, false] {
            let (sender, mut receiver) = mpsc::channel(1);
            let line = Line::new(sender);
            // No room is left on the line.
            line.say(Ok(Bytes::from_static(b"half"))).await;
            if whole {
                line.end();
            } else {
                drop(line);
            }
            assert!(matches!(receiver.recv().await, Some(Ok(_))));
            assert_eq!(receiver.recv().await.is_none(), whole);
        }
    }
}
