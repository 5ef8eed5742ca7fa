//! A table that goes out as a file: columns with a kind, rows of values. One table is written as CSV or as an .xlsx workbook.
//!
//! A text stays a text in both: in CSV what a spreadsheet would take for a formula gets an apostrophe, in a workbook it is
//! written as a string.

use identity::sheet::safe_cell;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet, XlsxError};
use time::{Date, OffsetDateTime};

use crate::error::Error;

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// Words.
    Text(String),
    /// A whole number.
    Count(i64),
    /// An amount in grosze.
    Money(i64),
    /// A day.
    Day(Date),
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Text(text) }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Blank, Self::from)
    }
}

impl From<Option<Date>> for Cell {
    fn from(day: Option<Date>) -> Self {
        day.map_or(Self::Blank, Self::Day)
    }
}

impl Cell {
    /// As machines write it: `2026-08-31`, `2028.27`.
    pub fn plain(&self) -> String {
        match self {
            Self::Blank => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Money(grosze) => {
                let sign = if *grosze < 0 { "-" } else { "" };
                format!("{sign}{}.{:02}", grosze.unsigned_abs() / 100, grosze.unsigned_abs() % 100)
            }
            Self::Day(day) => day.to_string(),
        }
    }

    /// How many characters wide it is shown.
    fn width(&self) -> usize {
        match self {
            Self::Text(text) => text.chars().count(),
            Self::Money(_) => self.plain().len() + 4,
            other => other.plain().len(),
        }
    }
}

/// A table with its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name, which is the name of the sheet as well.
    pub title: String,
    /// The names of the columns.
    pub headers: Vec<String>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<Cell>>,
    /// Sums below the rows, as long as the header; empty without.
    pub sums: Vec<Cell>,
}

impl Table {
    /// As CSV: UTF-8 with a mark (so that spreadsheets see it), `;` between cells (RFC 4180 otherwise).
    pub fn csv(&self) -> Result<Vec<u8>, Error> {
        let failed = |error: csv::Error| broken(&error.to_string());
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(b"\xef\xbb\xbf".to_vec());
        writer.write_record(self.headers.iter().map(|header| safe_cell(header))).map_err(failed)?;
        for row in self.rows.iter().chain((!self.sums.is_empty()).then_some(&self.sums)) {
            let cells = row.iter().map(|cell| match cell {
                Cell::Text(text) => safe_cell(text),
                other => other.plain(),
            });
            writer.write_record(cells).map_err(failed)?;
        }
        writer.into_inner().map_err(|error| broken(&error.to_string()))
    }
}

/// Tables as one workbook, a sheet each. The header stays in sight and has a filter, columns are as wide as what stands in them,
/// days and amounts are values that a spreadsheet reckons with. `notes`: lines of a last sheet that says what this is.
/// The same tables at the same time `made_at` give the same bytes.
pub fn workbook(tables: &[Table], notes: &Notes, made_at: OffsetDateTime) -> Result<Vec<u8>, Error> {
    let write = || -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let day = ExcelDateTime::from_ymd(
            u16::try_from(made_at.year()).unwrap_or(2000),
            made_at.month().into(),
            made_at.day(),
        )?
        .and_hms(made_at.hour().into(), made_at.minute(), f64::from(made_at.second()))?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&day));
        let mut names = Vec::new();
        for table in tables {
            let name = sheet_name(&table.title, &mut names);
            let sheet = book.add_worksheet();
            sheet.set_name(name)?;
            fill(sheet, table)?;
        }
        if !notes.lines.is_empty() {
            let sheet = book.add_worksheet();
            sheet.set_name(sheet_name(&notes.title, &mut names))?;
            sheet.set_column_width(0, 100)?;
            for (row, line) in (0..).zip(&notes.lines) {
                sheet.write_string(row, 0, line)?;
            }
        }
        book.save_to_buffer()
    };
    write().map_err(|error| broken(&error.to_string()))
}

/// What stands on the last sheet.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// The sheet's name.
    pub title: String,
    /// Line by line.
    pub lines: Vec<String>,
}

fn broken(why: &str) -> Error {
    Error::Database(sqlx::Error::Io(std::io::Error::other(why.to_owned())))
}

