//! What still binds a person to the register: devices that were not given back, for whomever they are.

use base::{PersonId, Tx};
use identity::PeopleAdmin;

use crate::Error;

/// How many devices are prepared for a person or in their hands, or are signed for by them for somebody else. As long as there is one
/// the person is not erased; PostgreSQL holds that.
pub async fn of_person(tx: &mut Tx, _: &PeopleAdmin, person: PersonId) -> Result<i64, Error> {
    let organisation = tx.organisation()?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from loan l
           where l.organisation_id = $1 and l.returned_at is null and l.cancelled_at is null
             and (l.beneficiary_id = $2 or l.agreement_id in (
                   select p.agreement_id from loan_party p where p.person_id = $2 and p.until is null))"#,
        organisation.0,
        person.0,
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(count)
}
