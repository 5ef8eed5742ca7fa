//! The test of a unit in the draft: its settings, and its questions out of the bank of the course. Saving adds a version of
//! every question that changed; publishing freezes which versions a test has.

use base::id::row_id;
use base::{Tx, audit};
use serde_json::{Value, json};
use uuid::Uuid;

use super::pool;
use super::question::Question;
use super::settings::{MOST_QUESTIONS, Settings};
use crate::error::Error;
use crate::find::Taught;
use crate::outline;
use crate::{UnitId, VersionId};

/// The test of a unit as its author edits it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// How it is taken.
    pub settings: Settings,
    /// Its questions, in order.
    pub questions: Vec<Question>,
    /// Rises with every save; given back with the form.
    pub revision: i32,
}

/// The test of a unit; `None` when it has none.
pub async fn draft(
    tx: &mut Tx,
    proof: &Taught,
    unit: UnitId,
) -> Result<Option<(Settings, Vec<Question>)>, Error> {
    Ok(draft_in_full(tx, proof, unit).await?.map(|draft| (draft.settings, draft.questions)))
}

/// The same with its revision.
pub async fn draft_in_full(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<Option<Draft>, Error> {
    let head = sqlx::query!(
        "select settings, revision from quiz where unit_id = $1 and course_id = $2 and removed_at is null",
        unit.0,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(head) = head else { return Ok(None) };
    let bodies = sqlx::query_scalar!(
        r#"select v.body from quiz_question q
             join lateral (select body from question_version where question_id = q.question_id
                           order by number desc limit 1) v on true
           where q.unit_id = $1 order by q.position"#,
        unit.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(Some(Draft {
        settings: read(head.settings)?,
        questions: bodies.into_iter().map(read).collect::<Result<_, _>>()?,
        revision: head.revision,
    }))
}

/// What was kept, back as a value. Errors: `Database` when the row was written by a newer program.
pub(crate) fn read<T: serde::de::DeserializeOwned>(kept: Value) -> Result<T, Error> {
    serde_json::from_value(kept).map_err(|error| Error::Database(sqlx::Error::Decode(Box::new(error))))
}

/// A value as it is kept.
pub(crate) fn kept(value: &impl serde::Serialize) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|error| Error::Database(sqlx::Error::Encode(Box::new(error))))
}

/// The units of the draft that have a test.
pub async fn units(tx: &mut Tx, proof: &Taught) -> Result<Vec<UnitId>, Error> {
    let ids = sqlx::query_scalar!(
        "select q.unit_id from quiz q join unit u on u.id = q.unit_id and u.removed_at is null
         where q.course_id = $1 and q.removed_at is null",
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(ids.into_iter().map(UnitId).collect())
}

/// The tests of the draft, unit by unit: settings and questions in order.
pub(crate) async fn drafts(
    tx: &mut Tx,
    proof: &Taught,
) -> Result<Vec<(UnitId, Settings, Vec<Question>)>, Error> {
    let rows = sqlx::query!(
        r#"select z.unit_id, z.settings, v.body as "body?"
           from quiz z join unit u on u.id = z.unit_id and u.removed_at is null
             left join quiz_question q on q.unit_id = z.unit_id
             left join lateral (select body from question_version where question_id = q.question_id
                                order by number desc limit 1) v on true
           where z.course_id = $1 and z.removed_at is null order by z.unit_id, q.position"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let mut tests: Vec<(UnitId, Settings, Vec<Question>)> = Vec::new();
    for row in rows {
        let unit = UnitId(row.unit_id);
        if tests.last().is_none_or(|test| test.0 != unit) {
            tests.push((unit, read(row.settings)?, Vec::new()));
        }
        if let (Some(test), Some(body)) = (tests.last_mut(), row.body) {
            test.2.push(read(body)?);
        }
    }
    Ok(tests)
}

/// The questions of the whole course, by key: those that no test has any more too.
pub async fn bank(tx: &mut Tx, proof: &Taught) -> Result<Vec<Question>, Error> {
    let bodies = sqlx::query_scalar!(
        r#"select v.body from question q
             join lateral (select body from question_version where question_id = q.id order by number desc limit 1) v on true
           where q.course_id = $1 order by q.key"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    bodies.into_iter().map(read).collect()
}

/// Saves the test of a unit, whatever it was before. A question whose key the course knows is the same question: it gets a
/// new version when it reads differently, in every test that has it.
///
/// Errors: `NotFound` without such a unit; `Invalid` on `questions` when two have one key or there are too many; `TestNotReady` when
/// a question or the settings have a flaw (`Question::flaws`, `Settings::flaws` name each).
pub async fn save_draft(
    tx: &mut Tx,
    proof: &Taught,
    unit: UnitId,
    settings: &Settings,
    questions: &[Question],
) -> Result<(), Error> {
    save(tx, proof, unit, None, (settings, questions)).await.map(|_| ())
}

/// The same if nobody saved it since `revision` (0: there was none); answers the new revision.
///
/// Errors: `ChangedMeanwhile`; those of [`save_draft`].
pub async fn save_draft_since(
    tx: &mut Tx,
    proof: &Taught,
    unit: UnitId,
    revision: i32,
    test: (&Settings, &[Question]),
) -> Result<i32, Error> {
    save(tx, proof, unit, Some(revision), test).await
}

async fn save(
    tx: &mut Tx,
    proof: &Taught,
    unit: UnitId,
    since: Option<i32>,
    (settings, questions): (&Settings, &[Question]),
) -> Result<i32, Error> {
    let mut keys: Vec<&str> = questions.iter().map(|question| question.key.as_str()).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::field("questions", identity::Problem::Taken));
    }
    if questions.len() > MOST_QUESTIONS {
        return Err(Error::field("questions", identity::Problem::TooLong(MOST_QUESTIONS)));
    }
    if !settings.flaws().is_empty() || questions.iter().any(|question| !question.flaws().is_empty()) {
        return Err(Error::TestNotReady);
    }
    // The lock on the course makes changes of one course's tests wait for each other.
    outline::touch(tx, proof).await?;
    outline::unit(tx, proof, unit).await?;
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let now = current(tx, unit).await?;
    if since.is_some_and(|since| since != now) {
        return Err(Error::ChangedMeanwhile(now));
    }
    let revision = sqlx::query_scalar!(
        "insert into quiz (unit_id, organisation_id, course_id, settings, updated_by) values ($1, $2, $3, $4, $5)
         on conflict (unit_id) do update set settings = excluded.settings, updated_by = excluded.updated_by,
           updated_at = moment(), removed_at = null, revision = quiz.revision + 1
         returning revision",
        unit.0,
        organisation.0,
        proof.id().0,
        kept(settings)?,
        person.0,
    )
    .fetch_one(tx.connection())
    .await?;
    let ids = keep_questions(tx, proof, questions).await?;
    sqlx::query!("delete from quiz_question where unit_id = $1", unit.0).execute(tx.connection()).await?;
    sqlx::query!(
        "insert into quiz_question (organisation_id, unit_id, position, question_id)
         select $1, $2, g.at::int, g.id from unnest($3::uuid[]) with ordinality g (id, at)",
        organisation.0,
        unit.0,
        &ids,
    )
    .execute(tx.connection())
    .await?;
    let detail = json!({ "revision": revision, "questions": questions.len() });
    audit::record(tx, "saved", "quiz", unit.0, detail).await?;
    Ok(revision)
}

async fn current(tx: &mut Tx, unit: UnitId) -> Result<i32, Error> {
    let row = sqlx::query_scalar!(
        "select case when removed_at is null then revision else 0 end as \"revision!\" from quiz where unit_id = $1",
        unit.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.unwrap_or(0))
}

/// Puts questions into the bank of the course; answers their ids in the same order.
pub(super) async fn keep_questions(
    tx: &mut Tx,
    proof: &Taught,
    questions: &[Question],
) -> Result<Vec<Uuid>, Error> {
    let (organisation, person, now) = (tx.organisation()?, tx.person()?, tx.now());
    let fresh: Vec<Uuid> = questions.iter().map(|_| row_id(now)).collect();
    let versions: Vec<Uuid> = questions.iter().map(|_| row_id(now)).collect();
    let keys: Vec<String> = questions.iter().map(|question| question.key.clone()).collect();
    let bodies: Vec<Value> = questions.iter().map(kept).collect::<Result<_, _>>()?;
    sqlx::query!(
        "insert into question (id, organisation_id, course_id, key, tags)
         select g.id, $1, $2, g.key, array(select jsonb_array_elements_text(g.body -> 'tags'))
         from unnest($3::uuid[], $4::text[], $5::jsonb[]) g (id, key, body)
         on conflict (course_id, key) do update set tags = excluded.tags",
        organisation.0,
        proof.id().0,
        &fresh,
        &keys,
        &bodies,
    )
    .execute(tx.connection())
    .await
    .map_err(|error| match &error {
        sqlx::Error::Database(database) if database.is_check_violation() => {
            Error::field("questions", identity::Problem::Malformed)
        }
        _ => Error::Database(error),
    })?;
    sqlx::query!(
        "insert into question_version (id, organisation_id, question_id, number, body, created_by)
         select g.id, $1, q.id, coalesce(l.number, 0) + 1, g.body, $3
         from unnest($4::uuid[], $5::text[], $6::jsonb[]) g (id, key, body)
           join question q on q.course_id = $2 and q.key = g.key
           left join lateral (select number, body from question_version where question_id = q.id
                              order by number desc limit 1) l on true
         where l.body is distinct from g.body",
        organisation.0,
        proof.id().0,
        person.0,
        &versions,
        &keys,
        &bodies,
    )
    .execute(tx.connection())
    .await?;
    Ok(sqlx::query_scalar!(
        "select q.id from unnest($2::text[]) with ordinality g (key, at)
           join question q on q.course_id = $1 and q.key = g.key order by g.at",
        proof.id().0,
        &keys,
    )
    .fetch_all(tx.connection())
    .await?)
}

/// Takes the test out of the draft. Published versions, attempts and the bank stay. Errors: `NotFound`.
pub async fn remove_draft(tx: &mut Tx, proof: &Taught, unit: UnitId) -> Result<(), Error> {
    outline::touch(tx, proof).await?;
    let gone = sqlx::query!(
        "update quiz set removed_at = moment(), updated_at = moment() where unit_id = $1 and course_id = $2 and removed_at is null",
        unit.0,
        proof.id().0
    )
    .execute(tx.connection())
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "removed", "quiz", unit.0, json!({})).await?)
}

