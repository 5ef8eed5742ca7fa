//! How good the questions of a test are, reckoned from the first attempts of everybody (`analysis`): who has seen the key answers
//! another question.

use std::collections::HashMap;

use base::Tx;
use uuid::Uuid;

use super::analysis::{self, Item, Response};
use super::attempt::{self, Attempt};
use super::question::Question;
use crate::error::Error;
use crate::find::Taught;
use crate::{AttemptId, UnitId};

/// Most attempts that are looked at, the newest ones.
pub const MOST_ATTEMPTS: i64 = 500;

/// The questions that were asked, each version for itself, in the order of their keys.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// How many people's first attempts it rests on.
    pub attempts: usize,
    /// The questions, and what is known of each.
    pub items: Vec<(Question, Item)>,
}

/// What the ended first attempts at the test of a unit tell of its questions.
pub async fn known(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<Known, Error> {
    let ids = sqlx::query_scalar!(
        "select a.id from attempt a
         where a.unit_id = $1 and a.course_id = $2 and a.submitted_at is not null
           and not exists (select from attempt b where b.person_id = a.person_id and b.unit_id = a.unit_id
                           and b.started_at < a.started_at)
         order by a.started_at desc limit $3",
        unit.0,
        proof.id().0,
        MOST_ATTEMPTS,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut attempts = Vec::with_capacity(ids.len());
    for id in ids {
        attempts.push(attempt::load(tx, AttemptId(id)).await?);
    }
    Ok(of(&attempts))
}

fn of(attempts: &[Attempt]) -> Known {
    let mut versions: HashMap<Uuid, &Question> = HashMap::new();
    for attempt in attempts {
        versions.extend(attempt.versions.iter().copied().zip(&attempt.questions));
    }
    let mut versions: Vec<(Uuid, &Question)> = versions.into_iter().collect();
    versions.sort_by(|one, other| (&one.1.key, one.0).cmp(&(&other.1.key, other.0)));
    let place: HashMap<Uuid, usize> = versions.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
    let mut responses = Vec::new();
    for (number, attempt) in (0..).zip(attempts) {
        for ((question, version), slot) in attempt.questions.iter().zip(&attempt.versions).zip(&attempt.slots)
        {
            // What waits for a mark is not known yet.
            let (Some(score), Some(at)) = (slot.score, place.get(version)) else { continue };
            responses.push(Response {
                attempt: number,
                question: *at,
                per_mille: u16::try_from(score.clamp(0, 1000)).unwrap_or(0),
                points: question.points,
                answer: slot.answered.answer.as_ref(),
            });
        }
    }
    let questions: Vec<Question> = versions.into_iter().map(|(_, question)| question.clone()).collect();
    let items = analysis::items(&questions, &responses);
    Known { attempts: attempts.len(), items: questions.into_iter().zip(items).collect() }
}
