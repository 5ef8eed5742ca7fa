//! Reading a table that somebody exported from somewhere: UTF-8 (with or without a mark) or Windows-1250; `;`, `,` or tab.

use std::collections::HashMap;

use csv::ReaderBuilder;

/// Most bytes of a file.
pub const MOST_BYTES: usize = 8 << 20;
/// Most rows of a file.
pub const MOST_ROWS: usize = 20_000;

/// A table as it was read: headers in small letters, and rows with the line on which each begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The names of the columns, trimmed, in small letters.
    pub headers: Vec<String>,
    /// Line in the file and the trimmed cells.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// A column that is read: its field, whether it must be there, and the headers by which it is known.
pub type Column = (&'static str, bool, &'static [&'static str]);

impl Sheet {
    /// Where the column of each field stands; columns that may be missing and are have no place.
    ///
    /// Errors: the fields whose columns must be there and are not.
    pub fn places(&self, columns: &[Column]) -> Result<HashMap<&'static str, usize>, Vec<&'static str>> {
        let mut places = HashMap::new();
        let mut missing = Vec::new();
        for (field, needed, names) in columns {
            match self.headers.iter().position(|header| names.contains(&header.as_str())) {
                Some(at) => {
                    places.insert(*field, at);
                }
                None if *needed => missing.push(*field),
                None => {}
            }
        }
        if missing.is_empty() { Ok(places) } else { Err(missing) }
    }
}

/// Why a file is no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetProblem {
    /// Nothing in it but perhaps a header.
    Empty,
    /// More bytes or rows than are taken.
    TooLarge,
    /// Bytes that are text in neither encoding.
    NotText,
    /// A quotation mark that is never closed, or the like; the line.
    Broken(usize),
}

/// The text of a file: UTF-8 when it is that, else Windows-1250.
pub fn decode(bytes: &[u8]) -> Result<String, SheetProblem> {
    if bytes.len() > MOST_BYTES {
        return Err(SheetProblem::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.contains(&0) {
        return Err(SheetProblem::NotText);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => {
            let (text, _, broken) = encoding_rs::WINDOWS_1250.decode(bytes);
            // C1 control characters mean that it was neither encoding.
            if broken || text.chars().any(|letter| ('\u{80}'..='\u{9f}').contains(&letter)) {
                return Err(SheetProblem::NotText);
            }
            Ok(text.into_owned())
        }
    }
}

/// Reads a table; the separator is the one of `;`, `,` and tab that the first line has most of.
pub fn read(bytes: &[u8]) -> Result<Sheet, SheetProblem> {
    let text = decode(bytes)?;
    let first = text.lines().next().unwrap_or("");
    let separator = [b';', b',', b'\t']
        .into_iter()
        .max_by_key(|separator| first.bytes().filter(|byte| byte == separator).count())
        .unwrap_or(b';');
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut headers = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            SheetProblem::Broken(error.position().and_then(|at| usize::try_from(at.line()).ok()).unwrap_or(0))
        })?;
        let line = record.position().and_then(|at| usize::try_from(at.line()).ok()).unwrap_or(0);
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if headers.is_none() {
            headers = Some(cells.iter().map(|cell| cell.to_lowercase()).collect());
        } else if rows.len() >= MOST_ROWS {
            return Err(SheetProblem::TooLarge);
        } else {
            rows.push((line, cells));
        }
    }
    let headers = headers.ok_or(SheetProblem::Empty)?;
    if rows.is_empty() { Err(SheetProblem::Empty) } else { Ok(Sheet { headers, rows }) }
}

/// A cell that a spreadsheet will not take for a formula (OWASP: CSV injection).
pub fn safe_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// A line of CSV: `;` between cells, every cell in quotes (RFC 4180), none of which a spreadsheet will take for a formula.
pub fn line(cells: &[String]) -> String {
    let cells: Vec<String> =
        cells.iter().map(|cell| format!("\"{}\"", safe_cell(cell).replace('"', "\"\""))).collect();
    format!("{}\r\n", cells.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Result<(&[&str], usize), SheetProblem>) {
        let read = read(bytes);
        match (read, expected) {
            (Ok(sheet), Ok((headers, rows))) => {
                assert_eq!(sheet.headers, headers);
                assert_eq!(sheet.rows.len(), rows);
            }
            (read, expected) => assert_eq!(read.err(), expected.err()),
        }
    }

    #[test]
    fn both_encodings_and_all_separators_are_read() {
        check("login;imię\njan;Żółć\n".as_bytes(), Ok((&["login", "imię"], 1)));
        check("\u{feff}Login,Imię\njan,Żółć\nola,\"Łąka, Mała\"\n".as_bytes(), Ok((&["login", "imię"], 2)));
        let (old, _, _) = encoding_rs::WINDOWS_1250.encode("login;imię\njan;Żółć\n");
        assert_eq!(read(&old).unwrap().rows[0].1[1], "Żółć");
    }

    #[test]
    fn what_is_no_table_is_named() {
        check(b"", Err(SheetProblem::Empty));
        check(b"login;imie\n", Err(SheetProblem::Empty));
        check(b"PK\x03\x04\x00\x00", Err(SheetProblem::NotText));
        check(&vec![b'a'; MOST_BYTES + 1], Err(SheetProblem::TooLarge));
    }

    #[test]
    fn a_cell_cannot_become_a_formula() {
        assert_eq!(safe_cell("=1+1"), "'=1+1");
        assert_eq!(safe_cell("Anna"), "Anna");
    }

    #[test]
    fn a_cell_cannot_break_out_of_its_quotes_or_become_a_formula() {
        let line = line(&["Nowak \"Ada\"; Anna".to_owned(), "=1+1".to_owned()]);
        assert!(line.starts_with("\"Nowak \"\"Ada\"\"; Anna\";\"") && !line.contains("\"=1"), "{line}");
    }
}
