//! What can be wrong, in this area's words.

use identity::{FieldProblem, Problem};

/// Why an act of this area did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or cannot be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The object store refused or cannot be reached.
    #[error(transparent)]
    Blob(#[from] base::blob::BlobError),
    /// A film could not be changed.
    #[error(transparent)]
    Film(#[from] video::Error),
    /// There is no such thing, or the one who asks may not know of it.
    #[error("not found")]
    NotFound,
    /// The one who asks may see it but not do this.
    #[error("not allowed")]
    NotAllowed,
    /// Somebody saved this unit meanwhile; it has this revision now.
    #[error("changed meanwhile, revision {0}")]
    ChangedMeanwhile(i32),
    /// Values that cannot be taken, all of them at once.
    #[error("invalid: {0:?}")]
    Invalid(Vec<FieldProblem>),
    /// There is nothing to publish: no unit, or a unit without text and film.
    #[error("nothing to publish")]
    NothingToPublish,
    /// A unit shows a film that cannot be watched: not uploaded, failed or stopped; or, in a school, one without captions.
    #[error("a film is not ready to be published")]
    FilmsNotReady,
    /// So many grave findings are neither mended nor waived.
    #[error("{0} findings stand in the way")]
    FindingsInTheWay(usize),
    /// A second person has not approved exactly this draft.
    #[error("a second person has not approved this draft")]
    ReviewFirst,
    /// Nobody decides on a draft that they wrote or asked a review of.
    #[error("nobody approves their own draft")]
    OwnDraft,
    /// The draft is another one than the review was asked for.
    #[error("the draft has changed since the review was asked for")]
    DraftChanged,
    /// A file of a word processor that is not taken; why.
    #[error("not a document that is taken: {0:?}")]
    Document(crate::docx::Refused),
    /// A picture that is no PNG, JPEG, WebP or GIF, or too large.
    #[error("not a picture that is taken")]
    NotAPicture,
    /// The course is finished and proved; a unit of it is not taken back.
    #[error("the course is already done")]
    AlreadyDone,
    /// The unit is done by passing its test.
    #[error("the unit is done by passing its test")]
    TestFirst,
    /// Less of the unit's film was seen than it asks for, both in per cent.
    #[error("{seen} per cent of the film were seen, {needed} are asked for")]
    FilmFirst {
        /// What was seen.
        seen: u32,
        /// What is asked for.
        needed: u32,
    },
    /// A test without questions, with a draw of more than there are, or with a question that cannot be asked.
    #[error("a test is not ready")]
    TestNotReady,
    /// The unit comes before its test.
    #[error("the unit comes first")]
    UnitFirst,
    /// All attempts are used up.
    #[error("no attempt is left")]
    NoAttemptLeft,
    /// The attempt has ended, or its time ran out.
    #[error("the attempt is over")]
    AttemptOver,
    /// The person rests; nothing is answered meanwhile.
    #[error("the attempt rests")]
    Resting,
    /// What was posted is no answer to the question.
    #[error("no answer: {0:?}")]
    BadAnswer(Box<crate::quiz::AnswerFault>),
    /// The certificate was revoked, or its holder erased.
    #[error("the certificate is not valid any more")]
    NotValid,
    /// Too many tries of late.
    #[error("too many tries")]
    TooMany,
    /// The taking is done, released or exempted from; it is not changed any more.
    #[error("the taking is closed")]
    Closed,
    /// A course keeps at least one teacher.
    #[error("the last teacher of a course stays")]
    LastTeacher,
}

impl Error {
    /// One field is wrong.
    pub fn field(field: &'static str, problem: Problem) -> Self {
        Self::Invalid(vec![FieldProblem { field, problem }])
    }

    pub(crate) fn taken(error: sqlx::Error, constraint: &str, field: &'static str) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.constraint() == Some(constraint) => {
                Self::field(field, Problem::Taken)
            }
            _ => Self::Database(error),
        }
    }
}

/// The problem of a text that must have 1 to `most` characters.
pub(crate) fn text_problem(field: &'static str, text: &str, most: usize) -> Option<FieldProblem> {
    let problem = match text.trim().chars().count() {
        0 => Problem::Missing,
        length if length > most => Problem::TooLong(most),
        _ if text
            .chars()
            .any(|letter| letter.is_control() && letter != '\n' && letter != '\r' && letter != '\t') =>
        {
            Problem::Malformed
        }
        _ => return None,
    };
    Some(FieldProblem { field, problem })
}
