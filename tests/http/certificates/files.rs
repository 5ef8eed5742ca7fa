//! A certificate as a file for programs: verified with `ring` and what the site publishes, by another path than the one that
//! signs; after keys have rotated, after it was revoked, and when a letter of it was changed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{count, course, finish, newest};
use crate::harness::{Client, PASSWORD, TestApp, owner, refused_by};

/// The address of the site as files name it.
const SITE: &str = "http://127.0.0.1:8080";

fn part(token: &str, at: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

async fn json(client: &Client, address: &str) -> Value {
    let page = client.get(address.strip_prefix(SITE).unwrap_or(address)).await.assert(200);
    assert_eq!(page.header("access-control-allow-origin"), "*", "{address}");
    serde_json::from_str(&page.text).unwrap()
}

fn verifies(token: &str, jwk: &Value) -> bool {
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let (text, signature) = token.rsplit_once('.').unwrap();
    let key = RsaPublicKeyComponents { n: bytes("n"), e: bytes("e") };
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    key.verify(&RSA_PKCS1_2048_8192_SHA256, text.as_bytes(), &signature).is_ok()
}

/// Open Badges 3.0 §8.2.5: the key from its address, the signature, then claims against the credential.
async fn verify(client: &Client, token: &str) -> Result<Value, String> {
    let header = part(token, 0);
    let names: Vec<&String> = header.as_object().unwrap().keys().collect();
    assert_eq!(names, ["alg", "kid", "typ"], "no other header is allowed");
    assert_eq!((&header["alg"], &header["typ"]), (&Value::from("RS256"), &Value::from("JWT")));
    let kid = header["kid"].as_str().unwrap();
    let jwk = json(client, kid).await;
    assert!(jwk.get("d").is_none(), "a private key is published");
    if !verifies(token, &jwk) {
        return Err("signature".to_owned());
    }
    // The same key stands in the key set and with the issuer.
    let credential = part(token, 1);
    let set = json(client, "/.well-known/jwks.json").await;
    assert!(set["keys"].as_array().unwrap().contains(&jwk), "{set}");
    let issuer = credential["issuer"]["id"].as_str().or(credential["issuer"].as_str()).unwrap().to_owned();
    let profile = json(client, &issuer).await;
    assert_eq!(profile["id"], issuer);
    assert!(profile["assertionMethod"].as_array().unwrap().contains(&Value::from(kid)), "{profile}");
    let moment = |name: &str| {
        let text = credential[name].as_str()?;
        Some(OffsetDateTime::parse(text, &Rfc3339).unwrap().unix_timestamp())
    };
    for (claim, told) in [
        ("iss", Some(Value::from(issuer))),
        ("jti", Some(credential["id"].clone())),
        ("sub", Some(credential["credentialSubject"]["id"].clone())),
        ("nbf", moment("validFrom").map(Value::from)),
        ("exp", moment("validUntil").map(Value::from)),
    ] {
        if credential.get(claim).cloned() != told {
            return Err(claim.to_owned());
        }
    }
    Ok(credential)
}

/// The bit of a credential in the signed list that it names (W3C Bitstring Status List 1.0 §3.2).
async fn is_revoked(client: &Client, credential: &Value) -> bool {
    let status = &credential["credentialStatus"];
    assert_eq!(status["type"], "BitstringStatusListEntry");
    let address = status["statusListCredential"].as_str().unwrap();
    let page = client.get(address.strip_prefix(SITE).unwrap()).await.assert(200);
    let list = verify(client, &page.text).await.unwrap();
    assert_eq!(
        (list["id"].as_str(), list["issuer"].as_str()),
        (Some(address), credential["issuer"]["id"].as_str())
    );
    assert_eq!(list["credentialSubject"]["statusPurpose"], status["statusPurpose"]);
    let text = list["credentialSubject"]["encodedList"].as_str().unwrap().strip_prefix('u').unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list.gz"), URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    let out =
        std::process::Command::new("gzip").arg("-dc").arg(folder.path().join("list.gz")).output().unwrap();
    let bits = out.stdout;
    assert!(out.status.success() && bits.len() >= 16 << 10, "{} bytes", bits.len());
    let place: usize = status["statusListIndex"].as_str().unwrap().parse().unwrap();
    bits[place / 8] & (0x80 >> (place % 8)) != 0
}

#[tokio::test]
async fn a_file_verifies_with_published_keys_alone_also_after_they_rotated_and_tells_when_it_was_revoked() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    course(&office, &ada, &jan).await;
    sqlx::query("update course set valid_months = 60").execute(&mut owner(&app).await).await.unwrap();
    finish(&jan).await;
    let reached = newest(&jan).await;
    let path = format!("/my-certificates/{}/credential", reached.id);
    let nobody = app.visitor();
    let file = jan.client.get(&path).await.assert(200);
    assert_eq!(file.header("content-type"), "application/vc+jwt");
    let old = file.text;
    let credential = verify(&nobody, &old).await.unwrap();
    assert_eq!(credential["@context"][0], "https://www.w3.org/ns/credentials/v2");
    assert_eq!(credential["@context"][1], "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json");
    assert_eq!(credential["type"], serde_json::json!(["VerifiableCredential", "OpenBadgeCredential"]));
    assert_eq!(credential["id"], format!("{SITE}{}", reached.page));
    assert_eq!(credential["issuer"]["name"], "Urząd brzozow");
    let subject = &credential["credentialSubject"];
    assert_eq!(subject["achievement"]["name"], "Dostępność cyfrowa");
    assert!(
        subject["achievement"]["criteria"]["narrative"].as_str().unwrap().contains("wersja 1"),
        "{subject}"
    );
    assert_eq!(subject["identifier"][0]["identityHash"], "Osoba JAN");
    // Whoever knows the e-mail address finds it in the hash; it does not stand there.
    let email = "jan@brzozow.example.org";
    let hashed = &subject["identifier"][1];
    let salted = format!("{email}{}", hashed["salt"].as_str().unwrap());
    let hash: String = Sha256::digest(salted.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hashed["identityHash"], format!("sha256${hash}"));
    assert!(!credential.to_string().contains(email), "{credential}");
    // Its id leads to the page.
    nobody
        .get(credential["id"].as_str().unwrap().strip_prefix(SITE).unwrap())
        .await
        .assert(200)
        .has("jest ważne");
    assert!(!is_revoked(&nobody, &credential).await);

    // To be tried with the verifiers of others.
    if let Some(folder) = std::env::var_os("TABLICA_KEEP").map(std::path::PathBuf::from) {
        std::fs::write(folder.join("certificate.jwt"), &old).unwrap();
        let kid = part(&old, 0)["kid"].as_str().unwrap().to_owned();
        std::fs::write(folder.join("key.json"), json(&nobody, &kid).await.to_string()).unwrap();
        let list = credential["credentialStatus"]["statusListCredential"].as_str().unwrap();
        let list = nobody.get(list.strip_prefix(SITE).unwrap()).await.text;
        std::fs::write(folder.join("status.jwt"), list).unwrap();
    }

    // Anything changed, and it does not verify.
    let (head, rest) = old.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
    let forged = URL_SAFE_NO_PAD.encode(text.replace("Osoba JAN", "Osoba EWA"));
    assert_ne!(forged, body);
    assert_eq!(verify(&nobody, &format!("{head}.{forged}.{signature}")).await, Err("signature".to_owned()));

    // Two years later another key signs; the file of today verifies by its own, whose private part is gone.
    for year in 1..=2 {
        app.clock.advance(Duration::days(366));
        jan.client.sign_in(&jan.name, PASSWORD).await;
        let fresh = jan.client.get(&path).await.assert(200).text;
        assert_ne!(part(&fresh, 0)["kid"], part(&old, 0)["kid"], "after {year} years");
        assert_eq!(verify(&nobody, &fresh).await.unwrap(), credential, "only the key differs");
        assert_eq!(verify(&nobody, &old).await.unwrap(), credential);
    }
    assert_eq!(count(&app, "select count(*) from credential_key").await, 3);
    assert_eq!(count(&app, "select count(*) from credential_key where secret is not null").await, 1);
    let mut owner = owner(&app).await;
    for (sql, why) in [
        ("update credential_key set modulus = 'x'", "only ever retired"),
        (
            "update credential_key set retired_at = null, secret = 'x' where secret is null",
            "only ever retired",
        ),
        ("update credential_key set retired_at = moment() where secret is not null", "check constraint"),
    ] {
        let said = refused_by(&mut owner, sql.to_owned()).await;
        assert!(said.contains(why), "{said}");
    }

    // Revoked: the list says so, whichever file is shown, and tells nothing of others.
    ada.client.sign_in(&ada.name, PASSWORD).await;
    let revoke = format!("/teaching/dostepnosc-cyfrowa/certificates/{}/revoke", reached.id);
    ada.client.post(&revoke, &[("reason", "pomyłka")]).await.assert(303);
    assert!(is_revoked(&nobody, &verify(&nobody, &old).await.unwrap()).await);
    let list = credential["credentialStatus"]["statusListCredential"].as_str().unwrap();
    let list = list.strip_prefix(SITE).unwrap();
    let told = nobody.get(list).await.assert(200).text;
    assert!(!told.contains(reached.page.rsplit('/').next().unwrap()), "{told}");
    for missing in [
        format!("{}/1", list.rsplit_once('/').unwrap().0),
        format!("/credentials/status/{}/0", uuid::Uuid::new_v4()),
        format!("/credentials/issuers/{}", uuid::Uuid::new_v4()),
        format!("/credentials/keys/{}", uuid::Uuid::new_v4()),
        "/credentials/keys/x".to_owned(),
    ] {
        nobody.get(&missing).await.assert(404);
    }
    app.end().await;
}

#[tokio::test]
async fn many_who_sign_with_no_key_yet_make_one() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    course(&office, &ada, &jan).await;
    finish(&jan).await;
    let path = format!("/my-certificates/{}/credential", newest(&jan).await.id);
    let files = futures::future::join_all((0..6).map(|_| jan.client.get(&path))).await;
    let nobody = app.visitor();
    for file in files {
        verify(&nobody, &file.assert(200).text).await.unwrap();
    }
    assert_eq!(count(&app, "select count(*) from credential_key").await, 1);
    app.end().await;
}
