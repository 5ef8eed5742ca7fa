//! People, groups and units of an organisation through the API.

use serde_json::{Value, json};

use super::call::Api;
use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn an_administrator_makes_finds_changes_and_suspends_people() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.admin("zofia").await;
    let api = Api::sign_in(&app, "zofia@brzozow").await;
    let department = api.post("/org-units", json!({ "name": "Wydział Oświaty" })).await.assert(201);
    let new = json!({
        "login": "lucja", "email": "lucja@example.org", "given_name": "Łucja", "family_name": "Źdźbło", "language": "uk",
        "org_unit": department["id"], "roles": ["instructor"],
    });
    let said = api.post("/people", new.clone()).await;
    let place = said.page.location();
    let made = said.assert(201);
    assert_eq!(place, format!("/api/v1/people/{}", made["id"].as_str().unwrap()));
    for (field, value) in new.as_object().unwrap() {
        assert_eq!(made[field], *value, "{field}");
    }
    assert_eq!((&made["suspended"], &made["has_password"]), (&json!(false), &json!(false)));
    let path = place.trim_start_matches("/api/v1").to_owned();
    assert_eq!(api.get(&path).await.assert(200), made);
    let changed = api.patch(&path, json!({ "email": null, "org_unit": null, "roles": [] })).await.assert(200);
    assert_eq!(
        (&changed["email"], &changed["org_unit"], &changed["roles"], &changed["given_name"]),
        (&Value::Null, &Value::Null, &json!([]), &json!("Łucja"))
    );
    assert_eq!(api.patch(&path, json!({})).await.assert(200), changed);
    api.act(&format!("{path}/suspend")).await.assert(204);
    assert_eq!(api.get(&path).await.assert(200)["suspended"], true);
    api.act(&format!("{path}/resume")).await.assert(204);
    let found = api.get("/people?q=%C5%BAd%C5%BAb").await.assert(200);
    assert_eq!((&found["total"], &found["items"][0]["login"]), (&json!(1), &json!("lucja")));
    let none = api.get("/people?q=nikogo%20takiego").await.assert(200);
    assert_eq!((&none["items"], &none["pages"], &none["total"]), (&json!([]), &json!(1), &json!(0)));
    app.end().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_person_is_named_by_its_field() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.admin("zofia").await;
    office.learner("jan").await;
    let api = Api::sign_in(&app, "zofia@brzozow").await;
    let person = |field: &str, value: Value| {
        let mut person = json!({ "login": "ola", "given_name": "Ola", "family_name": "Kos" });
        person[field] = value;
        person
    };
    let long = "ż".repeat(101);
    for (field, value, problem) in [
        ("login", json!("Zła Nazwa"), "malformed"),
        ("login", json!(""), "missing"),
        ("login", json!("jan"), "taken"),
        ("email", json!("to nie adres"), "malformed"),
        ("email", json!("JAN@brzozow.example.org"), "taken"),
        ("given_name", json!("  "), "missing"),
        ("given_name", json!(long), "too-long"),
        ("family_name", json!("a\u{0}b"), "malformed"),
        ("family_name", json!(7), "unreadable"),
        ("language", json!("de"), "unknown"),
        ("org_unit", json!("to nie id"), "unreadable"),
        ("org_unit", json!(uuid::Uuid::new_v4()), "unknown"),
        ("roles[0]", Value::Null, ""),
        ("colour", json!("red"), "unknown-field"),
    ] {
        if field == "roles[0]" {
            api.post("/people", person("roles", json!(["installation_admin"])))
                .await
                .names(field, "unreadable");
            continue;
        }
        api.post("/people", person(field, value)).await.names(field, problem);
    }
    api.post("/people", json!({})).await.names("login", "missing");
    // All that is wrong is said at once, and none of it was kept.
    let both = api.post("/people", json!({ "login": "Zła", "given_name": "", "family_name": "Kos" })).await;
    assert_eq!(both.refused(422, "invalid")["errors"].as_array().unwrap().len(), 2);
    assert_eq!(api.get("/people").await.assert(200)["total"], 2);
    api.get("/people/to-nie-id").await.refused(404, "not-found");
    api.get("/people?page=pierwsza").await.names("page", "unreadable");
    api.get("/people?strona=1").await.names("strona", "unknown-field");
    api.get("/nie-ma").await.refused(404, "not-found");
    api.delete("/people").await.refused(405, "wrong-method");
    app.end().await;
}

#[tokio::test]
async fn an_administrator_cannot_shut_themselves_out() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let zofia = office.admin("zofia").await;
    let api = Api::sign_in(&app, "zofia@brzozow").await;
    let own = format!("/people/{}", zofia.id);
    api.act(&format!("{own}/suspend")).await.refused(409, "not-oneself");
    api.patch(&own, json!({ "roles": ["instructor"] })).await.refused(409, "not-oneself");
    api.get("/people").await.assert(200);
    app.end().await;
}

