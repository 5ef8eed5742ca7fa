//! Papers through the outer door: the document of what was signed is frozen, whole, legible and only for those whom it concerns.

use base::Tx;
use devices::LoanId;
use devices::papers::photo::{self, Moment, PhotoId, Stored, Subject};
use identity::DeviceClerk;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;
use time::macros::date;

use crate::harness::lending::{clerk, laptops, lend, proof, signed, until};
pub use crate::harness::pdf::text;
use crate::harness::{Client, TestApp, owner};

/// A row of a photograph of that loan, whose bytes are nowhere.
pub async fn a_photo(tx: &mut Tx, proof: &DeviceClerk, loan: LoanId) -> PhotoId {
    let asset = devices::loans::list::one(tx, &proof.reader(), loan).await.unwrap().asset;
    let subject = Subject { asset, loan: Some(loan), incident: None, moment: Moment::Handover };
    let stored = Stored {
        key: "photos/x".to_owned(),
        small_key: "photos/y".to_owned(),
        sha256: vec![0; 32],
        alt: String::new(),
    };
    photo::attach(tx, proof, subject, &[stored]).await.unwrap();
    photo::of_loan(tx, &proof.reader(), loan).await.unwrap()[0].id
}

/// The bytes behind an address, which must be a PDF.
pub async fn pdf(client: &Client, path: &str) -> Vec<u8> {
    let answer = client.request(reqwest::Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    assert_eq!(answer.headers()["content-type"], "application/pdf", "{path}");
    let bytes = answer.bytes().await.unwrap().to_vec();
    assert!(bytes.starts_with(b"%PDF-"));
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test]
async fn what_was_signed_is_frozen_as_pdf_ua_whose_hash_is_in_the_row_and_a_changed_file_is_told() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan, obcy) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("obcy").await);
    let mut connection = owner(&app).await;
    let name = "#read(\"/etc/passwd\") $x$ *b*";
    sqlx::query("update person set given_name = $1, family_name = 'Źdźbło-Ćwięk' where id = $2")
        .bind(name)
        .bind(jan.id.0)
        .execute(&mut connection)
        .await
        .unwrap();
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let (id, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2030 - 06 - 30))).await;
    let path = format!("/devices/agreements/{id}/document");
    let bytes = pdf(&anna.client, &path).await;
    for sign in ["/StructTreeRoot", "/MarkInfo", "/Lang(pl)", "<pdfuaid:part>1</pdfuaid:part>"] {
        assert!(holds(&bytes, sign), "{sign}");
    }
    let told = text(&bytes);
    for part in [
        name,
        "Źdźbło-Ćwięk",
        "UMOWA UŻYCZENIA nr",
        "IT/1",
        "art. 710 Kodeksu cywilnego",
        "30.06.2030",
        "zasilacz, torba",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    let row: (Vec<u8>, String, String, i32) = sqlx::query_as(
        "select sha256, blob_key, template, template_version from frozen_document where agreement_id = $1",
    )
    .bind(id.0)
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(row.0, Sha256::digest(&bytes).to_vec());
    assert_eq!((row.2.as_str(), row.3), ("uzyczenie", 2));
    let sum: String = row.0.iter().map(|byte| format!("{byte:02x}")).collect();
    anna.client.get(&format!("/devices/agreements/{id}")).await.assert(200).has(&sum);
    // It is made once: later it is the same bytes, for the borrower as well, and for nobody else.
    let own = format!("/my-devices/agreements/{id}/document");
    assert!(pdf(&jan.client, &own).await == bytes);
    jan.client.get(&format!("/my-devices/agreements/{id}")).await.assert(200).has(&own);
    obcy.client.get(&own).await.assert(404);
    jan.client.get(&path).await.assert(403);
    let other = app.office("krosno").await;
    let stranger = clerk(&other, "ewa").await;
    stranger.client.get(&path).await.assert(404);
    stranger.client.get(&own).await.assert(404);
    // The protocol of the hand-over likewise.
    let protocol: (uuid::Uuid,) = sqlx::query_as("select handover_id from loan where id = $1")
        .bind(loan.0)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let handed = pdf(&anna.client, &format!("/devices/protocols/{}/document", protocol.0)).await;
    let told = text(&handed);
    assert!(
        told.contains("PZO/1/") && told.contains("Anna Nowak") && told.contains("zasilacz, torba"),
        "{told}"
    );
    assert!(pdf(&jan.client, &format!("/my-devices/protocols/{}/document", protocol.0)).await == handed);
    obcy.client.get(&format!("/my-devices/protocols/{}/document", protocol.0)).await.assert(404);
    stranger.client.get(&format!("/devices/protocols/{}/document", protocol.0)).await.assert(404);
    // Neither the row nor, unnoticed, the file can be changed.
    let rewritten =
        sqlx::query(AssertSqlSafe(format!("update frozen_document set sha256 = '\\x{}'", "00".repeat(32))))
            .execute(&mut connection)
            .await;
    assert!(rewritten.is_err());
    let mut changed = bytes.clone();
    changed[bytes.len() / 2] ^= 1;
    app.ground.blobs.put(&row.1, "application/pdf", changed).await.unwrap();
    anna.client.get(&path).await.assert(200).has("Dokument został zmieniony").lacks("%PDF");
    anna.client
        .get(&format!("/devices/agreements/{id}"))
        .await
        .assert(200)
        .has("suma kontrolna SHA-256 się nie zgadza");
    app.ground.blobs.delete(&row.1).await.unwrap();
    jan.client.get(&own).await.assert(200).has("Dokument został zmieniony");
    app.end().await;
}

