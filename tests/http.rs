//! Through the outer door, over HTTP.

mod api;
mod connections;
mod courses;
mod crowd;
mod films;
mod folder;
mod identity;
pub mod loans;
mod mail;
pub mod papers;
pub mod register;
mod sources;
mod storage;
mod texts;
mod uploads;
mod walls;
