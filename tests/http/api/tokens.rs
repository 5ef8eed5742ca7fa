//! Signing in for a program, and who is out: forged, old, ended, suspended.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::json;
use time::Duration;

use super::call::Api;
use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn a_program_signs_in_renews_its_ticket_and_signs_out() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.learner("ada").await;
    let api = Api::sign_in(&app, "ada@brzozow").await;
    let me = api.get("/me").await.assert(200);
    assert_eq!((&me["login"], &me["roles"]), (&json!("ada"), &json!([])));
    let fresh = api.act("/tokens/current").await.assert(201);
    assert_eq!(fresh["expires_in"], 3600);
    let nobody = Api::nobody(&app).await;
    let with = async |ticket: &str| {
        nobody
            .send(Method::GET, "/me", |request| request.header("authorization", format!("Bearer {ticket}")))
            .await
    };
    with(fresh["token"].as_str().unwrap()).await.assert(200);
    api.delete("/tokens/current").await.assert(204);
    api.get("/me").await.refused(401, "sign-in-first");
    with(fresh["token"].as_str().unwrap()).await.refused(401, "sign-in-first");
    app.end().await;
}

#[tokio::test]
async fn a_wrong_password_says_nothing_of_who_there_is_and_many_wait() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.learner("ada").await;
    let nobody = Api::nobody(&app).await;
    let try_with = async |name: &str, password: &str| {
        nobody.post("/tokens", json!({ "name": name, "password": password })).await
    };
    let wrong = try_with("ada@brzozow", "złe").await;
    assert_eq!(wrong.page.header("www-authenticate"), "Bearer");
    let known = wrong.refused(401, "wrong-name-or-password");
    assert_eq!(try_with("nikt@brzozow", "złe").await.refused(401, "wrong-name-or-password"), known);
    try_with("", "").await.refused(401, "wrong-name-or-password");
    for _ in 0..4 {
        try_with("ada@brzozow", "złe").await.assert(401);
    }
    let slow = try_with("ada@brzozow", PASSWORD).await;
    assert!(slow.page.header("retry-after").parse::<u64>().unwrap() > 0);
    slow.refused(429, "too-many-tries");
    app.end().await;
}

#[tokio::test]
async fn a_forged_or_old_ticket_is_worth_nothing() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.admin("ada").await;
    let api = Api::sign_in(&app, "ada@brzozow").await;
    let said = api.act("/tokens/current").await.assert(201);
    let good = said["token"].as_str().unwrap().to_owned();
    let parts: Vec<&str> = good.split('.').collect();
    let read = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let write = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let (head, claims) = (read(parts[0]), read(parts[1]));
    let other = claims.replace(said["session"].as_str().unwrap(), &uuid::Uuid::new_v4().to_string());
    let later = claims.replace("\"exp\":", "\"exp\":9");
    assert!(other != claims && later != claims);
    let unsigned = write(&head.replace("HS256", "none"));
    let forged = [
        format!("{}.{}.{}", parts[0], write(&other), parts[2]),
        format!("{}.{}.{}", parts[0], write(&later), parts[2]),
        format!("{unsigned}.{}.", parts[1]),
        format!("{unsigned}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        good[..good.len() - 2].to_owned(),
        String::new(),
        "żółw".to_owned(),
        "a".repeat(20_000),
    ];
    let nobody = Api::nobody(&app).await;
    let ask = async |value: String| {
        nobody
            .send(Method::GET, "/people", |request| request.header("authorization", value.into_bytes()))
            .await
    };
    for ticket in forged {
        ask(format!("Bearer {ticket}")).await.refused(401, "sign-in-first");
    }
    ask(format!("Basic {good}")).await.refused(401, "sign-in-first");
    ask(good.clone()).await.refused(401, "sign-in-first");
    // The cookie of a signed-in browser opens nothing here.
    let browser = office.admin("ewa").await.client;
    browser.get("/api/v1/me").await.assert(401);
    ask(format!("bearer {good}")).await.assert(200);
    app.clock.advance(Duration::minutes(61));
    ask(format!("Bearer {good}")).await.refused(401, "sign-in-first");
    app.end().await;
}

#[tokio::test]
async fn a_session_of_the_api_ends_after_a_day_however_busy_it_is() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.learner("ada").await;
    let nobody = Api::nobody(&app).await;
    let begun =
        nobody.post("/tokens", json!({ "name": "ada@brzozow", "password": PASSWORD })).await.assert(201);
    let mut ticket = begun["token"].as_str().unwrap().to_owned();
    let renew = async |ticket: &str| {
        nobody.send(Method::POST, "/tokens/current", |request| request.bearer_auth(ticket)).await
    };
    // Every half hour for nearly a day.
    for _ in 0..47 {
        app.clock.advance(Duration::minutes(30));
        ticket = renew(&ticket).await.assert(201)["token"].as_str().unwrap().to_owned();
    }
    app.clock.advance(Duration::minutes(31));
    renew(&ticket).await.refused(401, "sign-in-first");
    app.end().await;
}

#[tokio::test]
async fn a_suspended_person_is_out_at_the_next_request() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.admin("ada").await;
    let ben = office.learner("ben").await;
    let (admin, api) = (Api::sign_in(&app, "ada@brzozow").await, Api::sign_in(&app, "ben@brzozow").await);
    api.get("/me").await.assert(200);
    for _ in 0..2 {
        admin.act(&format!("/people/{}/suspend", ben.id)).await.assert(204);
    }
    api.get("/me").await.refused(401, "sign-in-first");
    api.act("/tokens/current").await.refused(401, "sign-in-first");
    let nobody = Api::nobody(&app).await;
    let credentials = json!({ "name": "ben@brzozow", "password": PASSWORD });
    nobody.post("/tokens", credentials.clone()).await.refused(401, "wrong-name-or-password");
    admin.act(&format!("/people/{}/resume", ben.id)).await.assert(204);
    api.get("/me").await.refused(401, "sign-in-first");
    nobody.post("/tokens", credentials).await.assert(201);
    app.end().await;
}

#[tokio::test]
async fn refusals_speak_the_language_of_the_header_whatever_a_cookie_says() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let nobody = Api::nobody(&app).await;
    let ask = async |accepted: &str, cookie: &str| {
        let said = nobody
            .send(Method::GET, "/me", |request| {
                request.header("accept-language", accepted).header("cookie", format!("language={cookie}"))
            })
            .await;
        assert_eq!(said.page.header("content-language"), accepted[..2]);
        said.refused(401, "sign-in-first")["title"].as_str().unwrap().to_owned()
    };
    assert_eq!(ask("pl", "en").await, "Potrzebny jest token");
    assert_eq!(ask("en", "pl").await, ask("en", "uk").await);
    assert_ne!(ask("uk", "pl").await, ask("pl", "uk").await);
    app.end().await;
}
