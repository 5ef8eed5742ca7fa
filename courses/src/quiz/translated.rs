//! Questions in other languages than the course's, as they are kept: in the draft, frozen with a version, in copies. A version holds
//! only words that follow the question as it has it: other words could say something else than the key.

use std::collections::{BTreeSet, HashMap};

use base::{Tx, audit};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::pool;
use super::question::Question;
use super::store::{self, kept, read};
use super::wording::Texts;
use crate::error::Error;
use crate::find::Taught;
use crate::outline;
use crate::translation::LANGUAGES;
use crate::{UnitId, VersionId};

/// A question in another language.
#[derive(Clone, Debug)]
pub struct Translated {
    /// The question as it reads now.
    pub question: Question,
    /// The language.
    pub language: String,
    /// Its words in it.
    pub texts: Texts,
    /// Whether the question's own words have changed since.
    pub stale: bool,
    /// Rises with every save.
    pub revision: i32,
}

impl Translated {
    /// Whether learners may read it: it is whole and follows the question.
    pub fn is_fit(&self) -> bool {
        !self.stale && self.question.flaws_in(&self.texts).is_empty()
    }
}

/// The words of the questions of a course in other languages than its own, by key and language.
pub async fn all(tx: &mut Tx, proof: &Taught) -> Result<Vec<Translated>, Error> {
    let rows = sqlx::query!(
        r#"select t.language, t.texts as "texts!: Json<Texts>", t.based_on_hash, t.revision, v.body as "body!"
           from question_text t join question q on q.id = t.question_id join course c on c.id = q.course_id
             join lateral (select body from question_version where question_id = q.id order by number desc limit 1) v on true
           where q.course_id = $1 and t.language <> c.language order by q.key, t.language"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let question: Question = read(row.body)?;
        all.push(Translated {
            stale: row.based_on_hash != question.texts_hash(),
            question,
            language: row.language,
            texts: row.texts.0,
            revision: row.revision,
        });
    }
    Ok(all)
}

/// A question in a language, when it has words in it.
pub async fn one(
    tx: &mut Tx,
    proof: &Taught,
    key: &str,
    language: &str,
) -> Result<Option<Translated>, Error> {
    let all = all(tx, proof).await?;
    Ok(all.into_iter().find(|one| one.question.key == key && one.language == language))
}

/// What the form of a translation holds.
#[derive(Clone, Debug, Default)]
pub struct NewTexts {
    /// The words, by field; others than the question's are left out.
    pub texts: Texts,
    /// The revision that the form was opened with; 0 for a new translation.
    pub revision: i32,
    /// The question that was translated (`Question::texts_hash`), when the translator says that the words follow it; new ones always do.
    pub follows: Option<[u8; 32]>,
}

