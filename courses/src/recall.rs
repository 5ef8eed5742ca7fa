//! Recall: the questions of a course asked again later, a few minutes a day, of those who switched it on. Nobody but the person
//! reads any of it, and nothing of it is told: no audit, no report, no notice. Which questions may be asked says the view
//! `recall_ready`, when they are due `schedule`; `card` asks one and keeps what came of it.

pub mod card;
pub mod schedule;

use base::{PersonId, Tx, audit};
use identity::PeopleAdmin;
use serde_json::json;
use time::Date;

use crate::error::Error;
use crate::find::Taken;
use crate::learn;

pub use card::{Card, Given};
pub use schedule::Rating;

/// So many of the person's newest answers say how long one takes.
const PACE_ANSWERS: i64 = 200;

/// The day's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// The day in Warsaw.
    pub day: Date,
    /// Questions that are left of the session.
    pub left: i64,
    /// Questions that were answered today.
    pub done: i64,
    /// Seconds that one takes.
    pub seconds_each: i64,
    /// When nothing is left: the next day with a question; `None` when none will come.
    pub next_on: Option<Date>,
}

impl Today {
    /// Minutes that the rest takes, rounded up.
    pub fn minutes(&self) -> i64 {
        (self.left * self.seconds_each + 59) / 60
    }
}

/// The day's session of the acting person: due questions of all their courses, as many as fit into five minutes.
pub async fn today(tx: &mut Tx) -> Result<Today, Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let row = sqlx::query!(
        r#"with today (day) as (select (moment() at time zone 'Europe/Warsaw')::date),
             mine as (select r.due_on from recall_ready r where r.organisation_id = $1 and r.person_id = $2)
           select today.day as "day!",
                  (select count(*) from mine where mine.due_on <= today.day) as "due!",
                  (select min(mine.due_on) from mine where mine.due_on > today.day) as "next_on?",
                  (select count(*) from recall_answer a
                   where a.organisation_id = $1 and a.person_id = $2 and a.day = today.day) as "done!",
                  (select percentile_cont(0.5) within group (order by s.seconds::float8)
                   from (select a.seconds from recall_answer a
                         where a.organisation_id = $1 and a.person_id = $2 and a.day < today.day
                         order by a.at desc limit $3) s
                   having count(*) >= $4) as "median?"
           from today"#,
        organisation.0,
        person.0,
        PACE_ANSWERS,
        schedule::ANSWERS_FOR_PACE,
    )
    .fetch_one(tx.connection())
    .await?;
    let left = (schedule::daily(row.median) - row.done).clamp(0, row.due);
    let next_on = if row.due > left { row.day.next_day() } else { row.next_on };
    Ok(Today {
        day: row.day,
        left,
        done: row.done,
        seconds_each: schedule::seconds_each(row.median),
        next_on: next_on.filter(|_| left == 0),
    })
}

/// A course that the person is asked about.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its questions that can be asked at present.
    pub questions: i64,
    /// Whether they wait for the end of a test that is under way.
    pub resting: bool,
}

/// The courses that the acting person switched it on for, by title.
pub async fn chosen(tx: &mut Tx) -> Result<Vec<Chosen>, Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let rows = sqlx::query!(
        r#"select c.slug as "slug!", v.title as "title!", count(r.question_id) as "questions!",
                  exists (select from attempt a where a.person_id = $2 and a.course_id = c.id and a.submitted_at is null) as "resting!"
           from recall o join course c on c.id = o.course_id join course_version v on v.id = c.published_version_id
             left join recall_ready r
               on r.organisation_id = o.organisation_id and r.person_id = o.person_id and r.course_id = o.course_id
           where o.organisation_id = $1 and o.person_id = $2
           group by c.id, c.slug, v.title order by v.title collate "pl-x-icu", c.slug"#,
        organisation.0,
        person.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let chosen = rows.into_iter().map(|row| Chosen {
        slug: row.slug,
        title: row.title,
        questions: row.questions,
        resting: row.resting,
    });
    Ok(chosen.collect())
}

/// What the page of a course says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// There is nothing to ask: no test, or none that the person passed.
    None,
    /// It can be switched on.
    Possible,
    /// It is on.
    On,
}

/// Switches it on for the acting person; twice is once.
///
/// Errors: `NotAllowed` without enrolment; `TestFirst` before they have finished the course and passed a test of it, while a test of
/// it is under way, and when its tests have no question that can be asked.
pub async fn switch_on(tx: &mut Tx, proof: &Taken) -> Result<(), Error> {
    if !proof.is_enrolled() {
        return Err(Error::NotAllowed);
    }
    match learn::outline(tx, proof).await?.recall {
        Offer::On => return Ok(()),
        Offer::None => return Err(Error::TestFirst),
        Offer::Possible => {}
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    sqlx::query!(
        "insert into recall (organisation_id, person_id, course_id) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        person.0,
        proof.id().0,
    )
    .execute(tx.connection())
    .await?;
    let questions = sqlx::query_scalar!(
        r#"select count(*) as "questions!" from recall_ready where organisation_id = $1 and person_id = $2 and course_id = $3"#,
        organisation.0,
        person.0,
        proof.id().0,
    )
    .fetch_one(tx.connection())
    .await?;
    // The row goes with the transaction that nobody commits.
    if questions == 0 { Err(Error::TestFirst) } else { Ok(()) }
}

/// How many answers of the acting person are kept for a course, and its title. Errors: `NotFound` when it is not on.
pub async fn kept(tx: &mut Tx, slug: &str) -> Result<(String, i64), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let row = sqlx::query!(
        r#"select v.title as "title!", (select count(*) from recall_card k
                              join recall_answer a on a.organisation_id = k.organisation_id and a.person_id = k.person_id
                                and a.question_id = k.question_id
                            where k.organisation_id = $1 and k.person_id = $2 and k.course_id = c.id) as "answers!"
           from recall o join course c on c.id = o.course_id join course_version v on v.id = c.published_version_id
           where o.organisation_id = $1 and o.person_id = $2 and c.slug = $3"#,
        organisation.0,
        person.0,
        slug,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok((row.title, row.answers))
}

/// Switches it off and deletes all that was kept, also where the person does not take the course any more. Errors: `NotFound` when it
/// is not on.
pub async fn switch_off(tx: &mut Tx, slug: &str) -> Result<(), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let gone = sqlx::query!(
        "delete from recall o using course c
         where c.id = o.course_id and c.slug = $3 and o.organisation_id = $1 and o.person_id = $2",
        organisation.0,
        person.0,
        slug,
    )
    .execute(tx.connection())
    .await?;
    if gone.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Deletes all of it of a person (art. 17 RODO), without anybody having read it.
pub async fn erase(tx: &mut Tx, _: &PeopleAdmin, person: PersonId) -> Result<(), Error> {
    sqlx::query_scalar!(r#"select forget_recall($1) as "courses!""#, person.0)
        .fetch_one(tx.connection())
        .await?;
    // Said whether there was any or not: the audit is read by others.
    Ok(audit::record(tx, "erased_recall", "person", person.0, json!({})).await?)
}
