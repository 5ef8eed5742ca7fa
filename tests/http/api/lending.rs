//! Programs that lend: what devices are chosen from, loans, handing out and taking back by scan.

use devices::register::{catalogue, purchase};
use identity::Role;
use serde_json::{Value, json};
use time::macros::{date, datetime};

use super::call::{Api, Four, four};
use crate::harness::lending::{hand_out, laptops, proof, signed, until};
use crate::harness::{TestApp, set_clock};

/// A list's items.
fn items(body: &Value) -> &Vec<Value> {
    body["items"].as_array().unwrap()
}

#[tokio::test]
async fn what_a_device_is_chosen_from_is_listed_and_a_model_is_made_once() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let Four { klara, apis: [clerk, boss, pupil, stranger], .. } = four(&office).await;
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let place = catalogue::save_place(&mut tx, &proof(), None, "Magazyn").await.unwrap();
    let secret = purchase::Programme {
        name: "Ochronka".to_owned(),
        neutral_name: "Laptopy 2021".to_owned(),
        sensitive: true,
        ..purchase::Programme::default()
    };
    let programme = purchase::save_programme(&mut tx, &proof(), None, &secret).await.unwrap();
    let lot = purchase::Lot {
        name: "Dostawa 1".to_owned(),
        unit_price_grosze: Some(202_827),
        bought_on: Some(date!(2026 - 09 - 01)),
        shares: vec![(programme, 1000)],
        ..purchase::Lot::default()
    };
    let lot = purchase::save_lot(&mut tx, &proof(), None, &lot).await.unwrap();
    tx.commit().await.unwrap();

    // Sent twice with its key, a model is there once; and what it must have is named.
    let new = json!({ "maker": "Dell", "kind": "laptop", "name": "Latitude 3520", "holds_data": true,
                      "checklist": [" Ekran ", ""], "accessories": ["zasilacz"] });
    let made = clerk.post_once("/devices/models", "klucz-modelu", Some(new.clone())).await.assert(201);
    assert_eq!(clerk.post_once("/devices/models", "klucz-modelu", Some(new.clone())).await.assert(201), made);
    assert_eq!((&made["checklist"], &made["devices"]), (&json!(["Ekran"]), &json!(0)));
    clerk.post("/devices/models", new.clone()).await.names("name", "taken");
    let mut wrong = new.clone();
    wrong["kind"] = json!("czołg");
    clerk.post("/devices/models", wrong.clone()).await.names("kind", "unknown");
    (wrong["kind"], wrong["name"]) = (json!("tablet"), json!(" "));
    clerk.post("/devices/models", wrong.clone()).await.names("name", "missing");
    wrong["checklist"] = json!(["a\nb"]);
    clerk.post("/devices/models", wrong).await.names("checklist", "malformed");
    for api in [&boss, &pupil] {
        api.post("/devices/models", new.clone()).await.refused(403, "not-allowed");
    }

    let models = clerk.get("/devices/models").await.assert(200);
    assert_eq!((items(&models), &models["total"]), (&vec![made.clone()], &json!(1)));
    let one = format!("/devices/models/{}", made["id"].as_str().unwrap());
    assert_eq!(boss.get(&one).await.assert(200), made);
    stranger.get(&one).await.refused(404, "not-found");
    let places = clerk.get("/devices/places").await.assert(200);
    assert_eq!(items(&places)[0], json!({ "id": place, "name": "Magazyn", "devices": 0 }));
    let lots = clerk.get("/devices/lots").await.assert(200);
    assert_eq!(items(&lots)[0]["id"], json!(lot));
    assert_eq!(
        (&items(&lots)[0]["bought_on"], &items(&lots)[0]["unit_price_grosze"]),
        (&json!("2026-09-01"), &json!(202_827))
    );
    assert_eq!(items(&lots)[0]["shares"], json!([{ "programme_id": programme, "per_mille": 1000 }]));
    // The neutral name, for whoever asks.
    for api in [&clerk, &boss] {
        let said = api.get("/devices/programmes").await;
        assert!(!said.page.text.contains("Ochronka"), "{}", said.page.text);
        assert_eq!(items(&said.assert(200))[0], json!({ "id": programme, "name": "Laptopy 2021" }));
    }
    for list in ["models", "places", "lots", "programmes"] {
        let path = format!("/devices/{list}");
        assert_eq!(stranger.get(&path).await.assert(200)["items"], json!([]), "{path}");
        pupil.get(&path).await.refused(403, "not-allowed");
        clerk.get(&format!("{path}?page=0x")).await.names("page", "unreadable");
        Api::nobody(&app).await.get(&path).await.refused(401, "sign-in-first");
    }

    // What was listed is what a device is made of.
    let device = json!({ "model": made["id"], "inventory_no": "IT/1", "place": place, "lot": lot, "programme": programme });
    let device = clerk.post("/devices", device).await.assert(201);
    assert_eq!((&device["model"], &device["place"]), (&json!("Latitude 3520"), &json!("Magazyn")));
    assert_eq!(clerk.get(&one).await.assert(200)["devices"], 1);
    assert_eq!(items(&clerk.get("/devices/lots").await.assert(200))[0]["devices"], 1);
    app.end().await;
}

