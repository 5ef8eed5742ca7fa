//! What waits for a person besides courses that they take: drafts to review, essays to mark, findings in their own drafts; and tests
//! with a deadline that they have not passed. One statement, whatever there is; by date.

use base::Tx;
use identity::SignedIn;
use identity::permit::{Kind, Verb};
use time::{Date, OffsetDateTime};

use super::Due;
use crate::UnitId;
use crate::error::Error;

/// Most lines of one kind.
const SHOWN: i64 = 10;

/// What is to be done for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Somebody asked for a review of the draft; the person may give it.
    Review,
    /// So many attempts at the test of a unit wait to be marked.
    Marks(UnitId, i64),
    /// So many grave findings of the draft are neither mended nor waived, as of the last look at it.
    Findings(i64),
}

/// One thing that is to be done for others.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// What.
    pub what: What,
    /// The course's name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Title of the unit; empty for the whole course.
    pub unit: String,
    /// Since when: when it was asked for, when the oldest attempt ended, when the draft was looked at.
    pub since: OffsetDateTime,
}

/// A test that the person has not passed, with attempts left.
#[derive(Clone, Debug)]
pub struct Test {
    /// The course's name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// The unit's name in addresses.
    pub unit: String,
    /// The unit's title.
    pub unit_title: String,
    /// Until when the course is to be done.
    pub due: Due,
    /// Attempts that are left; `None`: any number.
    pub left: Option<i64>,
    /// Whether an attempt is open.
    pub open: bool,
}

/// Everything that waits.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// For others, what waits longest first.
    pub waiting: Vec<Waiting>,
    /// One's own tests, the earliest deadline first.
    pub tests: Vec<Test>,
}

/// What waits for the signed-in person. Nobody is asked to review what they wrote.
pub async fn work(tx: &mut Tx, me: &SignedIn) -> Result<Work, Error> {
    let (teaches, any) = (me.may(Verb::Change, Kind::TaughtCourse), me.may(Verb::Change, Kind::AnyCourse));
    let rows = sqlx::query!(
        r#"with today (day) as (select (moment() at time zone 'Europe/Warsaw')::date),
           mine as (
             select c.id, c.slug, c.title from course_teacher a join course c on c.id = a.course_id and c.state <> 'archived'
             where $3 and a.person_id = $2),
           reviews as (
             select c.slug, c.title, r.asked_at as since from review r join course c on c.id = r.course_id and c.state <> 'archived'
             where r.organisation_id = $1 and r.outcome is null and r.asked_by <> $2 and ($4 or c.id in (select id from mine))
               -- As PostgreSQL would refuse the approval.
               and not exists (select from unit u where u.course_id = c.id and u.removed_at is null and u.updated_by = $2
                 and u.updated_at > coalesce((select max(v.published_at) from course_version v where v.course_id = c.id),
                                             '-infinity'::timestamptz))
             order by r.asked_at limit $5),
           marks as (
             select m.slug, m.title, a.unit_id, u.title as unit, min(a.submitted_at) as since, count(*) as number
             from mine m join attempt a on a.course_id = m.id and a.submitted_at is not null and a.score is null
               join unit u on u.id = a.unit_id
             group by m.slug, m.title, a.unit_id, u.title order by 5 limit $5),
           findings as (
             select m.slug, m.title, d.checked_at as since, d.grave from mine m join draft_check d on d.course_id = m.id and d.grave > 0
             order by d.checked_at limit $5),
           tests as (
             select c.slug, v.title, w.slug as unit_slug, w.title as unit, t.deadline as due_on,
                    (z.settings ->> 'attempts')::bigint - n.number as attempts_left, n.open
             from taking t join course c on c.id = t.course_id and c.state = 'published'
               join course_version v on v.id = c.published_version_id
               join version_quiz z on z.version_id = v.id join version_unit w on w.version_id = z.version_id and w.unit_id = z.unit_id
               cross join lateral (
                 select count(*) as number, coalesce(bool_or(a.passed), false) as passed, coalesce(bool_or(a.submitted_at is null), false) as open,
                        coalesce(bool_or(a.submitted_at is not null and a.score is null), false) as marking
                 from attempt a where a.person_id = $2 and a.unit_id = z.unit_id and a.cycle = t.cycle) n
             where t.person_id = $2 and t.organisation_id = $1 and t.done_at is null and t.exempted_at is null and t.released_at is null
               and t.deadline is not null and not n.passed and not n.marking
               and (n.open or coalesce((z.settings ->> 'attempts')::bigint, n.number + 1) > n.number)
               and c.id in (select v.course_id from covering($2) v)
             order by 5, c.slug, w.position limit $5)
           select 'review' as "kind!", slug as "slug!", title as "title!", null::text as "unit?", null::text as "unit_slug?",
                  null::uuid as "unit_id?", since as "since?", null::date as "due_on?", null::integer as "days?", null::bigint as "number?",
                  false as "open!"
           from reviews
           union all select 'marks', slug, title, unit, null, unit_id, since, null, null, number, false from marks
           union all select 'findings', slug, title, null, null, null, since, null, null, grave::bigint, false from findings
           union all select 'test', slug, title, unit, unit_slug, null, null, due_on, due_on - day, attempts_left, open from tests, today
           order by 8, 7, 2"#,
        me.organisation.0,
        me.person.0,
        teaches,
        any,
        SHOWN,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut work = Work::default();
    for row in rows {
        let number = row.number.unwrap_or(0);
        let what = match (row.kind.as_str(), row.unit_id) {
            ("review", _) => What::Review,
            ("marks", Some(unit)) => What::Marks(UnitId(unit), number),
            ("findings", _) => What::Findings(number),
            _ => {
                let due: Option<(Date, i32)> = row.due_on.zip(row.days);
                let Some(((day, days), slug)) = due.zip(row.unit_slug) else { continue };
                work.tests.push(Test {
                    slug: row.slug,
                    title: row.title,
                    unit: slug,
                    unit_title: row.unit.unwrap_or_default(),
                    due: Due { day, days },
                    left: row.number,
                    open: row.open,
                });
                continue;
            }
        };
        let Some(since) = row.since else { continue };
        let unit = row.unit.unwrap_or_default();
        work.waiting.push(Waiting { what, slug: row.slug, title: row.title, unit, since });
    }
    Ok(work)
}
