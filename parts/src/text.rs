//! What a page says: states, messages, progress, facts, courses and their text.

mod breadcrumbs;
mod card;
mod coverage;
mod details;
mod notice;
mod outline;
mod progress;
mod prose;
mod steps;
mod summary;
mod tag;

pub use breadcrumbs::Breadcrumbs;
pub use card::{CourseCard, CourseCards};
pub use coverage::Coverage;
pub use details::Details;
pub use notice::Notice;
pub use outline::{Outline, OutlineSection, OutlineUnit, OutlineWords, UnitState};
pub use progress::{Meter, ProgressBar};
pub use prose::Prose;
pub use steps::{StepLinks, StepWords};
pub use summary::{SummaryList, SummaryRow};
pub use tag::Tag;
