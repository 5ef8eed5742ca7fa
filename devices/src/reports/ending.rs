//! What ends soon: warranties of devices, data plans of SIM cards.

use base::Tx;
use identity::{DevicesReader, day};
use time::Date;

use crate::AssetId;
use crate::error::Error;

/// What ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The warranty of the purchase.
    Warranty,
    /// The data plan of a SIM card.
    Plan,
}

/// A device or card of which something ends.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its id.
    pub asset: AssetId,
    /// Inventory number.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// The purchase of a device; the plan of a card.
    pub of: Option<String>,
    /// The device that a card is in.
    pub inside: Option<String>,
    /// Telephone number of a card.
    pub phone_no: Option<String>,
    /// Who has it, or the device that it is in.
    pub holder: Option<String>,
    /// The last day.
    pub ends_on: Date,
    /// Days from today; below zero: so many days ago.
    pub days: i32,
}

/// Days after its end for which something is still told.
const TOLD_AFTER: i32 = 30;
/// Most lines.
const MOST: i64 = 10_000;

/// What ends within so many days or ended in the last thirty, the first to end first.
pub async fn lines(
    tx: &mut Tx,
    _: &DevicesReader,
    ending: Ending,
    within_days: i32,
) -> Result<Vec<Line>, Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let rows = sqlx::query!(
        r#"select x.id, x.inventory_no, x.model as "model!", x.of, x.inside as "inside?", x.phone_no, x.ends_on as "ends_on!",
                  x.ends_on - $3::date as "days!", coalesce(p.given_name || ' ' || p.family_name, t.name) as holder
           from (
             select a.id, a.inventory_no, a.inventory_key, k.name || ' ' || m.name as model, a.phone_no,
                    case when $2 then a.plan else l.name end as of,
                    case when $2 then a.plan_until else l.warranty_until end as ends_on,
                    d.inventory_no as inside, coalesce(s.device_id, a.id) as with_device
             from asset a
             join asset_model m on m.id = a.model_id join maker k on k.id = a.maker_id
             left join purchase_lot l on l.id = a.lot_id
             left join sim_placement s on s.sim_id = a.id and s.removed_at is null
             left join asset d on d.id = s.device_id
             where a.organisation_id = $1 and a.state not in ('scrapped', 'donated', 'written_off')
               and (a.kind = 'sim_card') = $2
           ) x
           left join loan n on n.asset_id = x.with_device and n.handed_over_at is not null and n.returned_at is null
           left join person p on p.id = n.beneficiary_id
           left join lateral (select name from loan_party t where t.agreement_id = n.agreement_id and t.role = 'beneficiary'
                              order by t.id limit 1) t on true
           where x.ends_on between $3::date - $5::int and $3::date + $4::int
           order by x.ends_on, x.inventory_key collate code_order limit $6"#,
        organisation.0,
        ending == Ending::Plan,
        today,
        within_days,
        TOLD_AFTER,
        MOST,
    )
    .fetch_all(tx.connection())
    .await?;
    let line = rows.into_iter().map(|row| Line {
        asset: AssetId(row.id),
        inventory_no: row.inventory_no,
        model: row.model,
        of: row.of,
        inside: row.inside,
        phone_no: row.phone_no,
        holder: row.holder,
        ends_on: row.ends_on,
        days: row.days,
    });
    Ok(line.collect())
}
