//! Reading a copy again: every file that the manifest names is there, as long as it was, with the same bytes; and no other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use futures::StreamExt as _;

use super::manifest::{self, DATABASE, Manifest, OBJECTS, Piece};
use super::progress::Progress;

/// Reads the copy in `folder`; answers what it holds, and every fault as a sentence.
///
/// Errors: it is no finished copy.
pub async fn check(folder: &Path) -> anyhow::Result<(Manifest, Vec<String>)> {
    let manifest = Manifest::read(folder)?;
    let progress = Progress::new("checked", manifest.total_bytes());
    let mut faults = Vec::new();
    let mut pieces: Vec<(PathBuf, Piece)> = vec![(folder.join(DATABASE), manifest.database.clone())];
    for object in &manifest.objects {
        match manifest::path_of(folder, &object.key) {
            Some(path) => pieces.push((path, object.piece.clone())),
            None => faults.push(format!("{:?} is no name of an object", object.key)),
        }
    }
    let known: BTreeSet<PathBuf> = pieces.iter().map(|(path, _)| path.clone()).collect();
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let progress = &progress;
    let mut found = futures::stream::iter(pieces).map(|piece| one(piece, progress)).buffer_unordered(cores);
    while let Some(fault) = found.next().await {
        faults.extend(fault);
    }
    progress.end();
    let mut there = Vec::new();
    if let Err(error) = files(&folder.join(OBJECTS), &mut there) {
        faults.push(format!("{}: {error}", folder.join(OBJECTS).display()));
    }
    for path in there.iter().filter(|path| !known.contains(*path)) {
        faults.push(format!("{} is not in the manifest", path.display()));
    }
    faults.sort();
    Ok((manifest, faults))
}

async fn one((path, wanted): (PathBuf, Piece), progress: &Progress) -> Option<String> {
    let measured = path.clone();
    let found = tokio::task::spawn_blocking(move || manifest::measure(&measured, |_| ())).await;
    progress.add(wanted.size_bytes);
    match found {
        Ok(Ok(piece)) if piece == wanted => None,
        Ok(Ok(piece)) if piece.size_bytes != wanted.size_bytes => {
            Some(format!("{} has {} bytes, not {}", path.display(), piece.size_bytes, wanted.size_bytes))
        }
        Ok(Ok(_)) => Some(format!("{} has other bytes than were written", path.display())),
        Ok(Err(error)) => Some(format!("{}: {error}", path.display())),
        Err(error) => Some(format!("{}: {error}", path.display())),
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in folder.read_dir()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files(&entry.path(), found)?;
        } else {
            found.push(entry.path());
        }
    }
    Ok(())
}
