//! A question as it may be shown before the end, options in the order of the seed.

use serde::Serialize;

use super::order::Chance;
use super::question::{Gap, Kind, Place, Question};

/// What of a question may leave the server before the end: neither key nor feedback nor the author's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// What is asked, Markdown. With gaps it holds `[[1]]`, `[[2]]` …, which stay as they are when it is rendered.
    pub text: String,
    /// What it is worth.
    pub points: u16,
    /// What can be answered.
    #[serde(flatten)]
    pub kind: ShownKind,
}

/// What can be answered, and in which fields (`Question::read_answer`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ShownKind {
    /// Field `choice`, once.
    Single {
        /// In the order of the seed.
        options: Vec<ShownOption>,
    },
    /// Field `choice`, once for every chosen option.
    Multiple {
        /// In the order of the seed.
        options: Vec<ShownOption>,
    },
    /// Field `truth`: `true` or `false`.
    TrueFalse,
    /// Field `text`.
    Short,
    /// Field `number`.
    Number {
        /// What it is counted in.
        unit: Option<String>,
    },
    /// Fields `pair-1`, `pair-2` …, one for each left side in this order: the name of a right side.
    Matching {
        /// As written.
        left: Vec<String>,
        /// In the order of the seed, equal ones once.
        right: Vec<ShownOption>,
    },
    /// Fields `place-1`, `place-2` …, one for each item by its name: its place in the order, from 1.
    Ordering {
        /// In the order of the seed.
        items: Vec<ShownOption>,
    },
    /// Fields `gap-1`, `gap-2` …
    Gaps {
        /// In the order of the text.
        gaps: Vec<ShownGap>,
    },
    /// Field `choice`, once, or once for every chosen area when there can be several.
    Hotspot {
        /// Path in the course.
        picture: String,
        /// What it shows.
        alt: String,
        /// In the order of the seed.
        areas: Vec<ShownArea>,
        /// Whether several can be chosen.
        several: bool,
    },
    /// Field `essay`.
    Essay {
        /// What is marked, and its points.
        criteria: Vec<(String, u16)>,
        /// Most words.
        words_most: Option<u32>,
    },
}

/// An option under its opaque name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownOption {
    /// Its place in what is shown, from 1; it says nothing about the place where the author wrote it.
    pub name: u16,
    /// Inline Markdown.
    pub text: String,
}

/// A gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ShownGap {
    /// To be typed.
    Words,
    /// To be chosen: the value of the field is the name of an option.
    Choice {
        /// In the order of the seed.
        options: Vec<ShownOption>,
    },
}

/// An area under its opaque name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownArea {
    /// Its place in what is shown, from 1.
    pub name: u16,
    /// What it is called.
    pub text: String,
    /// Where it is.
    pub place: Place,
}

/// The orders in which parts are shown: `order[place] = index` as written. Gaps have one each, other kinds one.
pub(super) fn orders(question: &Question, seed: u64) -> Vec<Vec<usize>> {
    let mut chance = Chance::of(seed);
    let mut order = |count: usize, fixed: bool| {
        let by_chance = chance.order(count);
        if fixed { (0..count).collect() } else { by_chance }
    };
    let fixed = question.fixed;
    match &question.kind {
        Kind::Single { options } | Kind::Multiple { options } => vec![order(options.len(), fixed)],
        Kind::Hotspot { areas, .. } => vec![order(areas.len(), fixed)],
        // Here the order as written would be the key.
        Kind::Matching { .. } => vec![order(question.rights().len(), false)],
        Kind::Ordering { items } => vec![order(items.len(), false)],
        Kind::Gaps { gaps, .. } => gaps
            .iter()
            .map(|gap| match gap {
                Gap::Words { .. } => Vec::new(),
                Gap::Choice { options, .. } => order(options.len(), fixed),
            })
            .collect(),
        Kind::TrueFalse { .. } | Kind::Short { .. } | Kind::Number { .. } | Kind::Essay { .. } => Vec::new(),
    }
}

impl Question {
    /// Right sides of pairs and distractors as written, equal ones once: what `Answer::Pairs` counts.
    pub fn rights(&self) -> Vec<&str> {
        let Kind::Matching { pairs, distractors } = &self.kind else { return Vec::new() };
        let mut rights: Vec<&str> = Vec::new();
        for right in pairs.iter().map(|(_, right)| right).chain(distractors) {
            if !rights.contains(&right.as_str()) {
                rights.push(right);
            }
        }
        rights
    }

    /// What may leave the server before the end. The same seed gives the same order for ever (`order`).
    ///
    /// The seed must not leave the server: with it the order of the author could be told.
    pub fn shown(&self, seed: u64) -> Shown {
        let orders = orders(self, seed);
        let first = orders.first().map(Vec::as_slice).unwrap_or_default();
        let kind = match &self.kind {
            Kind::Single { options } => ShownKind::Single { options: named(first, |at| &options[at].text) },
            Kind::Multiple { options } => {
                ShownKind::Multiple { options: named(first, |at| &options[at].text) }
            }
            Kind::TrueFalse { .. } => ShownKind::TrueFalse,
            Kind::Short { .. } => ShownKind::Short,
            Kind::Number { unit, .. } => ShownKind::Number { unit: unit.clone() },
            Kind::Matching { pairs, .. } => {
                let rights = self.rights();
                ShownKind::Matching {
                    left: pairs.iter().map(|(left, _)| left.clone()).collect(),
                    right: named(first, |at| rights[at]),
                }
            }
            Kind::Ordering { items } => ShownKind::Ordering { items: named(first, |at| &items[at]) },
            Kind::Gaps { gaps, .. } => ShownKind::Gaps {
                gaps: gaps
                    .iter()
                    .zip(&orders)
                    .map(|(gap, order)| match gap {
                        Gap::Words { .. } => ShownGap::Words,
                        Gap::Choice { options, .. } => {
                            ShownGap::Choice { options: named(order, |at| &options[at]) }
                        }
                    })
                    .collect(),
            },
            Kind::Hotspot { picture, alt, areas } => ShownKind::Hotspot {
                picture: picture.clone(),
                alt: alt.clone(),
                areas: named(first, |at| &areas[at].name)
                    .into_iter()
                    .zip(first)
                    .map(|(option, at)| ShownArea {
                        name: option.name,
                        text: option.text,
                        place: areas[*at].place,
                    })
                    .collect(),
                several: areas.iter().filter(|area| area.right).count() > 1,
            },
            Kind::Essay { rubric, words_most } => ShownKind::Essay {
                criteria: rubric.iter().map(|line| (line.text.clone(), line.points)).collect(),
                words_most: *words_most,
            },
        };
        Shown { text: self.text.clone(), points: self.points, kind }
    }
}

fn named<'a>(order: &[usize], text: impl Fn(usize) -> &'a str) -> Vec<ShownOption> {
    (1..).zip(order).map(|(name, at)| ShownOption { name, text: text(*at).to_owned() }).collect()
}
