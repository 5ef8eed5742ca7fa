//! Who runs PostgreSQL: ourselves, or, when we are root (whom initdb refuses), the system user
//! `postgres` that the distribution's package made.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// The user to drop to.
#[derive(Clone, Copy, Debug)]
pub struct ServiceUser {
    /// Number of the user.
    pub uid: u32,
    /// Number of its main group.
    pub gid: u32,
}

/// The user to drop to, `None` when we are an ordinary user and stay what we are.
///
/// # Errors
/// When we are root and the system has no user `postgres`.
pub fn service_user() -> Result<Option<ServiceUser>> {
    if !is_root() {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").context("reading the list of users")?;
    let user = users.lines().find_map(postgres_line).context(
        "we are root, PostgreSQL refuses to run as root, and there is no system user `postgres` to run it as; \
         installing the distribution's postgresql package makes that user",
    )?;
    Ok(Some(user))
}

/// Whether we are root.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A command that will run as the service user.
pub fn command_as(user: Option<ServiceUser>, program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid).env("HOME", "/");
    }
    command
}

/// Makes a file or folder belong to the service user.
///
/// # Errors
/// When the system refuses.
pub fn give(user: Option<ServiceUser>, path: &Path) -> Result<()> {
    if let Some(user) = user {
        std::os::unix::fs::chown(path, Some(user.uid), Some(user.gid))
            .with_context(|| format!("giving {} to the user postgres", path.display()))?;
    }
    Ok(())
}

/// Whether every existing folder on the way to `path` (and `path` itself) lets other users through.
/// Only asked for when we are root: the service user must reach its data.
pub fn others_can_reach(path: &Path) -> bool {
    path.ancestors().filter_map(|folder| folder.metadata().ok()).all(|about| about.mode() & 0o001 != 0)
}

fn postgres_line(line: &str) -> Option<ServiceUser> {
    let mut fields = line.split(':');
    if fields.next()? != "postgres" {
        return None;
    }
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    Some(ServiceUser { uid, gid })
}