#[tokio::test]
async fn a_draft_says_that_it_is_one_and_is_not_kept_and_many_who_open_a_document_make_one() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let person = jan.id.to_string();
    let form =
        [("person", person.as_str()), ("kind", "loan"), ("purpose", "nauka"), ("key", "klucz-umowy-1")];
    let there = anna.client.post("/devices/agreements/new", &form).await.assert(303).location();
    let draft = pdf(&anna.client, &format!("{there}/document")).await;
    assert!(text(&draft).contains("Projekt do podpisu"));
    let mut connection = owner(&app).await;
    let id = there.rsplit('/').next().unwrap();
    let frozen = sqlx::query(AssertSqlSafe(format!(
        "insert into frozen_document (id, organisation_id, agreement_id, blob_key, sha256, size_bytes, template, template_version)
         select gen_random_uuid(), organisation_id, id, 'x', '\\x{}', 1, 'x', 1 from loan_agreement where id = '{id}'",
        "00".repeat(32)
    )));
    // The owner of the tables stands before the wall as well, so it says whose rows it means.
    let organisation = format!("select set_config('app.organisation', '{}', false)", office.id);
    sqlx::query(AssertSqlSafe(organisation)).execute(&mut connection).await.unwrap();
    let refused = frozen.execute(&mut connection).await.unwrap_err();
    assert!(refused.to_string().contains("not signed is not frozen"), "{refused}");
    let (id, _) =
        signed(&office, &anna.actor, jan.id, &["IT/1"], &until(date!(2030 - 06 - 30))).await.unwrap();
    let path = format!("/devices/agreements/{id}/document");
    let all = futures::future::join_all((0..8).map(|_| pdf(&anna.client, &path))).await;
    assert!(all.iter().all(|one| *one == all[0]));
    let kept = app.ground.blobs.list("documents/").await.unwrap();
    assert_eq!(kept.len(), 1, "{kept:?}");
    app.end().await;
}

#[tokio::test]
async fn the_reminder_is_a_letter_on_paper_too_and_names_no_programme() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let (_, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2030 - 06 - 30))).await;
    let path = format!("/devices/loans/{loan}/letter");
    anna.client.get(&format!("/devices/loans/{loan}")).await.assert(200).has(&path);
    let told = text(&pdf(&anna.client, &path).await);
    assert!(
        told.contains("Osoba JAN") && told.contains("30.06.2030") && told.contains("Dotyczy umowy nr UZ/1/"),
        "{told}"
    );
    jan.client.get(&path).await.assert(403);
    app.end().await;
}

