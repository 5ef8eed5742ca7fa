//! Who is written to about a loan today: a contact who was named, then who speaks for the minor today, whoever signed. By e-mail and on
//! paper it is the same person.

use base::Tx;
use identity::DevicesReader;

use crate::{Error, LoanId};

/// Whom a letter about a loan goes to.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Their name.
    pub name: String,
    /// Their postal address, as far as it is known.
    pub address: String,
    /// Their language: `pl`, `en` or `uk`.
    pub language: String,
}

/// Whom a letter about this loan goes to; `None` when nobody is known any more.
pub async fn of(tx: &mut Tx, _: &DevicesReader, loan: LoanId) -> Result<Option<Receiver>, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        r#"select name as "name!", coalesce(address, '') as "address!", language as "language!" from loan_receiver
           where organisation_id = $1 and loan_id = $2"#,
        organisation.0,
        loan.0,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Receiver { name: row.name, address: row.address, language: row.language }))
}
