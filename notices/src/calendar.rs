//! The address under which a calendar program fetches a person's deadlines: it needs no sign-in, and it can be taken back.

use std::collections::HashMap;

use base::id::Secret;
use base::{Actor, Db, OrganisationId, PersonId, Tx, audit, id};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use crate::error::Error;

/// Whose calendar an address opens.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their language: `pl`, `en` or `uk`.
    pub language: String,
}

/// A new address for the acting person; the one before it leads nowhere from now on. Shown once, kept as a hash.
pub async fn make(tx: &mut Tx) -> Result<Secret, Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    end(tx, person).await?;
    let secret = Secret::fresh().map_err(|error| Error::System(error.to_string()))?;
    let id = id::row_id(tx.now());
    sqlx::query!(
        "insert into calendar_feed (id, organisation_id, person_id, token_hash) values ($1, $2, $3, $4)",
        id,
        organisation.0,
        person.0,
        secret.hash(),
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "made_calendar_address", "person", person.0, Default::default()).await?;
    Ok(secret)
}

/// Takes the acting person's address back. Errors: `NotFound` when there is none.
pub async fn revoke(tx: &mut Tx) -> Result<(), Error> {
    let person = tx.person()?;
    if end(tx, person).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(audit::record(tx, "revoked_calendar_address", "person", person.0, Default::default()).await?)
}

async fn end(tx: &mut Tx, person: PersonId) -> Result<u64, sqlx::Error> {
    let ended = sqlx::query!(
        "update calendar_feed set revoked_at = moment() where person_id = $1 and revoked_at is null",
        person.0
    )
    .execute(tx.connection())
    .await?;
    Ok(ended.rows_affected())
}

/// Since when the acting person has an address.
pub async fn since(tx: &mut Tx) -> Result<Option<OffsetDateTime>, Error> {
    let person = tx.person()?;
    let since = sqlx::query_scalar!(
        "select created_at from calendar_feed where person_id = $1 and revoked_at is null",
        person.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(since)
}

/// Opens a transaction for the organisation of the person whose address this is.
///
/// `None`: no such address, taken back, or the person is suspended.
pub async fn open(db: &Db, secret: &Secret) -> Result<Option<(Tx, Owner)>, Error> {
    let mut tx = db.begin(&Actor::installation("calendar")).await?;
    let row = sqlx::query!(
        "select p.id, p.organisation_id, p.given_name, p.family_name, p.language
         from calendar_feed f join person p on p.id = f.person_id
         where f.token_hash = $1 and f.revoked_at is null and p.state = 'active'",
        secret.hash()
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    tx.speak_for(&Actor::job("calendar", OrganisationId(row.organisation_id))).await?;
    let owner = Owner {
        person: PersonId(row.id),
        name: format!("{} {}", row.given_name, row.family_name),
        language: row.language,
    };
    Ok(Some((tx, owner)))
}

/// What a thing is called in the calendar, and a text that changes whenever it does.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Names it for good.
    pub uid: String,
    /// All that the calendar says of it.
    pub content: String,
}

/// How many times each thing changed since it was first shown, and when it did last; a change that is seen now counts.
pub async fn numbered(
    tx: &mut Tx,
    owner: &Owner,
    shown: &[Shown],
) -> Result<HashMap<String, (i32, OffsetDateTime)>, Error> {
    let organisation = tx.organisation()?;
    let uids: Vec<String> = shown.iter().map(|one| one.uid.clone()).collect();
    let prints: Vec<Vec<u8>> = shown.iter().map(|one| Sha256::digest(&one.content).to_vec()).collect();
    sqlx::query!(
        "insert into calendar_item as i (organisation_id, person_id, uid, fingerprint)
         select $1, $2, s.uid, s.print from unnest($3::text[], $4::bytea[]) s (uid, print)
         on conflict (person_id, uid) do update
           set fingerprint = excluded.fingerprint, sequence = i.sequence + 1, changed_at = moment()
           where i.fingerprint <> excluded.fingerprint",
        organisation.0,
        owner.person.0,
        &uids,
        &prints,
    )
    .execute(tx.connection())
    .await?;
    let rows = sqlx::query!(
        "select uid, sequence, changed_at from calendar_item where person_id = $1 and uid = any($2)",
        owner.person.0,
        &uids,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.uid, (row.sequence, row.changed_at))).collect())
}
