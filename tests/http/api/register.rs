//! What happens to devices besides going out and coming back: incidents, events that end loans, SIM cards, agreements.

use devices::register::purchase::{self, Programme};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use time::macros::{date, datetime};

use super::call::{Api, Four, four};
use crate::harness::lending::{hand_out, laptops, lend, proof, until};
use crate::harness::{TestApp, set_clock};

#[tokio::test]
async fn an_incident_is_reported_once_and_stands_beside_its_loan() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let Four { klara, jan, apis: [clerk, boss, pupil, stranger], .. } = four(&office).await;
    laptops(&office, &klara.actor, &["IT/1", "IT/2"]).await;
    let loan = hand_out(&office, &klara.actor, jan.id, "IT/1").await;

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
    let Four { klara, jan, apis: [clerk, boss, pupil, stranger], .. } = four(&office).await;
    let ola = office.learner("ola").await;
    laptops(&office, &klara.actor, &["IT/1", "IT/2"]).await;

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

#[tokio::test]
async fn a_sim_card_is_in_one_device_and_its_codes_are_told_to_no_program() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let Four { klara, apis: [clerk, boss, pupil, stranger], .. } = four(&office).await;
    let laptops = laptops(&office, &klara.actor, &["IT/1", "IT/2"]).await;
    let model = json!({ "maker": "Operator", "kind": "sim_card", "name": "Karta", "holds_data": false });
    let model = clerk.post("/devices/models", model).await.assert(201)["id"].clone();
    let card = json!({ "model": model, "inventory_no": "SIM/1", "phone_no": "600 100 200" });
    let card = clerk.post("/devices", card).await.assert(201)["id"].as_str().unwrap().to_owned();
    let codes = [("pin", "40917263"), ("puk", "85610394")];
    klara.client.post(&format!("/devices/assets/{card}/codes"), &codes).await.assert(303);

    let here = format!("/devices/{}/sims", laptops[0]);
    let there = format!("/devices/{}/sims", laptops[1]);
    let put = json!({ "sim": card });
    clerk.post(&here, json!({ "sim": uuid::Uuid::new_v4() })).await.names("sim", "unknown");
    clerk.post(&here, json!({ "sim": laptops[1] })).await.names("sim", "malformed");
    clerk.post(&here, json!({ "sim": card, "slot": 5 })).await.names("slot", "malformed");
    for api in [&boss, &pupil] {
        api.post(&here, put.clone()).await.refused(403, "not-allowed");
    }
    stranger.post(&here, put.clone()).await.refused(404, "not-found");
    let placed = clerk.post_once(&here, "karta-01", Some(put.clone())).await.assert(200);
    assert_eq!(clerk.post_once(&here, "karta-01", Some(put.clone())).await.assert(200), placed);
    assert_eq!(
        (&placed["items"][0]["sim_no"], &placed["items"][0]["slot"], &placed["items"][0]["removed_at"]),
        (&json!("SIM/1"), &json!(1), &Value::Null)
    );
    // One card is in one device.
    clerk.post(&there, put.clone()).await.refused(409, "wrong-state");
    let out = format!("/devices/{card}/sims/out");
    for api in [&boss, &pupil] {
        api.act(&out).await.refused(403, "not-allowed");
    }
    stranger.act(&out).await.refused(404, "not-found");
    clerk.act(&out).await.assert(204);
    clerk.act(&out).await.assert(204);
    assert_ne!(clerk.get(&here).await.assert(200)["items"][0]["removed_at"], Value::Null);
    clerk.post(&there, put).await.assert(200);
    let both = boss.get(&format!("/devices/{card}/sims")).await.assert(200);
    assert_eq!(both["items"].as_array().unwrap().len(), 2);
    for path in
        [format!("/devices/{card}"), format!("/devices/{card}/sims"), format!("/devices/{card}/custody")]
    {
        let told = clerk.get(&path).await.page.assert(200).text;
        assert!(!told.contains("40917263") && !told.contains("85610394"), "{path}: {told}");
    }
    pupil.get(&here).await.refused(403, "not-allowed");
    stranger.get(&here).await.refused(404, "not-found");
    app.end().await;
}

