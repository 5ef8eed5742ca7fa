//! How long files with names are kept, and what happens then: names, texts, documents and photographs go, and everything that
//! is counted stays. PostgreSQL computes whether a file's clock has run out, and lets its rows be blanked by the very transaction
//! that says so and by no other.

pub mod batch;
pub mod blank;
pub mod file;
pub mod hold;
pub mod setting;

base::id!(
    /// Files that are blanked one after the other.
    BatchId
);
base::id!(
    /// A file with names: the id of an agreement, an application or an incident.
    FileId
);
base::id!(
    /// A hold of a file.
    HoldId
);

/// What stands in the database where a name or a text stood that may not be empty (SQL: `data_removed()`).
pub const REMOVED: &str = "dane usunięte";
