//! Photographs of a device's condition: when it went out, when it came back, of damage, or at any other time. They are kept as
//! `tablica-documents` wrote them anew: without the place and the camera.

use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, FieldProblem, Problem};
use serde_json::json;
use time::OffsetDateTime;

use crate::loans::mine;
use crate::{AssetId, Error, IncidentId, LoanId};

base::id!(
    /// A photograph.
    PhotoId
);

/// Most photographs of one act.
pub const MOST_AT_ONCE: usize = 8;
/// Longest description, in letters.
pub const ALT_MOST: usize = 300;

/// When a photograph was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Handed over.
    Handover,
    /// Taken back.
    Return,
    /// Of damage.
    Incident,
    /// Otherwise.
    Other,
}

impl Moment {
    /// The word of the row.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Handover => "handover",
            Self::Return => "return",
            Self::Incident => "incident",
            Self::Other => "other",
        }
    }

    /// From the word of the row.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Handover, Self::Return, Self::Incident, Self::Other].into_iter().find(|one| one.word() == word)
    }
}

/// A photograph whose bytes are stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Key of the picture.
    pub key: String,
    /// Key of its small copy.
    pub small_key: String,
    /// SHA-256 of the picture.
    pub sha256: Vec<u8>,
    /// What is to be seen.
    pub alt: String,
}

/// To what photographs belong.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The device.
    pub asset: AssetId,
    /// The loan.
    pub loan: Option<LoanId>,
    /// The incident.
    pub incident: Option<IncidentId>,
    /// When.
    pub moment: Moment,
}

/// A photograph as pages show it.
#[derive(Clone, Debug)]
pub struct Photo {
    /// Its id.
    pub id: PhotoId,
    /// When it was taken.
    pub moment: Moment,
    /// What is to be seen.
    pub alt: String,
    /// When it was given to us.
    pub at: OffsetDateTime,
    /// Key of the picture.
    pub key: String,
    /// Key of its small copy.
    pub small_key: String,
}

/// Writes photographs down.
///
/// Errors: `Invalid` on `photos` (too many) and `alt` (too long).
pub async fn attach(tx: &mut Tx, _: &DeviceClerk, subject: Subject, photos: &[Stored]) -> Result<(), Error> {
    write(tx, subject, photos).await
}

/// Photographs of what a borrower told of their own or their ward's device.
///
/// Errors: `NotFound` for another's loan or what somebody else told; `Invalid` as [`attach`].
pub async fn attach_to_own(
    tx: &mut Tx,
    loan: LoanId,
    incident: IncidentId,
    photos: &[Stored],
) -> Result<(), Error> {
    let line = mine::loan(tx, loan).await?;
    let (organisation, me) = (tx.organisation()?, tx.person()?);
    let told = sqlx::query_scalar!(
        r#"select exists (select 1 from incident where id = $1 and organisation_id = $2 and loan_id = $3 and told_by = $4) as "told!""#,
        incident.0,
        organisation.0,
        loan.0,
        me.0,
    )
    .fetch_one(tx.connection())
    .await?;
    if !told {
        return Err(Error::NotFound);
    }
    let subject =
        Subject { asset: line.asset, loan: Some(loan), incident: Some(incident), moment: Moment::Incident };
    write(tx, subject, photos).await
}

async fn write(tx: &mut Tx, subject: Subject, photos: &[Stored]) -> Result<(), Error> {
    if photos.is_empty() {
        return Ok(());
    }
    if photos.len() > MOST_AT_ONCE {
        let problem = Problem::TooLong(MOST_AT_ONCE);
        return Err(Error::Invalid(vec![FieldProblem { field: "photos", problem }]));
    }
    let (organisation, by) = (tx.organisation()?, tx.person()?);
    for photo in photos {
        let alt = photo.alt.trim();
        if alt.chars().count() > ALT_MOST {
            return Err(Error::field("alt", Problem::TooLong(ALT_MOST)));
        }
        let id = PhotoId::new(tx.now());
        sqlx::query!(
            "insert into condition_photo
               (id, organisation_id, asset_id, loan_id, incident_id, moment_of, blob_key, small_key, sha256, alt, taken_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            id.0,
            organisation.0,
            subject.asset.0,
            subject.loan.map(|id| id.0),
            subject.incident.map(|id| id.0),
            subject.moment.word(),
            photo.key,
            photo.small_key,
            photo.sha256,
            alt,
            by.0,
        )
        .execute(tx.connection())
        .await?;
    }
    let detail = json!({ "photos": photos.len(), "moment": subject.moment.word(), "loan": subject.loan });
    Ok(audit::record(tx, "photographed", "asset", subject.asset.0, detail).await?)
}

/// Photographs of a loan: handed over, damage, taken back, in order.
pub async fn of_loan(tx: &mut Tx, _: &DevicesReader, loan: LoanId) -> Result<Vec<Photo>, Error> {
    list(tx, None, Some(loan), None, None).await
}

/// Photographs of a device, its loans and damage included.
pub async fn of_asset(tx: &mut Tx, _: &DevicesReader, asset: AssetId) -> Result<Vec<Photo>, Error> {
    list(tx, Some(asset), None, None, None).await
}

/// Photographs of an incident.
pub async fn of_incident(tx: &mut Tx, _: &DevicesReader, incident: IncidentId) -> Result<Vec<Photo>, Error> {
    list(tx, None, None, Some(incident), None).await
}

/// Photographs of a loan of the acting person. Errors: `NotFound`.
pub async fn of_own_loan(tx: &mut Tx, loan: LoanId) -> Result<Vec<Photo>, Error> {
    mine::loan(tx, loan).await?;
    list(tx, None, Some(loan), None, None).await
}

/// One photograph. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, _: &DevicesReader, id: PhotoId) -> Result<Photo, Error> {
    list(tx, None, None, None, Some(id)).await?.pop().ok_or(Error::NotFound)
}

/// One photograph of a loan that the acting person has or signs for. Errors: `NotFound`.
pub async fn own(tx: &mut Tx, id: PhotoId) -> Result<Photo, Error> {
    let organisation = tx.organisation()?;
    let loan = sqlx::query_scalar!(
        "select loan_id from condition_photo where id = $1 and organisation_id = $2",
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .flatten()
    .ok_or(Error::NotFound)?;
    mine::loan(tx, LoanId(loan)).await?;
    list(tx, None, None, None, Some(id)).await?.pop().ok_or(Error::NotFound)
}

async fn list(
    tx: &mut Tx,
    asset: Option<AssetId>,
    loan: Option<LoanId>,
    incident: Option<IncidentId>,
    only: Option<PhotoId>,
) -> Result<Vec<Photo>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        "select id, moment_of, alt, taken_at, blob_key, small_key from condition_photo
         where organisation_id = $1 and blob_key <> '' and ($2::uuid is null or asset_id = $2) and ($3::uuid is null or loan_id = $3)
           and ($4::uuid is null or incident_id = $4) and ($5::uuid is null or id = $5)
         order by taken_at, id limit 200",
        organisation.0,
        asset.map(|id| id.0),
        loan.map(|id| id.0),
        incident.map(|id| id.0),
        only.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| Photo {
        id: PhotoId(row.id),
        moment: Moment::from_word(&row.moment_of).unwrap_or(Moment::Other),
        alt: row.alt,
        at: row.taken_at,
        key: row.blob_key,
        small_key: row.small_key,
    });
    Ok(one.collect())
}
