//! How the test of a unit is set up.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::check::{Flaw, What};
use super::question::Question;
use crate::slug;

/// Most attempts that can be allowed, when they are counted.
pub const MOST_ATTEMPTS: u16 = 100;
/// Longest time for one attempt, in minutes.
pub const MOST_MINUTES: u16 = 600;
/// Most draws of one test.
pub const MOST_DRAWS: usize = 20;
/// Most questions of one test.
pub const MOST_QUESTIONS: usize = 500;

/// The settings of a test. Their defaults are those of a test in whose file nothing is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Share of the points that passes, in percent, 1 to 100. Exactly so much passes.
    pub pass_percent: u8,
    /// How many attempts a person has in one cycle; `None` is any number.
    pub attempts: Option<u16>,
    /// Time for one attempt, in minutes, before accommodations; `None` is any time.
    pub minutes: Option<u16>,
    /// Questions come in an order of chance, not as written. (Options do anyway, unless the question says otherwise.)
    pub shuffle: bool,
    /// Which questions are drawn; all are asked when there is none.
    pub draws: Vec<Draw>,
    /// When the key and feedback are shown.
    pub reveal: Reveal,
    /// Can be taken before the unit is read; who passes has done the unit.
    pub pretest: bool,
    /// Every answer is given with its certainty and marked accordingly (`grade::Certainty`).
    pub certainty: bool,
    /// What is said before the test begins, Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intro: Option<String>,
}

/// So many of the questions with this tag are asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// How many, 1 or more.
    pub count: u16,
    /// Of which; `None` is of all that no other draw names. A question that several name belongs to the first.
    pub tag: Option<String>,
    /// Of the questions of the course that this test does not have itself, with this tag, which then must be said; else of those of the
    /// test.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bank: bool,
}

/// Drafts are hashed as they are written here: one that draws nothing from the bank keeps the hash that it was approved by.
impl fmt::Debug for Draw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = f.debug_struct("Draw");
        said.field("count", &self.count).field("tag", &self.tag);
        if self.bank {
            said.field("bank", &self.bank);
        }
        said.finish()
    }
}

/// When key and feedback are shown. The result is always shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reveal {
    /// After every attempt.
    Attempt,
    /// Once the person has passed or has no attempt left, so that nobody passes with the key in hand.
    #[default]
    End,
    /// Never.
    Never,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pass_percent: 80,
            attempts: None,
            minutes: None,
            shuffle: true,
            draws: Vec::new(),
            reveal: Reveal::End,
            pretest: false,
            certainty: false,
            intro: None,
        }
    }
}

impl Settings {
    /// Whether so many points of so many pass: exact, in whole numbers. Points may be thousandths, as long as both are.
    pub fn passes(&self, points: i64, of: i64) -> bool {
        of > 0 && points.saturating_mul(100) >= of.saturating_mul(i64::from(self.pass_percent))
    }

