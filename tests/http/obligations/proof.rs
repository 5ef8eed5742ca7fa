//! Reports for those who answer for people, extension and exemption; and a head who moved away.

use std::io::{Cursor, Read as _};

use courses::enrolment::Target;
use courses::rule::Due;
use reqwest::Method;
use sha2::{Digest as _, Sha256};
use time::macros::datetime;

use super::{appoint, direct, finish, must, open_taking, place, published, settle, takings, unit};
use crate::harness::pdf::text;
use crate::harness::{Someone, TestApp, owner, set_clock};

async fn bytes(who: &Someone, path: &str) -> Vec<u8> {
    let answer = who.client.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.bytes().await.unwrap().to_vec()
}

/// Everything that stands in a workbook.
fn workbook(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut told = String::new();
    for at in 0..archive.len() {
        archive.by_index(at).unwrap().read_to_string(&mut told).unwrap();
    }
    told
}

#[tokio::test]
async fn a_head_sees_their_unit_and_below_and_nobody_elses_also_after_moving_away() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let szef = office.admin("szef").await;
    let (jan, ola, ewa) =
        (office.learner("jan").await, office.learner("ola").await, office.learner("ewa").await);
    let hala = office.learner("hala").await;
    let town = unit(&office, None, "Wydział Promocji").await;
    let desk = unit(&office, Some(town), "Referat Prasowy").await;
    let other = unit(&office, None, "Wydział Oświaty").await;
    for (who, unit) in [(&jan, desk), (&ola, town), (&hala, town), (&ewa, other)] {
        place(&office, who, Some(unit)).await;
    }
    hala.client.get("/reports/training").await.assert(403);
    // The navigation of every page has the way to it for those who may read it, and for nobody else.
    let way = "<li><a href=\"/reports/training\"";
    hala.client.get("/training").await.assert(200).lacks(way);
    appoint(&office, town, &hala).await;
    hala.client.get("/training").await.assert(200).has(way);
    szef.client.get("/training").await.assert(200).has(way);
    jan.client.get("/training").await.assert(200).lacks(way);
    let course = published(&office, &ada, "RODO").await;
    direct(&office, &ada, &course, Target::Everybody, &must(Due::After(10), Some(12))).await;
    finish(&jan, &course).await;
    set_clock(&app, datetime!(2026-12-05 10:00 UTC)).await;
    for who in [&hala, &szef, &ada, &jan] {
        who.client.sign_in(&who.name, crate::harness::PASSWORD).await;
    }
    let page = hala.client.get("/reports/training").await.assert(200);
    let page = page.has("JAN Osoba").has("OLA Osoba").has("Wydział Promocji").has("– Referat Prasowy");
    // The picture of it tells its parts apart by patterns, and says the same in words beside each bar.
    let page = page.has("class=\"bars\"").has("fill=\"url(#bar-lines)\"").has("fill=\"url(#bar-crosses)\"");
    page.has("ukończone 1 z 3; po terminie lub nieważne: 2").lacks("EWA").lacks("Oświaty").lacks("ADA");
    szef.client.get("/reports/training").await.assert(200).has("EWA Osoba").has("ADA Osoba");
    ada.client.get("/reports/training").await.assert(200).has("EWA Osoba");
    jan.client.get("/reports/training").await.assert(403);
    // Filters, and those that ask for what one does not see.
    hala.client.get("/reports/training?state=done").await.assert(200).has("JAN Osoba").lacks("OLA Osoba");
    let below = format!("/reports/training?unit={desk}");
    hala.client.get(&below).await.assert(200).has("JAN Osoba").lacks("OLA Osoba");
    hala.client
        .get("/reports/training?from=2026-11-01&to=2026-11-30")
        .await
        .assert(200)
        .has("JAN Osoba")
        .lacks("OLA Osoba");
    hala.client.get(&format!("/reports/training?unit={other}")).await.assert(404);
    hala.client.get("/reports/training?course=nie-ma").await.assert(404);
    hala.client.get("/reports/training?from=kiedys").await.assert(422).has("kiedys").has("Podaj dzień");
    // Files.
    let csv = String::from_utf8(bytes(&hala, "/reports/training/csv").await).unwrap();
    assert!(
        csv.contains(
            "JAN Osoba;Referat Prasowy;RODO;1;2026-11-21;2026-12-01;Ukończone;2026-11-21;1;;;2027-11-21;;"
        ),
        "{csv}"
    );
    assert!(
        csv.contains("OLA Osoba;Wydział Promocji;RODO;1;2026-11-21;2026-12-01;Po terminie;;;;;;4;"),
        "{csv}"
    );
    assert!(!csv.contains("EWA"), "{csv}");
    let book = workbook(&bytes(&hala, "/reports/training/xlsx").await);
    assert!(
        book.contains("OLA Osoba") && book.contains("Referat Prasowy") && !book.contains("EWA"),
        "{book}"
    );
    let paper = bytes(&hala, "/reports/training/pdf").await;
    let read = text(&paper);
    assert!(read.contains("OLA") && read.contains("Wynik") && !read.contains("EWA"), "{read}");
    assert!(String::from_utf8_lossy(&paper).contains("pdfuaid"), "PDF/UA");
    // The copy for the auditor stays as it is.
    hala.client.post("/reports/training/frozen", &[]).await.assert(303);
    let list = hala.client.get("/reports/training/frozen").await.assert(200).has("SZK/1/2026");
    let id =
        list.text.split("/reports/training/frozen/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/reports/training/frozen/{id}");
    let book = bytes(&hala, &path).await;
    assert!(workbook(&book).contains("JAN Osoba") && !workbook(&book).contains("EWA"));
    let hash: String = Sha256::digest(&book).iter().map(|byte| format!("{byte:02x}")).collect();
    let list = list.has(&hash);
    let printed = bytes(&hala, &format!("{path}/pdf")).await;
    let hash: String = Sha256::digest(&printed).iter().map(|byte| format!("{byte:02x}")).collect();
    list.has(&hash);
    assert!(!text(&printed).contains("EWA"));
    finish(&ola, &course).await;
    assert_eq!(bytes(&hala, &path).await, book, "the files never change");
    szef.client.get("/reports/training/frozen").await.assert(200).has("SZK/1/2026");
    jan.client.get(&path).await.assert(404);
    ada.client.get(&path).await.assert(404);
    // Moved away: at the next request there is nothing of the unit left, not even what she had frozen.
    let mut owner = owner(&app).await;
    let taking = open_taking(&mut owner, &ewa).await;
    hala.client.get(&format!("/reports/training/takings/{taking}")).await.assert(404);
    place(&office, &hala, Some(other)).await;
    hala.client.get("/reports/training").await.assert(403);
    hala.client.get(&path).await.assert(404);
    hala.client.get("/training").await.assert(200).lacks("/reports/training");
    appoint(&office, other, &hala).await;
    hala.client.get("/reports/training").await.assert(200).has("EWA Osoba").lacks("JAN Osoba");
    hala.client.get(&path).await.assert(404);
    hala.client.get("/reports/training/frozen").await.assert(200).lacks("SZK/1/2026");
    app.end().await;
}

