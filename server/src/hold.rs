//! The lock of a data folder. Whoever holds it runs what is embedded there, and says in it how other commands on this
//! machine reach the object store meanwhile: two stores on one folder would spoil each other's files.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{Seek as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use base::blob::BlobSettings;
use serde::{Deserialize, Serialize};

/// How long a program that holds the folder may take to get ready.
const PATIENCE: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(200);

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub struct Hold(File);

/// Who runs what is embedded.
#[derive(Debug)]
pub enum Holder {
    /// This process, from now on.
    Us(Hold),
    /// Another one, which is ready; its object store, when it runs one.
    Other(Option<BlobSettings>),
}

/// What stands in the lock of a program that is ready. Its address lives as long as that program, its keys as long as the folder.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    store: Option<Store>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Store {
    endpoint: String,
    region: String,
    bucket: String,
    access_key: String,
    secret_key: String,
}

impl Hold {
    /// `None` when another program holds the folder.
    ///
    /// Errors: the folder cannot be made or written to.
    pub fn take(folder: &Path) -> anyhow::Result<Option<Self>> {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let path = folder.join("lock");
        // Not emptied before it is ours: what stands there may be another's.
        let file = OpenOptions::new().create(true).write(true).truncate(false).mode(0o600).open(&path);
        let file = file.with_context(|| format!("{} cannot be written", path.display()))?;
        if file.try_lock().is_err() {
            return Ok(None);
        }
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.set_len(0)?;
        Ok(Some(Self(file)))
    }

    /// Says that everything embedded is ready, and how the store is reached.
    pub fn tell(&mut self, store: Option<&BlobSettings>) -> anyhow::Result<()> {
        let store = store.map(|store| Store {
            endpoint: store.endpoint.clone(),
            region: store.region.clone(),
            bucket: store.bucket.clone(),
            access_key: store.access_key.clone(),
            secret_key: store.secret_key.clone(),
        });
        let text = serde_json::to_vec(&Told { store })?;
        self.0.rewind()?;
        self.0.write_all(&text)?;
        Ok(self.0.set_len(text.len().try_into()?)?)
    }
}

/// Takes the folder, or waits until the program that holds it is ready.
///
/// Errors: that program does not get ready, or is older than this way of asking.
pub async fn take_or_join(folder: &Path) -> anyhow::Result<Holder> {
    let mut waited = Duration::ZERO;
    while waited < PATIENCE {
        if let Some(hold) = Hold::take(folder)? {
            return Ok(Holder::Us(hold));
        }
        if let Some(told) = told(folder) {
            return Ok(Holder::Other(told.store.map(|store| BlobSettings {
                endpoint: store.endpoint,
                region: store.region,
                bucket: store.bucket,
                access_key: store.access_key,
                secret_key: store.secret_key,
            })));
        }
        tokio::time::sleep(STEP).await;
        waited += STEP;
    }
    bail!(
        "another tablica works in {} but does not say that it is ready; if it is an older one, start it again, else try later",
        folder.display()
    )
}

fn told(folder: &Path) -> Option<Told> {
    serde_json::from_slice(&std::fs::read(folder.join("lock")).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use base::blob::BlobSettings;

    use super::{Hold, Holder, take_or_join};

    #[tokio::test]
    async fn the_second_one_hears_from_the_first_how_the_store_is_reached() {
        let folder = std::env::temp_dir().join(format!("tablica-hold-{}", std::process::id()));
        let mut first = Hold::take(&folder).unwrap().unwrap();
        assert!(Hold::take(&folder).unwrap().is_none());
        let store = BlobSettings {
            endpoint: "http://127.0.0.1:1".to_owned(),
            region: "r".to_owned(),
            bucket: "b".to_owned(),
            access_key: "a".to_owned(),
            secret_key: "s".to_owned(),
        };
        first.tell(Some(&store)).unwrap();
        let Holder::Other(Some(heard)) = take_or_join(&folder).await.unwrap() else { panic!("it is held") };
        assert_eq!(heard.endpoint, store.endpoint);
        drop(first);
        assert!(matches!(take_or_join(&folder).await.unwrap(), Holder::Us(_)));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
