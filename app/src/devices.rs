//! Pages of devices: the register, loans and their papers.

pub mod flash;
pub mod loans;
mod papers;
mod register;
pub mod sections;

use crate::routes::Routes;

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new().merge(register::routes()).merge(loans::routes()).merge(papers::routes())
}
