//! Assets: one thing each, with its numbers, whose it is, and where it stands.

use base::{PersonId, Tx};
use identity::DevicesReader;
use uuid::Uuid;

use crate::error::Error;
use crate::register::kind::{AssetKind, State};
use crate::{AssetId, LoanId, ModelId};

pub(crate) use crate::register::write::unknown;
pub use crate::register::write::{NewAsset, Written, change, register, register_all, written_of};

/// An asset as lists show it.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// The number under which it stands in the books, as written.
    pub inventory_no: String,
    /// The same by its letters and digits alone; lists are ordered and paged by it.
    pub inventory_key: String,
    /// The maker's number, as written.
    pub serial: Option<String>,
    /// What it is.
    pub kind: AssetKind,
    /// Its maker's name.
    pub maker: String,
    /// Its model's id.
    pub model_id: ModelId,
    /// Its model's name.
    pub model: String,
    /// Where it is in its life.
    pub state: State,
    /// Whether data of the last holder may still be on it.
    pub to_wipe: bool,
    /// The random part of its public address `/d/{label}`.
    pub label: String,
    /// Name of the room or store where it belongs.
    pub place: Option<String>,
    /// Name of the unit that owns it.
    pub owner_unit: Option<String>,
    /// The neutral name of its programme: the real one may tell too much.
    pub programme: Option<String>,
    /// Who has it on loan.
    pub holder: Option<Holder>,
}

/// Who has an asset on loan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The open loan.
    pub loan: LoanId,
    /// The person, when they are in the register of people.
    pub person: Option<PersonId>,
    /// Their name, or the name of the institution.
    pub name: String,
}

impl Asset {
    /// Whether it can be handed over now: usable, wiped, and with nobody.
    pub fn is_free(&self) -> bool {
        self.state == State::InStock && !self.to_wipe && self.holder.is_none()
    }
}

/// These assets, in the order of their numbers; what is not there is left out.
pub async fn some(tx: &mut Tx, _: &DevicesReader, ids: &[AssetId]) -> Result<Vec<Asset>, Error> {
    let organisation = tx.organisation()?;
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select a.id, a.inventory_no, a.inventory_key, a.serial, a.kind, k.name as maker, a.model_id, m.name as model,
                  a.state, a.to_wipe, a.label, p.name as "place?", u.name as "owner_unit?", g.neutral_name as "programme?",
                  l.id as "loan?", l.beneficiary_id as "beneficiary?",
                  coalesce(b.given_name || ' ' || b.family_name,
                    (select y.name from loan_party y where y.agreement_id = l.agreement_id and y.role = 'beneficiary'
                     order by y.since desc, y.id limit 1)) as holder
           from asset a
           join asset_model m on m.id = a.model_id join maker k on k.id = a.maker_id
           left join place p on p.id = a.place_id
           left join org_unit u on u.id = a.owner_unit_id
           left join programme g on g.id = a.programme_id
           left join loan l on l.organisation_id = a.organisation_id and l.asset_id = a.id
                and l.handed_over_at is not null and l.returned_at is null
           left join person b on b.id = l.beneficiary_id
           where a.organisation_id = $1 and a.id = any($2)
           order by a.inventory_key collate code_order"#,
        organisation.0,
        &ids,
    )
    .fetch_all(tx.connection())
    .await?;
    let asset = rows.into_iter().map(|row| Asset {
        id: AssetId(row.id),
        inventory_no: row.inventory_no,
        inventory_key: row.inventory_key,
        serial: row.serial,
        kind: AssetKind::from_word(&row.kind).unwrap_or(AssetKind::Accessory),
        maker: row.maker,
        model_id: ModelId(row.model_id),
        model: row.model,
        state: State::from_word(&row.state).unwrap_or(State::Quarantine),
        to_wipe: row.to_wipe,
        label: row.label,
        place: row.place,
        owner_unit: row.owner_unit,
        programme: row.programme,
        holder: row.loan.map(|loan| Holder {
            loan: LoanId(loan),
            person: row.beneficiary.map(PersonId),
            name: row.holder.unwrap_or_default(),
        }),
    });
    Ok(asset.collect())
}

/// One asset. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, proof: &DevicesReader, id: AssetId) -> Result<Asset, Error> {
    some(tx, proof, &[id]).await?.pop().ok_or(Error::NotFound)
}
