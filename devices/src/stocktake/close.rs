//! Closing: the protocol keeps what was found and what was not, and never changes; what is missing may be marked so in the
//! register in the same transaction.

use std::collections::{BTreeMap, HashMap};

use base::{Tx, audit};
use identity::{DeviceClerk, day};
use serde_json::json;

use super::result;
use crate::register::{State, state};
use crate::{AssetId, Error, ProtocolId, StocktakeId, number};

/// How it is closed.
#[derive(Clone, Debug, Default)]
pub struct Closing {
    /// Which of the missing are marked so in the register.
    pub missing: Vec<AssetId>,
    /// Why something differs: of what is missing, not confirmed or from elsewhere (art. 27 ust. 2 of the Accounting Act).
    pub explained: HashMap<AssetId, String>,
    /// What the two who counted say.
    pub note: String,
}

/// Longest explanation, in letters.
pub const EXPLANATION_MOST: usize = 500;

/// Closes a stocktake; answers its protocol.
///
/// Errors: `NotFound`; `Stays` when it is closed; `Invalid` on `note`, `explained`; `NotFound` too for a device that is marked
/// and not missing.
pub async fn close(
    tx: &mut Tx,
    proof: &DeviceClerk,
    id: StocktakeId,
    closing: &Closing,
) -> Result<ProtocolId, Error> {
    let note = closing.note.trim();
    if note.chars().count() > 2000 {
        return Err(Error::field("note", identity::Problem::TooLong(2000)));
    }
    if closing.explained.values().any(|text| text.trim().chars().count() > EXPLANATION_MOST) {
        return Err(Error::field("explained", identity::Problem::TooLong(EXPLANATION_MOST)));
    }
    // Held, so that a scan under way comes before or is refused.
    let organisation = tx.organisation()?;
    let open = sqlx::query_scalar!(
        r#"select closed_at is null as "open!" from stocktake where id = $1 and organisation_id = $2 for update"#,
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if !open {
        return Err(Error::Stays);
    }
    let about = super::one(tx, &proof.reader(), id).await?;
    let found = result::result(tx, &proof.reader(), id).await?;
    let missing: Vec<_> = found.missing().map(|line| line.asset).collect();
    if closing.missing.iter().any(|asset| !missing.contains(asset)) {
        return Err(Error::NotFound);
    }
    for asset in &closing.missing {
        state::set(tx, proof, *asset, State::Missing, &about.number).await?;
    }
    let tally = found.tally();
    // What was found meanwhile needs no explanation any more.
    let differs = found.differs();
    let explained: BTreeMap<String, &str> = closing
        .explained
        .iter()
        .filter(|(asset, text)| differs.contains(asset) && !text.trim().is_empty())
        .map(|(asset, text)| (asset.to_string(), text.trim()))
        .collect();
    let body = json!({
        "stocktake": about.number, "name": about.name, "of": about.of, "counters": about.counters, "rounds": about.round,
        "opened_at": about.opened_at.unix_timestamp(), "note": note,
        "expected": tally.expected, "seen": tally.seen, "declared": tally.declared, "unconfirmed": tally.unconfirmed,
        "missing": tally.missing, "elsewhere": tally.elsewhere, "unknown": tally.unknown,
        "marked": closing.missing, "explained": explained,
        "lines": found.lines.iter().map(result::Line::kept).collect::<Vec<_>>(),
        "strays": found.strays.iter().map(|one| json!({ "asset": one.asset, "code": one.code, "place": one.place })).collect::<Vec<_>>(),
    });
    let (by, protocol) = (tx.person()?, ProtocolId::new(tx.now()));
    let year = i16::try_from(day::today(tx).await?.year()).unwrap_or(i16::MAX);
    let number = number::next(tx, "PS", year).await?;
    let signatory: String = about.counters.join(", ").chars().take(200).collect();
    sqlx::query!(
        "insert into protocol (id, organisation_id, kind, number, made_at, made_by, signed_by, signatory, body)
         values ($1, $2, 'stocktake', $3, moment(), $4, 'paper', $5, $6)",
        protocol.0,
        organisation.0,
        number,
        by.0,
        signatory,
        body,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!(
        "update stocktake set closed_at = moment(), closed_by = $2, protocol_id = $3 where id = $1",
        id.0,
        by.0,
        protocol.0
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "closed", "stocktake", id.0, json!({ "protocol": number })).await?;
    Ok(protocol)
}
