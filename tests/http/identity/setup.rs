//! An empty installation, and the organisations that come after.

use super::link;
use crate::harness::{PASSWORD, SET_UP, TestApp};

#[tokio::test]
async fn an_installation_is_set_up_once_and_then_grows_by_organisations() {
    let app = TestApp::start().await;
    let secret = identity::link::offer_setup(&app.ground.db).await.unwrap().unwrap();
    let path = format!("/setup/{}", secret.reveal());
    let visitor = app.visitor();
    visitor.get("/setup/zgadywanka").await.assert(404).has("<h1>");
    visitor.get(&path).await.assert(200);
    visitor.post(&path, &[]).await.assert(422).has("href=\"#f-kind\"").has("href=\"#f-password\"");
    let (one, two) = tokio::join!(visitor.post(&path, &SET_UP), visitor.post(&path, &SET_UP));
    let mut both = [one.status.as_u16(), two.status.as_u16()];
    both.sort_unstable();
    assert_eq!(both, [303, 404]);
    visitor.get(&path).await.assert(404);
    visitor.sign_in("jadwiga", PASSWORD).await;
    visitor.get("/organisations").await.assert(200).has("Urząd Miejski");
    let school = |slug: &'static str| {
        [
            ("organisation_name", "Szkoła nr 2"),
            ("organisation_slug", slug),
            ("kind", "school"),
            ("given_name", "Barbara"),
            ("family_name", "Wierzbińska"),
            ("login", "dyrektor"),
        ]
    };
    visitor.post("/organisations/new", &school("Zła Nazwa")).await.assert(422).has("Zła Nazwa");
    let made = visitor.post("/organisations/new", &school("sp2")).await.assert(200);
    visitor.post("/organisations/new", &school("sp2")).await.assert(422);
    let head = app.visitor();
    let chosen = [("password", PASSWORD), ("password_again", PASSWORD)];
    head.post(&link(&made), &chosen).await.assert(303);
    head.sign_in("dyrektor@sp2", PASSWORD).await;
    head.get("/groups").await.assert(200).has("Klasy");
    head.get("/organisations").await.assert(403);
    app.end().await;
}
