//! `cargo xtask database`: a developer's PostgreSQL that stays on, with the migrations applied, so
//! that `query!` can be checked against it while writing. Holds nothing that cannot be made again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cluster::{
    LONGEST_SOCKET_FOLDER, address, create_migrated, create_roles, initialise, is_ready, migration_files,
    private_folder, programs, sql,
};
use crate::process;
use crate::service_user::{command_as, is_root, others_can_reach, service_user};

const DATABASE: &str = "tablica_dev";

/// What is wanted of the developer's database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Running, with the migrations as they are now; made anew only when they have changed.
    Running,
    /// Made anew from the migrations in any case.
    Anew,
    /// Stopped; the files stay.
    Stopped,
}

/// Brings the developer's database into the state that is wanted; answers its address.
///
/// # Errors
/// When PostgreSQL is missing or does not start, or a migration fails.
pub fn database(root: &Path, wanted: Wanted) -> Result<String> {
    let programs = programs()?;
    let folder = folder(root)?;
    let socket = socket_folder(&folder)?;
    if wanted == Wanted::Stopped {
        if is_ready(&programs, &socket) {
            control(&programs, &folder, &["stop", "--mode=fast"])?;
        }
        return Ok("stopped".to_owned());
    }
    if !is_ready(&programs, &socket) {
        start(&programs, &folder, &socket)?;
    }
    let migrations = root.join("migrations");
    let state = state_of(&migrations)?;
    let has = sql(&programs, &socket, "postgres", STATE_QUERY)?;
    if wanted == Wanted::Anew || has.trim() != state {
        create_migrated(&programs, &socket, DATABASE, &migrations)?;
        sql(&programs, &socket, "postgres", &format!("comment on database {DATABASE} is '{state}'"))?;
    }
    Ok(address(&socket, DATABASE))
}

const STATE_QUERY: &str =
    "select shobj_description(oid, 'pg_database') from pg_database where datname = 'tablica_dev'";

fn start(programs: &Path, folder: &Path, socket: &Path) -> Result<()> {
    let user = service_user()?;
    if !folder.is_dir() {
        let parent = folder.parent().context("the folder of the database has no parent")?;
        std::fs::create_dir_all(parent)?;
        private_folder(user, folder)?;
    }
    if !socket.is_dir() {
        private_folder(user, socket)?;
    }
    if !folder.join("data").is_dir() {
        initialise(programs, user, folder, socket)?;
    }
    let log = folder.join("log").display().to_string();
    control(programs, folder, &["start", "--wait", "--log", &log])
        .with_context(|| format!("starting the developer's database; its log is {log}"))?;
    create_roles(programs, socket)
}

fn control(programs: &Path, folder: &Path, arguments: &[&str]) -> Result<()> {
    let mut pg_ctl = command_as(service_user()?, &programs.join("pg_ctl"));
    pg_ctl.args(arguments).arg("--silent").arg("--pgdata").arg(folder.join("data")).current_dir("/");
    // Not `answer`: the server keeps the output open for as long as it runs.
    process::run(pg_ctl.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()))
}

/// In `target`; where the user postgres cannot get there, among the system's variable data.
fn folder(root: &Path) -> Result<PathBuf> {
    let target = root.join("target");
    if is_root() && !others_can_reach(&target) {
        return Ok(Path::new("/var/lib/tablica-dev").join(short_hash(root)));
    }
    Ok(target.join("dev-database"))
}

fn socket_folder(folder: &Path) -> Result<PathBuf> {
    let socket = folder.join("socket");
    if socket.as_os_str().len() <= LONGEST_SOCKET_FOLDER {
        return Ok(socket);
    }
    Ok(std::env::temp_dir().join(format!("tablica-dev-{}", short_hash(folder))))
}

/// Changes when any migration changes.
fn state_of(migrations: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in migration_files(migrations)? {
        file.file_name().hash(&mut hasher);
        std::fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("migrations {:016x}", hasher.finish()))
}

fn short_hash(path: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
