//! The document of a certificate: made once and kept. The bytes lie in the object store, this row publishes them and knows what
//! they were. It goes when the person is erased, and none is made again.

use base::{Tx, audit};
use serde_json::json;

use super::Certificate;
use crate::error::Error;

/// A document that is kept.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// Its key in the object store.
    pub key: String,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// Its length, in bytes.
    pub size_bytes: i64,
    /// Version of the layout that it was made with.
    pub layout: i32,
}

/// The document, when one was made. Whoever holds the certificate was allowed to see it.
pub async fn kept(tx: &mut Tx, certificate: &Certificate) -> Result<Option<Frozen>, Error> {
    let row = sqlx::query!(
        "select blob_key, sha256, size_bytes, layout_version from certificate_document where certificate_id = $1",
        certificate.id.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Frozen {
        key: row.blob_key,
        sha256: row.sha256,
        size_bytes: row.size_bytes,
        layout: row.layout_version,
    }))
}

/// Publishes a document whose bytes are stored. When two make it in the same moment the first stays, and that is answered.
///
/// Errors: `Database` when the holder was erased meanwhile.
pub async fn keep(tx: &mut Tx, certificate: &Certificate, frozen: &Frozen) -> Result<Frozen, Error> {
    let made = sqlx::query!(
        "insert into certificate_document (certificate_id, organisation_id, blob_key, sha256, size_bytes, layout_version)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        certificate.id.0,
        certificate.organisation.0,
        frozen.key,
        frozen.sha256,
        frozen.size_bytes,
        frozen.layout,
    )
    .execute(tx.connection())
    .await?;
    if made.rows_affected() == 1 {
        let detail = json!({ "bytes": frozen.size_bytes });
        audit::record(tx, "froze", "certificate", certificate.id.0, detail).await?;
    }
    kept(tx, certificate).await?.ok_or(Error::NotFound)
}
