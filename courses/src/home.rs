//! What a person is to do next: the courses they take, with their deadlines; what is overdue where they follow everybody or head a unit; and
//! the courses of an author that learners do not see as they are written. One statement, whatever there is.

pub mod work;

use base::{PersonId, Tx};
use identity::SignedIn;
use identity::permit::{Kind, Verb};
use serde::Deserialize;
use sqlx::types::Json;
use time::Date;

use crate::error::Error;
use crate::learn::Card;
use crate::{CourseId, TakingId};

/// How many courses of an author are named.
const WRITTEN_SHOWN: i64 = 5;

/// Until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// The last day.
    pub day: Date,
    /// Days from today to it, in Warsaw; below zero: overdue.
    pub days: i32,
}

/// A course that the person takes.
#[derive(Clone, Debug)]
pub struct Mine {
    /// The course, and how far the person is.
    pub card: Card,
    /// Until when it is to be done; `None` without a deadline, and when it is done.
    pub due: Option<Due>,
}

/// Who is overdue among everybody that the person follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overdue {
    /// How many people.
    pub people: i64,
    /// In how many courses.
    pub courses: i64,
}

/// A course whose newest text no learner sees yet.
#[derive(Clone, Debug, Deserialize)]
pub struct Written {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Whether it was published before.
    pub published: bool,
}

/// Everything on the first page that courses know of.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// Courses with a deadline by date, then those begun, then the others, finished ones last.
    pub mine: Vec<Mine>,
    /// Of the units that the person heads, or of everybody; `None` for those who follow nobody but themselves and their own courses.
    pub overdue: Option<Overdue>,
    /// The author's courses that wait to be published, the last changed first.
    pub written: Vec<Written>,
}

/// The first page of the signed-in person.
pub async fn home(tx: &mut Tx, me: &SignedIn) -> Result<Home, Error> {
    let (follows, writes) = (me.may(Verb::Follow, Kind::AnyCourse), me.may(Verb::Change, Kind::TaughtCourse));
    let rows = sqlx::query!(
        r#"with today (day) as (select (moment() at time zone 'Europe/Warsaw')::date),
           taken as (
             select c.id, c.slug, coalesce(n.title, v.title) as title, coalesce(n.summary, v.summary) as summary, v.language, k.due_on,
                    count(u.unit_id) as units, coalesce(sum(u.minutes), 0) as minutes,
                    count(p.done_at) as done, count(p.unit_id) > 0 as begun,
                    (array_agg(u.title order by u.position) filter (where p.done_at is null))[1] as next_title,
                    (array_agg(u.slug order by u.position) filter (where p.done_at is null))[1] as next_slug,
                    max(p.opened_at) as last
             from (select distinct course_id from covering($2)) e
               join course c on c.id = e.course_id and c.organisation_id = $1 and c.state = 'published'
               join course_version v on v.id = c.published_version_id join version_unit u on u.version_id = v.id
               left join reading_language r on r.person_id = $2 and r.course_id = c.id
               left join version_title n on n.version_id = v.id and n.language = coalesce(r.language, $6)
               left join (
                 select distinct on (t.course_id) t.course_id, t.cycle,
                        case when t.done_at is null and t.exempted_at is null and t.released_at is null then t.deadline end as due_on
                 from taking t where t.person_id = $2 order by t.course_id, t.cycle desc) k on k.course_id = c.id
               left join progress p on p.unit_id = u.unit_id and p.person_id = $2 and p.cycle = coalesce(k.cycle, 1)
             group by c.id, c.slug, n.title, n.summary, v.title, v.summary, v.language, k.due_on)
           select late.people as "people?", late.courses as "courses?",
                  case when $4 then (select json_agg(json_build_object('slug', w.slug, 'title', w.title, 'published', w.published) order by w.changed_at desc)
                                     from unseen_drafts($2, $5) w) end as "written?: Json<Vec<Written>>",
                  t.id as "id?", t.slug as "slug?", t.title as "title?", t.summary as "summary?", t.language as "language?",
                  t.due_on as "due_on?", t.due_on - today.day as "days?", t.units as "units?", t.minutes as "minutes?",
                  t.done as "done?", t.begun as "begun?", t.next_title as "next_title?", t.next_slug as "next_slug?"
           from today left join overdue_followed($1, $2, $3) late on true left join taken t on true
           order by t.done = t.units, t.due_on nulls last, t.last desc nulls last, t.title"#,
        me.organisation.0,
        me.person.0,
        follows,
        writes,
        WRITTEN_SHOWN,
        me.language,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut home = Home::default();
    for row in rows {
        home.overdue = row.people.zip(row.courses).map(|(people, courses)| Overdue { people, courses });
        if let Some(Json(written)) = row.written {
            home.written = written;
        }
        let (Some(id), Some(slug), Some(title)) = (row.id, row.slug, row.title) else { continue };
        let card = Card {
            id: CourseId(id),
            slug,
            title,
            summary: row.summary.unwrap_or_default(),
            language: row.language.unwrap_or_default(),
            units: row.units.unwrap_or(0),
            done: row.done.unwrap_or(0),
            minutes: row.minutes.unwrap_or(0),
            begun: row.begun.unwrap_or(false),
            enrolled: true,
            next: row.next_title.zip(row.next_slug),
        };
        let due = row.due_on.zip(row.days).map(|(day, days)| Due { day, days });
        home.mine.push(Mine { card, due });
    }
    Ok(home)
}

/// A deadline of a person, for their calendar.
#[derive(Clone, Debug)]
pub struct Deadline {
    /// The taking.
    pub taking: TakingId,
    /// The course's name in addresses.
    pub slug: String,
    /// The course's title.
    pub title: String,
    /// The last day.
    pub day: Date,
}

/// The open takings of a person of the organisation that have a deadline, the earliest first.
pub async fn deadlines(tx: &mut Tx, person: PersonId) -> Result<Vec<Deadline>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select t.id, c.slug, coalesce(n.title, v.title) as "title!", t.deadline as "day!"
           from taking t join course c on c.id = t.course_id and c.state = 'published'
             join course_version v on v.id = c.published_version_id
             left join reading_language r on r.person_id = $2 and r.course_id = c.id
             left join version_title n on n.version_id = v.id
                  and n.language = coalesce(r.language, (select h.language from person h where h.id = $2))
           where t.person_id = $2 and t.organisation_id = $1 and t.deadline is not null
             and t.done_at is null and t.exempted_at is null and t.released_at is null
             and t.course_id in (select v.course_id from covering($2) v)
           order by 4, t.id"#,
        organisation.0,
        person.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let deadline = rows.into_iter().map(|row| Deadline {
        taking: TakingId(row.id),
        slug: row.slug,
        title: row.title,
        day: row.day,
    });
    Ok(deadline.collect())
}
