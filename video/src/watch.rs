//! What a person has really seen: the union of the intervals played, and where they left off.

mod claim;
mod heat;

use std::collections::HashMap;

use base::id::{Secret, base64_encode};
use base::{PersonId, Tx};

use crate::FilmId;
use crate::edition::{self, Edition};
use crate::error::Error;
use crate::proof::Watchable;

pub use claim::{FASTEST, MOST_CREDIT_MS};
pub use heat::{Heat, heat};

/// Most intervals that one report may carry.
pub const MOST_INTERVALS: usize = 500;
/// Pieces with no more than this between them are one: a player that goes on somewhere reports its first moment a little
/// late. In milliseconds.
const TOUCH_MS: u32 = 250;
/// A film longer than this cannot be (a day), in milliseconds.
const LONGEST_MS: u32 = 24 * 3_600_000;

/// Whoever is this near to the end has seen it all and begins anew, in seconds.
const END_SECONDS: f64 = 5.0;

/// How one person stands with a film.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Where they left off, in milliseconds.
    pub position_ms: u32,
    /// What they have seen: disjoint, ascending, in milliseconds; pieces that nearly touch are one.
    pub seen: Vec<(u32, u32)>,
}

impl Watched {
    /// Milliseconds seen at least once.
    pub fn covered_ms(&self) -> u32 {
        self.seen.iter().map(|(from, to)| to - from).sum()
    }

    /// Share of the film seen at least once, in whole per cent, rounded down; `None` when the length is not known.
    pub fn percent(&self, length_ms: Option<u32>) -> Option<u32> {
        let length = length_ms.filter(|length| *length > 0)?;
        Some(u32::try_from(u64::from(self.covered_ms()) * 100 / u64::from(length)).unwrap_or(100).min(100))
    }
}

/// The acting person has a film in front of them: from now on the clock runs that bounds what they can claim.
pub async fn begin(tx: &mut Tx, proof: &Watchable) -> Result<(), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    sqlx::query!(
        "insert into watch (organisation_id, person_id, film_id) values ($1, $2, $3) on conflict (person_id, film_id) do nothing",
        organisation.0,
        person.0,
        proof.film().0,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// What came of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It speaks of the film as it is.
    Present,
    /// Of another cut of it: what lies in the part that is shown counts there, the rest does not.
    Moved,
    /// Of the film whose place another one has taken since: nothing of it counts.
    Past,
}

/// Adds what the acting person has played of the film in this state of it, as far as the clock allows it; what is over that can be
/// reported again later. Reporting the same again changes nothing; order does not matter.
pub async fn report(
    tx: &mut Tx,
    proof: &Watchable,
    of: Edition,
    position_ms: u32,
    seen: &[(u32, u32)],
) -> Result<Told, Error> {
    let (person, film) = (tx.person()?, proof.film());
    begin(tx, proof).await?;
    // Two reports at once wait for each other: the credit is spent once.
    let row = sqlx::query!(
        r#"select credit_ms, (extract(epoch from moment() - counted_at) * 1000)::bigint as "elapsed_ms!",
                  array(select lower(r) from unnest(seen) as r order by r) as "from!",
                  array(select upper(r) from unnest(seen) as r order by r) as "to!"
           from watch where person_id = $1 and film_id = $2 for update"#,
        person.0,
        film.0,
    )
    .fetch_one(tx.connection())
    .await?;
    // Asked while the row is held: whoever cuts or replaces the film moves this row as well, wholly before or wholly after it.
    let (now, length) = edition::now(tx, film).await?;
    if !of.is_made_with(&now) {
        return Ok(Told::Past);
    }
    let end = length.unwrap_or(LONGEST_MS).min(LONGEST_MS);
    let moment = |at: u32| of.moment_in(&now, at).min(end);
    let claimed: Vec<(u32, u32)> =
        seen.iter().take(MOST_INTERVALS).map(|(from, to)| (moment(*from), moment(*to))).collect();
    let before: Vec<(u32, u32)> = row.from.iter().map(at).zip(row.to.iter().map(at)).collect();
    let credit = claim::credit(at(&row.credit_ms), row.elapsed_ms);
    let granted = claim::granted(&before, &claimed, credit);
    let spent: u32 = granted.iter().map(|(from, to)| to - from).sum();
    let place = |at: u32| i32::try_from(at).unwrap_or(0);
    let (from, to): (Vec<i32>, Vec<i32>) =
        granted.iter().map(|(from, to)| (place(*from), place(*to))).unzip();
    sqlx::query!(
        "update watch set credit_ms = $5, counted_at = moment(), position_ms = $6, updated_at = moment(),
           seen = seen + coalesce((select range_agg(int4range(a, b)) from unnest($3::int4[], $4::int4[]) as played (a, b)), '{}')
         where person_id = $1 and film_id = $2",
        person.0,
        film.0,
        &from,
        &to,
        place(credit - spent),
        place(moment(position_ms)),
    )
    .execute(tx.connection())
    .await?;
    Ok(if of == now { Told::Present } else { Told::Moved })
}

