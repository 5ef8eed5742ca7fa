//! What cannot be so in a question: every flaw at once, each with the field it is in.
//!
//! Fields: `key`, `title`, `text`, `tags.0`, `points`, `feedback`, `options.0.text`, `options.0.feedback`, `options`,
//! `accepted.0`, `value`, `tolerance`, `unit`, `pairs.0.left`, `pairs.0.right`, `distractors.0`, `items.0`,
//! `gaps.0.accepted.0`, `gaps.0.options.0`, `picture`, `alt`, `areas.0.name`, `areas.0.place`, `rubric.0.text`, `rubric`,
//! `words_most`. Numbers count from 0.

use super::question::{
    Choice, Gap, Kind, MOST_LINE, MOST_PARTS, MOST_POINTS, MOST_TAGS, MOST_TEXT, Question,
};
use super::text::plain;
use super::{fence, gaps};
use crate::slug;

/// Greatest value of a number, and of its tolerance: whole numbers up to it are exact.
pub const GREATEST: f64 = 1e15;
/// Most characters of a unit.
pub const MOST_UNIT: usize = 20;
/// Most words that an essay can be limited to.
pub const MOST_WORDS: u32 = 5000;

/// More flaws of one question are the echo of the first ones.
const MOST_FLAWS: usize = 100;

/// One flaw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where it is.
    pub field: String,
    /// What it is.
    pub what: What,
}

/// What can be wrong in a question or the settings of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// There is nothing.
    Missing,
    /// More characters than this.
    TooLong(usize),
    /// A line end where one line is wanted, or a control character.
    NotOneLine,
    /// Not a slug.
    NotASlug,
    /// A whole number outside of these two.
    NotBetween(i64, i64),
    /// Not a number at all, or one greater than `GREATEST`.
    NotANumber,
    /// Less than 0.
    Negative,
    /// Fewer parts than this.
    TooFew(usize),
    /// More parts than this.
    TooMany(usize),
    /// The same as the one before, which has this place (from 0).
    Alike(usize),
    /// No right option.
    NothingRight,
    /// Several right options where one is wanted.
    SeveralRight,
    /// The text does not have `[[1]]`, `[[2]]` … for the gaps, each once and in this order.
    GapsDiffer,
    /// The points of the criteria do not add up to those of the question; what they add up to.
    PointsDiffer(u32),
    /// The area is not wholly on the picture.
    OffThePicture,
    /// Not a picture of the course: `media/…`.
    NotAPicture,
    /// A block of code (three backticks or tildes) that does not end.
    FenceNotClosed,
    /// Fewer questions than are to be drawn; how many there are.
    TooFewQuestions(usize),
    /// A unit that could be read as part of the number.
    NotAUnit,
}

/// Collects flaws.
struct Check(Vec<Flaw>);

impl Check {
    fn add(&mut self, field: impl Into<String>, what: What) {
        if self.0.len() < MOST_FLAWS {
            self.0.push(Flaw { field: field.into(), what });
        }
    }

    /// One line with something in it.
    fn line(&mut self, field: &str, text: &str, most: usize) {
        if text.trim().is_empty() {
            self.add(field, What::Missing);
        } else if text.chars().count() > most {
            self.add(field, What::TooLong(most));
        } else if text.chars().any(char::is_control) {
            self.add(field, What::NotOneLine);
        }
    }

    fn feedback(&mut self, field: String, text: Option<&str>) {
        if let Some(text) = text {
            block(&field, text, &mut self.0);
        }
    }

    fn count(&mut self, field: &str, count: usize, least: usize) {
        if count < least {
            self.add(field, What::TooFew(least));
        } else if count > MOST_PARTS {
            self.add(field, What::TooMany(MOST_PARTS));
        }
    }