#[tokio::test]
async fn a_head_extends_and_exempts_with_a_reason_that_the_person_reads_and_nobody_does_it_for_themselves() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, hala, obca) =
        (office.learner("jan").await, office.learner("hala").await, office.learner("obca").await);
    let town = unit(&office, None, "Wydział Promocji").await;
    let other = unit(&office, None, "Wydział Oświaty").await;
    for (who, unit) in [(&jan, town), (&hala, town), (&obca, other)] {
        place(&office, who, Some(unit)).await;
    }
    appoint(&office, town, &hala).await;
    appoint(&office, other, &obca).await;
    let course = published(&office, &ada, "RODO").await;
    direct(&office, &ada, &course, Target::Everybody, &must(Due::Yearly { month: 1, day: 31 }, None)).await;
    let mut owner = owner(&app).await;
    let path = format!("/reports/training/takings/{}", open_taking(&mut owner, &jan).await);
    hala.client
        .get(&path)
        .await
        .assert(200)
        .has("31.01.2027")
        .has("wszyscy w organizacji")
        .has("Przedłużenie terminu");
    jan.client.get(&path).await.assert(404);
    obca.client.get(&path).await.assert(404);
    let extend = format!("{path}/extend");
    let reason = "Delegacja do <Brukseli>";
    hala.client
        .post(&extend, &[("to", "2027-01-15"), ("reason", reason)])
        .await
        .assert(422)
        .has("&lt;Brukseli&gt;");
    hala.client.post(&extend, &[("to", "2027-02-15"), ("reason", " ")]).await.assert(422).has("2027-02-15");
    obca.client.post(&extend, &[("to", "2027-02-15"), ("reason", reason)]).await.assert(404);
    hala.client.post(&extend, &[("to", "2027-02-15"), ("reason", reason)]).await.assert(303);
    settle(&office).await;
    assert_eq!(takings(&mut owner, &jan).await[0].1, super::day("2027-02-15"), "settling keeps it");
    jan.client
        .get("/training")
        .await
        .assert(200)
        .has("15.02.2027")
        .has("pierwotnie 31.01.2027")
        .has("&lt;Brukseli&gt;");
    jan.client
        .get(&format!("/courses/{}", course.slug()))
        .await
        .assert(200)
        .has("Termin przedłużono do 15.02.2027");
    // Not for oneself.
    let own = format!("/reports/training/takings/{}", open_taking(&mut owner, &hala).await);
    hala.client.get(&own).await.assert(200).lacks("Przedłużenie terminu");
    hala.client.post(&format!("{own}/exempt"), &[("reason", "bo tak")]).await.assert(403);
    // Exempted from this year; the next one asks again. What is closed stays closed.
    let exempt = format!("{path}/exempt");
    hala.client.post(&exempt, &[("reason", "")]).await.assert(422).has("Podaj powód");
    hala.client.post(&exempt, &[("reason", "Ma uprawnienia trenera")]).await.assert(303);
    jan.client.get("/training").await.assert(200).has("Zwolnienie").has("Ma uprawnienia trenera");
    hala.client.post(&exempt, &[("reason", "drugi raz")]).await.assert(422).has("już nie można zmienić");
    hala.client.post(&extend, &[("to", "2027-03-15"), ("reason", "x")]).await.assert(422);
    settle(&office).await;
    assert_eq!(takings(&mut owner, &jan).await.len(), 1);
    set_clock(&app, datetime!(2028-01-01 10:00 UTC)).await;
    settle(&office).await;
    let all = takings(&mut owner, &jan).await;
    assert_eq!(
        super::told(&all),
        [(1, super::day("2027-02-15"), "exempt"), (2, super::day("2028-01-31"), "open")]
    );
    app.end().await;
}

