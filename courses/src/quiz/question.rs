//! A question as it is kept.
//!
//! Who may see what: `Question` never leaves the server. `Shown` may leave it before the end, `Explained` only after.
//! `Answer` is kept in the order in which the author wrote the options, so that it can be graded without the seed; it
//! therefore stays on the server too: what a browser gets back of it are the fields of `Question::fields`.

use serde::{Deserialize, Serialize};

/// Most points of a question.
pub const MOST_POINTS: u16 = 100;
/// Most options, pairs, items, gaps, areas or criteria of a question.
pub const MOST_PARTS: usize = 30;
/// Most tags of a question.
pub const MOST_TAGS: usize = 10;
/// Most characters of a question's text and of each feedback.
pub const MOST_TEXT: usize = 10_000;
/// Most characters of an option, a pair's side, an item, an accepted answer, a title.
pub const MOST_LINE: usize = 500;
/// Most characters of a typed answer that is one line.
pub const MOST_TYPED: usize = 500;
/// Most characters of an essay.
pub const MOST_ESSAY: usize = 50_000;

/// One question as it is kept (serde JSON, the `body` of a question's version). Texts are Markdown, inline for options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Its name, a slug that is unique in the course and stays when the text changes.
    pub key: String,
    /// What authors call it; learners do not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What is asked. In `Kind::Gaps` it holds `[[1]]`, `[[2]]` … where the gaps are.
    pub text: String,
    /// Slugs, by which draws choose; learners do not see them.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What a right answer is worth, 1 to 100.
    pub points: u16,
    /// Options keep the order in which they are written (for “all of the above”); otherwise the seed orders them.
    #[serde(default)]
    pub fixed: bool,
    /// What kind of answer is wanted, with the key.
    pub kind: Kind,
    /// What everybody is told afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<String>,
}

/// What kind of answer is wanted, with the key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// One option is right.
    Single {
        /// Two or more, one of them right.
        options: Vec<Choice>,
    },
    /// Any number of options, one at least, is right.
    Multiple {
        /// Two or more.
        options: Vec<Choice>,
    },
    /// The text is a statement.
    TrueFalse {
        /// Whether the statement is true.
        answer: bool,
        /// What those are told who said “true”.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        if_true: Option<String>,
        /// What those are told who said “false”.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        if_false: Option<String>,
    },
    /// A word or a few.
    Short {
        /// Answers that are right, compared as in `text::same`.
        accepted: Vec<String>,
        /// Whether capital letters matter.
        #[serde(default)]
        case: bool,
    },
    /// A number.
    Number {
        /// The right one.
        value: f64,
        /// How far an answer may be from it; 0 or more.
        tolerance: f64,
        /// What it is counted in; shown beside the field, and may be typed or left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    /// To every left side belongs one right side.
    Matching {
        /// Left and right side. Two left sides may have the same right side.
        pairs: Vec<(String, String)>,
        /// Right sides that belong to nothing.
        #[serde(default)]
        distractors: Vec<String>,
    },
    /// Things to be put in order.
    Ordering {
        /// In the right order.
        items: Vec<String>,
    },
    /// A text with gaps; `[[1]]` in `Question::text` is the first of `gaps`.
    Gaps {
        /// In the order of the text.
        gaps: Vec<Gap>,
        /// Whether capital letters matter.
        #[serde(default)]
        case: bool,
    },
    /// Places on a picture. Every area has a name and is chosen by it as well, so that no pointer is needed.
    Hotspot {
        /// Path in the course: `media/ekran.png`.
        picture: String,
        /// What the picture shows, for those who do not see it.
        alt: String,
        /// One right area at least. With one, one can be chosen; with more, any number.
        areas: Vec<Area>,
    },
    /// A text that a person marks.
    Essay {
        /// What is marked, with points that add up to those of the question; may be empty.
        #[serde(default)]
        rubric: Vec<Criterion>,
        /// Most words, when there is a limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words_most: Option<u32>,
    },
}

