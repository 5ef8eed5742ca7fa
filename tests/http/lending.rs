//! Lending through the forms where it is not the usual case: files of signatures, institutions, what a return says, thefts, what is
//! lost and scanned all the same, pupils of age, letters to whoever speaks for a child today.

use devices::loans::list::Show;
use identity::guardian::{self, Basis};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;
use time::Duration;
use time::macros::{date, datetime};
use uuid::Uuid;

use super::applications::programme;
use super::assets::fact;
use super::papers::pdf;
use crate::harness::lending::{clerk, laptops, lend, letters, lines, proof, reminded, until};
use crate::harness::pdf::{languages, text};
use crate::harness::{Page, Someone, TestApp, owner, set_clock, speaks};

/// An agreement that is drawn up with these devices and not signed: its address.
async fn drawn_up(anna: &Someone, with: &[(&str, &str)], codes: &[&str], due: &str) -> String {
    let there = anna.client.post("/devices/agreements/new", with).await.assert(303).location();
    for code in codes {
        let item = [("code", *code), ("kind", "primary")];
        anna.client.post(&format!("{there}/items"), &item).await.assert(303);
    }
    anna.client.post(&format!("{there}/due"), &[("due_on", due)]).await.assert(303);
    there
}

async fn sign(anna: &Someone, there: &str, by: &'static str, file: Option<(&[u8], &'static str)>) -> Page {
    let mut form = Form::new().text("by", by);
    if let Some((bytes, name)) = file {
        form = form.part("file", Part::bytes(bytes.to_vec()).file_name(name));
    }
    anna.client.send(anna.client.request(Method::POST, &format!("{there}/sign")).multipart(form)).await
}

/// Both devices of the only agreement are handed over through its form: their loans, and the address of the protocol.
async fn both_handed_over(
    app: &TestApp,
    anna: &Someone,
    there: &str,
    signatory: &str,
) -> (Vec<String>, String) {
    let loans: Vec<Uuid> =
        sqlx::query_scalar("select id from loan order by id").fetch_all(&mut owner(app).await).await.unwrap();
    let loans: Vec<String> = loans.iter().map(Uuid::to_string).collect();
    let form = [
        ("key", "klucz-wydania-1"),
        ("item", loans[0].as_str()),
        ("item", loans[1].as_str()),
        ("by", "paper"),
        ("signatory", signatory),
    ];
    let protocol = anna.client.post(&format!("{there}/handover"), &form).await.assert(303).location();
    (loans, protocol)
}

#[tokio::test]
async fn the_file_of_a_signature_is_given_out_byte_for_byte_as_it_came_in() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    let stranger = clerk(&app.office("krosno").await, "ewa").await;
    laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3"]).await;
    let person = jan.id.to_string();
    let photo: &[u8] = include_bytes!("../expect/photo.jpg");
    // As a signed PDF is: bytes of every kind, and more after the end of the file.
    let every: Vec<u8> = (0..=255).collect();
    let paper = [b"%PDF-1.7\r\n".as_slice(), every.as_slice(), b"%%EOF\n\0\0podpis".as_slice()].concat();
    let mut owner = owner(&app).await;
    for (code, by, bytes, name, kind) in [
        ("IT/1", "paper", photo, "umowa.jpg", "image/jpeg"),
        ("IT/2", "paper", paper.as_slice(), "umowa.pdf", "application/pdf"),
        ("IT/3", "external", paper.as_slice(), "umowa.pdf", "application/pdf"),
    ] {
        let with = [("person", person.as_str()), ("kind", "loan"), ("purpose", "nauka"), ("key", code)];
        let there = drawn_up(&anna, &with, &[code], "2030-06-30").await;
        let scan = format!("{there}/scan");
        anna.client.get(&scan).await.assert(404);
        // What is no picture and no PDF is told, and nothing is signed.
        let refused =
            sign(&anna, &there, by, Some((b"MZ\x90\0program".as_slice(), "umowa.exe"))).await.assert(422);
        refused.has("PDF");
        anna.client.get(&there).await.assert(200).lacks("Umowa jest podpisana").lacks(&scan);
        sign(&anna, &there, by, Some((bytes, name))).await.assert(303);
        anna.client.get(&there).await.assert(200).has("Umowa jest podpisana").has(&scan);
        let answer = anna.client.request(Method::GET, &scan).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{code}");
        assert_eq!(answer.headers()["content-type"], kind, "{code}");
        assert!(answer.bytes().await.unwrap() == bytes, "{code}: other bytes");
        let id = there.rsplit('/').next().unwrap();
        let row: (String, Vec<u8>) = sqlx::query_as(AssertSqlSafe(format!(
            "select signed_by, document_sha256 from loan_agreement where id = '{id}'"
        )))
        .fetch_one(&mut owner)
        .await
        .unwrap();
        assert_eq!((row.0.as_str(), row.1), (by, Sha256::digest(bytes).to_vec()), "{code}");
        jan.client.get(&scan).await.assert(403);
        stranger.client.get(&scan).await.assert(404);
    }
    app.end().await;
}

