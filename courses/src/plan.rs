//! Publishing at a day and hour on the wall clock in Warsaw. A job does it, once; when the draft cannot be published by then, or
//! whoever planned it teaches the course no longer, it is refused and they get a letter.

use base::job::{self, JobError};
use base::mail::{self, Letter};
use base::worker::Task;
use base::{PersonId, Tx, audit};
use identity::Problem;
use serde_json::json;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use crate::error::Error;
use crate::find::Taught;
use crate::{CourseId, publish, teacher};

pub use base::job::give_up;

/// The kind of the job; its key is the plan.
pub const KIND: &str = "publish_course";

/// A plan lies within two years.
const FARTHEST: Duration = Duration::days(731);
const TRIES: i32 = 8;

/// Why a plan was refused when its hour came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There was nothing to publish.
    Nothing,
    /// A film was not ready.
    Films,
    /// A test could not be asked.
    Tests,
    /// Grave findings stood in the way.
    Findings,
    /// Nobody had approved the draft.
    Review,
    /// Whoever planned it taught the course no longer.
    Teacher,
    /// The course had been put away.
    Archived,
}

impl Refusal {
    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing_to_publish",
            Self::Films => "films_not_ready",
            Self::Tests => "tests_not_ready",
            Self::Findings => "findings",
            Self::Review => "review_first",
            Self::Teacher => "no_teacher",
            Self::Archived => "archived",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        let all = [
            Self::Nothing,
            Self::Films,
            Self::Tests,
            Self::Findings,
            Self::Review,
            Self::Teacher,
            Self::Archived,
        ];
        all.into_iter().find(|one| one.word() == word)
    }
}

/// How a plan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it was planned.
    Published,
    /// Somebody took it back, or published by hand before.
    Cancelled,
    /// It could not be done.
    Refused(Refusal),
}

/// A plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its id.
    pub id: Uuid,
    /// When it is to be done.
    pub at: OffsetDateTime,
    /// Who planned it.
    pub by: String,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// The newest plan of a course.
pub async fn newest(tx: &mut Tx, proof: &Taught) -> Result<Option<Plan>, Error> {
    let row = sqlx::query!(
        r#"select l.id, l.at, l.outcome, l.refusal, p.given_name || ' ' || p.family_name as "by!"
           from publication_plan l join person p on p.id = l.planned_by
           where l.course_id = $1 order by l.planned_at desc, l.id desc limit 1"#,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Plan {
        id: row.id,
        at: row.at,
        by: row.by,
        outcome: row.outcome.map(|outcome| match outcome.as_str() {
            "published" => Outcome::Published,
            "cancelled" => Outcome::Cancelled,
            _ => Outcome::Refused(
                row.refusal.as_deref().and_then(Refusal::from_word).unwrap_or(Refusal::Nothing),
            ),
        }),
    }))
}

/// The moment of a wall-clock time in Warsaw: `None` for an hour that the change to summer time leaves out. Of an hour that
/// comes twice in autumn it is the first.
pub async fn moment_of(tx: &mut Tx, local: PrimitiveDateTime) -> Result<Option<OffsetDateTime>, Error> {
    let row = sqlx::query!(
        r#"select m.at as "at!", (m.at at time zone 'Europe/Warsaw') = $1 as "there!",
                  ((m.at - interval '1 hour') at time zone 'Europe/Warsaw') = $1 as "twice!"
           from (select $1::timestamp at time zone 'Europe/Warsaw' as at) m"#,
        local
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(row.there.then(|| if row.twice { row.at - Duration::HOUR } else { row.at }))
}

/// Plans to publish the draft as it will be then; a plan from before ends as cancelled.
///
/// Errors: `Invalid` on `at` for an hour that there is not (`Malformed`), that is over (`Taken`) or more than two years ahead.
pub async fn set(tx: &mut Tx, proof: &Taught, local: PrimitiveDateTime) -> Result<(), Error> {
    let at = moment_of(tx, local).await?.ok_or_else(|| Error::field("at", Problem::Malformed))?;
    if at <= tx.now() {
        return Err(Error::field("at", Problem::Taken));
    }
    if at - tx.now() > FARTHEST {
        return Err(Error::field("at", Problem::Unknown));
    }
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, base::id::row_id(tx.now()));
    lock(tx, proof.id()).await?;
    end_open(tx, proof).await?;
    sqlx::query!(
        "insert into publication_plan (id, organisation_id, course_id, at, planned_by) values ($1, $2, $3, $4, $5)",
        id,
        organisation.0,
        proof.id().0,
        at,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    job::enqueue_for(tx, at, KIND, &id.to_string(), TRIES, &json!({ "plan": id })).await?;
    Ok(audit::record(tx, "planned_publication", "course", proof.id().0, json!({ "plan": id })).await?)
}

/// Takes the open plan back. Errors: `NotFound` when there is none.
pub async fn cancel(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    lock(tx, proof.id()).await?;
    if !end_open(tx, proof).await? {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "cancelled_publication", "course", proof.id().0, json!({})).await?)
}

