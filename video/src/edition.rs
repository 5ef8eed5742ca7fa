//! Which state of a film a moment is counted in. A film that is replaced or cut is another one from then on, and whoever opened a page
//! before that still counts in the one they see.

use std::fmt;

use base::Tx;

use crate::FilmId;
use crate::error::Error;

/// A state of a film, as players name it. In two that are equal a moment is the same place; the default one is a film that was never
/// replaced and is shown whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edition {
    /// When it was replaced last, in microseconds since 1970; 0 for a film that never was.
    made: u64,
    /// Where what is shown begins, in milliseconds of the whole.
    from_ms: u32,
    /// Where it ends; 0 is the end of the whole.
    to_ms: u32,
}

impl fmt::Display for Edition {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}-{}-{}", self.made, self.from_ms, self.to_ms)
    }
}

impl Edition {
    /// Reads what `Display` writes; an empty text is the default. `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let mut parts = text.split('-');
        let (made, from, to) = (parts.next()?, parts.next()?, parts.next()?);
        let edition = Self { made: made.parse().ok()?, from_ms: from.parse().ok()?, to_ms: to.parse().ok()? };
        parts.next().is_none().then_some(edition)
    }

    /// Out of the columns of a film.
    pub(crate) fn of_row(made: Option<i64>, from_ms: Option<i32>, to_ms: Option<i32>) -> Self {
        let number = |ms: Option<i32>| ms.and_then(|ms| u32::try_from(ms).ok()).unwrap_or(0);
        let made = made.and_then(|made| u64::try_from(made).ok()).unwrap_or(0);
        Self { made, from_ms: number(from_ms), to_ms: number(to_ms) }
    }

    /// Whether both were made of the same upload, so that moments of one can be told in the other.
    pub(crate) fn is_made_with(&self, other: &Self) -> bool {
        self.made == other.made
    }

    /// The moment `at_ms` of this one, in `other`; what lies before that begins is its beginning. Both in milliseconds.
    pub(crate) fn moment_in(&self, other: &Self, at_ms: u32) -> u32 {
        let at = i64::from(at_ms) + i64::from(self.from_ms) - i64::from(other.from_ms);
        u32::try_from(at.max(0)).unwrap_or(u32::MAX)
    }
}

/// The state in which a film is, and how long it is then, in milliseconds. Errors: `NotFound`.
pub(crate) async fn now(tx: &mut Tx, film: FilmId) -> Result<(Edition, Option<u32>), Error> {
    let row = sqlx::query!(
        r#"select length_ms, (extract(epoch from replaced_at) * 1000000)::bigint as made, trim_from_ms, trim_to_ms
           from film where id = $1"#,
        film.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let length = row.length_ms.and_then(|length| u32::try_from(length).ok());
    Ok((Edition::of_row(row.made, row.trim_from_ms, row.trim_to_ms), length))
}

#[cfg(test)]
mod tests {
    use super::Edition;

    #[test]
    fn an_edition_is_read_as_it_is_written_and_nothing_else_is() {
        let cut = Edition { made: 1_700_000_000_000_001, from_ms: 6_000, to_ms: 12_000 };
        for edition in [Edition::default(), cut] {
            assert_eq!(Edition::read(&edition.to_string()), Some(edition));
        }
        assert_eq!(Edition::read(""), Some(Edition::default()));
        for other in ["1", "1-2", "1-2-3-4", "1-2-x", "-1-2-3", "1--2", "1-2-4294967296"] {
            assert_eq!(Edition::read(other), None, "{other}");
        }
    }

    #[test]
    fn moments_go_along_with_a_cut() {
        let whole = Edition::default();
        let cut = Edition { from_ms: 6_000, to_ms: 12_000, ..whole };
        assert!(whole.is_made_with(&cut) && !whole.is_made_with(&Edition { made: 1, ..whole }));
        assert_eq!((whole.moment_in(&cut, 7_000), whole.moment_in(&cut, 1_000)), (1_000, 0));
        assert_eq!((cut.moment_in(&whole, 1_000), cut.moment_in(&whole, u32::MAX)), (7_000, u32::MAX));
    }
}
