//! What an attempt is like: a replay of its steps. Nothing else is kept of it, so a new key or a mark is one step more and
//! everything before stays as it was.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::answer::Answer;
use super::grade::Certainty;
use super::settings::Settings;

/// An answer as a step keeps it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// `None`: it was taken back.
    pub answer: Option<Answer>,
    /// How sure the person was, when the test asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    /// How long it waited in the browser before it could be sent, in milliseconds.
    #[serde(default)]
    pub waited_ms: i64,
    /// The number of the step that the page had seen of this question; 0: none.
    #[serde(default)]
    pub seen: i32,
}

/// A mark that a person gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Thousandths of the question's points.
    pub per_mille: u16,
    /// Points for each criterion; empty without a rubric.
    #[serde(default)]
    pub points: Vec<u16>,
    /// What the person is told.
    #[serde(default)]
    pub comment: String,
}

/// What the end made of the answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoned {
    /// Thousandths of its points for each question, in order, below 0 where certainty is asked for; `None` waits for a person.
    pub scores: Vec<Option<i32>>,
}

/// A question graded again after its key was corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regraded {
    /// The version of the question that it was graded with.
    pub version: Uuid,
    /// Thousandths of its points.
    pub per_mille: i32,
}

/// A step as it is read back.
#[derive(Clone, Debug)]
pub struct Step {
    /// From 1.
    pub number: i32,
    /// `answered`, `flagged` …
    pub kind: String,
    /// The question, from 1.
    pub position: Option<i32>,
    /// What the kind keeps.
    pub detail: Value,
    /// By the database's clock.
    pub at: OffsetDateTime,
}

/// One question of an attempt, after all steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slot {
    /// What counts.
    pub answered: Answered,
    /// The step of the answer that counts; 0: none.
    pub step: i32,
    /// When it was given.
    pub given_at: Option<OffsetDateTime>,
    /// To be looked at again.
    pub flagged: bool,
    /// Thousandths of its points, -2000 to 1000; `None` before the end, and while a person has to mark it.
    pub score: Option<i32>,
    /// What a person gave for it.
    pub mark: Option<Mark>,
    /// The version that it was graded with again.
    pub regraded: Option<Uuid>,
}

impl Slot {
    /// Whether something was answered.
    pub fn is_answered(&self) -> bool {
        self.answered.answer.is_some()
    }
}

/// The questions of an attempt after `steps`, which come in their order.
///
/// Of several answers that one counts which was given last: what waited in a browser without network does not push aside
/// what was answered after it.
pub fn replay(questions: usize, steps: &[Step]) -> Vec<Slot> {
    let mut slots = vec![Slot::default(); questions];
    for step in steps {
        if step.kind == "submitted" {
            let reckoned: Reckoned = read(&step.detail);
            for (slot, score) in slots.iter_mut().zip(reckoned.scores) {
                slot.score = score;
            }
            continue;
        }
        let at = step.position.and_then(|position| usize::try_from(position - 1).ok());
        let Some(slot) = at.and_then(|at| slots.get_mut(at)) else { continue };
        match step.kind.as_str() {
            "answered" => answered(slot, step),
            "flagged" => slot.flagged = step.detail.get("on").and_then(Value::as_bool).unwrap_or(false),
            "marked" => {
                let mark: Mark = read(&step.detail);
                slot.score = Some(i32::from(mark.per_mille));
                slot.mark = Some(mark);
            }
            "regraded" => {
                if let Ok(again) = serde_json::from_value::<Regraded>(step.detail.clone()) {
                    slot.score = Some(again.per_mille);
                    slot.regraded = Some(again.version);
                }
            }
            _ => {}
        }
    }
    slots
}

fn answered(slot: &mut Slot, step: &Step) {
    let answered: Answered = read(&step.detail);
    let given = step.at - time::Duration::milliseconds(answered.waited_ms.max(0));
    if slot.given_at.is_none_or(|before| given >= before) {
        (slot.answered, slot.step, slot.given_at) = (answered, step.number, Some(given));
    }
}

fn read<T: Default + serde::de::DeserializeOwned>(detail: &Value) -> T {
    serde_json::from_value(detail.clone()).unwrap_or_default()
}

