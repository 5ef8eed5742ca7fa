//! The real name of a protected programme through every door: pages, API, prints, CSV, workbooks, PDF, letters. Only the clerk
//! reads it, and each look is written down; and the borrower's own paper, when its programme demands the name.

use std::io::{Cursor, Read as _};

use devices::ProgrammeId;
use devices::applications::{self, Rules};
use devices::loans::agreement;
use devices::loans::due;
use devices::loans::kind::{AgreementKind, LoanKind, SignedBy};
use devices::register::purchase;
use devices::{AgreementId, LoanId};
use identity::guardian::{self, Basis};
use identity::{DeviceClerk, Role};
use reqwest::Method;
use time::macros::date;

use crate::authz::filled;
use crate::harness::lending::{drawn_up, hand, until};
use crate::harness::owner;
use crate::harness::pdf::text;
use crate::harness::{Client, House, PASSWORD, Someone, TestApp};

const NAME: &str = "Ochronka Złotokłos";
const NEUTRAL: &str = "Laptopy 2021";

fn proof() -> DeviceClerk {
    DeviceClerk::at_the_terminal()
}

/// What a person can read of an answer, whatever its form: with its address, headers, and every part of an archive.
async fn read(client: &Client, path: &str) -> (u16, String) {
    let answer = client.request(Method::GET, path).send().await.unwrap();
    let (status, kind) = (answer.status().as_u16(), answer.headers().get("content-type").cloned());
    // The second of the answer is of no document, and two answers are compared.
    let mut headers = answer.headers().clone();
    headers.remove("date");
    let mut told = format!("{path}\n{headers:?}\n");
    let bytes = answer.bytes().await.unwrap();
    if bytes.starts_with(b"%PDF-") {
        told.push_str(&text(&bytes));
    } else if bytes.starts_with(b"PK\x03\x04") {
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes[..])).unwrap();
        for at in 0..archive.len() {
            archive.by_index(at).unwrap().read_to_string(&mut told).unwrap();
        }
    } else {
        told.push_str(&String::from_utf8_lossy(&bytes));
    }
    assert!(kind.is_some() || bytes.is_empty(), "{path} says what it is");
    (status, told)
}

fn named(told: &str) -> bool {
    told.to_lowercase().contains("złotokłos")
}

/// A signed agreement of the programme, handed over.
async fn lent(
    office: &House<'_>,
    klara: &Someone,
    to: &Someone,
    code: &str,
    programme: ProgrammeId,
) -> (AgreementId, LoanId) {
    let mut tx = office.app.ground.db.begin(&klara.actor).await.unwrap();
    let device = (code, LoanKind::Primary);
    let (id, loan) = drawn_up(&mut tx, AgreementKind::Loan, to.id, Some(programme), device).await;
    due::set_of_agreement(&mut tx, &proof(), id, &until(date!(2030 - 06 - 30))).await.unwrap();
    agreement::sign(&mut tx, &proof(), id, SignedBy::Paper, None).await.unwrap();
    tx.commit().await.unwrap();
    hand(office, &klara.actor, id, &[loan]).await.unwrap();
    (id, loan)
}

/// Saves the programme through its form; `demanded`: its agreements must say the real name.
async fn save(klara: &Someone, programme: ProgrammeId, demanded: bool) {
    let mut form = vec![("name", NAME), ("neutral_name", NEUTRAL), ("sensitive", "1"), ("transfer", "loan")];
    if demanded {
        form.push(("named_in_agreements", "1"));
    }
    klara.client.post(&format!("/devices/programmes/{programme}"), &form).await.assert(303);
}

