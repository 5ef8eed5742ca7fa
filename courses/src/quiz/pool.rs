//! What the tests of the draft draw from the bank of their course, and which tests cannot be published.

use std::collections::{BTreeMap, HashMap, HashSet};

use base::{Tx, audit};
use serde_json::json;

use super::draws::Supply;
use super::question::Question;
use super::settings::Settings;
use super::store::{self, read};
use crate::error::Error;
use crate::find::Taught;
use crate::{UnitId, outline};

/// A tag of the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The tag.
    pub tag: String,
    /// How many questions with it a test could draw: those of the course that it does not have itself.
    pub questions: i64,
}

/// A test that cannot be published.
#[derive(Clone, Debug)]
pub struct Unfit {
    /// Its unit.
    pub unit: UnitId,
    /// The unit's title.
    pub title: String,
    /// The draws from the bank that there are too few questions for.
    pub short: Vec<Supply>,
}

/// What the test of a unit, as it is saved, draws from the bank: questions that it does not have itself, by key.
pub async fn of_unit(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<Vec<Question>, Error> {
    let bodies = sqlx::query_scalar!(
        r#"select v.body as "body!" from quiz_pool p
             join lateral (select body from question_version where question_id = p.question_id
                           order by number desc limit 1) v on true
           where p.unit_id = $1 and p.course_id = $2 order by p.key"#,
        unit.0,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    bodies.into_iter().map(read).collect()
}

/// What the test of a unit, as it is saved, can ask: its own questions in order, then what it draws from the bank, by key. Nothing without a
/// test.
pub async fn can_ask(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<Vec<Question>, Error> {
    let Some((settings, mut questions)) = store::draft(tx, proof, unit).await? else { return Ok(Vec::new()) };
    if settings.draws_from_bank() {
        questions.extend(of_unit(tx, proof, unit).await?);
    }
    Ok(questions)
}

/// What every test of the draft draws from the bank, each question with a unit whose test draws it, once.
pub(crate) async fn of_drafts(tx: &mut Tx, proof: &Taught) -> Result<Vec<(UnitId, Question)>, Error> {
    let rows = sqlx::query!(
        r#"select p.unit_id as "unit_id!", v.body as "body!"
           from (select distinct on (p.question_id) p.question_id, p.unit_id, p.key from quiz_pool p
                   join unit u on u.id = p.unit_id and u.removed_at is null
                 where p.course_id = $1 order by p.question_id, p.unit_id) p
             join lateral (select body from question_version where question_id = p.question_id
                           order by number desc limit 1) v on true
           order by p.key"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    rows.into_iter().map(|row| Ok((UnitId(row.unit_id), read(row.body)?))).collect()
}

/// The keys of everything that the tests of the draft can ask, by unit: their own questions and what they draw from the bank. A test that
/// has nothing to ask is not among them.
pub(crate) async fn keys(tx: &mut Tx, proof: &Taught) -> Result<BTreeMap<UnitId, HashSet<String>>, Error> {
    let rows = sqlx::query!(
        r#"select a.unit_id as "unit_id!", a.key as "key!"
           from (select z.course_id, k.unit_id, q.key from quiz z join quiz_question k on k.unit_id = z.unit_id
                   join question q on q.id = k.question_id where z.removed_at is null
                 union all select p.course_id, p.unit_id, p.key from quiz_pool p) a
             join unit u on u.id = a.unit_id and u.removed_at is null
           where a.course_id = $1"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let mut keys: BTreeMap<UnitId, HashSet<String>> = BTreeMap::new();
    for row in rows {
        keys.entry(UnitId(row.unit_id)).or_default().insert(row.key);
    }
    Ok(keys)
}

/// The tags of the questions that the test of a unit could draw from the bank, with how many there are of each.
pub async fn tags(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<Vec<Tag>, Error> {
    let rows = sqlx::query!(
        r#"select t.tag as "tag!", count(*) as "questions!"
           from question q cross join unnest(q.tags) t (tag)
           where q.course_id = $1
             and not exists (select from quiz_question k where k.question_id = q.id and k.unit_id = $2)
           group by t.tag order by t.tag"#,
        proof.id().0,
        unit.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| Tag { tag: row.tag, questions: row.questions }).collect())
}

/// Every draw of a test, saved or not, beside what it draws from.
pub async fn supplies(
    tx: &mut Tx,
    proof: &Taught,
    settings: &Settings,
    questions: &[Question],
) -> Result<Vec<Supply>, Error> {
    let bank = if settings.draws_from_bank() { store::bank(tx, proof).await? } else { Vec::new() };
    Ok(settings.supplies(questions, &bank))
}

/// The tests of the draft that cannot be published: without anything to ask, or with a draw of more than there is.
pub async fn unfit(tx: &mut Tx, proof: &Taught) -> Result<Vec<Unfit>, Error> {
    let mut unfit = Vec::new();
    for unit in store::units(tx, proof).await? {
        let Some((settings, questions)) = store::draft(tx, proof, unit).await? else { continue };
        let mut short = Vec::new();
        if settings.draws_from_bank() {
            let pool = of_unit(tx, proof, unit).await?;
            let supplies = settings.supplies(&questions, &pool).into_iter();
            short.extend(supplies.filter(|supply| supply.draw.bank && supply.is_short()));
        }
        let is_empty = questions.is_empty() && !settings.draws_from_bank();
        if is_empty || !short.is_empty() || !settings.flaws_with(&questions).is_empty() {
            let title = outline::unit(tx, proof, unit).await?.title;
            unfit.push(Unfit { unit, title, short });
        }
    }
    Ok(unfit)
}

/// Puts questions into the bank of a course and into no test of it; one that reads differently there gets a new version. Two of them
/// with one key are an error of the caller.
///
/// Errors: `TestNotReady` when one has a flaw.
pub(crate) async fn keep(tx: &mut Tx, proof: &Taught, questions: &[Question]) -> Result<(), Error> {
    if questions.is_empty() {
        return Ok(());
    }
    let there = store::bank(tx, proof).await?;
    let known: HashMap<&str, &Question> =
        there.iter().map(|question| (question.key.as_str(), question)).collect();
    let is_new = |question: &&Question| known.get(question.key.as_str()) != Some(question);
    let questions: Vec<Question> = questions.iter().filter(is_new).cloned().collect();
    if questions.is_empty() {
        return Ok(());
    }
    if questions.iter().any(|question| !question.flaws().is_empty()) {
        return Err(Error::TestNotReady);
    }
    // The lock on the course makes changes of its bank wait for each other.
    outline::touch(tx, proof).await?;
    store::keep_questions(tx, proof, &questions).await?;
    let detail = json!({ "questions": questions.len() });
    Ok(audit::record(tx, "kept_questions", "course", proof.id().0, detail).await?)
}