/// The score of a whole attempt in thousandths, rounded down so that 1000 means everything; and whether it passes, which is not
/// rounded. `None` while something waits for a mark. `questions`: points and thousandths of each.
pub fn total(questions: &[(u16, Option<i32>)], settings: &Settings) -> Option<(u16, bool)> {
    let (mut most, mut got) = (0_i64, 0_i64);
    for (points, score) in questions {
        most += i64::from(*points) * 1000;
        got += i64::from(*points) * i64::from((*score)?);
    }
    let got = got.clamp(0, most);
    let score = if most == 0 { 0 } else { u16::try_from(got * 1000 / most).unwrap_or(1000) };
    Some((score, settings.passes(got, most)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    fn step(number: i32, kind: &str, position: Option<i32>, detail: Value) -> Step {
        let at = datetime!(2026-11-21 12:00 UTC) + time::Duration::seconds(number.into());
        Step { number, kind: kind.to_owned(), position, detail, at }
    }

    fn chose(number: i32, position: i32, option: u16, waited_ms: i64) -> Step {
        let detail = Answered { answer: Some(Answer::Choice(option)), waited_ms, ..Answered::default() };
        step(number, "answered", Some(position), serde_json::to_value(detail).unwrap())
    }

    #[test]
    fn the_answer_given_last_counts_however_late_another_arrives() {
        let steps = [chose(2, 1, 0, 0), chose(3, 1, 1, 0), chose(4, 1, 2, 60_000)];
        let slots = replay(2, &steps);
        assert_eq!((&slots[0].answered.answer, slots[0].step), (&Some(Answer::Choice(1)), 3));
        assert!(!slots[1].is_answered());
        // One that waited and is still the newest counts.
        let slots = replay(1, &[chose(2, 1, 0, 0), chose(9, 1, 2, 3_000)]);
        assert_eq!(slots[0].answered.answer, Some(Answer::Choice(2)));
    }

    #[test]
    fn an_answer_can_be_taken_back_and_flags_go_on_and_off() {
        let steps = [
            chose(2, 1, 0, 0),
            step(3, "flagged", Some(1), json!({ "on": true })),
            step(4, "answered", Some(1), json!({ "answer": null })),
        ];
        let slots = replay(1, &steps);
        assert!(!slots[0].is_answered() && slots[0].flagged);
        let more = [&steps[..], &[step(5, "flagged", Some(1), json!({ "on": false }))]].concat();
        assert!(!replay(1, &more)[0].flagged);
    }

    #[test]
    fn a_mark_and_a_new_key_are_steps_after_the_end() {
        let version = Uuid::from_u128(7);
        let steps = [
            chose(2, 1, 0, 0),
            step(3, "submitted", None, json!({ "scores": [0, null] })),
            step(4, "marked", Some(2), json!({ "per_mille": 750, "points": [3], "comment": "Dobrze." })),
            step(5, "regraded", Some(1), json!({ "version": version, "per_mille": 1000 })),
            step(6, "answered", Some(9), json!({})),
        ];
        let slots = replay(2, &steps);
        assert_eq!((slots[0].score, slots[0].regraded), (Some(1000), Some(version)));
        assert_eq!(slots[1].mark.as_ref().map(|mark| mark.comment.as_str()), Some("Dobrze."));
        assert_eq!(replay(2, &steps[..2])[1].score, None);
    }

    #[test]
    fn the_pass_mark_is_not_rounded_and_a_whole_means_everything() {
        let at = |pass_percent| Settings { pass_percent, ..Settings::default() };
        let two_of_three = [(1, Some(1000)), (1, Some(1000)), (1, Some(0))];
        assert_eq!(total(&two_of_three, &at(67)), Some((666, false)));
        assert_eq!(total(&two_of_three, &at(66)), Some((666, true)));
        assert_eq!(total(&[(2, Some(999)), (1, Some(1000))], &at(100)), Some((999, false)));
        assert_eq!(total(&[(1, Some(-2000)), (1, Some(1000))], &at(50)), Some((0, false)));
        assert_eq!(total(&[(5, Some(1000)), (1, None)], &at(1)), None);
        assert_eq!(total(&[], &at(50)), Some((0, false)));
    }
}
