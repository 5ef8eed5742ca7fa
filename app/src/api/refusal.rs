//! Why the API does not do what was asked: every refusal of the areas, each with its status and its short word. How it
//! is written for the client is `problem_json`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use devices::loans::readiness::Finding;
use video::error::CaptionProblem;

use crate::problem::Problem;

/// What an API handler answers.
pub type Answer = Result<Response, Refusal>;

/// A refusal. Written as `application/problem+json` by `guard::stand`, in the language of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// What pages refuse too.
    Page(Problem),
    /// Name or password are wrong; which one is not said.
    WrongNameOrPassword,
    /// Too many wrong passwords of late; the seconds after which to try again.
    TooManyTries(u64),
    /// An administrator would shut themselves out, or nobody would be left.
    NotOneself,
    /// A course would be left without a teacher.
    LastTeacher,
    /// The course is finished and proved; its units are not taken back.
    CourseDone,
    /// Values that cannot be taken, all of them at once.
    Invalid(Vec<Wrong>),
    /// Somebody saved it meanwhile; its present revision.
    ChangedMeanwhile(i32),
    /// The film is not in a state in which this can be done.
    WrongState,
    /// A device cannot be handed out as it was asked for; everything that was found.
    NotReady(Vec<Finding>),
    /// No unit, or one without text and film.
    NothingToPublish,
    /// So many findings of the draft are neither mended nor waived.
    FindingsInTheWay(usize),
    /// A second person has not approved the draft.
    ReviewFirst,
    /// Captions that cannot be read: the line, from 1, and what is wrong there.
    Captions(usize, CaptionProblem),
    /// A body that is no JSON: line and column, from 1.
    NotJson(usize, usize),
    /// A body of another media type than this one.
    MediaType(&'static str),
    /// A method that the address does not know.
    WrongMethod,
    /// An `Idempotency-Key` that is too short, too long or not visible ASCII.
    KeyMalformed,
    /// An `Idempotency-Key` that came with another request before.
    KeyReused,
}

/// What is wrong with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The field's path in the body or query: `card.title`.
    pub field: String,
    /// What is wrong with it.
    pub what: What,
}

/// The ways in which a value can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A rule of an area.
    Rule(identity::Problem),
    /// No field of this name.
    UnknownField,
    /// A value of another kind; what the reader said, in English.
    Unreadable(String),
}

impl Wrong {
    /// A field that breaks a rule of an area.
    pub fn rule(field: &str, problem: identity::Problem) -> Self {
        Self { field: field.to_owned(), what: What::Rule(problem) }
    }
}

impl Refusal {
    /// Nobody is signed in.
    pub const SIGN_IN_FIRST: Self = Self::Page(Problem::SignInFirst { next: String::new() });