#[tokio::test]
async fn lists_come_in_pages_that_lead_to_each_other() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.admin("zofia").await;
    let api = Api::sign_in(&app, "zofia@brzozow").await;
    for number in 0..104 {
        let person = json!({ "login": format!("p{number}"), "given_name": "Ola", "family_name": format!("Mak{number:03}") });
        api.post("/people", person).await.assert(201);
    }
    let mut path = "/people".to_owned();
    let mut seen = Vec::new();
    loop {
        let said = api.get(&path).await;
        let links = said.page.header("link");
        let page = said.assert(200);
        assert_eq!((&page["total"], &page["pages"]), (&json!(105), &json!(3)));
        seen.extend(page["items"].as_array().unwrap().iter().map(|person| person["login"].clone()));
        let Some(next) = links.split(", ").find(|link| link.ends_with("rel=\"next\"")) else { break };
        path = next.split(['<', '>']).nth(1).unwrap().trim_start_matches("/api/v1").to_owned();
    }
    assert_eq!(seen.len(), 105);
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 105);
    let behind = api.get("/people?page=9").await;
    assert!(behind.page.header("link").contains("page=3>; rel=\"prev\""), "{}", behind.page.header("link"));
    let behind = behind.assert(200);
    assert_eq!((&behind["items"], &behind["total"]), (&json!([]), &json!(105)));
    for list in ["/groups", "/org-units", "/teaching", "/courses", "/courses?catalogue=true"] {
        let empty = api.get(list).await.assert(200);
        assert_eq!(
            (&empty["items"], &empty["pages"], &empty["total"]),
            (&json!([]), &json!(1), &json!(0)),
            "{list}"
        );
    }
    app.end().await;
}

#[tokio::test]
async fn groups_and_units_are_made_filled_and_deleted() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.admin("zofia").await;
    let jan = office.learner("jan").await;
    let api = Api::sign_in(&app, "zofia@brzozow").await;
    let group = api.post("/groups", json!({ "name": " Redaktorzy " })).await.assert(201);
    assert_eq!(
        (&group["name"], &group["class"], &group["people"]),
        (&json!("Redaktorzy"), &json!(false), &json!(0))
    );
    api.post("/groups", json!({ "name": "redaktorzy" })).await.names("name", "taken");
    api.post("/groups", json!({ "name": "" })).await.names("name", "missing");
    api.post("/groups", json!({ "name": "ż".repeat(101) })).await.names("name", "too-long");
    let path = format!("/groups/{}", group["id"].as_str().unwrap());
    let member = format!("{path}/members/{}", jan.id);
    for _ in 0..2 {
        api.send(reqwest::Method::PUT, &member, |request| request).await.assert(204);
    }
    let with = api.get(&path).await.assert(200);
    assert_eq!((&with["people"], &with["members"][0]["id"]), (&json!(1), &json!(jan.id.to_string())));
    assert_eq!(
        api.get(&format!("/people?group={}", group["id"].as_str().unwrap())).await.assert(200)["total"],
        1
    );
    api.delete(&member).await.assert(204);
    api.delete(&member).await.refused(404, "not-found");
    api.delete(&path).await.assert(204);
    api.get(&path).await.refused(404, "not-found");
    api.delete(&path).await.refused(404, "not-found");

    let top = api.post("/org-units", json!({ "name": "Wydział" })).await.assert(201);
    let below = api.post("/org-units", json!({ "name": "Referat", "parent": top["id"] })).await.assert(201);
    assert_eq!((&below["parent"], &below["depth"]), (&top["id"], &json!(1)));
    api.post("/org-units", json!({ "name": "X", "parent": uuid::Uuid::new_v4() }))
        .await
        .names("parent", "unknown");
    let units = api.get("/org-units").await.assert(200);
    let names: Vec<&Value> = units["items"].as_array().unwrap().iter().map(|unit| &unit["name"]).collect();
    assert_eq!(names, ["Wydział", "Referat"]);
    let unit = |unit: &Value| format!("/org-units/{}", unit["id"].as_str().unwrap());
    api.delete(&unit(&top)).await.refused(403, "not-allowed");
    api.delete(&unit(&below)).await.assert(204);
    api.delete(&unit(&top)).await.assert(204);
    app.end().await;
}

#[tokio::test]
async fn a_password_set_by_its_owner_opens_the_api_and_nothing_of_it_is_ever_shown() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.admin("zofia").await;
    let jan = office.learner("jan").await;
    let api = Api::sign_in(&app, "zofia@brzozow").await;
    for path in ["/people".to_owned(), format!("/people/{}", jan.id), "/me".to_owned()] {
        let said = api.get(&path).await;
        assert!(!said.page.text.contains("argon2") && !said.page.text.contains(PASSWORD), "{path}");
        said.assert(200);
    }
    assert_eq!(api.get(&format!("/people/{}", jan.id)).await.assert(200)["has_password"], true);
    app.end().await;
}
