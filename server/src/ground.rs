//! What the process stands on: database, object store, mail. Embedded where nothing is set.

use anyhow::{Context as _, bail};
use base::mail::{MailSettings, Mailer};
use base::{Blobs, Clock, Db};

use crate::config::Config;
use crate::footing::Footing;

/// Database, object store and mail; what is embedded ends with it.
#[derive(Debug)]
pub struct Ground {
    /// The database, as the server's role.
    pub db: Db,
    /// The object store.
    pub blobs: Blobs,
    /// Mail.
    pub mailer: Mailer,
    footing: Footing,
}

impl Ground {
    /// Starts what is embedded, applies migrations to it, and audits the walls.
    ///
    /// Errors: a sentence that says what is missing and how to get it; a hole in the walls.
    pub async fn prepare(config: &Config, clock: Clock) -> anyhow::Result<Self> {
        Self::on(Footing::alone(config).await?, config, clock).await
    }

    /// The same, or beside the program that works in the data folder: then it uses what that runs.
    pub async fn beside(config: &Config, clock: Clock) -> anyhow::Result<Self> {
        Self::on(Footing::beside(config).await?, config, clock).await
    }

    async fn on(mut footing: Footing, config: &Config, clock: Clock) -> anyhow::Result<Self> {
        if let Some(owner) = footing.embedded_owner() {
            base::db::migrate(&owner)
                .await
                .context("the embedded database could not be brought up to date")?;
        }
        let wait = std::time::Duration::from_secs(config.database_wait_seconds);
        let db = Db::open(footing.server.clone(), config.database_connections, wait, clock)
            .await
            .context("the database does not answer")?;
        let holes = db.audit_walls().await?;
        if !holes.is_empty() {
            bail!("the program does not start beside a wall with a hole in it:\n  {}", holes.join("\n  "));
        }
        up_to_date(&db).await?;
        footing.share()?;
        Ok(Self { db, blobs: footing.blobs.clone(), mailer: mailer(config)?, footing })
    }

    /// Ends everything in order: connections, the object store, the embedded database.
    pub async fn end(self) {
        // A transaction that somebody still holds must not keep the program from ending.
        let _closed = tokio::time::timeout(std::time::Duration::from_secs(5), self.db.close()).await.is_ok();
        self.footing.end().await;
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

/// Beside older tables pages would fail one by one. With newer ones programs go on that are replaced machine by machine, since tables
/// are only widened first (`migrations/README.md`).
async fn up_to_date(db: &Db) -> anyhow::Result<()> {
    let known = base::db::newest_migration();
    match db.newest_applied().await? {
        Some(applied) if applied < known => {
            bail!(
                "the tables are older than this program (migration {applied}, here {known}): run `tablica migrate`"
            )
        }
        Some(applied) if applied > known => {
            tracing::warn!(
                applied,
                known,
                "the tables are newer than this program: install the newer one soon"
            );
        }
        Some(_) => {}
        None => bail!("the tables are older than this program: run `tablica migrate`"),
    }
    Ok(())
}
