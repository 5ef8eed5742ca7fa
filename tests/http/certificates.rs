//! Certificates through the outer door and in the database: issued once, the page against the paper, revoked, expired, replaced,
//! without its holder's name, guessed at, and as a signed file that another library verifies.

use courses::Taught;
use courses::enrolment::Target;
use futures::future::join_all;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use time::Duration;

use super::papers::pdf;
use crate::harness::pdf::{is_ua, languages, text};
use crate::harness::{Client, House, PASSWORD, Page, Someone, TestApp, owner, qr, refused_by};

mod files;

/// The part of a page between two marks.
#[track_caller]
pub fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("{from:?} is not in:\n{text}")).1;
    rest.split_once(to).unwrap_or_else(|| panic!("{to:?} does not follow {from:?}")).0
}

/// Where a certificate is reached: its address, its printed number, its id.
#[derive(Clone, Debug)]
struct Reached {
    page: String,
    number: String,
    id: String,
}

/// A course of one unit, taken by `jan`.
async fn course(office: &House<'_>, ada: &Someone, jan: &Someone) -> Taught {
    let course = office.course(ada, "Dostępność cyfrowa", &[("Lekcja", "Tekst.")]).await;
    office.publish(ada, &course, &[Target::Person(jan.id)]).await;
    course
}

async fn finish(jan: &Someone) {
    jan.client.post("/courses/dostepnosc-cyfrowa/lekcja/finish", &[]).await.assert(303);
}

/// The newest certificate in a person's list.
async fn newest(jan: &Someone) -> Reached {
    let list = jan.client.get("/my-certificates").await.assert(200);
    let id = between(&list.text, "/my-certificates/", "/document").to_owned();
    let page = format!("/certificates/{}", between(&list.text, "href=\"/certificates/", "\""));
    let shown = jan.client.get(&page).await.assert(200);
    Reached { number: field(&shown, "Numer"), page, id }
}

/// Names and values of a page's list of facts.
fn fields(page: &Page) -> Vec<(String, String)> {
    let plain = |html: &str| {
        let mut text = String::new();
        for part in html.split('<') {
            text.push_str(part.split_once('>').map_or(part, |(_, after)| after));
        }
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    let list = between(&page.text, "<dl class=\"summary\">", "</dl>");
    list.split("<dt>")
        .skip(1)
        .map(|row| {
            let (name, rest) = row.split_once("</dt>").unwrap();
            (plain(name), plain(between(rest, "<dd>", "</dd>")))
        })
        .collect()
}

#[track_caller]
fn field(page: &Page, name: &str) -> String {
    let all = fields(page);
    let found = all.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name} in {all:?}"));
    found.1.clone()
}

/// Fields of the public page that a paper does not have: what an edited paper is caught by.
fn differing(page: &Page, paper: &str) -> Vec<String> {
    fields(page)
        .into_iter()
        .filter(|(_, value)| !paper.contains(value.as_str()))
        .map(|(name, _)| name)
        .collect()
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    let mut owner = owner(app).await;
    sqlx::query_scalar(sql).fetch_one(&mut owner).await.unwrap()
}

/// One row of everything that an address of certificates can name, for the walk over all routes: `jan` has finished a course.
pub async fn one_of_everything(office: &House<'_>, jan: &Someone) -> Vec<(&'static str, String)> {
    let reached = newest(jan).await;
    vec![
        ("certificate", reached.id),
        ("key", reached.page.rsplit('/').next().unwrap().to_owned()),
        ("key_id", uuid::Uuid::new_v4().to_string()),
        ("organisation", office.id.to_string()),
        ("list", "0".to_owned()),
    ]
}

