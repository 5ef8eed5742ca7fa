//! The life of an asset: put aside, in repair, missing, stolen, scrapped; and that its data were wiped.

use base::{Tx, audit};
use identity::{DeviceClerk, FieldProblem, Problem};
use serde_json::json;

use crate::AssetId;
use crate::custody::{self, Kind};
use crate::error::Error;
use crate::register::kind::State;
use crate::register::sim;

/// Puts an asset into a state, for a reason that is kept in its history.
///
/// Errors: `NotFound`, `Invalid` on `reason`, `Stays` from a state without a way back, `Lent` when it would leave the books
/// while somebody has it, `SimTaken` when it would leave with a SIM card in it.
pub async fn set(tx: &mut Tx, _: &DeviceClerk, id: AssetId, state: State, reason: &str) -> Result<(), Error> {
    let reason = said("reason", reason)?;
    let organisation = tx.organisation()?;
    let before = sqlx::query_scalar!(
        "select state from asset where id = $1 and organisation_id = $2 for no key update",
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let before = State::from_word(&before).unwrap_or(State::Quarantine);
    if before == state {
        return Ok(());
    }
    if before.is_end() {
        return Err(Error::Stays);
    }
    if state.is_end() && sim::holds_card(tx, id.0).await? {
        return Err(Error::SimTaken);
    }
    sqlx::query!(
        "update asset set state = $3, revision = revision + 1, updated_at = moment() where id = $1 and organisation_id = $2",
        id.0,
        organisation.0,
        state.word(),
    )
    .execute(tx.connection())
    .await?;
    let lost = matches!(before, State::Missing | State::Stolen);
    let kind = match (before, state) {
        (_, State::InRepair) => Kind::RepairBegun,
        (State::InRepair, _) => Kind::RepairEnded,
        (_, State::InStock | State::Quarantine) if lost => Kind::Found,
        _ => Kind::StateChanged,
    };
    let detail = json!({ "from": before.word(), "to": state.word(), "reason": reason });
    let now = tx.now();
    custody::record(tx, id, now, kind, detail).await?;
    audit::record(tx, "state_changed", "asset", id.0, json!({ "from": before.word(), "to": state.word() }))
        .await?;
    Ok(())
}

/// Records that the data on an asset were wiped, and how; from then on it may be lent again.
///
/// Errors: `NotFound`, `Invalid` on `method`.
pub async fn wiped(tx: &mut Tx, _: &DeviceClerk, id: AssetId, method: &str) -> Result<(), Error> {
    let method = said("method", method)?;
    let (organisation, now) = (tx.organisation()?, tx.now());
    let changed = sqlx::query!(
        "update asset set to_wipe = false, revision = revision + 1, updated_at = moment()
         where id = $1 and organisation_id = $2",
        id.0,
        organisation.0
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(Error::NotFound);
    }
    custody::record(tx, id, now, Kind::Wiped, json!({ "method": method })).await?;
    audit::record(tx, "wiped", "asset", id.0, json!({})).await?;
    Ok(())
}

/// A sentence that is there and not too long.
fn said(field: &'static str, text: &str) -> Result<String, Error> {
    let text = text.trim();
    let problem = match text.chars().count() {
        0 => Problem::Missing,
        count if count > 500 => Problem::TooLong(500),
        _ => return Ok(text.to_owned()),
    };
    Err(Error::Invalid(vec![FieldProblem { field, problem }]))
}
