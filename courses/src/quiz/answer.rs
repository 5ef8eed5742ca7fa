//! An answer: read from the fields of a form, kept, and given back to the same form.

use serde::{Deserialize, Serialize};

use super::question::{Gap, Kind, MOST_ESSAY, MOST_TYPED, Question};
use super::shown::orders;
use super::text;

/// An answer, in terms of the kept question: numbers count, from 0, what the author wrote. It never leaves the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Answer {
    /// The chosen option.
    Choice(u16),
    /// Chosen options or areas, rising, each once.
    Choices(Vec<u16>),
    /// True or false.
    Truth(bool),
    /// A word or a few, as typed.
    Text(String),
    /// A number, in the unit of the question.
    Number(f64),
    /// For every left side the chosen right side, counted in `Question::rights`.
    Pairs(Vec<Option<u16>>),
    /// For every item of the right order the place it was given, from 0.
    Places(Vec<Option<u16>>),
    /// For every gap what stands in it.
    Gaps(Vec<Option<GapAnswer>>),
    /// A text for a person to mark.
    Essay(String),
}

/// What stands in a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapAnswer {
    /// As typed.
    Text(String),
    /// The chosen option.
    Choice(u16),
}

/// Why posted fields are no answer; `field` is the one to name. Nothing is kept of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerFault {
    /// Something that can't be chosen: the page is of another attempt, or was tampered with.
    NoSuchOption {
        /// `choice`, `pair-1` …
        field: String,
    },
    /// Several chosen where one can be.
    SeveralChosen {
        /// `choice`, `truth` …
        field: String,
    },
    /// Not a number.
    NotANumber {
        /// `number`
        field: String,
    },
    /// A number in another unit than this.
    OtherUnit {
        /// `number`
        field: String,
        /// The unit that is wanted.
        unit: Option<String>,
    },
    /// Longer than may be typed.
    TooLong {
        /// `text`, `gap-1`, `essay` …
        field: String,
        /// Most characters.
        most: usize,
    },
}

/// The fields of one question in a posted form.
struct Fields<'a>(&'a [(String, String)]);

impl<'a> Fields<'a> {
    /// What was given in the fields of this name; empty ones were not given.
    fn all(&self, name: &str) -> Vec<&'a str> {
        let same = self.0.iter().filter(|(field, _)| field == name);
        same.map(|(_, value)| value.trim()).filter(|value| !value.is_empty()).collect()
    }

    fn one(&self, name: &str) -> Result<Option<&'a str>, AnswerFault> {
        match self.all(name).as_slice() {
            [] => Ok(None),
            [value] => Ok(Some(*value)),
            _ => Err(AnswerFault::SeveralChosen { field: name.to_owned() }),
        }
    }

    fn typed(&self, name: &str, most: usize) -> Result<Option<String>, AnswerFault> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        if text.chars().count() > most {
            return Err(AnswerFault::TooLong { field: name.to_owned(), most });
        }
        // PostgreSQL keeps no zero byte.
        Ok(Some(text.replace("\r\n", "\n").replace('\0', "\u{fffd}")))
    }

    fn choice(&self, name: &str, order: &[usize]) -> Result<Option<u16>, AnswerFault> {
        self.one(name)?.map(|value| index(value, name, order)).transpose()
    }
}

/// The index, as written, of the option of this opaque name.
fn index(name: &str, field: &str, order: &[usize]) -> Result<u16, AnswerFault> {
    let place = name.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
    let index = place.and_then(|place| order.get(place)).and_then(|at| u16::try_from(*at).ok());
    index.ok_or_else(|| AnswerFault::NoSuchOption { field: field.to_owned() })
}

/// `None` when nothing was filled in.
fn some<T>(parts: Vec<Option<T>>) -> Option<Vec<Option<T>>> {
    parts.iter().any(Option::is_some).then_some(parts)
}

