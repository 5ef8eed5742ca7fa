//! Loans through the outer door, and what the database itself refuses: agreements, hand-over, returns, due dates,
//! incidents, reminders, one's own devices, and many at once.

use devices::loans::agreement::{self, NewAgreement};
use devices::loans::due::{self, Rules};
use devices::loans::handover::Handed;
use devices::loans::kind::{AgreementKind, EventKind, IncidentKind, LoanKind, SignedBy};
use devices::loans::list::{self, Filter, Show};
use devices::loans::party::Whom;
use devices::loans::readiness::Finding;
use devices::loans::take_back::{self, Back};
use devices::loans::{event, incident, mine, remind};
use devices::register::{State, state};
use devices::{AgreementId, Error};
use futures::future::join_all;
use identity::guardian::{self, Basis};
use sqlx::AssertSqlSafe;
use time::macros::{date, datetime};
use time::{Date, Duration};

use super::assets::fact;
pub use crate::harness::lending::*;
use crate::harness::{House, Someone, TestApp};
pub use crate::harness::{owner, refused_by, set_clock};

/// One row of everything that an address of loans can name, for the walk over all routes.
pub async fn one_of_everything(office: &House<'_>, who: &Someone) -> Vec<(&'static str, String)> {
    laptops(office, &who.actor, &["UZ-1"]).await;
    let (agreement, loans) =
        signed(office, &who.actor, who.id, &["UZ-1"], &until(date!(2030 - 01 - 01))).await.unwrap();
    let Handed::Done(protocol) = hand(office, &who.actor, agreement, &loans).await.unwrap() else {
        panic!("it can be handed over")
    };
    let told = incident::Told {
        kind: IncidentKind::Damage,
        happened_on: date!(2026 - 01 - 01),
        description: "rysa".to_owned(),
    };
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let incident = incident::report(&mut tx, &proof(), "UZ-1", &told).await.unwrap();
    let photo = super::papers::a_photo(&mut tx, &proof(), loans[0]).await;
    let event =
        event::create(&mut tx, &proof(), EventKind::SchoolYear, "Rok szkolny", None, None).await.unwrap();
    tx.commit().await.unwrap();
    vec![
        ("photo", photo.to_string()),
        ("agreement", agreement.to_string()),
        ("loan", loans[0].to_string()),
        ("protocol", protocol.to_string()),
        ("incident", incident.to_string()),
        ("event", event.to_string()),
    ]
}

#[tokio::test]
async fn a_minor_s_guardian_signs_until_the_minor_turns_eighteen_by_the_clock() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let (anna, jan, mama) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("mama").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3"]).await;
    let born = format!("/devices/people/{}/birthday", jan.id);
    anna.client.post(&born, &[("born_on", "2008-12-01")]).await.assert(303);
    let refused = signed(&office, &anna.actor, jan.id, &["IT/1"], &until(date!(2027 - 06 - 30))).await;
    assert!(matches!(refused, Err(Error::Invalid(wrong)) if wrong[0].field == "signatory"));
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    guardian::add(&mut tx, &proof(), jan.id, mama.id, Basis::Parent, date!(2020 - 01 - 01)).await.unwrap();
    tx.commit().await.unwrap();
    let form = format!("/devices/agreements/new?person={}", jan.id);
    anna.client.get(&form).await.assert(200).has("Osoba MAMA (rodzic)");
    let (id, _) =
        signed(&office, &anna.actor, jan.id, &["IT/1"], &until(date!(2027 - 06 - 30))).await.unwrap();
    let page = anna.client.get(&format!("/devices/agreements/{id}/print")).await.assert(200);
    page.has("Osoba JAN, w którego imieniu działa Osoba MAMA jako rodzic")
        .has("art. 710 Kodeksu cywilnego")
        .has("do dnia 30.06.2027 r.")
        .has("IT/1");
    // Who signs for a minor answers for damage.
    let liable = async |id: AgreementId| {
        let page = anna.client.get(&format!("/devices/agreements/{id}")).await.assert(200);
        fact(&page, "Odpowiada za szkodę")
    };
    let guardian = liable(id).await;
    assert!(guardian.contains("Osoba MAMA") && !guardian.contains("Osoba JAN"), "{guardian}");
    app.clock.advance(Duration::days(10));
    anna.client.get(&form).await.assert(200).lacks("Osoba MAMA").has("Podpisuje samodzielnie.");
    let (id, _) =
        signed(&office, &anna.actor, jan.id, &["IT/2"], &until(date!(2027 - 06 - 30))).await.unwrap();
    anna.client.get(&format!("/devices/agreements/{id}/print")).await.lacks("w którego imieniu");
    let grown = liable(id).await;
    assert!(grown.contains("Osoba JAN") && !grown.contains("Osoba MAMA"), "{grown}");
    app.end().await;
}

