//! Tests of a unit: questions, how an answer is read, graded and explained, and how a test is set up.
//!
//! Everything about questions here is pure: the same question, seed and answer give the same result for ever. What is kept, and
//! when: `store` (the draft, and what a version freezes), `begin`, `take`, `finish` (an attempt), `mark` and `results` (teachers).

pub mod analysis;
pub mod answer;
pub mod attempt;
pub mod bank;
pub mod begin;
pub mod check;
pub(crate) mod copied;
pub mod draws;
pub mod exchange;
pub mod explained;
mod fence;
pub mod file;
pub(crate) mod findings;
pub mod finish;
pub mod gaps;
pub mod grade;
pub mod html;
pub mod items;
pub mod mark;
pub mod order;
pub mod pictures;
pub mod pool;
pub mod question;
pub mod replay;
pub mod results;
pub mod settings;
pub mod shown;
pub mod store;
pub mod take;
pub mod text;
pub mod translated;
pub mod wording;

pub use answer::{Answer, AnswerFault, GapAnswer};
pub use check::{Flaw, What};
pub use draws::Supply;
pub use explained::{Explained, ExplainedField, ExplainedOption, ExplainedParts};
pub use grade::Certainty;
pub use question::{Area, Choice, Criterion, Gap, Kind, Place, Question};
pub use settings::{Draw, Reveal, Settings};
pub use shown::{Shown, ShownArea, ShownGap, ShownKind, ShownOption};

#[cfg(test)]
mod tests;
