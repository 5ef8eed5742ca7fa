//! What a person has on loan, or signs for as a guardian. Nobody else's loan is ever answered here.

use base::Tx;

use super::agreement::{self, Agreement};
use super::list::{self, AgreementLine, Filter, Line, Show};
use crate::{AgreementId, Error, LoanId};

/// Loans of the acting person and of those for whom they speak today, open ones and those that are over.
pub async fn loans(tx: &mut Tx) -> Result<Vec<Line>, Error> {
    let me = tx.person()?;
    let filter = Filter { show: Show::All, take: 500, ..Filter::default() };
    Ok(list::lines(tx, &filter, Some(me), None).await?.0)
}

/// One of these loans. Errors: `NotFound`.
pub async fn loan(tx: &mut Tx, id: LoanId) -> Result<Line, Error> {
    let me = tx.person()?;
    let filter = Filter { show: Show::All, take: 1, ..Filter::default() };
    list::lines(tx, &filter, Some(me), Some(&[id])).await?.0.pop().ok_or(Error::NotFound)
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
