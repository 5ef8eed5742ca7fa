//! What happens to one loan besides handing over and taking back: accessories that come later or are settled, protocols.

use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, Problem};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::custody::{self, Kind};
use crate::{AgreementId, AssetId, Error, LoanId, ProtocolId};

/// Something that went along with a device.
#[derive(Clone, Debug)]
pub struct Accessory {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub name: String,
    /// When it came back.
    pub returned_at: Option<OffsetDateTime>,
    /// How it was settled instead.
    pub settlement: Option<String>,
}

/// What went along with a loan.
pub async fn accessories(tx: &mut Tx, _: &DevicesReader, loan: LoanId) -> Result<Vec<Accessory>, Error> {
    let rows = sqlx::query!(
        "select id, name, returned_at, settled_at, settlement from loan_accessory where loan_id = $1 order by id",
        loan.0
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| Accessory {
        id: row.id,
        name: row.name,
        returned_at: row.returned_at,
        settlement: row.settled_at.map(|_| row.settlement),
    });
    Ok(one.collect())
}

/// What became of an accessory that is owed.
#[derive(Clone, Debug)]
pub enum Settled {
    /// It came back.
    Returned,
    /// It was settled otherwise: paid for, replaced, forgiven.
    Otherwise(String),
}

/// Ends what is owed of one accessory. Errors: `NotFound` when nothing is owed; `Invalid` on `settlement`.
pub async fn settle(
    tx: &mut Tx,
    _: &DeviceClerk,
    loan: LoanId,
    accessory: Uuid,
    settled: &Settled,
) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let how = match settled {
        Settled::Returned => None,
        Settled::Otherwise(text) if text.trim().is_empty() => {
            return Err(Error::field("settlement", Problem::Missing));
        }
        Settled::Otherwise(text) => Some(text.trim().chars().take(500).collect::<String>()),
    };
    let row = sqlx::query!(
        "update loan_accessory c set returned_at = case when $4::text is null then moment() end,
                settled_at = case when $4::text is not null then moment() end, settlement = coalesce($4, '')
         from loan l where c.id = $1 and c.loan_id = $2 and l.id = c.loan_id and c.organisation_id = $3
           and c.returned_at is null and c.settled_at is null
         returning c.name, l.asset_id",
        accessory,
        loan.0,
        organisation.0,
        how,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let (at, detail) = (tx.now(), json!({ "loan": loan, "name": row.name, "settled": how.is_some() }));
    if how.is_none() {
        custody::record(tx, AssetId(row.asset_id), at, Kind::AccessoryReturned, detail.clone()).await?;
    }
    Ok(audit::record(tx, "settled_accessory", "loan", loan.0, detail).await?)
}

/// A protocol as it was signed.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// Its id.
    pub id: ProtocolId,
    /// `handover`, `return` or `settlement`.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// The agreement.
    pub agreement: Option<AgreementId>,
    /// The agreement's number.
    pub agreement_number: Option<String>,
    /// When.
    pub made_at: OffsetDateTime,
    /// Who handed over or took back.
    pub made_by: String,
    /// How it was signed, or `absent`.
    pub signed_by: String,
    /// Who signed for the other side.
    pub signatory: String,
    /// The devices: `{ "items": [...] }`.
    pub body: Value,
}

/// One protocol of handing over, taking back or settling. Errors: `NotFound`.
pub async fn protocol(tx: &mut Tx, _: &DevicesReader, id: ProtocolId) -> Result<Protocol, Error> {
    protocols(tx, Some(id), None).await?.pop().ok_or(Error::NotFound)
}

/// A protocol of an agreement in which the acting person takes part. Errors: `NotFound`.
pub async fn own_protocol(tx: &mut Tx, id: ProtocolId) -> Result<Protocol, Error> {
    let protocol = protocols(tx, Some(id), None).await?.pop().ok_or(Error::NotFound)?;
    super::mine::agreement(tx, protocol.agreement.ok_or(Error::NotFound)?).await?;
    Ok(protocol)
}

/// The protocols of an agreement in which the acting person takes part, in order. Errors: `NotFound`.
pub async fn own_protocols(tx: &mut Tx, agreement: AgreementId) -> Result<Vec<Protocol>, Error> {
    super::mine::agreement(tx, agreement).await?;
    protocols(tx, None, Some(agreement)).await
}

/// The protocols of an agreement, in order.
pub async fn protocols_of(
    tx: &mut Tx,
    _: &DevicesReader,
    agreement: AgreementId,
) -> Result<Vec<Protocol>, Error> {
    protocols(tx, None, Some(agreement)).await
}

async fn protocols(
    tx: &mut Tx,
    only: Option<ProtocolId>,
    agreement: Option<AgreementId>,
) -> Result<Vec<Protocol>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select p.id, p.kind, p.number, p.agreement_id, a.number as "agreement_number?", p.made_at,
                  m.given_name || ' ' || m.family_name as "made_by!", p.signed_by, p.signatory, p.body
           from protocol p join person m on m.id = p.made_by left join loan_agreement a on a.id = p.agreement_id
           where p.organisation_id = $1 and p.kind in ('handover', 'return', 'settlement') and ($2::uuid is null or p.id = $2)
             and ($3::uuid is null or p.agreement_id = $3) order by p.made_at, p.id"#,
        organisation.0,
        only.map(|id| id.0),
        agreement.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| Protocol {
        id: ProtocolId(row.id),
        kind: row.kind,
        number: row.number,
        agreement: row.agreement_id.map(AgreementId),
        agreement_number: row.agreement_number,
        made_at: row.made_at,
        made_by: row.made_by,
        signed_by: row.signed_by,
        signatory: row.signatory,
        body: row.body,
    });
    Ok(one.collect())
}
