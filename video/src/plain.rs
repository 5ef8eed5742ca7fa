//! The plain MP4 of a film, arriving in order: kept as parts of one object that appears when it is joined.

use base::Blobs;
use base::blob::{BlobError, PART_BYTES};
use bytes::BytesMut;

/// A plain MP4 in the making. At most one part of it is in memory.
pub(crate) struct Plain {
    key: String,
    multipart: String,
    parts: Vec<(u32, String)>,
    buffer: BytesMut,
    total: u64,
}

impl Plain {
    /// Begins it under the prefix of an attempt.
    pub(crate) async fn begin(blobs: &Blobs, prefix: &str) -> Result<Self, BlobError> {
        let key = format!("{prefix}/plain.mp4");
        let multipart = blobs.begin_parts(&key, "video/mp4").await?;
        Ok(Self { key, multipart, parts: Vec::new(), buffer: BytesMut::new(), total: 0 })
    }

    /// Its key, and the id under which its parts wait.
    pub(crate) fn parts(&self) -> (&str, &str) {
        (&self.key, &self.multipart)
    }

    /// Bytes taken so far.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Takes the next bytes.
    pub(crate) async fn take(&mut self, blobs: &Blobs, payload: &[u8]) -> Result<(), BlobError> {
        self.total += payload.len() as u64;
        self.buffer.extend_from_slice(payload);
        while self.buffer.len() >= PART_BYTES {
            self.put(blobs, PART_BYTES).await?;
        }
        Ok(())
    }

    async fn put(&mut self, blobs: &Blobs, length: usize) -> Result<(), BlobError> {
        let part = self.buffer.split_to(length).freeze();
        let number = u32::try_from(self.parts.len()).unwrap_or(u32::MAX) + 1;
        let etag = blobs.put_part(&self.key, &self.multipart, number, part).await?;
        self.parts.push((number, etag));
        Ok(())
    }

    /// Makes the object appear; answers its key and its length in bytes.
    pub(crate) async fn join(mut self, blobs: &Blobs) -> Result<(String, u64), BlobError> {
        if !self.buffer.is_empty() {
            self.put(blobs, self.buffer.len()).await?;
        }
        blobs.join_parts(&self.key, &self.multipart, self.parts).await?;
        Ok((self.key, self.total))
    }

    /// Gives it up.
    pub(crate) async fn throw_away(self, blobs: &Blobs) -> Result<(), BlobError> {
        blobs.drop_parts(&self.key, &self.multipart).await
    }
}
