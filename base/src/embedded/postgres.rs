//! The embedded PostgreSQL: a private cluster in the data folder, reached by a unix socket, from the server binaries
//! that the machine has. It runs as the service user `postgres` when we are root (initdb refuses root).

use std::io::{Error, ErrorKind, Result};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};

/// The role that owns the tables of the embedded cluster.
pub const OWNER_ROLE: &str = "tablica_owner";
const DATABASE: &str = "tablica";
/// A unix socket's path holds 107 bytes (unix(7)); the socket's own name takes some of them.
const SOCKET_FOLDER_BYTES: usize = 85;

/// A running private cluster. It is stopped by `stop`, or by the kernel when this process dies.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    child: Child,
    socket: PathBuf,
}

#[derive(Clone, Copy, Debug)]
struct ServiceUser {
    user: u32,
    group: u32,
}

impl EmbeddedPostgres {
    /// Starts the cluster in `folder` (made at first start) and waits until it answers.
    ///
    /// Errors, as sentences for the person at the terminal: no server binaries, no service user, a folder that the
    /// service user cannot reach, a cluster that does not come up (with the end of its log).
    pub async fn start(folder: &Path) -> Result<Self> {
        let programs = programs()?;
        let service = service_user()?;
        let cluster = folder.join("cluster");
        let socket = socket_folder(folder)?;
        for made in [folder, &socket] {
            std::fs::create_dir_all(made)?;
            std::fs::set_permissions(made, std::fs::Permissions::from_mode(0o700))?;
            if let Some(service) = service {
                std::os::unix::fs::chown(made, Some(service.user), Some(service.group))?;
            }
        }
        reachable(folder, service)?;
        if !cluster.join("PG_VERSION").exists() {
            initialise(&programs, service, &cluster)?;
        }
        let log = folder.join("postgres.log");
        let mut server = Self { child: launch(&programs, service, &cluster, &socket, &log)?, socket };
        if let Err(error) = server.answer().await {
            server.stop();
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            let end: Vec<&str> = log.lines().rev().take(8).collect();
            let end = end.into_iter().rev().collect::<Vec<_>>().join("\n  ");
            return Err(Error::other(format!("the embedded PostgreSQL did not start: {error}\n  {end}")));
        }
        Ok(server)
    }

    /// The address at which the owner of the tables reaches the cluster that runs in `folder`, whichever program started it.
    pub fn owner_address(folder: &Path) -> Result<String> {
        let socket = socket_folder(folder)?;
        let socket = utf8_percent_encode(&socket.to_string_lossy(), NON_ALPHANUMERIC).to_string();
        Ok(format!("postgres:///{DATABASE}?host={socket}&port=5432&user={OWNER_ROLE}"))
    }

    /// How the server's role connects to the cluster that another program runs in `folder`.
    pub fn running(folder: &Path) -> Result<PgConnectOptions> {
        Ok(at(&socket_folder(folder)?).username(crate::db::SERVER_ROLE).database(DATABASE))
    }

    /// How the owner of the tables connects (migrations only).
    pub fn owner(&self) -> PgConnectOptions {
        at(&self.socket).username(OWNER_ROLE).database(DATABASE)
    }

    /// How the server's role connects.
    pub fn server(&self) -> PgConnectOptions {
        at(&self.socket).username(crate::db::SERVER_ROLE).database(DATABASE)
    }

    /// Waits for the first answer and makes the database.
    async fn answer(&mut self) -> Result<()> {
        let options = at(&self.socket).username(OWNER_ROLE).database("postgres");
        let mut last = String::new();
        for _ in 0..300 {
            if let Some(status) = self.child.try_wait()? {
                return Err(Error::other(format!("it ended with {status}")));
            }
            match PgConnection::connect_with(&options).await {
                Ok(mut connection) => {
                    let made = sqlx::query("create database tablica").execute(&mut connection).await;
                    return match made {
                        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P04") => {
                            Ok(())
                        }
                        Err(error) => Err(Error::other(error)),
                        Ok(_) => Ok(()),
                    };
                }
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(Error::new(ErrorKind::TimedOut, format!("no answer in 30 s: {last}")))
    }

    /// Stops the cluster at once but in order (fast shutdown), waits at most a minute: what it still has to write may take a slow disk
    /// that long, and killed it would have to mend itself at the next start.
    pub fn stop(&mut self) {
        let Ok(pid) = i32::try_from(self.child.id()) else { return };
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        // Through the program `kill`, so that this crate needs no unsafe code.
        let _asked = Command::new("kill").args(["-INT", &pid.to_string()]).status();
        for _ in 0..600 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _last_resort = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Drop for EmbeddedPostgres {
    fn drop(&mut self) {
        self.stop();
    }
}

fn at(socket: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass().socket(socket).port(5432)
}

/// The folder with `initdb` and `postgres`.
fn programs() -> Result<PathBuf> {
    folder_with("postgres").ok_or_else(|| {
        Error::new(
            ErrorKind::NotFound,
            "no PostgreSQL server (15 or newer) is installed; `apt-get install postgresql` brings it, or set database_url",
        )
    })
}

/// The folder with the PostgreSQL program of this name, version 15 or newer: the newest that the machine has.
pub(crate) fn folder_with(program: &str) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("TABLICA_POSTGRES_BIN") {
        return Some(folder.into());
    }
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        for version in versions.flatten() {
            let number = version.file_name().to_string_lossy().parse::<u32>().unwrap_or(0);
            let programs = version.path().join("bin");
            if number >= 15 && programs.join(program).exists() {
                found.push((number, programs));
            }
        }
    }
    found.sort();
    found.pop().map(|(_, programs)| programs)
}

/// The user to drop to when we are root.
fn service_user() -> Result<Option<ServiceUser>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let effective = status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))
        .and_then(|ids| ids.split_whitespace().nth(1));
    if effective != Some("0") {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    users
        .lines()
        .find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some("postgres")).then_some(())?;
            Some(ServiceUser { user: fields.nth(1)?.parse().ok()?, group: fields.next()?.parse().ok()? })
        })
        .map(Some)
        .ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                "there is no user `postgres` for the embedded PostgreSQL to run as",
            )
        })
}

