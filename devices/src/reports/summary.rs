//! How many devices there are, lent, overdue, out of use, and what they are worth: by unit, programme, model or kind.

use base::Tx;
use identity::{DeviceClerk, DevicesReader, day};

use crate::error::Error;

/// By what devices are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The unit that owns them: a school, a department.
    Unit,
    /// The programme.
    Programme,
    /// Maker and model.
    Model,
}

impl By {
    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unit => "units",
            Self::Programme => "programmes",
            Self::Model => "models",
        }
    }
}

/// One group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its name; `None` for those without a unit or programme.
    pub name: Option<String>,
    /// On the books: not scrapped, given away or written off.
    pub on_books: i64,
    /// With somebody.
    pub lent: i64,
    /// With somebody after the last day.
    pub overdue: i64,
    /// Put aside or at a workshop.
    pub in_repair: i64,
    /// Missing or stolen.
    pub missing: i64,
    /// What those on the books were bought for, in grosze; of those whose price is known.
    pub worth_grosze: i64,
}

impl Line {
    /// In stock and with nobody.
    pub fn in_stock(&self) -> i64 {
        (self.on_books - self.lent - self.in_repair - self.missing).max(0)
    }

    /// The sum of all.
    pub fn sum(lines: &[Self]) -> Self {
        lines.iter().fold(Self::default(), |sum, line| Self {
            name: None,
            on_books: sum.on_books + line.on_books,
            lent: sum.lent + line.lent,
            overdue: sum.overdue + line.overdue,
            in_repair: sum.in_repair + line.in_repair,
            missing: sum.missing + line.missing,
            worth_grosze: sum.worth_grosze + line.worth_grosze,
        })
    }
}

/// The groups, the largest first. Without a clerk's proof a programme has its neutral name, so that two of them may be one line.
pub async fn lines(
    tx: &mut Tx,
    _: &DevicesReader,
    clerk: Option<&DeviceClerk>,
    by: By,
) -> Result<Vec<Line>, Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let rows = sqlx::query!(
        r#"with recursive unit (id, path) as (
             select id, name from org_unit where organisation_id = $1 and parent_id is null
             union all select u.id, t.path || ' / ' || u.name from org_unit u join unit t on u.parent_id = t.id
           ), thing as (
             select case $2 when 'units' then u.path when 'models' then k.name || ' ' || m.name
                            else case when $3 then g.name else g.neutral_name end end as name,
                    a.state, p.unit_price_grosze as price, l.id is not null and a.state = 'in_stock' as lent,
                    l.id is not null and d.due_on < $4::date as overdue
             from asset a
             join asset_model m on m.id = a.model_id join maker k on k.id = a.maker_id
             left join unit u on u.id = a.owner_unit_id left join programme g on g.id = a.programme_id
             left join purchase_lot p on p.id = a.lot_id
             left join loan l on l.asset_id = a.id and l.handed_over_at is not null and l.returned_at is null
             left join loan_due d on d.loan_id = l.id
             where a.organisation_id = $1 and a.state not in ('scrapped', 'donated', 'written_off')
           )
           select name as "name?", count(*) as "on_books!", count(*) filter (where lent) as "lent!",
                  count(*) filter (where overdue) as "overdue!",
                  count(*) filter (where state in ('in_repair', 'quarantine')) as "in_repair!",
                  count(*) filter (where state in ('missing', 'stolen')) as "missing!",
                  coalesce(sum(price), 0)::bigint as "worth!"
           from thing group by name order by name is null, count(*) desc, name collate "pl-x-icu""#,
        organisation.0,
        by.word(),
        clerk.is_some(),
        today,
    )
    .fetch_all(tx.connection())
    .await?;
    let line = rows.into_iter().map(|row| Line {
        name: row.name,
        on_books: row.on_books,
        lent: row.lent,
        overdue: row.overdue,
        in_repair: row.in_repair,
        missing: row.missing,
        worth_grosze: row.worth,
    });
    Ok(line.collect())
}
