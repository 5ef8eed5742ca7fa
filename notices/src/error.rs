//! What can be wrong, in this area's words.

/// Why an act of this area did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or cannot be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// There is no such thing, or it is not for the one who asks.
    #[error("not found")]
    NotFound,
    /// The system has no randomness to give.
    #[error("the system: {0}")]
    System(String),
}
