//! The end of an attempt: the person ends it, or its time runs out and what was saved counts. However many ask at once, it ends
//! once. Passing it does the unit.

use base::job::JobError;
use base::worker::Task;
use base::{Tx, audit};
use identity::session;
use serde_json::{Value, json};

use super::attempt::{self, Attempt};
use super::grade::Certainty;
use super::question::Question;
use super::replay::{Reckoned, Slot, total};
use super::settings::Settings;
use super::store::kept;
use crate::error::Error;
use crate::find::Taken;
use crate::{AttemptId, CourseId, VersionId, learn};

pub use base::job::give_up;

/// The kind of the job that ends an attempt whose time ran out.
pub const KIND: &str = "close_attempt";

/// Ends the acting person's attempt; one that has ended stays as it is. After the time it ends with what was saved in time.
pub async fn submit(tx: &mut Tx, attempt: &Attempt) -> Result<(), Error> {
    close(tx, attempt.line.id).await.map(|_| ())
}

/// Ends an attempt if its time ran out; answers whether it did now.
pub async fn close_if_over(tx: &mut Tx, id: AttemptId) -> Result<bool, Error> {
    let attempt = attempt::load(tx, id).await?;
    if attempt.is_open() && attempt.is_over(tx.now()) { close(tx, id).await } else { Ok(false) }
}

/// Errors: `NotFound`. Answers whether this call ended it.
async fn close(tx: &mut Tx, id: AttemptId) -> Result<bool, Error> {
    // Held from here on: an answer under way comes before, or is refused. What it is like is read only then.
    let open =
        sqlx::query_scalar!("select id from attempt where id = $1 and submitted_at is null for update", id.0)
            .fetch_optional(tx.connection())
            .await?;
    if open.is_none() {
        return Ok(false);
    }
    let attempt = attempt::load(tx, id).await?;
    let by_time = attempt.is_over(tx.now());
    let scores: Vec<Option<i32>> = attempt
        .questions
        .iter()
        .zip(&attempt.slots)
        .map(|(question, slot)| score(&attempt.settings, question, slot))
        .collect();
    let number = sqlx::query_scalar!(
        "update attempt set steps = steps + 1, paused_at = null, by_time = $2,
           submitted_at = case when $2 then greatest(started_at, least(moment(), coalesce(ends_at, moment()))) else moment() end
         where id = $1 returning steps",
        id.0,
        by_time,
    )
    .fetch_one(tx.connection())
    .await?;
    let detail = kept(&Reckoned { scores })?;
    add(tx, &attempt, number, ("submitted", None), detail).await?;
    let audited = json!({ "number": attempt.line.number, "by_time": by_time });
    audit::record(tx, "ended", "attempt", id.0, audited).await?;
    settle(tx, id).await?;
    Ok(true)
}

/// Thousandths of a question's points; nothing answered is nothing. Where the test asks how sure somebody is, who does not say it is
/// taken at the least: to leave it out is no way to all points.
pub(crate) fn score(settings: &Settings, question: &Question, slot: &Slot) -> Option<i32> {
    let Some(answer) = &slot.answered.answer else { return Some(0) };
    let per_mille = question.grade(answer)?;
    Some(match slot.answered.certainty.or(settings.certainty.then_some(Certainty::Low)) {
        Some(certainty) => Certainty::mark(certainty, per_mille),
        None => i32::from(per_mille),
    })
}

/// Adds a step that follows the end.
pub(crate) async fn add(
    tx: &mut Tx,
    attempt: &Attempt,
    number: i32,
    (kind, position): (&str, Option<i32>),
    detail: Value,
) -> Result<(), Error> {
    let by = tx.actor().person().map(|person| person.0);
    sqlx::query!(
        "insert into attempt_step (organisation_id, attempt_id, number, kind, position, detail, by_id)
         values ($1, $2, $3, $4, $5, $6, $7)",
        attempt.organisation,
        attempt.line.id.0,
        number,
        kind,
        position,
        detail,
        by,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Reckons the score out of the steps anew. Who passes has done the unit; what was done stays done.
pub(crate) async fn settle(tx: &mut Tx, id: AttemptId) -> Result<(), Error> {
    let attempt = attempt::load(tx, id).await?;
    let questions: Vec<(u16, Option<i32>)> = attempt
        .questions
        .iter()
        .zip(&attempt.slots)
        .map(|(question, slot)| (question.points, slot.score))
        .collect();
    let came = total(&questions, &attempt.settings);
    sqlx::query!(
        "update attempt set score = $2, passed = $3 where id = $1",
        id.0,
        came.and_then(|(score, _)| i16::try_from(score).ok()),
        came.map(|(_, passed)| passed),
    )
    .execute(tx.connection())
    .await?;
    if came.is_some_and(|(_, passed)| passed) {
        unit_done(tx, &attempt).await?;
    }
    Ok(())
}

/// Does the unit in the name of the one whose attempt it is, in the cycle that it was for; not when they left the course or
/// began another cycle.
async fn unit_done(tx: &mut Tx, attempt: &Attempt) -> Result<(), Error> {
    let row = sqlx::query!(
        r#"select c.slug, c.published_version_id,
                  exists (select from covering($2) v where v.course_id = c.id) as "enrolled!",
                  coalesce((select max(t.cycle) from taking t where t.course_id = c.id and t.person_id = $2), 1) as "cycle!"
           from course c where c.id = $1"#,
        attempt.course.0,
        attempt.person.0,
    )
    .fetch_one(tx.connection())
    .await?;
    let Some(version) = row.published_version_id else { return Ok(()) };
    if !row.enrolled || row.cycle != attempt.cycle {
        return Ok(());
    }
    let taken = Taken::made(CourseId(attempt.course.0), row.slug, VersionId(version), row.cycle);
    let before = tx.actor().clone();
    let theirs = session::on_behalf(attempt.organisation.into(), attempt.person);
    if before.person() == Some(attempt.person) {
        return learn::unit_done(tx, &taken, attempt.unit).await;
    }
    tx.speak_for(&theirs).await?;
    learn::unit_done(tx, &taken, attempt.unit).await?;
    Ok(tx.speak_for(&before).await?)
}

/// The handler of `KIND`: ends the attempt if its time ran out; one that was ended or rests longer is left alone.
pub async fn run(task: Task) -> Result<(), JobError> {
    let id: AttemptId = task
        .held
        .args
        .get("attempt")
        .and_then(|id| serde_json::from_value(id.clone()).ok())
        .ok_or_else(|| JobError::Fail("the job names no attempt".to_owned()))?;
    let mut tx = task.db.begin(&task.held.actor()).await?;
    match close_if_over(&mut tx, id).await {
        Ok(_) | Err(Error::NotFound) => {}
        Err(error) => return Err(JobError::Retry(error.to_string())),
    }
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}