#[tokio::test]
async fn an_institution_borrows_several_devices_through_the_form_and_gets_its_letters() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    anna.client.get("/devices/agreements/new").await.assert(200).has("/devices/agreements/new?institution=1");
    let page = anna.client.get("/devices/agreements/new?institution=1").await.assert(200);
    page.has("name=\"representative\"").has("name=\"address\"").lacks("name=\"signatory\"");
    let with = |representative: &'static str, email: &'static str| {
        [
            ("institution", "1"),
            ("name", "Dom Dziecka „Dąb”"),
            ("address", "ul. Leśna 3, 38-500 Sanok"),
            ("email", email),
            ("representative", representative),
            ("kind", "loan"),
            ("purpose", "nauka wychowanków"),
            ("key", "klucz-placowki-1"),
        ]
    };
    let refused = anna.client.post("/devices/agreements/new", &with("", "bez małpy")).await.assert(422);
    refused.has("Kto podpisuje za placówkę").has("Dom Dziecka „Dąb”").has("ul. Leśna 3").has("bez małpy");
    let there =
        drawn_up(&anna, &with("Maria Lis", "dom@dab.example.org"), &["IT/1", "IT/2"], "2026-12-21").await;
    let print = anna.client.get(&format!("{there}/print")).await.assert(200);
    print
        .has("Dom Dziecka „Dąb”, w którego imieniu działa Maria Lis jako osoba upoważniona")
        .has("IT/1")
        .has("IT/2");
    let liable = fact(&anna.client.get(&there).await.assert(200), "Odpowiada za szkodę");
    assert!(liable.contains("Dom Dziecka „Dąb”") && !liable.contains("Maria Lis"), "{liable}");
    sign(&anna, &there, "paper", None).await.assert(303);
    let (loans, protocol) = both_handed_over(&app, &anna, &there, "Maria Lis").await;
    anna.client.get(&protocol).await.assert(200).has("Maria Lis").has("IT/1").has("IT/2");
    let open = lines(&office, &anna.actor, Show::Open).await;
    assert!(open.len() == 2 && open.iter().all(|line| line.who == "Dom Dziecka „Dąb”"), "{open:?}");
    assert!(open.iter().all(|line| line.person.is_none()), "{open:?}");
    anna.client.get("/devices/loans?show=open").await.assert(200).has("Dom Dziecka „Dąb”");
    // On paper with the address that was typed, under the name of the institution.
    let letter = text(&pdf(&anna.client, &format!("/devices/loans/{}/letter", loans[0])).await);
    for part in ["Dom Dziecka „Dąb”", "ul. Leśna 3", "38-500 Sanok", "21.12.2026"] {
        assert!(letter.contains(part), "{part} is not in {letter}");
    }
    // By e-mail, thirty days before, to the address that was typed, of what has not come back.
    let back = [("code", "IT/2"), ("grade", "B")];
    anna.client.post("/devices/returns", &back).await.assert(200).has("przyjęto zwrot");
    assert_eq!(reminded(&office).await, 1);
    let mail = letters(&app).await;
    assert!(mail.len() == 1 && mail[0].0 == "dom@dab.example.org", "{mail:?}");
    assert!(mail[0].1.contains("Dom Dziecka „Dąb”") && mail[0].1.contains("IT/1"), "{mail:?}");
    app.end().await;
}

