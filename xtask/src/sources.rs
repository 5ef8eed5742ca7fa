//! The files of the repository that people write: found by walking, without what is built or kept.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that hold nothing written by people.
const LEFT_OUT: [&str; 4] = ["target", "node_modules", "data", ".git"];

/// Every file with this ending under `root`, in a fixed order.
///
/// # Errors
/// When a folder cannot be read.
pub fn with_ending(root: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = all(root)?;
    found.retain(|file| file.extension().is_some_and(|has| has == ending));
    Ok(found)
}

/// Every file under `root`, in a fixed order.
///
/// # Errors
/// When a folder cannot be read.
pub fn all(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let name = entry.file_name();
            if kind.is_file() {
                found.push(entry.path());
            } else if kind.is_dir() && !LEFT_OUT.iter().any(|out| name == *out) {
                folders.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}
