//! Courses: outlines, Markdown units, published versions, enrolment, takings, progress, and a course as a folder.
//!
//! A course has a draft that its teachers edit and versions that learners see; a version never changes. Who may do what
//! is looked up once (`find`) and proved by a value (`Taught`, `Taken`) that every further function asks for.

pub mod assign;
pub mod certificate;
pub mod check;
pub mod companion;
pub mod copy;
pub mod course;
pub mod diff;
pub mod docx;
pub mod draft;
pub mod ended;
pub mod enrolment;
pub mod error;
pub mod film;
pub mod find;
pub mod folder;
pub mod follow;
pub mod home;
pub mod learn;
pub mod markdown;
pub mod media;
pub mod offer;
pub mod open;
pub mod outline;
pub mod plan;
pub mod publish;
pub mod quiz;
pub mod reading;
pub mod recall;
pub mod remind;
pub mod report;
pub mod review;
pub mod rule;
pub mod search;
pub mod seen;
pub mod slug;
pub mod studio;
pub mod taking;
pub mod teacher;
pub mod title;
mod told;
pub mod translation;
pub mod version;
pub mod waiver;

pub use error::Error;
pub use find::{Found, Taken, Taught};

base::id!(
    /// A course.
    CourseId
);
base::id!(
    /// A course in the catalogue of the installation.
    OfferId
);
base::id!(
    /// A section of a draft.
    SectionId
);
base::id!(
    /// A unit; the same id in the draft and in every version.
    UnitId
);
base::id!(
    /// A published version of a course.
    VersionId
);
base::id!(
    /// An enrolment: one person, a group, a unit of the office, a position or everybody.
    EnrolmentId
);
base::id!(
    /// One person's way through one course, once.
    TakingId
);
base::id!(
    /// A report of training that was frozen.
    TrainingReportId
);
base::id!(
    /// A picture of a course.
    MediaId
);
base::id!(
    /// One person's way through a test, once.
    AttemptId
);
base::id!(
    /// A question of the bank of a course; the same id in all of its versions.
    QuestionId
);
base::id!(
    /// A certificate.
    CertificateId
);