#[tokio::test]
async fn a_clerk_draws_up_signs_hands_over_and_takes_back_through_forms_alone() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let person = jan.id.to_string();
    let form =
        [("person", person.as_str()), ("kind", "loan"), ("purpose", "nauka"), ("key", "klucz-umowy-1")];
    let there = anna.client.post("/devices/agreements/new", &form).await.assert(303).location();
    // Sent twice, it is made once.
    assert_eq!(anna.client.post("/devices/agreements/new", &form).await.assert(303).location(), there);
    let items = format!("{there}/items");
    anna.client
        .post(&items, &[("code", "nie ma"), ("kind", "primary")])
        .await
        .assert(422)
        .has("Nie ma sprzętu o tym numerze");
    anna.client.post(&items, &[("code", "it 1"), ("kind", "primary")]).await.assert(303);
    anna.client.post(&items, &[("code", "IT-2"), ("kind", "extra")]).await.assert(303);
    let sign = async || {
        let form = reqwest::multipart::Form::new().text("by", "paper");
        let request = anna.client.request(reqwest::Method::POST, &format!("{there}/sign"));
        anna.client.send(request.multipart(form)).await
    };
    sign().await.assert(422).has("Podaj termin zwrotu");
    anna.client.post(&format!("{there}/due"), &[("due_on", "2030-06-30")]).await.assert(303);
    // Signed and not collected is no loan.
    sign().await.assert(303);
    anna.client.get(&there).await.has("Umowa jest podpisana, ale sprzętu nie odebrano");
    anna.client.get("/devices/loans?show=open").await.has("Nic tu nie ma");
    anna.client.get("/devices/loans?show=waiting").await.has("IT/1");
    sign().await.assert(422).has("już się nie zmienia");
    anna.client.post(&items, &[("code", "IT/1")]).await.assert(422);
    let handover = format!("{there}/handover");
    let page = anna.client.get(&handover).await.assert(200);
    let loans: Vec<String> = page
        .text
        .split("name=\"item\"")
        .skip(1)
        .map(|rest| {
            let at = rest.find("value=\"").unwrap() + 7;
            rest[at..at + 36].to_owned()
        })
        .collect();
    assert_eq!(loans.len(), 2, "{}", page.text);
    let with = format!("with-{}", loans[0]);
    let fields = [
        ("key", "klucz-wydania-1"),
        ("item", loans[0].as_str()),
        ("item", loans[1].as_str()),
        (with.as_str(), "zasilacz"),
        (with.as_str(), "torba"),
        ("by", "paper"),
        ("signatory", "Osoba JAN"),
    ];
    let protocol = anna.client.post(&handover, &fields).await.assert(303).location();
    assert_eq!(anna.client.post(&handover, &fields).await.assert(303).location(), protocol, "sent twice");
    anna.client.get(&protocol).await.assert(200).has("zasilacz, torba").has("Osoba JAN");
    assert_eq!(lines(&office, &anna.actor, Show::Open).await.len(), 2);
    let csv = anna.client.get("/devices/loans.csv?show=open").await.assert(200);
    assert!(csv.text.contains("\nOsoba JAN;") && csv.text.contains(";2030-06-30;"), "{}", csv.text);
    // Back without the bag, from a borrower who was suspended meanwhile: never refused.
    sqlx::query(AssertSqlSafe(format!("update person set state = 'suspended' where id = '{}'", jan.id)))
        .execute(&mut owner(&app).await)
        .await
        .unwrap();
    anna.client.get("/devices/returns?code=it1").await.assert(200).has("Osoba JAN").has("torba");
    let back =
        [("code", "it1"), ("grade", "C"), ("along", "zasilacz"), ("along", "torba"), ("with", "zasilacz")];
    anna.client
        .post("/devices/returns", &back)
        .await
        .assert(200)
        .has("przyjęto zwrot")
        .has("Nadal brakuje: torba.");
    anna.client.post("/devices/returns", &back).await.assert(200).has("nie był użyczony");
    anna.client.get("/devices/loans?show=owed").await.has("brakuje: torba");
    anna.client.get("/devices/loans?show=open").await.lacks("IT/1").has("IT/2");
    // To be wiped before it goes out again.
    let (id, again) =
        signed(&office, &anna.actor, anna.id, &["IT/1"], &until(date!(2030 - 01 - 01))).await.unwrap();
    let Handed::Not(found) = hand(&office, &anna.actor, id, &again).await.unwrap() else {
        panic!("not wiped")
    };
    assert!(found.iter().any(|one| one.finding == Finding::ToWipe), "{found:?}");
    let wipe = [("wipe_code", "IT/1"), ("how", "reset")];
    anna.client.post("/devices/returns/wipe", &wipe).await.assert(303);
    anna.client.post("/devices/returns/wipe", &wipe).await.assert(422);
    assert!(matches!(hand(&office, &anna.actor, id, &again).await.unwrap(), Handed::Done(_)));
    let settle = format!("/devices/loans/{}/settle", loans[0]);
    let page = anna.client.get(&format!("/devices/loans/{}", loans[0])).await.assert(200);
    let at = page.text.find("name=\"accessory\" value=\"").expect("the bag") + 24;
    let bag = page.text[at..at + 36].to_owned();
    anna.client.post(&settle, &[("accessory", &bag), ("settlement", "")]).await.assert(422);
    anna.client.post(&settle, &[("accessory", &bag), ("back", "1")]).await.assert(303);
    anna.client.get("/devices/loans?show=owed").await.has("Nic tu nie ma");
    app.end().await;
}

