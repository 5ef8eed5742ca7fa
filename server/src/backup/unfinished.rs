//! A copy in the making. It stands beside the folder that was asked for, marked as unfinished, and takes that name only
//! when it is whole; an earlier copy of that name goes afterwards.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::manifest::MANIFEST;

/// The file that marks a copy as unfinished; it is locked by the program that writes.
pub(super) const MARK: &str = "unfinished";

/// The folder that is being filled.
#[derive(Debug)]
pub(super) struct Unfinished {
    wanted: PathBuf,
    /// Where to write.
    pub(super) folder: PathBuf,
    mark: Option<File>,
}

impl Unfinished {
    /// Makes `<folder>.part`; what an interrupted run left there goes.
    ///
    /// Errors: a sentence; the name belongs to something that is no copy, to the data folder, or to a copy in the making.
    pub(super) fn begin(wanted: &Path, data: &Path) -> anyhow::Result<Self> {
        let name = wanted.file_name().context("name a folder for the copy, such as /var/backups/tablica")?;
        let parent = wanted.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        let parent = parent.canonicalize().with_context(|| parent.display().to_string())?;
        if parent.starts_with(data.canonicalize()?) {
            bail!("a copy inside the data folder is lost with it; choose another place");
        }
        let wanted = parent.join(name);
        let (folder, old) = (beside(&wanted, ".part"), beside(&wanted, ".old"));
        if !wanted.exists() && old.join(MANIFEST).is_file() {
            // Interrupted between the two renames.
            std::fs::rename(&old, &wanted)?;
        }
        if wanted.exists() {
            if wanted.metadata()?.dev() != parent.metadata()?.dev() {
                bail!("{} is a disk of its own; name a folder on it", wanted.display());
            }
            if !wanted.join(MANIFEST).is_file() && wanted.read_dir()?.next().is_some() {
                bail!("{} is there already and is no copy; choose another name", wanted.display());
            }
        }
        if folder.exists() {
            leave_nothing(&folder)?;
        }
        DirBuilder::new().mode(0o700).create(&folder).with_context(|| folder.display().to_string())?;
        let mark = OpenOptions::new().create_new(true).write(true).mode(0o600).open(folder.join(MARK))?;
        mark.try_lock()?;
        Ok(Self { wanted, folder, mark: Some(mark) })
    }

    /// The folder that was asked for, with an earlier copy perhaps.
    pub(super) fn wanted(&self) -> &Path {
        &self.wanted
    }

    /// The copy is whole and takes its name.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        self.reach_the_disk()?;
        std::fs::remove_file(self.folder.join(MARK))?;
        self.mark = None;
        let old = beside(&self.wanted, ".old");
        if self.wanted.exists() {
            if old.exists() {
                std::fs::remove_dir_all(&old)?;
            }
            std::fs::rename(&self.wanted, &old)?;
        }
        std::fs::rename(&self.folder, &self.wanted)?;
        if old.exists() {
            std::fs::remove_dir_all(&old)?;
        }
        Ok(())
    }

    /// By `sync -f` (coreutils): asking for each of many thousand files takes hours on a slow disk.
    fn reach_the_disk(&self) -> anyhow::Result<()> {
        let done = Command::new("sync").arg("-f").arg(&self.folder).status().context("sync")?;
        if !done.success() {
            bail!("the copy did not reach the disk");
        }
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.mark.take().is_some() {
            // What could not be finished; the next run removes it if this one cannot.
            let _removed = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn leave_nothing(folder: &Path) -> anyhow::Result<()> {
    let mark = folder.join(MARK);
    if !mark.is_file() && !folder.join(MANIFEST).is_file() {
        bail!("{} is in the way and is no copy; move it elsewhere", folder.display());
    }
    if mark.is_file() && File::open(&mark)?.try_lock().is_err() {
        bail!("another tablica is writing {} now", folder.display());
    }
    Ok(std::fs::remove_dir_all(folder)?)
}

fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(folder);
    name.push(ending);
    PathBuf::from(name)
}
