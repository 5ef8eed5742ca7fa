//! Repairs: a device goes to a workshop and comes back. Meanwhile its borrower may have another one as a loaner.

use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, Problem, day};
use serde_json::json;
use time::Date;
use uuid::Uuid;

use super::incident;
use crate::custody::{self, Kind};
use crate::{AssetId, Error, IncidentId};

/// A repair.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Its id.
    pub id: Uuid,
    /// The device.
    pub asset: AssetId,
    /// First day.
    pub begun_on: Date,
    /// Last day.
    pub ended_on: Option<Date>,
    /// Where.
    pub workshop: String,
    /// Whether the warranty pays.
    pub under_warranty: bool,
    /// What it cost, in grosze.
    pub cost_grosze: Option<i64>,
    /// What is done.
    pub description: String,
}

/// The repairs that an incident led to.
pub async fn of(tx: &mut Tx, _: &DevicesReader, incident: IncidentId) -> Result<Vec<Ticket>, Error> {
    let rows = sqlx::query!(
        "select id, asset_id, begun_on, ended_on, workshop, under_warranty, cost_grosze, description from repair_ticket
         where incident_id = $1 order by begun_on, id",
        incident.0
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| Ticket {
        id: row.id,
        asset: AssetId(row.asset_id),
        begun_on: row.begun_on,
        ended_on: row.ended_on,
        workshop: row.workshop,
        under_warranty: row.under_warranty,
        cost_grosze: row.cost_grosze,
        description: row.description,
    });
    Ok(one.collect())
}

/// What is to be done, and by whom.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Where.
    pub workshop: String,
    /// What is to be done.
    pub description: String,
    /// Whether the warranty pays.
    pub under_warranty: bool,
}

/// Sends the device of an incident to be repaired.
///
/// Errors: `NotFound`; `Invalid` on `description`; `NotInStock` when it is being repaired, gone or written off.
pub async fn begin(tx: &mut Tx, proof: &DeviceClerk, id: IncidentId, order: &Order) -> Result<(), Error> {
    let incident = incident::one(tx, &proof.reader(), id).await?;
    match order.description.trim().chars().count() {
        0 => return Err(Error::field("description", Problem::Missing)),
        5001.. => return Err(Error::field("description", Problem::TooLong(5000))),
        _ => {}
    }
    let moved = sqlx::query!(
        "update asset set state = 'in_repair', revision = revision + 1, updated_at = moment()
         where id = $1 and state in ('in_stock', 'quarantine')",
        incident.asset.0
    )
    .execute(tx.connection())
    .await?;
    if moved.rows_affected() == 0 {
        return Err(Error::NotInStock);
    }
    let (organisation, today, ticket) =
        (tx.organisation()?, day::today(tx).await?, base::id::row_id(tx.now()));
    sqlx::query!(
        "insert into repair_ticket (id, organisation_id, asset_id, incident_id, begun_on, workshop, under_warranty, description)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        ticket,
        organisation.0,
        incident.asset.0,
        id.0,
        today,
        order.workshop.trim().chars().take(200).collect::<String>(),
        order.under_warranty,
        order.description.trim(),
    )
    .execute(tx.connection())
    .await?;
    let (at, detail) = (tx.now(), json!({ "ticket": ticket, "incident": id }));
    custody::record(tx, incident.asset, at, Kind::RepairBegun, detail.clone()).await?;
    Ok(audit::record(tx, "began_repair", "asset", incident.asset.0, detail).await?)
}

/// It is back from the workshop: in stock again. Errors: `NotFound` when no repair is open; `Invalid` on `cost`.
pub async fn end(tx: &mut Tx, _: &DeviceClerk, incident: IncidentId, cost: Option<i64>) -> Result<(), Error> {
    if cost.is_some_and(|cost| !(0..=100_000_000_000).contains(&cost)) {
        return Err(Error::field("cost", Problem::Malformed));
    }
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let row = sqlx::query!(
        "update repair_ticket set ended_on = $3, cost_grosze = $4
         where incident_id = $1 and organisation_id = $2 and ended_on is null returning id, asset_id",
        incident.0,
        organisation.0,
        today,
        cost,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    sqlx::query!(
        "update asset set state = 'in_stock', revision = revision + 1, updated_at = moment() where id = $1 and state = 'in_repair'",
        row.asset_id
    )
    .execute(tx.connection())
    .await?;
    let (at, detail) = (tx.now(), json!({ "ticket": row.id }));
    custody::record(tx, AssetId(row.asset_id), at, Kind::RepairEnded, detail.clone()).await?;
    Ok(audit::record(tx, "ended_repair", "asset", row.asset_id, detail).await?)
}
