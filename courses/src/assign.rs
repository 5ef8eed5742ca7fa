//! Takings follow the rules: who comes under a mandatory rule is assigned the course, who leaves it is released, who comes back
//! goes on, and before a finished course stops counting the next cycle begins. Of earlier cycles nothing changes.
//!
//! `settle` makes it so, however often and by however many at once it is asked. Rules settle in their own transaction; a change
//! of people asks for the job `identity::moved::KIND` in the transaction of the change, and every night everything is settled again.

pub mod due;
pub mod exempt;
pub mod mine;
pub mod why;

use base::job::JobError;
use base::worker::Task;
use base::{Db, PersonId, Tx};
use identity::daily;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::Error;
use crate::{CourseId, TakingId, remind, told};

// The next night brings up what could not be done.
pub use base::job::give_up;

/// The kind of the nightly job.
pub const NIGHTLY: &str = "settle_takings";

/// So many days before a finished course stops counting, or before the yearly day, the next cycle begins.
pub const WINDOW_DAYS: i32 = 30;

/// Who comes after a fixed day, or does a course again after it, has so many days.
pub const GRACE_DAYS: i32 = 30;

/// What was changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Takings that are new.
    pub opened: u64,
    /// Takings that are open again.
    pub reopened: u64,
    /// Takings that no rule asks for any more.
    pub released: u64,
    /// Takings with another deadline.
    pub due: u64,
}

/// Makes the takings of one course, or of every course of the organisation, fit the rules. One at a time for each course.
pub async fn settle(tx: &mut Tx, course: Option<CourseId>) -> Result<Settled, Error> {
    lock(tx, course).await?;
    let released = release(tx, course).await?;
    let opened = open(tx, course).await?;
    // After `open`: who began at this very moment has a taking of their own will now, and it is assigned here.
    let reopened = reopen(tx, course).await?;
    let (due, moved) = due::set(tx, course).await?;
    // A letter that waits names a day that is none any more.
    remind::over(tx, &[released.as_slice(), moved.as_slice()].concat()).await?;
    told::by_rule(tx, &[opened.as_slice(), reopened.as_slice()].concat()).await?;
    let count = |takings: usize| u64::try_from(takings).unwrap_or(u64::MAX);
    Ok(Settled {
        opened: count(opened.len()),
        reopened: count(reopened.len()),
        released: count(released.len()),
        due,
    })
}

/// Whoever comes second waits, and then sees what the first one did.
async fn lock(tx: &mut Tx, course: Option<CourseId>) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    sqlx::query_scalar!(
        "select c.id from course c where c.organisation_id = $1 and ($2::uuid is null or c.id = $2)
           and (exists (select from enrolment e where e.course_id = c.id and e.mandatory)
                or exists (select from taking t where t.course_id = c.id and t.assigned_at is not null
                           and t.done_at is null and t.exempted_at is null and t.released_at is null))
         order by c.id for no key update",
        organisation.0,
        course.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(())
}

/// Open takings whose person no mandatory rule covers: what was begun by one who is still enrolled goes on of their own will,
/// everything else is released. Answers whose they are, and of which course.
async fn release(tx: &mut Tx, course: Option<CourseId>) -> Result<Vec<(PersonId, CourseId)>, Error> {
    let organisation = tx.organisation()?;
    let changed = sqlx::query!(
        r#"with o as materialized (select distinct course_id, person_id from obliged
                                 where organisation_id = $1 and ($2::uuid is null or course_id = $2)),
           gone as (
             select t.id, t.begun_at is not null and c.state = 'published'
                      and exists (select from person p where p.id = t.person_id and p.state = 'active')
                      and exists (select from covered v where v.course_id = t.course_id and v.person_id = t.person_id) as goes_on
             from taking t join course c on c.id = t.course_id left join o on o.course_id = t.course_id and o.person_id = t.person_id
             where t.organisation_id = $1 and ($2::uuid is null or t.course_id = $2) and t.assigned_at is not null
               and t.done_at is null and t.exempted_at is null and t.released_at is null and o.person_id is null)
         update taking t set
           assigned_at = case when g.goes_on then null else t.assigned_at end,
           due_on = case when g.goes_on then null else t.due_on end,
           extended_to = case when g.goes_on then null else t.extended_to end,
           extension_reason = case when g.goes_on then null else t.extension_reason end,
           extended_by = case when g.goes_on then null else t.extended_by end,
           released_at = case when g.goes_on then null else moment() end
         from gone g where t.id = g.id and t.done_at is null
         returning t.person_id as "person!", t.course_id as "course!""#,
        organisation.0,
        course.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(changed.into_iter().map(|row| (PersonId(row.person), CourseId(row.course))).collect())
}

