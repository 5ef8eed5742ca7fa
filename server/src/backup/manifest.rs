//! What a copy holds: `database.dump` (PostgreSQL's custom format), `objects/<key>` as they are in the store, and
//! `manifest.json`, which is written last and names every file with its length and SHA-256.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use base::id::hexadecimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::unfinished;

/// The form of the folder that this program writes and reads.
pub const FORM: u32 = 1;
/// The name of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// The name of the database's copy.
pub const DATABASE: &str = "database.dump";
/// The folder of the objects.
pub const OBJECTS: &str = "objects";

/// The manifest of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the folder.
    pub form: u32,
    /// The version of the program that made it.
    pub program: String,
    /// The newest migration of the database that was copied.
    pub migration: i64,
    /// The role that owned its tables.
    pub owner: String,
    /// When it was begun (RFC 3339, UTC).
    pub taken_at: String,
    /// The database, copied first: no row of it names an object that was written later.
    pub database: Piece,
    /// Every object that was in the store when the database had been copied.
    pub objects: Vec<Object>,
    /// Keys of objects that were deleted while the copy was made. A row of the database may still name them.
    pub vanished: Vec<String>,
}

/// A file of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its length in bytes.
    pub size_bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
}

/// An object of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Its key in the store, and its path under `objects`.
    pub key: String,
    /// Its media type.
    pub media_type: String,
    /// What the store said of it (ETag or when it was written): changes when the object does.
    pub stamp: String,
    /// Its bytes.
    #[serde(flatten)]
    pub piece: Piece,
}

impl Manifest {
    /// The manifest of the copy in `folder`.
    ///
    /// Errors: a sentence; there is none, it was not finished, or it is of a newer form.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(MANIFEST);
        if folder.join(unfinished::MARK).exists() || !path.is_file() {
            bail!("{} is no finished copy: it was interrupted, or is something else", folder.display());
        }
        let text = std::fs::read(&path).with_context(|| path.display().to_string())?;
        let manifest: Self = serde_json::from_slice(&text).with_context(|| path.display().to_string())?;
        if manifest.form > FORM {
            bail!(
                "{} was made by tablica {}, in a form that this program does not know; use that one or a newer one",
                folder.display(),
                manifest.program
            );
        }
        Ok(manifest)
    }

    /// All bytes of the copy.
    pub fn total_bytes(&self) -> u64 {
        self.database.size_bytes + self.objects.iter().map(|object| object.piece.size_bytes).sum::<u64>()
    }

    /// What it holds, in one line.
    pub fn summary(&self) -> String {
        format!(
            "taken at {} by tablica {}, migration {}; database {} MB, {} objects {} MB",
            self.taken_at,
            self.program,
            self.migration,
            self.database.size_bytes.div_ceil(1_000_000),
            self.objects.len(),
            (self.total_bytes() - self.database.size_bytes).div_ceil(1_000_000),
        )
    }
}

/// The path of an object in a copy; `None` for a key that would leave the folder.
pub fn path_of(folder: &Path, key: &str) -> Option<PathBuf> {
    let plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('\0');
    key.split('/').all(plain).then(|| folder.join(OBJECTS).join(key))
}

/// Length and SHA-256 of a file. Blocks. `seen` hears how many bytes were read.
pub fn measure(path: &Path, seen: impl Fn(u64)) -> std::io::Result<Piece> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 20];
    let (mut hash, mut size_bytes) = (Sha256::new(), 0);
    loop {
        let read = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
        size_bytes += read as u64;
        seen(read as u64);
    }
    Ok(Piece { size_bytes, sha256: hexadecimal(&hash.finalize()) })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::path_of;

    #[test]
    fn no_key_leaves_the_folder_of_objects() {
        let folder = Path::new("/copy");
        assert_eq!(path_of(folder, "films/a/0.m4s").unwrap(), Path::new("/copy/objects/films/a/0.m4s"));
        for key in ["", "/etc/passwd", "films/../../x", "..", "a//b", "a/./b", "a/", "a\0b"] {
            assert_eq!(path_of(folder, key), None, "{key:?}");
        }
    }
}