/// Titles of units whose test differs from the newest version's, in order.
pub(crate) async fn changed(tx: &mut Tx, proof: &Taught, version: VersionId) -> Result<Vec<String>, Error> {
    let titles = sqlx::query_scalar!(
        r#"with drafted as (
             select q.unit_id, q.settings, (select array_agg(v.id order by p.position) from quiz_question p
               join lateral (select id from question_version where question_id = p.question_id
                             order by number desc limit 1) v on true where p.unit_id = q.unit_id) as questions,
               (select array_agg(v.id order by v.id) from quiz_pool p
                  join lateral (select id from question_version where question_id = p.question_id
                                order by number desc limit 1) v on true where p.unit_id = q.unit_id) as pool
             from quiz q where q.course_id = $1 and q.removed_at is null),
           shown as (
             select s.unit_id, s.settings, array_agg(p.question_version_id order by p.position) filter (where not p.from_bank) as questions,
               array_agg(p.question_version_id order by p.question_version_id) filter (where p.from_bank) as pool
             from version_quiz s
               left join version_quiz_question p on p.version_id = s.version_id and p.unit_id = s.unit_id
             where s.version_id = $2 group by s.unit_id, s.settings)
           select u.title from drafted d full join shown s on s.unit_id = d.unit_id
             join unit u on u.id = coalesce(d.unit_id, s.unit_id) and u.removed_at is null
             join version_unit v on v.version_id = $2 and v.unit_id = u.id
           where (d.settings, d.questions, d.pool) is distinct from (s.settings, s.questions, s.pool) order by v.position"#,
        proof.id().0,
        version.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(titles)
}