/// A JPEG of 640 × 480 that says where it was taken.
fn with_place() -> Vec<u8> {
    let plain: &[u8] = include_bytes!("../expect/photo.jpg");
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0".to_vec();
    exif.extend_from_slice(b"\x01\0\x01\0\x02\0\x02\0\0\0N\0\0\0\0\0\0\0GPS-52.2297N");
    let mut bytes = plain[..2].to_vec();
    bytes.extend_from_slice(&[0xff, 0xe1]);
    bytes.extend_from_slice(&u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    bytes.extend_from_slice(&exif);
    bytes.extend_from_slice(&plain[2..]);
    bytes
}

fn file(bytes: Vec<u8>, name: &str) -> Part {
    Part::bytes(bytes).file_name(name.to_owned())
}

#[tokio::test]
async fn photographs_go_both_ways_without_their_place_and_only_to_those_who_may_see_the_loan() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan, obcy) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("obcy").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let (id, loans) =
        signed(&office, &anna.actor, jan.id, &["IT/1"], &until(date!(2030 - 06 - 30))).await.unwrap();
    let loan = loans[0];
    let form = |note: &str| {
        Form::new()
            .text("item", loan.to_string())
            .text(format!("grade-{loan}"), "B")
            .text(format!("note-{loan}"), note.to_owned())
            .text(format!("alt-{loan}"), "rysa na pokrywie")
            .text("by", "paper")
            .text("signatory", "Osoba JAN")
    };
    let path = format!("/devices/agreements/{id}/handover");
    let post = async |path: &str, form: Form| {
        anna.client.send(anna.client.request(Method::POST, path).multipart(form)).await
    };
    // A PDF that is called a photograph: nothing else of the form is lost, the good photograph neither.
    let field = format!("photos-{loan}");
    let both = form("klawisz Ź wytarty")
        .part(field.clone(), file(with_place(), "dobre.jpg"))
        .part(field.clone(), file(b"%PDF-1.7 nic".to_vec(), "umowa.jpg"));
    let page = post(&path, both).await.assert(422);
    let page = page
        .has("umowa.jpg: to nie jest zdjęcie JPEG, PNG ani WebP")
        .has("klawisz Ź wytarty")
        .has("rysa na pokrywie")
        .has("Przyjęto już 1 zdjęcie");
    let at = page.text.find(&format!("name=\"kept-{loan}\" value=\"")).expect("the good one is kept");
    let kept = page.text[at..].split('"').nth(3).unwrap().to_owned();
    post(&path, form("klawisz Ź wytarty").text(format!("kept-{loan}"), kept)).await.assert(303);
    let back = Form::new()
        .text("code", "IT/1")
        .text("grade", "C")
        .text("alt", "pęknięty narożnik")
        .part("photos", file(with_place(), "po.jpg"))
        .part("photos", file(vec![0; 50], "zepsute.jpg"));
    // A return is never refused: the bad photograph is told beside it.
    post("/devices/returns", back)
        .await
        .assert(200)
        .has("przyjęto zwrot")
        .has("zepsute.jpg: to nie jest zdjęcie");
    let page = anna.client.get(&format!("/devices/loans/{loan}")).await.assert(200);
    let page = page
        .has("Przy wydaniu")
        .has("Przy zwrocie")
        .has("alt=\"rysa na pokrywie\"")
        .has("alt=\"pęknięty narożnik\"");
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let photos = photo::of_loan(&mut tx, &proof().reader(), loan).await.unwrap();
    drop(tx);
    assert_eq!(photos.iter().map(|one| one.moment).collect::<Vec<_>>(), [Moment::Handover, Moment::Return]);
    let other = app.office("krosno").await;
    let stranger = clerk(&other, "ewa").await;
    for photo in &photos {
        assert!(page.text.contains(&format!("/devices/photos/{}/small", photo.id)));
        for size in ["", "/small"] {
            let own = format!("/my-devices/photos/{}{size}", photo.id);
            let answer = jan.client.request(Method::GET, &own).send().await.unwrap();
            assert_eq!(
                (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
                (200, "image/jpeg")
            );
            let bytes = answer.bytes().await.unwrap();
            assert!(bytes.starts_with(b"\xff\xd8\xff") && !holds(&bytes, "GPS") && !holds(&bytes, "Exif"));
            let path = format!("/devices/photos/{}{size}", photo.id);
            anna.client.get(&path).await.assert(200);
            obcy.client.get(&own).await.assert(404);
            jan.client.get(&path).await.assert(403);
            stranger.client.get(&path).await.assert(404);
        }
    }
    jan.client.get(&format!("/my-devices/agreements/{id}")).await.assert(200).has("/my-devices/photos/");
    // On the device's page at any time.
    let device = {
        let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
        devices::loans::list::one(&mut tx, &proof().reader(), loan).await.unwrap().asset
    };
    let path = format!("/devices/assets/{device}/photos");
    post(&path, Form::new().part("photos", file(with_place(), "a.jpg")).text("alt", "spód"))
        .await
        .assert(303);
    post(&path, Form::new().text("alt", "")).await.assert(200).has("Wybierz co najmniej jedno zdjęcie");
    anna.client
        .get(&format!("/devices/assets/{device}"))
        .await
        .assert(200)
        .has("alt=\"spód\"")
        .has("pęknięty narożnik");
    app.end().await;
}

