//! The questions of a test in another language, `NN-name.en.quiz.md`, and those that stand in no test, `bank.en.quiz.md`: each by its key
//! and in the syntax of the test, of which the words alone are taken. Kind, parts, order and marks have to be those of the original; points and tags may be left out. Above the questions
//! stands at most `Nieaktualne:` with the keys of those that have changed since they were translated.

use std::collections::HashMap;
use std::fmt::Write as _;

use base::Tx;

use super::CourseFolder;
use super::fault::{Fault, Report};
use super::keys::Faults;
use super::test_file::{ENDING, Keys, lines_of_values};
use super::unit_file::Reader;
use crate::find::Taught;
use crate::quiz::Question;
use crate::quiz::file::{self, FileFault};
use crate::quiz::question::Kind;
use crate::quiz::translated::{self, Given, Translated};
use crate::translation::LANGUAGES;

/// What stands in the place of a unit in the names of the questions that stand in no test.
pub(super) const BANK: &str = "bank";

/// What names the questions that are outdated, in Polish and in English.
const OUTDATED: [&str; 2] = ["Nieaktualne:", "Outdated:"];

/// The unit, or the bank, and the language that a file is meant for: `01-a` and `en` of `01-a.en.quiz.md`. Whether there are such a unit and such a
/// language is another question.
pub(super) fn meant(file: &str) -> Option<(&str, &str)> {
    let (unit, language) = file.strip_suffix(ENDING)?.rsplit_once('.')?;
    (unit == BANK || unit.starts_with(|first: char| first.is_ascii_digit())).then_some((unit, language))
}

impl Reader<'_> {
    /// Reads the questions of the test of the unit `name`, or of the bank, in other languages than the course's, which is given with the
    /// questions themselves. Faults are added to `reports`, file by file.
    pub fn worded(
        &mut self,
        name: &str,
        own: (&str, Option<&[Question]>),
        keys: &mut Keys,
        reports: &mut Vec<Report>,
    ) -> Vec<Given> {
        let mut all = Vec::new();
        for file in self.worded.remove(name).unwrap_or_default() {
            let mut faults = Faults { file: &file, found: Vec::new() };
            all.extend(self.worded_file(&file, own, keys, &mut faults).unwrap_or_default());
            faults.found.sort_by_key(|report| report.line);
            reports.append(&mut faults.found);
        }
        all
    }

    fn worded_file(
        &mut self,
        file: &str,
        (own, originals): (&str, Option<&[Question]>),
        keys: &mut Keys,
        faults: &mut Faults<'_>,
    ) -> Option<Vec<Given>> {
        let (name, language) = meant(file)?;
        let fault = if language == own {
            Some(Fault::OwnLanguage(language.to_owned()))
        } else if LANGUAGES.contains(&language) {
            None
        } else {
            Some(Fault::BadLanguage(language.to_owned()))
        };
        if let Some(fault) = fault {
            faults.add(1, fault);
            return None;
        }
        let most = if name == BANK { file::MOST_BANK_BYTES } else { file::MOST_BYTES };
        let read = self.files.find(file).map_err(|what| (1, what));
        let text = read.and_then(|found| found.text(most as u64));
        let text = text.map_err(|(line, what)| faults.add(line, what)).ok()?;
        let (outdated, text) = head(&text, faults);
        let read = match name {
            BANK => file::read_bank(&text),
            _ => file::read(&text).map(|sheet| sheet.questions),
        };
        let questions = match read {
            Ok(questions) => questions,
            Err(found) => {
                for fault in found {
                    faults.add(fault.line, Fault::Test(fault.what));
                }
                return None;
            }
        };
        self.check_text(&text, 1, faults);
        // Questions that are faulty themselves are told of in their own file.
        let path = format!("{name}{ENDING}");
        let Some(originals) = originals else {
            if matches!(self.files.find(&path), Err(Fault::NoSuchFile(_))) {
                faults.add(1, Fault::NoSuchFile(path));
            }
            return None;
        };
        for (line, key) in &outdated {
            if !questions.iter().any(|question| question.key == *key) {
                faults.add(*line, Fault::NoSuchQuestion(key.clone()));
            }
        }
        let mut all = Vec::new();
        let lines = lines_of_values(&text);
        let originals: HashMap<&str, &Question> =
            originals.iter().map(|question| (question.key.as_str(), question)).collect();
        for question in &questions {
            let line = lines.get(question.key.as_str()).copied().unwrap_or(1);
            let Some(original) = originals.get(question.key.as_str()) else {
                faults.add(line, Fault::NoSuchQuestion(question.key.clone()));
                continue;
            };
            if let Some(fault) = strange(original, question) {
                faults.add(line, fault);
                continue;
            }
            let texts = original.tidy_texts(&question.texts());
            for flaw in original.flaws_in(&texts) {
                faults.add(line, Fault::Test(FileFault::Flaw(flaw)));
            }
            let outdated = outdated.iter().any(|(_, key)| *key == question.key);
            let given = Given { key: question.key.clone(), language: language.to_owned(), texts, outdated };
            keys.add_worded(line, &given, faults);
            all.push(given);
        }
        Some(all)
    }
}