    /// What cannot be so; fields are `pass_percent`, `attempts`, `minutes`, `draws.0` …, `intro`.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut add = |field: String, what| flaws.push(Flaw { field, what });
        let mut between = |field: &str, value: u16, least: u16, most: u16| {
            if !(least..=most).contains(&value) {
                add(field.to_owned(), What::NotBetween(i64::from(least), i64::from(most)));
            }
        };
        between("pass_percent", u16::from(self.pass_percent), 1, 100);
        between("attempts", self.attempts.unwrap_or(1), 1, MOST_ATTEMPTS);
        between("minutes", self.minutes.unwrap_or(1), 1, MOST_MINUTES);
        for (at, draw) in self.draws.iter().take(MOST_DRAWS).enumerate() {
            let field = format!("draws.{at}");
            between(&field, draw.count, 1, MOST_QUESTIONS as u16);
        }
        if self.draws.len() > MOST_DRAWS {
            add("draws".to_owned(), What::TooMany(MOST_DRAWS));
            return flaws;
        }
        for (at, draw) in self.draws.iter().enumerate() {
            let same = |other: &Draw| (&other.tag, other.bank) == (&draw.tag, draw.bank);
            if draw.bank && draw.tag.is_none() {
                add(format!("draws.{at}"), What::Missing);
            } else if draw.tag.as_ref().is_some_and(|tag| !slug::is_slug(tag)) {
                add(format!("draws.{at}"), What::NotASlug);
            } else if let Some(other) = self.draws[..at].iter().position(same) {
                add(format!("draws.{at}"), What::Alike(other));
            }
        }
        if let Some(intro) = &self.intro {
            super::check::block("intro", intro, &mut flaws);
        }
        flaws
    }

    /// The same with the questions of the test: a draw of more of them than there are. What is drawn from the bank is looked at by
    /// [`Settings::supplies`].
    pub fn flaws_with(&self, questions: &[Question]) -> Vec<Flaw> {
        let mut flaws = self.flaws();
        if questions.len() > MOST_QUESTIONS {
            flaws.push(Flaw { field: "questions".to_owned(), what: What::TooMany(MOST_QUESTIONS) });
        }
        if self.draws.len() > MOST_DRAWS {
            return flaws;
        }
        for (at, supply) in self.supplies(questions, &[]).into_iter().enumerate() {
            if supply.is_short() && !supply.draw.bank {
                flaws.push(Flaw { field: format!("draws.{at}"), what: What::TooFewQuestions(supply.there) });
            }
        }
        flaws
    }

    /// Whether something is drawn from the bank of the course.
    pub fn draws_from_bank(&self) -> bool {
        self.draws.iter().any(|draw| draw.bank)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::quiz::question::Kind;

    /// A question with these tags.
    pub fn question(tags: &[&str]) -> Question {
        Question {
            key: "k".to_owned(),
            title: None,
            text: "Tekst".to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            points: 1,
            fixed: false,
            kind: Kind::TrueFalse { answer: true, if_true: None, if_false: None },
            feedback: None,
        }
    }

    /// A draw of so many of the test's own questions.
    pub fn draw(count: u16, tag: Option<&str>) -> Draw {
        Draw { count, tag: tag.map(str::to_owned), bank: false }
    }

    #[test]
    fn a_test_of_nothing_said_is_a_good_test() {
        assert_eq!(Settings::default().flaws(), []);
        assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
        let text = serde_json::to_string(&Settings::default()).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), Settings::default());
    }

    #[test]
    fn exactly_the_mark_passes() {
        let settings = Settings { pass_percent: 67, ..Settings::default() };
        assert!(settings.passes(67, 100) && !settings.passes(66, 100));
        assert!(
            !settings.passes(2, 3) && settings.passes(3, 3),
            "two of three are less than 67 of a hundred"
        );
        assert!(!settings.passes(0, 0), "a test of nothing is passed by nobody");
        assert!(!settings.passes(-6000, 3000), "certainty can cost more than everything");
    }

    /// What was approved before anything could be drawn from the bank is approved still, and what was kept is read.
    #[test]
    fn draws_from_before_are_written_as_they_were() {
        let old = draw(2, Some("a"));
        assert_eq!(format!("{old:?}"), "Draw { count: 2, tag: Some(\"a\") }");
        let kept = serde_json::to_string(&old).unwrap();
        assert_eq!(kept, "{\"count\":2,\"tag\":\"a\"}");
        assert_eq!(serde_json::from_str::<Draw>(&kept).unwrap(), old);
        let new = Draw { bank: true, ..old };
        let kept = serde_json::to_string(&new).unwrap();
        assert_eq!(serde_json::from_str::<Draw>(&kept).unwrap(), new);
    }

    #[test]
    fn a_draw_from_the_bank_names_a_tag_and_is_not_that_of_the_test() {
        let of_bank = |count, tag| Draw { bank: true, ..draw(count, tag) };
        let draws = vec![draw(1, Some("a")), of_bank(1, Some("a")), of_bank(2, Some("a")), of_bank(1, None)];
        let settings = Settings { draws, ..Settings::default() };
        let flaw = |field: &str, what| Flaw { field: field.to_owned(), what };
        assert_eq!(settings.flaws(), [flaw("draws.2", What::Alike(1)), flaw("draws.3", What::Missing)]);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let settings = Settings {
            pass_percent: 0,
            attempts: Some(0),
            minutes: Some(601),
            draws: vec![draw(0, Some("a")), draw(1, Some("a")), draw(1, Some("Ą")), draw(9, None)],
            ..Settings::default()
        };
        let fields: Vec<String> =
            settings.flaws_with(&[question(&[])]).into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(
            fields,
            [
                "pass_percent",
                "attempts",
                "minutes",
                "draws.0",
                "draws.1",
                "draws.2",
                "draws.1",
                "draws.2",
                "draws.3"
            ]
        );
    }
}
