//! A course through the API, from an empty draft to a finished learner.

use serde_json::{Value, json};

use super::call::Api;
use crate::harness::TestApp;

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_course_is_written_published_taken_and_finished() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let (ada, api) = (Api::sign_in(&app, "ada@brzozow").await, Api::sign_in(&app, "jan@brzozow").await);
    let said = ada.post("/courses", json!({ "title": "Dostępność cyfrowa", "summary": "O WCAG" })).await;
    assert_eq!(said.page.location(), "/api/v1/courses/dostepnosc-cyfrowa");
    let made = said.assert(201);
    assert_eq!(
        (&made["state"], &made["language"], &made["version"]),
        (&json!("draft"), &json!("pl"), &Value::Null)
    );
    let c = "/courses/dostepnosc-cyfrowa";
    let empty = ada.get(&format!("{c}/outline")).await.assert(200);
    assert_eq!(empty, json!({ "sections": [] }));
    ada.act(&format!("{c}/publish")).await.refused(409, "nothing-to-publish");
    let section = ada.post(&format!("{c}/sections"), json!({ "title": "Część" })).await.assert(201);
    let unit = async |title: &str, markdown: &str| {
        let body = json!({ "section": section["id"], "title": title, "minutes": 5, "markdown": markdown });
        text(&ada.post(&format!("{c}/units"), body).await.assert(201)["id"])
    };
    let one = unit("Pierwsza", "# Nagłówek\n\nTekst *ważny*.").await;
    let two = unit("Druga", "").await;
    ada.act(&format!("{c}/publish")).await.refused(409, "nothing-to-publish");
    let saved = ada.get(&format!("{c}/units/{two}")).await.assert(200);
    let save = |revision: &Value, markdown: &str| json!({ "revision": revision, "title": "Druga", "minutes": 3, "markdown": markdown });
    let now = ada.put(&format!("{c}/units/{two}"), save(&saved["revision"], "Treść.")).await.assert(200);
    let late = ada.put(&format!("{c}/units/{two}"), save(&saved["revision"], "Inna treść.")).await;
    assert_eq!(late.refused(409, "changed-meanwhile")["revision"], now["revision"]);
    assert_eq!(ada.get(&format!("{c}/units/{two}")).await.assert(200)["markdown"], "Treść.");

    // Before it is published and before he is enrolled, Jan knows nothing of it.
    api.get(c).await.refused(404, "not-found");
    let enrolled = json!({ "kind": "person", "person": "jan" });
    ada.post(&format!("{c}/enrolments"), enrolled).await.assert(201);
    api.get(c).await.refused(404, "not-found");
    assert_eq!(ada.act(&format!("{c}/publish")).await.assert(201)["version"], 1);
    let list = api.get("/courses").await.assert(200);
    assert_eq!((&list["total"], &list["items"][0]["units"]), (&json!(1), &json!(2)));
    let seen = api.get(c).await.assert(200);
    assert_eq!(
        (&seen["enrolled"], &seen["taught"], &seen["draft"]),
        (&json!(true), &json!(false), &Value::Null)
    );
    let read = api.get(&format!("{c}/units/{one}/text")).await.assert(200);
    assert!(text(&read["html"]).contains("<em>ważny</em>"), "{read}");
    assert_eq!(api.get(&format!("{c}/progress")).await.assert(200)["percent"], 0);
    for _ in 0..2 {
        let progress = api.act(&format!("{c}/units/{one}/finish")).await.assert(200);
        assert_eq!((&progress["percent"], &progress["next"]), (&json!(50), &json!(two)));
    }
    assert_eq!(api.delete(&format!("{c}/units/{one}/finish")).await.assert(200)["percent"], 0);
    assert_eq!(api.act(&format!("{c}/units/{one}/finish")).await.assert(200)["percent"], 50);
    let learners = ada.get(&format!("{c}/learners")).await.assert(200);
    assert_eq!(learners["items"][0]["percent"], 50);
    assert_eq!(api.act(&format!("{c}/units/{two}/finish")).await.assert(200)["percent"], 100);
    // That is on record.
    api.delete(&format!("{c}/units/{two}/finish")).await.refused(409, "course-done");
    ada.act(&format!("{c}/units/{two}/finish")).await.refused(403, "not-allowed");
    api.act(&format!("{c}/units/{}/finish", uuid::Uuid::new_v4())).await.refused(404, "not-found");
    let learners = ada.get(&format!("{c}/learners")).await.assert(200);
    assert_eq!(
        (&learners["items"][0]["person"], &learners["items"][0]["percent"], &learners["total"]),
        (&json!(jan.id.to_string()), &json!(100), &json!(1))
    );

    // A draft that goes on is not seen; an archived course is gone for those who take it, and comes back.
    ada.put(&format!("{c}/units/{two}"), save(&now["revision"], "Nowsza.")).await.assert(200);
    assert!(!api.get(&format!("{c}/units/{two}/text")).await.page.text.contains("Nowsza"));
    assert_eq!(ada.act(&format!("{c}/archive")).await.assert(200)["state"], "archived");
    api.get(c).await.refused(404, "not-found");
    ada.act(&format!("{c}/restore")).await.assert(200);
    api.get(c).await.assert(200);
    app.end().await;
}

