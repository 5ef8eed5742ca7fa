//! Purchases (one invoice, one price, one warranty), the programmes that pay for them, and in what shares.

use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, FieldProblem, Problem};
use serde_json::json;
use time::Date;

use crate::error::Error;
use crate::register::asset::unknown;
use crate::register::catalogue::Named;
use crate::{LotId, ProgrammeId};

/// What is written of a purchase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lot {
    /// Its name: "Laptopy 2024, dostawa 1".
    pub name: String,
    /// Number of the invoice.
    pub invoice_no: String,
    /// Day of the purchase.
    pub bought_on: Option<Date>,
    /// Price of one, in grosze.
    pub unit_price_grosze: Option<i64>,
    /// Last day of the warranty.
    pub warranty_until: Option<Date>,
    /// Insurer.
    pub insurer: String,
    /// Number of the policy.
    pub policy_no: String,
    /// Last day of the insurance.
    pub insured_until: Option<Date>,
    /// Who paid, in thousandths; none, or together 1000.
    pub shares: Vec<(ProgrammeId, i16)>,
}

impl Lot {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        for (field, text, most, must_be) in [
            ("name", &self.name, 200, true),
            ("invoice_no", &self.invoice_no, 100, false),
            ("insurer", &self.insurer, 200, false),
            ("policy_no", &self.policy_no, 100, false),
        ] {
            let text = text.trim();
            let problem = match text.chars().count() {
                0 if must_be => Problem::Missing,
                count if count > most => Problem::TooLong(most),
                _ if text.chars().any(char::is_control) => Problem::Malformed,
                _ => continue,
            };
            problems.push(FieldProblem { field, problem });
        }
        if self.unit_price_grosze.is_some_and(|price| !(0..=100_000_000_000).contains(&price)) {
            problems.push(FieldProblem { field: "unit_price", problem: Problem::Malformed });
        }
        problems
    }
}

/// A purchase in the list.
#[derive(Clone, Debug)]
pub struct ListedLot {
    /// Its id.
    pub id: LotId,
    /// What is written of it.
    pub lot: Lot,
    /// How many assets came with it.
    pub assets: i64,
}

/// The purchases, the latest first.
pub async fn lots(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<ListedLot>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select l.id, l.name, l.invoice_no, l.bought_on, l.unit_price_grosze, l.warranty_until, l.insurer, l.policy_no,
                  l.insured_until,
                  (select count(*) from asset a where a.organisation_id = $1 and a.lot_id = l.id) as "assets!",
                  array(select programme_id from funding_share f where f.lot_id = l.id order by per_mille desc, programme_id)
                    as "programmes!",
                  array(select per_mille from funding_share f where f.lot_id = l.id order by per_mille desc, programme_id)
                    as "shares!"
           from purchase_lot l where l.organisation_id = $1
           order by l.bought_on desc nulls last, l.name collate "pl-x-icu""#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let lot = rows.into_iter().map(|row| ListedLot {
        id: LotId(row.id),
        assets: row.assets,
        lot: Lot {
            name: row.name,
            invoice_no: row.invoice_no,
            bought_on: row.bought_on,
            unit_price_grosze: row.unit_price_grosze,
            warranty_until: row.warranty_until,
            insurer: row.insurer,
            policy_no: row.policy_no,
            insured_until: row.insured_until,
            shares: row.programmes.into_iter().map(ProgrammeId).zip(row.shares).collect(),
        },
    });
    Ok(lot.collect())
}

/// Makes a purchase, or changes the one of that id, with its shares.
///
/// Errors: `Invalid`, `NotFound`, `SharesNotWhole`.
pub async fn save_lot(tx: &mut Tx, _: &DeviceClerk, id: Option<LotId>, lot: &Lot) -> Result<LotId, Error> {
    let problems = lot.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (organisation, fresh) = (tx.organisation()?, LotId::new(tx.now()));
    let mut changed = 0;
    if let Some(id) = id {
        changed = sqlx::query!(
            "update purchase_lot set name = $3, invoice_no = $4, bought_on = $5, unit_price_grosze = $6, warranty_until = $7,
                    insurer = $8, policy_no = $9, insured_until = $10
             where id = $1 and organisation_id = $2",
            id.0,
            organisation.0,
            lot.name.trim(),
            lot.invoice_no.trim(),
            lot.bought_on,
            lot.unit_price_grosze,
            lot.warranty_until,
            lot.insurer.trim(),
            lot.policy_no.trim(),
            lot.insured_until,
        )
        .execute(tx.connection())
        .await?
        .rows_affected();
    } else {
        sqlx::query!(
            "insert into purchase_lot (id, organisation_id, name, invoice_no, bought_on, unit_price_grosze, warranty_until,
                                       insurer, policy_no, insured_until)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            fresh.0,
            organisation.0,
            lot.name.trim(),
            lot.invoice_no.trim(),
            lot.bought_on,
            lot.unit_price_grosze,
            lot.warranty_until,
            lot.insurer.trim(),
            lot.policy_no.trim(),
            lot.insured_until,
        )
        .execute(tx.connection())
        .await?;
    }
    if id.is_some() && changed == 0 {
        return Err(Error::NotFound);
    }
    let id = id.unwrap_or(fresh);
    let shares: Vec<_> = lot.shares.iter().filter(|(_, share)| *share != 0).collect();
    let programmes: Vec<_> = shares.iter().map(|(programme, _)| programme.0).collect();
    let thousandths: Vec<i16> = shares.iter().map(|(_, share)| *share).collect();
    if thousandths.iter().any(|share| !(1..=1000).contains(share)) {
        return Err(Error::SharesNotWhole);
    }
    sqlx::query!("delete from funding_share where lot_id = $1", id.0).execute(tx.connection()).await?;
    sqlx::query!(
        "insert into funding_share (organisation_id, lot_id, programme_id, per_mille)
         select $1, $2, programme, share from unnest($3::uuid[], $4::smallint[]) as s (programme, share)",
        organisation.0,
        id.0,
        &programmes,
        &thousandths,
    )
    .execute(tx.connection())
    .await
    .map_err(unknown)?;
    // The sum is looked at now and not at the commit, so that the form can be shown again.
    sqlx::query!("set constraints funding_is_whole immediate").execute(tx.connection()).await?;
    sqlx::query!("set constraints funding_is_whole deferred").execute(tx.connection()).await?;
    audit::record(tx, "saved", "purchase_lot", id.0, json!({})).await?;
    Ok(id)
}

