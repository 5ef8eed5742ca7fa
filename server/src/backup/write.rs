//! Writing a copy while the installation goes on: the database first, as it is at one moment, then every object.
//!
//! Objects are written before the row that publishes them, so no row of the database's copy names an object that was not
//! there yet. Deletions are the other way about: what went while the copy was made is named in the manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, bail};
use base::blob::{BlobError, Entry};
use base::id::hexadecimal;
use base::owner::Owner;
use base::{Blobs, Clock};
use futures::{StreamExt as _, TryStreamExt as _};
use sha2::{Digest as _, Sha256};
use time::format_description::well_known::Rfc3339;
use tokio::io::{AsyncWriteExt as _, BufWriter};

use super::manifest::{self, DATABASE, FORM, MANIFEST, Manifest, Object, Piece};
use super::progress::Progress;
use super::unfinished::Unfinished;

/// Objects fetched side by side.
const SIDE_BY_SIDE: usize = 8;
/// An object whose bytes broke off is begun again so often.
const TRIES: usize = 3;

/// What is copied.
#[derive(Debug)]
pub struct Place {
    /// The owner of the tables.
    pub owner: Owner,
    /// The object store.
    pub blobs: Blobs,
    /// The time written into the manifest.
    pub clock: Clock,
    /// The data folder; a copy inside it is refused.
    pub data: PathBuf,
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// What the copy holds.
    pub manifest: Manifest,
    /// Objects that came from the store.
    pub fetched: usize,
    /// Objects that an earlier copy held already.
    pub reused: usize,
}

/// Writes a copy to `folder`. Objects that the earlier copy there (or the one in `like`) holds whole are shared with it.
///
/// Errors: a sentence; then `folder` is what it was.
pub async fn write(place: &Place, folder: &Path, like: Option<&Path>) -> anyhow::Result<Written> {
    let state =
        place.owner.state().await.context("the database does not answer to the owner of its tables")?;
    let Some(migration) = state.migration else { bail!("the database has no tables: nothing to copy") };
    let taken_at = place.clock.now().format(&Rfc3339)?;
    let unfinished = Unfinished::begin(folder, &place.data)?;
    let earlier = Earlier::look(like.unwrap_or(unfinished.wanted()), like.is_some())?;
    let before = place.blobs.entries("").await?;
    let dump = unfinished.folder.join(DATABASE);
    create(&dump)?;
    place.owner.dump(&dump).await?;
    let measured = dump.clone();
    let database = tokio::task::spawn_blocking(move || manifest::measure(&measured, |_| ())).await??;
    let entries = place.blobs.entries("").await?;
    let mut vanished: BTreeSet<String> = before.into_iter().map(|entry| entry.key).collect();
    for entry in &entries {
        vanished.remove(&entry.key);
    }
    let progress = Progress::new("objects", entries.iter().map(|entry| entry.size_bytes).sum());
    let reused = AtomicUsize::new(0);
    let copy = Copy { blobs: &place.blobs, into: &unfinished.folder, earlier: &earlier, progress: &progress };
    let (copy, shared) = (&copy, &reused);
    let copied: Vec<(String, Option<Object>)> = futures::stream::iter(entries)
        .map(|entry| async move {
            let key = entry.key.clone();
            if let Some(object) = copy.share(&entry).await? {
                shared.fetch_add(1, Ordering::Relaxed);
                return Ok((key, Some(object)));
            }
            Ok::<_, anyhow::Error>((key, copy.fetch(&entry).await?))
        })
        .buffer_unordered(SIDE_BY_SIDE)
        .try_collect()
        .await?;
    progress.end();
    let mut objects = Vec::new();
    for (key, object) in copied {
        match object {
            Some(object) => objects.push(object),
            None => {
                vanished.insert(key);
            }
        }
    }
    objects.sort_by(|one, other| one.key.cmp(&other.key));
    let manifest = Manifest {
        form: FORM,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        migration,
        owner: state.role,
        taken_at,
        database,
        objects,
        vanished: vanished.into_iter().collect(),
    };
    create(&unfinished.folder.join(MANIFEST))?.write_all(&serde_json::to_vec_pretty(&manifest)?)?;
    unfinished.finish()?;
    let reused = reused.into_inner();
    Ok(Written { fetched: manifest.objects.len() - reused, reused, manifest })
}

