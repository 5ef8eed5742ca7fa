//! Pages of devices: the register, loans and their papers.

pub mod applications;
pub mod download;
pub mod flash;
pub mod loans;
mod papers;
mod register;
pub(crate) mod reports;
mod retention;
pub mod sections;
pub mod stocktake;

use crate::routes::Routes;

pub use papers::sheet;
use register::{grosze, kind_name, money, spoken_day};
pub(crate) use register::{read_day, typed_day};

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .merge(register::routes())
        .merge(loans::routes())
        .merge(applications::routes())
        .merge(stocktake::routes())
        .merge(reports::routes())
        .merge(papers::routes())
        .merge(retention::routes())
}