/// What stands for the parameters of addresses.
pub struct Real {
    pub values: Vec<(&'static str, String)>,
    boss: Someone,
    pub jan: Someone,
    rita: Someone,
    /// Who speaks for Ola.
    pub ciocia: Someone,
    ola: Someone,
}

/// Everything that a programme's name can stand on: devices, two agreements, an application, a stocktake, a frozen report.
pub async fn town(office: &House<'_>, klara: &Someone) -> Real {
    let app = office.app;
    let boss = office.admin("szef").await;
    super::reports::filled(office, klara, &boss).await;
    let (jan, rita) = (office.learner("jan").await, office.learner("rita").await);
    let (ciocia, ola) = (office.learner("ciocia").await, office.learner("ola").await);
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let all = purchase::programmes_in_full(&mut tx, &proof()).await.unwrap();
    let programme = all.into_iter().find(|one| one.programme.sensitive).unwrap().id;
    let born = Some(date!(2014 - 01 - 01));
    guardian::set_born_on(&mut tx, &proof(), ola.id, born).await.unwrap();
    let since = date!(2014 - 01 - 01);
    guardian::add(&mut tx, &proof(), ola.id, ciocia.id, Basis::FosterParent, since).await.unwrap();
    let rules = Rules { apply_from: Some(date!(2026 - 11 - 01)), collect_days: 14, ..Rules::default() };
    applications::set_rules(&mut tx, &proof(), programme, &rules).await.unwrap();
    let lot = purchase::lots(&mut tx, &proof().reader()).await.unwrap()[0].id;
    tx.commit().await.unwrap();
    save(klara, programme, false).await;
    let (neutral, loan) = lent(office, klara, &jan, "IT/8", programme).await;
    save(klara, programme, true).await;
    let (telling, _) = lent(office, klara, &rita, "IT/10", programme).await;

    let clerk = &klara.client;
    let form = [("code", "IT/8"), ("kind", "damage"), ("happened_on", "2026-11-20"), ("description", "rysa")];
    let incident = clerk.post("/devices/incidents", &form).await.assert(303).location();
    let form = [("name", "Spis 2026"), ("counter_one", "Anna Nowak"), ("counter_two", "Jan Lis")];
    let stocktake = clerk.post("/devices/stocktakes", &form).await.assert(303).location();
    clerk.post(&format!("{stocktake}/scan"), &[("code", "IT/10"), ("counter", "1")]).await.assert(200);
    clerk.post(&format!("{stocktake}/close"), &[]).await.assert(303);
    clerk.post("/devices/reports/frozen", &[]).await.assert(303);
    boss.client.post("/devices/reports/public", &[("to", "on")]).await.assert(303);
    let who = ola.id.to_string();
    let apply = format!("/my-devices/apply/{programme}");
    let draft = [("who", who.as_str()), ("need", "nauka")];
    let sent = ciocia.client.post(&apply, &draft).await.assert(303).location();
    ciocia.client.post(&format!("{sent}/send"), &[]).await.assert(303);
    let application = last(&sent);
    let refuse = [
        ("decision", "refuse"),
        ("refusal", "no_devices"),
        ("decided_on", "2026-11-20"),
        ("decided_by", "komisja"),
    ];
    clerk.post(&format!("/devices/applications/{application}/decide"), &refuse).await.assert(303);

    let mut owner = owner(app).await;
    let one = async |sql: &'static str, connection: &mut sqlx::PgConnection| -> uuid::Uuid {
        sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
    };
    let asset = one("select id from asset where inventory_no = 'IT/10'", &mut owner).await.to_string();
    let model = one("select id from asset_model limit 1", &mut owner).await.to_string();
    let frozen = one("select id from frozen_report limit 1", &mut owner).await.to_string();
    let protocol = one(
        "select handover_id from loan where handover_id is not null order by id desc limit 1",
        &mut owner,
    );
    let protocol = protocol.await.to_string();
    let label: String = sqlx::query_scalar("select label from asset where inventory_no = 'IT/10'")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    let mut values = vec![
        ("asset", asset.clone()),
        ("device", asset),
        ("model", model.clone()),
        ("place", model),
        ("programme", programme.to_string()),
        ("lot", lot.to_string()),
        ("label", label),
        ("photo", uuid::Uuid::new_v4().to_string()),
        ("agreement", telling.to_string()),
        ("neutral", neutral.to_string()),
        ("loan", loan.to_string()),
        ("id", loan.to_string()),
        ("protocol", protocol),
        ("incident", last(&incident)),
        ("application", application),
        ("stocktake", last(&stocktake)),
        ("frozen", frozen),
        ("report", "programmes".to_owned()),
        ("slug", "brzozow".to_owned()),
        ("person", jan.id.to_string()),
        ("due", loan.to_string()),
        ("event", loan.to_string()),
    ];
    values.extend(super::retention::one_of_everything(office, klara).await);
    Real { values, boss, jan, rita, ciocia, ola }
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Every address of devices that is read, with the second agreement and the other reports.
pub fn addresses(real: &[(&'static str, String)]) -> Vec<String> {
    let ours = |path: &str| {
        ["/devices", "/my-devices", "/statistics", "/d/", "/api/v1/devices"]
            .iter()
            .any(|start| path.starts_with(start))
    };
    let routes = app::routes::pages();
    let read = routes.list().iter().filter(|route| route.method == Method::GET && ours(route.path));
    // `/people/{id}` is one of `people`, which no name with an s stands for.
    let person = real.iter().find(|(name, _)| *name == "person").unwrap().1.clone();
    let mut all: Vec<String> = read
        .map(|route| filled(&route.path.replace("/people/{id}", &format!("/people/{person}")), real))
        .collect();
    let value = |name: &str| real.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    for path in all.clone() {
        if path.contains(&value("agreement")) {
            all.push(path.replace(&value("agreement"), &value("neutral")));
        }
        for report in ["cost", "units", "overdue"] {
            if path.contains("/reports/programmes") {
                all.push(path.replace("/reports/programmes", &format!("/reports/{report}")));
            }
        }
    }
    all.push(format!("/devices?programme={}", value("programme")));
    all.push(format!("/devices/applications/new?person={person}&programme={}", value("programme")));
    all.push(format!("/devices/agreements/new?person={person}"));
    all
}

#[tokio::test]
async fn the_name_of_a_protected_programme_stands_nowhere_but_before_the_clerk_whose_looks_are_written_down()
{
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = office.person("klara", &[Role::DeviceClerk]).await;
    let town = town(&office, &klara).await;
    let paths = addresses(&town.values);
    assert!(paths.len() > 80, "{} addresses", paths.len());
    let teacher = office.instructor("nauczyciel").await;
    let installs = office.person("instalator", &[Role::InstallationAdmin]).await;
    let everybody = [&town.boss, &teacher, &installs, &town.ciocia, &town.jan, &town.ola];
    for person in everybody {
        let ticket = person.client.clone().with_ticket(&format!("{}@brzozow", person.login), PASSWORD).await;
        let (mut opened, mut papers, mut books) = (0, 0, 0);
        for path in &paths {
            let client = if path.starts_with("/api/") { &ticket } else { &person.client };
            let (status, told) = read(client, path).await;
            assert!(status < 500, "{path} as {}: {status}", person.login);
            assert!(!named(&told), "{path} tells {} the name ({status}): {told}", person.login);
            if status == 200 {
                opened += 1;
                papers += i32::from(told.contains("application/pdf"));
                books += i32::from(told.contains("spreadsheetml"));
            }
        }
        eprintln!("{}: {opened} of {} pages, {papers} PDF, {books} workbooks", person.login, paths.len());
        if person.login == "szef" {
            assert!(
                opened > 45 && papers >= 6 && books >= 5,
                "{opened} pages, {papers} PDF, {books} workbooks"
            );
        }
    }
    // What left by e-mail, and what the administrator reads of the looks.
    let mut owner = owner(&app).await;
    let sent: Vec<String> =
        sqlx::query_scalar("select args::text from job").fetch_all(&mut owner).await.unwrap();
    assert!(sent.iter().any(|letter| letter.contains(NEUTRAL)), "{sent:?}");
    assert!(!sent.iter().any(|letter| named(letter)), "{sent:?}");

    // The clerk reads it where the work needs it, and never without a row in the audit.
    let ticket = klara.client.clone().with_ticket("klara@brzozow", PASSWORD).await;
    let looks = "select count(*) from audit_event where act like 'viewed\\_%'";
    let (mut seen, mut silent) = (Vec::new(), Vec::new());
    for path in &paths {
        let before: i64 = sqlx::query_scalar(looks).fetch_one(&mut owner).await.unwrap();
        let client = if path.starts_with("/api/") { &ticket } else { &klara.client };
        let (status, told) = read(client, path).await;
        assert!(status < 500, "{path}: {status}");
        let after: i64 = sqlx::query_scalar(looks).fetch_one(&mut owner).await.unwrap();
        if named(&told) {
            if after == before {
                silent.push(path.as_str());
            }
            seen.push(path.as_str());
        }
    }
    assert!(silent.is_empty(), "these tell the name and nobody writes it down: {silent:?}");
    let value = |name: &str| town.values.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    for path in [
        format!("/devices/assets/{}", value("asset")),
        format!("/devices/agreements/{}", value("agreement")),
        format!("/devices/agreements/{}/document", value("agreement")),
        format!("/api/v1/devices/agreements/{}", value("agreement")),
        format!("/devices/agreements/{}", value("neutral")),
        format!("/devices/programmes/{}", value("programme")),
        format!("/devices/programmes/{}/applications", value("programme")),
        format!("/devices/applications/{}", value("application")),
        "/devices/catalogue".to_owned(),
        "/devices/reports/programmes".to_owned(),
        "/devices/export".to_owned(),
    ] {
        assert!(seen.contains(&path.as_str()), "the clerk does not read it on {path}: {seen:#?}");
    }
    for path in ["/devices/desk", "/devices/new", "/devices/applications", "/devices/lots/new", "/devices"] {
        assert!(!seen.contains(&path), "{path} is filled in with people standing by");
    }
    let looks = town.boss.client.get("/devices/reports/views").await.assert(200);
    looks.has("Chroniony program, jego zasady i wnioski").has("Wniosek w chronionym programie").has(NEUTRAL);
    app.end().await;
}

#[tokio::test]
async fn an_agreement_says_the_neutral_name_unless_its_programme_demands_the_real_one() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = office.person("klara", &[Role::DeviceClerk]).await;
    let town = town(&office, &klara).await;
    let value = |name: &str| town.values.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let (neutral, telling) = (value("neutral"), value("agreement"));
    let form = klara.client.get(&format!("/devices/programmes/{}", value("programme"))).await.assert(200);
    form.has("Umowy muszą podawać prawdziwą nazwę programu").has("bo umowę oglądają w domu także inni");
    let own = |id: &str| format!("/my-devices/agreements/{id}/document");
    let paper = read(&town.jan.client, &own(&neutral)).await;
    assert!(paper.0 == 200 && paper.1.contains(NEUTRAL) && !named(&paper.1), "{}", paper.1);
    // Rita's programme demanded it: her paper says it, to her and to the clerk, and to nobody who only reads the register.
    let paper = read(&town.rita.client, &own(&telling)).await;
    assert!(paper.0 == 200 && named(&paper.1), "{}", paper.1);
    let page = format!("/devices/agreements/{telling}");
    town.boss.client.get(&page).await.assert(200).has("tylko jej strony i osoby prowadzące ewidencję");
    for part in ["document", "print", "scan"] {
        town.boss.client.get(&format!("{page}/{part}")).await.assert(403);
    }
    // What was signed stays when the setting changes back.
    let programme = value("programme").parse().unwrap();
    save(&klara, programme, false).await;
    assert_eq!(read(&town.rita.client, &own(&telling)).await.1, paper.1);
    // A neutral name that gives the real one away is none.
    let form = [
        ("name", NAME),
        ("neutral_name", "Program ochronka złotokłos 2"),
        ("sensitive", "1"),
        ("transfer", "loan"),
    ];
    klara
        .client
        .post(&format!("/devices/programmes/{programme}"), &form)
        .await
        .assert(422)
        .has("musi być inna niż nazwa programu");
    app.end().await;
}
