//! `.sqlx/`: the descriptions of all `query!` texts, so that the program builds without a database.
//!
//! sqlx's macros describe a query against `DATABASE_URL` and write a file to `SQLX_OFFLINE_DIR`, but
//! only while they are expanded. So the files that hold such macros are made to look changed for as
//! long as the compiler runs, and look as old as before afterwards: nothing else is built again.

use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::cluster::{Temporary, migration_files};
use crate::{process, sources, toolchain};

/// Descriptions by file name.
type Descriptions = BTreeMap<String, Vec<u8>>;

/// Writes `.sqlx/` anew.
///
/// # Errors
/// When a migration or a query is wrong, or the folder cannot be written.
pub fn write(root: &Path) -> Result<()> {
    let cluster = Temporary::start()?;
    let made = describe(root, &cluster, &["check", "--workspace", "--all-targets"])?;
    let folder = root.join(".sqlx");
    std::fs::create_dir_all(&folder)?;
    let old = read(&folder)?;
    for name in old.keys().filter(|name| !made.contains_key(*name)) {
        std::fs::remove_file(folder.join(name))?;
    }
    for (name, content) in made.iter().filter(|(name, content)| old.get(*name) != Some(content)) {
        std::fs::write(folder.join(name), content)?;
    }
    println!("{} queries are described in .sqlx", made.len());
    Ok(())
}

/// Compares `.sqlx/` with what the queries and the migrations say now.
///
/// # Errors
/// Lists every description that is missing, left over or different.
pub fn compare(root: &Path) -> Result<()> {
    let cluster = Temporary::start()?;
    let made = describe(root, &cluster, &["check", "--workspace", "--all-targets"])?;
    same(root, &made)
}

/// Runs clippy on everything; when queries, migrations or descriptions changed since the last time
/// that was good, against a database, so that the same run compares `.sqlx/`.
///
/// # Errors
/// When clippy finds anything, or as [`compare`].
pub fn clippy_and_compare(root: &Path, cluster: &Temporary) -> Result<()> {
    let clippy = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
    let stamp = toolchain::target_folder(root).join("sqlx-compared");
    let state = state(root)?;
    if std::fs::read_to_string(&stamp).is_ok_and(|last| last == state) {
        return process::run(toolchain::cargo(root).args(clippy));
    }
    let made = describe(root, cluster, &clippy)?;
    same(root, &made)?;
    std::fs::write(&stamp, state).context("remembering that .sqlx was compared")
}

/// Runs cargo so that every query is described against a database with today's migrations.
fn describe(root: &Path, cluster: &Temporary, arguments: &[&str]) -> Result<Descriptions> {
    let address = cluster.migrated("queries", &root.join("migrations"))?;
    let folder = toolchain::target_folder(root).join("sqlx-described");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let mut cargo: Command = toolchain::cargo(root);
    cargo
        .args(arguments)
        .env_remove("SQLX_OFFLINE")
        .env("DATABASE_URL", address)
        .env("SQLX_OFFLINE_DIR", &folder);
    let touched = Touched::with_queries(root, &folder)?;
    let outcome = process::run(&mut cargo);
    drop(touched);
    outcome?;
    read(&folder)
}

fn same(root: &Path, made: &Descriptions) -> Result<()> {
    let folder = root.join(".sqlx");
    let kept = if folder.is_dir() { read(&folder)? } else { Descriptions::new() };
    let mut wrong = Vec::new();
    for (name, content) in made {
        match kept.get(name) {
            None => wrong.push(format!("missing   {name}  {}", text_of(content))),
            Some(old) if old != content => wrong.push(format!("different {name}  {}", text_of(content))),
            Some(_) => {}
        }
    }
    for (name, content) in kept.iter().filter(|(name, _)| !made.contains_key(*name)) {
        wrong.push(format!("left over {name}  {}", text_of(content)));
    }
    if !wrong.is_empty() {
        bail!(
            ".sqlx is not what the queries say; run `cargo xtask prepare` and commit it:\n{}",
            wrong.join("\n")
        );
    }
    Ok(())
}

/// The first line of the query that a description is of.
fn text_of(description: &[u8]) -> String {
    let text = String::from_utf8_lossy(description);
    let query = text.split_once("\"query\": \"").map_or("", |(_, rest)| rest);
    let line = query.split("\\n").map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.trim_end().trim_end_matches(['"', ',']).chars().take(80).collect()
}

fn read(folder: &Path) -> Result<Descriptions> {
    let mut descriptions = Descriptions::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("query-") && name.ends_with(".json") {
            descriptions.insert(name, std::fs::read(entry.path())?);
        }
    }
    Ok(descriptions)
}

/// Changes with any source, migration, description or version.
fn state(root: &Path) -> Result<String> {
    let mut files = sources::with_ending(root, "rs")?;
    files.extend(migration_files(&root.join("migrations"))?);
    files.extend(["Cargo.lock", "rust-toolchain.toml"].map(|name| root.join(name)));
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?.hash(&mut hasher);
    }
    let folder = root.join(".sqlx");
    if folder.is_dir() {
        read(&folder)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Files that look changed until the value is dropped.
struct Touched {
    now: SystemTime,
    files: Vec<(PathBuf, SystemTime)>,
}

impl Touched {
    fn with_queries(root: &Path, place: &Path) -> Result<Touched> {
        let now = File::create(place.join("now"))?.metadata()?.modified()?;
        let mut touched = Touched { now, files: Vec::new() };
        for file in sources::with_ending(root, "rs")? {
            let text = std::fs::read_to_string(&file)?;
            if text.contains("query") && text.contains('!') {
                let before = file.metadata()?.modified()?;
                File::options().append(true).open(&file)?.set_modified(now)?;
                touched.files.push((file, before));
            }
        }
        Ok(touched)
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        for (file, before) in &self.files {
            // A file that was written to in the meantime really is new.
            let unchanged =
                file.metadata().and_then(|about| about.modified()).is_ok_and(|time| time == self.now);
            if unchanged && let Ok(open) = File::options().append(true).open(file) {
                let _looks_new_at_worst = open.set_modified(*before);
            }
        }
    }
}
