//! What the program brings along when nothing is configured: a private PostgreSQL and an object store, in one folder.

pub mod postgres;
pub mod store;
