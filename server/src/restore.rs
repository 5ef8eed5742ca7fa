//! `tablica restore`: fills an empty installation from a copy: the objects first, then the database in one transaction, so
//! that no row names what is not there; then the migrations that came since.
#![expect(clippy::print_stdout, reason = "commands for the terminal")]

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use base::blob::PART_BYTES;
use base::owner::Owner;
use base::{Actor, Blobs, Clock, Db, audit, db as schema};
use clap::Args;
use futures::{StreamExt as _, TryStreamExt as _};
use identity::{InstallationAdmin, organisation};
use serde_json::json;
use tokio::io::AsyncReadExt as _;

use crate::backup::check;
use crate::backup::manifest::{self, DATABASE, Manifest, Object};
use crate::backup::progress::Progress;
use crate::config::Config;
use crate::footing::{self, Footing};

/// Objects stored side by side.
const SIDE_BY_SIDE: usize = 4;

/// What is restored, and where to.
#[derive(Debug, Args)]
pub struct Order {
    /// The folder of the copy.
    pub folder: PathBuf,
    /// The data folder to fill: the same as --data.
    #[arg(long)]
    pub into: Option<PathBuf>,
}

/// Does it and says what to do next.
pub async fn obey(order: &Order, config: &Config) -> anyhow::Result<()> {
    let manifest = restore(&order.folder, config, Clock::system()).await?;
    println!("restored: {}", manifest.summary());
    for key in &manifest.vanished {
        println!("was deleted while the copy was made, so a page may miss it: {key}");
    }
    println!(
        "Everybody signs in as they did at {}. Whoever was suspended, erased or given a new password since is not, and \
         letters that had not been sent then are sent when `tablica serve` runs.",
        manifest.taken_at
    );
    Ok(())
}

/// Fills the installation of `config` from the copy in `folder`, after every byte of it was checked.
///
/// Errors: a sentence; the copy is damaged or newer than this program, or the installation is not empty. What is embedded is
/// then as empty as it was.
pub async fn restore(folder: &Path, config: &Config, clock: Clock) -> anyhow::Result<Manifest> {
    let manifest = Manifest::read(folder)?;
    if manifest.migration > schema::newest_migration() {
        bail!(
            "the copy is newer than this program: it was made by tablica {} (migration {}, here {}); install that one first",
            manifest.program,
            manifest.migration,
            schema::newest_migration()
        );
    }
    let hold = footing::take(config)?;
    empty(config)?;
    let (_, faults) = check::check(folder).await?;
    if !faults.is_empty() {
        bail!("the copy is damaged; nothing was restored:\n  {}", faults.join("\n  "));
    }
    let mark = footing::unfinished(config);
    std::fs::write(&mark, "a restore into this folder has not ended\n")?;
    let done = async {
        let footing = Footing::for_restore(config, hold).await?;
        let filled = fill(folder, &manifest, config, clock, &footing).await;
        footing.end().await;
        filled
    }
    .await;
    if done.is_err() {
        sweep(config)?;
    }
    std::fs::remove_file(&mark)?;
    done.map(|()| manifest)
}

/// Errors: something is there already.
fn empty(config: &Config) -> anyhow::Result<()> {
    if footing::unfinished(config).exists() {
        sweep(config)?;
    }
    for part in parts(config) {
        if part.exists() {
            bail!(
                "{} is there already: a copy is restored into an empty folder only; name another with --into",
                part.display()
            );
        }
    }
    Ok(())
}

/// What is embedded, and so made by a restore.
fn parts(config: &Config) -> Vec<PathBuf> {
    let mut parts = Vec::new();
    if config.database_url.is_empty() {
        parts.push(config.data_dir.join("postgres"));
    }
    if config.s3_endpoint.is_empty() {
        parts.push(config.data_dir.join("objects"));
    }
    parts
}

fn sweep(config: &Config) -> anyhow::Result<()> {
    for part in parts(config) {
        if part.exists() {
            std::fs::remove_dir_all(&part).with_context(|| part.display().to_string())?;
        }
    }
    Ok(())
}

