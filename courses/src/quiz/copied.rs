//! Tests in copies of units and courses: the questions come along as they read now, in every language; attempts and marks stay with the original.

use base::Tx;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::question::Question;
use super::settings::Settings;
use super::{pool, store, translated};
use crate::error::Error;
use crate::find::Taught;
use crate::{UnitId, media, slug};

/// Puts the questions of a course into the bank of another one, those that no test has too.
pub(crate) async fn bank(tx: &mut Tx, from: &Taught, to: &Taught) -> Result<(), Error> {
    let questions = store::bank(tx, from).await?;
    store::keep_questions(tx, to, &questions).await?;
    let pairs: Vec<(String, Question)> =
        questions.into_iter().map(|question| (question.key.clone(), question)).collect();
    translated::copy(tx, (from, to), &pairs, Ok).await
}

/// Gives a unit the test of another one, when that has one. A question whose key belongs to a question of the other course that reads
/// differently gets a key of its own, so that no other test changes. What it draws from the bank comes into the bank of the other course.
///
/// `renames`: pictures that have another name in the other course.
pub(crate) async fn test(
    tx: &mut Tx,
    (from, unit): (&Taught, UnitId),
    (to, copy): (&Taught, UnitId),
    renames: &[(String, String)],
) -> Result<(), Error> {
    let Some((settings, questions)) = store::draft(tx, from, unit).await? else { return Ok(()) };
    let settings: Settings = renamed(settings, renames)?;
    let drawn = if from.id() == to.id() { Vec::new() } else { pool::of_unit(tx, from, unit).await? };
    let keys: Vec<String> = questions.iter().chain(&drawn).map(|question| question.key.clone()).collect();
    let mut questions: Vec<Question> = renamed(questions, renames)?;
    let mut drawn: Vec<Question> = renamed(drawn, renames)?;
    let there = store::bank(tx, to).await?;
    let mut taken: Vec<String> = there.iter().map(|question| question.key.clone()).collect();
    taken.extend(questions.iter().chain(&drawn).map(|question| question.key.clone()));
    for question in questions.iter_mut().chain(&mut drawn) {
        let clashes = there.iter().any(|other| other.key == question.key && other != question);
        if clashes {
            let short: String = question.key.chars().take(70).collect();
            question.key = slug::free(short.trim_end_matches('-'), &taken);
            taken.push(question.key.clone());
        }
    }
    pool::keep(tx, to, &drawn).await?;
    store::save_draft(tx, to, copy, &settings, &questions).await?;
    let pairs: Vec<(String, Question)> = keys.into_iter().zip(questions.into_iter().chain(drawn)).collect();
    translated::copy(tx, (from, to), &pairs, |texts| renamed(texts, renames)).await
}

/// The same with the new names of pictures, wherever they stand in it.
fn renamed<T: Serialize + DeserializeOwned>(value: T, renames: &[(String, String)]) -> Result<T, Error> {
    if renames.is_empty() {
        return Ok(value);
    }
    let text = media::renamed(&store::kept(&value)?.to_string(), renames);
    serde_json::from_str(&text).map_err(|error| Error::Database(sqlx::Error::Decode(Box::new(error))))
}
