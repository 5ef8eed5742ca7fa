//! A request that is sent again with its key: one effect, the same answer; and a key that came with something else.

use serde_json::{Value, json};

use super::call::Api;
use crate::harness::TestApp;

#[tokio::test]
async fn a_write_with_a_key_happens_once_and_answers_the_same_again() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.person("zofia", &[identity::Role::OrganisationAdmin, identity::Role::Instructor]).await;
    let api = Api::sign_in(&app, "zofia@brzozow").await;
    let mut number = 0;
    let mut twice = async |path: &str, body: Option<Value>, other: Option<Value>| {
        number += 1;
        let key = format!("klucz-{number:04}");
        let first = api.post_once(path, &key, body.clone()).await;
        let again = api.post_once(path, &key, body).await;
        assert!(first.page.status.is_success(), "{path}: {}", first.page.text);
        assert_eq!(first.page.status, again.page.status, "{path}");
        assert_eq!(first.page.text, again.page.text, "{path}");
        assert_eq!(first.page.location(), again.page.location(), "{path}");
        if other.is_some() {
            api.post_once(path, &key, other).await.refused(422, "idempotency-key-reused");
        }
        api.post_once("/org-units", &key, Some(json!({ "name": "Inne" })))
            .await
            .refused(422, "idempotency-key-reused");
        first.body
    };
    let person = |login: &str| json!({ "login": login, "given_name": "Ola", "family_name": "Kos" });
    twice("/people", Some(person("ola")), Some(person("ela"))).await;
    twice("/groups", Some(json!({ "name": "A" })), Some(json!({ "name": "B" }))).await;
    twice("/org-units", Some(json!({ "name": "A" })), Some(json!({ "name": "B" }))).await;
    twice("/courses", Some(json!({ "title": "Kurs" })), Some(json!({ "title": "Inny" }))).await;
    let title = |title: &str| Some(json!({ "title": title }));
    let section = twice("/courses/kurs/sections", title("A"), title("B")).await;
    let unit = json!({ "section": section["id"], "title": "Lekcja", "markdown": "Tekst." });
    let unit = twice("/courses/kurs/units", Some(unit), None).await;
    let second = api
        .post(
            "/courses/kurs/units",
            json!({ "section": section["id"], "title": "Druga", "markdown": "Tekst." }),
        )
        .await
        .assert(201);
    let step = |step: &str| Some(json!({ "step": step }));
    twice(&format!("/courses/kurs/units/{}/move", second["id"].as_str().unwrap()), step("up"), step("down"))
        .await;
    twice("/courses/kurs/enrolments", Some(json!({ "kind": "everybody" })), None).await;
    assert_eq!(twice("/courses/kurs/publish", None, None).await["version"], 1);

    let count = async |path: &str| api.get(path).await.assert(200)["total"].clone();
    assert_eq!(count("/people").await, 2);
    for list in ["/groups", "/org-units", "/teaching", "/courses/kurs/enrolments"] {
        assert_eq!(count(list).await, 1, "{list}");
    }
    let outline = api.get("/courses/kurs/outline").await.assert(200);
    let units = outline["sections"][0]["units"].as_array().unwrap();
    assert_eq!(units.iter().map(|unit| &unit["id"]).collect::<Vec<_>>(), [&second["id"], &unit["id"]]);
    app.end().await;
}

#[tokio::test]
async fn two_at_once_with_one_key_are_one() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.instructor("ada").await;
    let api = Api::sign_in(&app, "ada@brzozow").await;
    let body = Some(json!({ "title": "Kurs" }));
    let all =
        futures::future::join_all((0..6).map(|_| api.post_once("/courses", "jeden-klucz", body.clone())))
            .await;
    for said in &all {
        assert_eq!(said.page.status, 201, "{}", said.page.text);
        assert_eq!(said.page.text, all[0].page.text);
    }
    assert_eq!(api.get("/teaching").await.assert(200)["total"], 1);
    app.end().await;
}

#[tokio::test]
async fn a_key_is_one_person_s_own_and_has_its_form() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.instructor("ada").await;
    office.instructor("ewa").await;
    let (ada, ewa) = (Api::sign_in(&app, "ada@brzozow").await, Api::sign_in(&app, "ewa@brzozow").await);
    let body = Some(json!({ "title": "Kurs" }));
    let hers =
        ada.post_once("/courses", "wspólny!".replace('ó', "o").as_str(), body.clone()).await.assert(201);
    let theirs = ewa.post_once("/courses", "wspolny!", body.clone()).await.assert(201);
    assert_ne!(hers["id"], theirs["id"]);
    for key in ["", "krótki", "1234567", &"a".repeat(97)] {
        ada.post_once("/courses", key, body.clone()).await.refused(400, "idempotency-key");
    }
    // A refusal is not kept: what was wrong can be put right under the same key.
    ada.post_once("/courses", "poprawka-1", Some(json!({ "title": "" }))).await.names("title", "missing");
    ada.post_once("/courses", "poprawka-1", Some(json!({ "title": "Poprawiony" }))).await.assert(201);
    app.end().await;
}
