//! Documents as PDF/UA and pictures made safe: what may be asked for, and the program that does it.
//!
//! Typesetting and decoding are done by `tablica-documents` (package `typeset`), a program of its own: it needs much memory for
//! a moment and reads pictures of strangers, so neither burdens the server. This crate holds the words that both sides speak
//! ([`wire`]), what a document consists of ([`paper`], and [`clauses`] for the wording of an agreement) and the way to order one ([`Workshop`]). It knows no table and no rule.

pub mod clauses;
pub mod paper;
pub mod wire;
#[cfg(feature = "order")]
mod workshop;

pub use paper::{Align, Block, Certificate, Letter, Lies, Numbered, Report, Signature, Table};
#[cfg(feature = "order")]
pub use workshop::{Failure, Photo, Workshop, program};