#[tokio::test]
async fn a_place_a_programme_and_its_purchase_are_made_once_and_what_is_wrong_is_named() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    office.person("klara", &[Role::DeviceClerk]).await;
    let clerk = Api::sign_in(&app, "klara@brzozow").await;
    let once = async |path: &str, body: Value| {
        let key = format!("klucz{}", path.replace('/', "-"));
        let first = clerk.post_once(path, &key, Some(body.clone())).await;
        let there = first.page.location();
        let made = first.assert(201);
        assert_eq!(clerk.post_once(path, &key, Some(body.clone())).await.assert(201), made, "{path}");
        assert_eq!(clerk.get(there.trim_start_matches("/api/v1")).await.assert(200), made, "{path}");
        clerk.post(path, body).await.names("name", "taken");
        clerk.post(path, json!({ "name": " " })).await.names("name", "missing");
        made
    };
    let place = once("/devices/places", json!({ "name": " Magazyn " })).await;
    assert_eq!((&place["name"], &place["devices"]), (&json!("Magazyn"), &json!(0)));
    // A protected programme is answered under its neutral name, and needs one.
    let path = "/devices/programmes";
    let secret = json!({ "name": "Ochronka", "neutral_name": "Laptopy 2021", "sensitive": true, "donation": true,
                         "durable_until": "2029-12-31" });
    let programme = once(path, secret.clone()).await;
    assert_eq!(programme, json!({ "id": programme["id"], "name": "Laptopy 2021" }));
    for (field, value, problem) in [
        ("neutral_name", json!(""), "missing"),
        ("neutral_name", json!("Dom Ochronka"), "taken"),
        ("durable_until", json!("31.12.2029"), "malformed"),
    ] {
        let mut wrong = secret.clone();
        wrong[field] = value;
        clerk.post(path, wrong).await.names(field, problem);
    }
    let path = "/devices/lots";
    let share = |id: &Value, per_mille: i16| json!({ "programme_id": id, "per_mille": per_mille });
    let bought = json!({ "name": "Dostawa 1", "invoice_no": "FV/1", "bought_on": "2026-09-01",
                         "unit_price_grosze": 202_827, "warranty_until": "2029-09-01",
                         "shares": [share(&programme["id"], 1000)] });
    let lot = once(path, bought.clone()).await;
    for field in ["name", "invoice_no", "bought_on", "unit_price_grosze", "warranty_until", "shares"] {
        assert_eq!(lot[field], bought[field], "{field}");
    }
    let some = json!(uuid::Uuid::new_v4());
    for (field, value, problem) in [
        ("bought_on", json!("wczoraj"), "malformed"),
        ("unit_price_grosze", json!(-1), "malformed"),
        ("insurer", json!("a".repeat(201)), "too-long"),
        ("shares", json!([share(&programme["id"], 999)]), "malformed"),
        ("shares", json!([share(&some, 1000)]), "unknown"),
        ("shares", json!([share(&programme["id"], 500), share(&programme["id"], 500)]), "taken"),
    ] {
        let mut wrong = bought.clone();
        (wrong["name"], wrong[field]) = (json!("Dostawa 2"), value);
        clerk.post(path, wrong).await.names(field, problem);
    }
    for list in ["places", "lots", "programmes"] {
        assert_eq!(clerk.get(&format!("/devices/{list}")).await.assert(200)["total"], 1, "{list}");
    }
    app.end().await;
}

