//! The chain of custody: what happened to an asset, line by line, each sealed with the one before it. Lines are only ever
//! added; PostgreSQL numbers and seals them while it holds the asset's row.

use base::Tx;
use serde_json::Value;
use time::OffsetDateTime;

use crate::AssetId;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It came on the books.
    Registered,
    /// What is known of it was changed.
    Changed,
    /// It stands elsewhere, belongs to another unit, or somebody else answers for it.
    Moved,
    /// Somebody has it on loan.
    HandedOver,
    /// It came back.
    Returned,
    /// A charger or the like came back after it.
    AccessoryReturned,
    /// It is due at another day.
    DueChanged,
    /// Its data were wiped.
    Wiped,
    /// Damage, theft or loss was reported.
    Incident,
    /// It went to be repaired.
    RepairBegun,
    /// It came back repaired, or not.
    RepairEnded,
    /// What was lost was found.
    Found,
    /// It was seen at a stocktake.
    Counted,
    /// A SIM card was put in.
    SimPlaced,
    /// A SIM card was taken out.
    SimRemoved,
    /// It was scrapped, given away, lost, put in quarantine, or is in stock again.
    StateChanged,
    /// It was prepared for somebody.
    Reserved,
    /// The preparation was taken back.
    Released,
    /// It was scanned and nothing else came of it.
    Scanned,
    /// Its loan ended without it.
    Settled,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 20] = [
        Self::Registered,
        Self::Changed,
        Self::Moved,
        Self::HandedOver,
        Self::Returned,
        Self::AccessoryReturned,
        Self::DueChanged,
        Self::Wiped,
        Self::Incident,
        Self::RepairBegun,
        Self::RepairEnded,
        Self::Found,
        Self::Counted,
        Self::SimPlaced,
        Self::SimRemoved,
        Self::StateChanged,
        Self::Reserved,
        Self::Released,
        Self::Scanned,
        Self::Settled,
    ];

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The word in the database and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Changed => "changed",
            Self::Moved => "moved",
            Self::HandedOver => "handed_over",
            Self::Returned => "returned",
            Self::AccessoryReturned => "accessory_returned",
            Self::DueChanged => "due_changed",
            Self::Wiped => "wiped",
            Self::Incident => "incident",
            Self::RepairBegun => "repair_begun",
            Self::RepairEnded => "repair_ended",
            Self::Found => "found",
            Self::Counted => "counted",
            Self::SimPlaced => "sim_placed",
            Self::SimRemoved => "sim_removed",
            Self::StateChanged => "state_changed",
            Self::Reserved => "reserved",
            Self::Released => "released",
            Self::Scanned => "scanned",
            Self::Settled => "settled",
        }
    }
}

/// Adds a line: what happened to the asset `at` that moment (which may lie before the line is written). `detail` holds no
/// secret and nothing that would tell of foster care.
pub async fn record(
    tx: &mut Tx,
    asset: AssetId,
    at: OffsetDateTime,
    kind: Kind,
    detail: Value,
) -> Result<(), sqlx::Error> {
    let organisation = tx.organisation()?;
    let person = tx.actor().person().map(|id| id.0);
    // `number` and `seal` are given by the trigger; what stands here is never kept.
    sqlx::query!(
        "insert into custody_event (organisation_id, asset_id, number, at, kind, person_id, detail, seal)
         values ($1, $2, 0, $3, $4, $5, $6, '\\x')",
        organisation.0,
        asset.0,
        at,
        kind.word(),
        person,
        detail,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Adds the same line to each of several assets, in one statement.
pub async fn record_all(
    tx: &mut Tx,
    assets: &[AssetId],
    at: OffsetDateTime,
    kind: Kind,
    detail: &Value,
) -> Result<(), sqlx::Error> {
    let organisation = tx.organisation()?;
    let person = tx.actor().person().map(|id| id.0);
    let assets: Vec<_> = assets.iter().map(|id| id.0).collect();
    sqlx::query!(
        "insert into custody_event (organisation_id, asset_id, number, at, kind, person_id, detail, seal)
         select $1, id, 0, $3, $4, $5, $6, '\\x' from unnest($2::uuid[]) id",
        organisation.0,
        &assets,
        at,
        kind.word(),
        person,
        detail,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
