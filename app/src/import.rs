//! What every import of a file shares: where it waits between check and confirmation, and the views of its rows.

mod rows;
mod waiting;

pub use rows::{missing, names, problems, sheet_sentence};
pub use waiting::{Area, Waiting};