    /// One field breaks a rule of an area.
    pub fn field(field: &str, problem: identity::Problem) -> Self {
        Self::Invalid(vec![Wrong::rule(field, problem)])
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Page(problem) => problem.status(),
            Self::WrongNameOrPassword => StatusCode::UNAUTHORIZED,
            Self::TooManyTries(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NotOneself
            | Self::LastTeacher
            | Self::CourseDone
            | Self::ChangedMeanwhile(_)
            | Self::WrongState
            | Self::NotReady(_)
            | Self::NothingToPublish
            | Self::FindingsInTheWay(_)
            | Self::ReviewFirst => StatusCode::CONFLICT,
            Self::Invalid(_) | Self::Captions(..) | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotJson(..) | Self::KeyMalformed => StatusCode::BAD_REQUEST,
            Self::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// The short word in `type` (RFC 9457 §3.1.1).
    pub fn code(&self) -> &'static str {
        match self {
            Self::Page(problem) => problem.code(),
            Self::WrongNameOrPassword => "wrong-name-or-password",
            Self::TooManyTries(_) => "too-many-tries",
            Self::NotOneself => "not-oneself",
            Self::LastTeacher => "last-teacher",
            Self::CourseDone => "course-done",
            Self::Invalid(_) => "invalid",
            Self::ChangedMeanwhile(_) => "changed-meanwhile",
            Self::WrongState => "wrong-state",
            Self::NotReady(_) => "not-ready",
            Self::NothingToPublish => "nothing-to-publish",
            Self::FindingsInTheWay(_) => "findings-in-the-way",
            Self::ReviewFirst => "review-first",
            Self::Captions(..) => "captions",
            Self::NotJson(..) => "not-json",
            Self::MediaType(_) => "media-type",
            Self::WrongMethod => "wrong-method",
            Self::KeyMalformed => "idempotency-key",
            Self::KeyReused => "idempotency-key-reused",
        }
    }

    /// One of each kind, for the page that explains them.
    pub fn examples() -> Vec<Self> {
        vec![
            Self::Page(Problem::Malformed),
            Self::NotJson(1, 1),
            Self::KeyMalformed,
            Self::SIGN_IN_FIRST,
            Self::WrongNameOrPassword,
            Self::Page(Problem::NotAllowed),
            Self::Page(Problem::Foreign),
            Self::Page(Problem::NotFound),
            Self::WrongMethod,
            Self::NotOneself,
            Self::LastTeacher,
            Self::CourseDone,
            Self::ChangedMeanwhile(2),
            Self::WrongState,
            Self::NotReady(vec![Finding::ToWipe]),
            Self::NothingToPublish,
            Self::FindingsInTheWay(2),
            Self::ReviewFirst,
            Self::Page(Problem::TooLarge),
            Self::MediaType("application/json"),
            Self::field("title", identity::Problem::Missing),
            Self::Captions(1, CaptionProblem::NoHeader),
            Self::KeyReused,
            Self::TooManyTries(30),
            Self::Page(Problem::Unavailable(5)),
        ]
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let headers = response.headers_mut();
        match &self {
            Self::Page(Problem::SignInFirst { .. }) | Self::WrongNameOrPassword => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Page(Problem::Unavailable(seconds)) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Self::TooManyTries(seconds) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            _ => {}
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::SignInFirst { .. } => Self::SIGN_IN_FIRST,
            other => Self::Page(other),
        }
    }
}

impl From<base::db::Error> for Refusal {
    fn from(error: base::db::Error) -> Self {
        Problem::from(error).into()
    }
}

/// The fields of an area by their names in bodies of the API.
fn rules(problems: Vec<identity::FieldProblem>) -> Refusal {
    let named = |field| match field {
        "unit" => "org_unit",
        "unit_price" => "unit_price_grosze",
        field => field,
    };
    Refusal::Invalid(
        problems.into_iter().map(|wrong| Wrong::rule(named(wrong.field), wrong.problem)).collect(),
    )
}

impl From<identity::Error> for Refusal {
    fn from(error: identity::Error) -> Self {
        use identity::Error as E;
        match error {
            E::Invalid(problems) => rules(problems),
            E::WrongNameOrPassword => Self::WrongNameOrPassword,
            E::TooManyTries(seconds) => Self::TooManyTries(seconds),
            E::NotOneself => Self::NotOneself,
            other => Problem::from(other).into(),
        }
    }
}

impl From<courses::Error> for Refusal {
    fn from(error: courses::Error) -> Self {
        use courses::Error as E;
        match error {
            E::Invalid(problems) => rules(problems),
            E::Film(error) => error.into(),
            E::ChangedMeanwhile(revision) => Self::ChangedMeanwhile(revision),
            E::FilmsNotReady | E::TestNotReady | E::TestFirst | E::FilmFirst { .. } => Self::WrongState,
            E::NothingToPublish => Self::NothingToPublish,
            E::FindingsInTheWay(count) => Self::FindingsInTheWay(count),
            E::ReviewFirst => Self::ReviewFirst,
            E::LastTeacher => Self::LastTeacher,
            E::AlreadyDone => Self::CourseDone,
            other => Problem::from(other).into(),
        }
    }
}

impl From<notices::Error> for Refusal {
    fn from(error: notices::Error) -> Self {
        Problem::from(error).into()
    }
}

impl From<devices::Error> for Refusal {
    fn from(error: devices::Error) -> Self {
        use devices::Error as E;
        match error {
            E::Invalid(problems) => rules(problems),
            E::ChangedMeanwhile(revision) => Self::ChangedMeanwhile(revision),
            E::SharesNotWhole => Self::field("shares", identity::Problem::Malformed),
            E::Lent
            | E::HasPrimary
            | E::Reserved
            | E::NotInStock
            | E::Bound(_)
            | E::NoticeGiven { .. }
            | E::Stays
            | E::SimTaken
            | E::Applied
            | E::Excluded
            | E::ClockRuns
            | E::Held
            | E::Blanked => Self::WrongState,
            other => Problem::from(other).into(),
        }
    }
}

impl From<video::Error> for Refusal {
    fn from(error: video::Error) -> Self {
        use video::Error as E;
        match error {
            E::WrongState(_) => Self::WrongState,
            E::Captions { problem: CaptionProblem::BadLanguage, .. } => {
                Self::field("language", identity::Problem::Malformed)
            }
            E::Captions { line, problem } => Self::Captions(line, problem),
            other => Problem::from(other).into(),
        }
    }
}
