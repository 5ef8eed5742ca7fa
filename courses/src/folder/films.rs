//! Films between a folder and the object store: compared, sent, fetched. Never whole in memory.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use base::Blobs;
use base::blob::PART_BYTES;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;
use video::take::{self, Place};
use video::{Editable, FilmId};

use super::import::Error;
use super::{CourseFolder, Film};
use crate::find::Taught;
use crate::{film, outline};

/// What an import does with the film that a unit has already. A film that is not named is replaced by a new one, so that
/// published versions keep theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It was made from the same bytes.
    Same,
    /// Nothing was ever uploaded.
    Empty,
}

/// Compares the films of the folder with those of the draft: by size, then by SHA-256.
pub(super) async fn compare(
    place: &Place,
    proof: &Taught,
    folder: &CourseFolder,
) -> Result<HashMap<FilmId, Standing>, Error> {
    let mut tx = place.db.begin(&place.actor).await?;
    let mut stored = Vec::new();
    for line in outline::draft(&mut tx, proof).await?.into_iter().flat_map(|section| section.units) {
        let wanted = folder.units().find(|unit| unit.slug == line.slug).and_then(|unit| unit.film.as_ref());
        if let (Some(id), Some(wanted)) = (line.film, wanted) {
            let editable = film::for_editing(&mut tx, proof, id).await?;
            let state = video::film::one(&mut tx, &editable.watchable()).await?.state;
            stored.push((id, wanted, state, video::film::source(&mut tx, &editable).await?));
        }
    }
    // A long film is read for seconds: not inside of a transaction.
    drop(tx);
    let mut standings = HashMap::new();
    for (id, wanted, state, source) in stored {
        match source {
            None if state == video::film::State::Empty => {
                standings.insert(id, Standing::Empty);
            }
            Some((key, bytes)) if bytes == wanted.size_bytes && same(&place.blobs, &key, wanted).await? => {
                standings.insert(id, Standing::Same);
            }
            _ => {}
        }
    }
    Ok(standings)
}

async fn same(blobs: &Blobs, key: &str, wanted: &Film) -> Result<bool, Error> {
    let mut of_store = Sha256::new();
    let mut at = 0;
    while at < wanted.size_bytes {
        let piece = blobs.get_range(key, at..wanted.size_bytes.min(at + PART_BYTES as u64)).await?;
        if piece.is_empty() {
            return Ok(false);
        }
        of_store.update(&piece);
        at += piece.len() as u64;
    }
    let mut of_file = Sha256::new();
    let mut file = File::open(&wanted.source).await.map_err(Error::reading(&wanted.source))?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).await.map_err(Error::reading(&wanted.source))? {
            0 => break,
            length => of_file.update(&buffer[..length]),
        }
    }
    Ok(of_store.finalize() == of_file.finalize())
}

/// Sends a file as the source of a film and hands it to the workers. Answers its size, in bytes.
pub(super) async fn send(
    place: &Place,
    film: Editable,
    source: &Path,
    most_bytes: u64,
) -> Result<u64, Error> {
    let mut file = File::open(source).await.map_err(Error::reading(source))?;
    let (sender, receiver) = mpsc::channel::<Result<Bytes, Arc<str>>>(2);
    let reading = async move {
        loop {
            let mut buffer = vec![0; 1 << 20];
            let piece = match file.read(&mut buffer).await {
                Ok(0) => return,
                Ok(length) => {
                    buffer.truncate(length);
                    Ok(Bytes::from(buffer))
                }
                Err(error) => Err(Arc::from(error.to_string())),
            };
            // Nobody takes it: the other side has its own error.
            let broken = piece.is_err();
            if sender.send(piece).await.is_err() || broken {
                return;
            }
        }
    };
    let ((), taken) = tokio::join!(reading, take::whole(place.clone(), film, most_bytes, receiver));
    Ok(taken?)
}

/// Writes a blob into a new file.
pub(super) async fn fetch(blobs: &Blobs, key: &str, bytes: u64, into: &Path) -> Result<(), Error> {
    let mut file = File::create_new(into).await.map_err(Error::writing(into))?;
    let mut at = 0;
    while at < bytes {
        let piece = blobs.get_range(key, at..bytes.min(at + PART_BYTES as u64)).await?;
        if piece.is_empty() {
            return Err(base::blob::BlobError::Missing(key.to_owned()).into());
        }
        file.write_all(&piece).await.map_err(Error::writing(into))?;
        at += piece.len() as u64;
    }
    file.sync_all().await.map_err(Error::writing(into))
}

/// The ending for a film's file, by its first bytes (ISO/IEC 14496-12 §4.3 `ftyp`; RFC 8794 EBML).
pub(super) fn ending(first: &[u8]) -> &'static str {
    let has = |word: &[u8]| first.windows(word.len()).any(|window| window == word);
    match first {
        [0x1a, 0x45, 0xdf, 0xa3, ..] if has(b"webm") => "webm",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "mkv",
        [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', b' ', b' ', ..] => "mov",
        [_, _, _, _, b'f', b't', b'y', b'p', b'M', b'4', b'V', ..] => "m4v",
        _ => "mp4",
    }
}
