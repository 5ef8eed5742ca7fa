//! What a stocktake came to, computed from its sheet and its scans; after the closing as the protocol says.

use base::Tx;
use identity::DevicesReader;
use serde_json::Value;
use time::OffsetDateTime;

use crate::{AssetId, Error, ProtocolId, StocktakeId};

/// A line of the sheet.
#[derive(Clone, Debug)]
pub struct Line {
    /// The asset.
    pub asset: AssetId,
    /// Its number at the opening.
    pub inventory_no: String,
    /// Its serial at the opening.
    pub serial: Option<String>,
    /// Maker and model.
    pub model: String,
    /// Where it should be.
    pub place: Option<String>,
    /// Who had it on loan at the opening.
    pub holder: Option<String>,
    /// `seen` or `declared`; none when it was not found.
    pub how: Option<String>,
}

/// Something that was scanned and is not on the sheet.
#[derive(Clone, Debug)]
pub struct Stray {
    /// The asset; none when nobody knows the label.
    pub asset: Option<AssetId>,
    /// Its number, or what was read.
    pub code: String,
    /// Where it should be.
    pub place: Option<String>,
    /// When it was scanned.
    pub at: OffsetDateTime,
}

/// The figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines of the sheet.
    pub expected: usize,
    /// Seen.
    pub seen: usize,
    /// Confirmed by declaration.
    pub declared: usize,
    /// Lent and not confirmed.
    pub unconfirmed: usize,
    /// Neither seen nor lent.
    pub missing: usize,
    /// Expected elsewhere.
    pub elsewhere: usize,
    /// Unknown labels.
    pub unknown: usize,
}

/// What it came to.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The sheet, in the order of numbers.
    pub lines: Vec<Line>,
    /// What is not on it.
    pub strays: Vec<Stray>,
}

impl Counted {
    /// The figures.
    pub fn tally(&self) -> Tally {
        let count = |test: &dyn Fn(&Line) -> bool| self.lines.iter().filter(|line| test(line)).count();
        let unknown = self.strays.iter().filter(|one| one.asset.is_none()).count();
        Tally {
            expected: self.lines.len(),
            seen: count(&|line| line.how.as_deref() == Some("seen")),
            declared: count(&|line| line.how.as_deref() == Some("declared")),
            unconfirmed: count(&|line| line.how.is_none() && line.holder.is_some()),
            missing: count(&|line| line.how.is_none() && line.holder.is_none()),
            elsewhere: self.strays.len() - unknown,
            unknown,
        }
    }

    /// Neither seen nor lent.
    pub fn missing(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.how.is_none() && line.holder.is_none())
    }

    /// Everything of the register that differs from the sheet: missing, lent and not confirmed, from elsewhere.
    pub fn differs(&self) -> Vec<AssetId> {
        let strays = self.strays.iter().filter_map(|one| one.asset);
        self.lines.iter().filter(|line| line.how.is_none()).map(|line| line.asset).chain(strays).collect()
    }

    /// Lent and not confirmed.
    pub fn unconfirmed(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.how.is_none() && line.holder.is_some())
    }
}

/// What it came to until now. Errors: `NotFound`.
pub async fn result(tx: &mut Tx, proof: &DevicesReader, id: StocktakeId) -> Result<Counted, Error> {
    super::one(tx, proof, id).await?;
    let lines = sqlx::query!(
        r#"select l.asset_id, l.inventory_no, l.serial, l.model, l.place,
                  case when l.loan_id is not null then coalesce((select t.name from loan n join loan_party t on t.agreement_id = n.agreement_id
                    and t.role = 'beneficiary' where n.id = l.loan_id order by t.id limit 1), '') end as holder,
                  (select s.how from stocktake_scan s where s.stocktake_id = l.stocktake_id and s.asset_id = l.asset_id
                   order by s.how = 'seen' desc limit 1) as how
           from stocktake_line l where l.stocktake_id = $1 order by l.inventory_key collate code_order"#,
        id.0
    )
    .fetch_all(tx.connection())
    .await?;
    let strays = sqlx::query!(
        r#"select s.asset_id, coalesce(a.inventory_no, s.code) as "code!", p.name as "place?", min(s.scanned_at) as "at!"
           from stocktake_scan s left join asset a on a.id = s.asset_id left join place p on p.id = a.place_id
           where s.stocktake_id = $1
             and not exists (select 1 from stocktake_line l where l.stocktake_id = s.stocktake_id and l.asset_id = s.asset_id)
           group by s.asset_id, coalesce(a.inventory_no, s.code), p.name order by min(s.scanned_at), 2"#,
        id.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(Counted {
        lines: lines
            .into_iter()
            .map(|row| Line {
                asset: AssetId(row.asset_id),
                inventory_no: row.inventory_no,
                serial: row.serial,
                model: row.model,
                place: row.place,
                holder: row.holder,
                how: row.how,
            })
            .collect(),
        strays: strays
            .into_iter()
            .map(|row| Stray {
                asset: row.asset_id.map(AssetId),
                code: row.code,
                place: row.place,
                at: row.at,
            })
            .collect(),
    })
}

/// The protocol of a closed stocktake.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// Its id.
    pub id: ProtocolId,
    /// Its number.
    pub number: String,
    /// When the stocktake was closed.
    pub made_at: OffsetDateTime,
    /// Who closed it.
    pub made_by: String,
    /// What it says.
    pub body: Value,
}

/// The protocol of a closed stocktake. Errors: `NotFound`.
pub async fn protocol(tx: &mut Tx, _: &DevicesReader, id: StocktakeId) -> Result<Protocol, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        r#"select p.id, p.number, p.made_at, m.given_name || ' ' || m.family_name as "made_by!", p.body
           from protocol p join stocktake t on t.protocol_id = p.id join person m on m.id = p.made_by
           where t.id = $1 and t.organisation_id = $2"#,
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Protocol {
        id: ProtocolId(row.id),
        number: row.number,
        made_at: row.made_at,
        made_by: row.made_by,
        body: row.body,
    })
}

impl Line {
    /// As the protocol keeps it.
    pub(super) fn kept(&self) -> Value {
        serde_json::json!({ "asset": self.asset, "inventory_no": self.inventory_no, "serial": self.serial, "model": self.model,
            "place": self.place, "how": self.how, "lent": self.holder.is_some() })
    }
}