/// The newest taking of somebody who is covered: one that was released is open again, one of their own will is assigned. The
/// time that they have begins today.
async fn reopen(tx: &mut Tx, course: Option<CourseId>) -> Result<Vec<Uuid>, Error> {
    let organisation = tx.organisation()?;
    let changed = sqlx::query_scalar!(
        "with o as materialized (select distinct course_id, person_id from obliged
                                 where organisation_id = $1 and ($2::uuid is null or course_id = $2))
         update taking t set assigned_at = moment(), released_at = null, due_on = null, extended_to = null,
                             extension_reason = null, extended_by = null
         from o where o.course_id = t.course_id and o.person_id = t.person_id and t.done_at is null and t.exempted_at is null
           and (t.released_at is not null or t.assigned_at is null)
           and not exists (select from taking n where n.person_id = t.person_id and n.course_id = t.course_id and n.cycle > t.cycle)
         returning t.id",
        organisation.0,
        course.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(changed)
}

/// Takings of those who have none, and the next cycle of those whose last one stops counting: by its validity, by the yearly
/// day, or because a major version came after it.
async fn open(tx: &mut Tx, course: Option<CourseId>) -> Result<Vec<Uuid>, Error> {
    let organisation = tx.organisation()?;
    let wanted = sqlx::query!(
        r#"with today as (select (moment() at time zone 'Europe/Warsaw')::date as day),
           last as (
             select distinct on (t.person_id, t.course_id) t.person_id, t.course_id, t.cycle, t.done_at, t.exempted_at, t.due_on,
                    t.valid_until, v.number, (coalesce(t.done_at, t.exempted_at) at time zone 'Europe/Warsaw')::date as closed
             from taking t left join course_version v on v.id = t.version_id
             where t.organisation_id = $1 and ($2::uuid is null or t.course_id = $2)
             order by t.person_id, t.course_id, t.cycle desc)
           select o.course_id as "course!", o.person_id as "person!", coalesce(l.cycle, 0) + 1 as "cycle!"
           from obliged o cross join today left join last l on l.person_id = o.person_id and l.course_id = o.course_id
           where o.organisation_id = $1 and ($2::uuid is null or o.course_id = $2)
           group by o.course_id, o.person_id, l.cycle
           having l.cycle is null or bool_or(l.closed is not null and (
               -- Who was exempted, or finished before the rule was there, is asked again by the rule's months.
               coalesce(l.valid_until, (l.closed + make_interval(months => o.valid_months))::date) - $3::integer <= today.day
               or o.due_kind = 'yearly'
                  and yearly_after(o.due_month, o.due_day, l.due_on, l.closed, $3::integer) - $3::integer <= today.day
               or l.done_at is not null and exists (select from course_version v where v.course_id = o.course_id
                                                      and v.change = 'major' and v.number > l.number)))
           order by o.course_id, o.person_id"#,
        organisation.0,
        course.map(|id| id.0),
        WINDOW_DAYS,
    )
    .fetch_all(tx.connection())
    .await?;
    let one =
        wanted.into_iter().map(|row| Wanted { course: row.course, person: row.person, cycle: row.cycle });
    insert(tx, one.collect(), true).await
}

/// A taking that is to be.
struct Wanted {
    course: Uuid,
    person: Uuid,
    cycle: i32,
}

