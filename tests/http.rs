//! Through the outer door, over HTTP.

mod api;
pub mod applications;
mod backup;
mod connections;
mod courses;
mod crowd;
mod declarations;
mod demo;
mod films;
mod folder;
mod identity;
pub mod loans;
mod mail;
pub mod names;
pub mod papers;
pub mod register;
pub mod reports;
pub mod retention;
mod sources;
pub mod stocktake;
mod storage;
mod texts;
mod uploads;
mod users;
mod walls;
mod writing;
