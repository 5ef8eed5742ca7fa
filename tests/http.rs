//! Through the outer door, over HTTP.

mod courses;
mod films;
mod folder;
mod identity;
pub mod loans;
pub mod register;
mod storage;
mod uploads;
mod walls;
