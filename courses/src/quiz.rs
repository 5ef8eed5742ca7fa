//! Tests of a unit: questions, how an answer is read, graded and explained, and how a test is set up.
//!
//! Everything about questions here is pure: the same question, seed and answer give the same result for ever.

pub mod answer;
pub mod check;
pub mod explained;
mod fence;
pub mod gaps;
pub mod grade;
pub mod order;
pub mod question;
pub mod settings;
pub mod shown;
pub mod text;

pub use answer::{Answer, AnswerFault, GapAnswer};
pub use check::{Flaw, What};
pub use explained::{Explained, ExplainedField, ExplainedOption, ExplainedParts};
pub use grade::Certainty;
pub use question::{Area, Choice, Criterion, Gap, Kind, Place, Question};
pub use settings::{Draw, Reveal, Settings};
pub use shown::{Shown, ShownArea, ShownGap, ShownKind, ShownOption};