    /// Each of them one line, none like another one.
    fn lines<'a>(
        &mut self,
        field: impl Fn(usize) -> String,
        texts: impl Iterator<Item = &'a str>,
        case: bool,
    ) {
        let mut seen: Vec<String> = Vec::new();
        // What is beyond is told by their number.
        for (at, text) in texts.take(MOST_PARTS).enumerate() {
            self.line(&field(at), text, MOST_LINE);
            let same = plain(text, case);
            match seen.iter().position(|other| *other == same) {
                Some(first) if !same.is_empty() => self.add(field(at), What::Alike(first)),
                _ => {}
            }
            seen.push(same);
        }
    }

    fn options(&mut self, options: &[Choice]) {
        self.count("options", options.len(), 2);
        let texts = options.iter().map(|option| option.text.as_str());
        self.lines(|at| format!("options.{at}.text"), texts, true);
        for (at, option) in options.iter().enumerate() {
            self.feedback(format!("options.{at}.feedback"), option.feedback.as_deref());
        }
        if !options.iter().any(|option| option.right) {
            self.add("options", What::NothingRight);
        }
    }

    fn number(&mut self, value: f64, tolerance: f64, unit: Option<&str>) {
        if !value.is_finite() || value.abs() > GREATEST {
            self.add("value", What::NotANumber);
        }
        if !tolerance.is_finite() || tolerance > GREATEST {
            self.add("tolerance", What::NotANumber);
        } else if tolerance < 0.0 {
            self.add("tolerance", What::Negative);
        }
        if let Some(unit) = unit {
            self.line("unit", unit, MOST_UNIT);
            let read = super::text::number(&format!("1 {unit}"));
            if read.is_none_or(|read| read != (1.0, Some(unit.to_owned()))) || unit.contains('±') {
                self.add("unit", What::NotAUnit);
            }
        }
    }

    fn gaps(&mut self, text: &str, all: &[Gap], case: bool) {
        self.count("gaps", all.len(), 1);
        if gaps::numbers(text) != (1..=all.len()).collect::<Vec<_>>() {
            self.add("text", What::GapsDiffer);
        }
        for (gap_at, gap) in all.iter().take(MOST_PARTS).enumerate() {
            match gap {
                Gap::Words { accepted } => {
                    self.count(&format!("gaps.{gap_at}"), accepted.len(), 1);
                    let texts = accepted.iter().map(String::as_str);
                    self.lines(|at| format!("gaps.{gap_at}.accepted.{at}"), texts, case);
                }
                Gap::Choice { options, right } => {
                    self.count(&format!("gaps.{gap_at}"), options.len(), 2);
                    let texts = options.iter().map(String::as_str);
                    self.lines(|at| format!("gaps.{gap_at}.options.{at}"), texts, true);
                    if *right >= options.len() {
                        self.add(format!("gaps.{gap_at}"), What::NothingRight);
                    }
                }
            }
        }
    }
}

/// A text of several lines: not empty, not too long, no control characters, no block of code that does not end.
pub(super) fn block(field: &str, text: &str, flaws: &mut Vec<Flaw>) {
    let what = if text.trim().is_empty() {
        What::Missing
    } else if text.chars().count() > MOST_TEXT {
        What::TooLong(MOST_TEXT)
    } else if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')) {
        What::NotOneLine
    } else if fence::open_at_the_end(text) {
        What::FenceNotClosed
    } else {
        return;
    };
    flaws.push(Flaw { field: field.to_owned(), what });
}

