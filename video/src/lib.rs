//! What a film is: its upload, its renditions and segments, playlists, captions, and who has seen which part.
//!
//! Whether a person may watch or change a film is decided above (by the course that shows it) and comes in as a proof.
//! Without the feature `store` only `wire` is compiled: what the transcoding program and its parent say to each other.

pub mod wire;

#[cfg(feature = "store")]
pub mod arrival;
#[cfg(feature = "store")]
pub mod caption;
#[cfg(feature = "store")]
pub mod chapter;
#[cfg(feature = "store")]
pub mod child;
#[cfg(feature = "store")]
pub mod choice;
#[cfg(feature = "store")]
pub mod companion;
#[cfg(feature = "store")]
pub mod early;
#[cfg(feature = "store")]
pub mod edition;
#[cfg(feature = "store")]
pub mod ended;
#[cfg(feature = "store")]
pub mod error;
#[cfg(feature = "store")]
pub mod failure;
#[cfg(feature = "store")]
pub mod film;
#[cfg(feature = "store")]
pub mod header;
#[cfg(feature = "store")]
pub mod keep;
#[cfg(all(test, feature = "store"))]
mod mutations;
#[cfg(feature = "store")]
pub mod note;
#[cfg(feature = "store")]
pub mod overview;
#[cfg(feature = "store")]
mod plain;
#[cfg(feature = "store")]
pub mod playlist;
#[cfg(feature = "store")]
pub mod proof;
#[cfg(feature = "store")]
mod publish;
#[cfg(feature = "store")]
pub mod recognise;
#[cfg(feature = "store")]
mod remark;
#[cfg(feature = "store")]
pub mod replace;
#[cfg(feature = "store")]
mod resume;
#[cfg(feature = "store")]
pub mod second;
#[cfg(feature = "store")]
pub mod share;
#[cfg(feature = "store")]
pub mod still;
#[cfg(feature = "store")]
pub mod storage;
#[cfg(feature = "store")]
pub mod sweep;
#[cfg(feature = "store")]
pub mod take;
#[cfg(feature = "store")]
pub mod ticket;
#[cfg(feature = "store")]
pub mod transcript;
#[cfg(feature = "store")]
pub mod trim;
#[cfg(feature = "store")]
pub mod upload;
#[cfg(feature = "store")]
pub mod watch;
#[cfg(feature = "store")]
pub mod weight;
#[cfg(feature = "store")]
pub mod work;

#[cfg(feature = "store")]
pub use edition::Edition;
#[cfg(feature = "store")]
pub use error::Error;
#[cfg(feature = "store")]
pub use proof::{Editable, Watchable};

#[cfg(feature = "store")]
base::id!(
    /// A film.
    FilmId
);
#[cfg(feature = "store")]
base::id!(
    /// A resumable upload.
    UploadId
);
#[cfg(feature = "store")]
base::id!(
    /// A note of a person beside a film.
    NoteId
);