#[tokio::test]
async fn an_agreement_is_told_with_the_hash_of_its_text_to_whoever_may_read_it() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let Four { klara, jan, apis: [clerk, boss, pupil, stranger], .. } = four(&office).await;
    let ola = office.learner("ola").await;
    laptops(&office, &klara.actor, &["IT/1", "IT/2"]).await;
    let secret = Programme {
        name: "Ochronka".to_owned(),
        neutral_name: "Laptopy 2021".to_owned(),
        sensitive: true,
        named_in_agreements: true,
        ..Programme::default()
    };
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let programme = purchase::save_programme(&mut tx, &proof(), None, &secret).await.unwrap();
    tx.commit().await.unwrap();
    let mut out = json!({ "code": "IT/1", "person": jan.id, "purpose": "nauka", "due_on": "2027-06-30",
                          "programme": programme });
    let telling = clerk.post("/devices/hand-outs", out.clone()).await.assert(201)["agreement_id"].clone();
    (out["code"], out["person"], out["programme"]) = (json!("IT/2"), json!(ola.id), Value::Null);
    let plain = clerk.post("/devices/hand-outs", out).await.assert(201)["agreement_id"].clone();
    let person = jan.id.to_string();
    let form =
        [("person", person.as_str()), ("kind", "loan"), ("purpose", "nauka"), ("key", "klucz-umowy-1")];
    let draft = klara.client.post("/devices/agreements/new", &form).await.assert(303).location();
    let path = |id: &Value| format!("/devices/agreements/{}", id.as_str().unwrap());
    let hash = |text: &str| base::id::hexadecimal(&Sha256::digest(text.as_bytes()));
    let looks = async || {
        let looks = boss.get("/devices/reports/views").await.assert(200);
        let looks = looks["items"].as_array().unwrap().iter();
        looks.filter(|look| look["what"] == "viewed_agreement_programme").count()
    };

    // The text as it was signed, with its hash; what is not signed has none.
    let read = boss.get(&path(&plain)).await.assert(200);
    assert_eq!(read, clerk.get(&path(&plain)).await.assert(200));
    assert_eq!(read["text_sha256"], hash(read["text"].as_str().unwrap()));
    assert_eq!(
        (&read["loans"][0]["inventory_no"], &read["loans"][0]["due_on"]),
        (&json!("IT/2"), &json!("2027-06-30"))
    );
    assert_eq!((&read["parties"][0]["name"], &read["signed_by"]), (&json!("Osoba OLA"), &json!("paper")));
    let unsigned = clerk.get(&draft).await.assert(200);
    assert!(unsigned["text"].is_string() && unsigned["text_sha256"].is_null(), "{unsigned}");
    assert_eq!(looks().await, 0);

    // One that says the real name of a protected programme is the clerk's to read, who is written down.
    let hidden = boss.get(&path(&telling)).await;
    assert!(!hidden.page.text.contains("Ochronka"), "{}", hidden.page.text);
    let hidden = hidden.assert(200);
    for field in ["text", "text_sha256", "purpose"] {
        assert_eq!(hidden[field], Value::Null, "{field}");
    }
    assert_eq!(hidden["programme"], "Laptopy 2021");
    assert_eq!(looks().await, 0);
    let told = clerk.get(&path(&telling)).await.assert(200);
    assert!(told["text"].as_str().unwrap().contains("Ochronka"), "{told}");
    assert_eq!(told["text_sha256"], hash(told["text"].as_str().unwrap()));
    assert_eq!(looks().await, 1);

    let list = boss.get("/devices/agreements").await.assert(200);
    assert_eq!((&list["total"], &list["items"][0]["signed_at"]), (&json!(3), &Value::Null));
    let hers = boss.get(&format!("/devices/agreements?person={}", ola.id)).await.assert(200);
    assert_eq!((&hers["total"], &hers["items"][0]["id"]), (&json!(1), &plain));
    assert_eq!(boss.get("/devices/agreements?q=osoba%20jan").await.assert(200)["total"], 2);
    assert_eq!(stranger.get("/devices/agreements").await.assert(200)["items"], json!([]));
    stranger.get(&path(&plain)).await.refused(404, "not-found");
    for path in ["/devices/agreements".to_owned(), path(&plain)] {
        pupil.get(&path).await.refused(403, "not-allowed");
    }
    app.end().await;
}