#[tokio::test]
async fn overdue_follows_the_wall_clock_in_warsaw_on_both_changes_of_the_hour() {
    for (due, still, late) in [
        (date!(2026 - 10 - 25), datetime!(2026-10-25 22:59 UTC), datetime!(2026-10-25 23:01 UTC)),
        (date!(2027 - 03 - 28), datetime!(2027-03-28 21:59 UTC), datetime!(2027-03-28 22:01 UTC)),
    ] {
        let app = TestApp::start_with(|config| config.workers = 0).await;
        set_clock(&app, datetime!(2026-10-01 10:00 UTC)).await;
        let office = app.office("brzozow").await;
        let anna = clerk(&office, "anna").await;
        laptops(&office, &anna.actor, &["IT/1"]).await;
        lend(&office, &anna.actor, anna.id, "IT/1", &until(due)).await;
        set_clock(&app, still).await;
        assert!(lines(&office, &anna.actor, Show::Overdue).await.is_empty(), "{due}: not yet");
        assert_eq!(lines(&office, &anna.actor, Show::Open).await[0].days, Some(0));
        set_clock(&app, late).await;
        let overdue = lines(&office, &anna.actor, Show::Overdue).await;
        assert_eq!(overdue[0].overdue_days(), Some(1), "{due}");
        set_clock(&app, late + Duration::days(1)).await;
        assert_eq!(lines(&office, &anna.actor, Show::Overdue).await[0].overdue_days(), Some(2));
        app.end().await;
    }
}