#[tokio::test]
async fn an_accessory_with_a_number_of_its_own_is_registered_lent_and_taken_back_by_itself() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let model = [("maker", "Targus"), ("name", "Stacja dokująca"), ("kind", "accessory")];
    anna.client.post("/devices/models/new", &model).await.assert(303);
    let mut owner = owner(&app).await;
    let model: Uuid = sqlx::query_scalar("select id from asset_model where kind = 'accessory'")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    let model = model.to_string();
    let new = [("model", model.as_str()), ("inventory_no", "AKC/1"), ("serial", "TD-77 01")];
    let its_page = anna.client.post("/devices/new", &new).await.assert(303).location();
    anna.client.get(&its_page).await.assert(200).has("AKC/1").has("Akcesorium").has("Stacja dokująca");
    let again = [("model", model.as_str()), ("inventory_no", "AKC/2"), ("serial", "td7701")];
    anna.client.post("/devices/new", &again).await.assert(422);
    anna.client.get("/devices?kind=accessory").await.assert(200).has("AKC/1").lacks("IT/1");

    // Lent with the laptop on one agreement, and a thing of its own there.
    let person = jan.id.to_string();
    let with =
        [("person", person.as_str()), ("kind", "loan"), ("purpose", "nauka"), ("key", "klucz-stacji-1")];
    let there = drawn_up(&anna, &with, &["IT/1"], "2030-06-30").await;
    let item = [("code", "akc 1"), ("kind", "extra")];
    anna.client.post(&format!("{there}/items"), &item).await.assert(303);
    anna.client.get(&format!("{there}/print")).await.assert(200).has("AKC/1").has("Stacja dokująca");
    sign(&anna, &there, "paper", None).await.assert(303);
    let (_, protocol) = both_handed_over(&app, &anna, &there, "Osoba JAN").await;
    anna.client.get(&protocol).await.assert(200).has("AKC/1").has("Stacja dokująca");
    jan.client.get("/my-devices").await.assert(200).has("AKC/1");
    assert_eq!(lines(&office, &anna.actor, Show::Open).await.len(), 2);
    let on_the_shelf = "/devices?kind=accessory&state=in_stock";
    anna.client.get(on_the_shelf).await.assert(200).lacks("AKC/1");

    // Scanned alone it comes back alone, and holds nothing that would have to be wiped; the laptop does.
    let back = |code: &'static str| [("code", code), ("grade", "A")];
    anna.client.post("/devices/returns", &back("akc1")).await.assert(200).has("przyjęto zwrot");
    let open = lines(&office, &anna.actor, Show::Open).await;
    assert!(open.len() == 1 && open[0].inventory_no == "IT/1", "{open:?}");
    anna.client.get(on_the_shelf).await.assert(200).has("AKC/1");
    anna.client.post("/devices/returns", &back("IT/1")).await.assert(200).has("przyjęto zwrot");
    let wiped: Vec<(String, bool)> =
        sqlx::query_as("select inventory_no, to_wipe from asset order by inventory_no")
            .fetch_all(&mut owner)
            .await
            .unwrap();
    assert_eq!(wiped, [("AKC/1".to_owned(), false), ("IT/1".to_owned(), true)]);
    app.end().await;
}