/// The service user must be able to walk to the folder.
fn reachable(folder: &Path, service: Option<ServiceUser>) -> Result<()> {
    if service.is_none() {
        return Ok(());
    }
    let folder = folder.canonicalize()?;
    for parent in folder.ancestors().skip(1) {
        if std::fs::metadata(parent)?.permissions().mode() & 0o001 == 0 {
            return Err(Error::new(
                ErrorKind::PermissionDenied,
                format!(
                    "the user postgres cannot enter {}; put the data folder elsewhere, such as /var/lib/tablica",
                    parent.display()
                ),
            ));
        }
    }
    Ok(())
}

/// The folder of the socket: in the data folder, or, when its path is too long for a socket, under /tmp.
fn socket_folder(folder: &Path) -> Result<PathBuf> {
    let folder = if folder.is_absolute() { folder.to_owned() } else { std::env::current_dir()?.join(folder) };
    let near = folder.join("socket");
    if near.as_os_str().as_bytes().len() <= SOCKET_FOLDER_BYTES {
        return Ok(near);
    }
    use sha2::Digest as _;
    let hash = sha2::Sha256::digest(folder.as_os_str().as_bytes());
    Ok(std::env::temp_dir().join(format!("tablica-{}", &crate::id::base64_encode(&hash)[..16])))
}

fn command(program: PathBuf, service: Option<ServiceUser>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir("/")
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null());
    if let Some(service) = service {
        command.uid(service.user).gid(service.group);
    }
    command
}

/// `initdb` with Polish ICU collation, so that ć and ż sort right.
fn initialise(programs: &Path, service: Option<ServiceUser>, cluster: &Path) -> Result<()> {
    let made = command(programs.join("initdb"), service)
        .arg("-D")
        .arg(cluster)
        .args([
            "-U",
            OWNER_ROLE,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--locale-provider=icu",
            "--icu-locale=pl",
        ])
        .args(["--auth-local=trust", "--auth-host=reject"])
        .output()?;
    if made.status.success() {
        return Ok(());
    }
    Err(Error::other(format!("initdb failed: {}", String::from_utf8_lossy(&made.stderr).trim())))
}

/// Starts the server as our child, in a group of its own (Ctrl-C is ours to pass on), tied to our life by `setpriv`.
///
/// The tie is to the thread that starts it, so that thread lives as long as this process.
fn launch(
    programs: &Path,
    service: Option<ServiceUser>,
    cluster: &Path,
    socket: &Path,
    log: &Path,
) -> Result<Child> {
    let mut command = command("setpriv".into(), None);
    if let Some(ServiceUser { user, group }) = service {
        command.arg(format!("--reuid={user}")).arg(format!("--regid={group}")).arg("--clear-groups");
    }
    command.args(["--pdeathsig", "INT"]).arg(programs.join("postgres")).arg("-D").arg(cluster);
    command.arg("-k").arg(socket);
    for setting in [
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "max_connections=60",
        "shared_buffers=64MB",
        "log_timezone=UTC",
        "timezone=UTC",
    ] {
        command.arg("-c").arg(setting);
    }
    let log = std::fs::File::create(log)?;
    command.stdout(log.try_clone()?).stderr(log).process_group(0);
    let (send, receive) = mpsc::channel();
    std::thread::Builder::new().name("postgres".to_owned()).spawn(move || {
        if send.send(command.spawn()).is_ok() {
            loop {
                std::thread::park();
            }
        }
    })?;
    receive.recv().map_err(Error::other)?
}