/// An option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Inline Markdown, one line.
    pub text: String,
    /// Whether it is right.
    #[serde(default)]
    pub right: bool,
    /// What those are told who chose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<String>,
}

/// A gap in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Gap {
    /// To be typed.
    Words {
        /// Answers that are right.
        accepted: Vec<String>,
    },
    /// To be chosen from a list; one is right.
    Choice {
        /// Plain texts, two or more.
        options: Vec<String>,
        /// Which of them is right, from 0.
        right: usize,
    },
}

/// A rectangle on a picture, in thousandths of the picture's width and height from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Left edge, 0 to 999.
    pub left: u16,
    /// Upper edge, 0 to 999.
    pub top: u16,
    /// Width, 1 to 1000.
    pub width: u16,
    /// Height, 1 to 1000.
    pub height: u16,
}

/// A place on a picture that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Its name, by which it is chosen without a pointer.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// Whether it is right.
    #[serde(default)]
    pub right: bool,
    /// What those are told who chose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<String>,
}

/// One thing that is marked in an essay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// What it is; learners see it before they write.
    pub text: String,
    /// Points for it.
    pub points: u16,
    /// What the marker looks for; learners see it afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidance: Option<String>,
}

impl Question {
    /// What authors call it: its title, else the first line of what is asked; at most 80 letters.
    pub fn name(&self) -> String {
        let text = self.title.as_deref().unwrap_or(&self.text);
        let line = text.lines().next().unwrap_or_default();
        if line.chars().count() > 80 {
            line.chars().take(79).chain(['…']).collect()
        } else {
            line.to_owned()
        }
    }

    /// The same without blanks around its texts, other systems' line ends, and feedback without a letter: what forms and
    /// imports keep, and what the file of a test can hold.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        let line = |text: &mut String| *text = text.trim().to_owned();
        self.title = self.title.take().map(|title| title.trim().to_owned()).filter(|title| !title.is_empty());
        block(&mut self.text);
        said(&mut self.feedback);
        match &mut self.kind {
            Kind::Single { options } | Kind::Multiple { options } => {
                for option in options {
                    line(&mut option.text);
                    said(&mut option.feedback);
                }
            }
            Kind::TrueFalse { if_true, if_false, .. } => {
                said(if_true);
                said(if_false);
            }
            Kind::Short { accepted, .. } => accepted.iter_mut().for_each(line),
            Kind::Number { unit, .. } => said(unit),
            Kind::Matching { pairs, distractors } => {
                for (left, right) in pairs {
                    line(left);
                    line(right);
                }
                distractors.iter_mut().for_each(line);
            }
            Kind::Ordering { items } => items.iter_mut().for_each(line),
            Kind::Gaps { gaps, .. } => {
                for gap in gaps {
                    match gap {
                        Gap::Words { accepted: texts } | Gap::Choice { options: texts, .. } => {
                            texts.iter_mut().for_each(line);
                        }
                    }
                }
            }
            Kind::Hotspot { picture, alt, areas } => {
                line(picture);
                line(alt);
                for area in areas {
                    line(&mut area.name);
                    said(&mut area.feedback);
                }
            }
            Kind::Essay { rubric, .. } => {
                for criterion in rubric {
                    line(&mut criterion.text);
                    said(&mut criterion.guidance);
                }
            }
        }
        self
    }
}

/// A text of several lines: no blank lines around it, line ends `\n`, no zero byte (PostgreSQL keeps none).
fn block(text: &mut String) {
    let plain = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
    let lines: Vec<&str> = plain.lines().skip_while(|line| line.trim().is_empty()).collect();
    *text = lines.join("\n").trim_end().to_owned();
}

fn said(text: &mut Option<String>) {
    if let Some(text) = text {
        block(text);
    }
    *text = text.take().filter(|text| !text.is_empty());
}
