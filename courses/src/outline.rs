//! The draft of a course: sections and units, as its teachers edit them.

mod order;
mod sections;

use base::{Tx, audit};
use identity::{FieldProblem, Problem};
use serde_json::json;
use time::OffsetDateTime;
use video::FilmId;

use crate::error::{Error, text_problem};
use crate::find::Taught;
use crate::{SectionId, UnitId, slug};

pub use order::{Step, move_section, move_unit};
pub use sections::{add_section, remove_section, rename_section};

/// Most bytes of a unit's Markdown.
pub const MOST_MARKDOWN_BYTES: usize = 256 * 1024;

/// A section of the draft with its units.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its id.
    pub id: SectionId,
    /// Its title.
    pub title: String,
    /// Rises with every change of the title; a change names the one that it is made to.
    pub revision: i32,
    /// Its units, in order.
    pub units: Vec<UnitLine>,
}

/// A unit in the outline.
#[derive(Clone, Debug)]
pub struct UnitLine {
    /// Its id.
    pub id: UnitId,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Reading time, in minutes.
    pub minutes: i32,
    /// Its film.
    pub film: Option<FilmId>,
    /// Whether it has text.
    pub has_text: bool,
    /// Whether it has a test.
    pub has_test: bool,
}

/// A unit to be edited.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its section.
    pub section: SectionId,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Reading time, in minutes.
    pub minutes: i32,
    /// Its Markdown.
    pub markdown: String,
    /// Its film.
    pub film: Option<FilmId>,
    /// So many per cent of the film have to be seen before the unit is finished.
    pub film_percent: Option<i16>,
    /// Rises with every save; given back with the form.
    pub revision: i32,
    /// Who saved it last, and when.
    pub updated: (String, OffsetDateTime),
}

