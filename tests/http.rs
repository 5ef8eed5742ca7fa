//! Through the outer door, over HTTP.

mod courses;
mod films;
mod folder;
mod identity;
mod storage;
mod uploads;
mod walls;