#[tokio::test]
async fn the_earliest_rule_counts_and_one_edit_of_an_event_moves_every_loan() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let (anna, jan, ola) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("ola").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let term = event::create(
        &mut tx,
        &proof(),
        EventKind::CouncilTerm,
        "IX kadencja",
        None,
        Some(date!(2029 - 04 - 30)),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let both = Rules { on_day: Some(date!(2028 - 01 - 31)), events: vec![term], notice_days: None };
    let tied = Rules { events: vec![term], ..Rules::default() };
    lend(&office, &anna.actor, jan.id, "IT/1", &both).await;
    let (_, loan) = lend(&office, &anna.actor, ola.id, "IT/2", &tied).await;
    let due = async || {
        let mut all = lines(&office, &anna.actor, Show::Open).await;
        all.sort_by(|a, b| a.inventory_no.cmp(&b.inventory_no));
        (all[0].due_on, all[1].due_on)
    };
    assert_eq!(due().await, (Some(date!(2028 - 01 - 31)), Some(date!(2029 - 04 - 30))));
    let check = format!("/devices/due/{term}/check");
    let edit = [("version", "1"), ("name", "IX kadencja"), ("ends_on", "2028-12-31")];
    anna.client
        .post(&check, &edit)
        .await
        .assert(200)
        .has("Zmieni się termin 1 użyczenia")
        .has("31.12.2028")
        .lacks("IT/1");
    assert_eq!(due().await.1, Some(date!(2029 - 04 - 30)), "asking changes nothing");
    anna.client.post(&format!("/devices/due/{term}"), &edit).await.assert(303);
    anna.client
        .post(&format!("/devices/due/{term}"), &edit)
        .await
        .assert(422)
        .has("Ktoś zmienił to w międzyczasie");
    assert_eq!(due().await, (Some(date!(2028 - 01 - 31)), Some(date!(2028 - 12 - 31))));
    let earlier = [("version", "2"), ("name", "IX kadencja"), ("ends_on", "2027-05-01")];
    anna.client.post(&check, &earlier).await.has("Zmieni się termin 2 użyczeń");
    anna.client.post(&format!("/devices/due/{term}"), &earlier).await.assert(303);
    assert_eq!(due().await, (Some(date!(2027 - 05 - 01)), Some(date!(2027 - 05 - 01))));
    let renew = format!("/devices/loans/{loan}/renew");
    anna.client
        .post(&renew, &[("due_on", "2027-09-30"), ("reason", "")])
        .await
        .assert(422)
        .has("Powód zmiany");
    anna.client.post(&renew, &[("due_on", "2027-09-30"), ("reason", "prośba")]).await.assert(303);
    assert_eq!(due().await.1, Some(date!(2027 - 09 - 30)));
    let (versions, events): (i32, i64) = sqlx::query_as(AssertSqlSafe(format!(
        "select due_version, (select count(*) from custody_event where kind = 'due_changed' and detail ->> 'loan' = '{loan}')
         from loan where id = '{loan}'"
    )))
    .fetch_one(&mut owner(&app).await)
    .await
    .unwrap();
    assert_eq!((versions, events), (4, 3));
    app.end().await;
}

#[tokio::test]
async fn a_back_dated_hand_over_that_overlaps_is_refused_and_says_with_whom() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-01 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let (anna, jan, ola) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("ola").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2027 - 01 - 01))).await;
    app.clock.advance(Duration::days(10));
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    take_back::take_back(&mut tx, &proof(), "IT/1", &Back::complete()).await.unwrap();
    take_back::wipe(&mut tx, &proof(), "IT/1", "reset").await.unwrap();
    tx.commit().await.unwrap();
    app.clock.advance(Duration::days(5));
    let (id, loans) =
        signed(&office, &anna.actor, ola.id, &["IT/1"], &until(date!(2027 - 01 - 01))).await.unwrap();
    let loan = loans[0].to_string();
    let fields = [
        ("item", loan.as_str()),
        ("signatory", "Ola"),
        ("by", "paper"),
        ("confirmed", "1"),
        ("on", "2026-11-05"),
    ];
    anna.client
        .post(&format!("/devices/agreements/{id}/handover"), &fields)
        .await
        .assert(422)
        .has("W tym czasie (od 01.11.2026")
        .has("Osoba JAN");
    let future = hand_on(&office, &anna.actor, id, &loans, Some(date!(2026 - 12 - 24))).await.unwrap();
    assert!(matches!(future, Handed::Not(found) if found[0].finding == Finding::Ahead));
    let fine = hand_on(&office, &anna.actor, id, &loans, Some(date!(2026 - 11 - 12))).await.unwrap();
    assert!(matches!(fine, Handed::Done(_)));
    app.end().await;
}

