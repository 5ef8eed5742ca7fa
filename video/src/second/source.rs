//! What a further set is made of: the upload, or the largest version of the film where the upload is kept no longer. A beginning and its
//! segments are a whole fragmented MP4 (ISO 14496-12 §8.8), read here as one file though it lies in pieces.

use std::ops::Range;

use base::Blobs;
use base::blob::BlobError;
use bytes::{Bytes, BytesMut};

/// A file in pieces.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// Keys and lengths in bytes, in order.
    pieces: Vec<(String, u64)>,
}

impl Source {
    /// Of these objects, each with its length in bytes.
    pub(super) fn new(pieces: Vec<(String, u64)>) -> Self {
        Self { pieces }
    }

    /// Asks the store for lengths that are not known (0).
    pub(super) async fn measure(&mut self, blobs: &Blobs) -> Result<(), BlobError> {
        for (key, length) in self.pieces.iter_mut().filter(|piece| piece.1 == 0) {
            *length = blobs.length(key).await?.unwrap_or(0);
        }
        Ok(())
    }

    /// All of it, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.1).sum()
    }

    /// A range of it; what lies behind its end is not there.
    pub(super) async fn read(&self, blobs: &Blobs, range: Range<u64>) -> Result<Bytes, BlobError> {
        let mut found = BytesMut::new();
        for (key, part) in self.parts(range) {
            found.extend_from_slice(&blobs.get_range(key, part).await?);
        }
        Ok(found.freeze())
    }

    /// Which range of which object.
    fn parts(&self, range: Range<u64>) -> Vec<(&str, Range<u64>)> {
        let mut begins = 0;
        let mut parts = Vec::new();
        for (key, length) in &self.pieces {
            let ends = begins + length;
            let (from, to) = (range.start.max(begins), range.end.min(ends));
            if from < to {
                parts.push((key.as_str(), from - begins..to - begins));
            }
            begins = ends;
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn a_range_lies_in_the_pieces_that_it_touches() {
        let source = Source::new(vec![("a".to_owned(), 10), ("b".to_owned(), 5), ("c".to_owned(), 20)]);
        assert_eq!(source.length(), 35);
        assert_eq!(source.parts(0..4), [("a", 0..4)]);
        assert_eq!(source.parts(8..17), [("a", 8..10), ("b", 0..5), ("c", 0..2)]);
        assert_eq!(source.parts(30..99), [("c", 15..20)]);
        assert!(source.parts(35..40).is_empty());
    }
}