#[tokio::test]
async fn whoever_finishes_gets_a_paper_and_the_page_behind_its_code_shows_the_same() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan, szef) =
        (office.instructor("ada").await, office.learner("jan").await, office.admin("szef").await);
    course(&office, &ada, &jan).await;

    // How it looks: refused with everything typed still there, then saved; the specimen is a document too.
    let settings = "/organisation/certificates";
    let send = async |fields: &[(&'static str, &'static str)], file: Option<Vec<u8>>| {
        let mut form = Form::new();
        for (name, value) in fields {
            form = form.text(*name, *value);
        }
        form = form.part("arms", Part::bytes(file.unwrap_or_default()).file_name("herb.png"));
        szef.client.send(szef.client.request(Method::POST, settings).multipart(form)).await
    };
    szef.client.get(settings).await.assert(200).has("Wszystkie pola są nieobowiązkowe");
    send(&[("signatory_name", "Jan <Kos>"), ("arms_alt", "Herb")], Some(b"GIF89a niby obraz".to_vec()))
        .await
        .assert(422)
        .has("nie jest obrazem PNG")
        .has("Jan &lt;Kos&gt;");
    send(&[("signatory_name", "Jan Kos")], Some(arms())).await.assert(422).has("Opis obrazu");
    let wording = "Podstawa: <b>art. 18</b> #read(\"x\")";
    let typed = [
        ("signatory_name", "Jan Kos"),
        ("signatory_office", "Wójt Gminy"),
        ("place", "Brzozów"),
        ("wording", wording),
        ("arms_alt", "Herb Gminy Brzozów"),
    ];
    send(&typed, Some(arms())).await.assert(303);
    szef.client.get(settings).await.assert(200).has("Obraz jest zapisany").has("Wójt Gminy");
    let specimen = text(&pdf(&szef.client, "/organisation/certificates/specimen").await);
    assert!(specimen.contains("nie jest zaświadczeniem") && specimen.contains("Jan Kos"), "{specimen}");
    jan.client.get(settings).await.assert(403);
    ada.client.get("/organisation/certificates/specimen").await.assert(403);

    jan.client.get("/my-certificates").await.assert(200).has("Nie masz jeszcze zaświadczeń");
    finish(&jan).await;
    jan.client.get("/courses/dostepnosc-cyfrowa").await.assert(200).has("Pobierz zaświadczenie (PDF)");
    let reached = newest(&jan).await;
    assert_eq!(reached.page.len(), "/certificates/".len() + 22);
    let document = format!("/my-certificates/{}/document", reached.id);
    let bytes = pdf(&jan.client, &document).await;
    is_ua(&bytes);
    assert_eq!(languages(&bytes).into_iter().collect::<Vec<_>>(), ["pl"]);
    let paper = text(&bytes);
    for part in [
        "Urząd brzozow",
        "Zaświadczenie",
        &format!("nr {}", reached.number),
        "Osoba JAN",
        "ukończyła szkolenie",
        "Dostępność cyfrowa",
        wording,
        "Jan Kos",
        "Wójt Gminy",
        "5 min",
        "bezterminowo",
        &format!("http://127.0.0.1:8080{}", reached.page),
        "strona 1 z 1",
    ] {
        assert!(paper.contains(part), "{part} is not in {paper}");
    }
    // The code on the paper, as a camera sees it, leads to the same page as the address beside it.
    assert_eq!(qr::of_paper(&bytes), format!("http://127.0.0.1:8080{}", reached.page));
    // Nobody need be signed in; every field but the description of the arms stands on the paper, letter by letter.
    let nobody = app.visitor();
    let page =
        nobody.get(&reached.page).await.assert(200).has("To zaświadczenie jest ważne").lacks("<b>art. 18");
    assert_eq!(page.header("x-robots-tag"), "noindex");
    assert_eq!(differing(&page, &paper), ["Herb lub znak"]);
    assert!(fields(&page).len() >= 12, "{:?}", fields(&page));
    // Whatever is changed on the paper, the page says otherwise.
    for (from, to, name) in [
        ("Osoba JAN", "Osoba EWA", "Imię i nazwisko"),
        ("Dostępność cyfrowa", "Zarządzanie kryzysowe", "Szkolenie"),
        ("Wójt Gminy", "Starosta", "Stanowisko podpisującego"),
        ("5 min", "40 godz.", "Czas trwania"),
        ("bezterminowo", "31.12.2099", "Ważne do"),
        (&reached.number, "0000-0000-0000-0000", "Numer"),
    ] {
        let edited = paper.replace(from, to);
        let caught = differing(&page, &edited);
        assert!(caught.iter().any(|field| field == name), "{name}: {caught:?}");
    }
    // The same bytes for ever, with their SHA-256; other bytes in their place are not given out.
    send(&[("signatory_name", "Kto Inny"), ("arms_alt", "Herb")], None).await.assert(303);
    assert!(pdf(&jan.client, &document).await == bytes);
    let taught = format!("/teaching/dostepnosc-cyfrowa/certificates/{}/document", reached.id);
    assert!(pdf(&ada.client, &taught).await == bytes);
    ada.client
        .get("/teaching/dostepnosc-cyfrowa/certificates")
        .await
        .assert(200)
        .has("Osoba JAN")
        .has(&reached.number);
    let kept = app.ground.blobs.list(&format!("documents/{}/certificates/", office.id)).await.unwrap();
    assert_eq!(kept.len(), 1, "{kept:?}");
    app.ground.blobs.put(&kept[0], "application/pdf", b"%PDF-inny".to_vec()).await.unwrap();
    jan.client.get(&document).await.assert(200).has("Dokument został zmieniony").lacks("%PDF");
    app.end().await;
}

