//! A course as a folder (`docs/course-folder.md`): read and checked without a database, taken into a draft, and written
//! out of a draft again.
//!
//! What a folder does not hold: who teaches and takes the course, whether it is in the catalogue, its published versions.
//!
//! Reading settles what may be written in several ways, so that a second export equals the first byte for byte:
//! line ends are `\n` and there is no byte order mark; one blank line stands between front matter and text; keys are in
//! the order of the documentation, texts in plain quotation marks without blanks around them, comments of TOML are not
//! kept; units are numbered 01, 02 … (001 … from a hundred units on) in their order, and links between them follow; a
//! film is `media/<unit>.<kind of file>`, its captions `media/<unit>.<language>.vtt`, Polish first, then by code; titles in other
//! languages stand by code, and the text of a unit in one is `NN-name.<language>.md`, its test `NN-name.<language>.quiz.md`, the questions
//! that stand in no test `bank.<language>.quiz.md`.

mod course_file;
mod export;
mod fault;
mod files;
mod films;
mod import;
mod keys;
mod links;
mod test_fault;
mod test_file;
mod text_file;
mod unit_file;
mod worded_file;
mod write;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use export::{Exported, export};
pub use fault::{Fault, Report};
pub use import::{Error, Imported, import, replace, taught};
pub use test_fault::{flaw_words, test_reports};

use crate::course::Card;
use crate::quiz::Question;
use crate::quiz::file::Sheet;
use crate::quiz::translated::Given;
use course_file::CourseFile;
use files::Files;
use keys::Faults;

/// Most units of a course.
pub const MOST_UNITS: usize = 500;
/// Most bytes of `course.toml`.
pub const MOST_COURSE_FILE_BYTES: u64 = 256 * 1024;

/// A course folder without a fault. Films and pictures stay on disk until they are taken in.
#[derive(Clone, Debug, PartialEq)]
pub struct CourseFolder {
    /// Title, name in addresses, language, summary, author. Whether it is listed is no matter of the folder.
    pub card: Card,
    /// Title and summary in other languages than the course's, each once.
    pub titles: Vec<TitleIn>,
    /// Sections in order.
    pub sections: Vec<Section>,
    /// Questions of its bank that stand in no test.
    pub bank: Vec<Question>,
    /// The same in other languages than the course's.
    pub bank_worded: Vec<Given>,
    /// Pictures that its units show, by name.
    pub pictures: Vec<Picture>,
}

/// Title and summary of a course in another language than its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitleIn {
    /// `pl`, `en` or `uk`.
    pub language: String,
    /// The title in it.
    pub title: String,
    /// The summary in it; may be empty.
    pub summary: String,
    /// The original has changed since it was translated.
    pub outdated: bool,
}

/// Title and text of a unit in another language than the course's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextIn {
    /// `pl`, `en` or `uk`.
    pub language: String,
    /// The unit's title in it.
    pub title: String,
    /// The Markdown in it; never empty.
    pub markdown: String,
    /// The original has changed since it was translated.
    pub outdated: bool,
}

/// A section with its units in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its title.
    pub title: String,
    /// Its units.
    pub units: Vec<Unit>,
}

/// A unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Its file without `.md`: `03-ustawa`.
    pub name: String,
    /// Its name in addresses: `ustawa`.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How long an unhurried reader needs, in minutes: 1 to 1000.
    pub minutes: i32,
    /// Its Markdown.
    pub markdown: String,
    /// Its film.
    pub film: Option<Film>,
    /// So many per cent of the film have to be seen before the unit is finished.
    pub film_seen: Option<i16>,
    /// Its test.
    pub test: Option<Sheet>,
    /// Its text in other languages than the course's, each once.
    pub texts: Vec<TextIn>,
    /// The questions of its test in other languages than the course's.
    pub worded: Vec<Given>,
}

/// How many languages beside the course's these questions are in.
fn languages(worded: &[Given]) -> usize {
    let languages: BTreeSet<&str> = worded.iter().map(|one| one.language.as_str()).collect();
    languages.len()
}

/// A film of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Film {
    /// Where the file is.
    pub source: PathBuf,
    /// Its size, in bytes; never 0.
    pub size_bytes: u64,
    /// Its captions, each language once.
    pub captions: Vec<Captions>,
}

/// Captions of a film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captions {
    /// `pl`, `en`, `uk` …
    pub language: String,
    /// What the player's menu says: `Polski`.
    pub label: String,
    /// WebVTT.
    pub text: String,
}

/// A picture that a unit shows as `media/<name>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its name.
    pub name: String,
    /// Where the file is.
    pub source: PathBuf,
}

impl CourseFolder {
    /// Its units in order.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.sections.iter().flat_map(|section| &section.units)
    }

    /// How many texts and tests it has in other languages; questions in no test count as one.
    fn translations(&self) -> usize {
        let units = self.units().map(|unit| unit.texts.len() + languages(&unit.worded));
        units.sum::<usize>() + languages(&self.bank_worded)
    }
}

