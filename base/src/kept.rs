//! Files that are made once and stay as they were: the bytes in the object store, their SHA-256 in the row that publishes them. The
//! bytes are stored first, under a name of their own, and the row comes after them.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::blob::{BlobError, Blobs};
use crate::id::hexadecimal;

/// A file that is to be kept.
#[derive(Clone, Debug)]
pub struct File {
    bytes: Vec<u8>,
    sha256: [u8; 32],
}

impl File {
    /// A file with its SHA-256.
    pub fn new(bytes: Vec<u8>) -> Self {
        let sha256 = Sha256::digest(&bytes).into();
        Self { bytes, sha256 }
    }

    /// The hash in hexadecimal digits.
    pub fn hash(&self) -> String {
        hexadecimal(&self.sha256)
    }

    /// Stores the bytes; what is answered belongs into a row. Errors: the object store does not answer.
    pub async fn keep(self, blobs: &Blobs, key: String, media_type: &str) -> Result<Kept, BlobError> {
        let size_bytes = i64::try_from(self.bytes.len()).unwrap_or(i64::MAX);
        blobs.put(&key, media_type, self.bytes).await?;
        Ok(Kept { sha256: self.sha256, size_bytes, key })
    }
}

/// A file that is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// SHA-256 of the file (FIPS 180-4).
    pub sha256: [u8; 32],
    /// Its size.
    pub size_bytes: i64,
    key: String,
}

impl Kept {
    /// As its row has it. A hash of another length than 32 bytes is none that any file has.
    pub fn of_row(sha256: Vec<u8>, size_bytes: i64, key: String) -> Self {
        Self { sha256: sha256.try_into().unwrap_or_default(), size_bytes, key }
    }

    /// Where the object store has it.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The hash in hexadecimal digits.
    pub fn hash(&self) -> String {
        hexadecimal(&self.sha256)
    }

    /// The bytes as they were kept; `None` when they are others now. Errors: the object store does not answer.
    pub async fn bytes(&self, blobs: &Blobs) -> Result<Option<Vec<u8>>, BlobError> {
        let bytes = blobs.get(&self.key).await?.to_vec();
        let sha256: [u8; 32] = Sha256::digest(&bytes).into();
        Ok((sha256 == self.sha256).then_some(bytes))
    }
}

/// The bytes of this name, as they were kept with this hash; `None` when they are others now, or gone. Errors: the object store does not
/// answer.
pub async fn whole(blobs: &Blobs, key: &str, sha256: &[u8]) -> Result<Option<Bytes>, BlobError> {
    match blobs.get(key).await {
        Ok(bytes) if Sha256::digest(&bytes).as_slice() == sha256 => Ok(Some(bytes)),
        Ok(_) | Err(BlobError::Missing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