/// What is written of a programme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programme {
    /// Its name.
    pub name: String,
    /// What is shown where the real name would tell too much; the name itself when it is empty.
    pub neutral_name: String,
    /// Whether the name tells something of a family (foster care).
    pub sensitive: bool,
    /// Its agreements say the real name; otherwise the neutral one stands in them.
    pub named_in_agreements: bool,
    /// Devices are given for good and not lent.
    pub donation: bool,
    /// Until when the devices must serve the programme (okres trwałości).
    pub durable_until: Option<Date>,
}

/// A programme with its id, for clerks.
#[derive(Clone, Debug)]
pub struct ListedProgramme {
    /// Its id.
    pub id: ProgrammeId,
    /// What is written of it.
    pub programme: Programme,
    /// How many assets are its.
    pub assets: i64,
}

/// The programmes under the names that everybody may read, in Polish order. Those that share a neutral name are numbered, so
/// that one of them can be chosen without its real name.
pub async fn programmes(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Named<ProgrammeId>>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select id, neutral_name || case when count(*) over same > 1 then ' (' || row_number() over (same order by id) || ')'
                  else '' end as "name!"
           from programme where organisation_id = $1 window same as (partition by lower(neutral_name))
           order by neutral_name collate "pl-x-icu", id"#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| Named { id: ProgrammeId(row.id), name: row.name }).collect())
}

/// The programmes under their real names.
pub async fn programmes_in_full(tx: &mut Tx, _: &DeviceClerk) -> Result<Vec<ListedProgramme>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select g.id, g.name, g.neutral_name, g.sensitive, g.named_in_agreements, g.transfer, g.durable_until,
                  coalesce(c.assets, 0) as "assets!"
           from programme g
           left join (select programme_id, count(*) as assets from asset where organisation_id = $1 group by programme_id) c
             on c.programme_id = g.id
           where g.organisation_id = $1 order by g.name collate "pl-x-icu""#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let programme = rows.into_iter().map(|row| ListedProgramme {
        id: ProgrammeId(row.id),
        assets: row.assets,
        programme: Programme {
            name: row.name,
            neutral_name: row.neutral_name,
            sensitive: row.sensitive,
            named_in_agreements: row.named_in_agreements,
            donation: row.transfer == "donation",
            durable_until: row.durable_until,
        },
    });
    Ok(programme.collect())
}

/// Makes a programme, or changes the one of that id. A sensitive one needs a neutral name of its own.
///
/// Errors: `Invalid`, `NotFound`.
pub async fn save_programme(
    tx: &mut Tx,
    _: &DeviceClerk,
    id: Option<ProgrammeId>,
    new: &Programme,
) -> Result<ProgrammeId, Error> {
    let (name, neutral) = (new.name.trim(), new.neutral_name.trim());
    let mut problems = Vec::new();
    for (field, text, must_be) in [("name", name, true), ("neutral_name", neutral, new.sensitive)] {
        let problem = match text.chars().count() {
            0 if must_be => Problem::Missing,
            count if count > 200 => Problem::TooLong(200),
            _ if text.chars().any(char::is_control) => Problem::Malformed,
            _ => continue,
        };
        problems.push(FieldProblem { field, problem });
    }
    if new.sensitive && !name.is_empty() && neutral.to_lowercase().contains(&name.to_lowercase()) {
        problems.push(FieldProblem { field: "neutral_name", problem: Problem::Taken });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (organisation, fresh) = (tx.organisation()?, ProgrammeId::new(tx.now()));
    let neutral = if neutral.is_empty() { name } else { neutral };
    let transfer = if new.donation { "donation" } else { "loan" };
    let saved = if let Some(id) = id {
        sqlx::query!(
            "update programme set name = $3, neutral_name = $4, sensitive = $5, transfer = $6, durable_until = $7,
                    named_in_agreements = $8
             where id = $1 and organisation_id = $2",
            id.0,
            organisation.0,
            name,
            neutral,
            new.sensitive,
            transfer,
            new.durable_until,
            new.named_in_agreements,
        )
        .execute(tx.connection())
        .await?
        .rows_affected()
    } else {
        sqlx::query!(
            "insert into programme (id, organisation_id, name, neutral_name, sensitive, transfer, durable_until, named_in_agreements)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            fresh.0,
            organisation.0,
            name,
            neutral,
            new.sensitive,
            transfer,
            new.durable_until,
            new.named_in_agreements,
        )
        .execute(tx.connection())
        .await?
        .rows_affected()
    };
    if saved == 0 {
        return Err(Error::NotFound);
    }
    let id = id.unwrap_or(fresh);
    audit::record(tx, "saved", "programme", id.0, json!({})).await?;
    Ok(id)
}
