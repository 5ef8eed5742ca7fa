//! Courses that are open to everybody: what a visitor without an account reads, and nothing else. A course is opened and closed by
//! those who teach it (`door`); who wants a certificate asks for an account (`request`).
//!
//! Visitors have a transaction of their own (`base::Actor::visitor`): row-level security shows it the published version of open
//! courses and no other row of anything.

pub mod door;
pub mod request;

use base::{Actor, Db, OrganisationId, Tx};

use crate::error::Error;
use crate::learn::{self, Line, Outline, Reading};
use crate::recall::Offer;
use crate::translation::{self, Languages};
use crate::{CourseId, MediaId, UnitId, VersionId, slug};

/// Most courses that the list of an organisation shows.
const MOST: i64 = 200;

/// An organisation that has opened a course.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its id.
    pub id: OrganisationId,
    /// Its short name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// An open course in the list of its organisation.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its name in addresses.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Language.
    pub language: String,
    /// Units.
    pub units: i64,
    /// Reading time of all units, in minutes.
    pub minutes: i64,
}

/// Proof: anybody may read the published version of this course.
#[derive(Clone, Debug)]
pub struct Opened {
    host: Host,
    id: CourseId,
    slug: String,
    version: VersionId,
}

impl Opened {
    /// Whose it is.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The course.
    pub fn id(&self) -> CourseId {
        self.id
    }

    /// Its name in addresses.
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// The version that is read.
    pub fn version(&self) -> VersionId {
        self.version
    }

    /// Where a visitor reads it.
    pub fn path(&self) -> String {
        path(&self.host.slug, &self.slug)
    }

    /// The HTML of a unit with the addresses of this course (pictures, other units) as a visitor has them.
    fn outside(&self, html: &str) -> String {
        html.replace(&format!("=\"/courses/{}/", self.slug), &format!("=\"{}/", self.path()))
    }
}

/// Where a visitor reads a course.
pub fn path(organisation: &str, course: &str) -> String {
    format!("/o/{organisation}/{course}")
}

/// Opens a visitor's transaction with the organisation of this short name. Errors: `NotFound` when it has no open course.
pub async fn host(db: &Db, organisation: &str) -> Result<(Tx, Host), Error> {
    if !slug::is_slug(organisation) {
        return Err(Error::NotFound);
    }
    let mut tx = db.begin(&Actor::visitor()).await?;
    let row = sqlx::query!("select id, slug, name from organisation where slug = $1", organisation)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    Ok((tx, Host { id: OrganisationId(row.id), slug: row.slug, name: row.name }))
}

/// The open courses of an organisation by title, at most `MOST`.
pub async fn all(tx: &mut Tx, host: &Host) -> Result<Vec<Card>, Error> {
    let rows = sqlx::query!(
        r#"select o.slug, v.title, v.summary, v.language, count(u.unit_id) as "units!", coalesce(sum(u.minutes), 0) as "minutes!"
           from open_course o join course_version v on v.id = o.version_id join version_unit u on u.version_id = v.id
           where o.organisation_id = $1 group by o.slug, v.title, v.summary, v.language
           order by v.title collate "pl-x-icu", o.slug limit $2"#,
        host.id.0,
        MOST,
    )
    .fetch_all(tx.connection())
    .await?;
    let card = rows.into_iter().map(|row| Card {
        slug: row.slug,
        title: row.title,
        summary: row.summary,
        language: row.language,
        units: row.units,
        minutes: row.minutes,
    });
    Ok(card.collect())
}

