//! The versions of a course: what each holds, how two of them differ unit by unit, and how a unit of an old one comes back.

use base::Tx;
use time::OffsetDateTime;

use crate::error::Error;
use crate::find::Taught;
use crate::outline::{self, UnitText};
use crate::{UnitId, VersionId};

/// A published version in the list.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// Its number, from 1.
    pub number: i32,
    /// When it was published.
    pub published_at: OffsetDateTime,
    /// Who published it.
    pub by: String,
    /// Who had approved it, when somebody had.
    pub approved_by: Option<String>,
    /// Units in it.
    pub units: i64,
    /// Findings that were waived in it.
    pub waived: i64,
}

/// The versions, the newest first.
pub async fn all(tx: &mut Tx, proof: &Taught) -> Result<Vec<Version>, Error> {
    let rows = sqlx::query!(
        r#"select v.id, v.number, v.published_at, p.given_name || ' ' || p.family_name as "by!",
                  a.given_name || ' ' || a.family_name as "approved_by?",
                  (select count(*) from version_unit u where u.version_id = v.id) as "units!",
                  (select count(*) from version_waiver w where w.version_id = v.id) as "waived!"
           from course_version v join person p on p.id = v.published_by
             left join review r on r.id = v.review_id left join person a on a.id = r.ended_by
           where v.course_id = $1 order by v.number desc"#,
        proof.id().0
    )
    .fetch_all(tx.connection())
    .await?;
    let version = rows.into_iter().map(|row| Version {
        id: VersionId(row.id),
        number: row.number,
        published_at: row.published_at,
        by: row.by,
        approved_by: row.approved_by,
        units: row.units,
        waived: row.waived,
    });
    Ok(version.collect())
}

/// One of two things that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The version of this number.
    Version(i32),
    /// What is being written.
    Draft,
}

/// A unit on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its title.
    pub title: String,
    /// Title of its section.
    pub section: String,
    /// Reading time, in minutes.
    pub minutes: i32,
    /// Its Markdown.
    pub markdown: String,
    /// Whether it shows a film.
    pub has_film: bool,
}

/// A unit of two sides; on at least one of them it is there.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The unit.
    pub unit: UnitId,
    /// As it was.
    pub before: Option<Text>,
    /// As it is afterwards.
    pub after: Option<Text>,
    /// Whether both show the same film, or both none.
    pub same_film: bool,
}

impl Pair {
    /// Whether anything of the unit differs.
    pub fn differs(&self) -> bool {
        self.before != self.after || !self.same_film
    }

    /// The title that it is known by.
    pub fn title(&self) -> &str {
        self.after.as_ref().or(self.before.as_ref()).map_or("", |text| &text.title)
    }
}

struct Row {
    unit: UnitId,
    text: Text,
    film: Option<uuid::Uuid>,
}

/// Every unit of two sides, in the order of the second; those that are only in the first come last. Errors: `NotFound`.
pub async fn compare(tx: &mut Tx, proof: &Taught, before: Side, after: Side) -> Result<Vec<Pair>, Error> {
    let (mut first, second) = (side(tx, proof, before).await?, side(tx, proof, after).await?);
    let mut pairs = Vec::with_capacity(second.len());
    for row in second {
        let old = first.iter().position(|old| old.unit == row.unit).map(|at| first.remove(at));
        let same_film = old.as_ref().is_none_or(|old| old.film == row.film);
        pairs.push(Pair {
            unit: row.unit,
            before: old.map(|old| old.text),
            after: Some(row.text),
            same_film,
        });
    }
    pairs.extend(first.into_iter().map(|old| Pair {
        unit: old.unit,
        before: Some(old.text),
        after: None,
        same_film: true,
    }));
    Ok(pairs)
}

async fn side(tx: &mut Tx, proof: &Taught, side: Side) -> Result<Vec<Row>, Error> {
    let number = match side {
        Side::Draft => None,
        Side::Version(number) => {
            let there = sqlx::query_scalar!(
                r#"select exists (select 1 from course_version where course_id = $1 and number = $2) as "there!""#,
                proof.id().0,
                number
            )
            .fetch_one(tx.connection())
            .await?;
            if !there {
                return Err(Error::NotFound);
            }
            Some(number)
        }
    };
    let rows = sqlx::query!(
        r#"select u.unit_id as "unit_id!", u.section_title as "section_title!", u.title as "title!", u.minutes as "minutes!",
                  u.markdown as "markdown!", u.film_id
           from version_unit u join course_version v on v.id = u.version_id where v.course_id = $1 and v.number = $2
           order by u.position"#,
        proof.id().0,
        number.unwrap_or(0),
    )
    .fetch_all(tx.connection())
    .await?;
    let mut found: Vec<Row> = Vec::new();
    for row in rows {
        let text = Text {
            title: row.title,
            section: row.section_title,
            minutes: row.minutes,
            markdown: row.markdown,
            has_film: row.film_id.is_some(),
        };
        found.push(Row { unit: UnitId(row.unit_id), text, film: row.film_id });
    }
    if number.is_none() {
        for section in outline::draft(tx, proof).await? {
            for line in section.units {
                let unit = outline::unit(tx, proof, line.id).await?;
                let text = Text {
                    title: unit.title,
                    section: section.title.clone(),
                    minutes: unit.minutes,
                    markdown: unit.markdown,
                    has_film: unit.film.is_some(),
                };
                found.push(Row { unit: unit.id, text, film: unit.film.map(|film| film.0) });
            }
        }
    }
    Ok(found)
}

/// Puts title, time and text of a unit as they were in a version into the draft; a unit that was taken out comes back at the end of
/// the first section. Its film stays as it is in the
/// draft.
///
/// Errors: `NotFound` when the version has no such unit; `ChangedMeanwhile` when somebody saved it since `revision` (0 for a unit
/// that is not in the draft); `Invalid` on `slug` when another unit of the draft took its name in addresses.
pub async fn restore(
    tx: &mut Tx,
    proof: &Taught,
    number: i32,
    unit: UnitId,
    revision: i32,
) -> Result<(), Error> {
    let old = side(tx, proof, Side::Version(number)).await?;
    let old = old.into_iter().find(|old| old.unit == unit).ok_or(Error::NotFound)?.text;
    let text = UnitText { title: old.title, minutes: old.minutes, markdown: old.markdown };
    if revision == 0 {
        outline::put_back(tx, proof, unit).await?;
    }
    let revision = if revision == 0 { outline::unit(tx, proof, unit).await?.revision } else { revision };
    outline::save_unit(tx, proof, unit, revision, &text).await?;
    Ok(())
}