/// Reads the folder at `path` and checks all of it. A file of `media/` that is not there is looked up in `media_dirs` too.
///
/// Errors: every fault there is, by file and line.
pub fn read(path: &Path, media_dirs: &[PathBuf]) -> Result<CourseFolder, Vec<Report>> {
    let at = |file: &str, line, what| Report { file: file.to_owned(), line, what };
    let mut files = Files::open(path, media_dirs).map_err(|what| vec![at("course.toml", 1, what)])?;
    let mut faults = Faults { file: "course.toml", found: Vec::new() };
    let text = files
        .find("course.toml")
        .map_err(|what| (1, what))
        .and_then(|file| file.text(MOST_COURSE_FILE_BYTES));
    let course = match text {
        Ok(text) => course_file::read(&text, &mut faults),
        Err((line, what)) => {
            faults.add(line, what);
            CourseFile::default()
        }
    };
    let names: Vec<String> =
        course.sections.iter().flat_map(|s| &s.units).map(|unit| unit.name.clone()).collect();
    let unlisted: Vec<String> =
        files.top().into_iter().filter(|file| looks_like_a_unit(file, &names)).collect();
    let texts_of_nothing: Vec<(String, String)> = files
        .top()
        .into_iter()
        .filter_map(|file| {
            let meant = text_file::meant(&file).or_else(|| worded_file::meant(&file));
            meant.map(|(name, _)| name.to_owned()).map(|name| (file, name))
        })
        .filter(|(_, name)| !names.contains(name) && name != worded_file::BANK)
        .collect();
    let tests_of_nothing: Vec<(String, String)> = files
        .top()
        .into_iter()
        .filter(|file| worded_file::meant(file).is_none())
        .filter_map(|file| Some((file.clone(), file.strip_suffix(test_file::ENDING)?.to_owned())))
        .filter(|(file, name)| !names.contains(name) && file != test_file::BANK)
        .collect();
    // While course.toml cannot be read to its end, its units are all the files that look like one.
    let stems = unlisted.iter().filter(|_| !course.whole).filter_map(|file| file.strip_suffix(".md"));
    let known: Vec<&str> = names.iter().map(String::as_str).chain(stems).collect();
    let mut reader = unit_file::Reader::new(&mut files, known.into_iter());
    let mut reports = Vec::new();
    let mut sections = Vec::new();
    let mut keys = test_file::Keys::default();
    for lines in course.sections {
        let mut units = Vec::new();
        for listed in lines.units {
            let file = format!("{}.md", listed.name);
            match reader.files.find(&file) {
                Err(Fault::NoSuchFile(_)) => faults.add(listed.line, Fault::NoUnitFile(listed.name)),
                Err(what) => faults.add(listed.line, what),
                Ok(found) => match found.text(unit_file::MOST_FILE_BYTES) {
                    Ok(text) => {
                        let unit = reader.read(&listed.name, listed.slug(), &text, &mut reports);
                        let test = reader.test(&listed.name, &mut keys, &mut reports);
                        let texts = reader.texts(&listed.name, &course.card.language, &mut reports);
                        let asked = test.as_ref().map(|test| test.questions.as_slice());
                        let own = (course.card.language.as_str(), asked);
                        let worded = reader.worded(&listed.name, own, &mut keys, &mut reports);
                        units.extend(unit.map(|unit| Unit { test, texts, worded, ..unit }));
                    }
                    Err((line, what)) => reports.push(at(&file, line, what)),
                },
            }
        }
        sections.push(Section { title: lines.title, units });
    }
    let bank = reader.bank(&mut keys, &mut reports);
    let own = (course.card.language.as_str(), bank.as_deref());
    let bank_worded = reader.worded(worded_file::BANK, own, &mut keys, &mut reports);
    let bank = bank.unwrap_or_default();
    let broken = !faults.found.is_empty() || !reports.is_empty();
    if !broken {
        // What cannot be read may hold what is missing.
        reports.extend(test_file::short_draws(&mut reader, &sections, &bank));
    }
    if course.whole {
        reports.extend(unlisted.iter().map(|file| at(file, 1, Fault::NotListed)));
        reports.extend(
            tests_of_nothing.into_iter().map(|(file, name)| at(&file, 1, Fault::TestWithoutUnit(name))),
        );
        reports.extend(
            texts_of_nothing
                .into_iter()
                .map(|(file, name)| at(&file, 1, Fault::TranslationWithoutUnit(name))),
        );
    }
    faults.found.sort_by_key(|report| report.line);
    faults.found.append(&mut reports);
    if !faults.found.is_empty() {
        return Err(faults.found);
    }
    let pictures = reader.pictures.into_values().flatten().collect();
    Ok(CourseFolder { card: course.card, titles: course.titles, sections, bank, bank_worded, pictures })
}

/// A file that begins with a digit and ends with `.md` is meant as a unit; `README.md` is not, nor is a test or a text in another
/// language.
fn looks_like_a_unit(file: &str, listed: &[String]) -> bool {
    !file.ends_with(test_file::ENDING)
        && text_file::meant(file).is_none()
        && file.strip_suffix(".md").is_some_and(|stem| {
            stem.starts_with(|c: char| c.is_ascii_digit()) && !listed.iter().any(|name| name == stem)
        })
}

/// What `tablica course check` prints: one line that sums up a good folder.
///
/// Errors: all faults, one a line, and their number.
pub fn cli_check(path: &Path, media_dirs: &[PathBuf]) -> Result<String, String> {
    match read(path, media_dirs) {
        Ok(folder) => {
            let films = folder.units().filter(|unit| unit.film.is_some()).count();
            let tests = folder.units().filter(|unit| unit.test.is_some()).count();
            let texts = folder.translations();
            let (units, pictures) = (folder.units().count(), folder.pictures.len());
            let bank = match folder.bank.len() {
                0 => String::new(),
                questions => format!(", questions in no test: {questions}"),
            };
            Ok(format!(
                "{}: no faults; units: {units}, tests: {tests}, translations: {texts}, pictures: {pictures}, films: {films}{bank}\n",
                folder.card.slug
            ))
        }
        Err(reports) => Err(listing(&reports)),
    }
}

/// Reports as text, one a line, and their number.
pub fn listing(reports: &[Report]) -> String {
    let lines: String = reports.iter().map(|report| format!("{report}\n")).collect();
    format!("{lines}faults: {}\n", reports.len())
}

#[cfg(test)]
mod tests;
