//! What is known of a device beside its number: its SIM card and data plan, what the management of devices says of it, who answers for
//! it, who insured it.

use base::Actor;
use devices::AssetId;
use devices::register::catalogue::{self, NewModel};
use devices::register::{AssetKind, NewAsset, asset};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use time::Date;
use time::macros::{date, datetime};

use crate::harness::lending::{clerk, laptops, lend, proof, until};
use crate::harness::{House, Page, Someone, TestApp, set_clock};

/// A SIM card on the books, with a plan that ends on that day.
async fn card(office: &House<'_>, who: &Actor, number: &str, ends: Option<Date>) -> AssetId {
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let known = catalogue::models(&mut tx, &proof().reader()).await.unwrap();
    let model = match known.into_iter().find(|model| model.kind == AssetKind::SimCard) {
        Some(model) => model.id,
        None => {
            let new = NewModel {
                maker: "Orange".to_owned(),
                kind: Some(AssetKind::SimCard),
                name: "Internet".to_owned(),
                ..NewModel::default()
            };
            catalogue::save_model(&mut tx, &proof(), None, &new).await.unwrap()
        }
    };
    let new = NewAsset {
        model: Some(model),
        inventory_no: number.to_owned(),
        phone_no: "+48 600 100 200".to_owned(),
        plan: "50 GB na miesiąc".to_owned(),
        plan_until: ends,
        ..NewAsset::default()
    };
    let id = asset::register(&mut tx, &proof(), &new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// What stands behind that label in the list of facts.
#[track_caller]
pub fn fact(page: &Page, label: &str) -> String {
    let rest = page.text.split(&format!("<dt>{label}</dt>")).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no {label:?} in:\n{}", page.text));
    rest.split("</div>").next().unwrap().to_owned()
}

/// The table with that id.
#[track_caller]
fn table(page: &Page, id: &str) -> String {
    let rest = page.text.split(&format!("<table id=\"{id}\"")).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no {id:?} in:\n{}", page.text));
    rest.split("</table>").next().unwrap().to_owned()
}

#[tokio::test]
async fn plans_of_cards_that_end_soon_are_told_with_where_the_card_is_and_who_has_it() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let (klara, jan) = (clerk(&office, "klara").await, office.learner("jan").await);
    let devices = laptops(&office, &klara.actor, &["IT/1"]).await;
    let soon = card(&office, &klara.actor, "SIM/1", Some(date!(2026 - 12 - 10))).await;
    card(&office, &klara.actor, "SIM/2", Some(date!(2027 - 02 - 10))).await;
    card(&office, &klara.actor, "SIM/3", Some(date!(2026 - 10 - 22))).await;
    card(&office, &klara.actor, "SIM/4", Some(date!(2026 - 10 - 21))).await;
    card(&office, &klara.actor, "SIM/5", None).await;
    let put = [("sim", soon.to_string()), ("slot", "1".to_owned())];
    let put: Vec<(&str, &str)> = put.iter().map(|(name, value)| (*name, value.as_str())).collect();
    klara.client.post(&format!("/devices/assets/{}/sim", devices[0]), &put).await.assert(303);
    lend(&office, &klara.actor, jan.id, "IT/1", &until(date!(2030 - 01 - 01))).await;
    let page = klara.client.get("/devices/reports/plans?within=30").await.assert(200);
    let told = table(&page, "report-0");
    for part in ["SIM/1", "50 GB na miesiąc", "10.12.2026", "IT/1", "+48 600 100 200", "Osoba JAN"] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    // What ended within the last thirty days is still told, and what ends later than asked for is not yet.
    assert!(told.contains("SIM/3") && told.find("SIM/3") < told.find("SIM/1"), "{told}");
    for other in ["SIM/2", "SIM/4", "SIM/5"] {
        assert!(!told.contains(other), "{other} is in {told}");
    }
    klara.client.get("/devices/reports/plans?within=90").await.assert(200).has("SIM/2").has("10.02.2027");
    let csv = klara.client.get("/devices/reports/plans/csv?within=30").await.assert(200);
    let line = csv.text.lines().find(|line| line.starts_with("SIM/1;")).expect("a line of SIM/1").to_owned();
    assert!(line.contains(";2026-12-10;19;IT/1;"), "{line}");
    app.end().await;
}

#[tokio::test]
async fn a_card_that_wanders_leaves_a_history_and_its_codes_are_on_no_page_but_the_clerk_s() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let (klara, boss, jan) =
        (clerk(&office, "klara").await, office.admin("szef").await, office.learner("jan").await);
    let devices = laptops(&office, &klara.actor, &["IT/1", "IT/2"]).await;
    let sim = card(&office, &klara.actor, "SIM/1", None).await;
    let put = async |device: AssetId, slot: &str, said: &str| {
        let path = format!("/devices/assets/{device}");
        let form = [("sim", sim.to_string()), ("slot", slot.to_owned())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = klara.client.post(&format!("{path}/sim"), &form).await.assert(303);
        klara.client.get(&answer.location()).await.assert(200).has(said);
    };
    put(devices[0], "1", "SIM/1").await;
    put(devices[1], "1", "jest już w urządzeniu").await;
    app.clock.advance(time::Duration::hours(24));
    klara.client.post(&format!("/devices/assets/{sim}/sim/out"), &[]).await.assert(303);
    app.clock.advance(time::Duration::hours(24));
    put(devices[1], "2", "SIM/1").await;
    let of_card = klara.client.get(&format!("/devices/assets/{sim}")).await.assert(200);
    let told = table(&of_card, "swaps");
    assert_eq!((told.matches("<th scope=\"row\"").count(), told.matches("<time").count()), (2, 3), "{told}");
    // Where it is stands before where it was, with the days of both.
    assert!(told.find("IT/2") < told.find("IT/1"), "{told}");
    for part in ["IT/1", "IT/2", "21.11.2026", "22.11.2026", "23.11.2026", "Osoba KLARA"] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    for (device, days) in [(devices[0], ["21.11.2026", "22.11.2026"]), (devices[1], ["23.11.2026"; 2])] {
        let page = klara.client.get(&format!("/devices/assets/{device}")).await.assert(200);
        let told = table(&page, "swaps");
        assert_eq!(told.matches("<th scope=\"row\"").count(), 1, "{told}");
        assert!(told.contains("SIM/1") && days.iter().all(|day| told.contains(day)), "{told}");
    }

    let codes = [("pin", "47110815"), ("puk", "87654321")];
    klara.client.post(&format!("/devices/assets/{sim}/codes"), &codes).await.assert(303);
    // Who may look through the register does not see them, nor that they could be shown.
    let path = format!("/devices/assets/{sim}");
    boss.client.get(&path).await.assert(200).has("SIM/1").lacks("47110815").lacks("87654321").lacks("/codes");
    boss.client
        .post(&format!("{path}/codes/show"), &[])
        .await
        .assert(403)
        .lacks("47110815")
        .lacks("87654321");
    jan.client.get(&path).await.assert(403).lacks("47110815");
    jan.client.post(&format!("{path}/codes/show"), &[]).await.assert(403).lacks("47110815").lacks("87654321");
    app.visitor().post(&format!("{path}/codes/show"), &[]).await.lacks("47110815").lacks("87654321");
    for page in [path.as_str(), "/devices/export", "/devices?kind=sim_card", "/devices/reports/plans"] {
        klara.client.get(page).await.assert(200).lacks("47110815").lacks("87654321");
    }
    klara.with_ticket().await.get(&format!("/api/v1/devices/{sim}")).await.assert(200).lacks("47110815");
    app.end().await;
}

/// Reads a table in as a clerk does: looked at, then confirmed.
async fn read_in(who: &Someone, text: &str) {
    let part = Part::bytes(text.as_bytes().to_vec()).file_name("sprzet.csv");
    let request =
        who.client.request(Method::POST, "/devices/import").multipart(Form::new().part("file", part));
    let file = who.client.send(request).await.assert(200).value("file");
    who.client.post("/devices/import/confirm", &[("file", &file)]).await.assert(303);
}

#[tokio::test]
async fn what_the_management_of_devices_saw_comes_by_a_file_and_the_newest_day_stays() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let id = laptops(&office, &klara.actor, &["IT/1"]).await[0];
    let path = format!("/devices/assets/{id}");
    klara.client.get(&path).await.assert(200).lacks("Ostatnio widziany w MDM");
    for (day, shown) in [
        ("2026-11-10", "10.11.2026"),
        ("01.11.2026", "10.11.2026"),
        ("", "10.11.2026"),
        ("2026-11-19T23:30:00Z", "19.11.2026"),
    ] {
        let head = "nr_inwentarzowy;producent;model;mdm;mdm_widziano";
        read_in(&klara, &format!("{head}\nIT/1;Dell;Latitude 3520;MDM-77;{day}\n")).await;
        let page = klara.client.get(&path).await.assert(200);
        assert!(fact(&page, "Identyfikator MDM").contains("MDM-77"), "{day}");
        assert!(fact(&page, "Ostatnio widziany w MDM").contains(shown), "{day}: {}", page.text);
    }
    klara.client.get("/devices?q=mdm-77").await.assert(200).has("IT/1");
    let csv = klara.client.get("/devices/export").await.assert(200);
    assert!(csv.text.contains(";MDM-77;2026-11-19;"), "{}", csv.text);
    app.end().await;
}