/// How the acting person stands with a film.
pub async fn own(tx: &mut Tx, proof: &Watchable) -> Result<Watched, Error> {
    let person = tx.person()?;
    let all = of(tx, proof.film(), Some(person)).await?;
    Ok(all.into_iter().next().map(|(_, watched)| watched).unwrap_or_default())
}

/// How everybody who has begun stands with a film; for those who teach with it.
pub async fn everybody(tx: &mut Tx, proof: &crate::Editable) -> Result<Vec<(PersonId, Watched)>, Error> {
    of(tx, proof.film(), None).await
}

/// How these people stand with these films; for those who teach with them. Who has not begun a film is left out. One statement,
/// however many films there are.
pub async fn of_people(
    tx: &mut Tx,
    proofs: &[crate::Editable],
    people: &[PersonId],
) -> Result<HashMap<(PersonId, FilmId), Watched>, Error> {
    if proofs.is_empty() || people.is_empty() {
        return Ok(HashMap::new());
    }
    let films: Vec<_> = proofs.iter().map(|proof| proof.film().0).collect();
    let people: Vec<_> = people.iter().map(|person| person.0).collect();
    let rows = sqlx::query!(
        r#"select person_id, film_id, position_ms,
                  array(select lower(r) from unnest(seen) as r order by r) as "from!",
                  array(select upper(r) from unnest(seen) as r order by r) as "to!"
           from watch where person_id = any($1) and film_id = any($2)"#,
        &people,
        &films,
    )
    .fetch_all(tx.connection())
    .await?;
    let watched = rows.into_iter().map(|row| {
        let seen = row.from.iter().zip(&row.to).map(|(from, to)| (at(from), at(to)));
        let watched = Watched { position_ms: at(&row.position_ms), seen: joined(seen) };
        ((PersonId(row.person_id), FilmId(row.film_id)), watched)
    });
    Ok(watched.collect())
}

async fn of(tx: &mut Tx, film: FilmId, person: Option<PersonId>) -> Result<Vec<(PersonId, Watched)>, Error> {
    let rows = sqlx::query!(
        r#"select person_id, position_ms,
                  array(select lower(r) from unnest(seen) as r order by r) as "from!",
                  array(select upper(r) from unnest(seen) as r order by r) as "to!"
           from watch where film_id = $1 and ($2::uuid is null or person_id = $2)"#,
        film.0,
        person.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    let watched = rows.into_iter().map(|row| {
        let seen = row.from.iter().zip(&row.to).map(|(from, to)| (at(from), at(to)));
        (PersonId(row.person_id), Watched { position_ms: at(&row.position_ms), seen: joined(seen) })
    });
    Ok(watched.collect())
}

fn at(value: &i32) -> u32 {
    u32::try_from(*value).unwrap_or(0)
}

/// Ascending pieces, with those that nearly touch made one.
fn joined(pieces: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (from, to) in pieces {
        match joined.last_mut() {
            Some((_, last)) if from <= last.saturating_add(TOUCH_MS) => *last = to.max(*last),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// The name under which a browser keeps what of a viewing was not sent yet: another one for each person and film, so that
/// two people at one computer never get each other's place. It says neither who nor which.
pub fn memory_key(person: PersonId, film: FilmId) -> String {
    let pair = Secret::given(&format!("{person}{film}"));
    base64_encode(&pair.hash()[..12])
}

/// Where to go on, in seconds; from the start for one who has come to the end. `position_ms`: where they left off.
pub fn resume(position_ms: u32, length_ms: Option<u32>) -> f64 {
    let at = f64::from(position_ms) / 1000.0;
    match length_ms.map(|length| f64::from(length) / 1000.0) {
        Some(length) if at > length - END_SECONDS => 0.0,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_that_nearly_touch_are_one() {
        let pieces = [(0, 10_000), (10_004, 20_000), (20_250, 30_000), (30_251, 31_000)];
        assert_eq!(joined(pieces.into_iter()), [(0, 30_000), (30_251, 31_000)]);
        assert!(joined(std::iter::empty()).is_empty());
    }

    #[test]
    fn two_people_at_one_computer_have_two_memories_of_a_film() {
        let id = uuid::Uuid::from_u128;
        let key = |person, film| memory_key(PersonId(id(person)), FilmId(id(film)));
        assert_eq!(key(1, 1), key(1, 1));
        assert_ne!(key(1, 1), key(2, 1));
        assert_ne!(key(1, 1), key(1, 2));
        assert_eq!(key(1, 1).len(), 16);
    }

    #[test]
    fn a_film_goes_on_where_it_was_left_but_not_in_its_last_seconds() {
        let check =
            |position, length, expected: f64| assert!((resume(position, length) - expected).abs() < 0.001);
        check(61_500, Some(600_000), 61.5);
        check(594_900, Some(600_000), 594.9);
        check(595_500, Some(600_000), 0.0);
        check(600_000, Some(600_000), 0.0);
        check(61_500, None, 61.5);
    }
}
