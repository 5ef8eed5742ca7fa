//! One person's way through one course, once: assigned or taken of one's own will, begun, done, valid until a day. The next
//! time is the next cycle; the database lets nobody change an earlier one.

use base::Tx;

use crate::error::Error;
use crate::find::Taken;
use crate::{TakingId, UnitId};

/// Notes that the acting person opened a unit, that this is where they are, and that they began: there is a taking afterwards. One
/// that no rule asked for any more is open again. Opening again moves only the bookmark.
pub(crate) async fn open(tx: &mut Tx, proof: &Taken, unit: UnitId) -> Result<(), Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, TakingId::new(tx.now()));
    sqlx::query!(
        "with begun as (
           insert into taking as t (id, organisation_id, course_id, person_id, cycle, begun_at) values ($7, $1, $3, $2, $6, moment())
           on conflict (person_id, course_id, cycle) do update set begun_at = coalesce(t.begun_at, moment()), released_at = null
           where t.done_at is null and (t.begun_at is null or t.released_at is not null)),
         opened as (
           insert into progress (organisation_id, person_id, course_id, unit_id, version_id, cycle) values ($1, $2, $3, $4, $5, $6)
           on conflict (person_id, unit_id, cycle) do nothing)
         insert into bookmark (organisation_id, person_id, course_id, unit_id) values ($1, $2, $3, $4)
         on conflict (person_id, course_id) do update set unit_id = excluded.unit_id, at = moment()",
        organisation.0,
        person.0,
        proof.id().0,
        unit.0,
        proof.version().0,
        proof.cycle(),
        id.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Completes the acting person's taking if every unit of the published version is done; answers the taking the one time it does.
pub async fn complete_if_done(tx: &mut Tx, proof: &Taken) -> Result<Option<TakingId>, Error> {
    let person = tx.person()?;
    let id = sqlx::query_scalar!(
        "update taking t set done_at = moment(), version_id = $3,
           valid_until = (moment() at time zone 'Europe/Warsaw')::date + make_interval(months => coalesce(
             (select min(e.valid_months) from covering($1) v join enrolment e on e.id = v.enrolment_id
              where v.course_id = $2),
             (select c.valid_months from course c where c.id = $2)))
         where t.person_id = $1 and t.course_id = $2 and t.cycle = $4 and t.done_at is null and t.released_at is null
           and not exists (select from version_unit u
             left join progress p on p.unit_id = u.unit_id and p.person_id = $1 and p.cycle = $4
             where u.version_id = $3 and p.done_at is null)
         returning t.id",
        person.0,
        proof.id().0,
        proof.version().0,
        proof.cycle(),
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(id.map(TakingId))
}

/// Whether the acting person's taking is done.
pub async fn is_done(tx: &mut Tx, proof: &Taken) -> Result<bool, Error> {
    let person = tx.person()?;
    let done = sqlx::query_scalar!(
        r#"select exists (select from taking where person_id = $1 and course_id = $2 and cycle = $3 and done_at is not null) as "done!""#,
        person.0,
        proof.id().0,
        proof.cycle(),
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(done)
}