#[tokio::test]
async fn a_table_is_tried_with_every_bad_row_named_and_then_comes_in_once() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let Four { klara, apis: [clerk, boss, pupil, stranger], .. } = four(&office).await;
    laptops(&office, &klara.actor, &["IT/1"]).await;
    let (try_it, do_it) = ("/devices/import/check", "/devices/import");
    let send = async |api: &Api, path: &str, key: &str, text: &str| {
        let text = text.to_owned();
        api.send(Method::POST, path, |request| {
            let request = request.header("content-type", "text/csv; charset=utf-8").body(text);
            if key.is_empty() { request } else { request.header("idempotency-key", key) }
        })
        .await
    };
    let numbers = async |api: &Api| {
        let all = api.get("/devices").await.assert(200);
        let all = all["items"].as_array().unwrap().iter();
        all.map(|one| one["inventory_no"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    let bad = "nr_inwentarzowy,producent,model,rodzaj,program\nA1,Dell,3520,laptop,\na-1,Dell,3520,czajnik,Nie ma\n";
    let told = send(&clerk, try_it, "", bad).await.assert(200);
    let rows = told["problems"].as_array().unwrap();
    assert!(
        rows.iter().any(|row| row["field"] == "kind" && row["line"] == 3 && row["value"] == "czajnik"),
        "{told}"
    );
    assert!(rows.iter().all(|row| !row["detail"].as_str().unwrap().is_empty()), "{told}");
    assert_eq!(told["created"], json!([]));
    let refused = send(&clerk, do_it, "", bad).await.refused(422, "invalid");
    assert_eq!(refused["errors"].as_array().unwrap().len(), rows.len());
    assert!(refused["errors"].as_array().unwrap().iter().any(|one| one["field"] == "3.kind"), "{refused}");
    send(&clerk, try_it, "", "a;b\n1;2\n").await.names("inventory_no", "missing");
    send(&clerk, try_it, "", "").await.names("body", "missing");
    clerk.post(try_it, json!({})).await.refused(415, "media-type");
    clerk.post(do_it, json!({})).await.refused(415, "media-type");

    let good = "nr_inwentarzowy;producent;model;rodzaj\nIT/1;Dell;Latitude 3520;laptop\nIT/2;Dell;Latitude 3520;laptop\n";
    for path in [try_it, do_it] {
        for api in [&boss, &pupil] {
            send(api, path, "", good).await.refused(403, "not-allowed");
        }
        send(&Api::nobody(&app).await, path, "", good).await.refused(401, "sign-in-first");
    }
    // Trying it changes nothing; sent twice with its key it comes in once.
    let tried = send(&clerk, try_it, "", good).await.assert(200);
    assert_eq!((&tried["created"], &tried["same"]), (&json!(["IT/2"]), &json!(1)));
    assert_eq!(numbers(&clerk).await, ["IT/1"]);
    let done = send(&clerk, do_it, "import-0001", good).await.assert(200);
    assert_eq!(done, tried);
    assert_eq!(send(&clerk, do_it, "import-0001", good).await.assert(200), done);
    send(&clerk, "/devices/import?retag=true", "import-0001", good)
        .await
        .refused(422, "idempotency-key-reused");
    assert_eq!(numbers(&clerk).await, ["IT/1", "IT/2"]);
    assert!(numbers(&stranger).await.is_empty());
    assert_eq!(send(&clerk, do_it, "", good).await.assert(200)["same"], 2);
    app.end().await;
}