/// A picture of 8000 × 5000 pixels: as many as a phone takes, in few bytes.
fn forty_megapixels() -> Vec<u8> {
    picture(8000, 5000)
}

/// A white PNG of that size.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let white = image::GrayImage::from_pixel(width, height, image::Luma([255]));
    let mut cursor = std::io::Cursor::new(&mut bytes);
    white.write_to(&mut cursor, image::ImageFormat::Png).unwrap();
    bytes
}

#[tokio::test]
async fn a_report_of_damage_brings_its_photographs_and_loses_nothing_when_one_is_refused() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan, obcy) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("obcy").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let (agreement, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2030 - 06 - 30))).await;
    let (_, other) = lend(&office, &anna.actor, obcy.id, "IT/2", &until(date!(2030 - 06 - 30))).await;
    let form = |day: &'static str| {
        Form::new()
            .text("kind", "damage")
            .text("happened_on", day)
            .text("description", "Spadł ze stołu, pęknięty zawias Ź")
            .text("alt", "pęknięty zawias")
    };
    let post = async |who: &Client, path: &str, form: Form| {
        who.send(who.request(Method::POST, path).multipart(form)).await
    };
    let kept = |text: &str| {
        text.split("name=\"kept\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    };
    let path = format!("/my-devices/{loan}/report");
    jan.client.get(&path).await.assert(200).has("name=\"photos\"").has("multipart/form-data");
    // A text that is called .jpg, one with too many pixels, a day that is none: the sentences say which, the good ones stay.
    let bad = form("dziś")
        .part("photos", file(with_place(), "dobre.jpg"))
        .part("photos", file(b"to jest tekst".to_vec(), "tekst.jpg"))
        .part("photos", file(forty_megapixels(), "czterdziesci.png"))
        .part("photos", file(picture(9000, 8000), "za-duze.png"));
    let page = post(&jan.client, &path, bad).await.assert(422);
    let page = page
        .has("tekst.jpg: to nie jest zdjęcie JPEG, PNG ani WebP")
        .has("za-duze.png")
        .has("Spadł ze stołu, pęknięty zawias Ź")
        .has("pęknięty zawias")
        .has("Przyjęto już 2 zdjęcia")
        .lacks("czterdziesci.png:");
    let ids: Vec<String> = kept(&page.text);
    assert_eq!(ids.len(), 2);
    let nothing = |sql: &'static str| sqlx::query_scalar::<_, i64>(sql);
    let mut connection = owner(&app).await;
    let count = nothing("select count(*) from incident").fetch_one(&mut connection).await.unwrap();
    assert_eq!(count, 0, "nothing is written while something is refused");
    let again = ids.iter().fold(form("2026-01-02"), |form, id| form.text("kept", id.clone()));
    post(&jan.client, &path, again).await.assert(303);
    let rows: Vec<(uuid::Uuid, uuid::Uuid, String, Vec<u8>, String)> = sqlx::query_as(
        "select id, incident_id, moment_of, sha256, blob_key from condition_photo order by id",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(rows.len(), 2);
    for (id, _, moment, sha256, key) in &rows {
        assert_eq!(moment, "incident");
        let bytes = app.ground.blobs.get(key).await.unwrap();
        assert!(bytes.starts_with(b"\xff\xd8\xff") && !holds(&bytes, "GPS") && !holds(&bytes, "Exif"));
        assert_eq!(&Sha256::digest(&bytes).to_vec(), sha256);
        // Their own pictures and nobody else's.
        jan.client.get(&format!("/my-devices/photos/{id}")).await.assert(200);
        obcy.client.get(&format!("/my-devices/photos/{id}")).await.assert(404);
        anna.client.get(&format!("/devices/photos/{id}/small")).await.assert(200);
        jan.client.get(&format!("/my-devices/agreements/{agreement}")).await.assert(200).has(&id.to_string());
    }
    anna.client
        .get(&format!("/devices/incidents/{}", rows[0].1))
        .await
        .assert(200)
        .has("alt=\"pęknięty zawias\"");
    // Nobody reports another's device, and another's kept photograph is not taken up.
    post(&jan.client, &format!("/my-devices/{other}/report"), form("2026-01-02")).await.assert(404);
    let stolen = form("2026-01-03").text("kept", ids[0].clone());
    post(&obcy.client, &format!("/my-devices/{other}/report"), stolen).await.assert(303);
    let count = nothing("select count(*) from condition_photo").fetch_one(&mut connection).await.unwrap();
    assert_eq!(count, 2, "the photograph of another person is nobody else's to send");
    // The clerk's form likewise.
    let form = |code: &'static str| form("2026-01-02").text("code", code);
    anna.client.get("/devices/incidents").await.assert(200).has("name=\"photos\"");
    let both = form("nie-ma").part("photos", file(with_place(), "dobre.jpg"));
    let page = post(&anna.client, "/devices/incidents", both).await.assert(422);
    let page = page.has("nie-ma").has("Spadł ze stołu").has("Przyjęto już 1 zdjęcie");
    let ids: Vec<String> = kept(&page.text);
    let there = post(&anna.client, "/devices/incidents", form("IT/2").text("kept", ids[0].clone()));
    let there = there.await.assert(303).location();
    anna.client.get(&there).await.assert(200).has("alt=\"pęknięty zawias\"");
    post(&jan.client, "/devices/incidents", form("IT/2")).await.assert(403);
    app.end().await;
}

#[tokio::test]
async fn an_agreement_is_signed_on_the_screen_by_drawing_or_by_typing_one_s_name() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan, ola) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("ola").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3"]).await;
    let draft = async |person: &crate::harness::Someone, code: &str| {
        let id = person.id.to_string();
        let form = [("person", id.as_str()), ("kind", "loan"), ("purpose", "nauka"), ("key", code)];
        let there = anna.client.post("/devices/agreements/new", &form).await.assert(303).location();
        anna.client.post(&format!("{there}/items"), &[("code", code), ("kind", "primary")]).await.assert(303);
        anna.client.post(&format!("{there}/due"), &[("due_on", "2030-06-30")]).await.assert(303);
        there
    };
    let there = draft(&jan, "IT/1").await;
    let sign = format!("{there}/sign-on-screen");
    anna.client.get(&there).await.assert(200).has("Podpis na ekranie").has("name=\"strokes\"");
    anna.client
        .post(&sign, &[("name", "Ktoś Inny")])
        .await
        .assert(422)
        .has("imię i nazwisko osoby podpisującej: Osoba JAN")
        .has("zapoznała się");
    anna.client
        .post(&sign, &[("strokes", "M1 1\"/><script>"), ("read", "1")])
        .await
        .assert(422)
        .has("nie udało się odczytać");
    let drawn = "M40 150L60 40L90 150M100 100L140 90L160 150";
    anna.client.post(&sign, &[("strokes", drawn), ("read", "1")]).await.assert(303);
    anna.client
        .get(&there)
        .await
        .has("Umowa jest podpisana, ale sprzętu nie odebrano")
        .lacks("name=\"strokes\"");
    anna.client
        .post(&sign, &[("strokes", drawn), ("read", "1")])
        .await
        .assert(422)
        .has("już się nie zmienia");
    let bytes = pdf(&anna.client, &format!("{there}/document")).await;
    let told = text(&bytes);
    assert!(told.contains("na ekranie"), "{told}");
    assert!(holds(&bytes, "/Alt"), "the picture of the signature is described");
    let key: (Option<String>,) =
        sqlx::query_as("select signature_key from loan_agreement where id = $1::uuid")
            .bind(there.rsplit('/').next().unwrap().parse::<uuid::Uuid>().unwrap())
            .fetch_one(&mut owner(&app).await)
            .await
            .unwrap();
    let svg = app.ground.blobs.get(&key.0.unwrap()).await.unwrap();
    assert!(holds(&svg, drawn));
    let there = draft(&ola, "IT/2").await;
    let typed = [("name", " osoba OLA "), ("read", "1")];
    anna.client.post(&format!("{there}/sign-on-screen"), &typed).await.assert(303);
    // An electronic signature comes with its file, which must at least be a PDF.
    let there = draft(&jan, "IT/3").await;
    let external = async |bytes: &[u8]| {
        let form = Form::new().text("by", "external").part("file", file(bytes.to_vec(), "a.pdf"));
        anna.client.send(anna.client.request(Method::POST, &format!("{there}/sign")).multipart(form)).await
    };
    external(b"").await.assert(422).has("Dołącz plik PDF z podpisem");
    external(b"PK\x03\x04").await.assert(422).has("Dołącz plik PDF z podpisem");
    external(b"%PDF-1.7 podpisany").await.assert(303);
    app.end().await;
}
