//! SIM cards: which device each is in, and its PIN and PUK, which are kept sealed.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, FieldProblem, Problem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::AssetId;
use crate::custody::{self, Kind};
use crate::error::Error;
use crate::register::asset;
use crate::register::kind::AssetKind;

/// Bytes of a nonce before the sealed text (NIST SP 800-38D).
const NONCE_BYTES: usize = 12;

/// PIN and PUK of a card.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// Four to eight digits (ETSI TS 131 101), or nothing.
    pub pin: String,
    /// Eight digits, or nothing.
    pub puk: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    fn problems(&self) -> Vec<FieldProblem> {
        [("pin", &self.pin, 4..=8), ("puk", &self.puk, 8..=8)]
            .into_iter()
            .filter(|(_, code, lengths)| {
                let right = lengths.contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
                !code.is_empty() && !right
            })
            .map(|(field, ..)| FieldProblem { field, problem: Problem::Malformed })
            .collect()
    }
}

fn broken(what: &str) -> Error {
    Error::Database(sqlx::Error::Protocol(format!("a seal {what}")))
}

/// Seals with AES-256-GCM under a fresh nonce, bound to the asset's id: a seal that is moved to another row does not open.
fn seal(key: &[u8], id: AssetId, secrets: &Secrets) -> Result<Vec<u8>, Error> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| broken("has no key"))?;
    let mut text = serde_json::to_vec(secrets).map_err(|_| broken("cannot be written"))?;
    let nonce = key
        .seal_in_place_append_tag(Aad::from(id.0.as_bytes()), &mut text)
        .map_err(|_| broken("cannot be made"))?;
    let mut sealed = nonce.as_ref().to_vec();
    sealed.append(&mut text);
    Ok(sealed)
}

fn open(key: &[u8], id: AssetId, sealed: &[u8]) -> Result<Secrets, Error> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| broken("has no key"))?;
    let (nonce, text) = sealed.split_at_checked(NONCE_BYTES).ok_or_else(|| broken("is too short"))?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken("is too short"))?;
    let mut text = text.to_vec();
    let text = key
        .open_in_place(nonce, Aad::from(id.0.as_bytes()), &mut text)
        .map_err(|_| broken("does not open"))?;
    serde_json::from_slice(text).map_err(|_| broken("holds something else"))
}

/// Keeps PIN and PUK of a card; both empty takes them away. `key`: 32 bytes (`base::key`, `Purpose::Seal`).
///
/// Errors: `NotFound` for what is no SIM card, `Invalid`.
pub async fn set_secrets(
    tx: &mut Tx,
    _: &DeviceClerk,
    key: &[u8],
    id: AssetId,
    secrets: &Secrets,
) -> Result<(), Error> {
    let problems = secrets.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let sealed = if *secrets == Secrets::default() { None } else { Some(seal(key, id, secrets)?) };
    let organisation = tx.organisation()?;
    let changed = sqlx::query!(
        "update asset set secrets_sealed = $3, updated_at = moment()
         where id = $1 and organisation_id = $2 and kind = 'sim_card'",
        id.0,
        organisation.0,
        sealed,
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(Error::NotFound);
    }
    audit::record(tx, "set_sim_secrets", "asset", id.0, json!({})).await?;
    Ok(())
}

/// PIN and PUK of a card. That they were looked at is written into the audit, so the caller commits.
///
/// Errors: `NotFound` when there are none.
pub async fn reveal(tx: &mut Tx, _: &DeviceClerk, key: &[u8], id: AssetId) -> Result<Secrets, Error> {
    let organisation = tx.organisation()?;
    let sealed = sqlx::query_scalar!(
        "select secrets_sealed from asset where id = $1 and organisation_id = $2",
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .flatten()
    .ok_or(Error::NotFound)?;
    let secrets = open(key, id, &sealed)?;
    audit::record(tx, "viewed_sim_secrets", "asset", id.0, json!({})).await?;
    Ok(secrets)
}

/// A card in a device, now or once.
#[derive(Clone, Debug)]
pub struct Placement {
    /// The card.
    pub sim: AssetId,
    /// Its inventory number.
    pub sim_no: String,
    /// Its telephone number.
    pub phone_no: Option<String>,
    /// The device.
    pub device: AssetId,
    /// Its inventory number.
    pub device_no: String,
    /// The slot, from 1.
    pub slot: i16,
    /// Since when.
    pub placed_at: OffsetDateTime,
    /// Until when; `None` while it is there.
    pub removed_at: Option<OffsetDateTime>,
    /// Who put it in.
    pub placed_by: String,
}

/// Every placement of this card or in this device, the present ones first.
pub async fn placements(tx: &mut Tx, _: &DevicesReader, id: AssetId) -> Result<Vec<Placement>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select s.sim_id, c.inventory_no as sim_no, c.phone_no, s.device_id, d.inventory_no as device_no, s.slot,
                  s.placed_at, s.removed_at, p.given_name || ' ' || p.family_name as "placed_by!"
           from sim_placement s
           join asset c on c.id = s.sim_id join asset d on d.id = s.device_id join person p on p.id = s.placed_by
           where s.organisation_id = $1 and (s.sim_id = $2 or s.device_id = $2)
           order by s.removed_at is null desc, s.placed_at desc limit 100"#,
        organisation.0,
        id.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let placement = rows.into_iter().map(|row| Placement {
        sim: AssetId(row.sim_id),
        sim_no: row.sim_no,
        phone_no: row.phone_no,
        device: AssetId(row.device_id),
        device_no: row.device_no,
        slot: row.slot,
        placed_at: row.placed_at,
        removed_at: row.removed_at,
        placed_by: row.placed_by,
    });
    Ok(placement.collect())
}

