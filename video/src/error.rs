//! What can be wrong, in this area's words.

use base::blob::BlobError;

/// Why an act of this area did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or cannot be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The object store refused or cannot be reached.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// No such film, upload, rendition or segment.
    #[error("not found")]
    NotFound,
    /// The film is not in a state in which this can be done.
    #[error("the film is {0}")]
    WrongState(String),
    /// Somebody else sends another film in its place.
    #[error("somebody else replaces this film")]
    BeingReplaced,
    /// The bytes do not begin where the upload stands; it stands here.
    #[error("the upload stands at {0}")]
    WrongOffset(u64),
    /// More bytes than were announced.
    #[error("more bytes than announced")]
    TooManyBytes,
    /// An announced size that is zero or over the limit (bytes).
    #[error("a film may have 1 to {0} bytes")]
    BadSize(u64),
    /// The films of the organisation may take only so many bytes more.
    #[error("the films of the organisation may take only {0} bytes more")]
    NoRoom(u64),
    /// The checksum does not fit what arrived; nothing of it was kept.
    #[error("the checksum does not match")]
    ChecksumMismatch,
    /// A newer request writes to this upload.
    #[error("another request took the upload over")]
    TakenOver,
    /// The upload waited too long for its next byte.
    #[error("the upload has expired")]
    Expired,
    /// Captions that cannot be read: the line, and what is wrong there.
    #[error("captions, line {line}: {problem:?}")]
    Captions {
        /// Line in the file, from 1.
        line: usize,
        /// What is wrong.
        problem: CaptionProblem,
    },
    /// The system gave no randomness or no ticket.
    #[error("system: {0}")]
    System(String),
}

/// What is wrong with a caption file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptionProblem {
    /// It does not begin with `WEBVTT` (W3C WebVTT §4.1).
    NoHeader,
    /// It is not UTF-8 text.
    NotText,
    /// It is larger than 2 MB.
    TooLarge,
    /// A time that is not `[hh:]mm:ss.mmm --> [hh:]mm:ss.mmm`.
    BadTime,
    /// A cue that ends before it begins.
    EndsBeforeStart,
    /// A cue that begins before the one before it.
    OutOfOrder,
    /// No cue at all.
    NoCues,
    /// A language that is not a code such as `pl`.
    BadLanguage,
}
