//! One's own account: language, password, sessions, and how long they last.

use super::between;
use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn one_changes_language_and_password_and_ends_sessions() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let ada = office.learner("ada").await;
    let other = app.visitor();
    other.sign_in("ada", PASSWORD).await;
    let page = ada.client.post("/language", &[("lang", "uk"), ("back", "/account")]).await.assert(303);
    assert_eq!(page.location(), "/account");
    ada.client.get("/account").await.has("<html lang=\"uk\">");
    assert_eq!(
        ada.client.post("/language", &[("lang", "pl"), ("back", "//evil.example")]).await.location(),
        "/"
    );
    ada.client.post("/language", &[("lang", "de"), ("back", "/")]).await.assert(400);
    let change = |current: &'static str, new: &'static str, again: &'static str| {
        let client = ada.client.clone();
        async move {
            let form = [("current_password", current), ("password", new), ("password_again", again)];
            client.post("/account/password", &form).await
        }
    };
    change("złe hasło", "nowa zielona kreda", "nowa zielona kreda").await.assert(422).lacks("nowa zielona");
    change(PASSWORD, "krótkie", "krótkie").await.assert(422);
    change(PASSWORD, "nowa zielona kreda", "inna").await.assert(422);
    other.get("/account").await.assert(200);
    change(PASSWORD, "nowa zielona kreda", "nowa zielona kreda").await.assert(303);
    other.get("/account").await.assert(303);
    ada.client.get("/account").await.assert(200);
    other.sign_in("ada", "nowa zielona kreda").await;
    let page = ada.client.get("/account").await;
    let id = between(&page.text, "name=\"id\" value=\"", "\"").to_owned();
    let eve = app.office("inny").await.learner("ewa").await;
    eve.client.post("/account/sessions/end", &[("id", &id)]).await.assert(404);
    other.get("/account").await.assert(200);
    ada.client.post("/account/sessions/end", &[("id", &id)]).await.assert(303);
    other.get("/account").await.assert(303);
    ada.client.post("/account/sessions/end", &[("id", &id)]).await.assert(404);
    app.end().await;
}

#[tokio::test]
async fn who_comes_now_and_then_stays_signed_in_for_ninety_days_and_who_stays_away_for_thirty_is_out() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.learner("ada").await.client;
    let ben = office.learner("ben").await.client;
    let days = time::Duration::days;
    // The cookie lives as long as a session can; whether the session lives, the row says at each request.
    let form = [("name", "ada@brzozow"), ("password", PASSWORD)];
    let cookie = app.visitor().post("/sign-in", &form).await.assert(303).header("set-cookie");
    assert!(cookie.contains("Max-Age=7776000"), "{cookie}");
    for _ in 0..3 {
        app.clock.advance(days(29));
        ada.get("/account").await.assert(200);
    }
    ben.get("/account").await.assert(303);
    app.clock.advance(days(2));
    ada.get("/account").await.assert(200);
    app.clock.advance(days(2));
    ada.get("/account").await.assert(303);
    app.end().await;
}
