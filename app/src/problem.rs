//! The one place that turns a refusal of an area into a status and a sentence.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use words::{Language, frame};

/// What a page handler answers.
pub type Answer = Result<Response, Problem>;

/// Why there is no page. Rendered by `guard::stand`, in the language of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nobody is signed in; a page sends them to sign in and back to this path.
    SignInFirst {
        /// The path that was asked for; empty when it was not a page.
        next: String,
    },
    /// Not there, or not for this person: the two look the same.
    NotFound,
    /// May be seen but not done.
    NotAllowed,
    /// A form from another site.
    Foreign,
    /// More bytes than are taken.
    TooLarge,
    /// A form or address that cannot be read.
    Malformed,
    /// The address takes a form and has no page of its own: somebody opened it again after an answer.
    FormOnly,
    /// The database or the object store does not answer; the seconds after which to try again.
    Unavailable(u32),
}

impl Problem {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::SignInFirst { .. } => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAllowed | Self::Foreign => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::FormOnly => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A short word for the API (`type` of RFC 9457).
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignInFirst { .. } => "sign-in-first",
            Self::NotFound => "not-found",
            Self::NotAllowed => "not-allowed",
            Self::Foreign => "foreign-request",
            Self::TooLarge => "too-large",
            Self::Malformed => "malformed",
            Self::FormOnly => "wrong-method",
            Self::Unavailable(_) => "unavailable",
        }
    }

    /// Heading and text in a language.
    pub fn sentences(&self, language: Language) -> (&'static str, &'static str) {
        match self {
            Self::SignInFirst { .. } => {
                (frame::sign_in_first_title(language), frame::sign_in_first_text(language))
            }
            Self::NotFound => (frame::not_found_title(language), frame::not_found_text(language)),
            Self::NotAllowed => (frame::not_allowed_title(language), frame::not_allowed_text(language)),
            Self::Foreign => (frame::foreign_title(language), frame::foreign_text(language)),
            Self::TooLarge => (frame::too_large_title(language), frame::too_large_text(language)),
            Self::Malformed => (frame::malformed_title(language), frame::malformed_text(language)),
            Self::FormOnly => (frame::form_only_title(language), frame::form_only_text(language)),
            Self::Unavailable(_) => (frame::unavailable_title(language), frame::unavailable_text(language)),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Self::SignInFirst { next } = &self
            && !next.is_empty()
        {
            let next = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
            return Redirect::to(&format!("/sign-in?next={next}")).into_response();
        }
        let mut response = self.status().into_response();
        if let Self::Unavailable(seconds) = &self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// A row that is not there is a page that is not there. A database that does not answer is not the person's fault.
fn database(error: &base::db::Error) -> Problem {
    if matches!(error, base::db::Error::RowNotFound) {
        return Problem::NotFound;
    }
    tracing::error!(%error, "the database refused");
    Problem::Unavailable(5)
}

impl From<base::db::Error> for Problem {
    fn from(error: base::db::Error) -> Self {
        database(&error)
    }
}

impl From<identity::Error> for Problem {
    fn from(error: identity::Error) -> Self {
        use identity::Error as E;
        match error {
            E::Database(error) => database(&error),
            E::NotFound | E::LinkUsedUp => Self::NotFound,
            E::NotAllowed | E::NotOneself | E::Bound | E::WrongNameOrPassword | E::TooManyTries(_) => {
                Self::NotAllowed
            }
            E::Invalid(_) => Self::Malformed,
            E::System(error) => {
                tracing::error!(error, "the system refused");
                Self::Unavailable(5)
            }
        }
    }
}

impl From<courses::Error> for Problem {
    fn from(error: courses::Error) -> Self {
        use courses::Error as E;
        match error {
            E::Database(error) => database(&error),
            E::Blob(error) => error.into(),
            E::Film(error) => error.into(),
            E::NotFound => Self::NotFound,
            E::NotAllowed
            | E::LastTeacher
            | E::OwnDraft
            | E::AlreadyDone
            | E::Closed
            | E::TestFirst
            | E::FilmFirst { .. }
            | E::UnitFirst
            | E::NoAttemptLeft
            | E::AttemptOver
            | E::Resting
            | E::NotValid
            | E::TooMany => Self::NotAllowed,
            E::ChangedMeanwhile(_)
            | E::Invalid(_)
            | E::FindingsInTheWay(_)
            | E::ReviewFirst
            | E::DraftChanged
            | E::Document(_)
            | E::NothingToPublish
            | E::FilmsNotReady
            | E::TestNotReady
            | E::BadAnswer(_)
            | E::NotAPicture => Self::Malformed,
        }
    }
}

impl From<notices::Error> for Problem {
    fn from(error: notices::Error) -> Self {
        use notices::Error as E;
        match error {
            E::Database(error) => database(&error),
            E::NotFound => Self::NotFound,
            E::System(error) => {
                tracing::error!(error, "the system refused");
                Self::Unavailable(5)
            }
        }
    }
}

impl From<devices::Error> for Problem {
    fn from(error: devices::Error) -> Self {
        use devices::Error as E;
        match error {
            E::Database(error) => database(&error),
            E::Blob(error) => error.into(),
            E::NotFound | E::Blanked => Self::NotFound,
            E::NotAllowed | E::TooMany => Self::NotAllowed,
            E::ChangedMeanwhile(_)
            | E::Invalid(_)
            | E::Lent
            | E::HasPrimary
            | E::Reserved
            | E::NotInStock
            | E::Bound(_)
            | E::NoticeGiven { .. }
            | E::Stays
            | E::SimTaken
            | E::Applied
            | E::Excluded
            | E::Ambiguous(_)
            | E::ClockRuns
            | E::Held
            | E::SharesNotWhole => Self::Malformed,
        }
    }
}

impl From<video::Error> for Problem {
    fn from(error: video::Error) -> Self {
        use video::Error as E;
        match error {
            E::Database(error) => database(&error),
            E::Blob(error) => error.into(),
            E::NotFound | E::Expired => Self::NotFound,
            E::WrongState(_) | E::BeingReplaced | E::TakenOver => Self::NotAllowed,
            E::TooManyBytes | E::BadSize(_) | E::NoRoom(_) => Self::TooLarge,
            E::WrongOffset(_) | E::ChecksumMismatch | E::Captions { .. } => Self::Malformed,
            E::System(error) => {
                tracing::error!(error, "the system refused");
                Self::Unavailable(5)
            }
        }
    }
}

impl From<axum::extract::rejection::FormRejection> for Problem {
    fn from(rejection: axum::extract::rejection::FormRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TooLarge } else { Self::Malformed }
    }
}

impl From<base::blob::BlobError> for Problem {
    fn from(error: base::blob::BlobError) -> Self {
        if matches!(error, base::blob::BlobError::Missing(_)) {
            return Self::NotFound;
        }
        tracing::error!(%error, "the object store refused");
        Self::Unavailable(5)
    }
}

impl From<axum::extract::multipart::MultipartError> for Problem {
    fn from(error: axum::extract::multipart::MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TooLarge } else { Self::Malformed }
    }
}

/// The sentence for a field that was refused.
pub fn field_sentence(language: Language, problem: &identity::Problem) -> String {
    use identity::Problem as P;
    let number = |count: &usize| i64::try_from(*count).unwrap_or(i64::MAX);
    match problem {
        P::Missing => frame::missing(language).to_owned(),
        P::TooLong(most) => frame::too_long(language, number(most)),
        P::TooShort(least) => frame::too_short(language, number(least)),
        P::Malformed => frame::malformed_value(language).to_owned(),
        P::Taken => frame::taken(language).to_owned(),
        P::Doubled(line) => frame::doubled(language, &line.to_string()),
        P::Unknown => frame::unknown(language).to_owned(),
        P::Common => frame::common_password(language).to_owned(),
        P::Differs => frame::differs(language).to_owned(),
        P::Protected => frame::protected(language).to_owned(),
    }
}