#[tokio::test]
async fn many_clerks_at_once_leave_one_loan_of_a_device_and_one_primary_device_of_a_person() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let rules = until(date!(2030 - 01 - 01));
    let office = &office;
    // One device, 32 preparations in the same second: one stays.
    let tries = join_all((0..32).map(|_| signed(office, &anna.actor, jan.id, &["IT/1"], &rules))).await;
    assert_eq!(tries.iter().filter(|one| one.is_ok()).count(), 1, "{tries:?}");
    assert!(tries.iter().all(|one| matches!(one, Ok(_) | Err(Error::Reserved))), "{tries:?}");
    let (id, loans) = tries.into_iter().find_map(Result::ok).unwrap();
    // The same hand-over, 32 times: one protocol, one loan.
    let handed = join_all((0..32).map(|_| hand(office, &anna.actor, id, &loans))).await;
    assert_eq!(handed.iter().filter(|one| matches!(one, Ok(Handed::Done(_)))).count(), 1, "{handed:?}");
    let mut owner = owner(&app).await;
    let (protocols, open, lines): (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from protocol), (select count(*) from loan where handed_over_at is not null),
                (select count(*) from custody_event where kind = 'handed_over')",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!((protocols, open, lines), (1, 1, 1));
    // 32 devices for one person at once: one primary.
    let ola = office.learner("ola").await;
    let numbers: Vec<String> = (0..32).map(|at| format!("P/{at}")).collect();
    laptops(office, &anna.actor, &numbers.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut prepared = Vec::new();
    for number in &numbers {
        prepared.push(signed(office, &anna.actor, ola.id, &[number], &rules).await.unwrap());
    }
    let handed = join_all(prepared.iter().map(|(id, loans)| hand(office, &anna.actor, *id, loans))).await;
    assert_eq!(handed.iter().filter(|one| matches!(one, Ok(Handed::Done(_)))).count(), 1, "{handed:?}");
    // The same return scanned 32 times: one protocol of return.
    let back = join_all((0..32).map(|_| async {
        let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
        let taken = take_back::take_back(&mut tx, &proof(), "IT/1", &Back::complete()).await.unwrap();
        tx.commit().await.unwrap();
        taken
    }))
    .await;
    assert_eq!(back.iter().filter(|taken| taken.loan.is_some()).count(), 1);
    app.end().await;
}

#[tokio::test]
async fn the_database_itself_refuses_what_must_not_be() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    let assets = laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let (id, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2030 - 01 - 01))).await;
    let mut owner = owner(&app).await;
    for (sql, law) in [
        ("update protocol set signatory = 'x'".to_owned(), "only ever added"),
        ("delete from protocol".to_owned(), "only ever added"),
        ("update custody_event set kind = 'moved'".to_owned(), "only ever added"),
        ("delete from custody_event".to_owned(), "only ever added"),
        ("delete from reminder_sent".to_owned(), "only ever added"),
        (format!("update loan_agreement set terms = 'x' where id = '{id}'"), "not changed"),
        (
            format!("update loan set handed_over_at = handed_over_at - interval '1 day' where id = '{loan}'"),
            "not rewritten",
        ),
        (format!("update loan set returned_at = moment() where id = '{loan}'"), "returned_with_a_result"),
        (
            format!(
                "insert into loan (id, organisation_id, agreement_id, asset_id, handed_over_at) select gen_random_uuid(), organisation_id, agreement_id, '{}', moment() from loan where id = '{loan}'",
                assets[1]
            ),
            "handed_over_with_a_protocol",
        ),
        (format!("update asset set state = 'scrapped' where id = '{}'", assets[0]), "lent"),
    ] {
        let said = refused_by(&mut owner, sql.clone()).await;
        assert!(said.contains(law), "{sql}: {said}");
    }
    // Scrapping while it is lent, 32 times at once: never.
    let tries = join_all((0..32).map(|_| async {
        let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
        state::set(&mut tx, &proof(), assets[0], State::Scrapped, "zużycie").await
    }))
    .await;
    assert!(tries.iter().all(Result::is_err), "scrapped while lent");
    app.end().await;
}

