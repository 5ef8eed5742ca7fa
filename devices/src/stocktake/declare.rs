//! Declarations of borrowers: "I have it, it works". They confirm lent devices of open stocktakes, and programmes ask for
//! them at intervals.

use base::{Tx, audit};
use identity::{DevicesReader, Problem, day};
use serde_json::json;
use time::Date;

use super::scan;
use crate::loans::mine;
use crate::{AssetId, Error, LoanId, StocktakeId};

/// A borrower declares a device of their own or of their ward.
///
/// Errors: `NotFound` for another's loan or one that is over; `Invalid` on `note` (missing when it does not work).
pub async fn declare(tx: &mut Tx, loan: LoanId, works: bool, note: &str) -> Result<(), Error> {
    let line = mine::loan(tx, loan).await?;
    if !line.is_open() {
        return Err(Error::NotFound);
    }
    match note.trim().chars().count() {
        0 if !works => return Err(Error::field("note", Problem::Missing)),
        1001.. => return Err(Error::field("note", Problem::TooLong(1000))),
        _ => {}
    }
    let (organisation, me, id) = (tx.organisation()?, tx.person()?, base::id::row_id(tx.now()));
    sqlx::query!(
        "insert into declaration (id, organisation_id, loan_id, declared_by, works, note) values ($1, $2, $3, $4, $5, $6)",
        id,
        organisation.0,
        loan.0,
        me.0,
        works,
        note.trim(),
    )
    .execute(tx.connection())
    .await?;
    let open = sqlx::query!(
        "select t.id, l.asset_id from stocktake t join stocktake_line l on l.stocktake_id = t.id
         where l.loan_id = $1 and t.closed_at is null order by t.id",
        loan.0
    )
    .fetch_all(tx.connection())
    .await?;
    for row in open {
        scan::declared(tx, StocktakeId(row.id), AssetId(row.asset_id)).await?;
    }
    Ok(audit::record(tx, "declared", "loan", loan.0, json!({ "works": works })).await?)
}

/// A declaration that is overdue.
#[derive(Clone, Debug)]
pub struct Due {
    /// The loan.
    pub loan: LoanId,
    /// Inventory number.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// Who has it.
    pub who: String,
    /// The day on which it was due.
    pub due_on: Date,
}

/// Declarations that programmes ask for and that were not made, the oldest first.
pub async fn due(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Due>, Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let rows = sqlx::query!(
        r#"select l.id, s.inventory_no, k.name || ' ' || m.name as "model!", x.due_on as "due_on!",
                  coalesce((select t.name from loan_party t where t.agreement_id = l.agreement_id and t.role = 'beneficiary'
                            order by t.id limit 1), '') as "who!"
           from loan l join loan_agreement a on a.id = l.agreement_id join programme g on g.id = a.programme_id
             join asset s on s.id = l.asset_id join asset_model m on m.id = s.model_id join maker k on k.id = s.maker_id
             cross join lateral (select ((coalesce((select max(d.declared_at) from declaration d where d.loan_id = l.id), l.handed_over_at)
               at time zone 'Europe/Warsaw')::date + make_interval(months => g.declare_months::int))::date as due_on) x
           where l.organisation_id = $1 and g.declare_months is not null and l.handed_over_at is not null and l.returned_at is null
             and x.due_on < $2
           order by x.due_on, l.id limit 500"#,
        organisation.0,
        today,
    )
    .fetch_all(tx.connection())
    .await?;
    let due = rows.into_iter().map(|row| Due {
        loan: LoanId(row.id),
        inventory_no: row.inventory_no,
        model: row.model,
        who: row.who,
        due_on: row.due_on,
    });
    Ok(due.collect())
}
