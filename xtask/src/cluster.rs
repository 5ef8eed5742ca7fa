//! A private PostgreSQL cluster on a unix socket, apart from every cluster of the system: one that
//! lives as long as a value ([`Temporary`]) and the means to make a lasting one (`database.rs`).
//!
//! Durability is switched off: these hold nothing that cannot be made again. The server's own
//! embedded cluster is another thing and belongs to `base`.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::process;
use crate::service_user::{ServiceUser, command_as, give, is_root, others_can_reach, service_user};

/// The superuser that owns everything in a private cluster.
pub const OWNER: &str = "tablica_owner";

/// The longest path that fits a unix socket address, less the name of the socket in its folder.
pub const LONGEST_SOCKET_FOLDER: usize = 107 - "/.s.PGSQL.5432".len();

const START_TIME: Duration = Duration::from_secs(60);
const STOP_TIME: Duration = Duration::from_secs(30);

/// What the folder of a temporary cluster is called; the number of our process and one more follow.
const PREFIX: &str = "tablica-cluster-";

/// Settings of a cluster whose content may be lost.
const SETTINGS: &str = "
listen_addresses = ''
port = 5432
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 256MB
shared_buffers = 128MB
max_connections = 300
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
";

/// A cluster that is stopped and removed when the value is dropped, or when we are killed.
pub struct Temporary {
    folder: PathBuf,
    socket: PathBuf,
    programs: PathBuf,
    server: Child,
}

impl Temporary {
    /// Makes a cluster in a new folder for temporary files, starts it and waits until it answers.
    ///
    /// # Errors
    /// When PostgreSQL is not installed, or does not start within a minute (its log is quoted).
    pub fn start() -> Result<Temporary> {
        let programs = programs()?;
        let user = service_user()?;
        let folder = new_folder()?;
        give(user, &folder)?;
        match make_and_start(&programs, user, &folder) {
            Ok(server) => {
                let socket = folder.join("socket");
                let cluster = Temporary { folder, socket, programs, server };
                cluster.wait_until_ready()?;
                Ok(cluster)
            }
            Err(error) => {
                let _left_behind = std::fs::remove_dir_all(&folder);
                Err(error)
            }
        }
    }

    /// The address of one database of the cluster, for [`OWNER`].
    pub fn address(&self, database: &str) -> String {
        address(&self.socket, database)
    }

    /// Makes a database and applies every migration to it.
    ///
    /// # Errors
    /// When a migration fails: the message names the file and the line.
    pub fn migrated(&self, database: &str, migrations: &Path) -> Result<String> {
        create_migrated(&self.programs, &self.socket, database, migrations)
    }

    fn wait_until_ready(&self) -> Result<()> {
        wait_until_ready(&self.programs, &self.socket)
            .with_context(|| std::fs::read_to_string(self.folder.join("log")).unwrap_or_default())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let server = Pid::from_child(&self.server);
        let begun = Instant::now();
        let mut signal = Some(Signal::INT);
        loop {
            if let Some(signal) = signal.take() {
                let _gone_already = kill_process(server, signal);
            }
            match self.server.try_wait() {
                Ok(None) if begun.elapsed() < STOP_TIME => std::thread::sleep(Duration::from_millis(50)),
                Ok(None) => {
                    let _gone_already = kill_process(server, Signal::QUIT);
                    let _status = self.server.wait();
                    break;
                }
                Ok(Some(_)) | Err(_) => break,
            }
        }
        let _left_behind = std::fs::remove_dir_all(&self.folder);
    }
}

/// The folder with the newest installed server's programs (15 or newer).
///
/// # Errors
/// When there is none: the message says what to install.
pub fn programs() -> Result<PathBuf> {
    installed_programs().context(
        "PostgreSQL 15 or newer is not installed (looked in /usr/lib/postgresql/*/bin and on the PATH)",
    )
}

