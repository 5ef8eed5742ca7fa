//! `tablica backup`: the whole installation as one folder that needs no other tool to look into. Its parts: what the folder
//! holds (`manifest`), writing one (`write`), reading one again byte by byte (`check`).
#![expect(clippy::print_stdout, reason = "commands for the terminal")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base::Clock;
use clap::Args;

use crate::config::Config;
use crate::footing::Footing;

pub mod check;
pub mod manifest;
pub mod progress;
mod unfinished;
pub mod write;

/// What is copied, and where to.
#[derive(Debug, Args)]
pub struct Order {
    /// The folder to make, or that of an earlier copy to bring up to date.
    pub folder: PathBuf,
    /// Reads a copy again and says whether every byte is what it was; writes nothing.
    #[arg(long)]
    pub check: bool,
    /// An earlier copy on the same disk: objects that it holds are shared with it instead of being stored twice.
    #[arg(long, conflicts_with = "check")]
    pub like: Option<PathBuf>,
}

/// Reads a copy again and prints what is wrong with it; answers failure when anything is.
///
/// Errors: it is no finished copy.
pub async fn check(folder: &Path) -> anyhow::Result<ExitCode> {
    let (manifest, faults) = check::check(folder).await?;
    for fault in &faults {
        println!("WRONG   {fault}");
    }
    if !faults.is_empty() {
        println!("{} of {} files are not what they were", faults.len(), manifest.objects.len() + 1);
        return Ok(ExitCode::FAILURE);
    }
    println!("{}: every byte is what it was. {}", folder.display(), manifest.summary());
    Ok(ExitCode::SUCCESS)
}

/// Makes a copy; `serve` may run meanwhile.
///
/// Errors: a sentence; nothing half-made has the name that was asked for.
pub async fn obey(order: &Order, config: &Config) -> anyhow::Result<()> {
    let footing = Footing::beside(config).await?;
    let written = async {
        let place = write::Place {
            owner: footing.owner()?,
            blobs: footing.blobs.clone(),
            clock: Clock::system(),
            data: config.data_dir.clone(),
        };
        write::write(&place, &order.folder, order.like.as_deref()).await
    }
    .await;
    footing.end().await;
    let written = written?;
    println!("{}: {}", order.folder.display(), written.manifest.summary());
    println!("new objects {}, as in the earlier copy {}", written.fetched, written.reused);
    for key in &written.manifest.vanished {
        println!("deleted while the copy was made, and not in it: {key}");
    }
    println!(
        "The folder holds personal data, password hashes and the keys that open what is sealed (PIN and PUK of SIM \
         cards). Only you may read it (0700); keep it so wherever it is taken."
    );
    println!("Not in it: tablica.toml and its passwords, letters in the folder mail.");
    Ok(())
}
