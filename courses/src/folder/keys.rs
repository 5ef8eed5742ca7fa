//! Reading TOML so that every fault is found, each with its line, and not only the first.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Report};

/// Collects the faults of one file.
pub(super) struct Faults<'a> {
    /// The file's path in the folder.
    pub file: &'a str,
    /// What was found.
    pub found: Vec<Report>,
}

impl Faults<'_> {
    pub fn add(&mut self, line: usize, what: Fault) {
        self.found.push(Report { file: self.file.to_owned(), line, what });
    }
}

/// More errors of TOML in one file than this are the echo of the first ones.
const MOST_ERRORS: usize = 20;

/// What a text may look like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One line.
    Line,
    /// A paragraph, which may be broken into lines.
    Paragraph,
}

/// A TOML text with the number of its first line in the file.
pub(super) struct Source<'a> {
    pub text: &'a str,
    pub first_line: usize,
}

impl Source<'_> {
    pub fn line(&self, span: &Range<usize>) -> usize {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        self.first_line + before.iter().filter(|byte| **byte == b'\n').count()
    }
}

/// Parses a TOML text; what could be read is answered even when something could not.
pub(super) fn parse<'a>(source: &Source<'a>, faults: &mut Faults<'_>) -> DeTable<'a> {
    let (table, errors) = DeTable::parse_recoverable(source.text);
    for error in errors.into_iter().take(MOST_ERRORS) {
        let line = source.line(&error.span().unwrap_or(0..0));
        let why = error.message().lines().next().unwrap_or_default().to_owned();
        faults.add(line, Fault::NotToml(why));
    }
    table.into_inner()
}

/// One table while its keys are taken out one by one; what is left at the end is unknown.
pub(super) struct Keys<'s, 'a> {
    source: &'s Source<'a>,
    table: DeTable<'a>,
    /// Line to name when a key is missing.
    line: usize,
}

impl<'s, 'a> Keys<'s, 'a> {
    pub fn of(source: &'s Source<'a>, table: DeTable<'a>, line: usize) -> Self {
        Self { source, table, line }
    }

    /// The line of the table.
    pub fn line(&self) -> usize {
        self.line
    }

    /// A value with its line. One that is missing but must be there is a fault.
    pub fn take(
        &mut self,
        key: &'static str,
        must: bool,
        faults: &mut Faults<'_>,
    ) -> Option<(usize, DeValue<'a>)> {
        match self.table.remove(key) {
            Some(value) => Some((self.source.line(&value.span()), value.into_inner())),
            None => {
                if must {
                    faults.add(self.line, Fault::MissingKey(key));
                }
                None
            }
        }
    }

    /// A text of 1 to `most` characters, without blanks around it, with its line.
    pub fn text(
        &mut self,
        key: &'static str,
        must: bool,
        (shape, most): (Shape, usize),
        faults: &mut Faults<'_>,
    ) -> Option<(usize, String)> {
        let (line, value) = self.take(key, must, faults)?;
        let DeValue::String(text) = value else {
            faults.add(line, Fault::WrongKind(key, "a text in quotation marks"));
            return None;
        };
        let text = text.trim();
        if text.is_empty() {
            faults.add(line, Fault::EmptyValue(key));
        } else if text.chars().count() > most {
            faults.add(line, Fault::TooLong(key, most));
        } else if text.chars().any(|c| c.is_control() && (shape == Shape::Line || c != '\n')) {
            faults.add(line, Fault::NotOneLine(key));
        } else {
            return Some((line, text.to_owned()));
        }
        None
    }

    /// Whether something is so; what is not said is not.
    pub fn flag(&mut self, key: &'static str, faults: &mut Faults<'_>) -> bool {
        match self.take(key, false, faults) {
            None => false,
            Some((_, DeValue::Boolean(said))) => said,
            Some((line, _)) => {
                faults.add(line, Fault::WrongKind(key, "true or false"));
                false
            }
        }
    }

    /// The tables of an array, each as keys of its own.
    pub fn tables(
        &mut self,
        key: &'static str,
        must: bool,
        wanted: &'static str,
        faults: &mut Faults<'_>,
    ) -> Vec<Keys<'s, 'a>> {
        let Some((line, value)) = self.take(key, must, faults) else { return Vec::new() };
        let DeValue::Array(values) = value else {
            faults.add(line, Fault::WrongKind(key, wanted));
            return Vec::new();
        };
        if values.is_empty() && must {
            faults.add(line, Fault::EmptyValue(key));
        }
        let mut tables = Vec::new();
        for value in values {
            let line = self.source.line(&value.span());
            match value.into_inner() {
                DeValue::Table(table) => tables.push(Keys::of(self.source, table, line)),
                _ => faults.add(line, Fault::WrongKind(key, wanted)),
            }
        }
        tables
    }

    /// The texts of an array, each with its line.
    pub fn texts(
        &mut self,
        key: &'static str,
        wanted: &'static str,
        faults: &mut Faults<'_>,
    ) -> Vec<(usize, String)> {
        let Some((line, value)) = self.take(key, true, faults) else { return Vec::new() };
        let DeValue::Array(values) = value else {
            faults.add(line, Fault::WrongKind(key, wanted));
            return Vec::new();
        };
        if values.is_empty() {
            faults.add(line, Fault::EmptyValue(key));
        }
        let mut texts = Vec::new();
        for value in values {
            let line = self.source.line(&value.span());
            match value.into_inner() {
                DeValue::String(text) => texts.push((line, text.into_owned())),
                _ => faults.add(line, Fault::WrongKind(key, wanted)),
            }
        }
        texts
    }

    /// Whatever was not taken is unknown.
    pub fn end(self, faults: &mut Faults<'_>) {
        for key in self.table.keys() {
            faults.add(self.source.line(&Spanned::span(key)), Fault::UnknownKey(key.get_ref().to_string()));
        }
    }
}