#[tokio::test]
async fn the_paper_of_a_course_in_another_language_says_so_of_its_title_alone() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let course = office.course(&ada, "Цифрова доступність", &[("Lekcja", "Tekst.")]).await;
    let mut owner = owner(&app).await;
    sqlx::query("update course set language = 'uk', slug = 'dostepnosc-cyfrowa' where id = $1")
        .bind(course.id().0)
        .execute(&mut owner)
        .await
        .unwrap();
    office.publish(&ada, &course, &[Target::Person(jan.id)]).await;
    finish(&jan).await;
    let reached = newest(&jan).await;
    let bytes = pdf(&jan.client, &format!("/my-certificates/{}/document", reached.id)).await;
    is_ua(&bytes);
    assert!(text(&bytes).contains("Цифрова доступність"));
    // The paper is in Polish, the title in Ukrainian: whoever listens hears each in its own voice.
    assert_eq!(languages(&bytes).into_iter().collect::<Vec<_>>(), ["pl", "uk"]);
    app.end().await;
}

/// A small picture with transparency.
fn arms() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbaImage::from_fn(64, 80, |x, y| image::Rgba([200, 0, 0, if x > y { 0 } else { 255 }]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn thirty_two_who_finish_at_once_get_one_certificate_and_its_rows_stay() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    course(&office, &ada, &jan).await;
    let path = "/courses/dostepnosc-cyfrowa/lekcja/finish";
    let answers = join_all((0..32).map(|_| jan.client.post(path, &[]))).await;
    assert!(answers.iter().all(|answer| answer.status == 303), "somebody was refused");
    assert_eq!(count(&app, "select count(*) from certificate").await, 1);
    assert_eq!(count(&app, "select count(*) from certificate_holder").await, 1);
    let mut owner = owner(&app).await;
    for (sql, why) in [
        ("update certificate set course_title = 'x'", "only ever added"),
        ("delete from certificate", "only ever added"),
        ("update certificate_holder set name = 'x'", "go with an erasure"),
        ("delete from certificate_holder", "go with an erasure"),
        (
            "insert into certificate (id, organisation_id, taking_id, token_hash, number_hash, name_seal, course_id, course_title,
               course_language, version_id, version_number, minutes, done_on, organisation_name, status_index)
             select gen_random_uuid(), organisation_id, taking_id, sha256('a'), sha256('b'), name_seal, course_id, course_title,
               course_language, version_id, version_number, minutes, done_on, organisation_name, (status_index + 1) % 100 from certificate",
            "certificate_once",
        ),
        (
            "insert into certificate (id, organisation_id, taking_id, replaces_id, token_hash, number_hash, name_seal, course_id,
               course_title, course_language, version_id, version_number, minutes, done_on, organisation_name, status_index)
             select gen_random_uuid(), organisation_id, taking_id, id, sha256('a'), sha256('b'), name_seal, course_id, course_title,
               course_language, version_id, version_number, minutes, done_on, organisation_name, (status_index + 1) % 100 from certificate",
            "revoked as replaced",
        ),
    ] {
        let said = refused_by(&mut owner, sql.to_owned()).await;
        assert!(said.contains(why), "{said}");
    }
    app.end().await;
}

