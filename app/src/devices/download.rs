//! A table as a file that the browser keeps.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use devices::table::{Notes, Table, workbook};
use time::OffsetDateTime;

use crate::date;
use crate::problem::Answer;

/// Which file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// CSV.
    Csv,
    /// An .xlsx workbook.
    Workbook,
}

/// Media type of a workbook.
pub const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Tables as one file `name-2026-11-21.csv` or `.xlsx`; of several tables a CSV has the first alone.
pub fn tables(form: Form, name: &str, tables: &[Table], notes: &Notes, now: OffsetDateTime) -> Answer {
    let (bytes, kind, ending) = match (form, tables.first()) {
        (Form::Csv, Some(table)) => (table.csv()?, "text/csv; charset=utf-8; header=present", "csv"),
        _ => (workbook(tables, notes, now)?, WORKBOOK, "xlsx"),
    };
    Ok(file(bytes, kind, &format!("{name}-{}.{ending}", date::machine_day(now))))
}

/// Bytes as a file of this name (ASCII), kept by no cache.
pub fn file(bytes: Vec<u8>, kind: &str, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}
