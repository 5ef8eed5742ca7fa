//! Declarations of borrowers: "I have it, it works". They confirm lent devices of open stocktakes, and programmes ask for
//! them at intervals.

use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, Problem, day};
use serde_json::json;
use time::Date;

use super::scan;
use crate::loans::{list, mine, thing};
use crate::{AssetId, Error, LoanId, StocktakeId};

/// A borrower declares a device of their own or of their ward.
///
/// Errors: `NotFound` for another's loan or one that is over; `Invalid` on `note` (missing when it does not work).
pub async fn declare(tx: &mut Tx, loan: LoanId, works: bool, note: &str) -> Result<(), Error> {
    let line = mine::loan(tx, loan).await?;
    if !line.is_open() {
        return Err(Error::NotFound);
    }
    record(tx, loan, works, note).await
}

/// A clerk writes down a declaration that came on paper or by telephone.
///
/// Errors: as [`declare`].
pub async fn declare_for(
    tx: &mut Tx,
    proof: &DeviceClerk,
    loan: LoanId,
    works: bool,
    note: &str,
) -> Result<(), Error> {
    if !list::one(tx, &proof.reader(), loan).await?.is_open() {
        return Err(Error::NotFound);
    }
    record(tx, loan, works, note).await
}

async fn record(tx: &mut Tx, loan: LoanId, works: bool, note: &str) -> Result<(), Error> {
    match note.trim().chars().count() {
        0 if !works => return Err(Error::field("note", Problem::Missing)),
        1001.. => return Err(Error::field("note", Problem::TooLong(1000))),
        _ => {}
    }
    // Held, so that a reminder at this moment comes before or not at all; the thing first, because scanning it below holds it.
    thing::hold_of_loan(tx, loan).await?;
    sqlx::query!("select 1 as one from loan where id = $1 and returned_at is null for no key update", loan.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
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
        r#"select l.id as "id!", s.inventory_no as "inventory_no!", k.name || ' ' || m.name as "model!", d.due_on as "due_on!",
                  coalesce((select t.name from loan_party t where t.agreement_id = l.agreement_id and t.role = 'beneficiary'
                            order by t.id limit 1), '') as "who!"
           from declaration_due d join loan l on l.id = d.loan_id join asset s on s.id = l.asset_id
             join asset_model m on m.id = s.model_id join maker k on k.id = s.maker_id
           where d.organisation_id = $1 and d.due_on < $2
           order by d.due_on, l.id limit 500"#,
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