async fn fill(
    folder: &Path,
    manifest: &Manifest,
    config: &Config,
    clock: Clock,
    footing: &Footing,
) -> anyhow::Result<()> {
    let owner = footing.owner()?;
    let state = owner.state().await.context("the database does not answer to the owner of its tables")?;
    if state.relations > 0 {
        bail!(
            "the database has {} tables already: a copy is restored into an empty one only",
            state.relations
        );
    }
    if state.role != manifest.owner {
        bail!(
            "the tables of the copy belong to the role {}, and its policies name it: connect as a role of that name \
             (database_owner_url), not as {}",
            manifest.owner,
            state.role
        );
    }
    if !footing.blobs.entries("").await?.is_empty() {
        bail!("the bucket {} is not empty: a copy is restored into an empty one only", config.s3_bucket);
    }
    // Tried before anything is written: a role of that name may have another password.
    schema::make_server_role(owner.options()).await?;
    let wait = std::time::Duration::from_secs(config.database_wait_seconds);
    let db = Db::open(footing.server.clone(), 2, wait, clock).await;
    let db = db.context("the server's role cannot connect")?;
    let poured = pour(folder, manifest, &db, footing, &owner).await;
    db.close().await;
    if poured.is_err() {
        for object in &manifest.objects {
            footing.blobs.delete(&object.key).await?;
        }
    }
    poured
}

async fn pour(
    folder: &Path,
    manifest: &Manifest,
    db: &Db,
    footing: &Footing,
    owner: &Owner,
) -> anyhow::Result<()> {
    let bytes = manifest.objects.iter().map(|object| object.piece.size_bytes).sum();
    let progress = Progress::new("objects", bytes);
    futures::stream::iter(&manifest.objects)
        .map(|object| store(&footing.blobs, folder, object, &progress))
        .buffer_unordered(SIDE_BY_SIDE)
        .try_collect::<()>()
        .await?;
    progress.end();
    owner.load(&folder.join(DATABASE)).await?;
    schema::migrate(owner.options())
        .await
        .context("the restored database could not be brought up to date")?;
    println!("database: 100 %");
    sound(db, manifest).await
}

/// The walls stand, and every organisation's audit says what happened.
async fn sound(db: &Db, manifest: &Manifest) -> anyhow::Result<()> {
    let holes = db.audit_walls().await?;
    if !holes.is_empty() {
        bail!("the walls of the restored database have holes:\n  {}", holes.join("\n  "));
    }
    let mut tx = db.begin(&Actor::installation("restore")).await?;
    let all = organisation::all(&mut tx, &InstallationAdmin::at_the_terminal()).await?;
    for organisation in all {
        tx.speak_for(&Actor::job("terminal", organisation.id)).await?;
        let detail = json!({ "taken_at": manifest.taken_at });
        audit::record(&mut tx, "restored", "organisation", organisation.id.0, detail).await?;
    }
    Ok(tx.commit().await?)
}

async fn store(blobs: &Blobs, folder: &Path, object: &Object, progress: &Progress) -> anyhow::Result<()> {
    let path = manifest::path_of(folder, &object.key).context("a key that leaves the folder")?;
    let mut file = tokio::fs::File::open(&path).await.with_context(|| path.display().to_string())?;
    let (key, media_type) = (object.key.as_str(), object.media_type.as_str());
    if object.piece.size_bytes <= PART_BYTES as u64 {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).await?;
        progress.add(bytes.len() as u64);
        return Ok(blobs.put(key, media_type, bytes).await?);
    }
    let id = blobs.begin_parts(key, media_type).await?;
    let mut parts = Vec::new();
    for number in 1.. {
        let mut bytes = Vec::with_capacity(PART_BYTES);
        (&mut file).take(PART_BYTES as u64).read_to_end(&mut bytes).await?;
        if bytes.is_empty() {
            break;
        }
        progress.add(bytes.len() as u64);
        parts.push((number, blobs.put_part(key, &id, number, bytes.into()).await?));
    }
    Ok(blobs.join_parts(key, &id, parts).await?)
}