#[tokio::test]
async fn sections_and_units_are_put_in_order() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.instructor("ada").await;
    let ada = Api::sign_in(&app, "ada@brzozow").await;
    ada.post("/courses", json!({ "title": "Kurs" })).await.assert(201);
    let mut sections = Vec::new();
    for title in ["A", "B"] {
        let section = ada.post("/courses/kurs/sections", json!({ "title": title })).await.assert(201);
        for number in 1..=2 {
            let body = json!({ "section": section["id"], "title": format!("{title}{number}") });
            ada.post("/courses/kurs/units", body).await.assert(201);
        }
        sections.push(text(&section["id"]));
    }
    let order = async || {
        let outline = ada.get("/courses/kurs/outline").await.assert(200);
        let sections: Vec<String> = outline["sections"]
            .as_array()
            .unwrap()
            .iter()
            .map(|section| {
                let units: Vec<String> =
                    section["units"].as_array().unwrap().iter().map(|unit| text(&unit["title"])).collect();
                format!("{} {}", text(&section["title"]), units.join(" "))
            })
            .collect();
        (sections.join(" | "), outline["sections"][0]["units"][1]["id"].as_str().map(str::to_owned))
    };
    let (now, a2) = order().await;
    assert_eq!(now, "A A1 A2 | B B1 B2");
    let a2 = a2.unwrap();
    let step = |step: &str| json!({ "step": step });
    ada.post(&format!("/courses/kurs/units/{a2}/move"), step("down")).await.assert(204);
    assert_eq!(order().await.0, "A A1 | B A2 B1 B2");
    ada.post(&format!("/courses/kurs/sections/{}/move", sections[1]), step("up")).await.assert(204);
    ada.post(&format!("/courses/kurs/sections/{}/move", sections[1]), step("up")).await.assert(204);
    ada.post(&format!("/courses/kurs/units/{a2}/move"), step("sideways")).await.names("step", "unreadable");
    ada.patch(&format!("/courses/kurs/sections/{}", sections[0]), json!({ "title": "Nowa" }))
        .await
        .assert(204);
    assert_eq!(order().await.0, "B A2 B1 B2 | Nowa A1");
    // Named by what was seen: of two who rename it the second hears of the first.
    let seen = ada.get("/courses/kurs/outline").await.assert(200)["sections"][1]["revision"].clone();
    let rename = |title: &str| json!({ "title": title, "revision": seen });
    let section = format!("/courses/kurs/sections/{}", sections[0]);
    ada.patch(&section, rename("Nowsza")).await.assert(204);
    ada.patch(&section, rename("Nowsza")).await.assert(204);
    let late = ada.patch(&section, rename("Inna")).await.refused(409, "changed-meanwhile");
    let now = ada.get("/courses/kurs/outline").await.assert(200)["sections"][1].clone();
    assert_eq!((&late["revision"], &now["title"]), (&now["revision"], &json!("Nowsza")));
    ada.patch(&section, json!({ "title": "Nowa" })).await.assert(204);
    ada.delete(&format!("/courses/kurs/units/{a2}")).await.assert(204);
    ada.delete(&format!("/courses/kurs/units/{a2}")).await.refused(404, "not-found");
    assert_eq!(order().await.0, "B B1 B2 | Nowa A1");
    ada.delete(&format!("/courses/kurs/sections/{}", sections[0])).await.refused(403, "not-allowed");
    // A section of another course, full or not, is not there.
    ada.post("/courses", json!({ "title": "Drugi" })).await.assert(201);
    ada.delete(&format!("/courses/drugi/sections/{}", sections[0])).await.refused(404, "not-found");
    app.end().await;
}

