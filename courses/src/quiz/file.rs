//! The test of a unit as a text that people write and read: `NN-name.quiz.md` (`docs/pytania.md`).
//!
//! Reading names every broken line and never only the first. Writing settles what may be written in several ways
//! (keywords are Polish, every setting is there), so that what was written once is written the same for ever.

mod answers;
mod fault;
mod gap;
mod keyword;
mod lines;
mod question;
mod setting;
mod write;

pub use fault::{FileFault, LineFault, Wanted};
pub use write::{write, write_bank, write_one};

use std::collections::HashSet;

use super::check::{self, Flaw};
use super::question::{Gap, MOST_TEXT, Question};
use super::settings::{MOST_QUESTIONS, Settings};
use lines::Lines;

/// Most bytes of the file of a test.
pub const MOST_BYTES: usize = 1024 * 1024;
/// Most questions of the file of a bank.
pub const MOST_IN_BANK: usize = 10_000;
/// Most bytes of it.
pub const MOST_BANK_BYTES: usize = 20 * 1024 * 1024;
/// More faults than this are not listed.
pub const MOST_FAULTS: usize = 200;

/// Most characters of a text with gaps as it is written.
const MOST_WRITTEN: usize = 4 * MOST_TEXT;

/// The text of a question with its gaps as they are written, `[[kierownik|dyrektor]]`, back as it is kept, and its gaps.
///
/// Errors: every fault, by line of the text.
pub fn read_gaps(text: &str) -> Result<(String, Vec<Gap>), Vec<LineFault>> {
    if text.len() > MOST_WRITTEN {
        return Err(vec![LineFault { line: 1, what: FileFault::TooLarge(MOST_WRITTEN) }]);
    }
    let (kept, gaps, faults) = gap::read(text);
    if faults.is_empty() {
        return Ok((kept, gaps));
    }
    Err(faults.into_iter().map(|(line, what)| LineFault { line: line + 1, what }).collect())
}

/// A text that is kept, with its gaps as they are written: `read_gaps` answers the same again.
pub fn write_gaps(kept: &str, gaps: &[Gap]) -> String {
    gap::write(kept, gaps)
}

/// A test: how it is set up, and its questions in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// How it is set up.
    pub settings: Settings,
    /// Its questions.
    pub questions: Vec<Question>,
}

/// A question as it was read, and in which lines its parts are.
struct Read {
    question: Question,
    /// Whether the file names its key.
    has_key: bool,
    /// Field (as in `check`) and line.
    places: Vec<(String, usize)>,
    /// Whether a line of it was faulty; its flaws would be an echo then.
    broken: bool,
}

/// Reads the file of a test. A byte order mark and the line ends of other systems do not matter.
///
/// Errors: every fault, by line.
pub fn read(text: &str) -> Result<Sheet, Vec<LineFault>> {
    if text.len() > MOST_BYTES {
        return Err(vec![LineFault { line: 1, what: FileFault::TooLarge(MOST_BYTES) }]);
    }
    let text = plain(text);
    let mut lines = Lines::of(&text);
    let (settings, setting_places) = setting::read(&mut lines);
    let all = all(&mut lines, MOST_QUESTIONS);
    let mut faults = lines.faults;
    let questions: Vec<Question> = all.iter().map(|read| read.question.clone()).collect();
    // A test may ask nothing but what it draws from the bank.
    if questions.is_empty() && faults.is_empty() && !settings.draws_from_bank() {
        faults.push(LineFault { line: 1, what: FileFault::NoQuestions });
    }
    for flaw in settings.flaws_with(&questions) {
        faults.push(LineFault { line: line_of(&setting_places, &flaw), what: FileFault::Flaw(flaw) });
    }
    judge(&all, &questions, &mut faults);
    if faults.is_empty() {
        return Ok(Sheet { settings, questions });
    }
    Err(listed(faults))
}

