//! What happens to devices besides going out and coming back: incidents, events that end loans, SIM cards, agreements.

use identity::Role;
use serde_json::{Value, json};
use time::macros::{date, datetime};

use super::call::Api;
use crate::harness::lending::{hand_out, laptops, lend, until};
use crate::harness::{TestApp, set_clock};

#[tokio::test]
async fn an_incident_is_reported_once_and_stands_beside_its_loan() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let klara = office.person("klara", &[Role::DeviceClerk]).await;
    office.admin("szef").await;
    let jan = office.learner("jan").await;
    app.office("inny").await.person("obca", &[Role::DeviceClerk]).await;
    laptops(&office, &klara.actor, &["IT/1", "IT/2"]).await;
    let loan = hand_out(&office, &klara.actor, jan.id, "IT/1").await;
    let (clerk, boss) = (Api::sign_in(&app, "klara@brzozow").await, Api::sign_in(&app, "szef@brzozow").await);
    let (pupil, stranger) = (Api::sign_in(&app, "jan@brzozow").await, Api::sign_in(&app, "obca@inny").await);

    let path = "/devices/incidents";
    let good =
        json!({ "code": "it-1", "kind": "damage", "happened_on": "2026-11-20", "description": "rysa" });
    for (field, value, problem) in [
        ("code", json!("nikt nie zna"), "unknown"),
        ("kind", json!("burza"), "unknown"),
        ("happened_on", json!("2026-11-22"), "malformed"),
        ("happened_on", json!("wczoraj"), "malformed"),
        ("description", json!(" "), "missing"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        clerk.post(path, body).await.names(field, problem);
    }
    for api in [&boss, &pupil] {
        api.post(path, good.clone()).await.refused(403, "not-allowed");
    }
    stranger.post(path, good.clone()).await.names("code", "unknown");
    let made = clerk.post_once(path, "zdarzenie-1", Some(good.clone())).await.assert(201);
    assert_eq!(clerk.post_once(path, "zdarzenie-1", Some(good)).await.assert(201), made);
    assert_eq!((&made["loan_id"], &made["who"]), (&json!(loan), &json!("Osoba JAN")));
    assert_eq!((&made["told_by"], &made["settlement"]), (&json!("Osoba KLARA"), &Value::Null));

    let list = boss.get(path).await.assert(200);
    assert_eq!((&list["items"], &list["total"]), (&json!([made]), &json!(1)));
    assert_eq!(boss.get("/devices/incidents?closed=true").await.assert(200)["total"], 0);
    clerk.get("/devices/incidents?closed=moze").await.refused(422, "invalid");
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(boss.get(&one).await.assert(200), made);
    stranger.get(&one).await.refused(404, "not-found");
    pupil.get(&one).await.refused(403, "not-allowed");
    let loan = clerk.get(&format!("/devices/loans/{loan}")).await.assert(200);
    assert_eq!(loan["incident_ids"], json!([made["id"]]));
    // A report ends no loan, and stands in the way of the next one until somebody has looked.
    assert_eq!(loan["returned_at"], Value::Null);
    app.end().await;
}

#[tokio::test]
async fn one_edit_of_an_event_moves_its_loans_and_asking_moves_nothing() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let klara = office.person("klara", &[Role::DeviceClerk]).await;
    office.admin("szef").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    app.office("inny").await.person("obca", &[Role::DeviceClerk]).await;
    laptops(&office, &klara.actor, &["IT/1", "IT/2"]).await;
    let (clerk, boss) = (Api::sign_in(&app, "klara@brzozow").await, Api::sign_in(&app, "szef@brzozow").await);
    let (pupil, stranger) = (Api::sign_in(&app, "jan@brzozow").await, Api::sign_in(&app, "obca@inny").await);

    let new = json!({ "kind": "school_year", "name": "Rok szkolny", "ends_on": "2027-06-30" });
    let event = clerk.post_once("/devices/events", "rok-szkolny", Some(new.clone())).await.assert(201);
    assert_eq!(clerk.post_once("/devices/events", "rok-szkolny", Some(new.clone())).await.assert(201), event);
    clerk.post("/devices/events", new.clone()).await.names("name", "taken");
    clerk.post("/devices/events", json!({ "kind": "epoka", "name": "A" })).await.names("kind", "unknown");
    boss.post("/devices/events", new).await.refused(403, "not-allowed");
    let out = json!({ "code": "IT/1", "person": jan.id, "purpose": "nauka", "event": event["id"] });
    let loan = clerk.post("/devices/hand-outs", out).await.assert(201);
    assert_eq!((&loan["due_on"], &loan["rules"][0]["event_id"]), (&json!("2027-06-30"), &event["id"]));
    lend(&office, &klara.actor, ola.id, "IT/2", &until(date!(2027 - 01 - 31))).await;
    let there = format!("/devices/events/{}", event["id"].as_str().unwrap());
    let due = async || {
        clerk.get(&format!("/devices/loans/{}", loan["id"].as_str().unwrap())).await.assert(200)["due_on"]
            .clone()
    };

    let asked = clerk.get(&format!("{there}/moves?ends_on=2027-05-01")).await.assert(200);
    assert_eq!((&asked["total"], &asked["items"][0]["loan_id"]), (&json!(1), &loan["id"]));
    assert_eq!(
        (&asked["items"][0]["was"], &asked["items"][0]["becomes"]),
        (&json!("2027-06-30"), &json!("2027-05-01"))
    );
    assert_eq!(clerk.get(&format!("{there}/moves?ends_on=2027-06-30")).await.assert(200)["total"], 0);
    assert_eq!(due().await, "2027-06-30");
    let edit = json!({ "revision": 1, "ends_on": "2027-05-01" });
    boss.get(&format!("{there}/moves")).await.refused(403, "not-allowed");
    for api in [&boss, &pupil] {
        api.patch(&there, edit.clone()).await.refused(403, "not-allowed");
    }
    stranger.patch(&there, edit.clone()).await.refused(404, "not-found");
    clerk.patch(&there, json!({ "revision": 1, "ends_on": "maj" })).await.names("ends_on", "malformed");
    clerk.patch(&there, json!({ "revision": 1, "name": "" })).await.names("name", "missing");
    let changed = clerk.patch(&there, edit.clone()).await.assert(200);
    assert_eq!(
        (&changed["moved"], &changed["revision"], &changed["name"]),
        (&json!(1), &json!(2), &json!("Rok szkolny"))
    );
    assert_eq!(due().await, "2027-05-01");
    // Whoever began from what was is told.
    let stale = clerk.patch(&there, edit).await.refused(409, "changed-meanwhile");
    assert_eq!(stale["revision"], 2);
    // A name alone moves nothing; a day that is not known any more moves everything.
    let named = clerk.patch(&there, json!({ "revision": 2, "name": "Rok 2026/2027" })).await.assert(200);
    assert_eq!((&named["moved"], &named["ends_on"]), (&json!(0), &json!("2027-05-01")));
    let open = clerk.patch(&there, json!({ "revision": 3, "ends_on": null })).await.assert(200);
    assert_eq!((&open["moved"], due().await), (&json!(1), Value::Null));
    let list = boss.get("/devices/events").await.assert(200);
    assert_eq!((&list["total"], &list["items"][0]["loans"]), (&json!(1), &json!(1)));
    assert_eq!(stranger.get("/devices/events").await.assert(200)["items"], json!([]));
    stranger.get(&there).await.refused(404, "not-found");
    app.end().await;
}
