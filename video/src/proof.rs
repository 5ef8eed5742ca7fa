//! Proofs that an area above has looked who asks. Only `courses` makes them (held by `tests/tidy.rs`).

use crate::FilmId;

/// Proof: the acting person may watch this film.
#[derive(Clone, Copy, Debug)]
pub struct Watchable(FilmId);

/// Proof: the acting person may replace, caption or remove this film.
#[derive(Clone, Copy, Debug)]
pub struct Editable(FilmId);

impl Watchable {
    /// Said by the area that shows the film, after it has looked.
    pub fn granted(film: FilmId) -> Self {
        Self(film)
    }

    /// The film.
    pub fn film(&self) -> FilmId {
        self.0
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

    /// Who may change a film may watch it.
    pub fn watchable(&self) -> Watchable {
        Watchable(self.0)
    }
}