#[tokio::test]
async fn that_a_device_was_wiped_is_recorded_once_and_not_while_somebody_has_it() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = office.person("klara", &[Role::DeviceClerk]).await;
    let jan = office.learner("jan").await;
    let device = laptops(&office, &klara.actor, &["IT/1"]).await[0];
    let clerk = Api::sign_in(&app, "klara@brzozow").await;
    let (path, how) = (format!("/devices/{device}/wipes"), json!({ "how": "nadpisanie" }));
    clerk.post(&path, how.clone()).await.refused(409, "wrong-state");
    hand_out(&office, &klara.actor, jan.id, "IT/1").await;
    clerk.post("/devices/returns", json!({ "code": "IT/1" })).await.assert(200);
    clerk.post(&path, json!({ "how": " " })).await.names("how", "missing");
    assert_eq!(clerk.get(&format!("/devices/{device}")).await.assert(200)["to_wipe"], true);
    let wiped = clerk.post_once(&path, "klucz-wymazania", Some(how.clone())).await.assert(200);
    assert_eq!(clerk.post_once(&path, "klucz-wymazania", Some(how.clone())).await.assert(200), wiped);
    assert_eq!((&wiped["id"], &wiped["to_wipe"]), (&json!(device), &json!(false)));
    clerk.post(&path, how).await.refused(409, "wrong-state");
    let chain = clerk.get(&format!("/devices/{device}/custody")).await.assert(200);
    assert_eq!(chain["events"][0]["kind"], "wiped");
    assert_eq!(chain["events"][0]["detail"]["how"], "nadpisanie");
    app.end().await;
}

