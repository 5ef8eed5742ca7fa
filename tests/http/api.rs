//! The REST API: the same acts and the same refusals as the pages. Every answer that these tests get is held against the
//! OpenAPI document of the running program (`call`).

mod beside;
mod bodies;
mod call;
mod courses;
mod devices;
mod films;
mod lending;
mod lists;
mod people;
mod register;
mod repeat;
mod roles;
mod sharing;
mod strangers;
mod tokens;
mod training;
