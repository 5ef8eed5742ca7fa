//! Groups and units.

use crate::harness::TestApp;

#[tokio::test]
async fn groups_and_units_are_made_filled_and_deleted() {
    let app = TestApp::start().await;
    let office = app.office("brzozow").await;
    let admin = office.admin("admin").await;
    let ben = office.learner("ben").await;
    admin.client.post("/groups/new", &[("name", "")]).await.assert(422);
    let group = admin.client.post("/groups/new", &[("name", "Redaktorzy")]).await.assert(303).location();
    admin.client.post("/groups/new", &[("name", "redaktorzy")]).await.assert(422).has("value=\"redaktorzy\"");
    let person = ben.id.to_string();
    for _ in 0..2 {
        admin.client.post(&format!("{group}/add"), &[("person", &person)]).await.assert(303);
    }
    admin.client.get(&group).await.assert(200).has("BEN Osoba");
    admin.client.get(&format!("{group}?q=ben")).await.assert(200).lacks("/add");
    admin.client.post(&format!("{group}/remove"), &[("person", &person)]).await.assert(303);
    admin.client.get(&format!("{group}?q=ben")).await.assert(200).has("/add");
    let eve = app.office("inny").await.admin("ewa").await;
    let foreign = eve.id.to_string();
    admin.client.post(&format!("{group}/add"), &[("person", &foreign)]).await.assert(404);
    for path in [
        group.clone(),
        format!("{group}/delete"),
        format!("/people/{person}"),
        format!("/people/{person}/suspend"),
    ] {
        eve.client.get(&path).await.assert(404);
    }
    for act in ["suspend", "resume", "password-link", "roles"] {
        eve.client.post(&format!("/people/{person}/{act}"), &[]).await.assert(404);
    }
    eve.client.post(&format!("{group}/delete"), &[]).await.assert(404);
    admin.client.get(&format!("{group}/delete")).await.assert(200);
    admin.client.post(&format!("{group}/delete"), &[]).await.assert(303);
    admin.client.get(&group).await.assert(404);
    admin.client.post("/units", &[("name", "Wydział Oświaty")]).await.assert(303);
    admin.client.post("/units", &[("name", "wydział oświaty")]).await.assert(422);
    let page = admin.client.get("/units").await.assert(200);
    let top = deleted(&page.text);
    eve.client.post("/units", &[("name", "Obcy"), ("parent", &top)]).await.assert(422);
    admin.client.post("/units", &[("name", "Referat"), ("parent", &top)]).await.assert(303);
    admin.client.post(&format!("/units/{top}/delete"), &[]).await.assert(422);
    let page = admin.client.get("/units").await.assert(200);
    let below = deleted(&page.text);
    assert_ne!(top, below);
    eve.client.post(&format!("/units/{below}/delete"), &[]).await.assert(404);
    admin.client.post(&format!("/units/{below}/delete"), &[]).await.assert(303);
    admin.client.post(&format!("/units/{top}/delete"), &[]).await.assert(303);
    app.end().await;
}

/// The id of the first unit that the page offers to delete.
fn deleted(page: &str) -> String {
    page.split("/delete").next().unwrap().rsplit("/units/").next().unwrap().to_owned()
}