/// What a question in another language has that cannot be words of the original.
fn strange(original: &Question, question: &Question) -> Option<Fault> {
    if !question.is_keyed_as(original) {
        return Some(Fault::OtherKey(question.key.clone()));
    }
    let known = original.texts();
    let more = question.wordings().into_iter().find(|(field, ..)| !known.contains_key(field));
    more.map(|(field, ..)| Fault::NotInOriginal(question.key.clone(), field))
}

/// What stands above the questions: keys that are outdated, each with its line; and the text without it, line for line.
fn head(text: &str, faults: &mut Faults<'_>) -> (Vec<(usize, String)>, String) {
    let mut outdated = Vec::new();
    let mut rest = String::with_capacity(text.len());
    let mut above = true;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        above = above && !(line.starts_with("## ") || line.trim_end() == "##");
        if !above {
            rest.push_str(line);
            continue;
        }
        rest.push('\n');
        let said = line.trim();
        match OUTDATED.iter().find_map(|word| said.strip_prefix(*word)) {
            Some(keys) => {
                let keys = keys.split([' ', ',', '\t']).filter(|key| !key.is_empty());
                outdated.extend(keys.map(|key| (number, key.to_owned())));
            }
            None if said.is_empty() => {}
            None => faults.add(number, Fault::NotOfTranslation(said.to_owned())),
        }
    }
    (outdated, rest)
}

/// Makes the words of the questions of a draft in other languages those of a folder that is taken in.
///
/// Errors: those of the database.
pub(super) async fn take(tx: &mut Tx, proof: &Taught, folder: &CourseFolder) -> Result<(), crate::Error> {
    let asked = folder.units().filter_map(|unit| unit.test.as_ref()).flat_map(|sheet| &sheet.questions);
    let keys: Vec<String> = asked.chain(&folder.bank).map(|question| question.key.clone()).collect();
    let given = folder.units().flat_map(|unit| &unit.worded).chain(&folder.bank_worded);
    let given: Vec<Given> = given.cloned().collect();
    translated::replace(tx, proof, &keys, &given).await
}

/// The files of a test, or of the bank, in other languages: language and text of each in which some question has words.
pub(super) fn write(questions: &[Question], worded: &[Translated]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for language in LANGUAGES {
        let of_it = worded.iter().filter(|one| one.language == language);
        let of_it: HashMap<&str, &Translated> = of_it.map(|one| (one.question.key.as_str(), one)).collect();
        let mut asked = Vec::new();
        let mut outdated = Vec::new();
        for question in questions {
            let Some(one) = of_it.get(question.key.as_str()) else { continue };
            if one.stale {
                outdated.push(question.key.as_str());
            }
            asked.push(file::write_one(&plain(question.worded(&one.texts))));
        }
        if asked.is_empty() {
            continue;
        }
        let mut text = String::new();
        if !outdated.is_empty() {
            let _ = writeln!(text, "{} {}\n", OUTDATED[0], outdated.join(", "));
        }
        text.push_str(&asked.join("\n"));
        files.push((language.to_owned(), text));
    }
    files
}

/// Without what a translation does not decide and the file need not say.
fn plain(mut question: Question) -> Question {
    question.tags.clear();
    question.fixed = false;
    question.points = match &question.kind {
        // Points of the criteria add up to those of the question.
        Kind::Essay { .. } => question.points,
        _ => 1,
    };
    question
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_units_and_languages() {
        assert_eq!(meant("03-obrazy.uk.quiz.md"), Some(("03-obrazy", "uk")));
        assert_eq!(meant("bank.uk.quiz.md"), Some((BANK, "uk")));
        for file in ["03-obrazy.quiz.md", "03-obrazy.uk.md", "x.uk.quiz.md", "bank.quiz.md"] {
            assert_eq!(meant(file), None, "{file}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let all = "## A\n\nIle?\n\n- (x) raz\n- ( ) dwa\n\n## B\n\nSkrót?\n\nOdpowiedź: BIP\n";
        let questions = file::read(all).unwrap().questions;
        let worded: Vec<Translated> = questions
            .iter()
            .map(|question| Translated {
                texts: question.tidy_texts(
                    &question.texts().into_iter().map(|(field, text)| (field, format!("ї{text}"))).collect(),
                ),
                question: question.clone(),
                language: "uk".to_owned(),
                stale: question.key == "b",
                revision: 1,
            })
            .collect();
        let files = write(&questions, &worded);
        let [(language, text)] = files.as_slice() else { panic!("{files:?}") };
        assert_eq!(language, "uk");
        let mut faults = Faults { file: "01-a.uk.quiz.md", found: Vec::new() };
        let (outdated, rest) = head(text, &mut faults);
        assert_eq!((outdated, faults.found.len()), (vec![(1, "b".to_owned())], 0));
        assert_eq!(rest.lines().count(), text.lines().count());
        let again = file::read(&rest).unwrap().questions;
        for (question, (again, worded)) in questions.iter().zip(again.iter().zip(&worded)) {
            assert_eq!(strange(question, again), None);
            assert_eq!(question.tidy_texts(&again.texts()), worded.texts, "{text}");
        }
    }
}