#[tokio::test]
async fn the_protocol_of_a_return_says_what_was_looked_at_what_is_missing_and_how_it_looks() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let mut owner = owner(&app).await;
    let lists = "update asset_model set checklist = '{Ekran,Zawiasy,Klawiatura}'";
    sqlx::query(lists).execute(&mut owner).await.unwrap();
    let (_, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2030 - 01 - 01))).await;
    let form = anna.client.get("/devices/returns?code=IT/1").await.assert(200);
    form.has("value=\"Zawiasy\"").has("value=\"torba\"").has("A: jak nowy");
    let back = [
        ("code", "IT/1"),
        ("grade", "D"),
        ("check", "Ekran"),
        ("check", "Klawiatura"),
        ("along", "zasilacz"),
        ("along", "torba"),
        ("with", "zasilacz"),
        ("damaged", "1"),
        ("note", "pęknięty lewy zawias"),
        ("by", "paper"),
        ("signatory", "Osoba JAN"),
    ];
    anna.client.post("/devices/returns", &back).await.assert(200).has("przyjęto zwrot");
    let (protocol, grade, result): (Uuid, String, String) =
        sqlx::query_as("select return_id, grade_back, result from loan where id = $1")
            .bind(loan.0)
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert_eq!((grade.as_str(), result.as_str()), ("D", "damaged"));
    let page = anna.client.get(&format!("/devices/protocols/{protocol}")).await.assert(200);
    for (label, told, not) in [
        ("Stan techniczny", "D: uszkodzony, działa", "A: jak nowy"),
        ("Sprawdzono", "Ekran, Klawiatura", "Zawiasy"),
        ("Braki", "torba", "zasilacz"),
        ("Uwagi", "pęknięty lewy zawias", "–"),
        ("Podpisuje", "Osoba JAN", "ANNA"),
    ] {
        let fact = fact(&page, label);
        assert!(fact.contains(told) && !fact.contains(not), "{label}: {fact}");
    }
    // The document that both sign says the same.
    let told = text(&pdf(&anna.client, &format!("/devices/protocols/{protocol}/document")).await);
    for part in ["PZW/1/", "D: uszkodzony", "Ekran, Klawiatura", "torba", "lewy zawias"] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(!told.contains("Zawiasy"), "{told}");
    // Of the hand-over it says what was looked at then.
    let (out,): (Uuid,) = sqlx::query_as("select handover_id from loan where id = $1")
        .bind(loan.0)
        .fetch_one(&mut owner)
        .await
        .unwrap();
    let page = anna.client.get(&format!("/devices/protocols/{out}")).await.assert(200);
    assert!(fact(&page, "Stan techniczny").contains("A: jak nowy"), "{}", page.text);
    let checked = fact(&page, "Sprawdzono");
    assert!(checked.contains("Ekran") && !checked.contains("Klawiatura"), "{checked}");
    // Damaged, it does not go back onto the shelf.
    anna.client.get("/devices?state=in_stock").await.assert(200).lacks("IT/1");
    anna.client.get("/devices?state=quarantine").await.assert(200).has("IT/1");
    app.end().await;
}

#[tokio::test]
async fn a_theft_is_told_by_the_borrower_and_keeps_the_reference_of_the_police() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let (anna, boss, jan) =
        (clerk(&office, "anna").await, office.admin("szef").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let (_, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2030 - 01 - 01))).await;
    let report = format!("/my-devices/{loan}/report");
    jan.client.get(&report).await.assert(200).has("Kradzież");
    let told = [("kind", "theft"), ("happened_on", "2026-11-20"), ("description", "Z szatni, zgłoszone")];
    jan.client.post(&report, &told).await.assert(303);
    let list = anna.client.get("/devices/incidents").await.assert(200).has("Kradzież").has("20.11.2026").text;
    let id = list.split("/devices/incidents/").nth(1).expect("the incident")[..36].to_owned();
    let there = format!("/devices/incidents/{id}");
    anna.client.get(&there).await.assert(200).has("Z szatni, zgłoszone").has("name=\"police_ref\"");
    let long = "x".repeat(101);
    let work = |police: &'static str, settlement: &'static str| {
        [
            ("police_ref", police),
            ("insurer_ref", "SZK/7"),
            ("assessed", "2028,27"),
            ("settlement", settlement),
        ]
    };
    let refused = anna.client.post(&there, &[("police_ref", long.as_str())]).await.assert(422);
    refused.has("Sygnatura Policji").has(&long);
    anna.client.post(&there, &work("RSD-123/26 <KPP>", "")).await.assert(303);
    let shown = async |who: &Someone| {
        let page = who.client.get(&there).await.assert(200);
        assert!(fact(&page, "Sygnatura Policji").contains("RSD-123/26 &lt;KPP&gt;"), "{}", page.text);
        assert!(fact(&page, "Numer szkody u ubezpieczyciela").contains("SZK/7"), "{}", page.text);
        assert!(fact(&page, "Wycena szkody (zł)").contains("028,27"), "{}", page.text);
        page
    };
    shown(&anna).await;
    shown(&boss).await.lacks("name=\"police_ref\"");
    anna.client.post(&format!("{there}/gone"), &[]).await.assert(303);
    shown(&anna).await.has("skradziony");
    assert_eq!(lines(&office, &anna.actor, Show::Open).await.len(), 1, "the loan stays open");
    anna.client.post(&format!("{there}/close"), &[]).await.assert(422).has("Rozliczenie");
    anna.client.post(&there, &work("RSD-123/26 <KPP>", "wypłacono z polisy")).await.assert(303);
    anna.client.post(&format!("{there}/close"), &[]).await.assert(303);
    // What was written down stays readable when the case is closed.
    for who in [&anna, &boss] {
        shown(who).await.has("wypłacono z polisy").lacks("name=\"police_ref\"");
    }
    jan.client.get(&there).await.assert(403).lacks("RSD");
    app.end().await;
}

