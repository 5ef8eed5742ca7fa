//! Damage, theft, loss, "I have given it back", use by somebody else: told by a borrower or a clerk, worked on by a clerk,
//! closed with a settlement. A report closes no loan.

use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, FieldProblem, Problem, day};
use serde_json::json;
use time::{Date, OffsetDateTime};

use super::kind::IncidentKind;
use super::{mine, thing};
use crate::custody::{self, Kind};
use crate::{AssetId, Error, IncidentId, LoanId};

/// What somebody tells.
#[derive(Clone, Debug)]
pub struct Told {
    /// What happened.
    pub kind: IncidentKind,
    /// When.
    pub happened_on: Date,
    /// In their own words.
    pub description: String,
}

impl Told {
    fn problems(&self, today: Date) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        match self.description.trim().chars().count() {
            0 => problems.push(FieldProblem { field: "description", problem: Problem::Missing }),
            5001.. => problems.push(FieldProblem { field: "description", problem: Problem::TooLong(5000) }),
            _ => {}
        }
        if self.happened_on > today || self.happened_on.year() < 2000 {
            problems.push(FieldProblem { field: "happened_on", problem: Problem::Malformed });
        }
        problems
    }
}

/// What the clerk writes down while working on it.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// Reference of the police.
    pub police_ref: String,
    /// Reference of the insurer.
    pub insurer_ref: String,
    /// The damage in grosze.
    pub assessed_grosze: Option<i64>,
    /// How it was settled.
    pub settlement: String,
}

/// An incident.
#[derive(Clone, Debug)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// The device.
    pub asset: AssetId,
    /// Inventory number.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// The word of the device's state.
    pub asset_state: String,
    /// The loan, when it was on loan.
    pub loan: Option<LoanId>,
    /// Whether somebody still has the device under it.
    pub loan_is_open: bool,
    /// Who had it.
    pub who: String,
    /// What happened.
    pub kind: IncidentKind,
    /// When.
    pub happened_on: Date,
    /// When it was told.
    pub told_at: OffsetDateTime,
    /// By whom.
    pub told_by: String,
    /// In their own words.
    pub description: String,
    /// What was written down since.
    pub work: Work,
    /// When it was closed.
    pub closed_at: Option<OffsetDateTime>,
}

/// A borrower tells of their own or their ward's device. Errors: `NotFound` for another's loan or one that is over;
/// `Invalid` on `kind`, `description`, `happened_on`.
pub async fn report_own(tx: &mut Tx, loan: LoanId, told: &Told) -> Result<IncidentId, Error> {
    let asset = mine::loan(tx, loan).await?.asset;
    // An end of the same moment comes before, and is seen, or after, and closes what is told here.
    thing::hold(tx, &[asset]).await?;
    if !mine::loan(tx, loan).await?.is_open() {
        return Err(Error::NotFound);
    }
    if matches!(told.kind, IncidentKind::ThirdPartyUse | IncidentKind::Found) {
        return Err(Error::field("kind", Problem::Unknown));
    }
    insert(tx, asset, Some(loan), told).await
}

/// A clerk writes down what happened to a device. Errors: `Invalid` on `code`, `description`, `happened_on`.
pub async fn report(tx: &mut Tx, proof: &DeviceClerk, code: &str, told: &Told) -> Result<IncidentId, Error> {
    let asset = match thing::scanned(tx, &proof.reader(), code).await {
        Err(Error::NotFound) => return Err(Error::field("code", Problem::Unknown)),
        found => found?.id,
    };
    thing::hold(tx, &[asset]).await?;
    let loan = sqlx::query_scalar!(
        "select id from loan where asset_id = $1 and handed_over_at is not null and returned_at is null",
        asset.0
    )
    .fetch_optional(tx.connection())
    .await?;
    insert(tx, asset, loan.map(LoanId), told).await
}

async fn insert(tx: &mut Tx, asset: AssetId, loan: Option<LoanId>, told: &Told) -> Result<IncidentId, Error> {
    let problems = told.problems(day::today(tx).await?);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (organisation, id, by) = (tx.organisation()?, IncidentId::new(tx.now()), tx.person()?);
    sqlx::query!(
        "insert into incident (id, organisation_id, asset_id, loan_id, kind, happened_on, told_by, description)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        organisation.0,
        asset.0,
        loan.map(|id| id.0),
        told.kind.word(),
        told.happened_on,
        by.0,
        told.description.trim(),
    )
    .execute(tx.connection())
    .await?;
    let (at, detail) = (tx.now(), json!({ "incident": id, "kind": told.kind.word() }));
    custody::record(tx, asset, at, Kind::Incident, detail.clone()).await?;
    audit::record(tx, "reported", "incident", id.0, detail).await?;
    Ok(id)
}

/// Incidents, open ones first, the newest at the top.
pub async fn all(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Incident>, Error> {
    load(tx, None, None).await
}

/// Incidents of one loan.
pub async fn of_loan(tx: &mut Tx, _: &DevicesReader, loan: LoanId) -> Result<Vec<Incident>, Error> {
    load(tx, None, Some(loan)).await
}

/// One incident. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, _: &DevicesReader, id: IncidentId) -> Result<Incident, Error> {
    load(tx, Some(id), None).await?.pop().ok_or(Error::NotFound)
}