#[tokio::test]
async fn a_certificate_expires_is_revoked_with_a_reason_and_is_issued_anew_after_a_change_of_name() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan, szef) =
        (office.instructor("ada").await, office.learner("jan").await, office.admin("szef").await);
    course(&office, &ada, &jan).await;
    sqlx::query("update course set valid_months = 12").execute(&mut owner(&app).await).await.unwrap();
    finish(&jan).await;
    let first = newest(&jan).await;
    let old_paper = pdf(&jan.client, &format!("/my-certificates/{}/document", first.id)).await;
    let nobody = app.visitor();

    // A change of name: the old one is void as replaced, the new one has all the rest.
    let list = "/teaching/dostepnosc-cyfrowa/certificates";
    let form = [("given_name", "Janina"), ("family_name", "Nowa-Żak"), ("login", "jan"), ("language", "pl")];
    szef.client.post(&format!("/people/{}", jan.id), &form).await.assert(303);
    let act = |id: &str, act: &str| format!("{list}/{id}/{act}");
    ada.client.get(&act(&first.id, "replace")).await.assert(200).has("zmiana danych osoby");
    ada.client.post(&act(&first.id, "replace"), &[("reason", " ")]).await.assert(422);
    jan.client.post(&act(&first.id, "replace"), &[("reason", "x")]).await.assert(403);
    let anew = join_all((0..8).map(|_| async {
        ada.client.post(&act(&first.id, "replace"), &[("reason", "zmiana <nazwiska>")]).await.status.as_u16()
    }))
    .await;
    assert_eq!(anew.iter().filter(|status| **status == 303).count(), 1, "{anew:?}");
    assert_eq!(count(&app, "select count(*) from certificate").await, 2);
    let second = newest(&jan).await;
    // Nothing is issued twice by looking at the list.
    assert_eq!(count(&app, "select count(*) from certificate").await, 2);
    assert_ne!((&second.page, &second.number), (&first.page, &first.number));
    let page = nobody.get(&first.page).await.assert(200);
    page.has("zastąpiono je nowym").has("zmiana &lt;nazwiska&gt;").has("Osoba JAN");
    let page = nobody.get(&second.page).await.assert(200).has("jest ważne").has("Janina Nowa-Żak");
    assert!(!differing(&page, &text(&old_paper)).is_empty(), "the old paper is not the new one");
    assert!(pdf(&jan.client, &format!("/my-certificates/{}/document", first.id)).await == old_paper);

    // Days before a year is over, and days after it.
    app.clock.advance(Duration::days(360));
    jan.client.sign_in(&jan.name, PASSWORD).await;
    nobody.get(&second.page).await.assert(200).has("jest ważne");
    app.clock.advance(Duration::days(10));
    nobody.get(&second.page).await.assert(200).has("wygasło: było ważne do").lacks("jest ważne");
    ada.client.sign_in(&ada.name, PASSWORD).await;
    jan.client.sign_in(&jan.name, PASSWORD).await;
    jan.client.get("/my-certificates").await.assert(200).has("Wygasło").has("Zastąpione");

    // Revoked: with a reason, once, and for everybody to see.
    ada.client.get(&act(&second.id, "revoke")).await.assert(200).has("Tego nie można cofnąć");
    ada.client.post(&act(&second.id, "revoke"), &[]).await.assert(422);
    let long = "x".repeat(501);
    ada.client.post(&act(&second.id, "revoke"), &[("reason", &long)]).await.assert(422).has(&long);
    ada.client.post(&act(&second.id, "revoke"), &[("reason", "praca niesamodzielna")]).await.assert(303);
    ada.client
        .post(&act(&second.id, "revoke"), &[("reason", "x")])
        .await
        .assert(422)
        .has("nie można już zmienić");
    ada.client
        .post(&act(&second.id, "replace"), &[("reason", "x")])
        .await
        .assert(422)
        .has("nie można już zmienić");
    nobody
        .get(&second.page)
        .await
        .assert(200)
        .has("unieważniono")
        .has("praca niesamodzielna")
        .lacks("jest ważne");
    let said = refused_by(&mut owner(&app).await, "delete from certificate_revocation".to_owned()).await;
    assert!(said.contains("only ever added"), "{said}");
    app.end().await;
}

