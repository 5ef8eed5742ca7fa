//! Files of a course folder: found by exactly their name, never outside of the folder, never more than the limit of them.

use std::collections::HashMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::fault::Fault;

/// More entries of one directory than this are not looked at.
const MOST_ENTRIES: usize = 20_000;
/// A longer path is none.
const LONGEST_PATH: usize = 400;

/// A course folder on disk, with the folders in which media are looked up as well.
pub(super) struct Files {
    root: PathBuf,
    media_dirs: Vec<PathBuf>,
    /// Names in a directory, read once.
    names: HashMap<PathBuf, Vec<String>>,
}

/// A file that was found: where it is, and its length in bytes.
pub(super) struct File {
    pub path: PathBuf,
    pub length: u64,
}

impl Files {
    /// Errors: `Unreadable` when the folder is not there.
    pub fn open(root: &Path, media_dirs: &[PathBuf]) -> Result<Self, Fault> {
        let root = root.canonicalize().map_err(|error| unreadable(&error))?;
        fs::read_dir(&root).map_err(|error| unreadable(&error))?;
        let media_dirs = media_dirs.iter().filter_map(|dir| dir.canonicalize().ok()).collect();
        Ok(Self { root, media_dirs, names: HashMap::new() })
    }

    /// Names in the folder itself, sorted. Names that are not UTF-8 are nobody's.
    pub fn top(&mut self) -> Vec<String> {
        let root = self.root.clone();
        self.names_in(&root).to_vec()
    }

    /// A file by its path in the folder, `/` between its parts; `media/x` is looked up in the other media folders as well.
    pub fn find(&mut self, path: &str) -> Result<File, Fault> {
        let parts: Vec<&str> = path.split('/').collect();
        let outside = |part: &&str| matches!(*part, "" | "." | "..") || part.contains(['\\', ':', '\0']);
        if path.len() > LONGEST_PATH || parts.iter().any(outside) {
            return Err(Fault::LeadsOut(path.to_owned()));
        }
        let root = self.root.clone();
        let found = self.find_in(&root, &parts, path);
        match (parts.as_slice(), &found) {
            (["media", rest @ ..], Err(Fault::NoSuchFile(_))) if !rest.is_empty() => {
                let others = self.media_dirs.clone();
                others.iter().find_map(|dir| self.find_in(dir, rest, path).ok()).map_or(found, Ok)
            }
            _ => found,
        }
    }

    fn find_in(&mut self, root: &Path, parts: &[&str], path: &str) -> Result<File, Fault> {
        let mut place = root.to_path_buf();
        let mut real: Vec<String> = Vec::new();
        for part in parts {
            // A file system may take "A.png" for "a.png"; the names in the directory tell.
            let names = self.names_in(&place);
            if !names.iter().any(|name| name == part) {
                let like = names.iter().find(|name| name.to_lowercase() == part.to_lowercase());
                return Err(match like {
                    Some(like) if real.len() + 1 == parts.len() => {
                        real.push(like.clone());
                        Fault::OtherCase(path.to_owned(), real.join("/"))
                    }
                    _ => Fault::NoSuchFile(path.to_owned()),
                });
            }
            real.push((*part).to_owned());
            place.push(part);
        }
        let place = place.canonicalize().map_err(|_| Fault::NoSuchFile(path.to_owned()))?;
        if !place.starts_with(root) {
            return Err(Fault::LeadsOut(path.to_owned()));
        }
        let about = fs::metadata(&place).map_err(|_| Fault::NoSuchFile(path.to_owned()))?;
        if !about.is_file() {
            return Err(Fault::NotAFile(path.to_owned()));
        }
        Ok(File { path: place, length: about.len() })
    }

    fn names_in(&mut self, dir: &Path) -> &[String] {
        self.names.entry(dir.to_path_buf()).or_insert_with(|| {
            let entries = fs::read_dir(dir).into_iter().flatten().take(MOST_ENTRIES).flatten();
            let mut names: Vec<String> =
                entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
            names.sort_unstable();
            names
        })
    }
}

impl File {
    /// At most `most` bytes of it. Errors: `TooLarge`, `Unreadable`.
    pub fn bytes(&self, most: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        let file = fs::File::open(&self.path).map_err(|error| unreadable(&error))?;
        file.take(most + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        if bytes.len() as u64 > most { Err(Fault::TooLarge(most)) } else { Ok(bytes) }
    }

    /// Its first bytes, at most `most`.
    pub fn beginning(&self, most: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        let file = fs::File::open(&self.path).map_err(|error| unreadable(&error))?;
        file.take(most).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        Ok(bytes)
    }

    /// Its text: UTF-8 without a byte order mark, with plain line ends. Errors come with their line.
    pub fn text(&self, most: u64) -> Result<String, (usize, Fault)> {
        let bytes = self.bytes(most).map_err(|fault| (1, fault))?;
        let line_of = |at: usize| bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let text = str::from_utf8(&bytes).map_err(|error| (line_of(error.valid_up_to()), Fault::NotText))?;
        if let Some(at) = text.find('\0') {
            return Err((line_of(at), Fault::ZeroByte));
        }
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n"))
    }
}

fn unreadable(error: &std::io::Error) -> Fault {
    Fault::Unreadable(error.to_string())
}
