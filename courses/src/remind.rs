//! Notices about deadlines: to the person 14, 7 and 1 days before, and to the heads of units about what is overdue. A step is told
//! once for each taking and each day on which it was due, a head once a day at most and only when something is new. And notices
//! before a certificate stops counting, and when it has (`expiry`). The row that says so, and the notice, are one transaction;
//! letters come as their person wishes, and never in quiet hours.

pub mod digest;
pub mod expiry;

use base::job::JobError;
use base::worker::Task;
use base::{Db, PersonId, Tx};
use identity::{daily, day};
use notices::notice::{self, Kind};
use uuid::Uuid;

use crate::CourseId;
use digest::Digest;

// The next day brings up what could not be done.
pub use base::job::give_up;

/// The kind of the daily job.
pub const KIND: &str = "training_reminders";

/// Days before the deadline on which its person is told.
pub const STEPS: [i16; 3] = [14, 7, 1];

/// Asks for today's notices of every organisation, once a day, from six in the morning in Warsaw: before the letters of seven.
pub async fn ask_daily(db: &Db) -> Result<(), sqlx::Error> {
    let (mut tx, free) = daily::not_asked(db, KIND, 6).await?;
    let organisations = sqlx::query_scalar!(
        "select o.id from unnest($1::uuid[]) o (id) where exists
           (select 1 from taking t where t.organisation_id = o.id and t.deadline is not null
              and t.done_at is null and t.exempted_at is null and t.released_at is null)
            or exists (select 1 from certificate c where c.organisation_id = o.id
              and c.valid_until between (moment() at time zone 'Europe/Warsaw')::date - 30
                                    and (moment() at time zone 'Europe/Warsaw')::date + 30)",
        &free
    )
    .fetch_all(tx.connection())
    .await?;
    daily::queue(db, tx, KIND, organisations).await
}

/// The handler of `KIND`; `write` says who is late with what, in the head's language.
pub async fn run<F>(write: F, task: Task) -> Result<(), JobError>
where
    F: Fn(&Digest) -> String + Send + Sync,
{
    let mut tx = task.db.begin(&task.held.actor()).await?;
    tell(&mut tx).await?;
    digest::tell(&mut tx, &write).await?;
    expiry::tell(&mut tx).await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Tells whoever has a deadline that is due to be told today and was not; answers how many. After a day without the program only the
/// latest step is told; a step before the day of the assignment is none. Whoever is second waits for the first and then finds nothing
/// to do.
pub async fn tell(tx: &mut Tx) -> Result<usize, sqlx::Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let rows = sqlx::query!(
        r#"with t as (
             -- Held until they are told: who finishes at this moment does so before or after, never between.
             select id, person_id, course_id, assigned_at, deadline as due_on from taking
             where organisation_id = $1 and assigned_at is not null and done_at is null and exempted_at is null and released_at is null
               and deadline between $2::date and $2::date + 14 order by id for share),
           due as (
             select t.id, t.due_on, x.step, p.id as person_id, v.title, c.slug
             from t join person p on p.id = t.person_id and p.state = 'active' join course c on c.id = t.course_id
               join course_version v on v.id = c.published_version_id
               cross join lateral (select min(step) as step from unnest($3::smallint[]) step
                                   where t.due_on - step <= $2::date
                                     and t.due_on - step >= (t.assigned_at at time zone 'Europe/Warsaw')::date) x
             where x.step is not null and not exists
               (select 1 from taking_reminder e where e.taking_id = t.id and e.due_on = t.due_on and e.step <= x.step)),
           fresh as (
             insert into taking_reminder (organisation_id, taking_id, due_on, step) select $1, id, due_on, step from due order by id
             on conflict do nothing returning taking_id)
           select d.due_on as "due_on!", d.title as "title!", d.slug as "slug!", array_agg(d.person_id) as "people!"
           from fresh f join due d on d.id = f.taking_id group by 1, 2, 3 order by 1, 2, 3"#,
        organisation.0,
        today,
        &STEPS[..],
    )
    .fetch_all(tx.connection())
    .await?;
    let mut told = 0;
    for row in rows {
        let people: Vec<PersonId> = row.people.into_iter().map(PersonId).collect();
        let subject = format!("{} ({})", row.title, day::spoken(row.due_on));
        notice::tell(tx, &people, Kind::Deadline, &subject, &page(&row.slug)).await?;
        told += people.len();
    }
    Ok(told)
}

/// Keeps letters about deadlines from going out when they still wait: their people have finished these courses, or have another day or
/// none.
pub(crate) async fn over(tx: &mut Tx, those: &[(PersonId, CourseId)]) -> Result<(), sqlx::Error> {
    if those.is_empty() {
        return Ok(());
    }
    let (people, courses): (Vec<Uuid>, Vec<Uuid>) =
        those.iter().map(|(person, course)| (person.0, course.0)).unzip();
    let rows = sqlx::query!(
        r#"select x.person_id as "person!", c.slug as "slug!"
           from unnest($1::uuid[], $2::uuid[]) x (person_id, course_id) join course c on c.id = x.course_id"#,
        &people,
        &courses,
    )
    .fetch_all(tx.connection())
    .await?;
    let pages: Vec<_> = rows.into_iter().map(|row| (PersonId(row.person), page(&row.slug))).collect();
    notice::keep_letters(tx, Kind::Deadline, &pages).await
}

fn page(slug: &str) -> String {
    format!("/courses/{slug}")
}
