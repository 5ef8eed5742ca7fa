//! Tests in copies of units and courses: the questions come along as they read now; attempts and marks stay with the original.

use base::Tx;

use super::store;
use crate::error::Error;
use crate::find::Taught;
use crate::{UnitId, slug};

/// Puts the questions of a course into the bank of another one, those that no test has too.
pub(crate) async fn bank(tx: &mut Tx, from: &Taught, to: &Taught) -> Result<(), Error> {
    let questions = store::bank(tx, from).await?;
    store::keep_questions(tx, to, &questions).await?;
    Ok(())
}

/// Gives a unit the test of another one, when that has one. A question whose key belongs to a question of the other course that reads
/// differently gets a key of its own, so that no other test changes.
pub(crate) async fn test(
    tx: &mut Tx,
    from: &Taught,
    unit: UnitId,
    to: &Taught,
    copy: UnitId,
) -> Result<(), Error> {
    let Some((settings, mut questions)) = store::draft(tx, from, unit).await? else { return Ok(()) };
    let there = store::bank(tx, to).await?;
    let mut taken: Vec<String> = there.iter().map(|question| question.key.clone()).collect();
    taken.extend(questions.iter().map(|question| question.key.clone()));
    for question in &mut questions {
        let clashes = there.iter().any(|other| other.key == question.key && other != question);
        if clashes {
            let short: String = question.key.chars().take(70).collect();
            question.key = slug::free(short.trim_end_matches('-'), &taken);
            taken.push(question.key.clone());
        }
    }
    store::save_draft(tx, to, copy, &settings, &questions).await
}
