//! A course of one's own, made of what another organisation offers: units, texts and title in other languages, tests and pictures as they
//! were published. Films are copied by a job, and the course waits for them. From then on it is a course like any other, with people, rules and deadlines of one's own.

use base::{Blobs, Tx, audit};
use serde_json::json;

use super::content::{self, Unit};
use super::films;
use super::seen::{self, Adopter, Offer};
use crate::course::{self, Card};
use crate::error::Error;
use crate::find::Taught;
use crate::outline::{self, UnitText};
use crate::plan::Refusal;
use crate::publish::Asks;
use crate::{CourseId, OfferId, SectionId, UnitId, VersionId, media, title};

/// What became of an offer.
#[derive(Debug)]
pub struct Adopted {
    /// The course.
    pub course: Taught,
    /// Whether it was made just now; else the organisation had it already.
    pub fresh: bool,
    /// Why it is not published yet.
    pub waits: Option<Refusal>,
}

/// Makes a course of an offer, and publishes it unless something stands in the way: a finding, a review. Films are asked for; when they
/// have come it publishes itself. What is adopted by itself (`automatic`) is adopted also where there is no room for them.
/// The organisation has one course of an offer, however often and by however many at once it is asked for.
///
/// Errors: `NotFound` for an offer that is not open; `ChangedMeanwhile` with the newest number when `version` is not the newest;
/// `Film` with `NoRoom` when the films would not fit.
pub async fn adopt(
    tx: &mut Tx,
    blobs: &Blobs,
    proof: &Adopter,
    id: OfferId,
    version: VersionId,
    automatic: bool,
) -> Result<Adopted, Error> {
    let organisation = tx.organisation()?;
    // Whoever comes second waits, and then finds the course of the first.
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('adoption ' || $1::text || $2::text, 38))",
        organisation.0.to_string(),
        id.0.to_string(),
    )
    .fetch_one(tx.connection())
    .await?;
    if let Some(course) = made_of(tx, id).await? {
        return Ok(Adopted { course, fresh: false, waits: None });
    }
    let offer = seen::one(tx, proof, id).await?;
    if offer.version != version {
        return Err(Error::ChangedMeanwhile(offer.number));
    }
    let units = content::units(tx, proof, id, version).await?;
    let card = Card {
        title: offer.title.clone(),
        summary: offer.summary.clone(),
        language: offer.language.clone(),
        author: offer.publisher.clone(),
        ..Card::default()
    };
    let course = course::make(tx, &card).await?;
    bind(tx, &course, &offer, automatic).await?;
    let titles = content::titles(tx, proof, id, version).await?;
    title::replace(tx, &course, &titles).await?;
    let shown = films::all(tx, proof, id, version).await?;
    let mut section: Option<(SectionId, &str)> = None;
    for unit in &units {
        let into = match section {
            Some((id, title)) if title == unit.section => id,
            _ => outline::add_section(tx, &course, &unit.section).await?,
        };
        section = Some((into, unit.section.as_str()));
        let own = add_unit(tx, &course, into, unit).await?;
        if let Some(film) = shown.iter().find(|film| film.unit == unit.id) {
            films::fetch(tx, &course, own, film, (offer.publisher.as_str(), automatic)).await?;
        }
    }
    films::companions(tx, &course, id, version).await?;
    for picture in content::pictures(tx, proof, id, version).await? {
        let bytes = picture.bytes(blobs).await?;
        media::add(tx, blobs, &course, &picture.name, bytes).await?;
    }
    let waits = if films::is_waiting(tx, &course).await? {
        films::wait(tx, &course, Asks::Nothing).await?;
        Some(Refusal::Films)
    } else {
        let person = tx.person()?;
        super::publish_if_fit(tx, &course, person, Asks::Nothing).await?
    };
    let detail = json!({ "offer": id, "number": offer.number, "automatic": automatic });
    audit::record(tx, "adopted", "course", course.id().0, detail).await?;
    Ok(Adopted { course, fresh: true, waits })
}

/// The course that the own organisation made of an offer.
pub(super) async fn made_of(tx: &mut Tx, id: OfferId) -> Result<Option<Taught>, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        "select c.id, c.slug from adoption a join course c on c.id = a.course_id where a.offer_id = $1 and a.organisation_id = $2",
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Taught::made(CourseId(row.id), row.slug)))
}

async fn bind(tx: &mut Tx, course: &Taught, offer: &Offer, automatic: bool) -> Result<(), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    sqlx::query!(
        "insert into adoption (course_id, organisation_id, offer_id, version_id, number, publisher, automatic, adopted_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        course.id().0,
        organisation.0,
        offer.id.0,
        offer.version.0,
        offer.number,
        offer.publisher,
        automatic,
        person.0,
    )
    .execute(tx.connection())
    .await
    .map_err(not_offered)?;
    Ok(())
}

/// Withdrawn, or published anew, between the look and the act.
pub(super) fn not_offered(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(database) if database.constraint() == Some("adoption_of_an_open_offer") => {
            Error::NotFound
        }
        _ => Error::Database(error),
    }
}

/// Puts an offered unit at the end of a section, and writes down of which unit it was made.
pub(super) async fn add_unit(
    tx: &mut Tx,
    course: &Taught,
    section: SectionId,
    unit: &Unit,
) -> Result<UnitId, Error> {
    let organisation = tx.organisation()?;
    let slug = outline::free_slug(tx, course, &unit.slug).await?;
    let id = outline::insert_unit(tx, course, section, &slug, &text_of(unit)).await?;
    content::put(tx, course, id, unit, None).await?;
    sqlx::query!(
        "insert into adopted_unit (unit_id, organisation_id, course_id, origin_unit_id) values ($1, $2, $3, $4)",
        id.0,
        organisation.0,
        course.id().0,
        unit.id.0,
    )
    .execute(tx.connection())
    .await?;
    Ok(id)
}

/// The form of a unit, filled in with what is offered.
pub(super) fn text_of(unit: &Unit) -> UnitText {
    UnitText {
        title: unit.content.title.clone(),
        minutes: unit.content.minutes,
        markdown: unit.content.markdown.clone(),
    }
}