/// The folder with the newest installed server's programs (15 or newer), if there is one.
pub fn installed_programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok();
    let newest = versions
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(version, programs)| *version >= 15 && programs.join("initdb").is_file())
        .max();
    if let Some((_, programs)) = newest {
        return Some(programs);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// The address of one database for [`OWNER`], as libpq and sqlx understand it.
pub fn address(socket: &Path, database: &str) -> String {
    format!("postgres:///{database}?host={}&user={OWNER}", socket.display())
}

/// Runs `initdb` into `folder/data` as the service user, with the settings of a throw-away cluster.
///
/// # Errors
/// When `initdb` fails; what it said is quoted.
pub fn initialise(programs: &Path, user: Option<ServiceUser>, folder: &Path, socket: &Path) -> Result<()> {
    let data = folder.join("data");
    let mut initdb = command_as(user, &programs.join("initdb"));
    initdb
        .args(["--username", OWNER, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"])
        .args([
            "--locale=C.UTF-8",
            "--locale-provider=icu",
            "--icu-locale=pl",
            "--no-sync",
            "--no-instructions",
        ])
        .arg("--pgdata")
        .arg(&data)
        .current_dir("/");
    process::answer(&mut initdb)?;
    let settings = data.join("postgresql.auto.conf");
    let text = format!("{SETTINGS}unix_socket_directories = '{}'\n", socket.display());
    std::fs::write(&settings, text).context("writing the settings of the cluster")?;
    give(user, &settings)
}

/// Waits until the server on this socket takes connections.
///
/// # Errors
/// When it does not within a minute, or we were asked to stop.
pub fn wait_until_ready(programs: &Path, socket: &Path) -> Result<()> {
    let begun = Instant::now();
    while !is_ready(programs, socket) {
        process::stop_if_asked()?;
        if begun.elapsed() > START_TIME {
            bail!("PostgreSQL did not start within {} seconds", START_TIME.as_secs());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Whether a server on this socket takes connections.
pub fn is_ready(programs: &Path, socket: &Path) -> bool {
    let mut ask = Command::new(programs.join("pg_isready"));
    ask.arg("--quiet").arg("--host").arg(socket).args(["--username", OWNER, "--dbname", "postgres"]);
    process::answer(&mut ask).is_ok()
}

/// Makes a database anew and applies every migration to it; answers its address.
///
/// # Errors
/// When a migration fails: the message names the file and the line.
pub fn create_migrated(programs: &Path, socket: &Path, database: &str, migrations: &Path) -> Result<String> {
    sql(programs, socket, "postgres", &format!("drop database if exists {database} with (force)"))?;
    sql(programs, socket, "postgres", &format!("create database {database}"))?;
    for migration in migration_files(migrations)? {
        let mut apply = psql(programs, socket, database);
        apply.arg("--single-transaction").arg("--file").arg(&migration);
        process::answer(&mut apply).with_context(|| format!("applying {}", migration.display()))?;
    }
    Ok(address(socket, database))
}

/// Makes the role the server works as; the migrations grant it what it may do.
///
/// # Errors
/// When the server refuses.
pub fn create_roles(programs: &Path, socket: &Path) -> Result<()> {
    let statement = "do $$ begin
        if not exists (select from pg_roles where rolname = 'tablica_app') then
            create role tablica_app login nosuperuser nocreatedb nocreaterole nobypassrls;
        end if;
    end $$";
    sql(programs, socket, "postgres", statement).map(drop)
}

/// Runs one statement and answers what it printed, without headings.
///
/// # Errors
/// When the server refuses the statement.
pub fn sql(programs: &Path, socket: &Path, database: &str, statement: &str) -> Result<String> {
    process::answer(psql(programs, socket, database).arg("--command").arg(statement))
}

/// The migrations in the order of their names.
///
/// # Errors
/// When the folder cannot be read.
pub fn migration_files(migrations: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(migrations).with_context(|| format!("reading {}", migrations.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let is_sql = path.extension().is_some_and(|ending| ending == "sql");
        if is_sql && !path.to_string_lossy().ends_with(".down.sql") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn psql(programs: &Path, socket: &Path, database: &str) -> Command {
    let mut command = Command::new(programs.join("psql"));
    command
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"])
        .args(["--username", OWNER, "--dbname", database, "--host"])
        .arg(socket)
        .env("PGOPTIONS", "--client-min-messages=warning");
    command
}

fn make_and_start(programs: &Path, user: Option<ServiceUser>, folder: &Path) -> Result<Child> {
    let socket = folder.join("socket");
    private_folder(user, &socket)?;
    initialise(programs, user, folder, &socket)?;
    let log = std::fs::File::create(folder.join("log")).context("creating the log of the cluster")?;
    // `setpriv` is part of util-linux: if we are killed the cluster is told to stop.
    let mut command = command_as(user, Path::new("setpriv"));
    command
        .args(["--pdeathsig", "INT"])
        .arg(programs.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let server = command.spawn().context("starting PostgreSQL")?;
    create_roles_when_ready(programs, &socket, server)
}

fn create_roles_when_ready(programs: &Path, socket: &Path, mut server: Child) -> Result<Child> {
    let made = wait_until_ready(programs, socket).and_then(|()| create_roles(programs, socket));
    if made.is_err() {
        let _gone_already = server.kill();
        let _status = server.wait();
    }
    made.map(|()| server)
}

/// Makes a folder that only the service user (or we) can enter.
///
/// # Errors
/// When it exists already or cannot be made.
pub fn private_folder(user: Option<ServiceUser>, folder: &Path) -> Result<()> {
    DirBuilder::new().mode(0o700).create(folder).with_context(|| format!("creating {}", folder.display()))?;
    give(user, folder)
}

/// A new folder of ours among the temporary files, with a path short enough for a socket in it.
fn new_folder() -> Result<PathBuf> {
    let usable = |place: &PathBuf| {
        place.is_dir()
            && place.as_os_str().len() + 40 < LONGEST_SOCKET_FOLDER
            && (!is_root() || others_can_reach(place))
    };
    let place = [std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")]
        .into_iter()
        .find(usable)
        .context("no folder for temporary files that the user postgres can reach")?;
    remove_leftovers(&place);
    for number in 0..1000 {
        let folder = place.join(format!("{PREFIX}{}-{number}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("creating {}", folder.display())),
        }
    }
    bail!("no free name for a temporary folder in {}", place.display())
}

/// Removes the folders of runs that were killed before they could do so.
fn remove_leftovers(place: &Path) {
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        if let Some(process) = process.and_then(|number| number.parse::<u32>().ok())
            && !Path::new("/proc").join(process.to_string()).exists()
        {
            let _not_ours = std::fs::remove_dir_all(entry.path());
        }
    }
}
