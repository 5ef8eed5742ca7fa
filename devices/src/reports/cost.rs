//! What devices cost: purchases, repairs of what came with them, damage that was assessed, and who paid.

use base::Tx;
use identity::{DeviceClerk, DevicesReader};
use time::Date;
use uuid::Uuid;

use crate::error::Error;

/// A purchase with all that it cost since. Amounts are grosze.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its name; `None` for devices without a purchase.
    pub name: Option<String>,
    /// Number of the invoice.
    pub invoice_no: String,
    /// When it was bought.
    pub bought_on: Option<Date>,
    /// Devices that came with it, also those no longer on the books.
    pub devices: i64,
    /// Price of one.
    pub unit_price: Option<i64>,
    /// Repairs that were paid for.
    pub repairs: i64,
    /// Assessed damage.
    pub damage: i64,
}

impl Line {
    /// Price of all.
    pub fn price(&self) -> i64 {
        self.unit_price.unwrap_or(0).saturating_mul(self.devices)
    }
}

/// What a programme paid of the purchases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payer {
    /// The programme; `None`: nobody was written down.
    pub programme: Option<String>,
    /// Grosze.
    pub amount: i64,
}

/// Purchases in the order of their days, and who paid for them. Without a clerk's proof programmes have their neutral names.
pub async fn lines(
    tx: &mut Tx,
    _: &DevicesReader,
    clerk: Option<&DeviceClerk>,
) -> Result<(Vec<Line>, Vec<Payer>), Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"with thing as (
             select a.lot_id, count(*) as devices, coalesce(sum(t.cost), 0)::bigint as repairs,
                    coalesce(sum(i.cost), 0)::bigint as damage
             from asset a
             left join (select asset_id, sum(cost_grosze) as cost from repair_ticket where organisation_id = $1 group by asset_id) t
               on t.asset_id = a.id
             left join (select asset_id, sum(assessed_grosze) as cost from incident where organisation_id = $1 group by asset_id) i
               on i.asset_id = a.id
             where a.organisation_id = $1 group by a.lot_id
           )
           select l.id as "id?", l.name as "name?", l.invoice_no as "invoice_no?", l.bought_on, l.unit_price_grosze,
                  coalesce(t.devices, 0) as "devices!", coalesce(t.repairs, 0) as "repairs!", coalesce(t.damage, 0) as "damage!"
           from (select * from purchase_lot where organisation_id = $1) l full join thing t on t.lot_id = l.id
           order by l.id is null, l.bought_on nulls last, l.name"#,
        organisation.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let lots: Vec<(Option<Uuid>, Line)> = rows
        .into_iter()
        .map(|row| {
            let line = Line {
                name: row.name,
                invoice_no: row.invoice_no.unwrap_or_default(),
                bought_on: row.bought_on,
                devices: row.devices,
                unit_price: row.unit_price_grosze,
                repairs: row.repairs,
                damage: row.damage,
            };
            (row.id, line)
        })
        .collect();
    let shares = sqlx::query!(
        r#"select s.lot_id, case when $2 then g.name else g.neutral_name end as "programme!", s.per_mille
           from funding_share s join programme g on g.id = s.programme_id
           where s.organisation_id = $1 order by s.lot_id, s.per_mille desc, g.id"#,
        organisation.0,
        clerk.is_some(),
    )
    .fetch_all(tx.connection())
    .await?;
    let mut payers = Vec::new();
    for (id, line) in &lots {
        let of_lot: Vec<(String, i64)> = shares
            .iter()
            .filter(|share| Some(share.lot_id) == *id)
            .map(|share| (share.programme.clone(), share.per_mille.into()))
            .collect();
        pay(&mut payers, line.price(), &of_lot);
    }
    payers.sort_by_key(|payer| (payer.programme.is_none(), -payer.amount));
    Ok((lots.into_iter().map(|(_, line)| line).collect(), payers))
}

/// Adds a price to those who paid it. The grosze that do not divide go to the largest share, so that the sum is the price.
fn pay(payers: &mut Vec<Payer>, price: i64, shares: &[(String, i64)]) {
    if price == 0 {
        return;
    }
    let mut parts: Vec<(Option<String>, i64)> = shares
        .iter()
        .map(|(name, per_mille)| {
            let part = i128::from(price) * i128::from(*per_mille) / 1000;
            (Some(name.clone()), i64::try_from(part).unwrap_or(0))
        })
        .collect();
    let paid: i64 = parts.iter().map(|(_, part)| part).sum();
    match parts.first_mut() {
        Some((_, largest)) => *largest += price - paid,
        None => parts.push((None, price)),
    }
    for (programme, part) in parts {
        match payers.iter_mut().find(|payer| payer.programme == programme) {
            Some(payer) => payer.amount += part,
            None => payers.push(Payer { programme, amount: part }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_the_price_to_the_grosz() {
        let mut payers = Vec::new();
        let share = |name: &str, part| (name.to_owned(), part);
        pay(&mut payers, 10_001, &[share("A", 334), share("B", 333), share("C", 333)]);
        pay(&mut payers, 50, &[]);
        let amounts: Vec<i64> = payers.iter().map(|payer| payer.amount).collect();
        assert_eq!(amounts, [3_341, 3_330, 3_330, 50]);
    }
}
