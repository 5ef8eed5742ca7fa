//! The process: configuration, what it stands on, the router, the workers, and the demonstration. No rule and no page.

pub mod assets;
pub mod backup;
pub mod command;
pub mod config;
pub mod course;
pub mod cpus;
pub mod demo;
pub mod doctor;
pub mod footing;
pub mod ground;
pub mod hold;
pub mod restore;
pub mod router;
pub mod serve;
pub mod user;
pub mod watched;
pub mod work;
