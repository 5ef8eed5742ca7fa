//! Reports: how many devices each unit, programme and model has, what ends soon, what it cost, and copies that are frozen for the
//! auditor.

pub mod cost;
pub mod ending;
pub mod frozen;
pub mod savings;
pub mod summary;
