//! A sheet of an .xlsx workbook (ECMA-376, Office Open XML) as a table. Dates, numbers and text cells are told apart; of a
//! formula the value that the spreadsheet kept is taken, and nothing is ever run.
//!
//! A workbook is a ZIP archive, so it may be far larger than it looks. It is unpacked once to be measured, whatever it says of
//! itself, before anything is kept; then cells are read one by one, and where they stand costs nothing.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};
use identity::sheet::{MOST_BYTES, MOST_ROWS, Sheet};
use zip::ZipArchive;

/// Most bytes of everything in the archive, unpacked.
pub const MOST_UNPACKED: u64 = 64 << 20;
/// Most parts of the archive; a workbook of one table has some fifteen.
const MOST_PARTS: usize = 1_000;
/// Most cells that are read, blank ones too.
pub const MOST_CELLS: usize = 500_000;
/// Most columns.
const MOST_COLUMNS: usize = 100;
/// Most bytes of text in the cells; many cells may name one long text.
const MOST_TEXT: usize = 32 << 20;
/// From here on a spreadsheet has rounded a number (it keeps 15 digits).
const ROUNDED: f64 = 1e15;
/// The same for whole numbers.
const ROUNDED_WHOLE: u64 = 1_000_000_000_000_000;

/// Why a workbook is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkbookProblem {
    /// No .xlsx: something else, damaged, an .xls of old, or one with a password.
    NotWorkbook,
    /// More bytes, rows, columns or cells than are taken.
    TooLarge,
    /// There is no sheet of that name; these are there.
    NoSheet(Vec<String>),
    /// Nothing on the sheet but perhaps a header.
    Empty,
    /// A number of more than 15 digits, of which the spreadsheet has lost some; its row and column, from 1.
    Rounded(usize, usize),
    /// A formula that ended in an error (`#N/A`); its row and column, from 1.
    Faulty(usize, usize),
}

/// Whether the bytes begin like a workbook (a ZIP archive), or like an .xls of old or one with a password (OLE2).
pub fn looks_like_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0")
}

/// Reads the sheet of that name, the first one for an empty name. Lines are the rows of the sheet, from 1.
pub fn read(bytes: &[u8], wanted: &str) -> Result<Sheet, WorkbookProblem> {
    if bytes.len() > MOST_BYTES {
        return Err(WorkbookProblem::TooLarge);
    }
    measure(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| WorkbookProblem::NotWorkbook)?;
    let names = book.sheet_names();
    if names.is_empty() {
        return Err(WorkbookProblem::NotWorkbook);
    }
    let named =
        |name: &&String| wanted.trim().is_empty() || name.to_lowercase() == wanted.trim().to_lowercase();
    let Some(name) = names.iter().find(named) else { return Err(WorkbookProblem::NoSheet(names)) };
    table(cells(&mut book, name)?)
}

/// Unpacks every part and throws it away, to know how much there is.
fn measure(bytes: &[u8]) -> Result<(), WorkbookProblem> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| WorkbookProblem::NotWorkbook)?;
    if archive.len() > MOST_PARTS {
        return Err(WorkbookProblem::TooLarge);
    }
    let mut left = MOST_UNPACKED;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| WorkbookProblem::NotWorkbook)?;
        let name = part.name().map_err(|_| WorkbookProblem::NotWorkbook)?;
        let texts = name.to_lowercase().ends_with("sharedstrings.xml");
        let mut part = part.take(left + 1);
        let mut kept = Vec::new();
        let read = if texts {
            part.read_to_end(&mut kept).map(|read| u64::try_from(read).unwrap_or(u64::MAX))
        } else {
            std::io::copy(&mut part, &mut std::io::sink())
        };
        let read = read.map_err(|_| WorkbookProblem::NotWorkbook)?;
        left = left.checked_sub(read).ok_or(WorkbookProblem::TooLarge)?;
        honest(&kept)?;
    }
    Ok(())
}

/// The list of texts says how many there are, and the reader makes room for so many before it looks: a number that is no number of
/// texts would take all memory. It is searched for in plain bytes, so an encoding that would hide it is refused.
fn honest(texts: &[u8]) -> Result<(), WorkbookProblem> {
    const SAID: &[u8] = b"uniqueCount";
    if texts.iter().take(4).any(|byte| matches!(byte, 0 | 0xfe | 0xff)) {
        return Err(WorkbookProblem::NotWorkbook);
    }
    let places = texts.windows(SAID.len()).enumerate().filter(|(_, window)| *window == SAID);
    for (at, _) in places {
        let after = texts.iter().skip(at + SAID.len()).skip_while(|byte| !byte.is_ascii_digit());
        let digits = after.take_while(|byte| byte.is_ascii_digit());
        let said = digits.fold(0_usize, |sum, digit| {
            sum.saturating_mul(10).saturating_add(usize::from(digit.saturating_sub(b'0')))
        });
        if said > MOST_CELLS {
            return Err(WorkbookProblem::TooLarge);
        }
    }
    Ok(())
}

type Rows = BTreeMap<usize, Vec<String>>;

fn cells(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Rows, WorkbookProblem> {
    let mut reader = book.worksheet_cells_reader(name).map_err(|_| WorkbookProblem::NotWorkbook)?;
    let (mut rows, mut seen, mut text) = (Rows::new(), 0, 0);
    while let Some(cell) = reader.next_cell().map_err(|_| WorkbookProblem::NotWorkbook)? {
        seen += 1;
        if seen > MOST_CELLS {
            return Err(WorkbookProblem::TooLarge);
        }
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize + 1, column as usize);
        let value = shown(cell.get_value(), (row, column + 1))?;
        if value.is_empty() {
            continue;
        }
        text += value.len();
        if column >= MOST_COLUMNS || text > MOST_TEXT {
            return Err(WorkbookProblem::TooLarge);
        }
        let cells = rows.entry(row).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        if let Some(cell) = cells.get_mut(column) {
            *cell = value;
        }
        if rows.len() > MOST_ROWS + 1 {
            return Err(WorkbookProblem::TooLarge);
        }
    }
    Ok(rows)
}

/// A cell as text: a day as `2026-08-31`, a whole number without a point.
fn shown(value: &DataRef<'_>, at: (usize, usize)) -> Result<String, WorkbookProblem> {
    Ok(match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.trim().to_owned()
        }
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Int(number) if number.unsigned_abs() >= ROUNDED_WHOLE => {
            return Err(WorkbookProblem::Rounded(at.0, at.1));
        }
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.abs() >= ROUNDED => {
            return Err(WorkbookProblem::Rounded(at.0, at.1));
        }
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(true) => "PRAWDA".to_owned(),
        DataRef::Bool(false) => "FAŁSZ".to_owned(),
        DataRef::DateTime(moment) if moment.is_duration() => moment.as_f64().to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::Error(_) => return Err(WorkbookProblem::Faulty(at.0, at.1)),
    })
}

/// The first row that is not blank is the header.
fn table(rows: Rows) -> Result<Sheet, WorkbookProblem> {
    let mut rows = rows.into_iter();
    let (_, headers) = rows.next().ok_or(WorkbookProblem::Empty)?;
    let headers = headers.iter().map(|header| header.to_lowercase()).collect();
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() { Err(WorkbookProblem::Empty) } else { Ok(Sheet { headers, rows }) }
}
