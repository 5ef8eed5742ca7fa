//! The text of a unit in another language, `NN-name.en.md`: its title and its Markdown, looked at as in a unit. How long the unit takes,
//! its film and its test are of the unit, whatever the language.

use super::TextIn;
use super::fault::{Fault, Report};
use super::keys::{Faults, Keys, Shape, Source, parse};
use super::unit_file::{MOST_FILE_BYTES, Reader, split};
use crate::outline::MOST_MARKDOWN_BYTES;
use crate::translation::LANGUAGES;

/// What a name ends with.
const ENDING: &str = ".md";
/// What stands in the place of a language in the name of a test.
const TEST: &str = "quiz";

/// The unit and the language that a file is meant for: `01-a` and `en` of `01-a.en.md`. Whether there are such a unit and such a
/// language is another question.
pub(super) fn meant(file: &str) -> Option<(&str, &str)> {
    let stem = file.get(..file.len().checked_sub(ENDING.len())?)?;
    let ends = file.get(stem.len()..)?.eq_ignore_ascii_case(ENDING);
    let (unit, language) = stem.rsplit_once('.')?;
    let named = ends && unit.starts_with(|first: char| first.is_ascii_digit());
    (named && !language.eq_ignore_ascii_case(TEST)).then_some((unit, language))
}

impl Reader<'_> {
    /// Reads the texts of the unit `name` in other languages than `own`, the course's. Faults are added to `reports`, file by file.
    pub fn texts(&mut self, name: &str, own: &str, reports: &mut Vec<Report>) -> Vec<TextIn> {
        let mut texts = Vec::new();
        for file in self.translated.remove(name).unwrap_or_default() {
            let mut faults = Faults { file: &file, found: Vec::new() };
            texts.extend(self.text(&file, own, &mut faults));
            faults.found.sort_by_key(|report| report.line);
            reports.append(&mut faults.found);
        }
        texts
    }

    fn text(&mut self, file: &str, own: &str, faults: &mut Faults<'_>) -> Option<TextIn> {
        let (name, language) = meant(file)?;
        if language == own {
            faults.add(1, Fault::OwnLanguage(language.to_owned()));
            return None;
        }
        if !LANGUAGES.contains(&language) {
            faults.add(1, Fault::BadLanguage(language.to_owned()));
            return None;
        }
        let path = format!("{name}.{language}{ENDING}");
        if path != file {
            faults.add(1, Fault::OtherCase(path, file.to_owned()));
            return None;
        }
        let read =
            self.files.find(&path).map_err(|what| (1, what)).and_then(|found| found.text(MOST_FILE_BYTES));
        let text = read.map_err(|(line, what)| faults.add(line, what)).ok()?;
        let (front, body, body_line) = split(&text).map_err(|what| faults.add(1, what)).ok()?;
        let source = Source { text: front, first_line: 2 };
        let table = parse(&source, faults);
        let mut keys = Keys::of(&source, table, 1);
        let title = keys.text("title", true, (Shape::Line, 200), faults).unwrap_or_default().1;
        let outdated = keys.flag("outdated", faults);
        keys.end(faults);
        if body.trim().is_empty() {
            faults.add(1, Fault::NoText);
        } else if body.len() > MOST_MARKDOWN_BYTES {
            faults.add(body_line, Fault::TooLarge(MOST_MARKDOWN_BYTES as u64));
        } else {
            self.check_text(body, body_line, faults);
        }
        Some(TextIn { language: language.to_owned(), title, markdown: body.to_owned(), outdated })
    }
}
