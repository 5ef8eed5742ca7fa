//! Bodies that cannot be taken, for every operation that has one: another media type, no JSON, too much, unknown fields.

use reqwest::Method;
use serde_json::{Value, json};

use super::call::{Api, Document};
use crate::harness::TestApp;

/// Operations with a JSON body, with something in place of their parameters.
fn writes(document: &Document) -> Vec<(Method, String, Value)> {
    let mut writes = Vec::new();
    for (method, path, operation) in document.operations() {
        if operation["requestBody"]["content"]["application/json"].is_null() {
            continue;
        }
        let id = uuid::Uuid::new_v4().to_string();
        let parts = path.trim_start_matches("/api/v1").split('/');
        let path: Vec<&str> = parts.map(|part| if part.starts_with('{') { &id } else { part }).collect();
        writes.push((method, path.join("/"), operation));
    }
    assert!(writes.len() >= 14, "{}", writes.len());
    writes
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_with_the_place_where_it_breaks() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.person("zofia", &[identity::Role::OrganisationAdmin, identity::Role::Instructor]).await;
    let api = Api::sign_in(&app, "zofia@brzozow").await;
    for (method, path, _) in writes(&api.document) {
        let with = async |kind: Option<&str>, body: Vec<u8>| {
            api.send(method.clone(), &path, |request| {
                let request = request.body(body);
                match kind {
                    Some(kind) => request.header("content-type", kind.to_owned()),
                    None => request,
                }
            })
            .await
        };
        let json = Some("application/json");
        for kind in
            [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonx")]
        {
            let said = with(kind, b"{}".to_vec()).await.refused(415, "media-type");
            assert!(said["detail"].as_str().unwrap().contains("application/json"));
        }
        for broken in ["", "{", "{\"title\":}", "{}{}", "\u{feff}{}", &"[".repeat(100_000), "nul", "{'a':1}"]
        {
            with(json, broken.into()).await.refused(400, "not-json");
        }
        with(json, b"{\"title\":\"\xff\"}".to_vec()).await.refused(400, "not-json");
        for other in ["[]", "7", "\"tekst\"", "null", "true"] {
            with(json, other.into()).await.refused(422, "invalid");
        }
        with(json, b"{\"nieznane\":1}".to_vec()).await.names("nieznane", "unknown-field");
        with(Some("Application/JSON; charset=utf-8"), b"{\"nieznane\":1}".to_vec())
            .await
            .refused(422, "invalid");
        let huge = format!("{{\"title\":\"{}\"}}", "a".repeat(1_000_001));
        with(json, huge.into()).await.refused(413, "too-large");
    }
    app.end().await;
}

#[tokio::test]
async fn a_field_that_must_be_there_is_named_when_it_is_not_and_so_is_one_of_another_kind() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.person("zofia", &[identity::Role::OrganisationAdmin, identity::Role::Instructor]).await;
    let api = Api::sign_in(&app, "zofia@brzozow").await;
    for (method, path, operation) in writes(&api.document) {
        let schema = api.document.schema(&operation["requestBody"]["content"]["application/json"]["schema"]);
        let send = async |body: &Value| api.send(method.clone(), &path, |request| request.json(body)).await;
        if let Some(first) = schema["required"].as_array().and_then(|required| required.first()) {
            send(&json!({})).await.names(first.as_str().unwrap(), "missing");
        }
        for (name, _) in schema["properties"].as_object().unwrap() {
            let body = json!({ name.as_str(): { "nic": 1 } });
            let said = send(&body).await.refused(422, "invalid");
            let named = said["errors"].as_array().unwrap();
            // Either this field is of another kind, or one that must be there was missed first.
            assert!(
                named.iter().any(|wrong| wrong["problem"] == "missing"
                    || wrong["field"].as_str().unwrap().starts_with(name.as_str())),
                "{method} {path} {name}: {said}"
            );
        }
    }
    app.end().await;
}

#[tokio::test]
async fn a_body_that_is_promised_and_never_ends_holds_nobody_up() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.instructor("ada").await;
    let api = Api::sign_in(&app, "ada@brzozow").await;
    // 40 MB sent at once: heard out to 32, refused, and the next request is answered.
    let body = vec![b' '; 40 << 20];
    let sent = api
        .client
        .request(Method::POST, "/api/v1/courses")
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await;
    if let Ok(answer) = sent {
        assert_eq!(answer.status(), 413);
    }
    api.get("/me").await.assert(200);
    app.end().await;
}
