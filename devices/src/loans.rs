//! Loans: agreements and their parties, handing over, taking back, when they are due, incidents and repairs.

pub mod agreement;
pub mod desk;
pub mod due;
pub mod event;
pub mod handover;
pub mod incident;
pub mod kind;
pub mod list;
pub mod loan;
pub mod mine;
mod notice;
pub mod open;
mod page;
pub mod party;
mod protocols;
pub mod readiness;
pub mod receiver;
pub mod remind;
pub mod repair;
pub mod settlement;
pub mod signature;
pub mod take_back;
pub mod terms;
pub mod thing;
