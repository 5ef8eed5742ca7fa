//! Where `cargo xtask up` keeps everything that is entered: one folder.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::service_user::{is_root, others_can_reach};

/// The data folder: the one asked for, else `data` in the repository, else (we are root and the user
/// postgres could not get there) among the system's variable data.
///
/// # Errors
/// When we are root and the user postgres could not get to the folder asked for.
pub fn choose(root: &Path, asked: Option<&Path>) -> Result<PathBuf> {
    if let Some(folder) = asked {
        let folder = std::path::absolute(folder)?;
        if is_root() && !reachable(&folder) {
            bail!(
                "{} cannot hold the data: as root the database runs as the user postgres, who may not pass every \
                 folder on the way there; choose another with --data, or run as an ordinary user",
                folder.display()
            );
        }
        return Ok(folder);
    }
    let ours = root.join("data");
    if is_root() && !reachable(&ours) {
        return Ok(PathBuf::from("/var/lib/tablica"));
    }
    Ok(ours)
}

/// A data folder for measuring: in `target/bench`, else (we are root and the user postgres could not get there)
/// among the files that stay over a restart.
///
/// # Errors
/// When it cannot be made.
pub fn scratch(root: &Path, name: &str) -> Result<PathBuf> {
    let ours = root.join("target/bench");
    std::fs::create_dir_all(&ours)?;
    let there = ours.join(name);
    if is_root() && !reachable(&there) {
        return Ok(PathBuf::from("/var/tmp").join(format!("tablica-bench-{name}")));
    }
    Ok(there)
}

/// The folder itself may be closed (it belongs to the database's user); those above it may not.
fn reachable(folder: &Path) -> bool {
    folder.parent().is_none_or(others_can_reach)
}

#[cfg(test)]
mod tests {
    use super::reachable;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_closed_folder_on_the_way_is_noticed_and_the_last_one_may_be_closed() {
        let top = std::env::temp_dir().join(format!("tablica-reach-{}", std::process::id()));
        let inner = top.join("inner");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::set_permissions(&inner, PermissionsExt::from_mode(0o700)).unwrap();
        assert!(reachable(&inner));
        assert!(!reachable(&inner.join("data")));
        std::fs::remove_dir_all(&top).unwrap();
    }
}
