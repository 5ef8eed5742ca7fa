//! Tests live in main.rs.