/// The draft, in order.
pub async fn draft(tx: &mut Tx, proof: &Taught) -> Result<Vec<Section>, Error> {
    let sections = sqlx::query!(
        "select id, title, title_revision from section where course_id = $1 order by position, id",
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let units = sqlx::query!(
        r#"select id, section_id, slug, title, minutes, film_id, markdown <> '' as "has_text!",
                  exists (select from quiz q where q.unit_id = unit.id and q.removed_at is null) as "has_test!" from unit
           where course_id = $1 and removed_at is null order by position, id"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let mut outline: Vec<Section> = sections
        .into_iter()
        .map(|row| Section {
            id: SectionId(row.id),
            title: row.title,
            revision: row.title_revision,
            units: Vec::new(),
        })
        .collect();
    for row in units {
        if let Some(section) = outline.iter_mut().find(|section| section.id.0 == row.section_id) {
            section.units.push(UnitLine {
                id: UnitId(row.id),
                slug: row.slug,
                title: row.title,
                minutes: row.minutes,
                film: row.film_id.map(FilmId),
                has_text: row.has_text,
                has_test: row.has_test,
            });
        }
    }
    Ok(outline)
}

/// Adds an empty unit at the end of a section. Errors: `NotFound`, `Invalid` on `title`.
pub async fn add_unit(tx: &mut Tx, proof: &Taught, section: SectionId, title: &str) -> Result<UnitId, Error> {
    touch(tx, proof).await?;
    let slug = free_slug(tx, proof, &slug::of(title, 70)).await?;
    let text = UnitText { title: title.to_owned(), ..UnitText::default() };
    insert_unit(tx, proof, section, &slug, &text).await
}

/// Adds a unit with its name in addresses and its text at the end of a section.
///
/// Errors: `NotFound`; `Invalid`, also when another unit of the draft has the name.
pub async fn insert_unit(
    tx: &mut Tx,
    proof: &Taught,
    section: SectionId,
    slug: &str,
    text: &UnitText,
) -> Result<UnitId, Error> {
    let mut problems = text.problems();
    if !slug::is_slug(slug) {
        problems.push(FieldProblem { field: "slug", problem: Problem::Malformed });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    touch(tx, proof).await?;
    let (organisation, person, id) = (tx.organisation()?, tx.person()?, UnitId::new(tx.now()));
    let added = sqlx::query!(
        "insert into unit (id, organisation_id, course_id, section_id, position, slug, title, minutes, markdown, updated_by)
         select $1, $2, $3, s.id, (select coalesce(max(position), 0) + 1 from unit where section_id = s.id), $5, $6, $7, $8, $9
         from section s where s.id = $4 and s.course_id = $3",
        id.0,
        organisation.0,
        proof.id().0,
        section.0,
        slug,
        text.title.trim(),
        text.minutes,
        text.kept_markdown(),
        person.0,
    )
    .execute(tx.connection())
    .await
    .map_err(|error| Error::taken(error, "unit_slug", "slug"))?;
    if added.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    audit::record(tx, "added", "unit", id.0, json!({ "slug": slug })).await?;
    Ok(id)
}

/// The first of `wanted`, `wanted-2`, `wanted-3` … that no unit of the draft has.
pub(crate) async fn free_slug(tx: &mut Tx, proof: &Taught, wanted: &str) -> Result<String, Error> {
    let taken = sqlx::query_scalar!(
        "select slug from unit where course_id = $1 and removed_at is null",
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(slug::free(wanted, &taken))
}

/// The unit to be edited. Errors: `NotFound`.
pub async fn unit(tx: &mut Tx, proof: &Taught, id: UnitId) -> Result<Unit, Error> {
    let row = sqlx::query!(
        "select u.id, u.section_id, u.slug, u.title, u.minutes, u.markdown, u.film_id, u.film_percent, u.revision, u.updated_at,
                p.given_name, p.family_name
         from unit u join person p on p.id = u.updated_by
         where u.id = $1 and u.course_id = $2 and u.removed_at is null",
        id.0,
        proof.id().0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Unit {
        id: UnitId(row.id),
        section: SectionId(row.section_id),
        slug: row.slug,
        title: row.title,
        minutes: row.minutes,
        markdown: row.markdown,
        film: row.film_id.map(FilmId),
        film_percent: row.film_percent,
        revision: row.revision,
        updated: (format!("{} {}", row.given_name, row.family_name), row.updated_at),
    })
}

/// What the form of a unit holds.
#[derive(Clone, Debug, Default)]
pub struct UnitText {
    /// Title.
    pub title: String,
    /// Reading time, in minutes.
    pub minutes: i32,
    /// Markdown.
    pub markdown: String,
}

impl UnitText {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems: Vec<FieldProblem> = text_problem("title", &self.title, 200).into_iter().collect();
        if !(0..=1000).contains(&self.minutes) {
            problems.push(FieldProblem { field: "minutes", problem: Problem::Malformed });
        }
        if self.markdown.len() > MOST_MARKDOWN_BYTES {
            problems.push(FieldProblem { field: "markdown", problem: Problem::TooLong(MOST_MARKDOWN_BYTES) });
        }
        problems
    }

    /// The Markdown as it is kept: line ends are `\n`, and no zero byte, which PostgreSQL does not take.
    fn kept_markdown(&self) -> String {
        self.markdown.replace("\r\n", "\n").replace('\0', "\u{fffd}")
    }
}

/// Saves a unit if nobody saved it since `revision`; answers the new revision.
///
/// Errors: `ChangedMeanwhile` (nothing is written, the caller shows both), `NotFound`, `Invalid`.
pub async fn save_unit(
    tx: &mut Tx,
    proof: &Taught,
    id: UnitId,
    revision: i32,
    text: &UnitText,
) -> Result<i32, Error> {
    let problems = text.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let person = tx.person()?;
    let saved = sqlx::query_scalar!(
        "update unit set title = $4, minutes = $5, markdown = $6, revision = revision + 1, updated_at = moment(), updated_by = $7
         where id = $1 and course_id = $2 and revision = $3 and removed_at is null returning revision",
        id.0,
        proof.id().0,
        revision,
        text.title.trim(),
        text.minutes,
        text.kept_markdown(),
        person.0,
    )
    .fetch_optional(tx.connection())
    .await?;
    match saved {
        Some(revision) => {
            audit::record(tx, "saved", "unit", id.0, json!({ "revision": revision })).await?;
            Ok(revision)
        }
        None => Err(Error::ChangedMeanwhile(unit(tx, proof, id).await?.revision)),
    }
}

/// Takes a unit out of the draft. Published versions and the progress of those who read it stay.
pub async fn remove_unit(tx: &mut Tx, proof: &Taught, id: UnitId) -> Result<(), Error> {
    let gone = sqlx::query!(
        "update unit set removed_at = moment(), updated_at = moment() where id = $1 and course_id = $2 and removed_at is null",
        id.0,
        proof.id().0
    )
    .execute(tx.connection())
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "removed", "unit", id.0, json!({})).await?)
}

/// Puts a unit that was taken out of the draft back, at the end of its section.
///
/// Errors: `NotFound` for a unit that was never of this course; `ChangedMeanwhile` for one that is in the draft; `Invalid` on
/// `slug` when another unit took its name in addresses.
pub async fn put_back(tx: &mut Tx, proof: &Taught, id: UnitId) -> Result<(), Error> {
    touch(tx, proof).await?;
    let row = sqlx::query!(
        r#"select removed_at is not null as "removed!", revision from unit where id = $1 and course_id = $2"#,
        id.0,
        proof.id().0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if !row.removed {
        return Err(Error::ChangedMeanwhile(row.revision));
    }
    sqlx::query!(
        "update unit set removed_at = null,
           position = (select coalesce(max(o.position), 0) + 1 from unit o where o.section_id = unit.section_id)
         where id = $1",
        id.0
    )
    .execute(tx.connection())
    .await
    .map_err(|error| Error::taken(error, "unit_slug", "slug"))?;
    Ok(audit::record(tx, "put_back", "unit", id.0, json!({})).await?)
}

/// Marks the course as changed; the lock on its row makes changes of one outline wait for each other.
pub(crate) async fn touch(tx: &mut Tx, proof: &Taught) -> Result<(), Error> {
    sqlx::query!(
        "update course set revision = revision + 1, updated_at = moment() where id = $1",
        proof.id().0
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
