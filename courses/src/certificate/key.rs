//! Keys that sign certificates as files: RSA of 3072 bits, one at a time for the installation, a fresh one every year. The private
//! part goes when a key is retired; the public part is published for ever, so that a file verifies as long as this site stands.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base::id::{base64_encode, row_id};
use base::{Actor, Db, Tx};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::error::Error;

/// How long a key signs.
const LIFE: Duration = Duration::days(365);

fn broken(what: &str) -> Error {
    Error::Database(sqlx::Error::Protocol(format!("a key {what}")))
}

/// The address of a key; also its name in tokens and key sets.
pub fn address(site: &str, id: Uuid) -> String {
    format!("{site}/credentials/keys/{id}")
}

/// Signs `claims` as a compact JWS (RFC 7515) with RS256, the algorithm that Open Badges 3.0 §8.2.3 asks for. The transaction
/// speaks for its own actor again afterwards.
pub(super) async fn sign(tx: &mut Tx, site: &str, claims: &Value) -> Result<String, Error> {
    let actor = tx.actor().clone();
    tx.speak_for(&Actor::installation("credential keys")).await?;
    let (id, secret) = current(tx).await?;
    tx.speak_for(&actor).await?;
    let header = json!({ "alg": "RS256", "kid": address(site, id), "typ": "JWT" });
    let part = |value: &Value| base64_encode(value.to_string().as_bytes());
    let text = format!("{}.{}", part(&header), part(claims));
    // Some milliseconds of a core.
    let signed = tokio::task::spawn_blocking(move || {
        let pair = KeyPair::from_pkcs8(&secret).map_err(|_| broken("cannot be read"))?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|_| broken("does not sign"))?;
        Ok(format!("{text}.{}", base64_encode(&signature)))
    });
    signed.await.map_err(|_| broken("was dropped while it signed"))?
}

/// The key that signs now, made when there is none or the last is a year old.
async fn current(tx: &mut Tx) -> Result<(Uuid, Vec<u8>), Error> {
    let since = tx.now() - LIFE;
    if let Some(found) = young(tx).await? {
        return Ok(found);
    }
    let pair = tokio::task::spawn_blocking(|| {
        let pair = KeyPair::generate(KeySize::Rsa3072).map_err(|_| broken("cannot be made"))?;
        let secret: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| broken("cannot be written"))?;
        let (modulus, exponent) = (pair.public_key().modulus(), pair.public_key().exponent());
        let modulus = base64_encode(modulus.big_endian_without_leading_zero());
        let exponent = base64_encode(exponent.big_endian_without_leading_zero());
        Ok::<_, Error>((secret.as_ref().to_vec(), modulus, exponent))
    });
    let (secret, modulus, exponent) = pair.await.map_err(|_| broken("was dropped in the making"))??;
    // Two who find it too old: the second waits here, finds it retired, and takes the key of the first.
    sqlx::query!(
        "update credential_key set retired_at = moment(), secret = null where retired_at is null and created_at < $1",
        since
    )
    .execute(tx.connection())
    .await?;
    let id = row_id(tx.now());
    sqlx::query!(
        "insert into credential_key (id, modulus, exponent, secret) values ($1, $2, $3, $4) on conflict do nothing",
        id,
        modulus,
        exponent,
        secret,
    )
    .execute(tx.connection())
    .await?;
    young(tx).await?.ok_or_else(|| broken("is not there"))
}

async fn young(tx: &mut Tx) -> Result<Option<(Uuid, Vec<u8>)>, Error> {
    let since = tx.now() - LIFE;
    let row = sqlx::query!(
        r#"select id, secret as "secret!" from credential_key where retired_at is null and created_at >= $1"#,
        since
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| (row.id, row.secret)))
}

fn public(site: &str, id: Uuid, modulus: &str, exponent: &str) -> Value {
    json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": address(site, id), "n": modulus, "e": exponent })
}

/// The public part of one key as a JWK (RFC 7517), present or retired. Errors: `NotFound`.
pub async fn one(db: &Db, site: &str, id: Uuid) -> Result<Value, Error> {
    let mut tx = db.begin(&Actor::installation("credential keys")).await?;
    let row = sqlx::query!("select modulus, exponent from credential_key where id = $1", id)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    Ok(public(site, id, &row.modulus, &row.exponent))
}

/// The public parts of all keys that ever signed, as JWKs, the newest first.
pub async fn all(db: &Db, site: &str) -> Result<Vec<Value>, Error> {
    let mut tx = db.begin(&Actor::installation("credential keys")).await?;
    let rows =
        sqlx::query!("select id, modulus, exponent from credential_key order by created_at desc, id desc")
            .fetch_all(tx.connection())
            .await?;
    Ok(rows.into_iter().map(|row| public(site, row.id, &row.modulus, &row.exponent)).collect())
}
