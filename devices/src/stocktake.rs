//! Stocktaking (spis z natury): a sheet frozen at the opening, scans, differences, recounts, a protocol at the end.

mod close;
mod declare;
mod open;
pub mod remind;
mod result;
mod scan;

pub use close::{Closing, EXPLANATION_MOST, close};
pub use declare::{Due, declare, declare_for, due};
pub use open::{NewStocktake, Stocktake, all, one, open, recount};
pub use result::{Counted, Line, Protocol, Stray, Tally, protocol, result};
pub use scan::{Heard, Scan, confirm, scan};