#[tokio::test]
async fn a_scan_of_what_is_reserved_lent_lost_unknown_or_of_others_is_answered_clearly() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let (office, other) = (app.office("brzozow").await, app.office("inny").await);
    let (anna, jan, ola) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("ola").await);
    let eve = clerk(&other, "ewa").await;
    laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3"]).await;
    laptops(&other, &eve.actor, &["OBCY/1"]).await;
    let group = office.group("6a", &[&jan, &ola]).await.to_string();
    let rules = until(date!(2030 - 01 - 01));
    signed(&office, &anna.actor, jan.id, &["IT/1"], &rules).await.unwrap();
    let ola_id = ola.id.to_string();
    let scan = async |code: &str, key: &str| {
        let form = [
            ("group", group.as_str()),
            ("mode", "out"),
            ("purpose", "nauka"),
            ("due_on", "2030-01-01"),
            ("person", ola_id.as_str()),
            ("code", code),
            ("key", key),
        ];
        anna.client.post("/devices/desk", &form).await.assert(200)
    };
    scan("IT/1", "skan-numer-1").await.has("przygotowany dla kogo innego").has("autofocus");
    scan("OBCY/1", "skan-numer-2").await.has("Nie ma sprzętu o tym numerze").lacks("Latitude");
    scan("nic takiego", "skan-numer-3").await.has("Nie ma sprzętu o tym numerze");
    scan("IT/2", "skan-numer-4").await.has("IT/2: wydano, odbiera Osoba OLA").has("Teraz: Osoba JAN");
    // The same form again has no second effect.
    scan("IT/2", "skan-numer-4").await.has("Sprzęt ma 1 z 2");
    scan("IT/3", "skan-numer-5").await.has("Osoba ma już sprzęt podstawowy (IT/2)");
    let jan_id = jan.id.to_string();
    let for_jan = |code: &'static str| {
        [
            ("group", group.clone()),
            ("mode", "out".into()),
            ("purpose", "nauka".into()),
            ("due_on", "2030-01-01".into()),
            ("person", jan_id.clone()),
            ("code", code.to_owned()),
        ]
    };
    let post = async |form: [(&str, String); 6]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        anna.client.post("/devices/desk", &form).await.assert(200)
    };
    post(for_jan("IT/2")).await.has("Od ").has("Osoba OLA");
    // What is prepared for him goes out under the agreement that waits.
    post(for_jan("IT/1")).await.has("wydano, odbiera Osoba JAN").has("Wszyscy mają już sprzęt");
    assert_eq!(lines(&office, &anna.actor, Show::Open).await.len(), 2);
    // Lost: reported, confirmed, found again at the return desk. The loan stays open until then.
    let told =
        [("code", "IT/1"), ("kind", "loss"), ("happened_on", "2026-11-01"), ("description", "w autobusie")];
    let there = anna.client.post("/devices/incidents", &told).await.assert(303).location();
    anna.client.post(&format!("{there}/gone"), &[]).await.assert(303);
    assert_eq!(lines(&office, &anna.actor, Show::Open).await.len(), 2);
    anna.client.get("/devices/returns?code=IT/1").await.assert(200).has("Ten sprzęt był utracony");
    anna.client
        .post("/devices/returns", &[("code", "IT/1"), ("grade", "B")])
        .await
        .assert(200)
        .has("został odnaleziony");
    anna.client.get(&there).await.has("Zamknięte");
    // Nothing of another organisation is seen or changed.
    let open = lines(&office, &anna.actor, Show::Open).await;
    for path in [
        format!("/devices/loans/{}", open[0].loan),
        format!("/devices/agreements/{}", open[0].agreement),
        there.clone(),
        format!("/devices/people/{}", jan.id),
    ] {
        eve.client.get(&path).await.assert(404).lacks("IT/");
    }
    eve.client.post("/devices/returns", &[("code", "IT/2")]).await.assert(422).lacks("Latitude");
    assert_eq!(lines(&office, &anna.actor, Show::Open).await.len(), 1);
    // Collecting by scans alone.
    let form = [("group", group.as_str()), ("mode", "in"), ("code", "IT/2"), ("key", "zbiorka-nr-1")];
    anna.client.post("/devices/desk", &form).await.assert(200).has("przyjęto zwrot");
    assert!(lines(&office, &anna.actor, Show::Open).await.is_empty());
    app.end().await;
}

