//! `tablica work` as a process of its own, as it runs on another machine, and what it started.

use std::fs;
use std::process::{Child, Command, Stdio};

use server::config::Config;
use tempfile::TempDir;

/// The program `tablica` as it was built.
pub fn program() -> String {
    std::env::var("TABLICA_PROGRAM").expect("TABLICA_PROGRAM: run the tests with `cargo xtask test`")
}

/// A running `tablica work`. Dropping it kills it.
pub struct WorkProcess {
    child: Child,
    _folder: TempDir,
}

impl WorkProcess {
    /// On the database and the object store of these settings, which must name both.
    pub fn start(config: &Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new(program())
            .args(["--data".as_ref(), folder.path().as_os_str()])
            .arg("work")
            .env("RUST_LOG", "warn")
            .env("TABLICA_DATABASE_URL", &config.database_url)
            .env("TABLICA_DATABASE_CONNECTIONS", "6")
            .env("TABLICA_DATABASE_WAIT_SECONDS", config.database_wait_seconds.to_string())
            .env("TABLICA_S3_ENDPOINT", &config.s3_endpoint)
            .env("TABLICA_S3_REGION", &config.s3_region)
            .env("TABLICA_S3_BUCKET", &config.s3_bucket)
            .env("TABLICA_S3_ACCESS_KEY", &config.s3_access_key)
            .env("TABLICA_S3_SECRET_KEY", &config.s3_secret_key)
            .env("TABLICA_FILM_SILENCE_SECONDS", config.film_silence_seconds.to_string())
            .env("TABLICA_SECOND_CODEC", if config.second_codec.codec().is_some() { "av1" } else { "none" })
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, _folder: folder }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The transcoding programs that it runs now.
    pub fn transcoders(&self) -> Vec<u32> {
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            // Of all the others nothing more is read: this is asked many times a second.
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            if !name.starts_with("tablica-transc") {
                continue;
            }
            let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let field = |name: &str| {
                status.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
            };
            let ours = field("PPid:").and_then(|parent| parent.parse().ok()) == Some(self.pid());
            let ended = field("State:").is_some_and(|state| state.starts_with('Z'));
            if ours && !ended {
                found.push(pid);
            }
        }
        found
    }

    /// Waits until it runs one. `None` after two minutes.
    pub async fn transcoder(&self) -> Option<u32> {
        for _ in 0..6000 {
            if let Some(pid) = self.transcoders().first() {
                return Some(*pid);
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        None
    }
}

impl Drop for WorkProcess {
    fn drop(&mut self) {
        // One that was stopped is killed all the same.
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Sends a signal (`KILL`, `STOP`, `CONT`); a process that is gone by now is fine.
pub fn signal(name: &str, pid: u32) {
    let _gone = Command::new("sh").args(["-c", &format!("kill -{name} {pid} 2>/dev/null")]).status().unwrap();
}