/// Reads the questions of a bank: a file of questions alone.
///
/// Errors: every fault, by line.
pub fn read_bank(text: &str) -> Result<Vec<Question>, Vec<LineFault>> {
    if text.len() > MOST_BANK_BYTES {
        return Err(vec![LineFault { line: 1, what: FileFault::TooLarge(MOST_BANK_BYTES) }]);
    }
    let text = plain(text);
    let mut lines = Lines::of(&text);
    lines.skip_blank();
    if lines.peek().is_some_and(|line| keyword::heading(line).is_none()) {
        return Err(vec![LineFault { line: lines.number(), what: FileFault::BankSettings }]);
    }
    let all = all(&mut lines, MOST_IN_BANK);
    let mut faults = lines.faults;
    let questions: Vec<Question> = all.iter().map(|read| read.question.clone()).collect();
    if questions.len() > MOST_IN_BANK {
        let flaw = Flaw { field: "questions".to_owned(), what: check::What::TooMany(MOST_IN_BANK) };
        faults.push(LineFault { line: 1, what: FileFault::Flaw(flaw) });
    }
    judge(&all, &questions, &mut faults);
    if faults.is_empty() { Ok(questions) } else { Err(listed(faults)) }
}

/// The lines of the draws of a test, in their order; of a text that can be read.
pub fn draw_lines(text: &str) -> Vec<usize> {
    let text = plain(text);
    let (_, places) = setting::read(&mut Lines::of(&text));
    places.into_iter().filter(|(field, _)| field.starts_with("draws.")).map(|(_, line)| line).collect()
}

fn plain(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n")
}

/// The questions from here on, each with a key.
fn all(lines: &mut Lines<'_>, most: usize) -> Vec<Read> {
    let mut all: Vec<Read> = Vec::new();
    // One more than there may be is enough to say so.
    while let Some(read) = question::read(lines) {
        all.push(read);
        if all.len() > most {
            break;
        }
    }
    give_keys(&mut all);
    all
}

/// The flaws of questions, at their lines.
fn judge(all: &[Read], questions: &[Question], faults: &mut Vec<LineFault>) {
    for (at, flaw) in check::flaws_of_all(questions) {
        let read = &all[at];
        let what = match flaw.what {
            check::What::Alike(first) if flaw.field == "key" => {
                FileFault::KeyTwice(read.question.key.clone(), line_of(&all[first].places, &flaw))
            }
            _ if read.broken => continue,
            _ => FileFault::Flaw(flaw.clone()),
        };
        faults.push(LineFault { line: line_of(&read.places, &flaw), what });
    }
}

fn listed(mut faults: Vec<LineFault>) -> Vec<LineFault> {
    faults.sort_by_key(|fault| fault.line);
    faults.truncate(MOST_FAULTS);
    faults
}

/// The line of a field, else of what it is a part of, else the first one.
fn line_of(places: &[(String, usize)], flaw: &Flaw) -> usize {
    let mut field = flaw.field.as_str();
    loop {
        if let Some((_, line)) = places.iter().find(|(known, _)| known == field) {
            return *line;
        }
        match field.rsplit_once('.') {
            Some((whole, _)) => field = whole,
            None => return places.first().map_or(1, |(_, line)| *line),
        }
    }
}

/// Questions without a key get one, made of their title or text, that no other question of the file has.
fn give_keys(all: &mut [Read]) {
    let mut taken: HashSet<String> =
        all.iter().filter(|read| read.has_key).map(|read| read.question.key.clone()).collect();
    for read in all.iter_mut().filter(|read| !read.has_key) {
        read.question.key = key_among(&read.question, &taken);
        taken.insert(read.question.key.clone());
    }
}

/// A key made of a question's title, or of its text, that is not among those taken.
pub fn key_for(question: &Question, taken: &[String]) -> String {
    key_among(question, &taken.iter().cloned().collect())
}

pub(super) fn key_among(question: &Question, taken: &HashSet<String>) -> String {
    let words = question.title.as_deref().unwrap_or(&question.text);
    // Of a long text the beginning is enough.
    let beginning: String = words.chars().take(200).collect();
    let slug = Some(crate::slug::plain(&beginning, 60)).filter(|slug| !slug.is_empty());
    let slug = slug.unwrap_or_else(|| "pytanie".to_owned());
    let mut keys = (1..).map(|number| if number == 1 { slug.clone() } else { format!("{slug}-{number}") });
    keys.find(|key| !taken.contains(key)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