#[tokio::test]
async fn whose_it_is_who_answers_for_it_and_where_it_stands_are_three_things() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let (ada, boss) = (office.instructor("ada").await, office.admin("szef").await);
    let id = laptops(&office, &klara.actor, &["IT/1"]).await[0];
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let terminal = identity::PeopleAdmin::at_the_terminal();
    let unit = identity::unit::create(&mut tx, &terminal, None, "Wydział Oświaty").await.unwrap();
    let place = catalogue::save_place(&mut tx, &proof(), None, "Magazyn").await.unwrap();
    let model = asset::one(&mut tx, &proof().reader(), id).await.unwrap().model_id;
    tx.commit().await.unwrap();
    let (path, edit) = (format!("/devices/assets/{id}"), format!("/devices/assets/{id}/edit"));
    klara.client.get(&edit).await.assert(200).has("name=\"custodian\"").has("ADA Osoba");
    let form = |custodian: String| {
        [
            ("model", model.to_string()),
            ("inventory_no", "IT/1".to_owned()),
            ("owner_unit", unit.to_string()),
            ("custodian", custodian),
            ("place", place.to_string()),
            ("revision", "1".to_owned()),
        ]
    };
    let post = async |form: &[(&str, String)]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        klara.client.post(&edit, &form).await
    };
    let nobody = uuid::Uuid::new_v4().to_string();
    post(&form(nobody)).await.assert(422).has("Opiekun sprzętu: ");
    post(&form(ada.id.to_string())).await.assert(303);
    for who in [&klara, &boss] {
        let page = who.client.get(&path).await.assert(200);
        for (label, value, others) in [
            ("Jednostka (na stanie)", "Wydział Oświaty", ["Osoba ADA", "Magazyn"]),
            ("Opiekun sprzętu", "Osoba ADA", ["Wydział", "Magazyn"]),
            ("Miejsce", "Magazyn", ["Wydział", "Osoba ADA"]),
        ] {
            let told = fact(&page, label);
            assert!(told.contains(value) && others.iter().all(|other| !told.contains(other)), "{told}");
        }
    }
    // The change of hands is a line of custody.
    let page = klara.client.get(&path).await.assert(200);
    assert!(table(&page, "chain").contains("Opiekun sprzętu"), "{}", page.text);

    // By the file: it goes out with the login, and comes in by login or by name.
    let export = klara.client.get("/devices/export").await.assert(200).text;
    assert!(export.lines().next().unwrap().contains(";jednostka;opiekun;miejsce;"), "{export}");
    assert!(export.contains(";Wydział Oświaty;ada;Magazyn;"), "{export}");
    read_in(&klara, export.trim_start_matches('\u{feff}')).await;
    klara.client.get(&edit).await.assert(200).has("name=\"revision\" value=\"2\"");
    let line =
        |who: &str| format!("nr_inwentarzowy;producent;model;opiekun\nIT/1;Dell;Latitude 3520;{who}\n");
    read_in(&klara, &line("osoba szef")).await;
    let page = klara.client.get(&path).await.assert(200);
    assert!(fact(&page, "Opiekun sprzętu").contains("Osoba SZEF"), "{}", page.text);
    assert!(fact(&page, "Miejsce").contains("Magazyn"), "what the file has no column for stays");
    let part = Part::bytes(line("Kto To").into_bytes()).file_name("sprzet.csv");
    let request =
        klara.client.request(Method::POST, "/devices/import").multipart(Form::new().part("file", part));
    klara.client.send(request).await.assert(422).has("Kto To").has("Opiekun sprzętu");
    // A column that is there and a cell that is empty: nobody any more.
    read_in(&klara, &line("")).await;
    klara.client.get(&path).await.assert(200).lacks("Opiekun sprzętu</dt>");
    app.end().await;
}

