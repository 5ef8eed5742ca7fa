//! What an answer is worth, in thousandths of the points of its question.
//!
//! Rules: one option, true or false, a word, a number: all or nothing. Several options or areas: (right ones chosen −
//! wrong ones chosen) ÷ right ones, not below 0, so that ticking everything gains nothing. Pairs, places of an order and
//! gaps: every part counts the same. A place that was given to two items is right for neither. Rounded to the nearest
//! thousandth, halves up. Nothing answered is 0: `None` is for answers that a person has to mark.

use serde::{Deserialize, Serialize};

use super::answer::{Answer, GapAnswer};
use super::question::{Gap, Kind, Question};
use super::text;

/// How sure somebody is of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// 1: it may well be wrong.
    Low,
    /// 2: rather right.
    Middle,
    /// 3: quite sure.
    High,
}

impl Certainty {
    /// Lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Middle, Self::High];

    /// What an answer of `per_mille` is worth when it was given with this certainty, in thousandths of the points: -2000
    /// to 1000.
    ///
    /// Certainty-based marking (A. R. Gardner-Medwin: “Confidence assessment in the teaching of basic science”, 1995):
    /// right is 1, 2 or 3 of 3; wrong is 0, −2 or −6 of 3, so that it pays to say how sure one is. What is right in part
    /// lies between on a straight line.
    pub fn mark(self, per_mille: u16) -> i32 {
        let (right, wrong) = match self {
            Self::Low => (1, 0),
            Self::Middle => (2, -2),
            Self::High => (3, -6),
        };
        let part = i32::from(per_mille.min(1000));
        // Thirds of a thousandth, to the nearest, halves up.
        (wrong * (1000 - part) + right * part + 1).div_euclid(3)
    }
}

/// `part` of `whole` in thousandths; 0 of nothing.
fn per_mille(part: usize, whole: usize) -> u16 {
    if whole == 0 {
        return 0;
    }
    u16::try_from((part.min(whole) * 1000 + whole / 2) / whole).unwrap_or(1000)
}

/// Whether a number is right. A billionth of the value more than the tolerance is allowed, because 0,1 + 0,2 is not 0,3
/// in the arithmetic of machines.
pub(super) fn number_is_right(given: f64, value: f64, tolerance: f64) -> bool {
    (given - value).abs() <= tolerance + 1e-9 * value.abs().max(tolerance)
}

impl Question {
    /// 0 to 1000 thousandths of the points; `None` when a person has to mark it (essay). An answer of another kind, as
    /// after a question was changed, is wrong.
    pub fn grade(&self, answer: &Answer) -> Option<u16> {
        let all_or_nothing = |right: bool| Some(if right { 1000 } else { 0 });
        match (&self.kind, answer) {
            (Kind::Essay { .. }, Answer::Essay(_)) => None,
            (Kind::Single { options }, Answer::Choice(at)) => {
                all_or_nothing(options.get(usize::from(*at)).is_some_and(|option| option.right))
            }
            (Kind::Hotspot { areas, .. }, Answer::Choice(at)) => {
                let rights = areas.iter().map(|area| area.right).collect::<Vec<_>>();
                Some(of_several(&rights, &[*at]))
            }
            (Kind::Hotspot { areas, .. }, Answer::Choices(chosen)) => {
                Some(of_several(&areas.iter().map(|area| area.right).collect::<Vec<_>>(), chosen))
            }
            (Kind::Multiple { options }, Answer::Choices(chosen)) => {
                Some(of_several(&options.iter().map(|option| option.right).collect::<Vec<_>>(), chosen))
            }
            (Kind::TrueFalse { answer, .. }, Answer::Truth(given)) => all_or_nothing(answer == given),
            (Kind::Short { accepted, case }, Answer::Text(given)) => {
                all_or_nothing(accepted.iter().any(|accepted| text::same(given, accepted, *case)))
            }
            (Kind::Number { value, tolerance, .. }, Answer::Number(given)) => {
                all_or_nothing(number_is_right(*given, *value, *tolerance))
            }
            (
                Kind::Matching { .. } | Kind::Ordering { .. } | Kind::Gaps { .. },
                Answer::Pairs(_) | Answer::Places(_) | Answer::Gaps(_),
            ) => {
                let parts = self.parts_right(answer);
                Some(per_mille(parts.iter().filter(|right| **right).count(), parts.len()))
            }
            _ => Some(0),
        }
    }

    /// Which pairs, places or gaps are right, in the order as written; empty for other kinds.
    pub(super) fn parts_right(&self, answer: &Answer) -> Vec<bool> {
        match (&self.kind, answer) {
            (Kind::Matching { pairs, .. }, Answer::Pairs(chosen)) => {
                let rights = self.rights();
                let given = |at: usize| rights.get(usize::from(chosen.get(at).copied().flatten()?)).copied();
                (0..pairs.len()).map(|at| given(at) == Some(pairs[at].1.as_str())).collect()
            }
            (Kind::Ordering { items }, Answer::Places(places)) => {
                let alone = |place: u16| places.iter().filter(|other| **other == Some(place)).count() == 1;
                let given = |at: usize| places.get(at).copied().flatten().filter(|place| alone(*place));
                (0..items.len()).map(|at| given(at).is_some_and(|place| usize::from(place) == at)).collect()
            }
            (Kind::Gaps { gaps, case }, Answer::Gaps(filled)) => {
                let right = |(at, gap): (usize, &Gap)| match (gap, filled.get(at).and_then(Option::as_ref)) {
                    (Gap::Words { accepted }, Some(GapAnswer::Text(given))) => {
                        accepted.iter().any(|accepted| text::same(given, accepted, *case))
                    }
                    (Gap::Choice { right, .. }, Some(GapAnswer::Choice(given))) => {
                        *right == usize::from(*given)
                    }
                    _ => false,
                };
                gaps.iter().enumerate().map(right).collect()
            }
            (Kind::Matching { pairs, .. }, _) => vec![false; pairs.len()],
            (Kind::Ordering { items }, _) => vec![false; items.len()],
            (Kind::Gaps { gaps, .. }, _) => vec![false; gaps.len()],
            _ => Vec::new(),
        }
    }
}

fn of_several(rights: &[bool], chosen: &[u16]) -> u16 {
    let is_chosen = |at: usize| chosen.iter().any(|index| usize::from(*index) == at);
    let count = |right: bool| (0..rights.len()).filter(|at| rights[*at] == right && is_chosen(*at)).count();
    let all = rights.iter().filter(|right| **right).count();
    per_mille(count(true).saturating_sub(count(false)), all)
}