impl Question {
    /// All that cannot be so; empty when the question is good.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut check = Check(Vec::new());
        if !slug::is_slug(&self.key) {
            check.add("key", What::NotASlug);
        }
        if let Some(title) = &self.title {
            check.line("title", title, MOST_LINE);
        }
        block("text", &self.text, &mut check.0);
        if self.tags.len() > MOST_TAGS {
            check.add("tags", What::TooMany(MOST_TAGS));
        }
        for (at, tag) in self.tags.iter().take(MOST_TAGS).enumerate() {
            if !slug::is_slug(tag) {
                check.add(format!("tags.{at}"), What::NotASlug);
            } else if let Some(first) = self.tags[..at].iter().position(|other| other == tag) {
                check.add(format!("tags.{at}"), What::Alike(first));
            }
        }
        if !(1..=MOST_POINTS).contains(&self.points) {
            check.add("points", What::NotBetween(1, i64::from(MOST_POINTS)));
        }
        self.kind_flaws(&mut check);
        check.feedback("feedback".to_owned(), self.feedback.as_deref());
        check.0
    }

    fn kind_flaws(&self, check: &mut Check) {
        match &self.kind {
            Kind::Single { options } => {
                check.options(options);
                if options.iter().filter(|option| option.right).count() > 1 {
                    check.add("options", What::SeveralRight);
                }
            }
            Kind::Multiple { options } => check.options(options),
            Kind::TrueFalse { if_true, if_false, .. } => {
                check.feedback("if_true".to_owned(), if_true.as_deref());
                check.feedback("if_false".to_owned(), if_false.as_deref());
            }
            Kind::Short { accepted, case } => {
                check.count("accepted", accepted.len(), 1);
                check.lines(|at| format!("accepted.{at}"), accepted.iter().map(String::as_str), *case);
            }
            Kind::Number { value, tolerance, unit } => check.number(*value, *tolerance, unit.as_deref()),
            Kind::Matching { pairs, distractors } => {
                check.count("pairs", pairs.len(), 2);
                check.count("distractors", distractors.len(), 0);
                let lefts = pairs.iter().map(|(left, _)| left.as_str());
                check.lines(|at| format!("pairs.{at}.left"), lefts, true);
                for (at, (_, right)) in pairs.iter().enumerate() {
                    check.line(&format!("pairs.{at}.right"), right, MOST_LINE);
                }
                let others = distractors.iter().map(String::as_str);
                check.lines(|at| format!("distractors.{at}"), others, true);
                for (at, other) in distractors.iter().take(MOST_PARTS).enumerate() {
                    if let Some(first) = pairs.iter().position(|(_, right)| right == other) {
                        check.add(format!("distractors.{at}"), What::Alike(first));
                    }
                }
            }
            Kind::Ordering { items } => {
                check.count("items", items.len(), 2);
                check.lines(|at| format!("items.{at}"), items.iter().map(String::as_str), true);
            }
            Kind::Gaps { gaps, case } => check.gaps(&self.text, gaps, *case),
            Kind::Hotspot { picture, alt, areas } => {
                let name = picture.strip_prefix("media/");
                if name.is_none_or(|name| crate::media::tidy_name(name) != name) {
                    check.add("picture", What::NotAPicture);
                }
                check.line("alt", alt, MOST_LINE);
                check.count("areas", areas.len(), 2);
                check.lines(
                    |at| format!("areas.{at}.name"),
                    areas.iter().map(|area| area.name.as_str()),
                    true,
                );
                for (at, area) in areas.iter().enumerate() {
                    let place = area.place;
                    let across = place.left.saturating_add(place.width);
                    let down = place.top.saturating_add(place.height);
                    if place.width == 0 || place.height == 0 || across > 1000 || down > 1000 {
                        check.add(format!("areas.{at}.place"), What::OffThePicture);
                    }
                    check.feedback(format!("areas.{at}.feedback"), area.feedback.as_deref());
                }
                if !areas.iter().any(|area| area.right) {
                    check.add("areas", What::NothingRight);
                }
            }
            Kind::Essay { rubric, words_most } => {
                check.count("rubric", rubric.len(), 0);
                let texts = rubric.iter().map(|line| line.text.as_str());
                check.lines(|at| format!("rubric.{at}.text"), texts, true);
                for (at, line) in rubric.iter().enumerate() {
                    check.feedback(format!("rubric.{at}.guidance"), line.guidance.as_deref());
                }
                let sum: u32 = rubric.iter().map(|line| u32::from(line.points)).sum();
                if !rubric.is_empty() && sum != u32::from(self.points) {
                    check.add("rubric", What::PointsDiffer(sum));
                }
                if words_most.is_some_and(|most| !(1..=MOST_WORDS).contains(&most)) {
                    check.add("words_most", What::NotBetween(1, i64::from(MOST_WORDS)));
                }
            }
        }
    }
}

/// Flaws of many questions together: two with one key. With the place of the question.
pub fn flaws_of_all(questions: &[Question]) -> Vec<(usize, Flaw)> {
    let mut first: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let mut all = Vec::new();
    for (at, question) in questions.iter().enumerate() {
        all.extend(question.flaws().into_iter().map(|flaw| (at, flaw)));
        if let Some(other) = first.get(question.key.as_str()) {
            all.push((at, Flaw { field: "key".to_owned(), what: What::Alike(*other) }));
        } else {
            first.insert(&question.key, at);
        }
    }
    all
}
