//! Applications for devices: what a programme asks for, who applied, points, the commission's decision, the waiting list,
//! the device that waits to be collected, and what happens when nobody comes for it.

mod clerk;
mod decide;
mod expire;
mod kind;
mod list;
mod mine;
mod offer;
mod pass_on;
mod rules;

pub use clerk::{Entry, Paper, complete, decline, enter, score};
pub use decide::{Decided, Decision, Notice, Told, decide};
pub use expire::{KIND, ask_daily, expire, give_up, run};
pub use kind::{Refusal, State};
pub use list::{Allocation, Application, Filter, Score, all, letter, one, waiting};
pub use mine::{Draft, Offer, Somebody, begin, draft_of, for_whom, mine, offers, own, send, withdraw};
pub use offer::offer;
pub use pass_on::{pass_on, take_out};
pub use rules::{Criterion, Rules, add_criterion, criteria, retire_criterion, rules, set_rules};