#[tokio::test]
async fn a_program_with_a_scanner_lists_models_makes_a_device_hands_it_out_and_takes_it_back() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let Four { klara, jan, obca, apis: [clerk, boss, pupil, stranger], .. } = four(&office).await;
    let (ola, piotr) = (office.learner("ola").await, office.learner("piotr").await);
    laptops(&office, &klara.actor, &["IT/2", "IT/3", "IT/4"]).await;
    let prepared = signed(&office, &klara.actor, piotr.id, &["IT/4"], &until(date!(2027 - 06 - 30))).await;
    let prepared = prepared.unwrap().0;
    let total = async |show: &str| {
        clerk.get(&format!("/devices/loans?show={show}")).await.assert(200)["total"].clone()
    };

    let model = items(&clerk.get("/devices/models").await.assert(200))[0]["id"].clone();
    let device = clerk.post("/devices", json!({ "model": model, "inventory_no": "IT/1" })).await.assert(201);

    // What is missing or unknown is named, and nothing is begun.
    let out = "/devices/hand-outs";
    let good = json!({ "code": "it 1", "person": jan.id, "purpose": "nauka zdalna", "due_on": "2027-06-30" });
    let but = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let some = uuid::Uuid::new_v4();
    for (field, value, problem) in [
        ("code", json!("nikt nie zna"), "unknown"),
        ("code", json!(" "), "missing"),
        ("person", json!(some), "unknown"),
        ("person", json!(obca.id), "unknown"),
        ("programme", json!(some), "unknown"),
        ("event", json!(some), "unknown"),
        ("purpose", json!(""), "missing"),
        ("due_on", json!(null), "missing"),
        ("due_on", json!("30.06.2027"), "malformed"),
        ("notice_days", json!(400), "malformed"),
        ("on", json!("wczoraj"), "malformed"),
    ] {
        clerk.post(out, but(field, value)).await.names(field, problem);
    }
    for api in [&boss, &pupil] {
        api.post(out, good.clone()).await.refused(403, "not-allowed");
    }
    Api::nobody(&app).await.post(out, good.clone()).await.refused(401, "sign-in-first");
    stranger.post(out, but("person", json!(obca.id))).await.names("code", "unknown");
    // What was prepared waits, and nothing else was written.
    assert_eq!((total("all").await, total("waiting").await), (json!(1), json!(1)));

    // Sent twice with its key it goes out once.
    let first = clerk.post_once(out, "skan-0001", Some(good.clone())).await;
    let there = first.page.location();
    let loan = first.assert(201);
    assert_eq!(clerk.post_once(out, "skan-0001", Some(good.clone())).await.assert(201), loan);
    assert_eq!(total("open").await, 1);
    assert_eq!((&loan["device_id"], &loan["person_id"]), (&device["id"], &json!(jan.id)));
    assert_eq!((&loan["due_on"], &loan["days_overdue"]), (&json!("2027-06-30"), &Value::Null));
    assert_eq!((&loan["rules"][0]["kind"], &loan["rules"][0]["on"]), (&json!("fixed"), &json!("2027-06-30")));
    assert_eq!(loan["along"].as_array().unwrap().len(), 2);
    assert_eq!(there, format!("/api/v1/devices/loans/{}", loan["id"].as_str().unwrap()));
    let there = there.trim_start_matches("/api/v1").to_owned();
    assert_eq!(boss.get(&there).await.assert(200), loan);
    assert_eq!(clerk.get("/devices?state=lent").await.assert(200)["items"][0]["inventory_no"], "IT/1");
    pupil.get(&there).await.refused(403, "not-allowed");
    stranger.get(&there).await.refused(404, "not-found");
    assert_eq!(stranger.get("/devices/loans?show=all").await.assert(200)["total"], 0);

    // Everything that stands against it is told; nothing is left behind.
    let found = async |body: Value| {
        let said = clerk.post(out, body).await.refused(409, "not-ready");
        let one = said["findings"].as_array().unwrap().iter();
        one.map(|one| format!("{} {}", one["code"].as_str().unwrap(), one["weight"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(but("person", json!(ola.id))).await, ["lent impossible"]);
    let mut second = but("code", json!("IT/2"));
    assert_eq!(found(second.clone()).await, ["has_primary impossible"]);
    assert_eq!(total("all").await, 2);
    // Prepared for somebody else; for them neither purpose nor day is asked again.
    let mut waits = but("code", json!("IT/4"));
    waits["person"] = json!(ola.id);
    clerk.post(out, waits).await.names("code", "taken");
    let waited = clerk.post(out, json!({ "code": "IT/4", "person": piotr.id })).await.assert(201);
    assert_eq!(waited["agreement_id"], json!(prepared));

    // Overdue by the day in Warsaw.
    (second["person"], second["due_on"]) = (json!(ola.id), json!("2026-11-20"));
    clerk.post(out, second).await.assert(201);
    let late = clerk.get("/devices/loans?show=overdue").await.assert(200);
    assert_eq!(
        (&late["total"], &late["items"][0]["days_overdue"], &late["items"][0]["who"]),
        (&json!(1), &json!(1), &json!("Osoba OLA"))
    );
    let hers = clerk.get(&format!("/devices/loans?person={}&q=IT%2F2", ola.id)).await.assert(200);
    assert_eq!(hers["items"], late["items"]);
    let behind = clerk.get("/devices/loans?show=all&page=9").await.assert(200);
    assert_eq!((&behind["items"], &behind["total"], &behind["pages"]), (&json!([]), &json!(3), &json!(1)));
    clerk.get("/devices/loans?show=moje").await.names("show", "unknown");
    pupil.get("/devices/loans").await.refused(403, "not-allowed");

    // It comes back once, however often it is sent; what is missing is owed.
    let back = "/devices/returns";
    let returned = json!({ "code": "IT/2", "missing": ["torba"], "grade": "C", "checked": ["Ekran"],
                           "signed_by": "paper", "signatory": "Osoba OLA" });
    let but = |field: &str, value: Value| {
        let mut body = returned.clone();
        body[field] = value;
        body
    };
    for (field, value, problem) in [
        ("code", json!("nikt nie zna"), "unknown"),
        ("missing", json!(["plecak"]), "unknown"),
        ("grade", json!("F"), "unknown"),
        ("signed_by", json!("palec"), "unknown"),
        ("signatory", json!(" "), "missing"),
        ("on", json!("2026-11-22"), "malformed"),
        ("note", json!("a".repeat(201)), "too-long"),
    ] {
        clerk.post(back, but(field, value)).await.names(field, problem);
    }
    for api in [&boss, &pupil] {
        api.post(back, returned.clone()).await.refused(403, "not-allowed");
    }
    stranger.post(back, json!({ "code": "IT/2" })).await.names("code", "unknown");
    assert_eq!(total("closed").await, 0);
    let taken = clerk.post_once(back, "skan-0002", Some(returned.clone())).await.assert(200);
    assert_eq!(clerk.post_once(back, "skan-0002", Some(returned.clone())).await.assert(200), taken);
    assert_eq!((&taken["who"], &taken["owed"]), (&json!("Osoba OLA"), &json!(["torba"])));
    assert_eq!((&taken["state"], &taken["to_wipe"]), (&json!("in_stock"), &json!(true)));
    let ended =
        clerk.get(&format!("/devices/loans/{}", taken["loan_id"].as_str().unwrap())).await.assert(200);
    assert_eq!((&ended["outcome"], &ended["accessories"]), (&json!("items_missing"), &json!(["torba"])));
    assert_eq!((total("closed").await, total("owed").await), (json!(1), json!(1)));
    // Scanned once more it is only noted: it is with nobody.
    let again = clerk.post(back, json!({ "code": "IT/2" })).await.assert(200);
    assert_eq!((&again["loan_id"], &again["who"]), (&Value::Null, &Value::Null));

    // Who owes something gets the next one when the clerk says that it was seen.
    let mut next = json!({ "code": "IT/3", "person": ola.id, "purpose": "nauka", "notice_days": 14, "confirmed": false });
    assert_eq!(found(next.clone()).await, ["owes_accessories confirm"]);
    next["confirmed"] = json!(true);
    let next = clerk.post(out, next).await.assert(201);
    assert_eq!((&next["due_on"], &next["rules"][0]["notice_days"]), (&Value::Null, &json!(14)));
    app.end().await;
}
