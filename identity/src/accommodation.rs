//! What a person is granted in every test: more time or no limit, rest breaks, larger type. It belongs to the person, so no
//! author and no teacher has to know of it or think of it.

use base::{PersonId, Tx, audit};
use serde_json::json;

use crate::error::{Error, FieldProblem, Problem};
use crate::permit::PeopleAdmin;
use crate::person;

/// Longest `ground`, in characters.
pub const MOST_GROUND: usize = 500;

/// What is granted. The default grants nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accommodation {
    /// The time of a test is multiplied by this, in thousandths: 1000 to 5000.
    pub time_per_mille: i32,
    /// No time limit at all.
    pub no_limit: bool,
    /// Minutes of rest in one test in which its clock stands still, 0 to 240.
    pub break_minutes: i32,
    /// Larger type on the pages of tests.
    pub larger_type: bool,
    /// On what it rests; empty when the person reads it themselves (`own`).
    pub ground: String,
}

impl Default for Accommodation {
    fn default() -> Self {
        Self {
            time_per_mille: 1000,
            no_limit: false,
            break_minutes: 0,
            larger_type: false,
            ground: String::new(),
        }
    }
}

impl Accommodation {
    /// Seconds for a test of `minutes`; `None` when there is no limit.
    pub fn seconds(&self, minutes: u32) -> Option<i64> {
        (!self.no_limit).then(|| i64::from(minutes) * 60 * i64::from(self.time_per_mille) / 1000)
    }

    fn problems(&self) -> Vec<FieldProblem> {
        let wrong = |field, bad: bool, problem| bad.then_some(FieldProblem { field, problem });
        [
            wrong("time", !(1000..=5000).contains(&self.time_per_mille), Problem::Malformed),
            wrong("breaks", !(0..=240).contains(&self.break_minutes), Problem::Malformed),
            wrong("ground", self.ground.chars().count() > MOST_GROUND, Problem::TooLong(MOST_GROUND)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// What the acting person is granted, without the ground.
pub async fn own(tx: &mut Tx) -> Result<Accommodation, sqlx::Error> {
    let person = tx.person()?;
    Ok(Accommodation { ground: String::new(), ..read(tx, person).await? })
}

/// What a person is granted, for their file. Errors: `NotFound`.
pub async fn of(tx: &mut Tx, proof: &PeopleAdmin, id: PersonId) -> Result<Accommodation, Error> {
    person::one(tx, proof, id).await?;
    Ok(read(tx, id).await?)
}

async fn read(tx: &mut Tx, id: PersonId) -> Result<Accommodation, sqlx::Error> {
    let row = sqlx::query!(
        "select time_per_mille, no_limit, break_minutes, larger_type, ground from accommodation where person_id = $1",
        id.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map_or_else(Accommodation::default, |row| Accommodation {
        time_per_mille: row.time_per_mille,
        no_limit: row.no_limit,
        break_minutes: row.break_minutes,
        larger_type: row.larger_type,
        ground: row.ground,
    }))
}

/// Grants it from now on; what grants nothing leaves no row. An attempt that has begun keeps the time it began with.
///
/// Errors: `NotFound`, `Invalid` on `time`, `breaks`, `ground`.
pub async fn set(
    tx: &mut Tx,
    proof: &PeopleAdmin,
    id: PersonId,
    granted: &Accommodation,
) -> Result<(), Error> {
    person::one(tx, proof, id).await?;
    let problems = granted.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (organisation, by) = (tx.organisation()?, tx.person()?);
    let nothing = Accommodation { ground: granted.ground.clone(), ..Accommodation::default() } == *granted;
    if nothing {
        sqlx::query!("delete from accommodation where person_id = $1", id.0).execute(tx.connection()).await?;
    } else {
        sqlx::query!(
            "insert into accommodation (person_id, organisation_id, time_per_mille, no_limit, break_minutes, larger_type,
                                        ground, set_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (person_id) do update set time_per_mille = excluded.time_per_mille, no_limit = excluded.no_limit,
               break_minutes = excluded.break_minutes, larger_type = excluded.larger_type, ground = excluded.ground,
               set_by = excluded.set_by, set_at = moment()",
            id.0,
            organisation.0,
            granted.time_per_mille,
            granted.no_limit,
            granted.break_minutes,
            granted.larger_type,
            granted.ground.trim(),
            by.0,
        )
        .execute(tx.connection())
        .await?;
    }
    // Not what it is or why: that tells of a person's health.
    Ok(audit::record(tx, "accommodated", "person", id.0, json!({})).await?)
}

#[cfg(test)]
mod tests {
    use super::Accommodation;

    #[test]
    fn half_as_much_time_again_is_reckoned_to_the_second() {
        let granted = Accommodation { time_per_mille: 1500, ..Accommodation::default() };
        assert_eq!(granted.seconds(45), Some(67 * 60 + 30));
        assert_eq!(Accommodation::default().seconds(45), Some(45 * 60));
        assert_eq!(Accommodation { no_limit: true, ..granted }.seconds(45), None);
    }
}