/// A copy that was made before.
struct Earlier {
    folder: PathBuf,
    objects: BTreeMap<String, Object>,
}

impl Earlier {
    /// Errors: one was named that is none.
    fn look(folder: &Path, named: bool) -> anyhow::Result<Self> {
        let objects = match Manifest::read(folder) {
            Ok(manifest) => manifest.objects,
            Err(error) if named => return Err(error),
            Err(_) => Vec::new(),
        };
        let objects = objects.into_iter().map(|object| (object.key.clone(), object)).collect();
        Ok(Self { folder: folder.to_owned(), objects })
    }
}

struct Copy<'a> {
    blobs: &'a Blobs,
    into: &'a Path,
    earlier: &'a Earlier,
    progress: &'a Progress,
}

impl Copy<'_> {
    fn path(&self, key: &str) -> anyhow::Result<PathBuf> {
        let path = manifest::path_of(self.into, key);
        let path = path.with_context(|| format!("the object {key:?} has no name that a folder can hold"))?;
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        Ok(path)
    }

    /// A second name for the file of the earlier copy, when the store holds the same object still and the file is whole.
    async fn share(&self, entry: &Entry) -> anyhow::Result<Option<Object>> {
        let Some(object) = self.earlier.objects.get(&entry.key) else { return Ok(None) };
        if object.stamp.is_empty()
            || object.stamp != entry.stamp
            || object.piece.size_bytes != entry.size_bytes
        {
            return Ok(None);
        }
        let Some(from) = manifest::path_of(&self.earlier.folder, &entry.key) else { return Ok(None) };
        let measured = from.clone();
        let found = tokio::task::spawn_blocking(move || manifest::measure(&measured, |_| ())).await?;
        if found.ok().as_ref() != Some(&object.piece)
            || std::fs::hard_link(&from, self.path(&entry.key)?).is_err()
        {
            return Ok(None);
        }
        self.progress.add(entry.size_bytes);
        Ok(Some(object.clone()))
    }

    /// The object from the store; `None` when it is not there any more.
    async fn fetch(&self, entry: &Entry) -> anyhow::Result<Option<Object>> {
        let path = self.path(&entry.key)?;
        let mut last = None;
        for _ in 0..TRIES {
            match self.stream(entry, &path).await {
                Ok(object) => return Ok(Some(object)),
                Err(Broken::Store(BlobError::Missing(_))) => {
                    let _absent = std::fs::remove_file(&path);
                    return Ok(None);
                }
                Err(Broken::Disk(error)) => {
                    return Err(error).with_context(|| path.display().to_string());
                }
                Err(Broken::Store(error)) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| BlobError::Missing(entry.key.clone())).into())
    }

    async fn stream(&self, entry: &Entry, path: &Path) -> Result<Object, Broken> {
        let (media_type, bytes) = self.blobs.open_object(&entry.key, None).await.map_err(Broken::Store)?;
        let mut bytes = std::pin::pin!(bytes);
        let file = tokio::fs::File::from_std(create(path).map_err(Broken::Disk)?);
        let mut file = BufWriter::with_capacity(1 << 20, file);
        let (mut hash, mut size_bytes) = (Sha256::new(), 0);
        while let Some(piece) = bytes.next().await {
            let piece = piece.map_err(|error| Broken::Store(BlobError::Store(error.to_string())))?;
            hash.update(&piece);
            size_bytes += piece.len() as u64;
            file.write_all(&piece).await.map_err(Broken::Disk)?;
        }
        file.flush().await.map_err(Broken::Disk)?;
        if size_bytes != entry.size_bytes {
            let sentence = format!("{} broke off after {size_bytes} bytes", entry.key);
            return Err(Broken::Store(BlobError::Store(sentence)));
        }
        self.progress.add(size_bytes);
        Ok(Object {
            key: entry.key.clone(),
            media_type,
            stamp: entry.stamp.clone(),
            piece: Piece { size_bytes, sha256: hexadecimal(&hash.finalize()) },
        })
    }
}

enum Broken {
    Store(BlobError),
    Disk(std::io::Error),
}

/// A fresh file that only its owner may read.
fn create(path: &Path) -> std::io::Result<std::fs::File> {
    OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)
}