#[tokio::test]
async fn of_two_who_change_a_card_the_second_hears_of_the_first() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.instructor("ada").await;
    let ada = Api::sign_in(&app, "ada@brzozow").await;
    let seen = ada.post("/courses", json!({ "title": "Kurs" })).await.assert(201)["revision"].clone();
    let change = |title: &str| json!({ "title": title, "revision": seen });
    let now = ada.patch("/courses/kurs", change("Ewy")).await.assert(200);
    // The same once more is no second change.
    assert_eq!(ada.patch("/courses/kurs", change("Ewy")).await.assert(200), now);
    let late = ada.patch("/courses/kurs", change("Ady")).await.refused(409, "changed-meanwhile");
    assert_eq!(late["revision"], now["revision"]);
    let kept = ada.patch("/courses/kurs", json!({ "summary": "Opis" })).await.assert(200);
    assert_eq!((&kept["title"], &kept["summary"]), (&json!("Ewy"), &json!("Opis")));
    app.end().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_course_is_named_by_its_field() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.instructor("ada").await;
    let ada = Api::sign_in(&app, "ada@brzozow").await;
    ada.post("/courses", json!({ "title": "Kurs" })).await.assert(201);
    let long = "ż".repeat(201);
    for (body, field, problem) in [
        (json!({ "title": "" }), "title", "missing"),
        (json!({ "title": long }), "title", "too-long"),
        (json!({ "title": "Kurs", "slug": "Zła Nazwa" }), "slug", "malformed"),
        (json!({ "title": "Kurs", "slug": "kurs" }), "slug", "taken"),
        (json!({ "title": "Kurs", "language": "de" }), "language", "unknown"),
        (json!({ "title": "Kurs", "summary": "ż".repeat(2001) }), "summary", "too-long"),
        (json!({ "title": "Kurs", "listed": "tak" }), "listed", "unreadable"),
    ] {
        ada.post("/courses", body).await.names(field, problem);
    }
    ada.patch("/courses/kurs", json!({ "title": "" })).await.names("title", "missing");
    ada.patch("/courses/kurs", json!({ "slug": "inny" })).await.names("slug", "unknown-field");
    let section = ada.post("/courses/kurs/sections", json!({ "title": "Część" })).await.assert(201);
    let unit = |field: &str, value: Value| {
        let mut unit = json!({ "section": section["id"], "title": "Lekcja" });
        unit[field] = value;
        unit
    };
    for (field, value, problem) in [
        ("title", json!(""), "missing"),
        ("minutes", json!(1001), "malformed"),
        ("minutes", json!(-1), "malformed"),
        ("minutes", json!(1.5), "unreadable"),
        ("markdown", json!("a".repeat((256 << 10) + 1)), "too-long"),
        ("section", json!("x"), "unreadable"),
    ] {
        ada.post("/courses/kurs/units", unit(field, value)).await.names(field, problem);
    }
    ada.post("/courses/kurs/units", unit("section", json!(uuid::Uuid::new_v4())))
        .await
        .refused(404, "not-found");
    for (body, field, problem) in [
        (json!({ "kind": "person" }), "target", "missing"),
        (json!({ "kind": "person", "person": "nikt" }), "person", "unknown"),
        (json!({ "kind": "everybody", "target": uuid::Uuid::new_v4() }), "target", "malformed"),
        (json!({ "kind": "group", "person": "ada" }), "person", "malformed"),
        (json!({ "kind": "all" }), "kind", "unreadable"),
        (json!({}), "kind", "missing"),
    ] {
        ada.post("/courses/kurs/enrolments", body).await.names(field, problem);
    }
    assert_eq!(ada.get("/courses/kurs/outline").await.assert(200)["sections"][0]["units"], json!([]));
    app.end().await;
}

#[tokio::test]
async fn a_course_of_the_catalogue_is_seen_joined_and_left() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    office.learner("jan").await;
    let group = office.group("Redaktorzy", &[&ada]).await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    office.publish(&ada, &course, &[]).await;
    let (ada, jan) = (Api::sign_in(&app, "ada@brzozow").await, Api::sign_in(&app, "jan@brzozow").await);
    jan.act("/courses/kurs/join").await.refused(404, "not-found");
    ada.patch("/courses/kurs", json!({ "listed": true })).await.assert(200);
    assert_eq!(jan.get("/courses").await.assert(200)["total"], 0);
    let listed = jan.get("/courses?catalogue=true").await.assert(200);
    assert_eq!((&listed["total"], &listed["items"][0]["enrolled"]), (&json!(1), &json!(false)));
    let seen = jan.get("/courses/kurs").await.assert(200);
    assert_eq!((&seen["may_join"], &seen["published"]), (&json!(true), &Value::Null));
    jan.get("/courses/kurs/progress").await.refused(403, "not-allowed");
    for _ in 0..2 {
        jan.act("/courses/kurs/join").await.assert(204);
    }
    assert_eq!(jan.get("/courses/kurs/progress").await.assert(200)["units"], 1);
    for (kind, target) in [("group", json!(group.to_string())), ("everybody", Value::Null)] {
        let first =
            ada.post("/courses/kurs/enrolments", json!({ "kind": kind, "target": target })).await.assert(201);
        let again =
            ada.post("/courses/kurs/enrolments", json!({ "kind": kind, "target": target })).await.assert(201);
        assert_eq!(first["id"], again["id"]);
        let path = format!("/courses/kurs/enrolments/{}", text(&first["id"]));
        ada.delete(&path).await.assert(204);
        ada.delete(&path).await.refused(404, "not-found");
    }
    assert_eq!(ada.get("/courses/kurs/enrolments").await.assert(200)["total"], 1);
    app.end().await;
}
