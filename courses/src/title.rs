//! The title and the summary of a course in other languages than its own: learners see them in lists and on pages in the language that
//! they read in. They are frozen with a version like the texts of units.

use base::{Tx, audit};
use identity::FieldProblem;
use serde_json::json;

use crate::VersionId;
use crate::error::{Error, text_problem};
use crate::find::Taught;
use crate::folder::TitleIn;
use crate::translation::{LANGUAGES, original_hash};

/// Most characters of a summary.
const MOST_SUMMARY: usize = 2000;

/// Title and summary in another language.
#[derive(Clone, Debug)]
pub struct Title {
    /// The language.
    pub language: String,
    /// The title in it.
    pub title: String,
    /// The summary in it.
    pub summary: String,
    /// Whether the original has changed since it was translated.
    pub stale: bool,
    /// Rises with every save.
    pub revision: i32,
}

/// The titles of the draft in other languages than the course's.
pub async fn all(tx: &mut Tx, proof: &Taught) -> Result<Vec<Title>, Error> {
    let rows = sqlx::query!(
        "select t.language, t.title, t.summary, t.based_on_hash, t.revision, c.title as original_title, c.summary as original_summary
         from course_translation t join course c on c.id = t.course_id
         where t.course_id = $1 and t.language <> c.language order by t.language",
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let title = rows.into_iter().map(|row| Title {
        stale: row.based_on_hash != original_hash(&row.original_title, &row.original_summary),
        language: row.language,
        title: row.title,
        summary: row.summary,
        revision: row.revision,
    });
    Ok(title.collect())
}

/// What the form holds.
#[derive(Clone, Debug, Default)]
pub struct NewTitle {
    /// Title.
    pub title: String,
    /// Summary; may be empty.
    pub summary: String,
    /// The revision that the form was opened with; 0 for a new one.
    pub revision: i32,
    /// The original that was translated, when the translator says that this follows it; a new one always does.
    pub follows: Option<[u8; 32]>,
}

impl NewTitle {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems: Vec<FieldProblem> = text_problem("title", &self.title, 200).into_iter().collect();
        if !self.summary.trim().is_empty() {
            problems.extend(text_problem("summary", &self.summary, MOST_SUMMARY));
        }
        problems
    }
}

/// Saves title and summary in a language, if nobody saved them meanwhile.
///
/// Errors: `ChangedMeanwhile` (nothing is written), `NotFound` for a language that is the course's own or none of ours, `Invalid`.
pub async fn save(tx: &mut Tx, proof: &Taught, language: &str, new: &NewTitle) -> Result<(), Error> {
    // Whoever publishes at this moment comes before or after, never between.
    let course =
        sqlx::query!("select title, summary, language from course where id = $1 for update", proof.id().0)
            .fetch_one(tx.connection())
            .await?;
    if !LANGUAGES.contains(&language) || course.language == language {
        return Err(Error::NotFound);
    }
    let problems = new.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let follows = new.follows.map(|hash| hash.to_vec());
    let saved = sqlx::query_scalar!(
        "insert into course_translation as t (organisation_id, course_id, language, title, summary, based_on_hash, updated_by)
         select $1, $2, $3, $4, $5, coalesce($6::bytea, $7::bytea), $8 where $9::int = 0 or exists
           (select 1 from course_translation o where o.course_id = $2 and o.language = $3)
         on conflict (course_id, language) do update
           set title = excluded.title, summary = excluded.summary, based_on_hash = coalesce($6::bytea, t.based_on_hash),
               revision = t.revision + 1, updated_by = excluded.updated_by, updated_at = moment()
           where t.revision = $9
         returning revision",
        organisation.0,
        proof.id().0,
        language,
        new.title.trim(),
        new.summary.trim(),
        follows,
        original_hash(&course.title, &course.summary).to_vec(),
        person.0,
        new.revision,
    )
    .fetch_optional(tx.connection())
    .await?;
    if saved.is_none() {
        let now = all(tx, proof).await?.into_iter().find(|title| title.language == language);
        return Err(Error::ChangedMeanwhile(now.map_or(0, |title| title.revision)));
    }
    touch(tx, proof).await?;
    Ok(audit::record(tx, "translated", "course", proof.id().0, json!({ "language": language })).await?)
}

/// Takes title and summary in a language out of the draft. Errors: `NotFound`.
pub async fn remove(tx: &mut Tx, proof: &Taught, language: &str) -> Result<(), Error> {
    let gone = sqlx::query!(
        "delete from course_translation where course_id = $1 and language = $2",
        proof.id().0,
        language,
    )
    .execute(tx.connection())
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    touch(tx, proof).await?;
    let detail = json!({ "language": language });
    Ok(audit::record(tx, "removed_translation", "course", proof.id().0, detail).await?)
}

async fn touch(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    sqlx::query!("update course set updated_at = moment() where id = $1", proof.id().0)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Makes the titles of the draft equal to those of a folder; what is the same stays as it is. One that is said to be outdated stays, or
/// becomes, older than the original.
pub(crate) async fn replace(tx: &mut Tx, proof: &Taught, wanted: &[TitleIn]) -> Result<(), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let course = sqlx::query!("select title, summary from course where id = $1 for update", proof.id().0)
        .fetch_one(tx.connection())
        .await?;
    let original = original_hash(&course.title, &course.summary).to_vec();
    let languages: Vec<String> = wanted.iter().map(|one| one.language.clone()).collect();
    let gone = sqlx::query!(
        "delete from course_translation where course_id = $1 and language <> all ($2::text[])",
        proof.id().0,
        &languages,
    )
    .execute(tx.connection())
    .await?;
    let mut changed = gone.rows_affected();
    for one in wanted {
        let written = sqlx::query!(
            "insert into course_translation as t (organisation_id, course_id, language, title, summary, based_on_hash, updated_by)
             values ($1, $2, $3, $4, $5, case when $6::bool then decode(repeat('00', 32), 'hex') else $7::bytea end, $8)
             on conflict (course_id, language) do update
               set title = excluded.title, summary = excluded.summary, revision = t.revision + 1, updated_by = excluded.updated_by,
                   updated_at = moment(),
                   based_on_hash = case when $6 and t.based_on_hash <> $7 then t.based_on_hash else excluded.based_on_hash end
               where (t.title, t.summary, t.based_on_hash <> $7) is distinct from (excluded.title, excluded.summary, $6)",
            organisation.0,
            proof.id().0,
            one.language,
            one.title,
            one.summary,
            one.outdated,
            original,
            person.0,
        )
        .execute(tx.connection())
        .await?;
        changed += written.rows_affected();
    }
    if changed > 0 {
        touch(tx, proof).await?;
    }
    Ok(())
}

/// Gives a copy of the course its titles. The copy has a title of its own, so they count as older than the original.
pub(crate) async fn copy(tx: &mut Tx, from: &Taught, to: &Taught) -> Result<(), Error> {
    let person = tx.person()?;
    sqlx::query!(
        "insert into course_translation (organisation_id, course_id, language, title, summary, based_on_hash, updated_by)
         select organisation_id, $2, language, title, summary, based_on_hash, $3 from course_translation where course_id = $1",
        from.id().0,
        to.id().0,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Freezes the titles of the draft with a version.
pub(crate) async fn freeze(tx: &mut Tx, proof: &Taught, version: VersionId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    for title in all(tx, proof).await? {
        sqlx::query!(
            "insert into version_title (organisation_id, version_id, language, title, summary, stale) values ($1, $2, $3, $4, $5, $6)",
            organisation.0,
            version.0,
            title.language,
            title.title,
            title.summary,
            title.stale,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}