#[tokio::test]
async fn the_insurer_of_a_purchase_stands_with_each_of_its_devices() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (klara, boss) = (clerk(&office, "klara").await, office.admin("szef").await);
    let id = laptops(&office, &klara.actor, &["IT/1", "IT/2"]).await[0];
    let lot = [
        ("name", "Dostawa 1"),
        ("invoice_no", "FV/1"),
        ("insurer", "Towarzystwo „Brzoza” & syn"),
        ("policy_no", "TUB/884/2024"),
        ("insured_until", "2027-05-13"),
    ];
    klara.client.post("/devices/lots/new", &lot).await.assert(303);
    read_in(&klara, "nr_inwentarzowy;producent;model;zakup\nIT/1;Dell;Latitude 3520;Dostawa 1\n").await;
    let path = format!("/devices/assets/{id}");
    for who in [&klara, &boss] {
        let page = who.client.get(&path).await.assert(200);
        assert!(fact(&page, "Ubezpieczyciel").contains("Towarzystwo „Brzoza” &amp; syn"), "{}", page.text);
        assert!(fact(&page, "Numer polisy").contains("TUB/884/2024"), "{}", page.text);
        assert!(fact(&page, "Ubezpieczenie do").contains("13.05.2027"), "{}", page.text);
    }
    // It is read back into the form of the purchase, and a change there is seen at once.
    let list = klara.client.get("/devices/catalogue").await.assert(200).text;
    let mut links = list.split("/devices/lots/").skip(1);
    let lot = links.find(|rest| !rest.starts_with("new")).expect("the purchase")[..36].to_owned();
    let page = klara.client.get(&format!("/devices/lots/{lot}")).await.assert(200);
    page.has("TUB/884/2024").has("Towarzystwo „Brzoza” &amp; syn").has("2027-05-13");
    let changed = [("name", "Dostawa 1"), ("insurer", "Inny"), ("policy_no", "X/2")];
    klara.client.post(&format!("/devices/lots/{lot}"), &changed).await.assert(303);
    let page = klara.client.get(&path).await.assert(200).has("X/2").lacks("TUB/884/2024");
    page.lacks("Ubezpieczenie do");
    app.end().await;
}
