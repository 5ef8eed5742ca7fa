//! Papers: documents as they were made from what was signed, and photographs of a device's condition.

pub mod document;
pub mod photo;
