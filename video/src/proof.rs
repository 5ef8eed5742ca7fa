//! Proofs that an area above has looked who asks. Only `courses` makes them (held by `tests/tidy.rs`).

use crate::FilmId;

/// Proof: the acting person may watch this film; and whether they may already while its upload still runs.
#[derive(Clone, Copy, Debug)]
pub struct Watchable(FilmId, bool);

/// Proof: the acting person may replace, caption or remove this film.
#[derive(Clone, Copy, Debug)]
pub struct Editable(FilmId);

impl Watchable {
    /// Said by the area that shows the film, after it has looked.
    pub fn granted(film: FilmId) -> Self {
        Self(film, false)
    }

    /// The film.
    pub fn film(&self) -> FilmId {
        self.0
    }

    /// Whether what is made of an upload that still runs is shown.
    pub fn is_early(&self) -> bool {
        self.1
    }
}

impl Editable {
    /// Said by the area that shows the film, after it has looked.
    pub fn granted(film: FilmId) -> Self {
        Self(film)
    }

    /// The film.
    pub fn film(&self) -> FilmId {
        self.0
    }

    /// Who may change a film may watch it, and its beginning while it still comes.
    pub fn watchable(&self) -> Watchable {
        Watchable(self.0, true)
    }
}