#[tokio::test]
async fn borrowers_see_their_own_and_their_wards_devices_and_report_on_them_alone() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan, mama, obcy) = (
        clerk(&office, "anna").await,
        office.learner("jan").await,
        office.learner("mama").await,
        office.learner("obcy").await,
    );
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    guardian::set_born_on(&mut tx, &proof(), jan.id, Some(date!(2014 - 01 - 01))).await.unwrap();
    guardian::add(&mut tx, &proof(), jan.id, mama.id, Basis::Parent, date!(2020 - 01 - 01)).await.unwrap();
    tx.commit().await.unwrap();
    let (id, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2030 - 06 - 30))).await;
    for person in [&jan, &mama] {
        person.client.get("/my-devices").await.assert(200).has("Latitude 3520").has("30.06.2030");
    }
    mama.client.get(&format!("/my-devices/agreements/{id}")).await.assert(200).has("UMOWA UŻYCZENIA");
    obcy.client.get("/my-devices").await.assert(200).lacks("Latitude").has("Nie masz użyczonego sprzętu");
    let report = format!("/my-devices/{loan}/report");
    obcy.client.get(&report).await.assert(404);
    obcy.client.get(&format!("/my-devices/agreements/{id}")).await.assert(404);
    let told = [
        ("kind", "claimed_returned"),
        ("happened_on", "2026-11-01"),
        ("description", "oddane w sekretariacie"),
    ];
    obcy.client.post(&report, &told).await.assert(404);
    mama.client
        .post(&report, &[("kind", "damage"), ("happened_on", ""), ("description", "")])
        .await
        .assert(422);
    mama.client
        .post(&report, &[("kind", "found"), ("happened_on", "2026-11-01"), ("description", "x")])
        .await
        .assert(422);
    mama.client.post(&report, &told).await.assert(303);
    // What she says stands beside the loan and closes nothing.
    assert!(lines(&office, &anna.actor, Show::Claimed).await[0].is_open());
    anna.client.get("/devices/loans?show=claimed").await.has("zgłoszono zwrot");
    jan.client.get("/devices/loans").await.assert(403);
    jan.client.get("/devices/incidents").await.assert(403);
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    take_back::take_back(&mut tx, &proof(), "IT/1", &Back::complete()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(lines(&office, &anna.actor, Show::Claimed).await.is_empty());
    let mut tx = app.ground.db.begin(&mama.actor).await.unwrap();
    assert!(!mine::loans(&mut tx).await.unwrap()[0].is_open());
    drop(tx);
    mama.client.get(&report).await.assert(404);
    app.end().await;
}

#[tokio::test]
async fn damage_goes_to_repair_with_a_loaner_beside_and_is_closed_with_a_settlement() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let rules = until(date!(2030 - 01 - 01));
    lend(&office, &anna.actor, jan.id, "IT/1", &rules).await;
    let told = [
        ("code", "IT/1"),
        ("kind", "damage"),
        ("happened_on", "2026-11-01"),
        ("description", "pęknięty ekran"),
    ];
    let there = anna.client.post("/devices/incidents", &told).await.assert(303).location();
    anna.client.post(&format!("{there}/close"), &[]).await.assert(422).has("Rozliczenie");
    anna.client
        .post(&format!("{there}/repair"), &[("description", "wymiana ekranu"), ("workshop", "Serwis")])
        .await
        .assert(303);
    anna.client.get(&there).await.has("w naprawie");
    // A loaner beside the primary device.
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let new = NewAgreement {
        kind: AgreementKind::Loan,
        programme: None,
        purpose: "na czas naprawy".to_owned(),
        whom: Whom::Person { beneficiary: jan.id, signatory: None },
    };
    let id = agreement::create(&mut tx, &proof(), &new).await.unwrap();
    let loan = agreement::add_item(&mut tx, &proof(), id, "IT/2", LoanKind::Loaner).await.unwrap();
    due::set_of_agreement(&mut tx, &proof(), id, &rules).await.unwrap();
    agreement::sign(&mut tx, &proof(), id, SignedBy::Paper, None).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(hand(&office, &anna.actor, id, &[loan]).await.unwrap(), Handed::Done(_)));
    anna.client.post(&format!("{there}/repaired"), &[("cost", "dużo")]).await.assert(422);
    anna.client.post(&format!("{there}/repaired"), &[("cost", "412,50 zł")]).await.assert(303);
    let work = [
        ("police_ref", ""),
        ("insurer_ref", "PZU/7"),
        ("assessed", "412,50"),
        ("settlement", "z ubezpieczenia"),
    ];
    anna.client.post(&there, &work).await.assert(303);
    anna.client.post(&format!("{there}/close"), &[]).await.assert(303);
    anna.client.get(&there).await.has("z ubezpieczenia").has("412,50").lacks("Zapisz");
    assert_eq!(lines(&office, &anna.actor, Show::Open).await.len(), 2);
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let all = incident::all(&mut tx, &proof().reader()).await.unwrap();
    assert_eq!((all.len(), all[0].kind), (1, IncidentKind::Damage));
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn each_step_of_the_ladder_sends_one_letter_and_none_after_the_return() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let (_, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2027 - 01 - 31))).await;
    let send = async || {
        // Two workers at once.
        let (first, second) = tokio::join!(reminded(&office), reminded(&office));
        first + second
    };
    assert_eq!(send().await, 0, "not yet");
    let day = |day: Date| day.midnight().assume_utc() + Duration::hours(9);
    let mut steps = Vec::new();
    for step in remind::STEPS {
        set_clock(&app, day(date!(2027 - 01 - 31) + Duration::days(i64::from(step)))).await;
        steps.push((step, send().await, send().await));
        app.clock.advance(Duration::days(1));
        assert_eq!(send().await, 0, "the day after {step}");
    }
    assert!(steps.iter().all(|(_, first, again)| (*first, *again) == (1, 0)), "{steps:?}");
    let letters: Vec<(String, String)> =
        sqlx::query_as("select args ->> 'to', args ->> 'text' from job where kind = 'mail' order by id")
            .fetch_all(&mut owner(&app).await)
            .await
            .unwrap();
    assert_eq!(letters.len(), 6);
    assert_eq!(letters[0].0, "jan@brzozow.example.org");
    assert!(letters[0].1.contains("za 30 dni") && letters[5].1.contains("30 dni temu"), "{letters:?}");
    // A new due date begins the ladder anew; a return ends it.
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    due::renew(&mut tx, &proof(), loan, &until(date!(2027 - 04 - 30)), "prośba").await.unwrap();
    tx.commit().await.unwrap();
    set_clock(&app, day(date!(2027 - 04 - 23))).await;
    assert_eq!(send().await, 1);
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    take_back::take_back(&mut tx, &proof(), "IT/1", &Back::complete()).await.unwrap();
    tx.commit().await.unwrap();
    set_clock(&app, day(date!(2027 - 05 - 30))).await;
    assert_eq!(send().await, 0);
    app.end().await;
}

