//! Before a test, and beginning it: what it asks, what is left, and one attempt at a time, whichever tab is quicker.

use base::{Tx, job};
use identity::accommodation::{self, Accommodation};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::attempt::{GRACE_SECONDS, Line};
use super::finish;
use super::settings::Settings;
use super::store::read;
use crate::error::Error;
use crate::find::Taken;
use crate::{AttemptId, UnitId, learn};

/// The test of a unit, before an attempt.
#[derive(Clone, Debug)]
pub struct Test {
    /// The unit.
    pub unit: UnitId,
    /// Its title.
    pub title: String,
    /// How it is taken.
    pub settings: Settings,
    /// How many questions are asked.
    pub questions: usize,
    /// Seconds that this person has; `None`: no limit.
    pub seconds: Option<i64>,
    /// What the person is granted.
    pub granted: Accommodation,
    /// The attempts in this cycle, the newest first.
    pub attempts: Vec<Line>,
    /// Whether the unit was opened in this cycle.
    pub opened: bool,
    /// Language of the course.
    pub language: String,
    /// The language that the person chose to read the course in; `None`: that of their pages.
    pub reading: Option<String>,
    /// The tags of the test's own questions, and of those that it draws from the bank.
    own: Vec<Vec<String>>,
    bank: Vec<Vec<String>>,
    /// In which languages beside the course's each question that it can ask has words.
    languages: Vec<Vec<String>>,
    /// The ids of the versions of all of them, in that order.
    pool_ids: Vec<Uuid>,
}

impl Test {
    /// Attempts that are left; `None`: any number.
    pub fn left(&self) -> Option<usize> {
        self.settings.attempts.map(|most| usize::from(most).saturating_sub(self.attempts.len()))
    }

    /// The attempt that has not ended.
    pub fn open(&self) -> Option<&Line> {
        self.attempts.iter().find(|line| line.submitted_at.is_none())
    }

    /// Whether one of the attempts passed.
    pub fn passed(&self) -> bool {
        self.attempts.iter().any(|line| line.passed == Some(true))
    }

    /// Questions without words in the language that the person reads the course in: they are asked in the course's. `pages`: the language
    /// of their pages. Nothing to somebody who reads it in its own language.
    pub fn untranslated(&self, pages: &str) -> Untranslated {
        let reading = self.reading.as_deref().unwrap_or(pages);
        let without = self.languages.iter().filter(|all| !all.iter().any(|code| code == reading)).count();
        if reading == self.language || without == 0 {
            Untranslated::Nothing
        } else if without == self.languages.len() {
            Untranslated::All
        } else {
            Untranslated::Part
        }
    }

    /// Whether the unit has to be read before.
    pub fn unit_first(&self) -> bool {
        !self.settings.pretest && !self.opened
    }
}

/// How much of a test is not in the language that somebody reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untranslated {
    /// Every question is in it.
    Nothing,
    /// Some questions are not.
    Part,
    /// No question is.
    All,
}

/// The test of a unit of the published version, and the acting person's attempts. What ran out of time is ended first.
///
/// Errors: `NotFound` when the unit has none.
pub async fn test(tx: &mut Tx, proof: &Taken, slug: &str) -> Result<Test, Error> {
    let person = tx.person()?;
    let rows = sqlx::query!(
        r#"select u.unit_id, u.title, z.settings, p.unit_id is not null as "opened!", c.language, r.language as "reading?",
                  v.id as "question?", coalesce(v.body -> 'tags', '[]') as "tags!", coalesce(q.from_bank, false) as "from_bank!",
                  array(select t.language from version_question_text t
                        where t.version_id = u.version_id and t.question_version_id = v.id) as "languages!"
           from version_unit u join version_quiz z on z.version_id = u.version_id and z.unit_id = u.unit_id
             join course_version c on c.id = u.version_id
             left join reading_language r on r.person_id = $3 and r.course_id = $5
             left join progress p on p.person_id = $3 and p.unit_id = u.unit_id and p.cycle = $4
             left join version_quiz_question q on q.version_id = u.version_id and q.unit_id = u.unit_id
             left join question_version v on v.id = q.question_version_id
           where u.version_id = $1 and u.slug = $2 order by q.position"#,
        proof.version().0,
        slug,
        person.0,
        proof.cycle(),
        proof.id().0,
    )
    .fetch_all(tx.connection())
    .await?;
    let head = rows.first().ok_or(Error::NotFound)?;
    let (unit, title, opened) = (UnitId(head.unit_id), head.title.clone(), head.opened);
    let (language, reading) = (head.language.clone(), head.reading.clone());
    let settings: Settings = read(head.settings.clone())?;
    // The rows of the bank come behind the others.
    let (mut own, mut bank, mut languages, mut pool_ids) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let Some(question) = row.question else { continue };
        pool_ids.push(question);
        languages.push(row.languages);
        (if row.from_bank { &mut bank } else { &mut own }).push(read::<Vec<String>>(row.tags)?);
    }
    let granted = accommodation::own(tx).await?;
    Ok(Test {
        unit,
        title,
        questions: settings.asked_of(&own, &bank, 0).len(),
        seconds: settings.minutes.and_then(|minutes| granted.seconds(minutes.into())),
        granted,
        attempts: closed(tx, proof, unit).await?,
        settings,
        opened,
        language,
        reading,
        own,
        bank,
        languages,
        pool_ids,
    })
}

