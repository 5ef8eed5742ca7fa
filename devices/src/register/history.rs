//! What an asset's page tells beyond the list: every field, the chain of custody with a check of its seals, its loans.

use base::{PersonId, Tx};
use identity::{DeviceClerk, DevicesReader};
use serde_json::Value;
use time::{Date, OffsetDateTime};

use crate::custody::Kind;
use crate::error::Error;
use crate::{AgreementId, AssetId, LoanId, LotId};

/// The fields of an asset that lists do not show.
#[derive(Clone, Debug)]
pub struct Details {
    /// Who answers for it.
    pub custodian: Option<String>,
    /// The purchase that it came with.
    pub lot: Option<LotId>,
    /// Its name.
    pub lot_name: Option<String>,
    /// Number of the invoice.
    pub invoice_no: Option<String>,
    /// Price of one, in grosze.
    pub unit_price_grosze: Option<i64>,
    /// Last day of the warranty.
    pub warranty_until: Option<Date>,
    /// Insurer and policy.
    pub insurer: Option<String>,
    /// Number of the policy.
    pub policy_no: Option<String>,
    /// Last day of the insurance.
    pub insured_until: Option<Date>,
    /// The programme: its real name for clerks, else the neutral one.
    pub programme: Option<String>,
    /// Telephone number of a SIM card.
    pub phone_no: Option<String>,
    /// Its data plan.
    pub plan: Option<String>,
    /// Last day of the plan.
    pub plan_until: Option<Date>,
    /// Whether PIN or PUK are kept.
    pub has_secrets: bool,
    /// Id at the management of devices.
    pub mdm_id: Option<String>,
    /// When that last saw it.
    pub mdm_seen_at: Option<OffsetDateTime>,
    /// Anything else.
    pub note: String,
    /// When it came on the books.
    pub created_at: OffsetDateTime,
    /// One higher with every change.
    pub revision: i32,
}

/// The rest of an asset's fields. With a clerk's proof the programme has its real name. Errors: `NotFound`.
pub async fn details(
    tx: &mut Tx,
    _: &DevicesReader,
    clerk: Option<&DeviceClerk>,
    id: AssetId,
) -> Result<Details, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        r#"select c.given_name || ' ' || c.family_name as custodian, a.lot_id, l.name as "lot_name?",
                  l.invoice_no as "invoice_no?", l.unit_price_grosze, l.warranty_until, l.insurer as "insurer?",
                  l.policy_no as "policy_no?", l.insured_until,
                  case when $3 then g.name else g.neutral_name end as programme, a.phone_no, a.plan, a.plan_until,
                  a.secrets_sealed is not null as "has_secrets!", a.mdm_id, a.mdm_seen_at, a.note, a.created_at, a.revision
           from asset a
           left join person c on c.id = a.custodian_id
           left join purchase_lot l on l.id = a.lot_id
           left join programme g on g.id = a.programme_id
           where a.id = $1 and a.organisation_id = $2"#,
        id.0,
        organisation.0,
        clerk.is_some(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let there = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(Details {
        custodian: row.custodian,
        lot: row.lot_id.map(LotId),
        lot_name: row.lot_name,
        invoice_no: there(row.invoice_no),
        unit_price_grosze: row.unit_price_grosze,
        warranty_until: row.warranty_until,
        insurer: there(row.insurer),
        policy_no: there(row.policy_no),
        insured_until: row.insured_until,
        programme: row.programme,
        phone_no: row.phone_no,
        plan: row.plan,
        plan_until: row.plan_until,
        has_secrets: row.has_secrets,
        mdm_id: row.mdm_id,
        mdm_seen_at: row.mdm_seen_at,
        note: row.note,
        created_at: row.created_at,
        revision: row.revision,
    })
}

/// A line of the chain.
#[derive(Clone, Debug)]
pub struct Event {
    /// From 1.
    pub number: i32,
    /// When it happened.
    pub at: OffsetDateTime,
    /// What happened.
    pub kind: Kind,
    /// Who did it; `None` for a job.
    pub person: Option<String>,
    /// What else is told.
    pub detail: Value,
}

