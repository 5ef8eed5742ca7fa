//! A course in several languages with one progress: the texts of units in other languages than the course's own. They are
//! frozen with a version; what is read in whichever language is the same unit.

use std::collections::HashMap;

use base::{Tx, audit};
use identity::FieldProblem;
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;
use video::FilmId;

use crate::check::text_hash;
use crate::error::{Error, text_problem};
use crate::find::{Taken, Taught};
use crate::folder::TextIn;
use crate::markdown::{self, Places};
use crate::outline::{MOST_MARKDOWN_BYTES, Unit};
use crate::{UnitId, VersionId, learn};

/// The languages that a unit can be written in.
pub const LANGUAGES: [&str; 3] = ["pl", "en", "uk"];

/// The text of a unit in another language.
#[derive(Clone, Debug)]
pub struct Text {
    /// The unit.
    pub unit: UnitId,
    /// Its language.
    pub language: String,
    /// The unit's title in it.
    pub title: String,
    /// The Markdown in it.
    pub markdown: String,
    /// Whether the original has changed since it was translated.
    pub stale: bool,
    /// Rises with every save.
    pub revision: i32,
}

/// SHA-256 of an original: its title and its text.
pub fn original_hash(title: &str, markdown: &str) -> [u8; 32] {
    text_hash(&format!("{title}\n{markdown}"))
}