/// The acting person's attempts in this cycle; what ran out of time is ended first.
async fn closed(tx: &mut Tx, proof: &Taken, unit: UnitId) -> Result<Vec<Line>, Error> {
    let (lines, over) = attempts(tx, proof, unit).await?;
    if over.is_empty() {
        return Ok(lines);
    }
    for id in over {
        finish::close_if_over(tx, id).await?;
    }
    Ok(attempts(tx, proof, unit).await?.0)
}

/// The attempts in this cycle, the newest first, and those of any cycle whose time ran out before they ended.
async fn attempts(tx: &mut Tx, proof: &Taken, unit: UnitId) -> Result<(Vec<Line>, Vec<AttemptId>), Error> {
    let person = tx.person()?;
    let rows = sqlx::query!(
        r#"select id, cycle, number, started_at, submitted_at, by_time, score, passed,
                  submitted_at is null and coalesce(moment() > ends_at + make_interval(secs => $3), false) as "over!"
           from attempt where person_id = $1 and unit_id = $2 order by number desc"#,
        person.0,
        unit.0,
        GRACE_SECONDS as f64,
    )
    .fetch_all(tx.connection())
    .await?;
    let over = rows.iter().filter(|row| row.over).map(|row| AttemptId(row.id)).collect();
    let lines = rows.into_iter().filter(|row| row.cycle == proof.cycle()).map(|row| Line {
        id: AttemptId(row.id),
        number: row.number,
        started_at: row.started_at,
        submitted_at: row.submitted_at,
        by_time: row.by_time,
        score: row.score.and_then(|score| u16::try_from(score).ok()),
        passed: row.passed,
    });
    Ok((lines.collect(), over))
}

/// Begins an attempt, or answers the one that is open already.
///
/// Errors: `NotFound` without a test; `NotAllowed` without enrolment; `UnitFirst`, `NoAttemptLeft`.
pub async fn start(tx: &mut Tx, proof: &Taken, slug: &str) -> Result<AttemptId, Error> {
    if !proof.is_enrolled() {
        return Err(Error::NotAllowed);
    }
    let test = test(tx, proof, slug).await?;
    if let Some(open) = test.open() {
        return Ok(open.id);
    }
    if test.unit_first() {
        return Err(Error::UnitFirst);
    }
    if test.left() == Some(0) {
        return Err(Error::NoAttemptLeft);
    }
    learn::open(tx, proof, test.unit).await?;
    let Some((id, seed, ends_at)) = insert(tx, proof, &test).await? else {
        // Another tab was quicker; its row is there now.
        let line =
            attempts(tx, proof, test.unit).await?.0.into_iter().find(|line| line.submitted_at.is_none());
        return line.map(|line| line.id).ok_or(Error::NoAttemptLeft);
    };
    let organisation = tx.organisation()?;
    let asked = test.settings.asked_of(&test.own, &test.bank, seed);
    let asked: Vec<Uuid> = asked.into_iter().map(|at| test.pool_ids[at]).collect();
    sqlx::query!(
        "insert into attempt_question (organisation_id, attempt_id, position, question_version_id)
         select $1, $2, g.at::int, g.id from unnest($3::uuid[]) with ordinality g (id, at)",
        organisation.0,
        id.0,
        &asked,
    )
    .execute(tx.connection())
    .await?;
    let person = tx.person()?;
    sqlx::query!(
        "insert into attempt_step (organisation_id, attempt_id, number, kind, by_id) values ($1, $2, 1, 'started', $3)",
        organisation.0,
        id.0,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    if let Some(end) = ends_at {
        ask_to_close(tx, id, end).await?;
    }
    Ok(id)
}

async fn insert(
    tx: &mut Tx,
    proof: &Taken,
    test: &Test,
) -> Result<Option<(AttemptId, u64, Option<OffsetDateTime>)>, Error> {
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, AttemptId::new(tx.now()));
    // Random, and not made of the id: who knows the seed knows in which order the author wrote.
    let row = sqlx::query!(
        "insert into attempt (id, organisation_id, course_id, unit_id, person_id, version_id, cycle, number, number_most,
                              seed, ends_at, break_left_seconds, steps)
         select $1, $2, $3, $4, $5, $6, $7, coalesce(max(number), 0) + 1, $8,
                ('x' || translate(substr(gen_random_uuid()::text, 20), '-', ''))::bit(64)::bigint,
                moment() + make_interval(secs => $9), $10, 1
         from attempt where person_id = $5 and unit_id = $4 and cycle = $7
         on conflict do nothing returning seed, ends_at",
        id.0,
        organisation.0,
        proof.id().0,
        test.unit.0,
        person.0,
        proof.version().0,
        proof.cycle(),
        test.settings.attempts.map(i32::from),
        test.seconds.map(|seconds| seconds as f64),
        if test.seconds.is_some() { test.granted.break_minutes * 60 } else { 0 },
    )
    .fetch_optional(tx.connection())
    .await
    .map_err(|error| match &error {
        sqlx::Error::Database(database) if database.constraint() == Some("attempts_used_up") => {
            Error::NoAttemptLeft
        }
        _ => Error::Database(error),
    })?;
    Ok(row.map(|row| (id, row.seed.cast_unsigned(), row.ends_at)))
}

/// Asks for the job that ends the attempt when its time has run out.
pub(crate) async fn ask_to_close(tx: &mut Tx, id: AttemptId, end: OffsetDateTime) -> Result<(), Error> {
    let due = end + Duration::seconds(GRACE_SECONDS + 2);
    let key = format!("{id} {}", due.unix_timestamp());
    Ok(job::enqueue_for(tx, due, finish::KIND, &key, 10, &json!({ "attempt": id })).await?)
}
