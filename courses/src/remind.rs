//! Letters about deadlines: to the person 14, 7 and 1 days before, and to the heads of units about what is overdue. A step goes
//! out once for each taking and each day on which it was due, a head's letter once a day at most and only when something is new.
//! And notices before a certificate stops counting, and when it has (`expiry`).
//! The row that says so, and the letter, are one transaction.

pub mod digest;
pub mod expiry;

use base::job::JobError;
use base::mail::{self, Letter};
use base::worker::Task;
use base::{Db, Tx};
use identity::{daily, day};
use time::Date;

use digest::Digest;

// The next day brings up what could not be done.
pub use base::job::give_up;

/// The kind of the daily job.
pub const KIND: &str = "training_reminders";

/// Days before the deadline on which a letter goes out.
pub const STEPS: [i16; 3] = [14, 7, 1];

/// A letter that is to be written.
#[derive(Clone, Debug)]
pub struct Reminder {
    /// The receiver's address.
    pub email: String,
    /// The receiver's name.
    pub name: String,
    /// Their language: `pl`, `en` or `uk`.
    pub language: String,
    /// Title of the course.
    pub title: String,
    /// Its name in addresses.
    pub slug: String,
    /// The deadline.
    pub due_on: Date,
    /// Days from today to it.
    pub days: i32,
    /// Who asks.
    pub organisation: String,
}

/// Queues today's letters of every organisation, once a day, from six in the morning in Warsaw.
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

/// The handler of `KIND`; `write` and `tell` make the letters.
pub async fn run<F, G>(write: F, tell: G, task: Task) -> Result<(), JobError>
where
    F: Fn(&Reminder) -> Letter + Send + Sync,
    G: Fn(&Digest) -> Letter + Send + Sync,
{
    let mut tx = task.db.begin(&task.held.actor()).await?;
    send(&mut tx, &write).await?;
    digest::send(&mut tx, &tell).await?;
    expiry::tell(&mut tx).await?;
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Writes every reminder of the organisation that is due today and was not sent; answers how many. After a day without the
/// program only the latest step is sent; a step before the day of the assignment is none. Whoever is second waits for the first
/// and then finds nothing to do.
pub async fn send(tx: &mut Tx, write: &(impl Fn(&Reminder) -> Letter + Sync)) -> Result<usize, sqlx::Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let due = sqlx::query!(
        r#"with t as (
             -- Held until the letters are queued: who finishes at this moment does so before or after, never between.
             select id, person_id, course_id, assigned_at, deadline as due_on from taking
             where organisation_id = $1 and assigned_at is not null and done_at is null and exempted_at is null and released_at is null
               and deadline between $2::date and $2::date + 14 order by id for share)
           select t.id as "id!", t.due_on as "due_on!", t.due_on - $2::date as "days!", x.step as "step!", p.email as "email?",
                  p.given_name || ' ' || p.family_name as "name!", p.language as "language!", v.title as "title!", c.slug as "slug!",
                  o.name as "organisation!"
           from t join person p on p.id = t.person_id and p.state = 'active' join course c on c.id = t.course_id
             join course_version v on v.id = c.published_version_id join organisation o on o.id = $1
             cross join lateral (select min(step) as step from unnest($3::smallint[]) step
                                 where t.due_on - step <= $2::date
                                   and t.due_on - step >= (t.assigned_at at time zone 'Europe/Warsaw')::date) x
           where x.step is not null and not exists
             (select 1 from taking_reminder e where e.taking_id = t.id and e.due_on = t.due_on and e.step <= x.step)
           order by t.id"#,
        organisation.0,
        today,
        &STEPS[..],
    )
    .fetch_all(tx.connection())
    .await?;
    let mut sent = 0;
    for row in due {
        let fresh = sqlx::query!(
            "insert into taking_reminder (organisation_id, taking_id, due_on, step, sent_to) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            organisation.0,
            row.id,
            row.due_on,
            row.step,
            row.email,
        )
        .execute(tx.connection())
        .await?
        .rows_affected();
        let (1, Some(email)) = (fresh, row.email) else { continue };
        let reminder = Reminder {
            email,
            name: row.name,
            language: row.language,
            title: row.title,
            slug: row.slug,
            due_on: row.due_on,
            days: row.days,
            organisation: row.organisation,
        };
        let key = format!("training {} {} {}", row.id, row.due_on, row.step);
        mail::post(tx, &key, &write(&reminder)).await?;
        sent += 1;
    }
    Ok(sent)
}
