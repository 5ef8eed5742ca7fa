//! The same by unit: each with the sums of all below it, in the order of the tree.

use std::collections::HashMap;

use base::Tx;
use identity::OrgUnitId;
use uuid::Uuid;

use super::{Filter, Outcome, Oversight};
use crate::assign::mine::Standing;
use crate::error::Error;

/// How many cycles stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Done, and it counts.
    pub done: i64,
    /// To be done, in time.
    pub open: i64,
    /// To be done, late.
    pub late: i64,
    /// Done, and it counts no longer.
    pub expired: i64,
    /// Exempted.
    pub exempt: i64,
}

impl Counts {
    /// All of them.
    pub fn all(&self) -> i64 {
        self.done + self.open + self.late + self.expired + self.exempt
    }

    fn add(&mut self, other: &Self) {
        self.done += other.done;
        self.open += other.open;
        self.late += other.late;
        self.expired += other.expired;
        self.exempt += other.exempt;
    }
}

/// A unit of the tree.
#[derive(Clone, Debug)]
pub struct Line {
    /// The unit; `None` for people without one.
    pub unit: Option<OrgUnitId>,
    /// Its name; empty for people without one.
    pub name: String,
    /// How deep it is: 0 at the top of what is shown.
    pub depth: usize,
    /// Its own people and those of all units below it.
    pub counts: Counts,
}

/// The tree as far as it is seen, units without anybody left out, and the sum of everything. The filter's state is passed over:
/// the lines tell every state. What came of the test is not: only such cycles are counted.
pub async fn lines(tx: &mut Tx, proof: &Oversight, filter: &Filter) -> Result<(Vec<Line>, Counts), Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"with wanted as materialized (select k.id from course k where k.organisation_id = $1 and k.slug = $6)
           select t.org_unit_id as "unit?", t.standing as "standing!", count(*) as "count!"
           from training_seen($1, $2, $3, $4, $5, (select w.id from wanted w), $7, $8) t
           where t.standing <> 'released'
             and ($6::text is null or t.course_id = (select w.id from wanted w))
             and ($9::text is null or $9 = (
                   select x.outcome from course c
                     cross join lateral test_outcome(coalesce(t.version_id, c.published_version_id), t.person_id, t.cycle) x
                   where c.id = t.course_id))
           group by t.org_unit_id, t.standing"#,
        organisation.0,
        proof.everybody,
        &proof.units,
        &proof.courses,
        filter.unit.map(|unit| unit.0),
        filter.course,
        filter.from,
        filter.to,
        filter.outcome.map(Outcome::word),
    )
    .fetch_all(tx.connection())
    .await?;
    let mut own: HashMap<Option<Uuid>, Counts> = HashMap::new();
    for row in rows {
        let counts = own.entry(row.unit).or_default();
        match Standing::from_word(&row.standing) {
            Some(Standing::Done) => counts.done += row.count,
            Some(Standing::Late) => counts.late += row.count,
            Some(Standing::Expired) => counts.expired += row.count,
            Some(Standing::Exempt) => counts.exempt += row.count,
            _ => counts.open += row.count,
        }
    }
    let mut total = Counts::default();
    own.values().for_each(|counts| total.add(counts));
    let units = identity::unit::all(tx).await.map_err(|error| match error {
        identity::Error::Database(error) => Error::Database(error),
        _ => Error::NotAllowed,
    })?;
    // A head's tree begins at the head's unit.
    let places: Vec<Place> = units
        .iter()
        .filter(|unit| proof.sees_unit(unit.id) || own.contains_key(&Some(unit.id.0)))
        .map(|unit| Place { id: unit.id.0, parent: unit.parent.map(|id| id.0), name: &unit.name })
        .collect();
    Ok((fold(&places, &own), total))
}

/// A unit, parents before children.
struct Place<'a> {
    id: Uuid,
    parent: Option<Uuid>,
    name: &'a str,
}

fn fold(places: &[Place<'_>], own: &HashMap<Option<Uuid>, Counts>) -> Vec<Line> {
    let mut sums: HashMap<Uuid, Counts> = HashMap::new();
    // Children come after their parents: from the end each gives its sum upwards.
    for place in places.iter().rev() {
        let mut sum = sums.remove(&place.id).unwrap_or_default();
        if let Some(counts) = own.get(&Some(place.id)) {
            sum.add(counts);
        }
        if let Some(parent) = place.parent {
            sums.entry(parent).or_default().add(&sum);
        }
        sums.insert(place.id, sum);
    }
    let mut depths: HashMap<Uuid, usize> = HashMap::new();
    let mut lines = Vec::new();
    for place in places {
        let counts = sums.get(&place.id).copied().unwrap_or_default();
        if counts.all() == 0 {
            continue;
        }
        let depth = place.parent.and_then(|parent| depths.get(&parent)).map_or(0, |depth| depth + 1);
        depths.insert(place.id, depth);
        lines.push(Line { unit: Some(OrgUnitId(place.id)), name: place.name.to_owned(), depth, counts });
    }
    if let Some(counts) = own.get(&None) {
        lines.push(Line { unit: None, name: String::new(), depth: 0, counts: *counts });
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use uuid::Uuid;

    use super::{Counts, Place, fold};

    #[test]
    fn every_unit_has_the_sums_of_all_below_it() {
        let id = Uuid::from_u128;
        let place = |own, parent: Option<u128>, name| Place { id: id(own), parent: parent.map(id), name };
        let places = [
            place(1, None, "Urząd"),
            place(2, Some(1), "Wydział"),
            place(3, Some(2), "Referat"),
            place(4, Some(1), "Pusty"),
        ];
        let counts = |done, late| Counts { done, late, ..Counts::default() };
        let own =
            HashMap::from([(Some(id(1)), counts(1, 0)), (Some(id(3)), counts(2, 5)), (None, counts(0, 7))]);
        let lines = fold(&places, &own);
        let told: Vec<_> = lines
            .iter()
            .map(|line| (line.name.as_str(), line.depth, line.counts.done, line.counts.late))
            .collect();
        assert_eq!(told, [("Urząd", 0, 3, 5), ("Wydział", 1, 2, 5), ("Referat", 2, 2, 5), ("", 0, 0, 7)]);
    }
}