/// Answers the ids of those that are new.
async fn insert(tx: &mut Tx, wanted: Vec<Wanted>, assigned: bool) -> Result<Vec<Uuid>, Error> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let (organisation, now) = (tx.organisation()?, tx.now());
    let ids: Vec<Uuid> = wanted.iter().map(|_| TakingId::new(now).0).collect();
    let courses: Vec<Uuid> = wanted.iter().map(|one| one.course).collect();
    let people: Vec<Uuid> = wanted.iter().map(|one| one.person).collect();
    let cycles: Vec<i32> = wanted.iter().map(|one| one.cycle).collect();
    let at: Option<OffsetDateTime> = assigned.then_some(now);
    let made = sqlx::query_scalar!(
        "insert into taking (id, organisation_id, course_id, person_id, cycle, assigned_at)
         select id, $1, course_id, person_id, cycle, $6
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::integer[]) as n (id, course_id, person_id, cycle)
         on conflict do nothing returning id",
        organisation.0,
        &ids,
        &courses,
        &people,
        &cycles,
        at,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(made)
}

/// After a major version: those in the middle begin a new cycle when the author says so, and those who finished without a rule
/// that obliges them get one as well, of their own will. Those who are obliged get theirs from `settle`.
pub(crate) async fn begin_again(tx: &mut Tx, course: CourseId, middle: bool) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    lock(tx, Some(course)).await?;
    if middle {
        let stopped = sqlx::query!(
            r#"update taking set released_at = moment() where organisation_id = $1 and course_id = $2 and begun_at is not null
                 and done_at is null and exempted_at is null and released_at is null
               returning person_id, cycle, assigned_at is not null as "assigned!""#,
            organisation.0,
            course.0,
        )
        .fetch_all(tx.connection())
        .await?;
        let next = |assigned: bool| -> Vec<Wanted> {
            let those = stopped.iter().filter(|row| row.assigned == assigned);
            those
                .map(|row| Wanted { course: course.0, person: row.person_id, cycle: row.cycle + 1 })
                .collect()
        };
        let over: Vec<_> = stopped.iter().map(|row| (PersonId(row.person_id), course)).collect();
        remind::over(tx, &over).await?;
        insert(tx, next(true), true).await?;
        insert(tx, next(false), false).await?;
    }
    let done = sqlx::query!(
        r#"select l.person_id as "person!", l.cycle as "cycle!" from (
             select distinct on (person_id) person_id, cycle, done_at from taking
             where organisation_id = $1 and course_id = $2 order by person_id, cycle desc) l
           where l.done_at is not null
             and exists (select from enrolled e where e.course_id = $2 and e.person_id = l.person_id)
             and not exists (select from obliged o where o.course_id = $2 and o.person_id = l.person_id)
           order by l.person_id"#,
        organisation.0,
        course.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let done =
        done.into_iter().map(|row| Wanted { course: course.0, person: row.person, cycle: row.cycle + 1 });
    insert(tx, done.collect(), false).await?;
    Ok(())
}

/// Asks for every organisation with mandatory rules to be settled once a day, from one in the morning in Warsaw.
pub async fn ask_daily(db: &Db) -> Result<(), sqlx::Error> {
    let (mut tx, free) = daily::not_asked(db, NIGHTLY, 1).await?;
    let organisations = sqlx::query_scalar!(
        "select o.id from unnest($1::uuid[]) o (id)
         where exists (select 1 from enrolment e where e.organisation_id = o.id and e.mandatory)
            or exists (select 1 from taking t where t.organisation_id = o.id and t.assigned_at is not null)",
        &free
    )
    .fetch_all(tx.connection())
    .await?;
    daily::queue(db, tx, NIGHTLY, organisations).await
}

/// The handler of `NIGHTLY` and of `identity::moved::KIND`.
pub async fn run(task: Task) -> Result<(), JobError> {
    let mut tx = task.db.begin(&task.held.actor()).await?;
    let settled = settle(&mut tx, None).await.map_err(|error| JobError::Retry(error.to_string()))?;
    if settled != Settled::default() {
        tracing::info!(?settled, "takings follow the rules");
    }
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}