#[tokio::test]
async fn what_is_lost_is_told_at_the_desk_and_goes_out_to_nobody() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan, ola) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("ola").await);
    let assets = laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3"]).await;
    lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2030 - 01 - 01))).await;
    // One was lost by its borrower, one was missed in the store, one was stolen from it.
    let told =
        [("code", "IT/1"), ("kind", "loss"), ("happened_on", "2026-11-01"), ("description", "w lesie")];
    let there = anna.client.post("/devices/incidents", &told).await.assert(303).location();
    anna.client.post(&format!("{there}/gone"), &[]).await.assert(303);
    for (asset, state) in [(assets[1], "missing"), (assets[2], "stolen")] {
        let form = [("to", state), ("reason", "nie ma w szafie")];
        anna.client.post(&format!("/devices/assets/{asset}/state"), &form).await.assert(303);
    }
    let group = office.group("6a", &[&ola]).await.to_string();
    let person = ola.id.to_string();
    let mut owner = owner(&app).await;
    let papers = "select (select count(*) from loan_agreement) + (select count(*) from protocol) + (select count(*) from loan)";
    let before: i64 = sqlx::query_scalar(papers).fetch_one(&mut owner).await.unwrap();
    for (code, state) in [("IT/1", "zagubiony"), ("IT/2", "zagubiony"), ("IT/3", "skradziony")] {
        for confirmed in ["", "1"] {
            let form = [
                ("group", group.as_str()),
                ("mode", "out"),
                ("purpose", "nauka"),
                ("due_on", "2030-01-01"),
                ("person", person.as_str()),
                ("code", code),
                ("confirmed", confirmed),
            ];
            let page = anna.client.post("/devices/desk", &form).await.assert(200);
            page.has("Nie wydano")
                .has(&format!("Sprzęt nie jest na stanie: {state}."))
                .has("Teraz: Osoba OLA")
                .lacks("wydano, odbiera");
        }
    }
    let after: i64 = sqlx::query_scalar(papers).fetch_one(&mut owner).await.unwrap();
    assert_eq!(before, after, "a scan that was refused left something behind");
    let open = lines(&office, &anna.actor, Show::Open).await;
    assert_eq!(open.iter().map(|line| line.who.as_str()).collect::<Vec<_>>(), ["Osoba JAN"]);
    anna.client.get(&format!("/devices/assets/{}", assets[1])).await.assert(200).has("Zaginiony");
    app.end().await;
}

