//! Long lists through the API: the wishes of the pages, and nobody left out or told twice.

use std::collections::BTreeSet;

use courses::enrolment::Target;
use serde_json::json;
use time::Duration;

use super::call::Api;
use crate::harness::lending::{clerk, laptops, lend, until};
use crate::harness::{TestApp, owner};

#[tokio::test]
async fn learners_are_found_filtered_and_put_in_order() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let many = "insert into person (id, organisation_id, login, given_name, family_name)
                select gen_random_uuid(), $1, 'osoba' || n, 'Łucja', 'Żak' from generate_series(1, 120) n";
    sqlx::query(many).bind(office.id.0).execute(&mut owner(&app).await).await.unwrap();
    let course = office.course(&ada, "Kurs", &[("Wstęp", "Tekst."), ("Koniec", "Tekst.")]).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    jan.client.post("/courses/kurs/wstep/finish", &[]).await.assert(303);
    let api = Api::sign_in(&app, &ada.name).await;
    for order in ["name", "progress", "progress_down", "seen", "seen_down"] {
        let mut seen = Vec::new();
        for page in 1..=3 {
            let path = format!("/courses/kurs/learners?order={order}&page={page}");
            let said = api.get(&path).await.assert(200);
            assert_eq!((&said["total"], &said["pages"]), (&json!(122), &json!(3)));
            let items = said["items"].as_array().unwrap();
            seen.extend(items.iter().map(|one| one["person"].as_str().unwrap().to_owned()));
        }
        let each: BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), each.len()), (122, 122), "{order}");
    }
    let zak = api.get("/courses/kurs/learners?q=zak%20lucja&page=3").await.assert(200);
    assert_eq!((&zak["total"], zak["items"].as_array().unwrap().len()), (&json!(120), 20));
    let begun = api.get("/courses/kurs/learners?state=under_way&q=jan").await.assert(200);
    assert_eq!((&begun["total"], &begun["items"][0]["percent"]), (&json!(1), &json!(50)));
    let first = api.get("/courses/kurs/learners?order=progress_down").await.assert(200);
    assert_eq!(first["items"][0]["person"], json!(jan.id.to_string()));
    assert_eq!(api.get("/courses/kurs/learners?state=done").await.assert(200)["items"], json!([]));
    assert_eq!(api.get("/courses/kurs/learners?state=overdue").await.assert(200)["total"], 0);
    assert_eq!(api.get("/courses/kurs/learners?page=9").await.assert(200)["total"], 122);
    for q in ["%25", "_", "%5C", "'", "%00%25"] {
        assert_eq!(api.get(&format!("/courses/kurs/learners?q={q}")).await.assert(200)["total"], 0, "{q}");
    }
    api.get("/courses/kurs/learners?state=dane").await.names("state", "unknown");
    api.get("/courses/kurs/learners?order=dane").await.names("order", "unknown");
    app.end().await;
}

#[tokio::test]
async fn overdue_loans_are_found_and_put_in_order() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    for (login, code, days) in [("zofia", "IT/1", -9), ("adam", "IT/2", -3)] {
        let who = office.learner(login).await;
        let day = app.clock.now().date() + Duration::days(days);
        lend(&office, &anna.actor, who.id, code, &until(day)).await;
    }
    let api = Api::sign_in(&app, &anna.name).await;
    let overdue = async |wishes: &str| {
        let said = api.get(&format!("/devices/reports/overdue?{wishes}")).await.assert(200);
        let items = said["items"].as_array().unwrap();
        let numbers: Vec<_> =
            items.iter().map(|one| one["inventory_no"].as_str().unwrap().to_owned()).collect();
        (numbers, said["total"].as_i64().unwrap())
    };
    let both = |first: &str, second: &str| (vec![first.to_owned(), second.to_owned()], 2);
    assert_eq!(overdue("").await, both("IT/1", "IT/2"));
    assert_eq!(overdue("order=due_down&page=1").await, both("IT/2", "IT/1"));
    assert_eq!(overdue("order=name").await, both("IT/2", "IT/1"));
    assert_eq!(overdue("page=2").await, (Vec::new(), 2));
    assert_eq!(overdue("q=zof%20it").await, (vec!["IT/1".to_owned()], 1));
    api.get("/devices/reports/overdue?order=dane").await.names("order", "unknown");
    app.end().await;
}
