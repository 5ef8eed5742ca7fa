//! Reports, declarations and stocktakes by the API: what the pages show, to whom the pages show it.

use identity::Role;
use reqwest::Method;
use serde_json::{Value, json};
use time::macros::datetime;

use super::call::Api;
use crate::harness::TestApp;
use crate::http::loans::{hand_out, laptops, set_clock};
use crate::http::reports::filled;

#[tokio::test]
async fn reports_are_rows_and_files_and_name_a_protected_programme_to_clerks_alone() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = office.person("klara", &[Role::DeviceClerk]).await;
    let szef = office.admin("szef").await;
    office.learner("jan").await;
    app.office("inny").await.person("obca", &[Role::DeviceClerk]).await;
    filled(&office, &klara, &szef).await;
    let (clerk, boss) = (Api::sign_in(&app, "klara@brzozow").await, Api::sign_in(&app, "szef@brzozow").await);
    let (pupil, stranger) = (Api::sign_in(&app, "jan@brzozow").await, Api::sign_in(&app, "obca@inny").await);

    let all = clerk.get("/devices/reports").await.assert(200);
    let words: Vec<&str> =
        all["items"].as_array().unwrap().iter().map(|one| one["report"].as_str().unwrap()).collect();
    assert_eq!(words, ["units", "programmes", "models", "overdue", "warranty", "plans", "cost"]);
    let units = clerk.get("/devices/reports/units").await.assert(200);
    assert_eq!(units["items"][0]["name"], "=2+5 Szkoła");
    assert_eq!(units["sum"]["on_books"], 12);
    assert_eq!((&units["sum"]["overdue"], &units["sum"]["worth_grosze"]), (&json!(7), &json!(2_433_924)));
    assert_eq!(clerk.get("/devices/reports/models").await.assert(200)["sum"]["in_stock"], 5);

    // The real name of a protected programme is the clerk's; who only reads gets the neutral one, in rows and in files.
    for path in ["programmes", "cost", "programmes/csv"] {
        let path = format!("/devices/reports/{path}");
        let (real, neutral) = (clerk.get(&path).await.page, boss.get(&path).await.page);
        assert!(real.text.contains("Piecza zastępcza"), "{path}: {}", real.text);
        assert!(neutral.text.contains("Laptopy 2021"), "{path}: {}", neutral.text);
        assert!(!neutral.text.contains("Piecza"), "{path}: {}", neutral.text);
    }
    let cost = clerk.get("/devices/reports/cost").await.assert(200);
    assert_eq!(cost["items"][0]["price_grosze"], 2_433_924);
    assert_eq!(cost["payers"].as_array().unwrap().len(), 2);

    let late = clerk.get("/devices/reports/overdue").await.assert(200);
    assert_eq!(late["items"].as_array().unwrap().len(), 7);
    assert_eq!(
        (&late["items"][0]["due_on"], &late["items"][0]["days_overdue"]),
        (&json!("2026-11-01"), &json!(20))
    );
    let one = clerk.get("/devices/reports/overdue?q=IT%2F3").await.assert(200);
    assert_eq!(one["items"].as_array().unwrap().len(), 1);
    let none = format!("/devices/reports/overdue?group={}", uuid::Uuid::new_v4());
    assert_eq!(clerk.get(&none).await.assert(200)["items"], json!([]));
    let ends = clerk.get("/devices/reports/warranty?within=180").await.assert(200);
    assert_eq!((ends["items"].as_array().unwrap().len(), &ends["items"][0]["days"]), (12, &json!(40)));
    assert_eq!(clerk.get("/devices/reports/warranty?within=30").await.assert(200)["items"], json!([]));
    clerk.get("/devices/reports/warranty?within=31").await.names("within", "unknown");
    clerk.get("/devices/reports/overdue?colour=1").await.names("colour", "unknown-field");
    assert_eq!(clerk.get("/devices/reports/plans").await.assert(200)["items"], json!([]));

    let csv = clerk.get("/devices/reports/units/csv").await.page.assert(200);
    assert!(csv.text.contains("\n'=2+5 Szkoła;12;7;7;5;0;0;24339.24\n"), "{}", csv.text);
    let book =
        clerk.client.request(Method::GET, "/api/v1/devices/reports/overdue/xlsx").send().await.unwrap();
    let book = book.bytes().await.unwrap();
    assert_eq!(devices::register::import::table(&book, "").unwrap().rows.len(), 7);
    clerk.get("/devices/reports/nie-ma/csv").await.refused(404, "not-found");

    // Savings are the organisation's own.
    let inputs = json!({ "people": 21, "meetings": 12, "pages": 150, "page_price": 20, "device_price": 202_827, "years": 5 });
    let saved = boss.put("/devices/reports/savings", inputs.clone()).await.assert(200);
    assert_eq!((&saved["printing_grosze"], &saved["saved_grosze"]), (&json!(756_000), &json!(-95_873)));
    assert_eq!(clerk.get("/devices/reports/savings").await.assert(200)["inputs"], inputs);
    assert_ne!(stranger.get("/devices/reports/savings").await.assert(200)["inputs"], inputs);
    let mut wrong = inputs;
    wrong["years"] = json!(0);
    boss.put("/devices/reports/savings", wrong).await.names("years", "malformed");

    // A copy for the auditor is made once for a key, names no protected programme and is the organisation's own.
    let made = clerk.post_once("/devices/reports/frozen", "klucz-audytu", None).await.assert(201);
    assert_eq!(clerk.post_once("/devices/reports/frozen", "klucz-audytu", None).await.assert(201), made);
    let list = boss.get("/devices/reports/frozen").await.assert(200);
    assert_eq!(list["items"], json!([made]));
    let file = made["file"].as_str().unwrap().to_owned();
    let bytes = clerk.client.request(Method::GET, &file).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(i64::try_from(bytes.len()).unwrap(), made["size_bytes"].as_i64().unwrap());
    let table = devices::register::import::table(&bytes, &devices_by_programme()).unwrap();
    assert!(!format!("{:?}", table.rows).contains("Piecza") && table.rows.len() > 1, "{:?}", table.rows);
    let file = file.trim_start_matches("/api/v1").to_owned();
    stranger.get(&file).await.refused(404, "not-found");
    assert_eq!(stranger.get("/devices/reports/frozen").await.assert(200)["items"], json!([]));
    assert_eq!(stranger.get("/devices/reports/units").await.assert(200)["sum"]["on_books"], 0);

    // Looks at what is protected are the administrator's to read.
    klara.client.get("/devices/export.xlsx").await.assert(200);
    let looks = boss.get("/devices/reports/views").await.assert(200);
    assert_eq!(looks["items"][0]["what"], "viewed_register_file");
    clerk.get("/devices/reports/views").await.refused(403, "not-allowed");
    for path in
        ["", "/units", "/programmes", "/overdue", "/cost", "/units/csv", "/savings", "/frozen", "/views"]
    {
        pupil.get(&format!("/devices/reports{path}")).await.refused(403, "not-allowed");
    }
    pupil.get(&file).await.refused(403, "not-allowed");
    pupil.act("/devices/reports/frozen").await.refused(403, "not-allowed");
    app.end().await;
}