#[tokio::test]
async fn numbers_tried_in_sequence_find_nothing_and_are_slowed_down() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    course(&office, &ada, &jan).await;
    finish(&jan).await;
    let reached = newest(&jan).await;
    let nobody = app.visitor();
    let type_in = async |number: &str| nobody.post("/certificates", &[("number", number)]).await;
    nobody.get("/certificates").await.assert(200).has("Przepisz numer");
    type_in("").await.assert(422).has("Wpisz numer");
    // As it is typed from paper: small letters, no hyphens.
    let typed = reached.number.to_lowercase().replace('-', "  ");
    let found = type_in(&typed).await.assert(303).location();
    nobody.get(&found).await.assert(200).has("jest ważne").has("Osoba JAN");
    // A slip is told before anything is looked up, with what was typed.
    let mut slip: Vec<char> = reached.number.chars().collect();
    slip[0] = if slip[0] == '7' { '8' } else { '7' };
    let slip: String = slip.into_iter().collect();
    type_in(&slip).await.assert(422).has("W tym numerze jest pomyłka").has(&slip);
    nobody.get(&format!("/certificates/{slip}")).await.assert(404).has("Nie ma zaświadczenia o tym numerze");
    assert_eq!(count(&app, "select count(*) from certificate_miss").await, 0);
    // The numbers beside a real one: the check letter leaves one of 32; none of them is anybody's.
    let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let plain: String = reached.number.replace('-', "");
    let mut right = 0;
    'all: for last in alphabet.chars() {
        for check in alphabet.chars() {
            let near = format!("{}{last}{check}", &plain[..14]);
            let answer = nobody.get(&format!("/certificates/{near}")).await;
            match answer.status.as_u16() {
                200 => assert_eq!(near, plain),
                404 => right += 1,
                429 => break 'all,
                other => panic!("{near}: {other}"),
            }
        }
    }
    assert!(right >= 31 * 32, "{right} tries that were not slowed down");
    assert!(count(&app, "select count(*) from certificate_miss").await <= 60);
    // Sixty wrong ones in a minute, whoever types them: then nobody types any for a while, and the code still leads there.
    sqlx::query("insert into certificate_miss (at) select moment() from generate_series(1, 60)")
        .execute(&mut owner(&app).await)
        .await
        .unwrap();
    nobody.get(&found).await.assert(429).has("Poczekaj minutę");
    nobody.get(&reached.page).await.assert(200).has("jest ważne");
    app.clock.advance(Duration::seconds(61));
    nobody.get(&found).await.assert(200);
    // No address follows from another, and none from the rows.
    for guess in ["AAAAAAAAAAAAAAAAAAAAAA", &reached.id, "1", "..%2f", "%00"] {
        assert_eq!(nobody.get(&format!("/certificates/{guess}")).await.status, 404, "{guess}");
    }
    app.end().await;
}

#[tokio::test]
async fn another_organisation_and_other_people_reach_nothing_but_the_public_page() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan, ewa) =
        (office.instructor("ada").await, office.learner("jan").await, office.learner("ewa").await);
    course(&office, &ada, &jan).await;
    finish(&jan).await;
    let reached = newest(&jan).await;
    let other = app.office("inny").await;
    let mighty =
        other.person("wladny", &[identity::Role::OrganisationAdmin, identity::Role::Instructor]).await;
    for client in [&mighty.client, &ewa.client] {
        for path in ["document", "credential"] {
            client.get(&format!("/my-certificates/{}/{path}", reached.id)).await.assert(404);
        }
        client.get("/my-certificates").await.assert(200).lacks(&reached.id);
    }
    let list = "/teaching/dostepnosc-cyfrowa/certificates";
    mighty.client.get(list).await.assert(404);
    ewa.client.get(list).await.assert(404);
    jan.client.get(list).await.assert(403);
    mighty.client.post(&format!("{list}/{}/revoke", reached.id), &[("reason", "x")]).await.assert(404);
    mighty.client.post(&format!("/people/{}/certificates/erase", jan.id), &[]).await.assert(404);
    // A teacher of another course of the same office, by the address of their own course.
    let bea = office.instructor("bea").await;
    office.course(&bea, "Inny kurs", &[("L", "T")]).await;
    let crossed = format!("/teaching/inny-kurs/certificates/{}", reached.id);
    bea.client.get(&format!("{crossed}/document")).await.assert(404);
    bea.client.post(&format!("{crossed}/revoke"), &[("reason", "x")]).await.assert(404);
    bea.client.post(&format!("/people/{}/certificates/erase", jan.id), &[]).await.assert(403);
    app.visitor().get(&reached.page).await.assert(200).has("jest ważne");
    app.end().await;
}

/// Whether any column of any table of certificates holds the text.
async fn kept_anywhere(app: &TestApp, wanted: &str) -> Vec<String> {
    let mut owner = owner(app).await;
    let mut found = Vec::new();
    for table in [
        "certificate",
        "certificate_holder",
        "certificate_document",
        "certificate_erasure",
        "certificate_revocation",
    ] {
        let sql = format!("select count(*) from {table} t where to_jsonb(t)::text ilike '%' || $1 || '%'");
        let rows: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(wanted).fetch_one(&mut owner).await.unwrap();
        if rows > 0 {
            found.push(table.to_owned());
        }
    }
    found
}

async fn named(client: &Client, page: &str, name: &str) -> Page {
    client.post(page, &[("name", name)]).await
}

