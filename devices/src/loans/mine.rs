//! What a person has on loan, or signs for as a guardian. Nobody else's loan is ever answered here.

use base::{PersonId, Tx};
use time::Date;

use super::agreement::{self, Agreement};
use super::list::{self, AgreementLine, Line};
use crate::{AgreementId, Error, LoanId};

/// Loans of the acting person and of those for whom they speak today, open ones and those that are over.
pub async fn loans(tx: &mut Tx) -> Result<Vec<Line>, Error> {
    let me = tx.person()?;
    list::own(tx, me, None, 500).await
}

/// One of these loans. Errors: `NotFound`.
pub async fn loan(tx: &mut Tx, id: LoanId) -> Result<Line, Error> {
    let me = tx.person()?;
    list::own(tx, me, Some(id), 1).await?.pop().ok_or(Error::NotFound)
}

/// Agreements in which the acting person takes part.
pub async fn agreements(tx: &mut Tx) -> Result<Vec<AgreementLine>, Error> {
    let me = tx.person()?;
    list::agreement_lines(tx, "", Some(me), 100).await
}

/// One of these agreements, once it is signed. Errors: `NotFound`.
pub async fn agreement(tx: &mut Tx, id: AgreementId) -> Result<Agreement, Error> {
    if !agreements(tx).await?.iter().any(|line| line.id == id && line.signed_at.is_some()) {
        return Err(Error::NotFound);
    }
    agreement::load(tx, id).await
}

/// A device that is to be brought back.
#[derive(Clone, Debug)]
pub struct ToReturn {
    /// The loan.
    pub loan: LoanId,
    /// Maker and model.
    pub model: String,
    /// Inventory number.
    pub inventory_no: String,
    /// The last day.
    pub day: Date,
    /// Days from today to it, in Warsaw; below zero: overdue.
    pub days: i32,
}

/// What a person of the organisation has, or signed for, and is to bring back at the latest so many days from today; the earliest
/// day first. What they have after its day is always among it.
pub async fn to_return(tx: &mut Tx, person: PersonId, within_days: i32) -> Result<Vec<ToReturn>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select loan_id as "id!", model as "model!", inventory_no as "inventory_no!", due_on as "day!", days as "days!"
           from devices_to_return($1, $2, $3)"#,
        organisation.0,
        person.0,
        within_days,
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| ToReturn {
        loan: LoanId(row.id),
        model: row.model,
        inventory_no: row.inventory_no,
        day: row.day,
        days: row.days,
    });
    Ok(one.collect())
}
