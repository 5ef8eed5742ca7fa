//! The test of a unit, `NN-name.quiz.md`, and the questions that stand in none, `bank.quiz.md`: read by `quiz::file`, and what they show
//! looked at as in a unit.

use std::collections::{HashMap, HashSet};

use super::Section;
use super::fault::{Fault, Report};
use super::keys::Faults;
use super::unit_file::Reader;
use crate::quiz::check::{Flaw, What};
use crate::quiz::file::{self, FileFault, Sheet};
use crate::quiz::question::{Kind, Question};
use crate::quiz::translated::Given;

/// What the name of a test has behind the name of its unit.
pub(super) const ENDING: &str = ".quiz.md";

/// The questions of the bank that stand in no test.
pub(super) const BANK: &str = "bank.quiz.md";

/// Questions of a course: where each is, and what it says.
#[derive(Default)]
pub(super) struct Keys {
    /// By key.
    asked: HashMap<String, (String, usize, Question)>,
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
            self.hotspots(text, &sheet.questions, &mut faults);
            keys.add(&path, text, &sheet.questions, &mut faults);
        }
        faults.found.sort_by_key(|report| report.line);
        reports.append(&mut faults.found);
        sheet
    }

    /// Reads the questions that stand in no test; `None` when there is no such file, or a faulty one. After the tests: a question that one of
    /// them has is no other.
    pub fn bank(&mut self, keys: &mut Keys, reports: &mut Vec<Report>) -> Option<Vec<Question>> {
        let mut faults = Faults { file: BANK, found: Vec::new() };
        let found = match self.files.find(BANK) {
            Err(Fault::NoSuchFile(_)) => return None,
            Err(what) => Err((1, what)),
            Ok(found) => found.text(file::MOST_BANK_BYTES as u64),
        };
        let text = found.map_err(|(line, what)| faults.add(line, what)).ok();
        let questions = text.as_ref().and_then(|text| {
            let read = file::read_bank(text);
            for fault in read.as_ref().err().into_iter().flatten() {
                faults.add(fault.line, Fault::Test(fault.what.clone()));
            }
            read.ok()
        });
        if let (Some(text), Some(questions)) = (&text, &questions) {
            self.check_text(text, 1, &mut faults);
            self.hotspots(text, questions, &mut faults);
            keys.add(BANK, text, questions, &mut faults);
        }
        faults.found.sort_by_key(|report| report.line);
        reports.append(&mut faults.found);
        questions
    }

    fn hotspots(&mut self, text: &str, questions: &[Question], faults: &mut Faults<'_>) {
        for question in questions {
            let Kind::Hotspot { picture, .. } = &question.kind else { continue };
            if let Err(fault) = self.known_picture(picture) {
                let line = lines_of_values(text).get(picture.as_str()).copied().unwrap_or(1);
                faults.add(line, fault);
            }
        }
    }
}

impl Keys {
    fn add(&mut self, path: &str, text: &str, questions: &[Question], faults: &mut Faults<'_>) {
        let lines = lines_of_values(text);
        for question in questions {
            let line = lines.get(question.key.as_str()).copied().unwrap_or(1);
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

/// Draws from the bank that the folder has too few questions for, each at its line.
pub(super) fn short_draws(reader: &mut Reader<'_>, sections: &[Section], bank: &[Question]) -> Vec<Report> {
    let units = || sections.iter().flat_map(|section| &section.units);
    let tests = || units().filter_map(|unit| unit.test.as_ref().map(|test| (unit, test)));
    if !tests().any(|(_, test)| test.settings.draws_from_bank()) {
        return Vec::new();
    }
    let mut known = HashSet::new();
    let all = tests().flat_map(|(_, test)| &test.questions).chain(bank);
    let all: Vec<Question> = all.filter(|question| known.insert(question.key.clone())).cloned().collect();
    let mut reports = Vec::new();
    for (unit, test) in tests().filter(|(_, test)| test.settings.draws_from_bank()) {
        let path = format!("{}{ENDING}", unit.name);
        let text = reader.files.find(&path).ok().and_then(|file| file.text(file::MOST_BYTES as u64).ok());
        let lines = file::draw_lines(&text.unwrap_or_default());
        for (at, supply) in test.settings.supplies(&test.questions, &all).into_iter().enumerate() {
            if supply.draw.bank && supply.is_short() {
                let flaw = Flaw { field: format!("draws.{at}"), what: What::TooFewQuestions(supply.there) };
                let what = Fault::Test(FileFault::Flaw(flaw));
                reports.push(Report { file: path.clone(), line: lines.get(at).copied().unwrap_or(1), what });
            }
        }
    }
    reports
}

/// What stands behind the first colon of a line, `Klucz: bip`, and the first line where it does, from 1. All of them at once: a bank
/// has many questions.
pub(super) fn lines_of_values(text: &str) -> HashMap<&str, usize> {
    let mut lines = HashMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some((_, value)) = line.split_once(':') {
            lines.entry(value.trim()).or_insert(number);
        }
    }
    lines
}
