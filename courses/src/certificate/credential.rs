//! A certificate as a file that programs read: an Open Badges 3.0 credential (1EdTech), signed as VC-JWT, and what its verifier
//! fetches from us: the issuer, and the list of what was revoked (W3C Bitstring Status List 1.0).

use std::io::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use base::id::{base64_encode, hexadecimal};
use base::{Actor, Db, OrganisationId, Tx};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::issue::STATUS_PLACES;
use super::{Certificate, Holder, key};
use crate::error::Error;

/// The vocabulary of credentials (W3C VCDM 2.0).
const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
/// The vocabulary of badges.
const BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
/// What a credential must look like.
const SCHEMA: &str =
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json";

fn written(at: OffsetDateTime) -> String {
    // Whole seconds: a claim of a token has no more, and both must say the same.
    let at = at.replace_nanosecond(0).unwrap_or(at);
    at.format(&Rfc3339).unwrap_or_default()
}

fn issuer_address(site: &str, organisation: OrganisationId) -> String {
    format!("{site}/credentials/issuers/{organisation}")
}

fn status_address(site: &str, organisation: OrganisationId, list: i16) -> String {
    format!("{site}/credentials/status/{organisation}/{list}")
}

/// Who the credential is about: a name, and the hash of an e-mail address for whoever knows it.
fn subject(holder: &Holder, email: Option<&str>) -> (String, Vec<Value>) {
    let mut bits = [0; 16];
    bits.copy_from_slice(&digest(&SHA256, format!("subject {}", holder.token).as_bytes()).as_ref()[..16]);
    let id = format!("urn:uuid:{}", uuid::Builder::from_random_bytes(bits).into_uuid());
    let mut known = vec![
        json!({ "type": "IdentityObject", "hashed": false, "identityHash": holder.name, "identityType": "name" }),
    ];
    if let Some(email) = email {
        let salt = hexadecimal(&digest(&SHA256, format!("salt {}", holder.token).as_bytes()).as_ref()[..16]);
        let hash =
            hexadecimal(digest(&SHA256, format!("{}{salt}", email.to_lowercase()).as_bytes()).as_ref());
        known.push(json!({
            "type": "IdentityObject", "hashed": true, "identityHash": format!("sha256${hash}"),
            "identityType": "emailAddress", "salt": salt,
        }));
    }
    (id, known)
}

/// The certificate as a signed credential. `site`: the address of this installation; `criteria`: how it was earned, as a sentence.
///
/// Errors: `NotFound` when its holder was erased.
pub async fn file(
    tx: &mut Tx,
    site: &str,
    certificate: &Certificate,
    criteria: &str,
) -> Result<String, Error> {
    let holder = certificate.holder.as_ref().ok_or(Error::NotFound)?;
    let email = sqlx::query_scalar!("select email from person where id = $1", holder.person.0)
        .fetch_one(tx.connection())
        .await?;
    let (subject_id, identifiers) = subject(holder, email.as_deref());
    let issuer = issuer_address(site, certificate.organisation);
    let id = format!("{site}/certificates/{}", holder.token);
    let (list, place) = certificate.status;
    let list = status_address(site, certificate.organisation, list);
    let said = if certificate.course_summary.is_empty() { criteria } else { &certificate.course_summary };
    let mut achievement = json!({
        "id": format!("urn:uuid:{}", certificate.version),
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": certificate.course_title,
        "description": said,
        "criteria": { "narrative": criteria },
        "inLanguage": certificate.course_language,
        "version": certificate.version_number.to_string(),
        "humanCode": holder.number.grouped(),
    });
    let mut about = json!({
        "id": subject_id,
        "type": ["AchievementSubject"],
        "identifier": identifiers,
    });
    if let (Some(result), Some(about), Some(achievement)) =
        (certificate.result_per_mille, about.as_object_mut(), achievement.as_object_mut())
    {
        let result_id = format!("urn:uuid:{}#result", certificate.version);
        achievement.insert(
            "resultDescription".to_owned(),
            json!([{ "id": result_id, "type": ["ResultDescription"], "name": "Test", "resultType": "Percent" }]),
        );
        let percent = format!("{}.{}", result / 10, result % 10);
        about.insert(
            "result".to_owned(),
            json!([{ "type": ["Result"], "resultDescription": result_id, "value": percent }]),
        );
    }
    if let Some(about) = about.as_object_mut() {
        about.insert("achievement".to_owned(), achievement);
    }
    let mut claims = json!({
        "@context": [CONTEXT, BADGES],
        "id": id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": certificate.course_title,
        "issuer": { "id": issuer, "type": ["Profile"], "name": certificate.organisation_name },
        "validFrom": written(certificate.issued_at),
        "credentialSubject": about,
        "credentialSchema": [{ "id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019" }],
        "credentialStatus": {
            "id": format!("{list}#{place}"),
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": place.to_string(),
            "statusListCredential": list,
        },
        // The same once more as claims of a token (Open Badges 3.0 §8.2.4).
        "iss": issuer,
        "jti": id,
        "sub": subject_id,
        "nbf": certificate.issued_at.unix_timestamp(),
    });
    if let (Some(end), Some(claims)) = (certificate.ends_at, claims.as_object_mut()) {
        claims.insert("validUntil".to_owned(), json!(written(end)));
        claims.insert("exp".to_owned(), json!(end.unix_timestamp()));
    }
    key::sign(tx, site, &claims).await
}

