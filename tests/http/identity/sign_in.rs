//! Signing in and out in a browser.

use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn a_person_signs_in_by_login_or_address_and_is_sent_on_to_a_page_of_ours_only() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    office.learner("ada").await;
    let visitor = app.visitor();
    let page = visitor.get("/account").await.assert(303);
    assert_eq!(page.location(), "/sign-in?next=%2Faccount");
    visitor.get(&page.location()).await.assert(200).has("value=\"/account\"");
    for (next, there) in [
        ("/account", "/account"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/sign-in", "/"),
    ] {
        let visitor = app.visitor();
        let form = [("name", "ADA@brzozow.example.org"), ("password", PASSWORD), ("next", next)];
        let page = visitor.post("/sign-in", &form).await.assert(303);
        assert_eq!(page.location(), there, "{next}");
        let cookie = page.header("set-cookie");
        assert!(
            cookie.starts_with("session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
        visitor.get("/account").await.assert(200).has("Osoba ADA");
        assert_eq!(visitor.get("/sign-in?next=/account").await.assert(303).location(), "/account");
        visitor.post("/sign-out", &[]).await.assert(303);
        visitor.get("/account").await.assert(303);
        visitor.post("/sign-out", &[]).await.assert(303);
    }
    app.end().await;
}

#[tokio::test]
async fn a_wrong_password_is_told_without_saying_which_half_was_wrong_and_guessing_gets_slow() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    office.learner("ada").await;
    let visitor = app.visitor();
    let wrong = |name: &'static str| {
        let visitor = visitor.clone();
        async move { visitor.post("/sign-in", &[("name", name), ("password", "zgaduję hasło")]).await }
    };
    let sentence = "Login, adres e-mail lub hasło są nieprawidłowe.";
    wrong("ada").await.assert(422).lacks("zgaduję").has("value=\"ada\"").has("<title>Błąd: ").has(sentence);
    wrong("nikt").await.assert(422).has(sentence);
    visitor.post("/sign-in", &[("name", ""), ("password", "")]).await.assert(422);
    visitor
        .post("/sign-in", &[("name", "</title><script>alert(1)</script>"), ("password", "x")])
        .await
        .assert(422)
        .lacks("<script>alert");
    for _ in 0..4 {
        wrong("ada").await.assert(422);
    }
    let slow = wrong("ada").await.assert(429);
    assert!(!slow.header("retry-after").is_empty());
    app.clock.advance(time::Duration::minutes(20));
    visitor.sign_in("ada", PASSWORD).await;
    app.end().await;
}