/// The chain of custody of an asset.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The latest lines, the newest first; at most 200.
    pub events: Vec<Event>,
    /// How many there are.
    pub length: i64,
    /// Whether every seal follows from its line and the line before, and no number is left out. Of a line whose texts were
    /// blanked with the file of a loan the seal is taken as it stands.
    pub intact: bool,
}

/// The chain, every line of it checked.
pub async fn chain(tx: &mut Tx, _: &DevicesReader, id: AssetId) -> Result<Chain, Error> {
    let organisation = tx.organisation()?;
    let checked = sqlx::query!(
        r#"select count(*) as "length!", coalesce(bool_and(number = place and (blanked or seal = wanted)), true) as "intact!"
           from (select number, seal, blanked, row_number() over line as place,
                        sha256(coalesce(lag(seal) over line, '\x') || convert_to(concat_ws('|', asset_id, number,
                          extract(epoch from at), kind, person_id, detail::text), 'UTF8')) as wanted
                 from custody_event where organisation_id = $1 and asset_id = $2
                 window line as (order by number)) lines"#,
        organisation.0,
        id.0,
    )
    .fetch_one(tx.connection())
    .await?;
    let rows = sqlx::query!(
        r#"select e.number, e.at, e.kind, e.detail, coalesce(p.given_name || ' ' || p.family_name, case when e.blanked then data_removed() end) as person
           from custody_event e left join person p on p.id = e.person_id
           where e.organisation_id = $1 and e.asset_id = $2 order by e.number desc limit 200"#,
        organisation.0,
        id.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let event = rows.into_iter().map(|row| Event {
        number: row.number,
        at: row.at,
        kind: Kind::from_word(&row.kind).unwrap_or(Kind::Changed),
        person: row.person,
        detail: row.detail,
    });
    Ok(Chain { events: event.collect(), length: checked.length, intact: checked.intact })
}

/// A loan of an asset, open or closed.
#[derive(Clone, Debug)]
pub struct PastLoan {
    /// Its id.
    pub id: LoanId,
    /// Its agreement.
    pub agreement: AgreementId,
    /// Number of the agreement.
    pub number: String,
    /// Whom it is for.
    pub person: Option<PersonId>,
    /// Their name.
    pub name: String,
    /// Since when.
    pub handed_over_at: Option<OffsetDateTime>,
    /// Until when.
    pub returned_at: Option<OffsetDateTime>,
    /// The last day, when it has one.
    pub due_on: Option<Date>,
}

/// The loans of an asset, the newest first, at most 100; those that were taken back before the hand-over are left out.
pub async fn loans(tx: &mut Tx, _: &DevicesReader, id: AssetId) -> Result<Vec<PastLoan>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select l.id, l.agreement_id, g.number, l.beneficiary_id, l.handed_over_at, l.returned_at, d.due_on,
                  coalesce(b.given_name || ' ' || b.family_name,
                    (select y.name from loan_party y where y.agreement_id = l.agreement_id and y.role = 'beneficiary'
                     order by y.since desc, y.id limit 1), '') as "name!"
           from loan l join loan_agreement g on g.id = l.agreement_id join loan_due d on d.loan_id = l.id
           left join person b on b.id = l.beneficiary_id
           where l.organisation_id = $1 and l.asset_id = $2 and l.cancelled_at is null
           order by coalesce(l.handed_over_at, l.prepared_at) desc limit 100"#,
        organisation.0,
        id.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let loan = rows.into_iter().map(|row| PastLoan {
        id: LoanId(row.id),
        agreement: AgreementId(row.agreement_id),
        number: row.number,
        person: row.beneficiary_id.map(PersonId),
        name: row.name,
        handed_over_at: row.handed_over_at,
        returned_at: row.returned_at,
        due_on: row.due_on,
    });
    Ok(loan.collect())
}