/// Who issues: name and keys of an organisation (Open Badges `Profile`, W3C Controlled Identifiers 1.0). Errors: `NotFound`.
pub async fn issuer(db: &Db, site: &str, organisation: OrganisationId) -> Result<Value, Error> {
    let mut tx = db.begin(&Actor::installation("credential issuers")).await?;
    let name = sqlx::query_scalar!("select name from organisation where id = $1", organisation.0)
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    drop(tx);
    let id = issuer_address(site, organisation);
    let methods: Vec<Value> = key::all(db, site)
        .await?
        .into_iter()
        .map(|jwk| json!({ "id": jwk["kid"], "type": "JsonWebKey", "controller": id, "publicKeyJwk": jwk }))
        .collect();
    let names: Vec<&Value> = methods.iter().map(|method| &method["id"]).collect();
    Ok(json!({
        "@context": [CONTEXT, BADGES],
        "id": id,
        "type": ["Profile"],
        "name": name,
        "url": site,
        "assertionMethod": names,
        "verificationMethod": methods,
    }))
}

/// A list of revoked certificates of an organisation as a signed credential. It tells the places of those revoked, nothing else.
///
/// Errors: `NotFound` for a list that has no certificate.
pub async fn status(db: &Db, site: &str, organisation: OrganisationId, list: i16) -> Result<String, Error> {
    let mut tx = db.begin(&Actor::job("credential status", organisation)).await?;
    let known = sqlx::query_scalar!(
        r#"select exists (select from certificate where organisation_id = $1 and status_list = $2) as "known!""#,
        organisation.0,
        list
    )
    .fetch_one(tx.connection())
    .await?;
    if !known {
        return Err(Error::NotFound);
    }
    let revoked = sqlx::query_scalar!(
        "select c.status_index from certificate_revocation r join certificate c on c.id = r.certificate_id
         where c.organisation_id = $1 and c.status_list = $2",
        organisation.0,
        list
    )
    .fetch_all(tx.connection())
    .await?;
    let id = status_address(site, organisation, list);
    let issuer = issuer_address(site, organisation);
    let now = tx.now();
    let mut claims = Map::new();
    for (name, value) in [
        ("@context", json!([CONTEXT])),
        ("id", json!(id)),
        ("type", json!(["VerifiableCredential", "BitstringStatusListCredential"])),
        ("issuer", json!(issuer)),
        ("validFrom", json!(written(now))),
        (
            "credentialSubject",
            json!({
                "id": format!("{id}#list"), "type": "BitstringStatusList", "statusPurpose": "revocation",
                "encodedList": encoded(&revoked)?,
            }),
        ),
        ("iss", json!(issuer)),
        ("jti", json!(id)),
        ("sub", json!(format!("{id}#list"))),
        ("nbf", json!(now.unix_timestamp())),
    ] {
        claims.insert(name.to_owned(), value);
    }
    let signed = key::sign(&mut tx, site, &Value::Object(claims)).await?;
    // A key that was made just now stays.
    tx.commit().await?;
    Ok(signed)
}

/// The bits, the first place leftmost, compressed with gzip, as multibase base64url.
fn encoded(revoked: &[i32]) -> Result<String, Error> {
    let mut bits = vec![0_u8; STATUS_PLACES as usize / 8];
    for place in revoked.iter().filter_map(|place| usize::try_from(*place).ok()) {
        if let Some(byte) = bits.get_mut(place / 8) {
            *byte |= 0x80 >> (place % 8);
        }
    }
    let packed = packed(&bits).map_err(|error| Error::Database(sqlx::Error::Io(error)))?;
    Ok(format!("u{}", base64_encode(&packed)))
}

fn packed(bits: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bits)?;
    packer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_is_the_leftmost_bit_and_an_empty_list_is_short() {
        use std::io::Read as _;
        let list = encoded(&[0, 9, 131_071]).unwrap();
        let packed = base64_decode(&list[1..]);
        let mut bits = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bits).unwrap();
        assert_eq!(bits.len(), 16_384);
        assert_eq!((bits[0], bits[1], bits[16_383]), (0x80, 0x40, 0x01));
        assert!(encoded(&[]).unwrap().len() < 200);
    }

    /// Base64url as `base64_encode` writes it, read bit by bit.
    fn base64_decode(text: &str) -> Vec<u8> {
        const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let (mut held, mut count, mut bytes) = (0_u32, 0, Vec::new());
        for letter in text.chars() {
            held = (held << 6) | u32::try_from(LETTERS.find(letter).unwrap()).unwrap();
            count += 6;
            if count >= 8 {
                count -= 8;
                bytes.push(u8::try_from((held >> count) & 0xff).unwrap());
            }
        }
        bytes
    }
}
