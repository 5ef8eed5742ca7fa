//! A finding that somebody answers for with a reason. It holds for one text: when that changes, the finding is there again.

use base::{Tx, audit};
use identity::{FieldProblem, Problem};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::check::{self, Found};
use crate::error::{Error, text_problem};
use crate::find::Taught;
use crate::{UnitId, VersionId};

/// Fewest letters of a reason: a word is none.
pub const SHORTEST_REASON: usize = 10;
/// Most letters of a reason.
pub const LONGEST_REASON: usize = 1000;

/// A waived finding. Rows are only ever added.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// Its id.
    pub id: Uuid,
    /// The unit.
    pub unit: UnitId,
    /// The word of the finding.
    pub finding: String,
    /// Line in the Markdown (from 1); 0 for the film.
    pub line: usize,
    /// SHA-256 of the text.
    pub text_hash: [u8; 32],
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub who: String,
    /// Since when.
    pub at: OffsetDateTime,
}

/// Every waiver of a course, the oldest first; also those whose text has changed since.
pub async fn all(tx: &mut Tx, proof: &Taught) -> Result<Vec<Waiver>, Error> {
    list(tx, proof, None).await
}

/// The waivers with which a version was published.
pub async fn of_version(tx: &mut Tx, proof: &Taught, version: VersionId) -> Result<Vec<Waiver>, Error> {
    list(tx, proof, Some(version)).await
}

async fn list(tx: &mut Tx, proof: &Taught, version: Option<VersionId>) -> Result<Vec<Waiver>, Error> {
    let rows = sqlx::query!(
        "select w.id, w.unit_id, w.finding, w.line, w.text_hash, w.reason, w.waived_at, p.given_name, p.family_name
         from finding_waiver w join person p on p.id = w.waived_by
         where w.course_id = $1
           and ($2::uuid is null or exists (select 1 from version_waiver v where v.version_id = $2 and v.waiver_id = w.id))
         order by w.waived_at, w.id",
        proof.id().0,
        version.map(|version| version.0),
    )
    .fetch_all(tx.connection())
    .await?;
    let waiver = rows.into_iter().map(|row| Waiver {
        id: row.id,
        unit: UnitId(row.unit_id),
        finding: row.finding,
        line: usize::try_from(row.line).unwrap_or(0),
        text_hash: row.text_hash.try_into().unwrap_or_default(),
        reason: row.reason,
        who: format!("{} {}", row.given_name, row.family_name),
        at: row.waived_at,
    });
    Ok(waiver.collect())
}

/// Waives the grave findings of these names (`Found::name`); waiving one again changes nothing.
///
/// Errors: `Invalid` on `finding` when none was named or the draft has one of them no more, and on `reason`; nothing is kept.
pub async fn waive(tx: &mut Tx, proof: &Taught, names: &[String], reason: &str) -> Result<(), Error> {
    let found = check::all(tx, proof).await?;
    let of_name = |name: &String| found.iter().find(|one| one.is_grave() && one.name() == *name);
    let chosen: Vec<&Found> = names.iter().filter_map(of_name).collect();
    let mut problems: Vec<FieldProblem> = Vec::new();
    if names.is_empty() {
        problems.push(FieldProblem { field: "finding", problem: Problem::Missing });
    } else if chosen.len() < names.len() {
        problems.push(FieldProblem { field: "finding", problem: Problem::Unknown });
    }
    let reason = reason.trim();
    problems.extend(text_problem("reason", reason, LONGEST_REASON));
    if (1..SHORTEST_REASON).contains(&reason.chars().count()) {
        problems.push(FieldProblem { field: "reason", problem: Problem::TooShort(SHORTEST_REASON) });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    for one in chosen {
        keep(tx, proof, one, reason).await?;
    }
    Ok(())
}

async fn keep(tx: &mut Tx, proof: &Taught, one: &Found, reason: &str) -> Result<(), Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, base::id::row_id(tx.now()));
    sqlx::query!(
        "insert into finding_waiver (id, organisation_id, course_id, unit_id, finding, line, text_hash, reason, waived_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict on constraint finding_waiver_once do nothing",
        id,
        organisation.0,
        proof.id().0,
        one.unit.0,
        one.word(),
        i32::try_from(one.line).unwrap_or(i32::MAX),
        one.text_hash.to_vec(),
        reason,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    let detail = json!({ "finding": one.word(), "line": one.line });
    Ok(audit::record(tx, "waived", "unit", one.unit.0, detail).await?)
}

/// Writes down with which waivers a version is published.
pub(crate) async fn record(tx: &mut Tx, version: VersionId, waivers: &[Waiver]) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let ids: Vec<Uuid> = waivers.iter().map(|waiver| waiver.id).collect();
    sqlx::query!(
        "insert into version_waiver (organisation_id, version_id, waiver_id) select $1, $2, unnest($3::uuid[])",
        organisation.0,
        version.0,
        &ids,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