/// Somebody published by hand: there is nothing left to plan.
pub(crate) async fn overtaken(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    end_open(tx, proof).await?;
    Ok(())
}

async fn end_open(tx: &mut Tx, proof: &Taught) -> Result<bool, Error> {
    let person = tx.actor().person().map(|person| person.0);
    let ended = sqlx::query_scalar!(
        "update publication_plan set outcome = 'cancelled', ended_at = moment(), ended_by = $2
         where course_id = $1 and outcome is null returning id",
        proof.id().0,
        person
    )
    .fetch_optional(tx.connection())
    .await?;
    if let Some(id) = ended {
        job::ask_cancel(tx, KIND, &id.to_string()).await?;
    }
    Ok(ended.is_some())
}

async fn lock(tx: &mut Tx, course: CourseId) -> Result<(), Error> {
    sqlx::query!("select 1 as one from course where id = $1 for update", course.0)
        .fetch_one(tx.connection())
        .await?;
    Ok(())
}

/// The letter to whoever planned a publication that was refused.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The receiver's address.
    pub email: String,
    /// The receiver's name.
    pub name: String,
    /// Their language: `pl`, `en` or `uk`.
    pub language: String,
    /// The course.
    pub title: String,
    /// Its name in addresses.
    pub slug: String,
    /// When it was to be published.
    pub at: OffsetDateTime,
    /// Why it was not.
    pub refusal: Refusal,
}

/// The handler of `KIND`; `write` makes the letter. A plan that has ended is left alone, so a job that is done twice publishes once.
pub async fn run<F>(write: F, task: Task) -> Result<(), JobError>
where
    F: Fn(&Notice) -> Letter + Send + Sync,
{
    let id: Uuid = task.held.key.parse().map_err(|_| JobError::Fail("the job names no plan".to_owned()))?;
    let mut tx = task.db.begin(&task.held.actor()).await?;
    if let Some(notice) = carry_out(&mut tx, id).await.map_err(again)? {
        mail::post(&mut tx, &format!("plan {id}"), &write(&notice)).await?;
    }
    task.held.finish(&mut tx).await?;
    Ok(tx.commit().await?)
}

fn again(error: Error) -> JobError {
    JobError::Retry(error.to_string())
}

/// Publishes as planned, or writes down why not; the answer is the letter that is due then.
async fn carry_out(tx: &mut Tx, id: Uuid) -> Result<Option<Notice>, Error> {
    let course = sqlx::query_scalar!("select course_id from publication_plan where id = $1", id)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    // The course first, as everywhere, then the plan.
    lock(tx, CourseId(course)).await?;
    let plan = sqlx::query!(
        r#"select l.at, l.planned_by, c.slug, c.title, c.state, p.language, p.email, p.given_name || ' ' || p.family_name as "name!"
           from publication_plan l join course c on c.id = l.course_id join person p on p.id = l.planned_by
           where l.id = $1 and l.outcome is null and l.at <= moment() for update of l"#,
        id
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(plan) = plan else { return Ok(None) };
    let proof = Taught::made(CourseId(course), plan.slug.clone());
    let planner = PersonId(plan.planned_by);
    let refusal = if !teacher::may_change(tx, CourseId(course), planner).await? {
        Refusal::Teacher
    } else if plan.state == "archived" {
        Refusal::Archived
    } else {
        match publish::publish_for(tx, &proof, planner, publish::Asks::Nothing).await {
            Ok((version, _)) => {
                sqlx::query!(
                    "update publication_plan set outcome = 'published', ended_at = moment(), version_id = $2 where id = $1",
                    id,
                    version.0
                )
                .execute(tx.connection())
                .await?;
                return Ok(None);
            }
            Err(Error::NothingToPublish) => Refusal::Nothing,
            Err(Error::FilmsNotReady) => Refusal::Films,
            Err(Error::TestNotReady) => Refusal::Tests,
            Err(Error::FindingsInTheWay(_)) => Refusal::Findings,
            Err(Error::ReviewFirst) => Refusal::Review,
            Err(error) => return Err(error),
        }
    };
    sqlx::query!(
        "update publication_plan set outcome = 'refused', ended_at = moment(), refusal = $2 where id = $1",
        id,
        refusal.word()
    )
    .execute(tx.connection())
    .await?;
    let detail = json!({ "plan": id, "why": refusal.word() });
    audit::record(tx, "refused_publication", "course", course, detail).await?;
    Ok(plan.email.map(|email| Notice {
        email,
        name: plan.name,
        language: plan.language,
        title: plan.title,
        slug: plan.slug,
        at: plan.at,
        refusal,
    }))
}
