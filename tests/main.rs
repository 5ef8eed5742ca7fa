//! Every test of the program from outside, in one binary: over HTTP, in a real browser, of the pages' own functions, and of the tree itself.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod authz;
mod browser;
mod harness;
mod http;
mod sizes;
mod tidy;
mod units;
