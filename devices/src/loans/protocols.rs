//! Writing a protocol of a loan or a device: its number of the year in Warsaw, who made it, and who signed it for the other side.

use base::Tx;
use identity::day;
use serde_json::Value;
use time::OffsetDateTime;

use super::kind::SignedBy;
use crate::retention::REMOVED;
use crate::{AgreementId, Error, ProtocolId, number};

/// What a protocol is of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of {
    /// Devices that go out.
    Handover,
    /// A device that comes back.
    Return,
    /// The end of a loan without the device.
    Settlement,
    /// Data that were wiped.
    Wipe,
}

impl Of {
    /// The word in the database, and the series of the numbers.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Handover => ("handover", "PZO"),
            Self::Return => ("return", "PZW"),
            Self::Settlement => ("settlement", "PRU"),
            Self::Wipe => ("wipe", "PUD"),
        }
    }
}

/// A protocol that is to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewProtocol<'a> {
    /// What it is of.
    pub of: Of,
    /// The agreement to which it belongs.
    pub agreement: Option<AgreementId>,
    /// When it was made.
    pub at: OffsetDateTime,
    /// How it was signed for the other side.
    pub signed_by: &'a str,
    /// Who signed it, at most 200 letters.
    pub signatory: &'a str,
    /// What it says.
    pub body: &'a Value,
}

/// Who signed for the other side, and how: as it was told, or that `who` was not there. A file that was blanked names nobody again.
pub(super) fn other_side(who: &str, signed: Option<&(SignedBy, String)>) -> (&'static str, String) {
    let (how, name) = match signed {
        _ if who == REMOVED => ("absent", REMOVED),
        Some((by, name)) if !name.trim().is_empty() => (by.word(), name.trim()),
        _ => ("absent", who),
    };
    let name = if name.is_empty() { "–" } else { name };
    (how, name.chars().take(200).collect())
}

/// Writes it in the name of the acting person.
pub(super) async fn write(tx: &mut Tx, new: NewProtocol<'_>) -> Result<ProtocolId, Error> {
    let (organisation, id, by) = (tx.organisation()?, ProtocolId::new(tx.now()), tx.person()?);
    let (kind, series) = new.of.words();
    let year = i16::try_from(day::of(tx, new.at).await?.year()).unwrap_or(i16::MAX);
    let number = number::next(tx, series, year).await?;
    sqlx::query!(
        "insert into protocol (id, organisation_id, kind, number, agreement_id, made_at, made_by, signed_by, signatory, body)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        organisation.0,
        kind,
        number,
        new.agreement.map(|id| id.0),
        new.at,
        by.0,
        new.signed_by,
        new.signatory,
        new.body,
    )
    .execute(tx.connection())
    .await?;
    Ok(id)
}