/// A name that a sheet may have: 31 characters, some of them not, and none twice.
fn sheet_name(title: &str, taken: &mut Vec<String>) -> String {
    let plain: String =
        title.chars().map(|letter| if "[]:*?/\\'".contains(letter) { ' ' } else { letter }).collect();
    let plain: String = plain.trim().chars().take(28).collect();
    let plain = if plain.is_empty() { "1".to_owned() } else { plain };
    let mut name = plain.clone();
    for number in 2.. {
        if !taken.contains(&name.to_lowercase()) {
            break;
        }
        name = format!("{plain} {number}");
    }
    taken.push(name.to_lowercase());
    name
}

fn fill(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let head = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
    let sums = Format::new().set_bold();
    for (column, header) in (0..).zip(&table.headers) {
        sheet.write_string_with_format(0, column, header, &head)?;
        let below = table.rows.iter().chain([&table.sums]).filter_map(|row| row.get(usize::from(column)));
        let widest = below.map(Cell::width).max().unwrap_or(0).max(header.chars().count() + 3);
        sheet.set_column_width(column, u32::try_from(widest.clamp(8, 60)).unwrap_or(60) + 1)?;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        write(sheet, row, cells, &Format::new())?;
    }
    let last_row = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    if !table.sums.is_empty() {
        write(sheet, last_row + 1, &table.sums, &sums)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    if let Some(last) = u16::try_from(table.headers.len()).ok().and_then(|count| count.checked_sub(1)) {
        sheet.autofilter(0, 0, last_row, last)?;
    }
    Ok(())
}

fn write(sheet: &mut Worksheet, row: u32, cells: &[Cell], look: &Format) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(cells) {
        match cell {
            Cell::Blank => continue,
            Cell::Text(text) => {
                // A cell holds 32,767 characters.
                let text: String = text.chars().take(32_000).collect();
                sheet.write_string_with_format(row, column, text, look)?
            }
            Cell::Count(count) => sheet.write_number_with_format(row, column, *count as f64, look)?,
            Cell::Money(grosze) => {
                let look = look.clone().set_num_format("#,##0.00\\ \"zł\"");
                sheet.write_number_with_format(row, column, *grosze as f64 / 100.0, &look)?
            }
            Cell::Day(day) => {
                let look = look.clone().set_num_format("dd.mm.yyyy");
                let year = u16::try_from(day.year()).unwrap_or(1900);
                let value = ExcelDateTime::from_ymd(year, day.month().into(), day.day())?;
                sheet.write_datetime_with_format(row, column, value, &look)?
            }
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    fn table() -> Table {
        Table {
            title: "Sprzęt: [wszystko]".to_owned(),
            headers: vec!["numer".to_owned(), "cena".to_owned(), "gwarancja".to_owned()],
            rows: vec![vec!["=1+1".into(), Cell::Money(202_827), Cell::Day(date!(2026 - 08 - 31))]],
            sums: vec![Cell::Blank, Cell::Money(-5), Cell::Blank],
        }
    }

    #[test]
    fn a_text_that_begins_like_a_formula_stays_a_text() {
        let csv = String::from_utf8(table().csv().unwrap()).unwrap();
        assert_eq!(csv, "\u{feff}numer;cena;gwarancja\n'=1+1;2028.27;2026-08-31\n;-0.05;\n");
        let made = datetime!(2026-11-21 10:00 UTC);
        let book = workbook(&[table(), table()], &Notes::default(), made).unwrap();
        let read = crate::register::import::workbook::read(&book, "").unwrap();
        assert_eq!(read.headers, ["numer", "cena", "gwarancja"]);
        assert_eq!(read.rows[0], (2, ["=1+1", "2028.27", "2026-08-31"].map(str::to_owned).to_vec()));
        assert_eq!(book, workbook(&[table(), table()], &Notes::default(), made).unwrap());
    }

    #[test]
    fn a_sheet_has_a_name_that_spreadsheets_take_and_no_two_have_the_same() {
        let mut taken = Vec::new();
        assert_eq!(sheet_name("Wypożyczenia: [2026/11]", &mut taken), "Wypożyczenia   2026 11");
        assert_eq!(sheet_name("wypożyczenia: [2026/11]", &mut taken), "wypożyczenia   2026 11 2");
        assert_eq!(sheet_name("", &mut taken), "1");
    }
}