#[tokio::test]
async fn the_daily_job_is_asked_for_once_a_day_by_however_many_programs() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2026 - 11 - 22))).await;
    let count = async || {
        let count: i64 = sqlx::query_scalar("select count(*) from job where kind = 'loan_reminders'")
            .fetch_one(&mut owner(&app).await)
            .await
            .unwrap();
        count
    };
    let before = count().await;
    assert!(before <= 1);
    for asked in join_all((0..8).map(|_| remind::ask_daily(&app.ground.db))).await {
        asked.unwrap();
    }
    assert_eq!(count().await, 1);
    set_clock(&app, datetime!(2026-11-22 04:00 UTC)).await;
    remind::ask_daily(&app.ground.db).await.unwrap();
    assert_eq!(count().await, 1, "five in the morning in Warsaw");
    set_clock(&app, datetime!(2026-11-22 05:30 UTC)).await;
    remind::ask_daily(&app.ground.db).await.unwrap();
    sqlx::query("update job set state = 'done' where kind = 'loan_reminders'")
        .execute(&mut owner(&app).await)
        .await
        .unwrap();
    remind::ask_daily(&app.ground.db).await.unwrap();
    assert_eq!(count().await, 2);
    app.end().await;
}

#[tokio::test]
async fn a_list_reads_the_same_by_pages_and_as_a_whole() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3", "IT/4"]).await;
    let today = app.clock.now().date();
    for (login, code, days) in
        [("zofia", "IT/1", -9), ("jan", "IT/2", -3), ("adam", "IT/3", 400), ("ewa", "IT/4", -5)]
    {
        let who = office.learner(login).await;
        lend(&office, &anna.actor, who.id, code, &until(today + Duration::days(days))).await;
    }
    for (show, numbers) in
        [(Show::Open, vec!["IT/3", "IT/4", "IT/2", "IT/1"]), (Show::Overdue, vec!["IT/1", "IT/4", "IT/2"])]
    {
        let whole = lines(&office, &anna.actor, show).await;
        let read: Vec<&str> = whole.iter().map(|line| line.inventory_no.as_str()).collect();
        assert_eq!(read, numbers, "{show:?}");
        assert!(
            whole.iter().all(|line| line.who.starts_with("Osoba ") && line.model.contains(' ')),
            "{whole:?}"
        );
        let many = i64::try_from(read.len()).unwrap();
        for (skip, number) in (0..).zip(numbers) {
            let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
            let filter = Filter { show, skip, take: 1, ..Filter::default() };
            let (page, total) = list::loans(&mut tx, &proof().reader(), &filter).await.unwrap();
            assert_eq!((page.len(), page[0].inventory_no.as_str(), total), (1, number, many));
        }
    }
    app.end().await;
}