#[tokio::test]
async fn a_certificate_of_an_erased_person_stands_and_the_name_on_the_paper_can_be_compared() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let (ada, jan, szef) =
        (office.instructor("ada").await, office.learner("jan").await, office.admin("szef").await);
    course(&office, &ada, &jan).await;
    finish(&jan).await;
    let reached = newest(&jan).await;
    let own = format!("/my-certificates/{}", reached.id);
    let paper = text(&pdf(&jan.client, &format!("{own}/document")).await);
    let folder = format!("documents/{}/certificates/", office.id);
    assert_eq!(app.ground.blobs.list(&folder).await.unwrap().len(), 1);
    let nobody = app.visitor();
    let erase = format!("/people/{}/certificates/erase", jan.id);
    szef.client.get(&format!("/people/{}", jan.id)).await.assert(200).has(&erase);
    szef.client.get(&erase).await.assert(200).has("Dotyczy to 1 zaświadczenia").has("art. 17 RODO");
    szef.client.post(&erase, &[]).await.assert(303);
    szef.client.post(&erase, &[]).await.assert(303);
    // The name is in no row, nor are the secrets that lead here; the file goes a moment later.
    let token = reached.page.rsplit('/').next().unwrap();
    for secret in ["Osoba", "JAN", token, &reached.number.replace('-', "")] {
        assert_eq!(kept_anywhere(&app, secret).await, Vec::<String>::new(), "{secret}");
    }
    for _ in 0..1200 {
        if app.ground.blobs.list(&folder).await.unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(app.ground.blobs.list(&folder).await.unwrap().is_empty(), "the document is still in the store");
    jan.client.get("/my-certificates").await.assert(200).lacks(&reached.id);
    jan.client.get(&format!("{own}/document")).await.assert(404);
    let taught = format!("/teaching/dostepnosc-cyfrowa/certificates/{}", reached.id);
    ada.client.get(&format!("{taught}/document")).await.assert(200).has("dokumentu już nie ma");
    ada.client
        .get("/teaching/dostepnosc-cyfrowa/certificates")
        .await
        .assert(200)
        .has("dane osobowe usunięto");
    ada.client.post(&format!("{taught}/replace"), &[("reason", "x")]).await.assert(422);
    // By the code and by the number: valid, everything but the name, and the name can be compared.
    for way in [reached.page.clone(), format!("/certificates/{}", reached.number)] {
        let page =
            nobody.get(&way).await.assert(200).has("jest ważne").lacks("JAN").has("Dane osobowe usunięto");
        assert_eq!(differing(&page, &paper), ["Imię i nazwisko"]);
        assert_eq!(field(&page, "Numer"), reached.number);
        named(&nobody, &way, "jan  OSOBA").await.assert(200).has("Tak: zaświadczenie");
        named(&nobody, &way, "Jan Kos").await.assert(200).has("Nie: zaświadczenia").lacks("JAN<");
        named(&nobody, &way, " ").await.assert(422).has("Wpisz imię i nazwisko");
    }
    // Names cannot be tried one after the other.
    for _ in 0..8 {
        named(&nobody, &reached.page, "Adam Pierwszy").await.assert(200);
    }
    named(&nobody, &reached.page, "Osoba JAN").await.assert(429).has("Zbyt wiele prób");
    app.clock.advance(Duration::minutes(61));
    named(&nobody, &reached.page, "Osoba JAN").await.assert(200).has("Tak: zaświadczenie");
    // It does not come back.
    let mut owner = owner(&app).await;
    let back = "insert into certificate_holder (certificate_id, organisation_id, person_id, name, token, number)
                select id, organisation_id, (select id from person limit 1), 'x', repeat('a', 22), repeat('0', 16) from certificate";
    let said = refused_by(&mut owner, back.to_owned()).await;
    assert!(said.contains("go with an erasure"), "{said}");
    // A revocation still reaches it.
    ada.client.post(&format!("{taught}/revoke"), &[("reason", "pomyłka")]).await.assert(303);
    app.end().await;
}

#[tokio::test]
async fn what_was_finished_before_there_were_certificates_gets_one_in_the_list() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let course = course(&office, &ada, &jan).await;
    let before = "insert into taking (id, organisation_id, course_id, person_id, cycle, begun_at, done_at, version_id)
                  select gen_random_uuid(), organisation_id, id, $1, 1, moment(), moment(), published_version_id from course where id = $2";
    let mut owner = owner(&app).await;
    sqlx::query(before).bind(jan.id.0).bind(course.id().0).execute(&mut owner).await.unwrap();
    let reached = newest(&jan).await;
    jan.client.get("/my-certificates").await.assert(200).has(&reached.id);
    assert_eq!(count(&app, "select count(*) from certificate").await, 1);
    app.end().await;
}
