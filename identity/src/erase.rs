//! Erasing a person (art. 17 RODO): who they are goes, the row stays with its id, so that what counts people still counts. What other
//! areas keep of a person follows rules of their own.

use base::{PersonId, Tx, audit};
use serde_json::json;

use crate::error::Error;
use crate::permit::PeopleAdmin;
use crate::{day, link, moved, person, session};

/// Takes name, login, addresses, birthday, password, unit, positions, groups, rights, what was granted in tests, and guardianship from
/// a person; their sessions end with this transaction, and nobody ever signs in as them again. Answers whether it was done now: once
/// more changes nothing.
///
/// Errors: `NotFound` for nobody of the organisation; `NotAllowed`; `NotOneself` for oneself and for the last administrator; `Bound`
/// as long as a device is lent to them or they sign for one.
pub async fn erase(tx: &mut Tx, _: &PeopleAdmin, id: PersonId) -> Result<bool, Error> {
    if is_erased(tx, id).await? {
        return Ok(false);
    }
    if tx.actor().person() == Some(id) {
        return Err(Error::NotOneself);
    }
    person::within_reach(tx, id).await?;
    person::lock_administrators(tx).await?;
    // Held against loans that are being made: they refer to this row, and come before or after.
    sqlx::query_scalar!("select id from person where id = $1 for update", id.0)
        .fetch_one(tx.connection())
        .await?;
    if is_erased(tx, id).await? {
        return Ok(false);
    }
    link::use_up_all(tx, id).await?;
    session::forget_all(tx, id).await?;
    leave(tx, id).await?;
    sqlx::query!(
        "update person set given_name = 'dane', family_name = 'usunięte', login = 'usuniete-' || replace(id::text, '-', ''),
                email = null, phone = null, born_on = null, password_hash = null, language = 'pl', org_unit_id = null,
                signed_in_at = null, state = 'suspended', erased_at = moment()
         where id = $1",
        id.0
    )
    .execute(tx.connection())
    .await
    .map_err(|error| match &error {
        sqlx::Error::Database(database) if database.constraint() == Some("person_has_loans") => Error::Bound,
        _ => Error::Database(error),
    })?;
    if tx.actor().person().is_some() {
        person::somebody_remains(tx).await?;
    }
    moved::note(tx).await?;
    audit::record(tx, "erased", "person", id.0, json!({})).await?;
    Ok(true)
}

/// Errors: `NotFound` for nobody of the organisation.
async fn is_erased(tx: &mut Tx, id: PersonId) -> Result<bool, Error> {
    let organisation = tx.organisation()?;
    sqlx::query_scalar!(
        r#"select erased_at is not null as "erased!" from person where id = $1 and organisation_id = $2"#,
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)
}

/// Takes the person out of everything that says who they are.
async fn leave(tx: &mut Tx, id: PersonId) -> Result<(), Error> {
    let today = day::today(tx).await?;
    sqlx::query!("delete from role_grant where person_id = $1", id.0).execute(tx.connection()).await?;
    sqlx::query!("delete from membership where person_id = $1", id.0).execute(tx.connection()).await?;
    sqlx::query!("delete from position_holder where person_id = $1", id.0).execute(tx.connection()).await?;
    sqlx::query!("delete from unit_head where person_id = $1", id.0).execute(tx.connection()).await?;
    // On what it rests is data of health (art. 9 RODO).
    sqlx::query!("delete from accommodation where person_id = $1", id.0).execute(tx.connection()).await?;
    sqlx::query!(
        "update guardianship set until = greatest(since, $2::date)
         where (ward_id = $1 or guardian_id = $1) and (until is null or until > $2::date)",
        id.0,
        today,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
