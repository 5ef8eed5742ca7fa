//! A file that was checked waits to be confirmed.
//!
//! It lies in the object store, under a random name in a folder of the person who sent it, so that what is confirmed is what
//! was checked, and nobody confirms a file of somebody else. Whoever does not confirm leaves nothing behind.

use base::blob::BlobError;
use base::id::Secret;
use bytes::Bytes;
use identity::session::SignedIn;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::App;
use crate::visit::Visit;

/// How long a file waits to be confirmed.
const KEPT: time::Duration = time::Duration::days(1);

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// People.
    People,
    /// The register of devices.
    Assets,
}

impl Area {
    fn folder(self) -> &'static str {
        match self {
            Self::People => "imports",
            Self::Assets => "asset-imports",
        }
    }

    /// The folder of a person; nobody else is given a name in it.
    fn of(self, me: &SignedIn) -> String {
        format!("{}/{}/{}/", self.folder(), me.organisation, me.person)
    }
}

/// A file that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its name, as the form of the confirmation sends it.
    pub id: String,
    key: String,
}

impl Waiting {
    /// The file of that name of this person. `NotFound` when the name is not one that we gave.
    pub fn named(area: Area, me: &SignedIn, id: &str) -> Result<Self, Problem> {
        let ours = id.len() == 43
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let key = format!("{}{id}", area.of(me));
        if ours { Ok(Self { id: id.to_owned(), key }) } else { Err(Problem::NotFound) }
    }

    /// Keeps a file. Earlier files of the person go: nobody comes back for them. No transaction may be open meanwhile.
    pub async fn keep(app: &App, caller: &Caller, area: Area, bytes: Bytes) -> Result<Self, Problem> {
        let Visit { mut tx, me, .. } = caller.open(app).await?;
        let id = Secret::fresh().map_err(|error| identity::Error::System(error.to_string()))?;
        let file = Self::named(area, &me, id.reveal())?;
        // Asked for before there is a file, so that none can be forgotten.
        let gone_at = tx.now() + KEPT;
        video::sweep::at(&mut tx, &file.key, gone_at).await?;
        tx.commit().await?;
        for earlier in app.blobs.list(&area.of(&me)).await? {
            app.blobs.delete(&earlier).await?;
        }
        app.blobs.put(&file.key, "text/csv", bytes).await?;
        Ok(file)
    }

    /// The file; `None` when it is gone.
    pub async fn bytes(&self, app: &App) -> Result<Option<Bytes>, Problem> {
        match app.blobs.get(&self.key).await {
            Err(BlobError::Missing(_)) => Ok(None),
            got => Ok(Some(got?)),
        }
    }

    /// Throws it away. What cannot be deleted now goes with the files that nobody confirmed.
    pub async fn forget(&self, app: &App) {
        if let Err(error) = app.blobs.delete(&self.key).await {
            tracing::warn!(%error, "an imported file was not deleted");
        }
    }
}
