//! Lists of many: the table, the pages of a long list, and what stands where a list would be empty.

mod data;
mod empty;
mod pagination;

pub use data::{DataTable, TableWidth};
pub use empty::EmptyState;
pub use pagination::{Pagination, PaginationWords};