/// Saves the words of a question in a language, if nobody saved them meanwhile.
///
/// Errors: `ChangedMeanwhile` (nothing is written); `NotFound` for a question that the course has not, and for a language that is the
/// course's own or none of ours; `TestNotReady` when `Question::flaws_in` has something to say.
pub async fn save(
    tx: &mut Tx,
    proof: &Taught,
    key: &str,
    language: &str,
    new: &NewTexts,
) -> Result<(), Error> {
    // The lock on the course: whoever publishes or saves a test at this moment comes before or after, never between.
    outline::touch(tx, proof).await?;
    let of_course = sqlx::query_scalar!("select language from course where id = $1", proof.id().0)
        .fetch_one(tx.connection())
        .await?;
    if !LANGUAGES.contains(&language) || of_course == language {
        return Err(Error::NotFound);
    }
    let bank = store::bank(tx, proof).await?;
    let question = bank.into_iter().find(|question| question.key == key).ok_or(Error::NotFound)?;
    let texts = question.tidy_texts(&new.texts);
    if !question.flaws_in(&texts).is_empty() {
        return Err(Error::TestNotReady);
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let saved = sqlx::query_scalar!(
        "insert into question_text as t (organisation_id, question_id, language, texts, based_on_hash, updated_by)
         select $1::uuid, q.id, $3::text, $4::jsonb, coalesce($5::bytea, $6::bytea), $7::uuid from question q
         where q.course_id = $2 and q.key = $8 and ($9::int = 0 or exists
           (select 1 from question_text o where o.question_id = q.id and o.language = $3))
         on conflict (question_id, language) do update
           set texts = excluded.texts, based_on_hash = coalesce($5::bytea, t.based_on_hash), revision = t.revision + 1,
               updated_by = excluded.updated_by, updated_at = moment()
           where t.revision = $9
         returning question_id",
        organisation.0,
        proof.id().0,
        language,
        kept(&texts)?,
        new.follows.map(|hash| hash.to_vec()),
        question.texts_hash().to_vec(),
        person.0,
        key,
        new.revision,
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(id) = saved else {
        let now = one(tx, proof, key, language).await?.map_or(0, |one| one.revision);
        return Err(Error::ChangedMeanwhile(now));
    };
    Ok(audit::record(tx, "translated", "question", id, json!({ "language": language })).await?)
}

/// Takes the words in a language out of the draft. Errors: `NotFound`.
pub async fn remove(tx: &mut Tx, proof: &Taught, key: &str, language: &str) -> Result<(), Error> {
    outline::touch(tx, proof).await?;
    let gone = sqlx::query_scalar!(
        "delete from question_text t using question q
         where q.id = t.question_id and q.course_id = $1 and q.key = $2 and t.language = $3 returning t.question_id",
        proof.id().0,
        key,
        language,
    )
    .fetch_optional(tx.connection())
    .await?;
    let id = gone.ok_or(Error::NotFound)?;
    Ok(audit::record(tx, "removed_translation", "question", id, json!({ "language": language })).await?)
}

/// Freezes the words of the draft with a version whose tests are frozen.
pub(crate) async fn freeze(tx: &mut Tx, proof: &Taught, version: VersionId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let fit: Vec<Translated> = all(tx, proof).await?.into_iter().filter(Translated::is_fit).collect();
    let keys: Vec<String> = fit.iter().map(|one| one.question.key.clone()).collect();
    let languages: Vec<String> = fit.iter().map(|one| one.language.clone()).collect();
    let texts: Vec<Value> = fit.iter().map(|one| kept(&one.texts)).collect::<Result<_, _>>()?;
    sqlx::query!(
        "insert into version_question_text (organisation_id, version_id, question_version_id, language, texts)
         select $1::uuid, $2::uuid, b.id, g.language, g.texts
         from unnest($4::text[], $5::text[], $6::jsonb[]) g (key, language, texts)
           join question q on q.course_id = $3 and q.key = g.key
           join question_version b on b.question_id = q.id
         where exists (select from version_quiz_question p where p.version_id = $2 and p.question_version_id = b.id)",
        organisation.0,
        version.0,
        proof.id().0,
        &keys,
        &languages,
        &texts,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Key, language and words.
type Said = (String, String, Texts);

/// Titles of the units that stay and the questions of whose tests, those included that they draw from the bank, read otherwise in another
/// language than in a version.
pub(crate) async fn changed(tx: &mut Tx, proof: &Taught, version: VersionId) -> Result<Vec<String>, Error> {
    let frozen = sqlx::query!(
        r#"select p.unit_id, q.key, t.language, t.texts as "texts!: Json<Texts>"
           from version_question_text t
             join version_quiz_question p on p.version_id = t.version_id and p.question_version_id = t.question_version_id
             join question_version b on b.id = t.question_version_id join question q on q.id = b.question_id
           where t.version_id = $1"#,
        version.0
    )
    .fetch_all(tx.connection())
    .await?;
    let mut before: HashMap<Uuid, BTreeSet<Said>> = HashMap::new();
    for row in frozen {
        before.entry(row.unit_id).or_default().insert((row.key, row.language, row.texts.0));
    }
    let fit: Vec<Translated> = all(tx, proof).await?.into_iter().filter(Translated::is_fit).collect();
    if fit.is_empty() && before.is_empty() {
        return Ok(Vec::new());
    }
    let mut now: HashMap<Uuid, BTreeSet<Said>> = HashMap::new();
    for (unit, keys) in pool::keys(tx, proof).await? {
        for one in fit.iter().filter(|one| keys.contains(&one.question.key)) {
            let said = (one.question.key.clone(), one.language.clone(), one.texts.clone());
            now.entry(unit.0).or_default().insert(said);
        }
    }
    let units = sqlx::query!(
        "select u.id, u.title from unit u join version_unit v on v.unit_id = u.id and v.version_id = $2
         where u.course_id = $1 and u.removed_at is null order by v.position",
        proof.id().0,
        version.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let differs = units.into_iter().filter(|unit| now.get(&unit.id) != before.get(&unit.id));
    Ok(differs.map(|unit| unit.title).collect())
}

/// Gives questions of a course the words of questions of another one: `pairs` has the key there and the question here. Words that
/// followed their question follow it here; what a question has here already stays.
///
/// `said`: the words as they are said here, where pictures may have other names.
pub(super) async fn copy(
    tx: &mut Tx,
    (from, to): (&Taught, &Taught),
    pairs: &[(String, Question)],
    said: impl Fn(Texts) -> Result<Texts, Error>,
) -> Result<(), Error> {
    if from.id() == to.id() {
        return Ok(());
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    for one in all(tx, from).await? {
        let Some((_, question)) = pairs.iter().find(|(key, _)| *key == one.question.key) else { continue };
        let follows = if one.stale { [0; 32] } else { question.texts_hash() };
        sqlx::query!(
            "insert into question_text (organisation_id, question_id, language, texts, based_on_hash, updated_by)
             select $1::uuid, q.id, $4::text, $5::jsonb, $6::bytea, $7::uuid from question q where q.course_id = $2 and q.key = $3
             on conflict (question_id, language) do nothing",
            organisation.0,
            to.id().0,
            question.key,
            one.language,
            kept(&said(one.texts)?)?,
            follows.to_vec(),
            person.0,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// Words of a question that came with a folder or with a course from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The key of the question.
    pub key: String,
    /// The language.
    pub language: String,
    /// The words.
    pub texts: Texts,
    /// The question has changed since it was translated.
    pub outdated: bool,
}

/// Makes the words of these questions, given by their keys, equal to what is given; what is the same stays as it is. Words that are
/// said to be outdated stay, or become, older than the question.
pub(crate) async fn replace(
    tx: &mut Tx,
    proof: &Taught,
    keys: &[String],
    given: &[Given],
) -> Result<(), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let named: Vec<String> = given.iter().map(|one| one.key.clone()).collect();
    let languages: Vec<String> = given.iter().map(|one| one.language.clone()).collect();
    sqlx::query!(
        "delete from question_text t using question q
         where q.id = t.question_id and q.course_id = $1 and q.key = any($2)
           and not exists (select from unnest($3::text[], $4::text[]) g (key, language) where g.key = q.key and g.language = t.language)",
        proof.id().0,
        keys,
        &named,
        &languages,
    )
    .execute(tx.connection())
    .await?;
    if given.is_empty() {
        return Ok(());
    }
    let bank = store::bank(tx, proof).await?;
    for one in given {
        let Some(question) = bank.iter().find(|question| question.key == one.key) else { continue };
        sqlx::query!(
            "insert into question_text as t (organisation_id, question_id, language, texts, based_on_hash, updated_by)
             select $1::uuid, q.id, $4::text, $5::jsonb,
                    case when $6::bool then decode(repeat('00', 32), 'hex') else $7::bytea end, $8::uuid
             from question q where q.course_id = $2 and q.key = $3
             on conflict (question_id, language) do update
               set texts = excluded.texts, revision = t.revision + 1, updated_by = excluded.updated_by, updated_at = moment(),
                   based_on_hash = case when $6 and t.based_on_hash <> $7 then t.based_on_hash else excluded.based_on_hash end
               where (t.texts, t.based_on_hash <> $7) is distinct from (excluded.texts, $6)",
            organisation.0,
            proof.id().0,
            one.key,
            one.language,
            kept(&question.tidy_texts(&one.texts))?,
            one.outdated,
            question.texts_hash().to_vec(),
            person.0,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// How far a test is in a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No question, or not every one, has words in it.
    Missing,
    /// The words of some question do not follow it any more.
    Stale,
    /// All of them are there.
    There,
}

/// How far each test of the draft that asks anything is in a language, by unit; with what it draws from the bank.
pub async fn states(tx: &mut Tx, proof: &Taught) -> Result<Vec<(UnitId, String, State)>, Error> {
    let (tests, all) = (pool::keys(tx, proof).await?, all(tx, proof).await?);
    let mut states = Vec::new();
    for (unit, keys) in &tests {
        for language in LANGUAGES {
            let of_it = all.iter().filter(|one| one.language == language && keys.contains(&one.question.key));
            let of_it: Vec<&Translated> = of_it.collect();
            let state = if of_it.iter().any(|one| !one.is_fit()) {
                State::Stale
            } else if of_it.len() < keys.len() {
                State::Missing
            } else {
                State::There
            };
            states.push((*unit, language.to_owned(), state));
        }
    }
    Ok(states)
}