#[tokio::test]
async fn a_pupil_applies_alone_from_the_eighteenth_birthday_on() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let (anna, adam) = (clerk(&office, "anna").await, office.learner("adam").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let born = [("born_on", "2008-11-22")];
    anna.client.post(&format!("/devices/people/{}/birthday", adam.id), &born).await.assert(303);
    let (id, criteria) = programme(&office, &anna.actor, "Zdalna Szkoła", false).await;
    let form = format!("/my-devices/apply/{id}");
    let who = adam.id.to_string();
    let claim = format!("c_{}", criteria[1]);
    let typed = [("who", who.as_str()), ("need", "matura w maju"), (claim.as_str(), "1")];
    // The day before it is not theirs to do.
    adam.client.get(&form).await.assert(200).has("Poproś rodzica lub opiekuna");
    adam.client.post(&form, &typed).await.assert(422);
    app.clock.advance(Duration::days(1));
    adam.client.get("/my-devices/apply").await.assert(200).has("Zdalna Szkoła").has(&form);
    let page = adam.client.get(&form).await.assert(200);
    page.has("Osoba ADAM").has("Brak komputera").lacks("Poproś rodzica");
    let there = adam.client.post(&form, &typed).await.assert(303).location();
    let check = adam.client.get(&there).await.assert(200);
    let check = check.has("Sprawdź wniosek przed wysłaniem").has("matura w maju").has("Brak komputera");
    check.lacks("Troje dzieci");
    adam.client.post(&format!("{there}/send"), &[]).await.assert(303);
    adam.client.get("/my-devices/apply").await.assert(200).has("WN/1/2026").has(&there);
    // The office scores and grants it, and the agreement is theirs to sign.
    let clerks = format!("/devices/applications/{}", there.rsplit('/').next().unwrap());
    anna.client.get(&clerks).await.assert(200).has("Osoba ADAM").has("matura w maju");
    anna.client.post(&format!("{clerks}/complete"), &[]).await.assert(303);
    let points = [(format!("p_{}", criteria[0]), "0"), (format!("p_{}", criteria[1]), "8")];
    let points: Vec<(&str, &str)> = points.iter().map(|(name, most)| (name.as_str(), *most)).collect();
    anna.client.post(&format!("{clerks}/score"), &points).await.assert(303);
    let grant = [("decision", "grant"), ("decided_on", "2026-11-22"), ("decided_by", "komisja")];
    anna.client.post(&format!("{clerks}/decide"), &grant).await.assert(303);
    anna.client.post(&format!("{clerks}/offer"), &[("code", "IT/1")]).await.assert(303);
    adam.client.get(&there).await.assert(200).has("Odbierz sprzęt do 06.12.2026").has("IT/1");
    let page = anna.client.get(&clerks).await.assert(200);
    let agreement = page.text.split("/devices/agreements/").last().unwrap().split('"').next().unwrap();
    let print = anna.client.get(&format!("/devices/agreements/{agreement}/print")).await.assert(200);
    print.has("Osoba ADAM").lacks("w którego imieniu");
    app.end().await;
}

#[tokio::test]
async fn a_letter_goes_to_who_speaks_for_the_child_today_in_their_language_by_e_mail_and_on_paper() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-20 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let (jan, mama, tato) =
        (office.learner("jan").await, office.learner("mama").await, office.learner("tato").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    speaks(&app, &tato, "uk").await;
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    guardian::set_born_on(&mut tx, &proof(), jan.id, Some(date!(2014 - 01 - 01))).await.unwrap();
    let hers = guardian::add(&mut tx, &proof(), jan.id, mama.id, Basis::Parent, date!(2020 - 01 - 01)).await;
    tx.commit().await.unwrap();
    let (_, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2026 - 12 - 21))).await;
    let path = format!("/devices/loans/{loan}/letter");
    // As long as she speaks for him, it goes to her who signed.
    let told = text(&pdf(&anna.client, &path).await);
    assert!(told.contains("Osoba MAMA") && told.contains("Przypomnienie o terminie zwrotu"), "{told}");
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    guardian::end(&mut tx, &proof(), hers.unwrap()).await.unwrap();
    guardian::add(&mut tx, &proof(), jan.id, tato.id, Basis::Parent, date!(2026 - 11 - 20)).await.unwrap();
    tx.commit().await.unwrap();
    app.clock.advance(Duration::days(1));
    assert_eq!(reminded(&office).await, 1);
    let mail = letters(&app).await;
    assert!(mail.len() == 1 && mail[0].0 == "tato@brzozow.example.org", "{mail:?}");
    let bytes = pdf(&anna.client, &path).await;
    let paper = text(&bytes);
    for told in [&mail[0].1, &paper] {
        for part in
            ["Нагадування про строк повернення", "через 30 днів", "21.12.2026", "Osoba TATO", "Osoba JAN"]
        {
            assert!(told.contains(part), "{part} is not in {told}");
        }
        assert!(!told.contains("MAMA") && !told.contains("Przypomnienie"), "{told}");
    }
    assert!(paper.contains("Стосується договору № UZ/1/2026"), "{paper}");
    assert!(languages(&bytes).contains("uk"), "{:?}", languages(&bytes));
    app.end().await;
}
