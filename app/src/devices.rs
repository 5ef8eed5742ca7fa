//! Pages of devices: the register and loans.

pub mod applications;
pub mod flash;
pub mod loans;
mod register;
pub mod sections;
mod stocktake;

use crate::routes::Routes;

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .merge(register::routes())
        .merge(loans::routes())
        .merge(applications::routes())
        .merge(stocktake::routes())
}
