//! A question after the end: the key, what was answered, and feedback for it.

use serde::Serialize;

use super::answer::{Answer, GapAnswer};
use super::question::{Criterion, Gap, Kind, Question};
use super::shown::orders;

/// What is shown after the end: the key, what was answered, and feedback for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explained {
    /// 0 to 1000 thousandths of the points; `None` when a person has to mark it. Nothing answered is 0.
    pub per_mille: Option<u16>,
    /// Part by part; options in the order in which the learner saw them.
    pub parts: ExplainedParts,
    /// What everybody is told.
    pub feedback: Option<String>,
}

/// The key and the answer, part by part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ExplainedParts {
    /// Options or areas.
    Options {
        /// All of them, in the order in which the learner saw them.
        options: Vec<ExplainedOption>,
    },
    /// True or false.
    Truth {
        /// What is right.
        answer: bool,
        /// What was answered.
        given: Option<bool>,
        /// What those are told who answered so.
        feedback: Option<String>,
    },
    /// A number.
    Number {
        /// What is right.
        value: f64,
        /// How far from it is still right.
        tolerance: f64,
        /// In what it is counted.
        unit: Option<String>,
        /// What was answered.
        given: Option<f64>,
    },
    /// Pairs (the label is the left side), places in an order (the number of the place), gaps (their number), a short text (no label).
    Fields {
        /// One for every part.
        fields: Vec<ExplainedField>,
    },
    /// An essay.
    Essay {
        /// What was written.
        given: Option<String>,
        /// What is marked, with guidance.
        rubric: Vec<Criterion>,
    },
}

/// An option after the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedOption {
    /// Inline Markdown.
    pub text: String,
    /// Whether it is right.
    pub right: bool,
    /// Whether it was chosen.
    pub chosen: bool,
    /// What those are told who chose it; for everybody to see after the end.
    pub feedback: Option<String>,
}

/// A part that was filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedField {
    /// What it belongs to.
    pub label: String,
    /// What was answered.
    pub given: Option<String>,
    /// What is right; of several, each.
    pub expected: Vec<String>,
    /// Whether it was right.
    pub right: bool,
}

impl Question {
    /// What may be shown when the policy of the test says so: the key, what was answered, feedback. Options stand as `asked` showed them
    /// under `seed`, so that "the second one" is the same before and after; `asked` is the question that was shown, which differs from
    /// this one when it was graded again by a corrected key. Where options were added or taken out since, they stand as written.
    pub fn explained(&self, asked: &Self, seed: u64, answer: Option<&Answer>) -> Explained {
        let per_mille = match (&self.kind, answer) {
            (_, Some(answer)) => self.grade(answer),
            (_, None) => Some(0),
        };
        let mut parts = self.explained_parts(answer);
        if let ExplainedParts::Options { options } = &mut parts {
            let order = orders(asked, seed).into_iter().next().unwrap_or_default();
            if order.len() == options.len() {
                *options = order.into_iter().filter_map(|at| options.get(at).cloned()).collect();
            }
        }
        Explained { per_mille, parts, feedback: self.feedback.clone() }
    }

