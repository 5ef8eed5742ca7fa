//! What is done after the end of attempts: essays are marked by a person, and attempts are graded again when a key was wrong. Each
//! is a step more; what was answered, and what it was worth before, stays.

use std::collections::HashMap;

use base::{Tx, audit};
use serde_json::json;
use uuid::Uuid;

use super::attempt::{self, Attempt};
use super::finish::{add, score, settle};
use super::question::{Kind, Question};
use super::replay::{Mark, Regraded, total};
use super::store::{kept, read};
use crate::error::Error;
use crate::find::Taught;
use crate::{AttemptId, UnitId};

/// Longest comment, in characters.
pub const MOST_COMMENT: usize = 4000;

/// Marks an essay: points for each criterion, or for the whole without a rubric. Marking again is a new step.
///
/// Errors: `NotFound` when there is nothing to mark; `Invalid` on `points` and `comment`.
pub async fn mark(
    tx: &mut Tx,
    proof: &Taught,
    id: AttemptId,
    position: usize,
    points: &[u16],
    comment: &str,
) -> Result<(), Error> {
    let attempt = ended(tx, proof, id).await?;
    let question = attempt.question(position).ok_or(Error::NotFound)?;
    let Kind::Essay { rubric, .. } = &question.kind else { return Err(Error::NotFound) };
    let most: Vec<u16> =
        if rubric.is_empty() { vec![question.points] } else { rubric.iter().map(|one| one.points).collect() };
    if points.len() != most.len() || points.iter().zip(&most).any(|(given, most)| given > most) {
        return Err(Error::field("points", identity::Problem::Malformed));
    }
    if comment.chars().count() > MOST_COMMENT {
        return Err(Error::field("comment", identity::Problem::TooLong(MOST_COMMENT)));
    }
    let (sum, whole) =
        (points.iter().map(|one| u32::from(*one)).sum::<u32>(), u32::from(question.points).max(1));
    let mark = Mark {
        per_mille: u16::try_from((sum * 1000 + whole / 2) / whole).unwrap_or(1000).min(1000),
        points: points.to_vec(),
        comment: comment.trim().to_owned(),
    };
    step(tx, &attempt, "marked", position, kept(&mark)?).await?;
    audit::record(tx, "marked", "attempt", id.0, json!({ "position": position })).await?;
    settle(tx, id).await
}

async fn step(
    tx: &mut Tx,
    attempt: &Attempt,
    kind: &str,
    position: usize,
    detail: serde_json::Value,
) -> Result<(), Error> {
    let number = sqlx::query_scalar!(
        "update attempt set steps = steps + 1 where id = $1 returning steps",
        attempt.line.id.0
    )
    .fetch_one(tx.connection())
    .await?;
    add(tx, attempt, number, (kind, i32::try_from(position).ok()), detail).await
}

/// Errors: `NotFound` for one of another course, or one that has not ended.
async fn ended(tx: &mut Tx, proof: &Taught, id: AttemptId) -> Result<Attempt, Error> {
    // Held, so that two who mark come one after the other.
    sqlx::query_scalar!(
        "select id from attempt where id = $1 and course_id = $2 and submitted_at is not null for update",
        id.0,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    attempt::load(tx, id).await
}

/// What grading again would make of an attempt.
#[derive(Clone, Debug)]
pub struct Change {
    /// The attempt.
    pub id: AttemptId,
    /// Family name and given name.
    pub name: String,
    /// Score and passed now; `None` while something waits for a mark.
    pub before: Option<(u16, bool)>,
    /// Score and passed afterwards.
    pub after: Option<(u16, bool)>,
    /// Questions (from 1) with the version that is right now, and what the answer is worth by it.
    again: Vec<(usize, Regraded)>,
}

/// What would change if the ended attempts at a unit's test were graded by the questions as they are in the draft now: those whose
/// answers are worth something else. Points stay those of the attempt.
pub async fn changes(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<Vec<Change>, Error> {
    let rows = sqlx::query!(
        r#"select a.id, p.family_name || ' ' || p.given_name as "name!" from attempt a join person p on p.id = a.person_id
           where a.unit_id = $1 and a.course_id = $2 and a.submitted_at is not null
             and exists (select from attempt_question q join question_version v on v.id = q.question_version_id
                         join question_version n on n.question_id = v.question_id and n.number > v.number
                         where q.attempt_id = a.id)
           order by 2, a.id"#,
        unit.0,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let newest = newest(tx, proof).await?;
    let mut changes = Vec::new();
    for row in rows {
        let attempt = attempt::load(tx, AttemptId(row.id)).await?;
        changes.extend(change(&attempt, row.name, &newest));
    }
    Ok(changes)
}

/// For every version of the course's questions the newest one.
async fn newest(tx: &mut Tx, proof: &Taught) -> Result<HashMap<Uuid, (Uuid, Question)>, Error> {
    let rows = sqlx::query!(
        "select v.id, n.id as newest, n.body from question q join question_version v on v.question_id = q.id
           join lateral (select id, body from question_version where question_id = q.id order by number desc limit 1) n on true
         where q.course_id = $1 and n.id <> v.id",
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    rows.into_iter().map(|row| Ok((row.id, (row.newest, read(row.body)?)))).collect()
}

/// `None` when nothing would change.
fn change(attempt: &Attempt, name: String, newest: &HashMap<Uuid, (Uuid, Question)>) -> Option<Change> {
    let mut again = Vec::new();
    let mut scores: Vec<(u16, Option<i32>)> = Vec::new();
    for (at, (question, slot)) in attempt.questions.iter().zip(&attempt.slots).enumerate() {
        let graded = newest
            .get(&attempt.versions[at])
            .filter(|(version, new)| Some(*version) != slot.regraded && same_kind(&question.kind, &new.kind))
            .and_then(|(version, new)| {
                // What counted in another language counts still.
                let new = new.read_in(&attempt.texts[at], "").0;
                Some(Regraded { version: *version, per_mille: score(&attempt.settings, &new, slot)? })
            })
            .filter(|graded| Some(graded.per_mille) != slot.score);
        scores.push((question.points, graded.as_ref().map(|graded| graded.per_mille).or(slot.score)));
        again.extend(graded.map(|graded| (at + 1, graded)));
    }
    let before = attempt.line.score.zip(attempt.line.passed);
    let after = total(&scores, &attempt.settings);
    (!again.is_empty()).then_some(Change { id: attempt.line.id, name, before, after, again })
}

/// A question of another kind is another question; an essay is marked by people.
fn same_kind(one: &Kind, other: &Kind) -> bool {
    !matches!(one, Kind::Essay { .. }) && std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// Does what [`changes`] tells; answers for how many attempts.
pub async fn regrade(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<usize, Error> {
    let newest = newest(tx, proof).await?;
    let mut done = 0;
    for told in changes(tx, proof, unit).await? {
        let attempt = ended(tx, proof, told.id).await?;
        // Read again under the lock: somebody else may have graded it meanwhile.
        let Some(change) = change(&attempt, told.name, &newest) else { continue };
        for (position, regraded) in &change.again {
            step(tx, &attempt, "regraded", *position, kept(regraded)?).await?;
        }
        audit::record(tx, "regraded", "attempt", told.id.0, json!({ "questions": change.again.len() }))
            .await?;
        settle(tx, told.id).await?;
        done += 1;
    }
    Ok(done)
}