/// The sheet of programmes in a copy.
fn devices_by_programme() -> String {
    words::reports::report_programmes(words::Language::Pl).to_owned()
}

#[tokio::test]
async fn a_borrower_sees_and_declares_what_they_have_and_a_stocktake_tells_its_lines() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let klara = office.person("klara", &[Role::DeviceClerk]).await;
    let (jan, _ola) = (office.learner("jan").await, office.learner("ola").await);
    app.office("inny").await.person("obca", &[Role::DeviceClerk]).await;
    laptops(&office, &klara.actor, &["IT/1", "IT/2", "IT/3"]).await;
    let loan = hand_out(&office, &klara.actor, jan.id, "IT/1").await;
    let clerk = Api::sign_in(&app, "klara@brzozow").await;
    let (own, other) = (Api::sign_in(&app, "jan@brzozow").await, Api::sign_in(&app, "ola@brzozow").await);
    let stranger = Api::sign_in(&app, "obca@inny").await;

    let stocktake = crate::http::stocktake::one_of_everything(&office, &klara).await.remove(0).1;
    let path = format!("/devices/stocktakes/{stocktake}");
    let all = clerk.get("/devices/stocktakes").await.assert(200);
    assert_eq!((&all["items"][0]["expected"], &all["items"][0]["closed_at"]), (&json!(3), &Value::Null));
    assert_eq!(stranger.get("/devices/stocktakes").await.assert(200)["items"], json!([]));
    clerk.post(&format!("{path}/scans"), json!({ "code": "IT/2", "counter": 1 })).await.assert(200);
    clerk.post(&format!("{path}/scans"), json!({ "code": "nikt nie zna", "counter": 2 })).await.assert(200);
    let results = async || {
        let lines = clerk.get(&format!("{path}/lines")).await.assert(200);
        let line = lines["lines"].as_array().unwrap().iter();
        let line: Vec<String> = line.map(|line| line["result"].as_str().unwrap().to_owned()).collect();
        (line, lines["strays"][0]["code"].as_str().unwrap().to_owned())
    };
    let told = |first: &str| [first, "seen", "missing"].map(str::to_owned).to_vec();
    assert_eq!(results().await, (told("unconfirmed"), "nikt nie zna".to_owned()));

    // Their own devices, and nobody else's.
    let mine = own.get("/devices/mine").await.assert(200);
    assert_eq!(
        (&mine["items"][0]["loan_id"], &mine["items"][0]["inventory_no"]),
        (&json!(loan), &json!("IT/1"))
    );
    assert_eq!(other.get("/devices/mine").await.assert(200)["items"], json!([]));
    let declare = format!("/devices/mine/{loan}/declarations");
    own.post(&declare, json!({ "works": false })).await.names("note", "missing");
    for api in [&other, &clerk, &stranger] {
        api.post(&declare, json!({ "works": true })).await.refused(404, "not-found");
    }
    assert_eq!(results().await.0[0], "unconfirmed");
    own.post(&declare, json!({ "works": true })).await.assert(204);
    assert_eq!(results().await.0[0], "declared");

    // What came on paper is written down by a clerk; nobody else may.
    let record = format!("/devices/declarations/{loan}");
    other.post(&record, json!({ "works": true })).await.refused(403, "not-allowed");
    stranger.post(&record, json!({ "works": true })).await.refused(404, "not-found");
    clerk.post(&record, json!({ "works": false, "note": "pęknięta obudowa" })).await.assert(204);
    let due = clerk.get("/devices/declarations").await.assert(200);
    assert_eq!((&due["items"], &due["on_paper"]), (&json!([]), &json!([])));
    own.get("/devices/declarations").await.refused(403, "not-allowed");
    app.end().await;
}