async fn load(tx: &mut Tx, only: Option<IncidentId>, loan: Option<LoanId>) -> Result<Vec<Incident>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select i.id, i.asset_id, s.inventory_no, k.name || ' ' || m.name as "model!", s.state, i.loan_id, i.kind, i.happened_on,
                  i.told_at, coalesce(p.given_name || ' ' || p.family_name,
                    case when i.description = data_removed() then data_removed() else '' end) as "told_by!", i.description, i.police_ref,
                  i.insurer_ref, i.assessed_grosze, i.settlement, i.closed_at,
                  exists (select from loan l where l.id = i.loan_id and l.handed_over_at is not null and l.returned_at is null)
                    as "loan_is_open!",
                  coalesce((select t.name from loan l join loan_party t on t.agreement_id = l.agreement_id and t.role = 'beneficiary'
                            where l.id = i.loan_id order by t.id limit 1), '') as "who!"
           from incident i join asset s on s.id = i.asset_id join asset_model m on m.id = s.model_id join maker k on k.id = s.maker_id
             left join person p on p.id = i.told_by
           where i.organisation_id = $1 and ($2::uuid is null or i.id = $2) and ($3::uuid is null or i.loan_id = $3)
           order by i.closed_at is not null, i.told_at desc limit 500"#,
        organisation.0,
        only.map(|id| id.0),
        loan.map(|id| id.0),
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| Incident {
        id: IncidentId(row.id),
        asset: AssetId(row.asset_id),
        inventory_no: row.inventory_no,
        model: row.model,
        asset_state: row.state,
        loan: row.loan_id.map(LoanId),
        loan_is_open: row.loan_is_open,
        who: row.who,
        kind: IncidentKind::from_word(&row.kind).unwrap_or(IncidentKind::Damage),
        happened_on: row.happened_on,
        told_at: row.told_at,
        told_by: row.told_by,
        description: row.description,
        work: Work {
            police_ref: row.police_ref,
            insurer_ref: row.insurer_ref,
            assessed_grosze: row.assessed_grosze,
            settlement: row.settlement,
        },
        closed_at: row.closed_at,
    });
    Ok(one.collect())
}

/// Writes down references, the damage and the settlement. Errors: `NotFound`, also once it is closed; `Invalid`.
pub async fn work_on(tx: &mut Tx, _: &DeviceClerk, id: IncidentId, work: &Work) -> Result<(), Error> {
    let mut problems = Vec::new();
    for (field, text, most) in [
        ("police_ref", &work.police_ref, 100),
        ("insurer_ref", &work.insurer_ref, 100),
        ("settlement", &work.settlement, 2000),
    ] {
        if text.trim().chars().count() > most {
            problems.push(FieldProblem { field, problem: Problem::TooLong(most) });
        }
    }
    if work.assessed_grosze.is_some_and(|amount| !(0..=100_000_000_000).contains(&amount)) {
        problems.push(FieldProblem { field: "assessed", problem: Problem::Malformed });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let organisation = tx.organisation()?;
    let changed = sqlx::query!(
        "update incident set police_ref = $3, insurer_ref = $4, assessed_grosze = $5, settlement = $6
         where id = $1 and organisation_id = $2 and closed_at is null",
        id.0,
        organisation.0,
        work.police_ref.trim(),
        work.insurer_ref.trim(),
        work.assessed_grosze,
        work.settlement.trim(),
    )
    .execute(tx.connection())
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "changed", "incident", id.0, json!({})).await?)
}

/// Confirms theft or loss: the device is not in stock any more; an open loan stays open until it is found or settled.
///
/// Errors: `NotFound` for another kind or a closed one; `NotInStock` when it was written off.
pub async fn confirm_gone(tx: &mut Tx, proof: &DeviceClerk, id: IncidentId) -> Result<(), Error> {
    let incident = one(tx, &proof.reader(), id).await?;
    let state = match (incident.kind, incident.closed_at) {
        (IncidentKind::Theft, None) => "stolen",
        (IncidentKind::Loss, None) => "missing",
        _ => return Err(Error::NotFound),
    };
    let changed = sqlx::query!(
        "update asset set state = $2, revision = revision + 1, updated_at = moment()
         where id = $1 and state in ('in_stock', 'quarantine', 'in_repair', 'missing', 'stolen')",
        incident.asset.0,
        state
    )
    .execute(tx.connection())
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::NotInStock);
    }
    let (at, detail) = (tx.now(), json!({ "incident": id, "state": state }));
    custody::record(tx, incident.asset, at, Kind::StateChanged, detail.clone()).await?;
    Ok(audit::record(tx, "confirmed", "incident", id.0, detail).await?)
}

/// Closes it. Errors: `NotFound` when it is closed; `Invalid` on `settlement` when none is written down.
pub async fn close(tx: &mut Tx, proof: &DeviceClerk, id: IncidentId) -> Result<(), Error> {
    let incident = one(tx, &proof.reader(), id).await?;
    if incident.closed_at.is_some() {
        return Err(Error::NotFound);
    }
    if incident.work.settlement.is_empty() {
        return Err(Error::field("settlement", Problem::Missing));
    }
    sqlx::query!("update incident set closed_at = moment() where id = $1", id.0)
        .execute(tx.connection())
        .await?;
    Ok(audit::record(tx, "closed", "incident", id.0, json!({})).await?)
}
