//! What can be wrong, in this area's words. Sentences for people are made in `app`.

/// What is wrong with one value that a person gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was given.
    Missing,
    /// Longer than this many characters.
    TooLong(usize),
    /// Shorter than this many characters.
    TooShort(usize),
    /// Not of the form that is asked for.
    Malformed,
    /// Somebody or something else has it already.
    Taken,
    /// The same value stands twice in the file; the line of the first.
    Doubled(usize),
    /// There is no such thing.
    Unknown,
    /// Too easy to guess.
    Common,
    /// The two values differ.
    Differs,
    /// It belongs to somebody who may be changed only by an administrator of the installation.
    Protected,
}

impl Problem {
    /// What is wrong with one line of text that must be given; the blanks around it do not count.
    pub(crate) fn of_line(text: &str, most: usize) -> Option<Self> {
        let text = text.trim();
        match text.chars().count() {
            0 => Some(Self::Missing),
            length if length > most => Some(Self::TooLong(most)),
            _ if text.chars().any(char::is_control) => Some(Self::Malformed),
            _ => None,
        }
    }
}

/// A problem with the field of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's name in the form, the API or the file.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
}

/// Why an act of this area did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or cannot be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// There is no such thing, or the one who asks may not know of it.
    #[error("not found")]
    NotFound,
    /// The one who asks may see it but not do this.
    #[error("not allowed")]
    NotAllowed,
    /// The name or the password is wrong; which one is not said.
    #[error("wrong name or password")]
    WrongNameOrPassword,
    /// Too many wrong passwords of late; try again after so many seconds.
    #[error("too many tries")]
    TooManyTries(u64),
    /// The one-time link was used, is too old, or never existed.
    #[error("the link is used up")]
    LinkUsedUp,
    /// Values that cannot be taken, all of them at once.
    #[error("invalid: {0:?}")]
    Invalid(Vec<FieldProblem>),
    /// An administrator cannot suspend or strip themselves: somebody must be left who can undo it.
    #[error("not oneself")]
    NotOneself,
    /// Something that was lent to the person, or that they sign for, binds them still.
    #[error("bound by a loan")]
    Bound,
    /// The system gave no randomness or no thread.
    #[error("system: {0}")]
    System(String),
}

impl Error {
    /// One field is wrong.
    pub fn field(field: &'static str, problem: Problem) -> Self {
        Self::Invalid(vec![FieldProblem { field, problem }])
    }

    /// Turns the violation of a foreign key into `refusal`.
    pub(crate) fn foreign(error: sqlx::Error, refusal: Self) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_foreign_key_violation() => refusal,
            _ => Self::Database(error),
        }
    }

    /// Turns the violation of a unique index into "taken".
    pub(crate) fn taken(error: sqlx::Error, constraints: &[(&str, &'static str)]) -> Self {
        if let sqlx::Error::Database(database) = &error
            && let Some(name) = database.constraint()
            && let Some((_, field)) = constraints.iter().find(|(constraint, _)| *constraint == name)
        {
            return Self::field(field, Problem::Taken);
        }
        Self::Database(error)
    }
}

/// A name without the blanks around it: one line that must be given. Errors: `Invalid` on `name`.
pub(crate) fn name(text: &str, most: usize) -> Result<&str, Error> {
    match Problem::of_line(text, most) {
        Some(problem) => Err(Error::field("name", problem)),
        None => Ok(text.trim()),
    }
}
