//! What the process stands on: database, object store, mail. Embedded where nothing is set.

use std::path::Path;
use std::str::FromStr as _;

use anyhow::{Context as _, bail};
use base::blob::BlobSettings;
use base::embedded::postgres::EmbeddedPostgres;
use base::embedded::store::EmbeddedStore;
use base::mail::{MailSettings, Mailer};
use base::{Blobs, Clock, Db};
use sqlx::postgres::PgConnectOptions;

use crate::config::Config;

/// Database, object store and mail; what is embedded ends with it.
#[derive(Debug)]
pub struct Ground {
    /// The database, as the server's role.
    pub db: Db,
    /// The object store.
    pub blobs: Blobs,
    /// Mail.
    pub mailer: Mailer,
    store: Option<EmbeddedStore>,
    postgres: Option<EmbeddedPostgres>,
    lock: Option<std::fs::File>,
}

impl Ground {
    /// Starts what is embedded, applies migrations to it, and audits the walls.
    ///
    /// Errors: a sentence that says what is missing and how to get it; a hole in the walls.
    pub async fn prepare(config: &Config, clock: Clock) -> anyhow::Result<Self> {
        let mut postgres = None;
        let mut lock = None;
        let options = if config.database_url.is_empty() {
            lock = Some(hold(&config.data_dir)?);
            let server = EmbeddedPostgres::start(&config.data_dir.join("postgres")).await?;
            base::db::migrate(&server.owner())
                .await
                .context("the embedded database could not be brought up to date")?;
            let options = server.server();
            postgres = Some(server);
            options
        } else {
            PgConnectOptions::from_str(&config.database_url).context("database_url is not well formed")?
        };
        let db = Db::open(options, config.database_connections, clock)
            .await
            .context("the database does not answer")?;
        let holes = db.audit_walls().await?;
        if !holes.is_empty() {
            bail!("the program does not start beside a wall with a hole in it:\n  {}", holes.join("\n  "));
        }
        let mut store = None;
        let settings = if config.s3_endpoint.is_empty() {
            let embedded = EmbeddedStore::start(&config.data_dir.join("objects")).await?;
            let settings = embedded.settings().clone();
            store = Some(embedded);
            settings
        } else {
            BlobSettings {
                endpoint: config.s3_endpoint.clone(),
                region: config.s3_region.clone(),
                bucket: config.s3_bucket.clone(),
                access_key: config.s3_access_key.clone(),
                secret_key: config.s3_secret_key.clone(),
            }
        };
        let blobs = Blobs::open(&settings)?;
        blobs.prepare().await.context("the object store does not answer")?;
        Ok(Self { db, blobs, mailer: mailer(config)?, store, postgres, lock })
    }

    /// Ends everything in order: connections, the object store, the embedded database.
    pub async fn end(self) {
        // A transaction that somebody still holds must not keep the program from ending.
        let _closed = tokio::time::timeout(std::time::Duration::from_secs(5), self.db.close()).await.is_ok();
        drop(self.store);
        if let Some(mut postgres) = self.postgres {
            // Waits for the child; not on a thread that serves.
            let _ended = tokio::task::spawn_blocking(move || postgres.stop()).await;
        }
        drop(self.lock);
    }
}

/// Where letters go.
pub fn mailer(config: &Config) -> anyhow::Result<Mailer> {
    let settings = if config.smtp_url.is_empty() {
        MailSettings::Folder(config.data_dir.join("mail"))
    } else {
        MailSettings::Smtp { url: config.smtp_url.clone(), from: config.smtp_from.clone() }
    };
    Mailer::open(&settings).map_err(anyhow::Error::msg)
}

/// Two programs on one data folder would start two databases on it.
fn hold(folder: &Path) -> anyhow::Result<std::fs::File> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let file = std::fs::File::create(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => bail!(
            "another tablica already works in {}; stop it first, or choose another --data",
            folder.display()
        ),
    }
}