#[tokio::test]
async fn residents_are_in_no_report_of_the_office_until_they_come_to_work_there() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let szef = office.admin("szef").await;
    let (jan, mieszko) = (office.learner("jan").await, office.learner("mieszko").await);
    let mut owner = owner(&app).await;
    sqlx::query("update person set resident = true where id = $1")
        .bind(mieszko.id.0)
        .execute(&mut owner)
        .await
        .unwrap();
    let course = published(&office, &ada, "Odpady").await;
    for who in [&jan, &mieszko] {
        direct(&office, &ada, &course, Target::Person(who.id), &must(Due::After(10), None)).await;
    }
    set_clock(&app, datetime!(2026-12-05 10:00 UTC)).await;
    for who in [&szef, &ada] {
        who.client.sign_in(&who.name, crate::harness::PASSWORD).await;
    }
    let page = szef.client.get("/reports/training").await.assert(200).has("JAN Osoba").lacks("MIESZKO");
    page.has("ukończone 0 z 1; po terminie lub nieważne: 1");
    ada.client.get("/reports/training").await.assert(200).has("JAN Osoba").lacks("MIESZKO");
    let csv = String::from_utf8(bytes(&szef, "/reports/training/csv").await).unwrap();
    assert!(csv.contains("JAN Osoba") && !csv.contains("MIESZKO"), "{csv}");
    assert!(!text(&bytes(&szef, "/reports/training/pdf").await).contains("MIESZKO"));
    szef.client.get("/").await.assert(200).has("1 osoba ma szkolenie po terminie");
    // Who teaches the course finds everybody who takes it.
    ada.client.get("/teaching/odpady/progress").await.assert(200).has("MIESZKO").has("JAN");
    finish(&mieszko, &course).await;
    szef.client.get("/reports/training").await.assert(200).lacks("MIESZKO");
    // Whoever comes to work for the office is in its reports, with what they finished before.
    place(&office, &mieszko, Some(unit(&office, None, "Sekretariat").await)).await;
    let page = szef.client.get("/reports/training").await.assert(200).has("MIESZKO Osoba").has("Sekretariat");
    page.has("ukończone 1 z 1").has("ukończone 0 z 1; po terminie lub nieważne: 1");
    app.end().await;
}
