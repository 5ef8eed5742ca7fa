//! What people are told: notices within the site, the letters that go with them, and a calendar of deadlines.
//!
//! Areas tell (`notice::tell`) in the transaction of the act. A notice comes by e-mail as its person wishes: at once, in one letter
//! a day, or not at all, and never in their quiet hours. Letters that must always go (links that sign in, reminders that an agreement
//! asks for) do not come through here: their areas post them with `base::mail`, and nobody can refuse them.

pub mod calendar;
pub mod error;
pub mod ics;
pub mod letters;
pub mod notice;
pub mod refuse;
pub mod wish;

pub use error::Error;

base::id!(
    /// A notice.
    NoticeId
);
