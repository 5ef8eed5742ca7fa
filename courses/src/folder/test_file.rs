//! The test of a unit, `NN-name.quiz.md`: read by `quiz::file`, and what it shows looked at as in a unit.

use std::collections::HashMap;

use super::fault::{Fault, Report};
use super::keys::Faults;
use super::unit_file::Reader;
use crate::quiz::file::{self, Sheet};
use crate::quiz::question::Kind;
use crate::quiz::translated::Given;

/// What the name of a test has behind the name of its unit.
pub(super) const ENDING: &str = ".quiz.md";

/// Questions of a course: where each is, and what it says.
#[derive(Default)]
pub(super) struct Keys {
    /// By key.
    asked: HashMap<String, (String, usize, crate::quiz::Question)>,
    /// Those in other languages, by key and language.
    worded: HashMap<(String, String), (String, usize, Given)>,
}

impl Reader<'_> {
    /// Reads the test of the unit `name`, if there is one. One question may stand in several tests, if it is the same.
    pub fn test(&mut self, name: &str, keys: &mut Keys, reports: &mut Vec<Report>) -> Option<Sheet> {
        let path = format!("{name}{ENDING}");
        let mut faults = Faults { file: &path, found: Vec::new() };
        let found = match self.files.find(&path) {
            Err(Fault::NoSuchFile(_)) => return None,
            Err(what) => Err((1, what)),
            Ok(found) => found.text(file::MOST_BYTES as u64),
        };
        let text = found.map_err(|(line, what)| faults.add(line, what)).ok();
        let sheet = text.as_ref().and_then(|text| {
            let read = file::read(text);
            for fault in read.as_ref().err().into_iter().flatten() {
                faults.add(fault.line, Fault::Test(fault.what.clone()));
            }
            read.ok()
        });
        if let (Some(text), Some(sheet)) = (&text, &sheet) {
            // The whole file is Markdown, with questions as headings and options as lists: lines come out right.
            self.check_text(text, 1, &mut faults);
            self.hotspots(text, sheet, &mut faults);
            keys.add(&path, text, sheet, &mut faults);
        }
        faults.found.sort_by_key(|report| report.line);
        reports.append(&mut faults.found);
        sheet
    }

    fn hotspots(&mut self, text: &str, sheet: &Sheet, faults: &mut Faults<'_>) {
        for question in &sheet.questions {
            let Kind::Hotspot { picture, .. } = &question.kind else { continue };
            if let Err(fault) = self.known_picture(picture) {
                let named =
                    |line: &str| line.split_once(':').is_some_and(|(_, value)| value.trim() == picture);
                faults.add(line_where(text, named), fault);
            }
        }
    }
}

impl Keys {
    fn add(&mut self, path: &str, text: &str, sheet: &Sheet, faults: &mut Faults<'_>) {
        for question in &sheet.questions {
            let named =
                |line: &str| line.split_once(':').is_some_and(|(_, value)| value.trim() == question.key);
            let line = line_where(text, named);
            match self.asked.get(&question.key) {
                Some((_, _, same)) if same == question => {}
                Some((file, first, _)) => {
                    faults.add(line, Fault::KeyElsewhere(question.key.clone(), file.clone(), *first));
                }
                None => {
                    self.asked.insert(question.key.clone(), (path.to_owned(), line, question.clone()));
                }
            }
        }
    }
}

impl Keys {
    /// Remembers a question in another language, which stands in `line` of the file of these faults. The same question of two tests says
    /// the same in both.
    pub fn add_worded(&mut self, line: usize, given: &Given, faults: &mut Faults<'_>) {
        let key = (given.key.clone(), given.language.clone());
        match self.worded.get(&key) {
            Some((_, _, same)) if same == given => {}
            Some((file, first, _)) => {
                faults.add(line, Fault::KeyElsewhere(given.key.clone(), file.clone(), *first));
            }
            None => {
                self.worded.insert(key, (faults.file.to_owned(), line, given.clone()));
            }
        }
    }
}

/// The first line of which this is so, from 1; the first of all when there is none.
pub(super) fn line_where(text: &str, named: impl Fn(&str) -> bool) -> usize {
    text.lines().position(named).map_or(1, |at| at + 1)
}
