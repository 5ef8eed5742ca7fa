//! Documents that were made once and are kept: of a signed agreement, of a protocol. The bytes lie in the object store, this
//! row publishes them and knows what they were.

use base::{Tx, audit};
use identity::DevicesReader;
use serde_json::json;
use uuid::Uuid;

use crate::loans::mine;
use crate::{AgreementId, Error, ProtocolId};

/// Of what a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A signed agreement.
    Agreement(AgreementId),
    /// A protocol.
    Protocol(ProtocolId),
}

impl Of {
    fn ids(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Agreement(id) => (Some(id.0), None),
            Self::Protocol(id) => (None, Some(id.0)),
        }
    }
}

/// A document that is kept.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// Its key in the object store.
    pub key: String,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// Its length, in bytes.
    pub size_bytes: i64,
    /// Name and version of the template it was made with.
    pub template: (String, i32),
}

/// Proof that the acting person may see the documents of that agreement or protocol.
#[derive(Clone, Copy, Debug)]
pub struct Seen(Of);

/// A clerk or whoever may read the register sees all of the organisation's.
pub fn for_reading(_: &DevicesReader, of: Of) -> Seen {
    Seen(of)
}

/// A borrower sees what they signed and the protocols of it. Errors: `NotFound`.
pub async fn for_borrower(tx: &mut Tx, of: Of) -> Result<Seen, Error> {
    let agreement = match of {
        Of::Agreement(id) => Some(id.0),
        Of::Protocol(id) => sqlx::query_scalar!(
            "select agreement_id from protocol where id = $1 and kind in ('handover', 'return', 'settlement')",
            id.0
        )
        .fetch_optional(tx.connection())
        .await?
        .flatten(),
    };
    mine::agreement(tx, AgreementId(agreement.ok_or(Error::NotFound)?)).await?;
    Ok(Seen(of))
}

/// The document, when one was made.
pub async fn kept(tx: &mut Tx, seen: Seen) -> Result<Option<Frozen>, Error> {
    let (organisation, (agreement, protocol)) = (tx.organisation()?, seen.0.ids());
    let row = sqlx::query!(
        "select blob_key, sha256, size_bytes, template, template_version from frozen_document
         where organisation_id = $1 and (agreement_id = $2 or protocol_id = $3)",
        organisation.0,
        agreement,
        protocol,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Frozen {
        key: row.blob_key,
        sha256: row.sha256,
        size_bytes: row.size_bytes,
        template: (row.template, row.template_version),
    }))
}

/// Whether the file of the document was blanked: there is none any more, and none is made again.
pub async fn is_removed(tx: &mut Tx, seen: Seen) -> Result<bool, Error> {
    let (organisation, (agreement, protocol)) = (tx.organisation()?, seen.0.ids());
    let removed = sqlx::query_scalar!(
        r#"select exists (select from anonymisation where organisation_id = $1
             and agreement_id = coalesce($2, (select agreement_id from protocol where id = $3))) as "removed!""#,
        organisation.0,
        agreement,
        protocol,
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(removed)
}

/// Publishes a document whose bytes are stored. When two make it in the same moment the first stays, and that is answered.
///
/// Errors: `Stays` for an agreement that is not signed; `Blanked` for a file that was blanked meanwhile.
pub async fn keep(tx: &mut Tx, seen: Seen, frozen: &Frozen) -> Result<Frozen, Error> {
    let (organisation, id, (agreement, protocol)) =
        (tx.organisation()?, base::id::row_id(tx.now()), seen.0.ids());
    let made = sqlx::query!(
        "insert into frozen_document
           (id, organisation_id, agreement_id, protocol_id, blob_key, sha256, size_bytes, template, template_version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
        id,
        organisation.0,
        agreement,
        protocol,
        frozen.key,
        frozen.sha256,
        frozen.size_bytes,
        frozen.template.0,
        frozen.template.1,
    )
    .execute(tx.connection())
    .await?;
    if made.rows_affected() == 1
        && let Some((kind, subject)) =
            agreement.map(|id| ("loan_agreement", id)).or(protocol.map(|id| ("protocol", id)))
    {
        audit::record(tx, "froze", kind, subject, json!({ "bytes": frozen.size_bytes })).await?;
    }
    kept(tx, seen).await?.ok_or(Error::NotFound)
}
