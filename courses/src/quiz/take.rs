//! Answering: every answer is a step at once. The same answer sent twice is one step; of two tabs the later one counts, and both
//! steps stay.

use base::Tx;
use serde_json::{Value, json};

use super::attempt::{Attempt, GRACE_SECONDS};
use super::begin::ask_to_close;
use super::grade::Certainty;
use super::replay::Answered;
use super::store::kept;
use crate::AttemptId;
use crate::error::Error;

/// Longest time that an answer may have waited in a browser, in milliseconds: two weeks.
const LONGEST_WAIT_MS: i64 = 14 * 24 * 3600 * 1000;

/// An answer as it was given on a page.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The question, from 1.
    pub position: usize,
    /// The fields of the form.
    pub fields: Vec<(String, String)>,
    /// How sure the person is, when the test asks.
    pub certainty: Option<Certainty>,
    /// Flagged to be looked at again; `None` leaves it as it is.
    pub flagged: Option<bool>,
    /// The step of this question's answer that the page showed; 0: none.
    pub seen: i32,
    /// Made in the browser, 8 to 100 characters.
    pub key: Option<String>,
    /// How long it waited there before it could be sent, in milliseconds.
    pub waited_ms: i64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// The step that the answer of this question is now.
    pub step: i32,
    /// Whether something else was answered meanwhile, in another tab or on another machine.
    pub overtaken: bool,
    /// Whether this answer was kept as a step.
    pub kept: bool,
}

/// Keeps an answer. What the page did not change it does not write again, so an old tab pushes nothing aside.
///
/// Errors: `NotFound` without such a question; `BadAnswer`; `AttemptOver` after the end, `Resting` during a rest.
pub async fn answer(tx: &mut Tx, attempt: &Attempt, given: &Given) -> Result<Saved, Error> {
    let question = attempt.question(given.position).ok_or(Error::NotFound)?;
    let slot = attempt.slot(given.position).ok_or(Error::NotFound)?;
    if given.key.as_ref().is_some_and(|key| attempt.keys.contains(key)) {
        return Ok(Saved { step: slot.step, overtaken: false, kept: false });
    }
    let answer = question
        .read_answer(attempt.seed_at(given.position), &given.fields)
        .map_err(|fault| Error::BadAnswer(Box::new(fault)))?;
    let certainty = if attempt.settings.certainty { given.certainty } else { None };
    let new = Answered {
        answer,
        certainty,
        waited_ms: given.waited_ms.clamp(0, LONGEST_WAIT_MS),
        seen: given.seen,
    };
    let showed = attempt.answered_at(given.position, given.seen);
    let same = |old: &Answered| old.answer == new.answer && old.certainty == new.certainty;
    let changed = !same(&showed) && !same(&slot.answered);
    let overtaken = slot.step != given.seen && !same(&slot.answered);
    let flagged = given.flagged.filter(|on| *on != slot.flagged);
    if !changed && flagged.is_none() {
        refuse_if_closed(tx, attempt).await?;
        return Ok(Saved { step: slot.step, overtaken, kept: false });
    }
    let mut saved = Saved { step: slot.step, overtaken, kept: false };
    if changed {
        let key = given.key.as_deref();
        let step = step(tx, attempt, ("answered", Some(given.position)), kept(&new)?, key).await?;
        saved = Saved { step: step.unwrap_or(slot.step), overtaken, kept: step.is_some() };
    }
    if let Some(on) = flagged {
        step(tx, attempt, ("flagged", Some(given.position)), json!({ "on": on }), None).await?;
    }
    Ok(saved)
}

/// Errors: `AttemptOver`, `Resting`.
async fn refuse_if_closed(tx: &mut Tx, attempt: &Attempt) -> Result<(), Error> {
    if attempt.paused_at.is_some() && attempt.is_open() {
        return Err(Error::Resting);
    }
    if !attempt.is_open() || attempt.is_over(tx.now()) {
        return Err(Error::AttemptOver);
    }
    Ok(())
}

/// Adds a step to an attempt that is open and in time; `None` when the key was used meanwhile.
async fn step(
    tx: &mut Tx,
    attempt: &Attempt,
    (kind, position): (&str, Option<usize>),
    detail: Value,
    key: Option<&str>,
) -> Result<Option<i32>, Error> {
    // Holds the row, so that the end waits for this answer or this answer for the end.
    let number = sqlx::query_scalar!(
        "update attempt set steps = steps + 1
         where id = $1 and submitted_at is null and paused_at is null
           and (ends_at is null or moment() <= ends_at + make_interval(secs => $2))
         returning steps",
        attempt.line.id.0,
        GRACE_SECONDS as f64,
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(number) = number else {
        return Err(if attempt.paused_at.is_some() { Error::Resting } else { Error::AttemptOver });
    };
    let person = tx.person()?;
    let added = sqlx::query!(
        "insert into attempt_step (organisation_id, attempt_id, number, kind, position, detail, client_key, by_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (attempt_id, client_key) where client_key is not null do nothing",
        attempt.organisation,
        attempt.line.id.0,
        number,
        kind,
        position.and_then(|position| i32::try_from(position).ok()),
        detail,
        key,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    Ok((added.rows_affected() == 1).then_some(number))
}

/// Begins a rest: the clock stands still. Errors: `AttemptOver`; `NotAllowed` without rest left, or without a limit.
pub async fn pause(tx: &mut Tx, attempt: &Attempt) -> Result<(), Error> {
    if attempt.paused_at.is_some() {
        return Ok(());
    }
    let (Some(end), true) = (attempt.ends_at, attempt.break_left > 0) else { return Err(Error::NotAllowed) };
    step(tx, attempt, ("paused", None), json!({}), None).await?;
    sqlx::query!(
        "update attempt set paused_at = moment() where id = $1 and submitted_at is null",
        attempt.line.id.0
    )
    .execute(tx.connection())
    .await?;
    // When the rest is used up the clock goes on by itself.
    ask_to_close(tx, attempt.line.id, end + time::Duration::seconds(attempt.break_left)).await
}

/// Ends a rest; the end of the attempt moves by as much as was rested. Doing it twice is doing it once.
pub async fn resume(tx: &mut Tx, attempt: &Attempt) -> Result<(), Error> {
    let row = sqlx::query!(
        "update attempt set ends_at = ends_at + least(moment() - paused_at, make_interval(secs => break_left_seconds)),
           break_left_seconds = greatest(0, break_left_seconds - extract(epoch from moment() - paused_at)::int),
           paused_at = null, steps = steps + 1
         where id = $1 and paused_at is not null and submitted_at is null returning steps, ends_at",
        attempt.line.id.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(()) };
    let person = tx.person()?;
    sqlx::query!(
        "insert into attempt_step (organisation_id, attempt_id, number, kind, by_id) values ($1, $2, $3, 'resumed', $4)",
        attempt.organisation,
        attempt.line.id.0,
        row.steps,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    match row.ends_at {
        Some(end) => ask_to_close(tx, AttemptId(attempt.line.id.0), end).await,
        None => Ok(()),
    }
}