/// Whether the actor's organisation has an open course.
pub async fn any(tx: &mut Tx) -> Result<bool, Error> {
    let organisation = tx.organisation()?;
    let any = sqlx::query_scalar!(
        r#"select exists (select 1 from open_course where organisation_id = $1) as "any!""#,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(any)
}

/// Opens a visitor's transaction with an open course. Errors: `NotFound`, whatever else the organisation has.
pub async fn course(db: &Db, organisation: &str, course: &str) -> Result<(Tx, Opened), Error> {
    if !slug::is_slug(organisation) || !slug::is_slug(course) {
        return Err(Error::NotFound);
    }
    let mut tx = db.begin(&Actor::visitor()).await?;
    let row = sqlx::query!(
        r#"select o.course_id, o.slug, o.version_id, g.id, g.slug as organisation_slug, g.name
           from open_course o join organisation g on g.id = o.organisation_id where g.slug = $1 and o.slug = $2"#,
        organisation,
        course,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let opened = Opened {
        host: Host { id: OrganisationId(row.id), slug: row.organisation_slug, name: row.name },
        id: CourseId(row.course_id),
        slug: row.slug,
        version: VersionId(row.version_id),
    };
    Ok((tx, opened))
}

/// The same for a course that a ticket names.
pub async fn course_by_id(db: &Db, id: CourseId) -> Result<(Tx, Opened), Error> {
    let mut tx = db.begin(&Actor::visitor()).await?;
    let row = sqlx::query!(
        r#"select o.slug, o.version_id, g.id, g.slug as organisation_slug, g.name
           from open_course o join organisation g on g.id = o.organisation_id where o.course_id = $1"#,
        id.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let host = Host { id: OrganisationId(row.id), slug: row.organisation_slug, name: row.name };
    Ok((tx, Opened { host, id, slug: row.slug, version: VersionId(row.version_id) }))
}

/// The outline, of which nobody has done anything.
pub async fn outline(tx: &mut Tx, proof: &Opened) -> Result<Outline, Error> {
    let rows = sqlx::query!(
        r#"select v.title as course_title, v.summary, v.language, v.number, v.published_at,
                  u.unit_id, u.section_title, u.slug, u.title, u.minutes, u.film_id is not null as "has_film!"
           from course_version v join version_unit u on u.version_id = v.id where v.id = $1 order by u.position"#,
        proof.version.0,
    )
    .fetch_all(tx.connection())
    .await?;
    // What is published has units.
    let head = rows.first().ok_or(Error::NotFound)?;
    let mut outline = Outline {
        title: head.course_title.clone(),
        summary: head.summary.clone(),
        language: head.language.clone(),
        version: head.number,
        published_at: head.published_at,
        finished: false,
        ever_finished: false,
        ever_assigned: false,
        recall: Offer::None,
        units: Vec::with_capacity(rows.len()),
        last: None,
    };
    outline.units.extend(rows.into_iter().map(|row| Line {
        id: UnitId(row.unit_id),
        section: row.section_title,
        slug: row.slug,
        title: row.title,
        minutes: row.minutes,
        has_film: row.has_film,
        opened: false,
        done: false,
    }));
    Ok(outline)
}

/// A unit. Errors: `NotFound`.
pub async fn read(tx: &mut Tx, proof: &Opened, unit: &str) -> Result<Reading, Error> {
    let reading = learn::unit_of(tx, proof.version, unit).await?;
    Ok(Reading { html: proof.outside(&reading.html), ..reading })
}

/// In which languages there is what; `chosen` is the language that the visitor reads it in.
pub async fn languages(tx: &mut Tx, proof: &Opened, unit: UnitId, chosen: &str) -> Result<Languages, Error> {
    let rows = sqlx::query!(
        "select unit_id, language, title, stale, case when unit_id = $2 then html end as html
         from version_translation where version_id = $1 order by language",
        proof.version.0,
        unit.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut languages = Languages { chosen: chosen.to_owned(), ..Languages::default() };
    for row in rows {
        if !languages.others.contains(&row.language) {
            languages.others.push(row.language.clone());
        }
        if row.language == chosen {
            if let Some(html) = row.html {
                let html = proof.outside(&html);
                languages.text =
                    Some(translation::Reading { title: row.title.clone(), html, stale: row.stale });
            }
            languages.titles.insert(UnitId(row.unit_id), row.title);
        }
    }
    Ok(languages)
}

/// The blob and media type of a picture that a text of the course shows. Errors: `NotFound`, also for a picture of the draft.
pub async fn picture(tx: &mut Tx, proof: &Opened, id: MediaId) -> Result<(String, String), Error> {
    let row = sqlx::query!(
        "select blob_key, media_type from media where id = $1 and course_id = $2",
        id.0,
        proof.id.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok((row.blob_key, row.media_type))
}