/// Freezes the tests of the units that a version has. Errors: `TestNotReady`.
pub(crate) async fn freeze(tx: &mut Tx, proof: &Taught, version: VersionId) -> Result<(), Error> {
    if !pool::unfit(tx, proof).await?.is_empty() {
        return Err(Error::TestNotReady);
    }
    let organisation = tx.organisation()?;
    sqlx::query!(
        "insert into version_quiz (organisation_id, version_id, unit_id, settings)
         select $1, $2, q.unit_id, q.settings from quiz q
           join version_unit u on u.version_id = $2 and u.unit_id = q.unit_id
         where q.course_id = $3 and q.removed_at is null",
        organisation.0,
        version.0,
        proof.id().0,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "insert into version_quiz_question (organisation_id, version_id, unit_id, position, question_version_id)
         select $1, $2, q.unit_id, q.position, v.id from quiz_question q
           join version_quiz z on z.version_id = $2 and z.unit_id = q.unit_id
           join lateral (select id from question_version where question_id = q.question_id
                         order by number desc limit 1) v on true",
        organisation.0,
        version.0,
    )
    .execute(tx.connection())
    .await?;
    // What there is to draw from, as it reads now: whatever becomes of the bank, this version draws from it.
    sqlx::query!(
        "insert into version_quiz_question (organisation_id, version_id, unit_id, position, question_version_id, from_bank)
         select $1, $2, p.unit_id,
                (select count(*) from quiz_question k where k.unit_id = p.unit_id)::int
                  + (row_number() over (partition by p.unit_id order by p.key))::int,
                v.id, true
         from quiz_pool p
           join version_quiz z on z.version_id = $2 and z.unit_id = p.unit_id
           join lateral (select id from question_version where question_id = p.question_id
                         order by number desc limit 1) v on true",
        organisation.0,
        version.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