/// Holds the rows of both in the order of their ids, so that two who swap cards wait for each other and not in a ring.
async fn hold(tx: &mut Tx, one: AssetId, other: AssetId) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let held = sqlx::query_scalar!(
        "select id from asset where organisation_id = $1 and id = any($2) order by id for no key update",
        organisation.0,
        &[one.0, other.0][..],
    )
    .fetch_all(tx.connection())
    .await?;
    if held.len() == 2 { Ok(()) } else { Err(Error::NotFound) }
}

/// Puts a card into a slot of a device.
///
/// Errors: `NotFound`, `Invalid` on `sim` (no card) or `device` (a card, or no longer on the books), `SimTaken`.
pub async fn place(
    tx: &mut Tx,
    proof: &DeviceClerk,
    sim: AssetId,
    device: AssetId,
    slot: i16,
) -> Result<(), Error> {
    if sim == device {
        return Err(Error::field("device", Problem::Malformed));
    }
    hold(tx, sim, device).await?;
    let reader = proof.reader();
    let (card, holder) = (asset::one(tx, &reader, sim).await?, asset::one(tx, &reader, device).await?);
    if card.kind != AssetKind::SimCard || card.state.is_end() {
        return Err(Error::field("sim", Problem::Malformed));
    }
    if holder.kind == AssetKind::SimCard || holder.state.is_end() {
        return Err(Error::field("device", Problem::Malformed));
    }
    if !(1..=4).contains(&slot) {
        return Err(Error::field("slot", Problem::Malformed));
    }
    let (organisation, person, now) = (tx.organisation()?, tx.person()?, tx.now());
    sqlx::query!(
        "insert into sim_placement (id, organisation_id, sim_id, device_id, slot, placed_at, placed_by)
         values ($1, $2, $3, $4, $5, $6, $7)",
        base::id::row_id(now),
        organisation.0,
        sim.0,
        device.0,
        slot,
        now,
        person.0,
    )
    .execute(tx.connection())
    .await?;
    tell(tx, Kind::SimPlaced, (sim, &card.inventory_no), (device, &holder.inventory_no)).await
}

/// Takes a card out of the device that it is in. Errors: `NotFound` when it is in none.
pub async fn take_out(tx: &mut Tx, proof: &DeviceClerk, sim: AssetId) -> Result<(), Error> {
    let (organisation, now) = (tx.organisation()?, tx.now());
    let device = sqlx::query_scalar!(
        "select device_id from sim_placement where organisation_id = $1 and sim_id = $2 and removed_at is null",
        organisation.0,
        sim.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .map(AssetId)
    .ok_or(Error::NotFound)?;
    hold(tx, sim, device).await?;
    let removed = sqlx::query!(
        "update sim_placement set removed_at = greatest($3, placed_at)
         where organisation_id = $1 and sim_id = $2 and removed_at is null",
        organisation.0,
        sim.0,
        now,
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if removed == 0 {
        return Err(Error::NotFound);
    }
    let reader = proof.reader();
    let (card, holder) = (asset::one(tx, &reader, sim).await?, asset::one(tx, &reader, device).await?);
    tell(tx, Kind::SimRemoved, (sim, &card.inventory_no), (device, &holder.inventory_no)).await
}

/// A line in the chain of the card and one in the chain of the device.
async fn tell(tx: &mut Tx, kind: Kind, sim: (AssetId, &str), device: (AssetId, &str)) -> Result<(), Error> {
    let now = tx.now();
    custody::record(tx, sim.0, now, kind, json!({ "device": device.1 })).await?;
    custody::record(tx, device.0, now, kind, json!({ "sim": sim.1 })).await?;
    audit::record(tx, kind.word(), "asset", sim.0.0, json!({ "device": device.0.0 })).await?;
    Ok(())
}

/// The card that is in a device now, and the cards that are in none: what a form offers.
pub async fn loose_cards(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<(AssetId, String)>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select a.id, a.inventory_no || coalesce(' · ' || a.phone_no, '') as "name!" from asset a
           where a.organisation_id = $1 and a.kind = 'sim_card' and a.state = 'in_stock'
             and not exists (select from sim_placement s where s.sim_id = a.id and s.removed_at is null)
           order by a.inventory_key collate code_order limit 500"#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (AssetId(row.id), row.name)).collect())
}

/// Whether a card is in the device now.
pub(crate) async fn holds_card(tx: &mut Tx, device: Uuid) -> Result<bool, Error> {
    let held = sqlx::query_scalar!(
        r#"select exists (select from sim_placement where device_id = $1 and removed_at is null) as "held!""#,
        device
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_with_its_key_for_its_card_alone() {
        let (key, card) = ([7_u8; 32], AssetId(Uuid::from_u128(1)));
        let secrets = Secrets { pin: "1234".into(), puk: "12345678".into() };
        let sealed = seal(&key, card, &secrets).unwrap();
        assert!(!sealed.windows(4).any(|four| four == b"1234"));
        assert_eq!(open(&key, card, &sealed).unwrap(), secrets);
        assert_ne!(sealed, seal(&key, card, &secrets).unwrap());
        assert!(open(&[8; 32], card, &sealed).is_err());
        assert!(open(&key, AssetId(Uuid::from_u128(2)), &sealed).is_err());
        assert!(open(&key, card, &sealed[..5]).is_err());
        assert!(!format!("{secrets:?}").contains("1234"));
    }

    #[test]
    fn only_digits_of_the_right_length_are_taken() {
        let wrong = |pin: &str, puk: &str| Secrets { pin: pin.into(), puk: puk.into() }.problems().len();
        assert_eq!(wrong("1234", "12345678"), 0);
        assert_eq!(wrong("", ""), 0);
        assert_eq!(wrong("12a4", "1234567"), 2);
    }
}