/// The texts of the draft in other languages than the course's, in the order of the units.
pub async fn texts(tx: &mut Tx, proof: &Taught) -> Result<Vec<Text>, Error> {
    let rows = sqlx::query!(
        "select t.unit_id, t.language, t.title, t.markdown, t.based_on_hash, t.revision,
                u.title as original_title, u.markdown as original_markdown
         from unit_translation t join unit u on u.id = t.unit_id join section s on s.id = u.section_id
           join course c on c.id = u.course_id
         where u.course_id = $1 and u.removed_at is null and t.language <> c.language
         order by s.position, s.id, u.position, u.id, t.language",
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let text = rows.into_iter().map(|row| Text {
        unit: UnitId(row.unit_id),
        stale: row.based_on_hash != original_hash(&row.original_title, &row.original_markdown),
        language: row.language,
        title: row.title,
        markdown: row.markdown,
        revision: row.revision,
    });
    Ok(text.collect())
}

/// The text of a unit in a language, when there is one.
pub async fn one(tx: &mut Tx, proof: &Taught, unit: UnitId, language: &str) -> Result<Option<Text>, Error> {
    let texts = texts(tx, proof).await?;
    Ok(texts.into_iter().find(|text| text.unit == unit && text.language == language))
}

/// What the form of a translation holds.
#[derive(Clone, Debug, Default)]
pub struct NewText {
    /// Title.
    pub title: String,
    /// Markdown.
    pub markdown: String,
    /// The revision that the form was opened with; 0 for a new text.
    pub revision: i32,
    /// The original that was translated, when the translator says that the text follows it; a new text always does.
    pub follows: Option<[u8; 32]>,
}

/// Saves the text of a unit in a language, if nobody saved it meanwhile.
///
/// Errors: `ChangedMeanwhile` (nothing is written), `NotFound` for a language that is the course's own or none of ours, `Invalid`.
pub async fn save(
    tx: &mut Tx,
    proof: &Taught,
    unit: &Unit,
    language: &str,
    new: &NewText,
) -> Result<(), Error> {
    let of_course = sqlx::query_scalar!("select language from course where id = $1", proof.id().0)
        .fetch_one(tx.connection())
        .await?;
    if !LANGUAGES.contains(&language) || of_course == language {
        return Err(Error::NotFound);
    }
    let markdown = new.markdown.replace("\r\n", "\n").replace('\0', "\u{fffd}");
    let mut problems: Vec<FieldProblem> = text_problem("title", &new.title, 200).into_iter().collect();
    if markdown.trim().is_empty() {
        problems.push(FieldProblem { field: "markdown", problem: identity::Problem::Missing });
    } else if markdown.len() > MOST_MARKDOWN_BYTES {
        problems.push(FieldProblem {
            field: "markdown",
            problem: identity::Problem::TooLong(MOST_MARKDOWN_BYTES),
        });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    // Whoever publishes at this moment comes before or after, never between.
    sqlx::query!("select 1 as one from unit where id = $1 for update", unit.id.0)
        .fetch_one(tx.connection())
        .await?;
    let current = original_hash(&unit.title, &unit.markdown);
    let follows = new.follows.map(|hash| hash.to_vec());
    let saved = sqlx::query_scalar!(
        "insert into unit_translation as t (organisation_id, unit_id, language, title, markdown, based_on_hash, updated_by)
         select $1, $2, $3, $4, $5, coalesce($6::bytea, $7::bytea), $8 where $9::int = 0 or exists
           (select 1 from unit_translation o where o.unit_id = $2 and o.language = $3)
         on conflict (unit_id, language) do update
           set title = excluded.title, markdown = excluded.markdown, based_on_hash = coalesce($6::bytea, t.based_on_hash),
               revision = t.revision + 1, updated_by = excluded.updated_by, updated_at = moment()
           where t.revision = $9
         returning revision",
        organisation.0,
        unit.id.0,
        language,
        new.title.trim(),
        markdown,
        follows,
        current.to_vec(),
        person.0,
        new.revision,
    )
    .fetch_optional(tx.connection())
    .await?;
    if saved.is_none() {
        let now = one(tx, proof, unit.id, language).await?.map_or(0, |text| text.revision);
        return Err(Error::ChangedMeanwhile(now));
    }
    Ok(audit::record(tx, "translated", "unit", unit.id.0, json!({ "language": language })).await?)
}

/// Puts a text that came with a unit from elsewhere, in place of the one that is there: its language, title and Markdown, and the
/// hash of the original that it follows. A text in the course's own language is left out.
pub(crate) async fn put(
    tx: &mut Tx,
    unit: UnitId,
    (language, title, markdown): (&str, &str, &str),
    based_on: [u8; 32],
) -> Result<(), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    sqlx::query!(
        "insert into unit_translation as t (organisation_id, unit_id, language, title, markdown, based_on_hash, updated_by)
         select $1, u.id, $3, $4, $5, $6, $7 from unit u join course c on c.id = u.course_id where u.id = $2 and c.language <> $3
         on conflict (unit_id, language) do update
           set title = excluded.title, markdown = excluded.markdown, based_on_hash = excluded.based_on_hash,
               revision = t.revision + 1, updated_by = excluded.updated_by, updated_at = moment()",
        organisation.0,
        unit.0,
        language,
        title,
        markdown,
        based_on.to_vec(),
        person.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Makes the texts of a unit equal to those of a folder; what is the same stays as it is. `original` is the hash of the unit as it stands
/// now. A text that is said to be outdated stays, or becomes, older than that.
pub(crate) async fn replace(
    tx: &mut Tx,
    unit: UnitId,
    original: [u8; 32],
    wanted: &[TextIn],
) -> Result<(), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let original = original.to_vec();
    let languages: Vec<String> = wanted.iter().map(|one| one.language.clone()).collect();
    sqlx::query!(
        "delete from unit_translation where unit_id = $1 and language <> all ($2::text[])",
        unit.0,
        &languages,
    )
    .execute(tx.connection())
    .await?;
    for one in wanted {
        sqlx::query!(
            "insert into unit_translation as t (organisation_id, unit_id, language, title, markdown, based_on_hash, updated_by)
             values ($1, $2, $3, $4, $5, case when $6::bool then decode(repeat('00', 32), 'hex') else $7::bytea end, $8)
             on conflict (unit_id, language) do update
               set title = excluded.title, markdown = excluded.markdown, revision = t.revision + 1, updated_by = excluded.updated_by,
                   updated_at = moment(),
                   based_on_hash = case when $6 and t.based_on_hash <> $7 then t.based_on_hash else excluded.based_on_hash end
               where (t.title, t.markdown, t.based_on_hash <> $7) is distinct from (excluded.title, excluded.markdown, $6)",
            organisation.0,
            unit.0,
            one.language,
            one.title,
            one.markdown,
            one.outdated,
            original,
            person.0,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// Takes the text in a language out of the draft. Errors: `NotFound`.
pub async fn remove(tx: &mut Tx, proof: &Taught, unit: UnitId, language: &str) -> Result<(), Error> {
    let gone = sqlx::query!(
        "delete from unit_translation t using unit u
         where t.unit_id = $1 and t.language = $2 and u.id = t.unit_id and u.course_id = $3",
        unit.0,
        language,
        proof.id().0,
    )
    .execute(tx.connection())
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "removed_translation", "unit", unit.0, json!({ "language": language })).await?)
}

/// Titles of the units that stay and whose texts in other languages are not those of a version.
pub(crate) async fn changed(tx: &mut Tx, proof: &Taught, version: VersionId) -> Result<Vec<String>, Error> {
    let titles = sqlx::query_scalar!(
        r"select u.title from unit u join course c on c.id = u.course_id
             join version_unit v on v.unit_id = u.id and v.version_id = $2
           where u.course_id = $1 and u.removed_at is null
             and (select string_agg(concat_ws(E'\x01', t.language, t.title, t.markdown), E'\x02' order by t.language)
                  from unit_translation t where t.unit_id = u.id and t.language <> c.language)
                 is distinct from
                 (select string_agg(concat_ws(E'\x01', t.language, t.title, t.markdown), E'\x02' order by t.language)
                  from version_translation t where t.version_id = v.version_id and t.unit_id = u.id)
           order by u.position, u.id",
        proof.id().0,
        version.0,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(titles)
}

/// Freezes the texts of the draft with a version.
pub(crate) async fn freeze(
    tx: &mut Tx,
    proof: &Taught,
    version: VersionId,
    places: &Places,
) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    for text in texts(tx, proof).await? {
        let places = Places { language: text.language.clone(), ..places.clone() };
        let html = markdown::render(&text.markdown, &places).html;
        sqlx::query!(
            "insert into version_translation (organisation_id, version_id, unit_id, language, title, markdown, html, stale)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            organisation.0,
            version.0,
            text.unit.0,
            text.language,
            text.title,
            text.markdown,
            html,
            text.stale,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// What a learner reads in another language than the course's.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The unit's title.
    pub title: String,
    /// Safe HTML.
    pub html: String,
    /// Whether the original had changed since it was translated.
    pub stale: bool,
}

/// The languages of a published course as one person reads it.
#[derive(Clone, Debug, Default)]
pub struct Languages {
    /// The languages, beside the course's own, that anything of it is in.
    pub others: Vec<String>,
    /// The language that the person reads it in: what they chose, else that of their pages.
    pub chosen: String,
    /// The text of this unit in that language, when it has one.
    pub text: Option<Reading>,
    /// Titles of units in that language.
    pub titles: HashMap<UnitId, String>,
}

/// A unit of the published version, and in which languages there is what of it; `pages` is the language of the person's pages.
/// Errors: `NotFound`.
pub async fn read(
    tx: &mut Tx,
    proof: &Taken,
    slug: &str,
    pages: &str,
) -> Result<(learn::Reading, Languages), Error> {
    let person = tx.person()?;
    let row = sqlx::query!(
        r#"with chosen (language) as (
             select coalesce((select r.language from reading_language r where r.person_id = $3 and r.course_id = $4), $5))
           select u.unit_id, u.html, u.film_id, u.film_percent,
                  case when z.unit_id is not null then coalesce((z.settings ->> 'pretest')::boolean, false) end as test,
                  chosen.language as "chosen!", t.title as "title?", t.html as "translated?", t.stale as "stale?",
                  array(select o.language from version_translation o where o.version_id = u.version_id
                        union select o.language from version_question_text o where o.version_id = u.version_id order by 1) as "others!",
                  (select json_object_agg(o.unit_id, o.title) from version_translation o
                   where o.version_id = u.version_id and o.language = chosen.language) as "titles?: Json<HashMap<Uuid, String>>"
           from chosen cross join version_unit u
             left join version_quiz z on z.version_id = u.version_id and z.unit_id = u.unit_id
             left join version_translation t
               on t.version_id = u.version_id and t.unit_id = u.unit_id and t.language = chosen.language
           where u.version_id = $1 and u.slug = $2"#,
        proof.version().0,
        slug,
        person.0,
        proof.id().0,
        pages,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let titles = row.titles.map(|Json(titles)| titles).unwrap_or_default();
    let text = row.title.zip(row.translated);
    let languages = Languages {
        others: row.others,
        chosen: row.chosen,
        text: text.map(|(title, html)| Reading { title, html, stale: row.stale.unwrap_or(false) }),
        titles: titles.into_iter().map(|(unit, title)| (UnitId(unit), title)).collect(),
    };
    let reading = learn::Reading {
        id: UnitId(row.unit_id),
        html: row.html,
        film: row.film_id.map(FilmId),
        test: row.test,
        film_percent: row.film_percent.and_then(|percent| u32::try_from(percent).ok()),
    };
    Ok((reading, languages))
}

/// Chooses the language to read the course in. Errors: `NotFound` for none of ours.
pub async fn choose(tx: &mut Tx, proof: &Taken, language: &str) -> Result<(), Error> {
    if !LANGUAGES.contains(&language) {
        return Err(Error::NotFound);
    }
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    sqlx::query!(
        "insert into reading_language (organisation_id, person_id, course_id, language) values ($1, $2, $3, $4)
         on conflict (person_id, course_id) do update set language = excluded.language",
        organisation.0,
        person.0,
        proof.id().0,
        language,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
