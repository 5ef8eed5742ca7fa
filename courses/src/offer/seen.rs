//! What others offer, for those of an organisation who make courses. Everything is read through functions of the database that
//! answer nothing but open offers.

use base::{OrganisationId, Tx};
use identity::permit::{Kind, Verb};
use identity::{SharedPositionId, SignedIn};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::Error;
use crate::{OfferId, VersionId};

/// Proof: may look at what other organisations offer, and adopt it for the own one.
#[derive(Debug)]
pub struct Adopter(());

impl Adopter {
    /// Errors: `NotAllowed` for those who neither make courses nor administer them.
    pub fn of(me: &SignedIn) -> Result<Self, Error> {
        let may = me.may(Verb::Create, Kind::TaughtCourse) || me.may(Verb::Change, Kind::AnyCourse);
        may.then_some(Self(())).ok_or(Error::NotAllowed)
    }

    /// For courses whose newer versions their teachers take over, and for what an organisation decided once.
    pub(super) fn decided() -> Self {
        Self(())
    }
}

/// A course in the catalogue of the installation.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The offer.
    pub id: OfferId,
    /// The organisation that offers it.
    pub publisher_id: OrganisationId,
    /// Its name.
    pub publisher: String,
    /// The newest version.
    pub version: VersionId,
    /// Its number.
    pub number: i32,
    /// Title.
    pub title: String,
    /// One paragraph.
    pub summary: String,
    /// `pl`, `en` or `uk`.
    pub language: String,
    /// When this version was published.
    pub published_at: OffsetDateTime,
    /// Units.
    pub units: i64,
    /// Minutes of reading.
    pub minutes: i64,
    /// Units with a film.
    pub films: i64,
    /// Units with a test.
    pub tests: i64,
    /// The positions that it is directed at.
    pub positions: Vec<SharedPositionId>,
    /// The name in addresses of the course that the own organisation made of it.
    pub adopted: Option<String>,
    /// The number of the publisher's version that was taken over last.
    pub taken: Option<i32>,
}

impl Offer {
    /// Whether it was adopted, and the publisher has published since.
    pub fn is_newer(&self) -> bool {
        self.taken.is_some_and(|taken| taken < self.number)
    }
}

/// Everything that others offer, by title.
pub async fn all(tx: &mut Tx, _: &Adopter) -> Result<Vec<Offer>, Error> {
    list(tx, None).await
}

/// One offer. Errors: `NotFound`, also for one that was withdrawn or is one's own.
pub async fn one(tx: &mut Tx, _: &Adopter, id: OfferId) -> Result<Offer, Error> {
    list(tx, Some(id)).await?.pop().ok_or(Error::NotFound)
}

async fn list(tx: &mut Tx, only: Option<OfferId>) -> Result<Vec<Offer>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select s.offer_id as "offer_id!", s.publisher_id as "publisher_id!", s.publisher as "publisher!",
                  s.version_id as "version_id!", s.number as "number!", s.title as "title!", s.summary as "summary!",
                  s.language as "language!", s.published_at as "published_at!", s.units as "units!", s.minutes as "minutes!",
                  s.films as "films!", s.tests as "tests!", s.positions as "positions!: Vec<Uuid>", c.slug as "adopted?", a.number as "taken?"
           from offers_seen($1) s left join adoption a on a.offer_id = s.offer_id and a.organisation_id = $2
             left join course c on c.id = a.course_id
           order by s.title collate "pl-x-icu", s.publisher collate "pl-x-icu", s.offer_id"#,
        only.map(|id| id.0),
        organisation.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let offer = rows.into_iter().map(|row| Offer {
        id: OfferId(row.offer_id),
        publisher_id: OrganisationId(row.publisher_id),
        publisher: row.publisher,
        version: VersionId(row.version_id),
        number: row.number,
        title: row.title,
        summary: row.summary,
        language: row.language,
        published_at: row.published_at,
        units: row.units,
        minutes: row.minutes,
        films: row.films,
        tests: row.tests,
        positions: row.positions.into_iter().map(SharedPositionId).collect(),
        adopted: row.adopted,
        taken: row.taken,
    });
    Ok(offer.collect())
}
