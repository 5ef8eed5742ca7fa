//! What anybody may know of a certificate who holds its address or its printed number, and whether a name is the one on it.

use base::{Actor, Db, Tx};

use super::{Certificate, Key, Wanted, number, only, some};
use crate::error::Error;

/// Numbers that lead nowhere, in a minute, from everybody together; a mistyped one is noticed by its check letter and not counted.
const MISSES_A_MINUTE: i64 = 60;
/// Names compared in vain with one certificate, in an hour.
const NAMES_AN_HOUR: i64 = 10;

/// The certificate behind an address or a printed number. Errors: `NotFound`, `TooMany` when too many numbers led nowhere of late.
pub async fn certificate(db: &Db, key: &Key) -> Result<Certificate, Error> {
    let mut tx = db.begin(&Actor::installation("certificates")).await?;
    let Key::Number(number) = key else { return found(&mut tx, key).await };
    let misses = sqlx::query_scalar!(
        r#"select count(*) as "misses!" from certificate_miss
           where certificate_id is null and at > moment() - interval '1 minute'"#
    )
    .fetch_one(tx.connection())
    .await?;
    if misses >= MISSES_A_MINUTE {
        return Err(Error::TooMany);
    }
    match found(&mut tx, &Key::Number(number.clone())).await {
        Err(Error::NotFound) => {
            sqlx::query!("insert into certificate_miss (certificate_id) values (null)")
                .execute(tx.connection())
                .await?;
            tx.commit().await?;
            Err(Error::NotFound)
        }
        other => other,
    }
}

async fn found(tx: &mut Tx, key: &Key) -> Result<Certificate, Error> {
    let wanted = match key {
        Key::Token(token) => Wanted { token_hash: Some(number::token_hash(token)), ..Wanted::default() },
        Key::Number(number) => Wanted { number_hash: Some(number.hash()), ..Wanted::default() },
    };
    only(some(tx, &wanted).await?)
}

/// Whether this is the name on the certificate, also after it was erased. Errors: as [`certificate`]; `TooMany` also for names.
pub async fn is_named(db: &Db, key: &Key, name: &str) -> Result<bool, Error> {
    let certificate = certificate(db, key).await?;
    let mut tx = db.begin(&Actor::installation("certificates")).await?;
    let misses = sqlx::query_scalar!(
        r#"select count(*) as "misses!" from certificate_miss where certificate_id = $1 and at > moment() - interval '1 hour'"#,
        certificate.id.0
    )
    .fetch_one(tx.connection())
    .await?;
    if misses >= NAMES_AN_HOUR {
        return Err(Error::TooMany);
    }
    if key.number().opens(name, &certificate.name_seal) {
        return Ok(true);
    }
    sqlx::query!("insert into certificate_miss (certificate_id) values ($1)", certificate.id.0)
        .execute(tx.connection())
        .await?;
    tx.commit().await?;
    Ok(false)
}

/// Forgets misses that no longer count. Run now and then by the worker.
pub async fn forget_misses(db: &Db) -> Result<(), Error> {
    let mut tx = db.begin(&Actor::installation("certificates")).await?;
    sqlx::query!("delete from certificate_miss where at < moment() - interval '1 hour'")
        .execute(tx.connection())
        .await?;
    Ok(tx.commit().await?)
}