impl Question {
    /// An answer as posted; `None` when nothing was. The names of the fields are those of `ShownKind`, and options have
    /// the names of `shown` with the same seed. What is answered in part is kept in part.
    pub fn read_answer(&self, seed: u64, fields: &[(String, String)]) -> Result<Option<Answer>, AnswerFault> {
        let fields = Fields(fields);
        let orders = orders(self, seed);
        let first = orders.first().map(Vec::as_slice).unwrap_or_default();
        let several = || -> Result<Option<Answer>, AnswerFault> {
            let names = fields.all("choice");
            let mut chosen =
                names.iter().map(|name| index(name, "choice", first)).collect::<Result<Vec<u16>, _>>()?;
            chosen.sort_unstable();
            chosen.dedup();
            Ok((!chosen.is_empty()).then_some(Answer::Choices(chosen)))
        };
        match &self.kind {
            Kind::Single { .. } => Ok(fields.choice("choice", first)?.map(Answer::Choice)),
            Kind::Hotspot { areas, .. } if areas.iter().filter(|area| area.right).count() <= 1 => {
                Ok(fields.choice("choice", first)?.map(Answer::Choice))
            }
            Kind::Multiple { .. } | Kind::Hotspot { .. } => several(),
            Kind::TrueFalse { .. } => match fields.one("truth")? {
                None => Ok(None),
                Some("true") => Ok(Some(Answer::Truth(true))),
                Some("false") => Ok(Some(Answer::Truth(false))),
                Some(_) => Err(AnswerFault::NoSuchOption { field: "truth".to_owned() }),
            },
            Kind::Short { .. } => Ok(fields.typed("text", MOST_TYPED)?.map(Answer::Text)),
            Kind::Number { unit, .. } => {
                let typed = fields.typed("number", MOST_TYPED)?;
                typed.map(|typed| number(&typed, unit.as_deref())).transpose()
            }
            Kind::Matching { pairs, .. } => {
                let chosen = (1..=pairs.len()).map(|at| fields.choice(&format!("pair-{at}"), first));
                Ok(some(chosen.collect::<Result<_, _>>()?).map(Answer::Pairs))
            }
            Kind::Ordering { items } => {
                let mut places = vec![None; items.len()];
                let all: Vec<usize> = (0..items.len()).collect();
                for (name, at) in (1..).zip(first) {
                    places[*at] = fields.choice(&format!("place-{name}"), &all)?;
                }
                Ok(some(places).map(Answer::Places))
            }
            Kind::Gaps { gaps, .. } => {
                let mut filled = Vec::new();
                for (name, (gap, order)) in (1..).zip(gaps.iter().zip(&orders)) {
                    let field = format!("gap-{name}");
                    filled.push(match gap {
                        Gap::Words { .. } => fields.typed(&field, MOST_TYPED)?.map(GapAnswer::Text),
                        Gap::Choice { .. } => fields.choice(&field, order)?.map(GapAnswer::Choice),
                    });
                }
                Ok(some(filled).map(Answer::Gaps))
            }
            Kind::Essay { .. } => Ok(fields.typed("essay", MOST_ESSAY)?.map(Answer::Essay)),
        }
    }

    /// The fields that a form is filled in with so that `read_answer` reads this answer again: what a browser may get
    /// back of an answer. Parts that the question no longer has are left out.
    pub fn fields(&self, seed: u64, answer: &Answer) -> Vec<(String, String)> {
        let orders = orders(self, seed);
        let first = orders.first().map(Vec::as_slice).unwrap_or_default();
        let name = |order: &[usize], index: u16| {
            order.iter().position(|at| *at == usize::from(index)).map(|place| (place + 1).to_string())
        };
        let field = |field: String, value: Option<String>| value.map(|value| (field, value));
        match answer {
            Answer::Choice(index) => field("choice".to_owned(), name(first, *index)).into_iter().collect(),
            Answer::Choices(chosen) => {
                chosen.iter().filter_map(|at| field("choice".to_owned(), name(first, *at))).collect()
            }
            Answer::Truth(truth) => vec![("truth".to_owned(), truth.to_string())],
            Answer::Text(text) => vec![("text".to_owned(), text.clone())],
            Answer::Number(value) => vec![("number".to_owned(), text::shown_number(*value))],
            Answer::Essay(text) => vec![("essay".to_owned(), text.clone())],
            Answer::Pairs(chosen) => (1..)
                .zip(chosen)
                .filter_map(|(at, right)| field(format!("pair-{at}"), name(first, (*right)?)))
                .collect(),
            Answer::Places(places) => (1..)
                .zip(first)
                .filter_map(|(name, at)| {
                    let place = places.get(*at).copied().flatten()?;
                    Some((format!("place-{name}"), (place + 1).to_string()))
                })
                .collect(),
            Answer::Gaps(filled) => (1..)
                .zip(filled)
                .filter_map(|(at, filled)| {
                    let value = match filled.as_ref()? {
                        GapAnswer::Text(text) => Some(text.clone()),
                        GapAnswer::Choice(index) => name(orders.get(at - 1)?, *index),
                    };
                    field(format!("gap-{at}"), value)
                })
                .collect(),
        }
    }
}

/// A typed number in the unit of the question, or without a unit.
fn number(typed: &str, unit: Option<&str>) -> Result<Answer, AnswerFault> {
    let field = || "number".to_owned();
    let (value, given) = text::number(typed).ok_or_else(|| AnswerFault::NotANumber { field: field() })?;
    match (given, unit) {
        (None, _) => Ok(Answer::Number(value)),
        (Some(given), Some(unit)) if text::same(&given, unit, true) => Ok(Answer::Number(value)),
        (Some(_), unit) => Err(AnswerFault::OtherUnit { field: field(), unit: unit.map(str::to_owned) }),
    }
}
