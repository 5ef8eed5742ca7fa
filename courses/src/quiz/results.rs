//! How learners did in the test of a unit, for those who teach the course.

use base::{PersonId, Tx};

use super::attempt::{self, Attempt, Line};
use crate::error::Error;
use crate::find::Taught;
use crate::{AttemptId, UnitId};

/// An attempt of somebody.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Whose.
    pub person: PersonId,
    /// Family name and given name.
    pub name: String,
    /// The unit of the office they work in.
    pub unit_name: Option<String>,
    /// The cycle of the course.
    pub cycle: i32,
    /// What came of it.
    pub line: Line,
}

/// The attempts at the test of a unit by name, each person's newest first. At most 2,000.
pub async fn all(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<Vec<Outcome>, Error> {
    let rows = sqlx::query!(
        r#"select a.id, a.person_id, a.cycle, a.number, a.started_at, a.submitted_at, a.by_time, a.score, a.passed,
                  p.family_name || ' ' || p.given_name as "name!", o.name as "unit_name?"
           from attempt a join person p on p.id = a.person_id left join org_unit o on o.id = p.org_unit_id
           where a.unit_id = $1 and a.course_id = $2
           order by p.family_name collate "pl-x-icu", p.given_name collate "pl-x-icu", p.id, a.started_at desc limit 2000"#,
        unit.0,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let outcome = rows.into_iter().map(|row| Outcome {
        person: PersonId(row.person_id),
        name: row.name,
        unit_name: row.unit_name,
        cycle: row.cycle,
        line: Line {
            id: AttemptId(row.id),
            number: row.number,
            started_at: row.started_at,
            submitted_at: row.submitted_at,
            by_time: row.by_time,
            score: row.score.and_then(|score| u16::try_from(score).ok()),
            passed: row.passed,
        },
    });
    Ok(outcome.collect())
}

/// One attempt with its key, and whose it is. Errors: `NotFound`.
pub async fn one(
    tx: &mut Tx,
    proof: &Taught,
    unit: UnitId,
    id: AttemptId,
) -> Result<(String, Attempt), Error> {
    let name = sqlx::query_scalar!(
        r#"select p.given_name || ' ' || p.family_name as "name!" from attempt a join person p on p.id = a.person_id
           where a.id = $1 and a.unit_id = $2 and a.course_id = $3"#,
        id.0,
        unit.0,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok((name, attempt::load(tx, id).await?.revealed()))
}
