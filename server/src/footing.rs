//! The database and the object store as such, embedded or not, before anybody has looked at what is in them. Started by
//! this process, or joined when a program on the data folder runs them already.

use std::path::PathBuf;
use std::str::FromStr as _;

use anyhow::{Context as _, bail};
use base::Blobs;
use base::blob::BlobSettings;
use base::embedded::postgres::EmbeddedPostgres;
use base::embedded::store::EmbeddedStore;
use base::owner::Owner;
use sqlx::postgres::PgConnectOptions;

use crate::config::Config;
use crate::hold::{self, Hold, Holder};

/// What is embedded ends with it, unless another program runs it.
#[derive(Debug)]
pub struct Footing {
    /// The object store.
    pub blobs: Blobs,
    /// How the server's role reaches the database.
    pub server: PgConnectOptions,
    owner: String,
    settings: BlobSettings,
    store: Option<EmbeddedStore>,
    postgres: Option<EmbeddedPostgres>,
    hold: Option<Hold>,
}

impl Footing {
    /// Starts what is embedded.
    ///
    /// Errors: a sentence; another program works in the data folder, or a restore into it did not end.
    pub async fn alone(config: &Config) -> anyhow::Result<Self> {
        whole(config)?;
        Self::on(config, take(config)?).await
    }

    /// Starts what is embedded in a folder that a restore is filling.
    pub(crate) async fn for_restore(config: &Config, hold: Option<Hold>) -> anyhow::Result<Self> {
        Self::on(config, hold).await
    }

    /// The same, or beside the program that works in the data folder. Makes no new installation.
    ///
    /// Errors, besides: there is no database in the data folder.
    pub async fn beside(config: &Config) -> anyhow::Result<Self> {
        whole(config)?;
        if config.database_url.is_empty() && !config.data_dir.join("postgres").exists() {
            bail!("there is no database in {}; name the data folder with --data", config.data_dir.display());
        }
        if !embeds(config) {
            return Self::on(config, None).await;
        }
        match hold::take_or_join(&config.data_dir).await? {
            Holder::Us(hold) => Self::on(config, Some(hold)).await,
            Holder::Other(store) => {
                let server = if config.database_url.is_empty() {
                    EmbeddedPostgres::running(&config.data_dir.join("postgres"))?
                } else {
                    server_of(config)?
                };
                let settings = store.unwrap_or_else(|| store_of(config));
                let blobs = Blobs::open(&settings)?;
                let owner = owner_of(config)?;
                Ok(Self { blobs, server, owner, settings, store: None, postgres: None, hold: None })
            }
        }
    }

    async fn on(config: &Config, hold: Option<Hold>) -> anyhow::Result<Self> {
        let mut postgres = None;
        let server = if config.database_url.is_empty() {
            let started = EmbeddedPostgres::start(&config.data_dir.join("postgres")).await?;
            let server = started.server();
            postgres = Some(started);
            server
        } else {
            server_of(config)?
        };
        let mut store = None;
        let settings = if config.s3_endpoint.is_empty() {
            let started = EmbeddedStore::start(&config.data_dir.join("objects")).await?;
            let settings = started.settings().clone();
            store = Some(started);
            settings
        } else {
            store_of(config)
        };
        let blobs = Blobs::open(&settings)?;
        blobs.prepare().await.context("the object store does not answer")?;
        let owner = owner_of(config)?;
        Ok(Self { blobs, server, owner, settings, store, postgres, hold })
    }

    /// The owner of the tables. Errors: `database_owner_url` is needed and not set, or not well formed.
    pub fn owner(&self) -> anyhow::Result<Owner> {
        if self.owner.is_empty() {
            bail!("set database_owner_url: the role that owns the tables");
        }
        Owner::at(&self.owner).map_err(anyhow::Error::msg).context("database_owner_url is not well formed")
    }

    /// How the owner of the embedded database connects, when this process runs it.
    pub fn embedded_owner(&self) -> Option<PgConnectOptions> {
        self.postgres.as_ref().map(EmbeddedPostgres::owner)
    }

    /// Lets other commands on this machine use what this process runs.
    pub fn share(&mut self) -> anyhow::Result<()> {
        let store = self.store.is_some().then_some(&self.settings);
        self.hold.as_mut().map_or(Ok(()), |hold| hold.tell(store))
    }

    /// Ends the object store, then the embedded database.
    pub async fn end(self) {
        drop(self.store);
        if let Some(mut postgres) = self.postgres {
            // Waits for the child; not on a thread that serves.
            let _ended = tokio::task::spawn_blocking(move || postgres.stop()).await;
        }
        drop(self.hold);
    }
}

/// Whether anything lives in the data folder.
fn embeds(config: &Config) -> bool {
    config.database_url.is_empty() || config.s3_endpoint.is_empty()
}

/// The lock of the data folder, when anything lives there. Errors: another program holds it.
pub(crate) fn take(config: &Config) -> anyhow::Result<Option<Hold>> {
    if !embeds(config) {
        return Ok(None);
    }
    let hold = Hold::take(&config.data_dir)?.with_context(|| {
        format!(
            "another tablica already works in {}; stop it first, or choose another --data",
            config.data_dir.display()
        )
    })?;
    Ok(Some(hold))
}

/// Stands in a data folder from the first to the last moment of a restore.
pub(crate) fn unfinished(config: &Config) -> PathBuf {
    config.data_dir.join("restoring")
}

fn whole(config: &Config) -> anyhow::Result<()> {
    if unfinished(config).exists() {
        bail!(
            "a restore into {} has not ended; if it was interrupted, run it again: it begins anew",
            config.data_dir.display()
        );
    }
    Ok(())
}

fn server_of(config: &Config) -> anyhow::Result<PgConnectOptions> {
    PgConnectOptions::from_str(&config.database_url).context("database_url is not well formed")
}

fn owner_of(config: &Config) -> anyhow::Result<String> {
    if config.database_url.is_empty() {
        return Ok(EmbeddedPostgres::owner_address(&config.data_dir.join("postgres"))?);
    }
    Ok(config.database_owner_url.clone())
}

/// The store that the settings name.
pub(crate) fn store_of(config: &Config) -> BlobSettings {
    BlobSettings {
        endpoint: config.s3_endpoint.clone(),
        region: config.s3_region.clone(),
        bucket: config.s3_bucket.clone(),
        access_key: config.s3_access_key.clone(),
        secret_key: config.s3_secret_key.clone(),
    }
}
