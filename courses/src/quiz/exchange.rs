//! Questions from other systems and for them: GIFT and Moodle XML, each with a list of what could not be carried over.
//!
//! Nothing is left out in silence: what the other side cannot say is named with its line (of a file that is read) or with
//! the number of the question (of a file that is written). A question that would not be what it was is left out whole.

mod format;
pub mod gift;
mod html;
mod lost;
pub mod moodle;
mod said;
mod xml;

pub use format::{Format, cli_convert};
pub use lost::{Loss, Lost};

use std::collections::HashSet;

use super::check;
use super::file::key_among;
use super::question::Question;

/// Most bytes of a file that is read.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// Most bytes of one question, or of one text of it.
pub const MOST_QUESTION_BYTES: usize = 256 * 1024;
/// Most questions of a file that is read.
pub const MOST_QUESTIONS: usize = 2000;
/// More losses than this are not listed.
pub const MOST_LOSSES: usize = 1000;

/// Questions while a file is read.
#[derive(Default)]
struct Taken {
    questions: Vec<Question>,
    keys: HashSet<String>,
    lost: Vec<Lost>,
    /// That there are too many is told once.
    full: bool,
}

impl Taken {
    /// Names a loss; the same of one question once.
    fn lose(&mut self, line: usize, title: &str, what: Loss) {
        let lost = Lost { line, title: title.chars().take(100).collect(), what };
        if self.lost.len() < MOST_LOSSES && !self.lost.iter().rev().take(50).any(|known| *known == lost) {
            self.lost.push(lost);
        }
    }

    /// Takes a question that has no flaws; gives it a key when it has none, or one that another has already.
    fn add(&mut self, line: usize, question: Question) {
        let mut question = question.tidied();
        let title = question.title.clone().unwrap_or_else(|| question.text.clone());
        if self.questions.len() >= MOST_QUESTIONS {
            if !self.full {
                self.lose(line, &title, Loss::TooManyQuestions(MOST_QUESTIONS));
                self.full = true;
            }
            return;
        }
        if !crate::slug::is_slug(&question.key) || self.keys.contains(&question.key) {
            question.key = key_among(&question, &self.keys);
        }
        if let Some(flaw) = question.flaws().into_iter().next() {
            self.lose(line, &title, Loss::Flawed(flaw));
            return;
        }
        self.keys.insert(question.key.clone());
        self.questions.push(question);
    }

    fn end(self) -> (Vec<Question>, Vec<Lost>) {
        (self.questions, self.lost)
    }
}

/// The first line of a file that cannot be read at all.
fn refused(line: usize, what: Loss) -> (Vec<Question>, Vec<Lost>) {
    (Vec::new(), vec![Lost { line, title: String::new(), what }])
}

/// A question of which only its kind is still to be said.
fn bare(kind: super::question::Kind) -> Question {
    Question {
        key: String::new(),
        title: None,
        text: String::new(),
        tags: Vec::new(),
        points: 1,
        fixed: false,
        kind,
        feedback: None,
    }
}

/// The last name of a category's path; Moodle's own names for “no category” are none.
fn last_category(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default().trim();
    let none = ["top", "$course$", "$system$", "$module$"].contains(&name)
        || ["Default for", "Domyślne dla", "Domyślna dla"].iter().any(|start| name.starts_with(start));
    if none { String::new() } else { name.to_owned() }
}

/// The pictures of the course that a question shows in its texts, by name: neither format has them.
fn pictures(question: &Question) -> Vec<String> {
    let text = serde_json::to_string(question).unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for rest in text.split("](media/").skip(1) {
        let name: String = rest
            .chars()
            .take_while(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '.' | '_' | '-'))
            .collect();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Options have one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Adds a tag made of any words: at most as many as a question may have, each once.
fn add_tag(tags: &mut Vec<String>, words: &str) {
    let tag = crate::slug::plain(words, 60);
    if crate::slug::is_slug(&tag) && tags.len() < super::question::MOST_TAGS && !tags.contains(&tag) {
        tags.push(tag);
    }
}

/// Whether a share of the points, in percent, is that of every one of so many right answers.
fn even_share(percent: f64, count: usize) -> bool {
    // Moodle knows 33.33333 and 16.66667.
    count > 0 && (percent - 100.0 / count as f64).abs() < 0.01
}

/// A percentage as Moodle knows it: five digits behind the point.
fn percent(of: usize) -> String {
    let share = format!("{:.5}", 100.0 / of.max(1) as f64);
    share.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number as these formats write it, with a point; a comma is read too.
fn number(text: &str) -> Option<f64> {
    let value: f64 = text.trim().replace(',', ".").parse().ok()?;
    (value.is_finite() && value.abs() <= check::GREATEST).then_some(value)
}

#[cfg(test)]
mod tests;
