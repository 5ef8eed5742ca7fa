//! Certificates that stop counting: their holder is told 30 and 7 days before the last day, and on the day after it. Each step once
//! for each certificate; after days without the program the latest one alone. They are notices: by e-mail they come as the person
//! wishes, and never in quiet hours.

use base::{PersonId, Tx};
use identity::day;
use notices::notice::{self, Kind};

/// Days before the last day on which it counts; 0: it is over.
pub const STEPS: [i16; 3] = [30, 7, 0];

/// Tells whoever is to be told today; answers how many. Nobody is told of a certificate that was revoked, that names nobody any more,
/// or in whose place they hold one of the same course that counts longer; nor of a step before the day of issue. Whoever is second
/// waits for the first and then finds nothing to do.
pub async fn tell(tx: &mut Tx) -> Result<usize, sqlx::Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let rows = sqlx::query!(
        r#"with due as (
             select c.id, x.step from certificate c
               join certificate_holder h on h.certificate_id = c.id
               cross join lateral (
                 select min(step) as step from unnest($3::smallint[]) step
                 -- The last day itself still counts: it is over on the day after it.
                 where c.valid_until - step + case when step = 0 then 1 else 0 end <= $2::date
                   and (step = 0 or c.valid_until - step > (c.issued_at at time zone 'Europe/Warsaw')::date)) x
             where c.organisation_id = $1 and c.valid_until between $2::date - 30 and $2::date + 30 and x.step is not null
               and not exists (select from certificate_reminder r where r.certificate_id = c.id and r.step <= x.step)
               and not exists (select from certificate_revocation r where r.certificate_id = c.id)
               and not exists (
                 select from certificate_holder k join certificate n on n.id = k.certificate_id
                 where k.person_id = h.person_id and n.course_id = c.course_id and n.id <> c.id
                   and coalesce(n.valid_until > c.valid_until, true)
                   and not exists (select from certificate_revocation r where r.certificate_id = n.id))),
           fresh as (
             insert into certificate_reminder (organisation_id, certificate_id, step) select $1, id, step from due order by id
             on conflict do nothing returning certificate_id, step)
           select f.step = 0 as "over!", c.course_title, c.valid_until as "valid_until!", array_agg(h.person_id) as "people!"
           from fresh f join certificate c on c.id = f.certificate_id join certificate_holder h on h.certificate_id = c.id
             join person p on p.id = h.person_id and p.state = 'active'
           group by 1, 2, 3 order by 3, 2"#,
        organisation.0,
        today,
        &STEPS[..],
    )
    .fetch_all(tx.connection())
    .await?;
    let mut told = 0;
    for row in rows {
        let people: Vec<PersonId> = row.people.into_iter().map(PersonId).collect();
        let kind = if row.over { Kind::Expired } else { Kind::Expiring };
        let subject = format!("{} ({})", row.course_title, day::spoken(row.valid_until));
        notice::tell(tx, &people, kind, &subject, "/my-certificates").await?;
        told += people.len();
    }
    Ok(told)
}
