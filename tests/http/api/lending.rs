//! Programs that lend: what devices are chosen from, loans, handing out and taking back by scan.

use devices::register::{catalogue, purchase};
use identity::Role;
use serde_json::{Value, json};
use time::macros::date;

use super::call::Api;
use crate::harness::TestApp;
use crate::harness::lending::proof;

/// A list's items.
fn items(body: &Value) -> &Vec<Value> {
    body["items"].as_array().unwrap()
}

#[tokio::test]
async fn what_a_device_is_chosen_from_is_listed_and_a_model_is_made_once() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = office.person("klara", &[Role::DeviceClerk]).await;
    office.admin("szef").await;
    office.learner("jan").await;
    app.office("inny").await.person("obca", &[Role::DeviceClerk]).await;
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
    let (clerk, boss) = (Api::sign_in(&app, "klara@brzozow").await, Api::sign_in(&app, "szef@brzozow").await);
    let (pupil, stranger) = (Api::sign_in(&app, "jan@brzozow").await, Api::sign_in(&app, "obca@inny").await);

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
