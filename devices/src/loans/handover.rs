//! Handing over: one signed protocol for the devices that go out together. Protocol, loans, accessories, lines of custody
//! and audit are one transaction.

use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, Problem, day};
use serde_json::json;
use time::{Date, OffsetDateTime};

use super::agreement::{self, Agreement};
use super::kind::{Grade, SignedBy};
use super::protocols::{self, NewProtocol, Of};
use super::readiness::{self, Found};
use crate::custody::{self, Kind};
use crate::{AgreementId, Error, LoanId, ProtocolId};

/// One device that goes out.
#[derive(Clone, Debug)]
pub struct Going {
    /// The prepared loan.
    pub loan: LoanId,
    /// Its condition.
    pub grade: Grade,
    /// Lines of the checklist that were ticked.
    pub checked: Vec<String>,
    /// What goes along.
    pub accessories: Vec<String>,
    /// Anything else.
    pub note: String,
}

/// A hand-over.
#[derive(Clone, Debug)]
pub struct HandOver {
    /// The day when it is written down afterwards; today when none.
    pub on: Option<Date>,
    /// How the protocol was signed.
    pub signed_by: SignedBy,
    /// By whom.
    pub signatory: String,
    /// The clerk has seen the findings that must be confirmed.
    pub confirmed: bool,
    /// The devices.
    pub items: Vec<Going>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Handed {
    /// Done: the protocol.
    Done(ProtocolId),
    /// Nothing was done; this stands against it.
    Not(Vec<Found>),
}

/// What stands against handing over everything that waits, now.
pub async fn findings(tx: &mut Tx, _: &DevicesReader, agreement: &Agreement) -> Result<Vec<Found>, Error> {
    let (today, now) = (day::today(tx).await?, tx.now());
    let loans: Vec<LoanId> = agreement.waiting().map(|item| item.loan).collect();
    readiness::of(tx, agreement, &loans, now, today).await
}

/// Hands over.
///
/// Errors: `NotFound` for an agreement of others; `Invalid` on `items`, `signatory`; what only the database sees when two
/// clerks are at it in the same moment: `Lent`, `HasPrimary`, `NotInStock`.
pub async fn hand_over(
    tx: &mut Tx,
    _: &DeviceClerk,
    id: AgreementId,
    given: &HandOver,
) -> Result<Handed, Error> {
    agreement::hold(tx, id).await?;
    let agreement = agreement::load(tx, id).await?;
    let waiting = |loan| agreement.waiting().any(|item| item.loan == loan);
    if given.items.is_empty() || !given.items.iter().all(|going| waiting(going.loan)) {
        return Err(Error::field("items", Problem::Missing));
    }
    let signatory = given.signatory.trim();
    if signatory.is_empty() || signatory.chars().count() > 200 {
        return Err(Error::field("signatory", Problem::Missing));
    }
    let today = day::today(tx).await?;
    let at = match given.on {
        Some(day) if day != today => day::midday(tx, day).await?,
        _ => tx.now(),
    };
    let loans: Vec<LoanId> = given.items.iter().map(|going| going.loan).collect();
    let found = readiness::of(tx, &agreement, &loans, at, today).await?;
    if !readiness::allows(&found, given.confirmed) {
        return Ok(Handed::Not(found));
    }
    let protocol = protocol(tx, &agreement, given, at, signatory).await?;
    // In the order of their ids, as an edit of the event that they share holds them.
    let mut items: Vec<_> = given.items.iter().collect();
    items.sort_by_key(|going| going.loan.0);
    for going in items {
        go(tx, &agreement, going, protocol, at).await?;
    }
    let codes: Vec<&str> = found.iter().map(|one| one.finding.code()).collect();
    let detail = json!({ "protocol": protocol, "devices": given.items.len(), "confirmed": codes });
    audit::record(tx, "handed_over", "loan_agreement", id.0, detail).await?;
    Ok(Handed::Done(protocol))
}

async fn protocol(
    tx: &mut Tx,
    agreement: &Agreement,
    given: &HandOver,
    at: OffsetDateTime,
    signatory: &str,
) -> Result<ProtocolId, Error> {
    let items: Vec<_> = given
        .items
        .iter()
        .filter_map(|going| agreement.items.iter().find(|item| item.loan == going.loan).map(|item| (going, item)))
        .map(|(going, item)| {
            json!({ "loan": going.loan, "asset": item.asset, "inventory_no": item.inventory_no, "serial": item.serial,
                    "model": item.model, "grade": going.grade.word(), "checked": going.checked,
                    "accessories": going.accessories, "note": going.note.trim() })
        })
        .collect();
    let body = json!({ "items": items });
    let new = NewProtocol {
        of: Of::Handover,
        agreement: Some(agreement.id),
        at,
        signed_by: given.signed_by.word(),
        signatory,
        body: &body,
    };
    protocols::write(tx, new).await
}

async fn go(
    tx: &mut Tx,
    agreement: &Agreement,
    going: &Going,
    protocol: ProtocolId,
    at: OffsetDateTime,
) -> Result<(), Error> {
    let asset = sqlx::query_scalar!(
        "update loan set handed_over_at = $2, handover_id = $3, grade_out = $4, note = $5
         where id = $1 and handed_over_at is null and cancelled_at is null returning asset_id",
        going.loan.0,
        at,
        protocol.0,
        going.grade.word(),
        going.note.trim().chars().take(2000).collect::<String>(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::Lent)?;
    let organisation = tx.organisation()?;
    for name in going.accessories.iter().filter(|name| (1..=100).contains(&name.chars().count())) {
        let id = base::id::row_id(tx.now());
        sqlx::query!(
            "insert into loan_accessory (id, organisation_id, loan_id, name) values ($1, $2, $3, $4)",
            id,
            organisation.0,
            going.loan.0,
            name,
        )
        .execute(tx.connection())
        .await?;
    }
    let detail = json!({ "loan": going.loan, "agreement": agreement.number, "protocol": protocol, "grade": going.grade.word(),
                         "accessories": going.accessories });
    Ok(custody::record(tx, crate::AssetId(asset), at, Kind::HandedOver, detail).await?)
}
