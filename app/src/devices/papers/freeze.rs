//! Making a document once and keeping it: the bytes into the object store, then one row that publishes them with their SHA-256.

use axum::body::Bytes;
use base::id::row_id;
use base::kept;
use devices::ProtocolId;
use devices::loans::agreement::Agreement;
use devices::loans::loan::{self, Protocol};
use devices::papers::document::{self, Frozen, Of, Seen};
use devices::stocktake;
use documents::Report;
use sha2::{Digest as _, Sha256};

use super::{agreement, protocol, sheet};
use crate::caller::Caller;
use crate::pdf::told;
use crate::problem::Problem;
use crate::state::App;
use crate::visit::Visit;

/// What a document is made from.
#[derive(Debug)]
pub enum Source<'a> {
    /// A signed agreement.
    Agreement(&'a Agreement),
    /// A protocol.
    Protocol(&'a Protocol),
    /// The protocol of a stocktake.
    Stocktake(&'a stocktake::Protocol),
}

/// How a kept document stands.
#[derive(Clone, Debug)]
pub enum State {
    /// Its bytes are what they were.
    Whole(Frozen, Bytes),
    /// Its bytes are others now, or gone.
    Changed,
    /// None was made yet.
    None,
    /// The file was blanked: there is none any more.
    Removed,
}

impl Source<'_> {
    /// The document, as it would be made now, with the pictures that it shows.
    async fn report(&self, app: &App, issuer: &str) -> Result<(Report, Vec<(String, Vec<u8>)>), Problem> {
        match self {
            Self::Protocol(one) => Ok((protocol::report(one, issuer), Vec::new())),
            Self::Stocktake(one) => Ok((sheet::report(one, issuer), Vec::new())),
            Self::Agreement(one) => {
                let mut pictures = Vec::new();
                if let Some(key) = one.signed.as_ref().and_then(|signed| signed.signature.as_ref()) {
                    pictures.push((agreement::SIGNATURE.to_owned(), app.blobs.get(key).await?.to_vec()));
                }
                Ok((agreement::report(one, issuer), pictures))
            }
        }
    }

    fn template(&self) -> (String, i32) {
        match self {
            Self::Agreement(one) => (one.template.0.clone(), one.template.1.unwrap_or(agreement::VERSION)),
            Self::Protocol(one) => (one.kind.clone(), protocol::VERSION),
            Self::Stocktake(_) => ("stocktake".to_owned(), sheet::VERSION),
        }
    }
}

/// The document as it would be made now.
///
/// Errors: `Unavailable` when the program for documents does not answer.
pub async fn make(visit: &Visit, source: &Source<'_>) -> Result<Vec<u8>, Problem> {
    let (report, pictures) = source.report(&visit.app, &visit.me.organisation_name).await?;
    visit.app.documents.report(&report, visit.tx.now().unix_timestamp(), &pictures).await.map_err(told)
}

/// How the kept document stands now. Errors: the object store does not answer.
pub async fn state(visit: &mut Visit, seen: Seen) -> Result<State, Problem> {
    if document::is_removed(&mut visit.tx, seen).await? {
        return Ok(State::Removed);
    }
    let Some(frozen) = document::kept(&mut visit.tx, seen).await? else { return Ok(State::None) };
    let bytes = kept::whole(&visit.app.blobs, &frozen.key, &frozen.sha256).await?;
    Ok(bytes.map_or(State::Changed, |bytes| State::Whole(frozen, bytes)))
}

/// Makes the document when there is none yet; commit the visit's transaction afterwards.
///
/// Errors: `Unavailable`.
pub async fn freeze(visit: &mut Visit, seen: Seen, source: &Source<'_>) -> Result<State, Problem> {
    let known = state(visit, seen).await?;
    if !matches!(known, State::None) {
        return Ok(known);
    }
    let pdf = make(visit, source).await?;
    let key = format!("documents/{}/{}.pdf", visit.me.organisation, row_id(visit.tx.now()));
    let frozen = Frozen {
        key: key.clone(),
        sha256: Sha256::digest(&pdf).to_vec(),
        size_bytes: i64::try_from(pdf.len()).unwrap_or(i64::MAX),
        template: source.template(),
    };
    let bytes = Bytes::from(pdf);
    visit.app.blobs.put(&key, "application/pdf", bytes.clone()).await?;
    let kept = match document::keep(&mut visit.tx, seen, &frozen).await {
        Ok(kept) => kept,
        Err(error) => {
            // The file was blanked in the same moment, say: what was just stored is published by nobody.
            visit.app.blobs.delete(&key).await?;
            return Err(error.into());
        }
    };
    if kept.key == key {
        return Ok(State::Whole(kept, bytes));
    }
    // Somebody made it in the same moment: theirs stays.
    visit.app.blobs.delete(&key).await?;
    state(visit, seen).await
}

/// Makes the document of a protocol that was just written down. When that fails it is made as soon as somebody opens it.
pub async fn of_protocol(app: &App, caller: &Caller, id: ProtocolId) {
    let made = async {
        let mut visit = caller.open(app).await?;
        let proof = visit.me.devices_reader()?;
        let protocol = loan::protocol(&mut visit.tx, &proof, id).await?;
        let seen = document::for_reading(&proof, Of::Protocol(id));
        freeze(&mut visit, seen, &Source::Protocol(&protocol)).await?;
        Ok::<_, Problem>(visit.tx.commit().await?)
    };
    if let Err(problem) = made.await {
        tracing::warn!(%id, ?problem, "the document of a protocol waits to be made");
    }
}