    fn explained_parts(&self, answer: Option<&Answer>) -> ExplainedParts {
        let chosen = |at: usize| match answer {
            Some(Answer::Choice(index)) => usize::from(*index) == at,
            Some(Answer::Choices(chosen)) => chosen.iter().any(|index| usize::from(*index) == at),
            _ => false,
        };
        match &self.kind {
            Kind::Single { options } | Kind::Multiple { options } => ExplainedParts::Options {
                options: (0..)
                    .zip(options)
                    .map(|(at, option)| ExplainedOption {
                        text: option.text.clone(),
                        right: option.right,
                        chosen: chosen(at),
                        feedback: option.feedback.clone(),
                    })
                    .collect(),
            },
            Kind::Hotspot { areas, .. } => ExplainedParts::Options {
                options: (0..)
                    .zip(areas)
                    .map(|(at, area)| ExplainedOption {
                        text: area.name.clone(),
                        right: area.right,
                        chosen: chosen(at),
                        feedback: area.feedback.clone(),
                    })
                    .collect(),
            },
            Kind::TrueFalse { answer: right, if_true, if_false } => {
                let given = if let Some(Answer::Truth(given)) = answer { Some(*given) } else { None };
                let feedback = match given {
                    Some(true) => if_true.clone(),
                    Some(false) => if_false.clone(),
                    None => None,
                };
                ExplainedParts::Truth { answer: *right, given, feedback }
            }
            Kind::Short { accepted, .. } => {
                let given = if let Some(Answer::Text(given)) = answer { Some(given.clone()) } else { None };
                let right = answer.is_some_and(|answer| self.grade(answer) == Some(1000));
                let field = ExplainedField { label: String::new(), given, expected: accepted.clone(), right };
                ExplainedParts::Fields { fields: vec![field] }
            }
            Kind::Number { value, tolerance, unit } => {
                let given = if let Some(Answer::Number(given)) = answer { Some(*given) } else { None };
                let (value, tolerance, unit) = (*value, *tolerance, unit.clone());
                ExplainedParts::Number { value, tolerance, unit, given }
            }
            Kind::Matching { .. } | Kind::Ordering { .. } | Kind::Gaps { .. } => {
                ExplainedParts::Fields { fields: self.explained_fields(answer) }
            }
            Kind::Essay { rubric, .. } => {
                let given = if let Some(Answer::Essay(given)) = answer { Some(given.clone()) } else { None };
                ExplainedParts::Essay { given, rubric: rubric.clone() }
            }
        }
    }

    fn explained_fields(&self, answer: Option<&Answer>) -> Vec<ExplainedField> {
        let right = |at: usize| {
            answer.is_some_and(|answer| self.parts_right(answer).get(at).copied().unwrap_or_default())
        };
        let line = |at: usize, label: String, given: Option<String>, expected: Vec<String>| ExplainedField {
            label,
            given,
            expected,
            right: right(at),
        };
        match &self.kind {
            Kind::Matching { pairs, .. } => {
                let rights = self.rights();
                let given = |at: usize| {
                    let Some(Answer::Pairs(chosen)) = answer else { return None };
                    rights.get(usize::from(chosen.get(at).copied().flatten()?)).map(|text| (*text).to_owned())
                };
                let pairs = pairs.iter().enumerate();
                pairs.map(|(at, pair)| line(at, pair.0.clone(), given(at), vec![pair.1.clone()])).collect()
            }
            Kind::Ordering { items } => {
                // At every place: what was put there, and what belongs there.
                let given = |place: usize| {
                    let Some(Answer::Places(places)) = answer else { return None };
                    let there = |(at, given): (usize, &Option<u16>)| {
                        given.is_some_and(|given| usize::from(given) == place).then_some(at)
                    };
                    let put: Vec<&str> = places
                        .iter()
                        .enumerate()
                        .filter_map(there)
                        .filter_map(|at| items.get(at).map(String::as_str))
                        .collect();
                    (!put.is_empty()).then(|| put.join("; "))
                };
                let items = items.iter().enumerate();
                items
                    .map(|(at, item)| line(at, (at + 1).to_string(), given(at), vec![item.clone()]))
                    .collect()
            }
            Kind::Gaps { gaps, .. } => {
                let given = |at: usize, gap: &Gap| {
                    let Some(Answer::Gaps(filled)) = answer else { return None };
                    match (filled.get(at)?.as_ref()?, gap) {
                        (GapAnswer::Text(text), _) => Some(text.clone()),
                        (GapAnswer::Choice(index), Gap::Choice { options, .. }) => {
                            options.get(usize::from(*index)).cloned()
                        }
                        (GapAnswer::Choice(_), Gap::Words { .. }) => None,
                    }
                };
                let expected = |gap: &Gap| match gap {
                    Gap::Words { accepted } => accepted.clone(),
                    Gap::Choice { options, right } => options.get(*right).cloned().into_iter().collect(),
                };
                let gaps = gaps.iter().enumerate();
                gaps.map(|(at, gap)| line(at, (at + 1).to_string(), given(at, gap), expected(gap))).collect()
            }
            _ => Vec::new(),
        }
    }
}
